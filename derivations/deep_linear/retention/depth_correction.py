"""First correction in 1/L: expand ρ = x^{(1−r)/2}, x = B + A x^{1−r}, to first order in r = 1/L.

Differentiating the equation in r at r = 0 gives dx/dr = −A x ln x/(1 − A), hence d ln ρ/dr = −ln x/(2(1 − A)).
"""

import sympy as sp

DEPTH, NULL, FIT = sp.symbols("depth null_fraction fit_ratio", positive=True)
ARGUMENTS = {"depth": DEPTH, "null_fraction": NULL, "fit_ratio": FIT}
REGIME = NULL < 1


def derive():
    r = sp.Symbol("r", nonnegative=True)
    x = sp.Function("x", positive=True)(r)
    slope = sp.solve(sp.diff(FIT + NULL * x ** (1 - r) - x, r), sp.diff(x, r))[0]
    log_retention = (1 - r) * sp.log(x) / 2
    first = sp.diff(log_retention, r).subs(sp.diff(x, r), slope).subs(r, 0)
    growth = FIT / (1 - NULL)
    return 1 + sp.simplify(first.subs(x.subs(r, 0), growth)) / DEPTH
