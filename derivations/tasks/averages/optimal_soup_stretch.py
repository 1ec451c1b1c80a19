"""The stretch of a soup: where the derivative of its risk in it vanishes."""

import sympy as sp

from . import soup_risk
from .update_moments import by_regime

ARGUMENTS = {name: value for name, value in soup_risk.ARGUMENTS.items() if name != "stretch"}


def best(few: bool) -> sp.Expr:
    (stretch,) = sp.solve(sp.diff(soup_risk.risk(few), soup_risk.stretch), soup_risk.stretch)
    return stretch


def derive() -> sp.Expr:
    return by_regime(best)
