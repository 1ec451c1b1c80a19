"""dlog q/dlog β_PT by the derived cost at the derived scale."""

import sympy as sp

from ..implicit_bias.interpolation_cost import derive as cost
from ..implicit_bias.interpolation_cost import root, z
from . import scale_sensitivity as inner

ARGUMENTS = {"weight": z, **inner.ARGUMENTS}
REGIME = inner.REGIME


def derive() -> sp.Expr:
    (place,) = (s for s in inner.scale_after().free_symbols if s.name == "predictor")
    q = cost().subs(root, inner.scale_after().subs(place, inner.b))
    return inner.b * sp.diff(q, inner.b) / q
