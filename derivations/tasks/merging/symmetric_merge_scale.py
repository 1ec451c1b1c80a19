"""The best common coefficient: where the derivative of the risk vanishes."""

import sympy as sp

from ..averages.update_moments import by_regime
from .symmetric import ARGUMENTS, REGIME, best

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive() -> sp.Expr:
    return by_regime(best)
