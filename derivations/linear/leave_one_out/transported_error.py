"""Prediction error at n samples from the one at N, at the same κ: both from the resolvent, each with its own ridge.

The error is bias + variance + σ². Solving N(κ, λ) for λ gives the ridge that N rows need for κ; E_N is the error there,
and what is derived is the error at the ridge that n samples need for the same κ.
"""

import sympy as sp

from ..covariance.resolvent import ENERGIES, KAPPA, LEVELS, NOISE, RIDGE, SIZES, bias, sample_size, variance

N, ROWS = sp.symbols("n rows", positive=True, integer=True)
DF2 = sum(SIZES * (LEVELS / (LEVELS + KAPPA)) ** 2)


def error(size: sp.Symbol) -> sp.Expr:
    (ridge,) = sp.solve(sp.Eq(sample_size(), size), RIDGE)
    return sp.factor((bias(ENERGIES, LEVELS) + variance(LEVELS)).subs(RIDGE, ridge)) + NOISE


ARGUMENTS = {"error": error(ROWS), "df2": DF2, "rows": ROWS, "n": N}
REGIME = (DF2 < ROWS) & (DF2 < N)


def derive() -> sp.Expr:
    return error(N)
