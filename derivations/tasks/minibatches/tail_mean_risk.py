"""Tail mean of stationary one-pass SGD, two directions: the second moments at their fixed point, and the lag covariances
(I − ηH)^kC, since the mean of a step on fresh data is I − ηH."""

import numpy as np
import sympy as sp

from .regression import next_moments
from .tail_mean_variance import count, factor
from .trajectory import step

levels = sp.symbols("lambda1:3", positive=True)
noise = sp.Symbol("noise_variance", nonnegative=True)
batch = sp.Symbol("batch", positive=True, integer=True)
ARGUMENTS = {
    "step": step,
    "eigenvalues": np.array(levels, dtype=object),
    "multiplicities": np.array([sp.Integer(1), sp.Integer(1)], dtype=object),
    "noise_variance": noise,
    "batch": batch,
    "iterates": count,
}
_ROOM = [2 - step * level * (1 + sp.Integer(1) / batch) for level in levels]
REGIME = sp.And(
    *(room > 0 for room in _ROOM), step / batch * sum(x / r for x, r in zip(levels, _ROOM, strict=True)) < 1
)


def derive():
    diagonal = sp.symbols("c1:3")
    moved = next_moments(levels, diagonal, step, batch, noise)
    found = sp.solve([sp.Eq(a, b) for a, b in zip(diagonal, moved, strict=True)], diagonal, dict=True)[0]
    return sum(
        level * sp.factor(found[c]) * factor(1 - step * level) for level, c in zip(levels, diagonal, strict=True)
    )
