"""dlog √k/dlog β_PT by differentiating the derived scale."""

import sympy as sp

from ..pretraining.fine_tuning_scale import derive as scale_after
from ..pretraining.fine_tuning_scale import g
from ..pretraining.pretrained_layers import a, balance

b = sp.Symbol("predictor", positive=True)
ARGUMENTS = {"predictor": b, "scale": a, "balance": balance, "head": g}
REGIME = balance < 1


def derive() -> sp.Expr:
    (place,) = (s for s in scale_after().free_symbols if s.name == "predictor")
    root = scale_after().subs(place, b)
    return b * sp.diff(root, b) / root
