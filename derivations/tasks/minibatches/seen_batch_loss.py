"""Mean of (λ/2)(w − w_b)² on the batch used k steps ago: it entered w with ηλ, and then k − 1 steps shrank it."""

import sympy as sp

from .trajectory import PULL, RHO, STABLE, WORLD, curvature, minima, variance

lag = sp.Symbol("lag", positive=True, integer=True)
ARGUMENTS, REGIME = WORLD | {"lag": lag}, STABLE


def derive():
    shared = RHO ** (lag - 1) * PULL * minima  # E w w_b
    return curvature / 2 * (variance() - 2 * shared + minima)
