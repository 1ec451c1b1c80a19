"""The best ridge head on one frozen feature: its risk, for every n ≥ 1, Σ = I.

At given q = ‖z‖² the risk over the noise is a rational function of λ. It is stationary at one λ > 0, which
does not depend on q; hence that λ minimises the mean over q too, for every n. There the rational function
collapses to v/(q + λ*).
"""

import sympy as sp

from .ridge_head import ARGUMENTS as RIDGE_ARGUMENTS
from .ridge_head import conditional_risk, expected_ratio, q, ridge, u

ARGUMENTS = {name: symbol for name, symbol in RIDGE_ARGUMENTS.items() if name != "ridge"}


def derive() -> sp.Expr:
    (best,) = sp.solve(sp.diff(conditional_risk(), ridge), ridge)
    if best.has(q) or sp.simplify(sp.diff(conditional_risk(), ridge, 2).subs(ridge, best)).is_positive is not True:
        raise ArithmeticError("the best ridge must be a minimum, the same for every design")
    collapsed = sp.simplify(conditional_risk().subs(ridge, best) * (q + best))
    return u + expected_ratio(collapsed, 1, best)
