"""Where fine-tuning on the identical task starts to lose: T = A(2ρ − ρ²)t² = 0 at ρ = 2.

There x = ρ^{2/e} = 4^{1/e}, e = 1 − 1/L, and x = B + Aρ² with B = 1 − A + β(1 − A)/A is a quadratic in A. It is β > 0
at A = 0 and 4 − x ≤ 0 at A = 1: the smaller root is the one in (0, 1], and ρ > 2 below it.
"""

import sympy as sp

TARGET, NOISE = sp.symbols("target_energy noise_variance", positive=True)
RATE = sp.Symbol("m", integer=True, positive=True)  # 1/e = 1 + 1/(L − 1): L = 1 + 1/m makes 4^{1/e} = 4^{1 + m}
ARGUMENTS = {"depth": 1 + 1 / RATE, "target_energy": TARGET, "noise_variance": NOISE}
REGIME = RATE < 5


def derive():
    a, beta = sp.symbols("a beta", positive=True)
    rate = 1 / (1 - 1 / ARGUMENTS["depth"])
    growth = 4 ** sp.simplify(rate)
    equation = (1 - a) + beta * (1 - a) / a + 4 * a - growth
    roots = sp.solve(sp.expand(equation * a), a)
    at = {RATE: 1, beta: sp.Rational(1, 10)}
    inside = [r for r in roots if 0 < r.subs(at) < 1]
    (root,) = inside
    return root.subs(beta, NOISE / TARGET)
