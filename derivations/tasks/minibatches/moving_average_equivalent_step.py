"""The step whose variance is that of the exponential moving average."""

import sympy as sp

from .moving_average_variance import average, decay
from .trajectory import STABLE, curvature, step, variance

ARGUMENTS = {"step": step, "curvature": curvature, "decay": decay}
REGIME = sp.And(STABLE, decay < 1)


def derive():
    other = sp.Symbol("other")
    return sp.factor(sp.solve(sp.Eq(variance().subs(step, other), sp.factor(average())), other)[0])
