"""Risk of weights that never moved: E(x·δ)² of test inputs x ~ N(0, Σ'), δ = θ_T − w0.

x·δ is a linear form of x, normal with mean 0 and variance δᵀΣ'δ, which is called v: integrate z²v over the standard
normal law of z. Outputs add up on both sides. Nothing but the second moments of x matters, so that any other law of
inputs with the same Σ' gives the same.
"""

import sympy as sp

energy = sp.Symbol("displacement_energy", positive=True)
ARGUMENTS = {"displacement_energy": energy}


def derive() -> sp.Expr:
    z = sp.Symbol("z", real=True)
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    return sp.integrate((sp.sqrt(energy) * z) ** 2 * density, (z, -sp.oo, sp.oo))
