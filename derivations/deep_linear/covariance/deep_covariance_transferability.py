"""Two layers on a two-level spectrum against min-norm scratch on the same set, explicit in κ as in `covariance_risk`.

The fits differ by ρQθ_S alone, and share the noise: T is the noiseless risk of a linear fit that starts θ_T away from
the target less that of one that starts θ_T − ρθ_S away, with the deterministic equivalent of each.
"""

import sympy as sp

from .deep_covariance_risk import ARGUMENTS, COUNTS, CROSS, KAPPA, LEVELS, NOISE, SOURCE, TARGET

__all__ = ["ARGUMENTS", "derive"]
_MISSED = [KAPPA / (level + KAPPA) for level in LEVELS]


def retention() -> sp.Expr:
    """ρ, the positive root of ρ⁴s² = ‖m‖² + ρ²‖Qθ_S‖²."""
    square = sp.Symbol("square", positive=True)
    null = sum(s * missed for s, missed in zip(SOURCE, _MISSED, strict=True))
    fit = sum(t * (1 - missed) for t, missed in zip(TARGET, _MISSED, strict=True)) + NOISE / KAPPA
    whole, kept, fitted = sp.symbols("whole kept fitted", positive=True)
    roots = sp.solve(square**2 * whole - kept * square - fitted, square)
    (root,) = [r for r in roots if r.subs({whole: 1, kept: 1, fitted: 1}) > 0]
    return sp.sqrt(root.subs({whole: sum(SOURCE), kept: null, fitted: fit}))


def linear_bias(energies: list) -> sp.Expr:
    """Noiseless risk of a min-norm fit, κ²δᵀΣ(Σ+κ)⁻²δ/(1 − df2/n)."""
    df2 = sum(count * (1 - missed) ** 2 for count, missed in zip(COUNTS, _MISSED, strict=True))
    missed_energy = sum(level * e * missed**2 for level, e, missed in zip(LEVELS, energies, _MISSED, strict=True))
    return missed_energy / (1 - df2 / ARGUMENTS["n"])


def derive() -> sp.Expr:
    rho = retention()
    moved = [t - 2 * rho * c + rho**2 * s for s, c, t in zip(SOURCE, CROSS, TARGET, strict=True)]
    return linear_bias(list(TARGET)) - linear_bias(moved)
