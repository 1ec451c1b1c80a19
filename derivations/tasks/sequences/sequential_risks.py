"""Two tasks in turn, from the products of projectors: w_2 − θ_j = Q_2Q_1(w0−θ_j) + Q_2P_1(θ_1−θ_j) + P_2(θ_2−θ_j) + noise.

Designs of different stages are independent, so a product of projectors averages factor by factor.
"""

import numpy as np
import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace
from .stage import dim, share

SIZES = sp.symbols("n1:3", positive=True, integer=True)
NOISES = sp.symbols("v1:3", positive=True)
_x = sp.symbols("x1:5", real=True)
TEACHERS = sp.Matrix(2, 2, _x)  # coordinates of θ_k − w0 in their plane
GRAM = np.array((TEACHERS * TEACHERS.T).tolist(), dtype=object)
ARGUMENTS = {
    "sizes": np.array(SIZES, dtype=object),
    "dim": dim,
    "gram": GRAM,
    "noise_variances": np.array(NOISES, dtype=object),
}
REGIME = sp.And(*(size <= dim - 2 for size in SIZES))


def apart(j, k):
    """‖θ_j − θ_k‖²."""
    difference = TEACHERS.row(j) - TEACHERS.row(k)
    return (difference * difference.T)[0]


def derive():
    one, two = (share(size) for size in SIZES)
    first, second = (noise * inverse_gram_trace(dim, size) for noise, size in zip(NOISES, SIZES, strict=True))
    rows = []
    for j in range(2):
        start = GRAM[j, j]
        middle = (1 - one) * start + one * apart(0, j) + first
        last = (1 - two) * (1 - one) * start + (1 - two) * (one * apart(0, j) + first) + two * apart(1, j) + second
        rows.append([start, middle, last])
    return np.array(rows, dtype=object).T
