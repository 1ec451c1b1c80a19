"""Noiseless risk where the energies decay faster than i^(−2a−1): the low modes set it.

Every mode is learnt long before κ reaches it, so κ²λδ²/(λ+κ)² is expanded for κ → 0: its first term is
κ²δ²/λ, and the sum of these converges. With 1/(1 − df2/n) = a and κ of n samples this is the risk.
"""

import sympy as sp

from .power_law_kappa import a, inflation, kappa_of_n, n

inverse_energy = sp.Symbol("inverse_energy", positive=True)
ARGUMENTS = {"n": n, "spectrum_exponent": a, "inverse_energy": inverse_energy}
REGIME = a > 1


def derive() -> sp.Expr:
    value, energy, kappa = sp.symbols("eigenvalue energy kappa", positive=True)
    mode = kappa**2 * value * energy / (value + kappa) ** 2
    per_kappa_squared = sp.limit(mode / kappa**2, kappa, 0)
    weight = sp.simplify(per_kappa_squared / (energy / value))  # 1: the term is δ²/λ
    return inflation() * kappa_of_n() ** 2 * weight * inverse_energy
