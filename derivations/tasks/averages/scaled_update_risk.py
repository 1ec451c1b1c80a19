"""Mean risk of w0 + ατ for a finite random update in a general metric, by its definition."""

import sympy as sp

from . import ensemble
from .ensemble import DELTA, inner, mean

scale = sp.Symbol("scale", real=True)
ARGUMENTS = ensemble.ARGUMENTS | {"scale": scale}
REGIME = ensemble.REGIME


def derive() -> sp.Expr:
    return mean(lambda draw: inner(DELTA - scale * draw, DELTA - scale * draw))
