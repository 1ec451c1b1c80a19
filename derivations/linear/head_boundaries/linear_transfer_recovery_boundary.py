"""The larger of the two γ < 1 where a head on few frozen features and min-norm scratch have equal risk."""

import sympy as sp

from . import linear_transfer_lower_boundary as small_sample_boundary

ARGUMENTS = small_sample_boundary.ARGUMENTS
REGIME = small_sample_boundary.REGIME


def derive() -> sp.Expr:
    return small_sample_boundary.roots()[1]
