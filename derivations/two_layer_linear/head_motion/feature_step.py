"""One step of gradient descent on the first layer, written out: two samples, two inputs, two features.

The loss ½Σ(y_i − vᵀBx_i)² is differentiated in every entry of B; labels are outputs plus residuals.
"""

import numpy as np
import sympy as sp

X = sp.Matrix(2, 2, sp.symbols("x11 x12 x21 x22", positive=True))
B = sp.Matrix(2, 2, sp.symbols("b11 b12 b21 b22", positive=True))
V, E = sp.Matrix(sp.symbols("v1 v2", positive=True)), sp.Matrix(sp.symbols("e1 e2", positive=True))
OTHER = sp.Matrix(1, 2, sp.symbols("o1 o2", positive=True))
step = sp.Symbol("step", positive=True)
ARGUMENTS = {
    "X": np.array(X.tolist(), dtype=object), "residual": np.array(list(E), dtype=object),
    "head": np.array(list(V), dtype=object), "step": step, "inputs": np.array(OTHER.tolist(), dtype=object),
}  # fmt: skip


def derive() -> np.ndarray:
    now = dict(zip(B, sp.symbols("c11 c12 c21 c22"), strict=True))
    start = B.subs(now)
    labels = X * start.T * V + E
    miss = labels - X * B.T * V
    loss = (miss.T * miss)[0] / 2
    gradient = loss.diff(B).subs({b: c for b, c in now.items()})
    moved = -step * OTHER * sp.Matrix(2, 2, list(gradient)).T
    return np.array(moved.applyfunc(sp.expand).tolist(), dtype=object)
