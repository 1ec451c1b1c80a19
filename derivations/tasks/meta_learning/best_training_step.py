"""Stationary points of the outer label noise over the length of a row; the negative one is the least."""

import sympy as sp

from .meta_min_norm_risk import deviation, n_t, noise, row
from .one_step import a, dim

ARGUMENTS = {"n_inner": n_t, "dim": dim}


def stationary():
    """The two steps, that of the least noise first; the tasks' deviations add the same at every step."""
    length, label = row()
    ratio = sp.cancel(((label - deviation * length) / noise) / length)
    slope = sp.numer(sp.together(sp.diff(ratio, a)))
    roots = sp.solve(slope, a)
    somewhere = {dim: 3, n_t: 2}
    return sorted(roots, key=lambda root: ratio.subs(a, root).subs(somewhere).evalf())


def derive():
    return stationary()[0]
