"""The cost of a weight whose pairs start alike: its slope must be the θ that has moved it.

(w, v)' = ±s(v, w) is solved by a matrix exponential in θ = ∫s; β = v_+w_+ − v_−w_− is inverted and θ integrated over it.
"""

import sympy as sp

z = sp.Symbol("weight", positive=True)
root = sp.Symbol("root_k", positive=True)
ARGUMENTS = {"weight": z, "root_k": root}


def turned(first: sp.Expr, head: sp.Expr, theta: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """A pair (w, v) after θ."""
    way = sp.Matrix([[0, theta], [theta, 0]]).exp() * sp.Matrix([first, head])
    return way[0], way[1]


def predictor(first: tuple, head: tuple, theta: sp.Expr) -> sp.Expr:
    """β of two pairs after θ."""
    (wp, vp), (wm, vm) = turned(first[0], head[0], theta), turned(first[1], head[1], -theta)
    return sp.expand(vp * wp - vm * wm)


def derive() -> sp.Expr:
    w, g, theta, b = sp.symbols("w g theta b", positive=True)
    growth = sp.Symbol("E", positive=True)  # e^{2θ}
    way = sp.expand(predictor((w, w), (g, g), theta)).rewrite(sp.exp).subs(theta, sp.log(growth) / 2)
    way = sp.factor(sp.simplify(way))
    scale = sp.simplify(way / (growth - 1 / growth))  # β = scale (E − 1/E), scale = (w² + g²)/2
    assert sp.simplify(scale - (w**2 + g**2) / 2) == 0
    found = [e for e in sp.solve(sp.Eq(root / 4 * (growth - 1 / growth), b), growth) if e.subs({b: 1, root: 1}) > 0]
    slope = sp.log(found[0]) / 2
    assert sp.simplify(slope.subs(b, 0)) == 0
    u = sp.Symbol("u", positive=True)  # θ = ½ asinh(2b/√k): what the solution is, seen at numbers below
    other = sp.asinh(2 * b / root) / 2
    assert all(abs(sp.N((slope - other).subs({b: n, root: sp.Rational(n, 3) + 1}), 30)) < 1e-25 for n in (1, 2, 5))
    return (root / 4) * sp.integrate(sp.asinh(u), (u, 0, 2 * z / root))
