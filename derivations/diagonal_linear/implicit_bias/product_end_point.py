"""One sample with two equal inputs, one pair uv per coordinate: β = μ sinh(τ + asinh(β_0/μ)), and one τ for both.

β_i = (A_iE − B_i/E)/2 in E = e^{2τ}, with A_i − B_i = 2β_0i and A_iB_i = μ_i²: a quadratic in E.
"""

import sympy as sp

from .interpolation_cost import turned

x, label = sp.Symbol("x", positive=True), sp.Symbol("label", real=True)
mu = sp.symbols("m1 m2", positive=True)
b0 = sp.symbols("b1 b2", real=True)
ARGUMENTS = {"X": [[x, x]], "y": [label], "imbalance": list(mu), "start": list(b0)}


def derive() -> tuple[sp.Expr, ...]:
    u, v, tau = sp.symbols("u v tau", positive=True)
    growth = sp.Symbol("E", positive=True)
    way = sp.expand(sp.prod(turned(u, v, tau)).rewrite(sp.exp))
    way = sp.expand(sp.powsimp(way).subs(tau, sp.log(growth) / 2))
    up, down = way.coeff(growth, 1), -way.coeff(growth, -1)
    assert sp.simplify(up - (u + v) ** 2 / 4) == 0 and sp.simplify(down - (u - v) ** 2 / 4) == 0
    # (u ± v)² = u² + v² ± 2uv = 2√(β_0² + μ²) ± 2β_0
    ups = [(sp.sqrt(b**2 + m**2) + b) / 2 for b, m in zip(b0, mu, strict=True)]
    downs = [(sp.sqrt(b**2 + m**2) - b) / 2 for b, m in zip(b0, mu, strict=True)]
    top, bottom, wanted = sum(ups), sum(downs), label / x
    found = (wanted + sp.sqrt(wanted**2 + 4 * top * bottom)) / (2 * top)
    return tuple(a * found - b / found for a, b in zip(ups, downs, strict=True))
