"""G4: the bias from w0 = 0 minus the bias from w0 = θ_S, in the energies of the two teachers. The noise is the same."""

import numpy as np
import sympy as sp

from .resolvent import ENERGIES, LEVELS, RIDGE, SIZES, bias, sample_size

CROSS = np.array(sp.symbols("x1:3", real=True), dtype=object)
TARGET = np.array(sp.symbols("y1:3", nonnegative=True), dtype=object)
ARGUMENTS = {
    "n": sample_size(),
    "eigenvalues": LEVELS,
    "multiplicities": SIZES,
    "source": ENERGIES,
    "cross": CROSS,
    "ridge": RIDGE,
}


def derive():
    moved = TARGET - 2 * CROSS + ENERGIES
    return sp.factor(bias(TARGET, LEVELS) - bias(moved, LEVELS))
