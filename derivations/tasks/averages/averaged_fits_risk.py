"""The risk of the best mixture of two least-squares fits, by substitution."""

import sympy as sp

from .averaged_fits_weight import ARGUMENTS, REGIME, best, risk, weight

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive() -> sp.Expr:
    return sp.factor(risk().subs(weight, best()))
