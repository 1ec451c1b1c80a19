"""Growth of the norm under a constant force, for output weights of sign ±1."""

import sympy as sp

from .equations_of_motion import force, growth, sign, start, time

ARGUMENTS = {"time": time, "cosine": start, "force": force, "sign": sign}
REGIME = sp.Or(sp.Eq(sign, 1), sp.Eq(sign, -1))


def derive() -> sp.Expr:
    return growth()
