"""Variance of the risk of the minimum-norm fit, n ≤ d − 4, Σ = I.

Bias and noise term depend on the directions and on the scales of X apart, so they are independent and their
variances add; each follows from two moments (see `moments`).
"""

import sympy as sp

from .moments import beta_moment, ratio_moment

n = sp.Symbol("n", nonnegative=True, integer=True)
d = sp.Symbol("dim", positive=True, integer=True)
delta, noise = sp.symbols("displacement_energy noise_variance", nonnegative=True)
ARGUMENTS = {"n": n, "dim": d, "displacement_energy": delta, "noise_variance": noise}
REGIME = n <= d - 4


def derive() -> sp.Expr:
    beta = [beta_moment(order, (d - n) / 2, n / 2) for order in (1, 2)]
    ratio = [ratio_moment(order, n, d - n + 1) for order in (1, 2)]
    return sp.factor(delta**2 * (beta[1] - beta[0] ** 2)) + sp.factor(noise**2 * (ratio[1] - ratio[0] ** 2))
