"""One stage: few samples, many samples, and none; around n = d the inverse chi-square has no mean."""

import sympy as sp

from .stage import after, after_many, before, dim, distance, n, noise

ARGUMENTS = {"n": n, "dim": dim, "risk_before": before, "distance_energy": distance, "noise_variance": noise}


def derive():
    few, many = after(n, before, distance, noise), after_many(n, distance, noise)
    return sp.Piecewise((before, sp.Eq(n, 0)), (few, n <= dim - 2), (many, n >= dim + 2), (sp.oo, True))
