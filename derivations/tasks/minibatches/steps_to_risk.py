"""Steps of a geometric sequence: without noise each greedy step multiplies the risk by one number."""

import sympy as sp

from .greedy import batch, dim, noise, risk
from .greedy_risk import derive as after_one

reduction = sp.Symbol("reduction", positive=True)
ARGUMENTS = {"dim": dim, "batch": batch, "reduction": reduction}
REGIME = reduction < 1


def derive():
    ratio = sp.simplify(after_one().subs(noise, 0) / risk)
    if ratio.has(risk):
        raise ArithmeticError("the ratio depends on the risk")
    return sp.log(reduction) / sp.log(ratio)
