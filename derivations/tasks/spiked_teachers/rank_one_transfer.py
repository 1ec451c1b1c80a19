"""T14: two tasks stacked along their outputs, [θu_1v_1ᵀ; θu_2v_2ᵀ]: its singular values, each an outlier of its own.

REGIME: both modes and each task alone lie above the threshold.
"""

import sympy as sp

from . import rank_one_error
from .outlier import ASPECT, SIGNAL

OVERLAP = sp.Symbol("overlap", nonnegative=True)
ARGUMENTS = {"signal": SIGNAL, "aspect": ASPECT, "overlap": OVERLAP}
REGIME = (SIGNAL**4 * (1 - OVERLAP) ** 2 > 2 * ASPECT) & (OVERLAP < 1)


def modes():
    """Squares of the singular values: eigenvalues of the Gram matrix of the two blocks, in the basis u_1, u_2."""
    gram = SIGNAL**2 * sp.Matrix([[1, OVERLAP], [OVERLAP, 1]])
    return [value for value, count in gram.eigenvals().items() for _ in range(count)]


def derive():
    error = rank_one_error.derive()
    joint = sum(error.subs(ASPECT, 2 * ASPECT).subs(SIGNAL, sp.sqrt(square)) for square in modes())
    return 2 * error - joint
