"""The two parts of Shachaf's bound taken apart: (v + w)² = 2v² + 2w² − (v − w)², the last term dropped."""

import sympy as sp

from .shachaf_bound import ARGUMENTS, captured, eigenvalue, g, left_out
from .shachaf_bound import derive as joint

__all__ = ["ARGUMENTS", "derive"]


def derive() -> sp.Expr:
    v, w = sp.symbols("v w", positive=True)
    lengths = {v: g / eigenvalue * sp.sqrt(captured), w: sp.sqrt(left_out)}
    dropped = sp.expand((v - w) ** 2)
    parts = sp.expand((v + w) ** 2 + dropped)
    if sp.simplify(joint() - g * ((v + w) ** 2).subs(lengths)) != 0:
        raise ArithmeticError("the joint bound is not the square of the two lengths")
    return sp.expand(g * parts.subs(lengths))
