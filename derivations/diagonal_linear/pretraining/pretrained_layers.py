"""The layers when a coordinate computes β: the pairs as matrix exponentials in θ, and θ from β."""

import sympy as sp

from ..implicit_bias.interpolation_cost import predictor, turned

b = sp.Symbol("predictor", real=True)
a = sp.Symbol("scale", positive=True)
balance = sp.Symbol("balance", positive=True)
ARGUMENTS = {"predictor": b, "scale": a, "balance": balance}
REGIME = balance < 1


def derive() -> tuple[sp.Expr, ...]:
    theta, growth = sp.Symbol("theta", real=True), sp.Symbol("E", positive=True)
    w, g = sp.sqrt(a * (1 + balance) / 2), sp.sqrt(a * (1 - balance) / 2)
    way = sp.powsimp(sp.expand(predictor((w, w), (g, g), theta).rewrite(sp.exp))).subs(theta, sp.log(growth) / 2)
    way = sp.expand(sp.simplify(way))
    assert sp.simplify(way - a / 2 * (growth - 1 / growth)) == 0
    root = (b + sp.sqrt(b * b + a * a)) / a  # the positive root of a(E − 1/E) = 2β
    (plus, up), (minus, down) = turned(w, g, theta), turned(w, g, -theta)
    return tuple(sp.simplify(part.rewrite(sp.exp)).subs(theta, sp.log(root) / 2) for part in (plus, minus, up, down))
