"""Least norm of shared features under two heads: the heads by least squares given the features, then the features' size."""

import sympy as sp

b = sp.symbols("first second", real=True)
ARGUMENTS = dict(zip(("first", "second"), b, strict=True))


def derive() -> sp.Expr:
    size, total = sp.symbols("size total", positive=True)  # w_+² + w_−², b_1² + b_2²
    w = sp.Matrix(sp.symbols("w_p w_m", positive=True))
    features = sp.Matrix([w[0], -w[1]])
    heads = [goal * features / features.dot(features) for goal in b]
    energy = sp.simplify(sum(head.dot(head) for head in heads) * w.dot(w))
    assert sp.simplify(energy - b[0] ** 2 - b[1] ** 2) == 0
    (best,) = sp.solve(sp.diff(size + total / size, size), size)
    return sp.simplify((size + total / size).subs(size, best)).subs(total, b[0] ** 2 + b[1] ** 2)
