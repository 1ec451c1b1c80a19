"""The upper end of the interval of γ_S on which the quadratic of `limit_window` is negative."""

import sympy as sp

from .limit_window import ARGUMENTS, HELPS, ROOTS, square

__all__ = ["ARGUMENTS", "REGIME", "derive"]
REGIME = HELPS


def derive() -> sp.Expr:
    return sp.Piecewise((sp.oo, square < 0), (ROOTS[1], True))
