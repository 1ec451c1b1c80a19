"""T4 from inner products: in each of two modes the two teachers lie in a plane."""

import numpy as np
import sympy as sp

from .envelope import NOISES, RIDGE, WEIGHTS
from .modes import COUNTS, LEVELS, TESTED, risk, sizes

TEACHERS = np.array(sp.symbols("theta1:3(1:5)", real=True), dtype=object).reshape(2, 2, 2)  # group, mode, axis
ARGUMENTS = {
    "sizes": sizes(), "eigenvalues": LEVELS,
    "gram": np.array([TEACHERS[:, i] @ TEACHERS[:, i].T for i in range(2)]),
    "noise_variances": np.array(NOISES, dtype=object), "weights": np.array(WEIGHTS, dtype=object), "ridge": RIDGE,
    "multiplicities": COUNTS, "test_eigenvalues": TESTED,
}  # fmt: skip


def derive():
    return risk([(i, *TEACHERS[:, i, axis]) for i in range(2) for axis in range(2)])
