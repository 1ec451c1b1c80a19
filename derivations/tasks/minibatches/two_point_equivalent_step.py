"""The step whose variance is that of the mean of two far, hence uncorrelated, points."""

import sympy as sp

from .trajectory import STABLE, curvature, step, variance

ARGUMENTS, REGIME = {"step": step, "curvature": curvature}, STABLE


def derive():
    other = sp.Symbol("other", positive=True)
    return sp.solve(sp.Eq(variance().subs(step, other), variance() / 2), other)[0]
