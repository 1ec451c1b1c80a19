"""A finite random update: τ is one of two vectors of the plane, with probabilities q and 1 − q, in a general metric."""

import sympy as sp

q = sp.Symbol("q", positive=True)
a, b, c = sp.symbols("a b c", positive=True)
METRIC = sp.Matrix([[1, 0], [b, c]]) * sp.Matrix([[1, b], [0, c]])
DELTA = sp.Matrix(sp.symbols("delta1 delta2", real=True))
DRAWS = (sp.Matrix(sp.symbols("u1 u2", real=True)), sp.Matrix(sp.symbols("v1 v2", real=True)))
REGIME = q < 1


def mean(function) -> sp.Expr:
    return q * function(DRAWS[0]) + (1 - q) * function(DRAWS[1])


def inner(left: sp.Matrix, right: sp.Matrix) -> sp.Expr:
    return (left.T * METRIC * right)[0]


ARGUMENTS = {
    "displacement_energy": inner(DELTA, DELTA),
    "alignment": mean(lambda draw: inner(draw, DELTA)),
    "update_energy": mean(lambda draw: inner(draw, draw)),
}
