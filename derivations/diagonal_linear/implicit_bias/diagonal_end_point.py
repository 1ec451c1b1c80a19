"""One sample with two equal inputs, pairs that start alike: both weights grow by one θ, which the label fixes."""

import sympy as sp

from .interpolation_cost import predictor

x = sp.Symbol("x", positive=True)
w = sp.symbols("w1 w2", positive=True)
g = sp.symbols("g1 g2", positive=True)
label = sp.Symbol("label", real=True)
ARGUMENTS = {"X": [[x, x]], "y": [label], "first": list(w), "head": list(g)}


def solved(plus: tuple, minus: tuple, heads: tuple) -> tuple[sp.Expr, ...]:
    """β_1 and β_2 with x(β_1 + β_2) = label: both are αE − δ/E in E = e^{2θ}, a quadratic."""
    theta, growth = sp.Symbol("theta", real=True), sp.Symbol("E", positive=True)
    ways = [
        sp.expand(sp.expand(predictor((p, m), (h, h), theta)).rewrite(sp.exp))
        for p, m, h in zip(plus, minus, heads, strict=True)
    ]
    ways = [sp.expand(sp.powsimp(way).subs(theta, sp.log(growth) / 2)) for way in ways]
    up = [way.coeff(growth, 1) for way in ways]
    down = [-way.coeff(growth, -1) for way in ways]
    top, bottom, wanted = sum(up), sum(down), label / x
    found = (wanted + sp.sqrt(wanted**2 + 4 * top * bottom)) / (2 * top)
    return tuple(a * found - b / found for a, b in zip(up, down, strict=True))


def derive() -> tuple[sp.Expr, ...]:
    return solved(w, w, g)
