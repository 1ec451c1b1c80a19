"""What one stage adds to the risk on an earlier task."""

import sympy as sp

from .sequential_stage_risk import ARGUMENTS as ARGUMENTS
from .stage import after, after_many, before, dim, distance, n, noise


def derive():
    few, many = after(n, before, distance, noise) - before, after_many(n, distance, noise) - before
    return sp.Piecewise((0, sp.Eq(n, 0)), (few, n <= dim - 2), (many, n >= dim + 2), (sp.oo, True))
