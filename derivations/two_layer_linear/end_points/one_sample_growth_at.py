"""g = e^{2φ} on the way: φ' = ‖x‖(y − f) is a Riccati equation in g with two rests, solved by their cross-ratio.

g' = 2g‖x‖(y − f) = −A(g − g_+)(g − g_−) with A = ‖x‖²‖p‖²/2: (g − g_+)/(g − g_−) decays at the rate A(g_+ − g_−) from its
value at g = 1. That the result obeys the equation is checked before it is returned.
"""

import sympy as sp

from . import one_sample_growth as end

time = sp.Symbol("time", positive=True)
ARGUMENTS = {"time": time, **end.ARGUMENTS}


def derive() -> sp.Expr:
    g, x, y = end.g, end.x, end.y
    quadratic = sp.Poly(sp.expand(2 * g * x * (y - end.output(g))), g)
    a, b, c = quadratic.all_coeffs()
    up, down = sp.symbols("g_plus g_minus")
    ratio = (1 - up) / (1 - down) * sp.exp(a * (up - down) * time)
    solution = (up - down * ratio) / (1 - ratio)
    flow = sp.diff(solution, time) - a * (solution - up) * (solution - down)
    assert sp.simplify(flow) == 0 and sp.simplify(solution.subs(time, 0)) == 1
    root = sp.sqrt(b**2 - 4 * a * c)
    # a < 0: the larger rest has the minus sign.
    return solution.subs({up: (-b - root) / (2 * a), down: (-b + root) / (2 * a)})
