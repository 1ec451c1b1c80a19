"""Variance of the mean of N consecutive iterates: N variances, and 2(N − k) covariances at each lag k."""

import sympy as sp

from .trajectory import PULL, RHO, STABLE, WORLD, variance

count, k = sp.Symbol("iterates", positive=True, integer=True), sp.Symbol("k", integer=True)
ARGUMENTS = WORLD | {"iterates": count}
REGIME = sp.And(STABLE, 2 * PULL * count > 1)  # below, the formula is a series of as many terms as there are iterates


def factor(rho) -> sp.Expr:
    """The sum in closed form, through the geometric series and its derivative."""
    r = sp.Symbol("r")
    geometric = (r - r**count) / (1 - r)  # Σ_{k=1}^{N−1} r^k
    weighted = count * geometric - r * sp.diff(geometric, r)  # Σ (N − k) r^k
    return ((count + 2 * weighted) / count**2).subs(r, rho)


def derive():
    if any(sp.simplify(factor(sp.Rational(1, 3)).subs(count, n) - brute(n)) != 0 for n in (1, 2, 5)):
        raise ArithmeticError("the series is summed wrongly")
    return factor(RHO) * variance()


def brute(n: int) -> sp.Expr:
    """The double sum over pairs of iterates at ρ = 1/3."""
    return sum(sp.Rational(1, 3) ** abs(i - j) for i in range(n) for j in range(n)) / sp.Integer(n) ** 2
