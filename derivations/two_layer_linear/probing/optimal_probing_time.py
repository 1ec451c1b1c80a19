"""The time after which probing one feature from zero has reached the best head.

With n → ∞ at fixed d/n the feature on the data has energy na², so that on the mean loss v' = −a²(v − h): v = h(1 − e^{−a²T}).
"""

import sympy as sp

from ..strategy_map import rich_head
from ..strategy_map.one_feature_risk import a, c, t

ARGUMENTS = rich_head.ARGUMENTS
REGIME = rich_head.REGIME


def derive() -> sp.Expr:
    time, best = sp.symbols("T v", positive=True)
    (when,) = sp.solve(sp.Eq(t * c / a * (1 - sp.exp(-(a**2) * time)), best), time)
    return when.subs(best, rich_head.derive())
