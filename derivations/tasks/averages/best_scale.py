"""The minimum over α of (1 − μ)R + μE‖ατ‖² for a finite random update: a parabola in α, from the definition."""

import sympy as sp

from . import ensemble
from .ensemble import DELTA, inner, mean

forgetting, scale = sp.symbols("forgetting scale", real=True)
ARGUMENTS = ensemble.ARGUMENTS | {"forgetting": forgetting}
REGIME = sp.And(ensemble.REGIME, forgetting >= 0, forgetting <= 1)


def derive() -> dict[str, sp.Expr]:
    risk = mean(lambda draw: inner(DELTA - scale * draw, DELTA - scale * draw))
    moved = mean(lambda draw: inner(scale * draw, scale * draw))
    (best,) = sp.solve(sp.diff(sp.expand((1 - forgetting) * risk + forgetting * moved), scale), scale)
    return {"scale": best, "risk": risk.subs(scale, best)}
