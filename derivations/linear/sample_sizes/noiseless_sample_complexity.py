"""Smallest n that brings the mean noiseless risk down to ε, Σ = I: the linear risk curve inverted and rounded up.

n random samples lose the share trace(Q)/d = (d − n)/d of the squared distance ‖δ‖², which falls linearly to
0 at n = d.
"""

import sympy as sp

dim = sp.Symbol("dim", positive=True, integer=True)
energy, risk = sp.symbols("displacement_energy risk", positive=True)
ARGUMENTS = {"dim": dim, "displacement_energy": energy, "risk": risk}


def crossing() -> sp.Expr:
    """Where the risk curve passes ε, if that is at n ≥ 0."""
    n = sp.Symbol("n", real=True)
    (root,) = sp.solve(sp.Eq((dim - n) / dim * energy, risk), n)
    return root


def derive() -> sp.Expr:
    return sp.Piecewise((sp.Integer(0), risk >= energy), (sp.ceiling(crossing()), True))
