"""G10: the ridge as a function of κ at fixed n, λ(κ) = κ(n − df1(κ)), from the self-consistency; its minimum.

dλ/dκ = n − df2 vanishes where df2(κ_c) = n, and d²λ/dκ² = 2Σ m λ²/(λ+κ)³ > 0 for κ > −λ_min: one minimum, no other
stationary point. n stands as df2 of a free κ_c > 0; the value is λ(κ_c).
"""

import sympy as sp

from ..covariance.resolvent import KAPPA, LEVELS, RIDGE, SIZES, sample_size

_N = sp.Symbol("n", positive=True)


def ridge_of_kappa():
    return sp.solve(sp.Eq(sample_size(), _N), RIDGE)[0]


def critical_sample_size():
    slope = sp.diff(ridge_of_kappa(), KAPPA)
    return sp.factor(sp.solve(slope, _N)[0])


def curvature():
    """d²λ/dκ² − 2Σ m λ²/(λ+κ)³, which must vanish."""
    return sp.simplify(sp.diff(ridge_of_kappa(), KAPPA, 2) - 2 * sum(SIZES * LEVELS**2 / (LEVELS + KAPPA) ** 3))


ARGUMENTS = {"n": critical_sample_size(), "eigenvalues": LEVELS, "multiplicities": SIZES}


def derive():
    if curvature() != 0:
        raise ArithmeticError("the ridge is not convex in κ")
    return sp.factor(ridge_of_kappa().subs(_N, critical_sample_size()))
