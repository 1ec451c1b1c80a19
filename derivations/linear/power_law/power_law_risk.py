"""Noiseless risk of a power-law problem: λ_iδ_i² = C i^(−q) in the deterministic equivalent.

The bias κ² Σ λδ²/(λ+κ)² is, over x = i, C ∫ x^(−q) (κx^a)²/(1+κx^a)² dx: a Mellin transform in u = κx^a at
argument 2 − (q−1)/a; it converges at 0 for q < 2a+1 and at ∞ for q > 1. It is divided by 1 − df2/n, here 1/a.
"""

import sympy as sp

from .power_law_kappa import a, inflation, kappa_of_n, mellin, n

q, C = sp.symbols("energy_exponent amplitude", positive=True)
ARGUMENTS = {"n": n, "spectrum_exponent": a, "energy_exponent": q, "amplitude": C}
REGIME = sp.And(a > 1, q > 1, q < 2 * a + 1, sp.Ne(q, a + 1))  # q = a + 1 is the limit


def derive() -> sp.Expr:
    kappa = kappa_of_n()
    # x = (u/κ)^(1/a): x^(−q) dx = κ^((q−1)/a) u^((1−q)/a) du/(a u)
    bias = C * kappa ** ((q - 1) / a) / a * mellin(2, 2 - (q - 1) / a)
    return inflation() * bias
