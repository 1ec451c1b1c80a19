"""Inner products of the gradients of f = vᵀBx at two inputs, layer by layer: two inputs, two features, two samples."""

import numpy as np
import sympy as sp

X = sp.Matrix(2, 2, sp.symbols("x11 x12 x21 x22", positive=True))
B = sp.Matrix(2, 2, sp.symbols("b11 b12 b21 b22", positive=True))
V = sp.Matrix(sp.symbols("v1 v2", positive=True))
ARGUMENTS = {
    "X": np.array(X.tolist(), dtype=object), "features": np.array(B.tolist(), dtype=object),
    "head": np.array(list(V), dtype=object),
}  # fmt: skip


def derive() -> tuple[np.ndarray, np.ndarray]:
    outputs = X * B.T * V
    parts = []
    for weights in (list(V), list(B)):
        slopes = outputs.jacobian(weights)
        parts.append(np.array((slopes * slopes.T).applyfunc(sp.expand).tolist(), dtype=object))
    return parts[0], parts[1]
