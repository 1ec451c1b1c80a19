"""T4: two groups, two modes, teachers by their coordinates."""

import numpy as np
import sympy as sp

from .envelope import NOISES, RIDGE, WEIGHTS
from .modes import COUNTS, LEVELS, TESTED, risk, sizes

TEACHERS = np.array(sp.symbols("theta1:3(1:3)", real=True), dtype=object).reshape(2, 2)
ARGUMENTS = {
    "sizes": sizes(), "eigenvalues": LEVELS, "teachers": TEACHERS, "noise_variances": np.array(NOISES, dtype=object),
    "weights": np.array(WEIGHTS, dtype=object), "ridge": RIDGE, "multiplicities": COUNTS, "test_eigenvalues": TESTED,
}  # fmt: skip


def derive():
    return risk([(i, *TEACHERS[:, i]) for i in range(2)])
