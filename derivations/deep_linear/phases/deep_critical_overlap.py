"""Boundary of transfer: the root in c of T = (1 − γ)(2ρ stc − ρ²s²), t from `parts.target_energy`."""

import sympy as sp

from ..risk import parts
from ..risk.deep_fine_tuning_risk import ARGUMENTS as RISK_ARGUMENTS
from ..risk.deep_fine_tuning_risk import NULL, REGIME, TARGET

ARGUMENTS = {name: value for name, value in RISK_ARGUMENTS.items() if name != "cross_energy"}
__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    c = sp.Symbol("c", real=True)
    cross = sp.sqrt(parts.SOURCE) * sp.sqrt(TARGET) * c
    (root,) = sp.solve(parts.gain(NULL).subs(parts.CROSS, cross), c)
    return root
