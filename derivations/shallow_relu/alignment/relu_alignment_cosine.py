"""Cosine with a constant force as a function of time."""

import sympy as sp

from .equations_of_motion import direction, force, sign, start, time

ARGUMENTS = {"time": time, "cosine": start, "force": force, "sign": sign}


def derive() -> sp.Expr:
    turn = sp.tanh(sign * force * time)
    return sp.simplify(direction().subs(sp.exp(2 * force * sign * time), (1 + turn) / (1 - turn)))
