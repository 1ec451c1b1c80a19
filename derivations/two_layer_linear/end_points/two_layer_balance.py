"""Gradient flow with one learning rate per layer conserves vvᵀ/η_v − BBᵀ/η_B.

With g the gradient of the loss in w = Bᵀv, the chain rule gives B' = −η_B v gᵀ and v' = −η_v B g. The derivative of the
difference cancels for matrices of any shape; the conserved numbers are then written out for two features.
"""

import numpy as np
import sympy as sp

first, last = sp.symbols("feature_rate head_rate", positive=True)
B = np.array(sp.symbols("b11 b12 b21 b22", positive=True), dtype=object).reshape(2, 2)
V = np.array(sp.symbols("v1 v2", positive=True), dtype=object)
ARGUMENTS = {"features": B, "head": V, "feature_rate": first, "head_rate": last}


def rate_of_change() -> sp.MatrixExpr:
    k, d = sp.symbols("k d", integer=True, positive=True)
    b, v, g = sp.MatrixSymbol("B", k, d), sp.MatrixSymbol("v", k, 1), sp.MatrixSymbol("g", d, 1)
    features, head = -first * v * g.T, -last * b * g
    change = (head * v.T + v * head.T) / last - (features * b.T + b * features.T) / first
    return sp.expand(change.doit()).doit()


def derive() -> np.ndarray:
    change = rate_of_change()
    if not (change.is_ZeroMatrix or change == sp.ZeroMatrix(*change.shape)):
        raise ArithmeticError(f"not conserved: {change}")
    b, v = sp.Matrix(B), sp.Matrix(V)
    return np.array((v * v.T / last - b * b.T / first).tolist(), dtype=object)
