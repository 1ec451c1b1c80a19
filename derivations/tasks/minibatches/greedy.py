"""One step at Σ = I: the risk after it is a parabola in η, from the second moments of `regression` summed over d directions.

With H = I the diagonal recursion sums to R ← R(1 − 2η + η²(1 + 1/B)) + η²d(R + σ²)/B; d directions are done by linearity in
their number, checked on two and three.
"""

import sympy as sp

from .regression import next_moments

risk, noise = sp.symbols("risk noise_variance", positive=True)
dim, batch = sp.symbols("dim batch", positive=True, integer=True)
size = sp.Symbol("size")
ARGUMENTS = {"risk": risk, "dim": dim, "noise_variance": noise, "batch": batch}


def after() -> sp.Expr:
    def summed(count: int) -> sp.Expr:
        each = [risk / count] * count
        return sp.expand(sum(next_moments([sp.Integer(1)] * count, each, size, batch, noise)))

    slope = sp.expand(summed(2) - summed(1))
    if sp.expand(summed(3) - summed(2) - slope) != 0:
        raise ArithmeticError("the risk is not linear in the dimension")
    return summed(1) + (dim - 1) * slope


def best() -> sp.Expr:
    return sp.factor(sp.solve(sp.diff(after(), size), size)[0])
