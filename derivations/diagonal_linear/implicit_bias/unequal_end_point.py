"""One sample with two equal inputs, each pair with a first layer of its own: the same quadratic."""

import sympy as sp

from .diagonal_end_point import g, label, solved, x

plus = sp.symbols("p1 p2", positive=True)
minus = sp.symbols("m1 m2", positive=True)
ARGUMENTS = {"X": [[x, x]], "y": [label], "first_plus": list(plus), "first_minus": list(minus), "head": list(g)}


def derive() -> tuple[sp.Expr, ...]:
    return solved(plus, minus, g)
