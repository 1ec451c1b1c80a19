"""Two groups on two modes, tested under any covariance of the same basis: loss and sample sizes for `envelope`."""

import numpy as np
import sympy as sp

from .envelope import NOISES, PROBE, RIDGE, WEIGHTS, A, least, slope_at_rest

LEVELS = np.array(sp.symbols("s1:3(1:3)", positive=True), dtype=object).reshape(2, 2)  # group, mode
COUNTS = np.array(sp.symbols("m1:3", positive=True, integer=True), dtype=object)
TESTED = np.array(sp.symbols("t1:3", positive=True), dtype=object)


def sizes(probe=0):
    """n_k = a_k(1 + tr S_kG)."""
    found = []
    for k in range(2):
        trace = sum(
            COUNTS[i] * WEIGHTS[k] * LEVELS[k, i]
            / (sum(A[j] * WEIGHTS[j] * LEVELS[j, i] for j in range(2)) + RIDGE + probe * TESTED[i])
            for i in range(2)
        )  # fmt: skip
        found.append(A[k] * (1 + trace))
    return np.array(found, dtype=object)


def risk(axes):
    """axes: for every axis along which teachers lie, (mode, θ_1, θ_2); the target is θ_2."""
    loss = sum(A[k] * WEIGHTS[k] * NOISES[k] for k in range(2))
    for i, first, second in axes:
        pulls = [A[k] * WEIGHTS[k] * LEVELS[k, i] for k in range(2)]
        loss += least([*pulls, RIDGE, PROBE * TESTED[i]], [first, second, 0, second])
    return slope_at_rest(loss, sizes(PROBE))
