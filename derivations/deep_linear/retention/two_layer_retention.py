"""ρ for two layers: x = B + A√x is a quadratic in y = √x, with one positive root, and ρ = x^{1/4} = √y."""

import sympy as sp

NULL, FIT = sp.symbols("null_fraction fit_ratio", positive=True)
ARGUMENTS = {"null_fraction": NULL, "fit_ratio": FIT}


def derive():
    y = sp.Symbol("y")
    positive = [r for r in sp.solve(sp.Eq(y**2, FIT + NULL * y), y) if r.subs({NULL: 1, FIT: 1}) > 0]
    (root,) = positive
    return sp.sqrt(root)
