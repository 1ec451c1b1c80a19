"""ρ at infinite depth: x = B + A x^{1−1/L} becomes linear in x as 1/L → 0, and ρ = √x."""

import sympy as sp

NULL, FIT = sp.symbols("null_fraction fit_ratio", positive=True)
ARGUMENTS = {"null_fraction": NULL, "fit_ratio": FIT}
REGIME = NULL < 1


def derive():
    x, rate = sp.symbols("x rate", positive=True)
    equation = FIT + NULL * x ** (1 - rate) - x
    (growth,) = sp.solve(sp.limit(equation, rate, 0), x)
    return sp.sqrt(growth)
