"""The risk at the best common coefficient, by substitution."""

import sympy as sp

from ..averages.update_moments import by_regime
from .symmetric import ARGUMENTS, REGIME, best_risk

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive() -> sp.Expr:
    return by_regime(best_risk)
