"""Variance of the risk of least squares, n ≥ d + 4: two moments of σ²χ²_d/χ²_{n−d+1} (see `moments`)."""

import sympy as sp

from .moments import ratio_moment

n, d = sp.symbols("n dim", positive=True, integer=True)
noise = sp.Symbol("noise_variance", nonnegative=True)
ARGUMENTS = {"n": n, "dim": d, "noise_variance": noise}
REGIME = n >= d + 4


def derive() -> sp.Expr:
    first, second = (ratio_moment(order, d, n - d + 1) for order in (1, 2))
    return sp.factor(noise**2 * (second - first**2))
