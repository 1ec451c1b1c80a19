"""Samples to accuracy ε in a power-law problem: the learning curve, solved for n."""

import sympy as sp

from .power_law_kappa import a, n
from .power_law_risk import C, q
from .power_law_risk import derive as learning_curve

epsilon = sp.Symbol("risk", positive=True)
ARGUMENTS = {"risk": epsilon, "spectrum_exponent": a, "energy_exponent": q, "amplitude": C}
REGIME = sp.And(a > 1, q > 1, q < 2 * a + 1, sp.Ne(q, a + 1))  # q = a + 1 is the limit


def derive() -> sp.Expr:
    # The curve is a pure power of n, whose exponent is its logarithmic derivative.
    curve = learning_curve()
    exponent = sp.simplify(n * sp.diff(curve, n) / curve)
    return (epsilon / curve.subs(n, 1)) ** (1 / exponent)
