"""dlog √k/dlog β_PT by differentiating the derived scale."""

import sympy as sp

from ..pretraining.fine_tuning_scale import derive as scale_after
from ..pretraining.fine_tuning_scale import g
from ..pretraining.pretrained_layers import a, balance

b = sp.Symbol("predictor", positive=True)
ARGUMENTS = {"predictor": b, "scale": a, "balance": balance, "head": g}
REGIME = balance < 1


def scale_at(place: sp.Expr) -> sp.Expr:
    """√k after pretraining to a weight, its roots multiplied out."""
    found = scale_after()
    (symbol,) = (s for s in found.free_symbols if s.name == "predictor")
    size = sp.sqrt(place**2 + a**2)
    short = 2 * ((1 + balance) * (a + size) + g**2)
    assert sp.simplify(sp.expand(found.subs(symbol, place) - short)) == 0
    return short


def derive() -> sp.Expr:
    root = scale_at(b)
    return b * sp.diff(root, b) / root
