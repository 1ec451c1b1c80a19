"""The risk of a soup at its best stretch, by substitution."""

import sympy as sp

from . import optimal_soup_stretch, soup_risk
from .update_moments import by_regime

ARGUMENTS = optimal_soup_stretch.ARGUMENTS


def derive() -> sp.Expr:
    return by_regime(lambda few: soup_risk.risk(few).subs(soup_risk.stretch, optimal_soup_stretch.best(few)))
