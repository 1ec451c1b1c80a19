"""The first layer alone on one sample of two inputs, two features: the flow solved in time.

B' = v e xᵀ with e = y − vᵀBx, so e' = −‖v‖²‖x‖²e: e = e_0 exp(−‖v‖²‖x‖²τ), and B − B_0 = v xᵀ∫e.
"""

import numpy as np
import sympy as sp

time = sp.Symbol("time", positive=True)
x = sp.symbols("x1 x2", positive=True)
v = sp.symbols("v1 v2", positive=True)
B = sp.Matrix(2, 2, sp.symbols("b11 b12 b21 b22", positive=True))
label = sp.Symbol("label", real=True)
ARGUMENTS = {
    "X": [list(x)], "y": [label], "features": np.array(B.tolist(), dtype=object), "head": np.array(v, dtype=object),
    "time": time,
}  # fmt: skip


def derive() -> tuple[sp.Expr, ...]:
    head, row = sp.Matrix(v), sp.Matrix(x)
    rate = head.dot(head) * row.dot(row)
    error, clock = sp.Function("e"), sp.Symbol("t", positive=True)
    begin = label - (head.T * B * row)[0]
    solved = sp.dsolve(sp.Eq(error(clock).diff(clock), -rate * error(clock)), error(clock), ics={error(0): begin}).rhs
    passed = sp.integrate(solved, (clock, 0, time))
    features = B + head * row.T * passed
    weights = features.T * head
    return (*features, *head, *weights)
