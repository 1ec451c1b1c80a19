"""Two stages on one teacher in both orders, Σ_k = λ_kI, n_k ≤ d − 2, from the same start."""

import sympy as sp

from ..sequences.stage import after, before, dim

SIZES = sp.symbols("first_n second_n", positive=True, integer=True)
LEVELS = sp.symbols("first_eigenvalue second_eigenvalue", positive=True)
NOISES = sp.symbols("first_noise_variance second_noise_variance", positive=True)
ARGUMENTS = {str(symbol): symbol for symbol in (*SIZES, dim, *LEVELS, *NOISES)}
REGIME = sp.And(*(size <= dim - 2 for size in SIZES))


def in_order(*tasks):
    risk = before
    for k in tasks:
        risk = after(SIZES[k], risk, 0, NOISES[k], LEVELS[k])
    return risk


def derive():
    return sp.factor(in_order(0, 1) - in_order(1, 0))
