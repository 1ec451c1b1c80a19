r"""Two isotropic groups in the shares c_k of their teachers: the envelope of `pooled_ridge` with Σ_k = Σ_t = I.

G is a number g. The common scale of weights and ridge is chosen so that g = 1 at μ = 0: then λ = c_0 = 1 − c_1 − c_2,
a_kω_k = c_k, and n_k = a_k(1 + ω_kd) gives ω_k = c_k/(n_k − dc_k).
"""

import sympy as sp

from ..pooled_ridge.envelope import PROBE, A, least, slope_at_rest

DIM = sp.Symbol("dim", positive=True, integer=True)
N = sp.symbols("n1:3", positive=True)
C = sp.symbols("c1:3", positive=True)
V = sp.symbols("v1:3", positive=True)
T = sp.symbols("theta1:3(1:3)", positive=True)  # θ_1 along both axes, then θ_2, the target
WEIGHTS = tuple(c / (n - DIM * c) for c, n in zip(C, N, strict=True))
RIDGE = 1 - C[0] - C[1]
GRAM = [[T[2 * k] * T[2 * j] + T[2 * k + 1] * T[2 * j + 1] for j in range(2)] for k in range(2)]


def risk():
    """R(θ_2) as a function of the shares."""
    omega, ridge = sp.symbols("omega1:3", positive=True), sp.Symbol("ridge", positive=True)
    g = 1 / (A[0] * omega[0] + A[1] * omega[1] + ridge + PROBE)
    counts = [a * (1 + w * DIM * g) for a, w in zip(A, omega, strict=True)]
    loss = sum(a * w * v for a, w, v in zip(A, omega, V, strict=True))
    for axis in range(2):
        pulls = [A[0] * omega[0], A[1] * omega[1], ridge, PROBE]
        loss += least(pulls, [T[axis], T[2 + axis], 0, T[2 + axis]])
    found = slope_at_rest(loss, counts)
    at = dict(zip(A, (n - DIM * c for n, c in zip(N, C, strict=True)), strict=True))
    return found.subs(at).subs(dict(zip(omega, WEIGHTS, strict=True))).subs(ridge, RIDGE)
