"""Risk of the average of K independent updates, stretched: bias of the mean, and the scatter of one update over K."""

import sympy as sp

from .update_moments import by_regime, delta, dim, n, noise, scatter

members = sp.Symbol("members", positive=True, integer=True)
stretch = sp.Symbol("stretch", positive=True)
ARGUMENTS = {
    "n": n, "dim": dim, "displacement_energy": delta, "noise_variance": noise, "members": members, "stretch": stretch,
}  # fmt: skip


def risk(few: bool) -> sp.Expr:
    """‖δ − aEτ‖² + a² K·(scatter/K²): independent deviations add in squares."""
    p, spread = scatter(n, dim, delta, noise, few)
    return delta * (1 - stretch * p) ** 2 + stretch**2 * members * spread / members**2


def derive() -> sp.Expr:
    return by_regime(risk)
