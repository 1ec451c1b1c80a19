"""U4: the mean of U3 over the label that the posterior of the other row predicts, which must be a mutual information.

y = x·w₋ + σ√(1 + xᵀG₋⁻¹x) ξ with E ξ² = 1: U3 is quadratic in ξ.
"""

import sympy as sp

from .posterior_information import LEVERAGE
from .posterior_information import derive as divergence
from .two_samples import NOISE, X, Y, fitted
from .unique_information import information_of_label

ARGUMENTS = {"leverage": LEVERAGE}


def averaged():
    other, other_weights = fitted([0])
    x, xi = X[1, :].T, sp.Symbol("xi", real=True)
    spread = 1 + (x.T * other.inv() * x)[0]
    size = sp.Symbol("size", positive=True)
    label = (x.T * other_weights)[0] + NOISE * size * xi
    value = divergence().subs(Y[1], label)
    squared = sp.diff(value, xi, 2) / 2
    return value.subs(xi, 0) + squared.subs(size, sp.sqrt(spread))


def derive():
    point = dict(zip([*X, *Y], (1, 2, sp.Rational(1, 2), -1, 2, 3), strict=True))
    point |= {symbol: 2 for symbol in averaged().free_symbols - point.keys()}
    if abs(sp.N((averaged() - information_of_label(1)).subs(point), 40)) > sp.Float("1e-30"):
        raise ArithmeticError("the mean divergence is not the mutual information")
    return averaged()
