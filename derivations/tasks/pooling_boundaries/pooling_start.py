"""The lower end of the interval of γ_S on which the quadratic of `limit_window` is negative."""

import sympy as sp

from .limit_window import ARGUMENTS, DISTANCE, HELPS, ROOTS, constant, linear

__all__ = ["ARGUMENTS", "REGIME", "derive"]
REGIME = HELPS


def derive() -> sp.Expr:
    # Opening downwards and not negative at 0: negative beyond its larger root, which is then the first of the two.
    other = 2 * constant / (-linear + DISTANCE)  # the same root: the product of both is constant/square
    return sp.Piecewise((sp.Integer(0), constant < 0), (other, linear < 0), (ROOTS[0], True))
