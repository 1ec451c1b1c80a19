"""min Σ‖W_l‖² at a given end-to-end norm: L positive numbers of product ν, sum of squares least when all are equal.

Lagrange: 2a_l = λ ν/a_l makes every a_l² the same; then a_l = ν^{1/L}. (Matrices do no better: the product of the
operator norms bounds ν, and each Frobenius norm bounds its operator norm.)
"""

import sympy as sp

NORM, DEPTH = sp.symbols("norm depth", positive=True)
ARGUMENTS = {"norm": NORM, "depth": DEPTH}


def derive():
    a, b, multiplier = sp.symbols("a b multiplier", positive=True)
    stationary = [sp.Eq(2 * x, multiplier * NORM / x) for x in (a, b)]
    (square,) = {sp.solve(eq, eq.lhs / 2)[0] ** 2 for eq in stationary}
    (multiplier_value,) = sp.solve(sp.log(square) * DEPTH / 2 - sp.log(NORM), multiplier)
    return sp.powsimp(sp.simplify(DEPTH * square.subs(multiplier, multiplier_value)))
