"""ζ = (K(1) − K(0) − K'(0))/K'(0) for αK₁ + ωK₂: all that linear regression sees of the kernel's non-linear part.

Off the diagonal, cosines are O(d^{−1/2}), and the kernel is K(0) + K'(0)τ to leading order; on it, K(1) exceeds that
straight line, which acts as a ridge.
"""

import sympy as sp

from ..kernels.arc_cosine_integrals import first_layer, second_layer, theta

first, second = sp.symbols("first second", positive=True)
ARGUMENTS = {"first": first, "second": second}


def line(weights: tuple = (first, second)) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """K(0), K'(0) and K(1), from the kernel as a function of the angle."""
    kernel = weights[0] * first_layer() + weights[1] * second_layer()
    at_zero = kernel.subs(theta, sp.pi / 2)
    slope = -sp.diff(kernel, theta).subs(theta, sp.pi / 2)
    return at_zero, sp.simplify(slope), sp.limit(kernel, theta, 0, "+")


def derive() -> sp.Expr:
    at_zero, slope, at_one = line()
    return sp.simplify((at_one - at_zero - slope) / slope)
