"""Ridge regression towards given weights, from the stationarity of its loss, for one sample in two dimensions.

No singular values: the gradient of (y − x·w)² + λ‖w − w₀‖² is set to zero and solved for w.
"""

import sympy as sp

x = sp.symbols("x1 x2", positive=True)
w = sp.symbols("w1 w2", real=True)
start = sp.symbols("start1 start2", real=True)
label = sp.Symbol("label", real=True)
ridge = sp.Symbol("ridge", positive=True)
ARGUMENTS = {"X": [list(x)], "y": [label], "initial": list(start), "ridge": ridge}


def derive() -> tuple[sp.Expr, ...]:
    prediction = sum(a * b for a, b in zip(x, w, strict=True))
    loss = (label - prediction) ** 2 + ridge * sum((a - b) ** 2 for a, b in zip(w, start, strict=True))
    solution = sp.solve([sp.diff(loss, part) for part in w], w, dict=True)[0]
    return tuple(sp.factor(solution[part]) for part in w)
