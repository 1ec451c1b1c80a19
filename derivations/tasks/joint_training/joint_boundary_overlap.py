"""Cosine of unit teachers at which joint and sequential training have equal summed risk, from 0 and without noise.

D² = 2 − 2c; the sizes enter through their sum only.
"""

import sympy as sp

from .joint_minus_sequential import derive as difference
from .sequence import dim, distance, energy, n, n_source, source_energy, source_variance, variance

size = sp.Symbol("total_size", positive=True, integer=True)
ARGUMENTS = {"total_size": size, "dim": dim}
REGIME = size <= dim - 2


def derive() -> sp.Expr:
    c = sp.Symbol("c", real=True)
    noiseless = {variance: 0, source_variance: 0, energy: 1, source_energy: 1, distance: 2 - 2 * c}
    (solution,) = sp.solve(sp.factor(difference().subs(noiseless)), c)
    return sp.factor(solution.subs(n, size - n_source))
