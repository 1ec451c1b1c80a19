"""dlog q/dlog β by differentiating the derived cost."""

import sympy as sp

from ..implicit_bias.interpolation_cost import ARGUMENTS, z
from ..implicit_bias.interpolation_cost import derive as cost

__all__ = ["ARGUMENTS", "derive"]


def derive() -> sp.Expr:
    q = cost()
    return z * sp.diff(q, z) / q
