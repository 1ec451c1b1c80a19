"""Pretraining, a new head over the added first layers, and one sample with two equal inputs."""

import sympy as sp

from ..implicit_bias.diagonal_end_point import label, x
from .fine_tuning_scale import derive as scale_after

b = sp.symbols("b1 b2", positive=True)
a, balance, g = sp.Symbol("scale", positive=True), sp.Symbol("balance", positive=True), sp.Symbol("head", positive=True)
ARGUMENTS = {"X": [[x, x]], "y": [label], "predictor": list(b), "scale": a, "balance": balance, "head": g}
REGIME = balance < 1


def derive() -> tuple[sp.Expr, ...]:
    one = scale_after()
    (place,) = (s for s in one.free_symbols if s.name == "predictor")
    scales = [one.subs(place, coordinate) for coordinate in b]
    return tuple(label / x * scale / sum(scales) for scale in scales)  # at β = 0 both grow by sinh of one number
