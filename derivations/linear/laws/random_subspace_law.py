"""Two moments of u = ‖(I − UUᵀ)θ‖², ‖θ‖ = 1, for r uniformly random orthonormal features, r ≤ d, by symmetry alone.

I − UUᵀ is a uniform projector of rank d − r, and u = θᵀ(I − UUᵀ)θ (see `projector`).
"""

import sympy as sp

from ..isotropic import projector

r, d = sp.Symbol("n_features", nonnegative=True, integer=True), projector.d
ARGUMENTS = {"dim": d, "n_features": r}
REGIME = r <= d


def derive() -> dict[str, sp.Expr]:
    p, q = projector.second_moments()
    mean, second = (moment.subs(projector.k, d - r) for moment in (projector.mean(), p + 2 * q))
    return {"mean": mean, "var": sp.factor(second - mean**2)}
