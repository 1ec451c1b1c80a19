"""λ-balanced dynamics with one input, one output and one hidden unit, from the linear system behind the Riccati equation.

W_1 = a, W_2 = b, λ = b² − a², Q = (a, b). The flow a' = b(s − ab), b' = a(s − ab) gives (QQᵀ)' = F QQᵀ + QQᵀF − (QQᵀ)² with
F = ((−λ/2, s), (s, λ/2)): checked here. So QQᵀ = YZ⁻¹ with Y' = FY and Z' = −FZ + Y; F² = ω²I makes both elementary.
"""

import numpy as np
import sympy as sp

time, a, b, s = sp.symbols("time a b s", positive=True)
ARGUMENTS = {
    "time": time,
    "first": np.array([[a]], dtype=object),
    "second": np.array([[b]], dtype=object),
    "input_output": np.array([[s]], dtype=object),
    "imbalance": b**2 - a**2,
}


def derive() -> np.ndarray:
    imbalance = b**2 - a**2
    flow = sp.Matrix([[-imbalance / 2, s], [s, imbalance / 2]])
    start = sp.Matrix([a, b])
    products = start * start.T
    move = sp.Matrix([b, a]) * (s - a * b)
    change = move * start.T + start * move.T
    assert sp.expand(change - (flow * products + products * flow - products**2)) == sp.zeros(2, 2)
    omega = sp.sqrt(sp.expand(imbalance**2 / 4 + s**2))
    assert sp.expand(flow**2 - omega**2 * sp.eye(2)) == sp.zeros(2, 2)
    even, odd = sp.cosh(omega * time), sp.sinh(omega * time) / omega
    top = (even * sp.eye(2) + odd * flow) * products
    bottom = even * sp.eye(2) - odd * flow + odd * products
    return np.array((top * bottom.inv()).tolist(), dtype=object)
