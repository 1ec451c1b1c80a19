"""Time at which ς cos∠(w, D) = 1 − ε, by inverting the motion of the direction."""

import sympy as sp

from .equations_of_motion import direction, force, sign, start, time

gap = sp.Symbol("gap", positive=True)
ARGUMENTS = {"gap": gap, "cosine": start, "force": force}


def derive() -> sp.Expr:
    power = sp.Symbol("power", positive=True)
    cosine = direction().subs(sign, 1)
    odds = sp.simplify(cosine).rewrite(sp.exp).subs(sp.exp(2 * force * time), power)
    (solution,) = sp.solve(sp.Eq(sp.simplify(odds), 1 - gap), power)
    return sp.log(solution) / (2 * force)
