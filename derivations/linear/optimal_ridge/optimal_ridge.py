"""The best ridge: the stationary point of the risk along one n.

dR/dκ at fixed n is the derivative of bias + variance with λ = κ(n − df1(κ)). Its numerator is n times a factor linear
in n, so the stationarity condition is solved for n instead: n*(κ). The formula must return the ridge and the risk
there. REGIME keeps to λ* > 0 and to energies per direction that grow with the eigenvalue, where n*(κ) falls with κ, so
that the stationary point is the only one, and the minimum.
"""

import sympy as sp

from ..covariance.resolvent import ENERGIES, KAPPA, LEVELS, NOISE, RIDGE, SIZES, bias, sample_size, variance

_N = sp.Symbol("n", positive=True)
_DF2 = sum(SIZES * LEVELS**2 / (LEVELS + KAPPA) ** 2)
_MISSED = KAPPA**2 * sum(ENERGIES * LEVELS / (LEVELS + KAPPA) ** 2)
_RIDGE = sp.solve(sp.Eq(sample_size(), _N), RIDGE)[0]


def risk_of_kappa(missed, df2):
    """Bias + variance along fixed n, in b = κ²Σeλ/(λ+κ)² and df2, which depend on κ alone."""
    return (_N * missed + NOISE * df2) / (_N - df2)


def is_bias_plus_variance():
    """`risk_of_kappa` against the derived bias and variance, at one exact point."""
    point = dict(zip([*LEVELS, *SIZES, *ENERGIES], (3, sp.Rational(1, 2), 2, 5, 1, 4), strict=True))
    point |= {KAPPA: sp.Rational(2, 3), RIDGE: sp.Rational(3, 7), NOISE: sp.Rational(5, 3)}
    left = (bias(ENERGIES, LEVELS) + variance(LEVELS)).subs(point)
    return left == risk_of_kappa(_MISSED, _DF2).subs(_N, sample_size()).subs(point)


def stationary_sample_size():
    missed, df2 = sp.Function("b")(KAPPA), sp.Function("f")(KAPPA)
    slope = sp.numer(sp.together(sp.diff(risk_of_kappa(missed, df2), KAPPA)))
    (count,) = [root for root in sp.solve(slope, _N) if root != 0]
    concrete = {sp.diff(missed, KAPPA): sp.diff(_MISSED, KAPPA), sp.diff(df2, KAPPA): sp.diff(_DF2, KAPPA)}
    return count.subs(concrete).subs({missed: _MISSED, df2: _DF2})


ARGUMENTS = {
    "n": stationary_sample_size(),
    "eigenvalues": LEVELS,
    "multiplicities": SIZES,
    "displacement": ENERGIES,
    "noise_variance": NOISE,
}
REGIME = sp.And(
    _RIDGE.subs(_N, ARGUMENTS["n"]) > 0,
    (LEVELS[0] - LEVELS[1]) * (ENERGIES[0] / SIZES[0] - ENERGIES[1] / SIZES[1]) >= 0,
    NOISE > 0,
    ENERGIES[0] > 0,
)


def derive():
    if not is_bias_plus_variance():
        raise ArithmeticError("the risk along κ is not the sum of bias and variance")
    best = {_N: ARGUMENTS["n"]}
    return {"ridge": _RIDGE.subs(best), "risk": risk_of_kappa(_MISSED, _DF2).subs(best)}
