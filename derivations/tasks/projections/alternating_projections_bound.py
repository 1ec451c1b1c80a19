"""The largest c^(k−1)(1 − c) over c = cos²φ in [0, 1]: the one stationary point inside."""

import sympy as sp

k = sp.Symbol("fits", positive=True, integer=True)
ARGUMENTS = {"fits": k}
REGIME = k >= 2


def derive():
    c = sp.Symbol("c", positive=True)
    error = c ** (k - 1) * (1 - c)
    (worst,) = sp.solve(sp.simplify(sp.diff(error, c) / c ** (k - 2)), c)
    return sp.simplify(error.subs(c, worst))
