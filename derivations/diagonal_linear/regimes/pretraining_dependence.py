"""dlog q/dlog β_PT by the chain rule: the derived cost in its scale, and the derived scale in β_PT."""

import sympy as sp

from ..implicit_bias.interpolation_cost import derive as cost
from ..implicit_bias.interpolation_cost import root, z
from . import scale_sensitivity as inner

ARGUMENTS = {"weight": z, **inner.ARGUMENTS}
REGIME = inner.REGIME


def derive() -> sp.Expr:
    q = cost()
    of_scale = sp.cancel(sp.simplify(root * sp.diff(q, root) / q))
    return of_scale.subs(root, inner.scale_at(inner.b)) * inner.derive()
