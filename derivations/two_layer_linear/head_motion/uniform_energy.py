"""Distance of a one-hot label from the uniform prediction over K classes: one entry 1 − 1/K, K − 1 entries 1/K."""

import sympy as sp

classes = sp.Symbol("classes", positive=True, integer=True)
ARGUMENTS = {"classes": classes}


def derive() -> sp.Expr:
    k = sp.Symbol("k", positive=True, integer=True)
    others = sp.summation((1 / classes) ** 2, (k, 1, classes - 1))
    return sp.sqrt(sp.factor((1 - 1 / classes) ** 2 + others))
