"""What the published transferability (ρ = 1) is wrong by: T(ρ) − T(1), and the two ways in which it vanishes."""

import sympy as sp

from ..risk import parts
from ..risk.deep_fine_tuning_risk import ARGUMENTS, NULL, REGIME

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    rho = sp.Symbol("rho", positive=True)
    true = NULL * (2 * rho * parts.CROSS - rho**2 * parts.SOURCE)
    error = true - true.subs(rho, 1)
    roots = sp.solve(error, rho)
    if {sp.expand(r) for r in roots} != {sp.Integer(1), 2 * parts.CROSS / parts.SOURCE - 1}:
        raise ArithmeticError(f"vanishes at {roots}")
    if sp.simplify(error.subs(rho, parts.HALF ** (parts.DEPTH - 1)) - parts.gain(NULL) + true.subs(rho, 1)) != 0:
        raise ArithmeticError("not the gain of parts")
    return error.subs(rho, parts.HALF ** (parts.DEPTH - 1))
