"""The noise at which the merged model and a specialist (K = 1) at its own best scale have one risk.

The difference of the two risks is a quotient whose numerator is linear in the noise; beyond its root merging wins, where
m² > K. REGIME keeps to that and to a root above 0: elsewhere the boundary is 0 or infinite.
"""

import sympy as sp

from ..averages.update_moments import by_regime, delta, dim, n, noise
from .symmetric import ARGUMENTS as PARTS
from .symmetric import best_risk, overlap, tasks

ARGUMENTS = {name: value for name, value in PARTS.items() if name != "noise_variance"}


def boundary(few: bool) -> sp.Expr:
    merged = best_risk(few)
    numerator = sp.numer(sp.together(merged - merged.subs(tasks, 1)))
    (root,) = [r for r in sp.solve(numerator, noise, check=False) if r != 0]
    return sp.factor(root)


_M = 1 + (tasks - 1) * overlap
REGIME = sp.And(
    overlap < 1, tasks < _M**2, delta > 0, tasks >= 2, by_regime(boundary) > 0, sp.Or(n <= dim - 2, n >= dim + 2)
)


def derive() -> sp.Expr:
    return by_regime(boundary)
