"""Variance of T = uᵀQv, u = θ_S and v = 2θ_T − θ_S, n ≤ d, d ≥ 2.

E (uᵀQv)² = Σ u_i v_j u_k v_l E Q_ij Q_kl, with the second moments of a uniform projector (see `projector`):
the pairing (ij)(kl) gives p (u·v)², the other two q [‖u‖²‖v‖² + (u·v)²].
"""

import sympy as sp

from . import projector

n = sp.Symbol("n", nonnegative=True, integer=True)
source, target = sp.symbols("source_energy target_energy", nonnegative=True)
cross = sp.Symbol("cross_energy", real=True)
ARGUMENTS = {
    "n": n, "dim": projector.d, "source_energy": source, "cross_energy": cross, "target_energy": target
}  # fmt: skip
REGIME = sp.And(n <= projector.d, projector.d >= 2)


def derive() -> sp.Expr:
    inner = 2 * cross - source
    outer = source * (4 * target - 4 * cross + source)
    p, q = projector.second_moments()
    second = p * inner**2 + q * (outer + inner**2)
    return sp.factor((second - (projector.mean() * inner) ** 2).subs(projector.k, projector.d - n))
