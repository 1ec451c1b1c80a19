"""B2: r_k and R_k of three eigenvalues, written out."""

import sympy as sp

VALUES = sp.symbols("lambda1:4", positive=True)
ARGUMENTS = {"eigenvalues": list(VALUES)}
REGIME = (VALUES[0] >= VALUES[1]) & (VALUES[1] >= VALUES[2])


def derive():
    a, b, c = VALUES
    return {
        "smaller": [(a + b + c) / a, (b + c) / b, sp.Integer(1)],
        "larger": [(a + b + c) ** 2 / (a**2 + b**2 + c**2), (b + c) ** 2 / (b**2 + c**2), sp.Integer(1)],
    }
