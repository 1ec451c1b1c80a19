"""Variance of w̄ ← bw̄ + (1 − b)w: the fixed point of the three second moments of (w, w̄).

w⁺ = ρw + ηλw_b, w̄⁺ = bw̄ + (1 − b)w⁺.
"""

import sympy as sp

from .trajectory import PULL, RHO, STABLE, WORLD, minima, variance

decay = sp.Symbol("decay", positive=True)
ARGUMENTS, REGIME = WORLD | {"decay": decay}, sp.And(STABLE, decay < 1)


def average() -> sp.Expr:
    cross, square = sp.symbols("cross square")
    own = variance()
    fresh = 1 - decay
    shared = decay * RHO * cross + fresh * (RHO**2 * own + PULL**2 * minima)  # E w⁺w̄⁺
    (together,) = sp.solve(sp.Eq(cross, shared), cross)
    next_square = decay**2 * square + 2 * decay * fresh * RHO * together + fresh**2 * own
    return sp.solve(sp.Eq(square, next_square), square)[0]


def derive():
    return sp.factor(average())
