"""One step of gradient descent, written out for two features of two inputs: what vvᵀ − BBᵀ gains."""

import numpy as np
import sympy as sp

step = sp.Symbol("step", positive=True)
B = sp.Matrix(2, 2, sp.symbols("b11 b12 b21 b22", positive=True))
V, G = sp.Matrix(sp.symbols("v1 v2", positive=True)), sp.Matrix(sp.symbols("g1 g2", positive=True))
BY_FEATURES, BY_HEAD = V * G.T, B * G
ARGUMENTS = {
    "feature_gradient": np.array(BY_FEATURES.tolist(), dtype=object),
    "head_gradient": np.array(list(BY_HEAD), dtype=object),
    "step": step,
}


def derive() -> np.ndarray:
    v, b = V - step * BY_HEAD, B - step * BY_FEATURES
    change = (v * v.T - b * b.T) - (V * V.T - B * B.T)
    return np.array(change.applyfunc(sp.expand).tolist(), dtype=object)
