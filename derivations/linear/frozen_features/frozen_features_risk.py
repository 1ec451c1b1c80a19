"""A head on r frozen orthonormal features, Σ = I: both regimes, each from its own derivation."""

import sympy as sp

from . import least_squares_head
from . import min_norm_head_risk as min_norm_head

ARGUMENTS = least_squares_head.ARGUMENTS


def derive() -> sp.Expr:
    few = (min_norm_head.derive(), min_norm_head.REGIME)
    many = (least_squares_head.derive(), least_squares_head.REGIME)
    return sp.Piecewise(few, many)
