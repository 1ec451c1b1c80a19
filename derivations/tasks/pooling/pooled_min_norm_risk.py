"""Mean risk of the minimum-norm fit to the rows of several tasks, N ≤ d − 2.

The error is −Q(θ_t − w0) + X⁺(z + ξ) with z_i = x_i·δ_i; QX⁺ = 0, so the squares add. The first has mean
(1 − N/d)‖θ_t − w0‖², for E Q is a multiple of the identity with trace d − N. With W = XXᵀ, ‖X⁺z‖² = zᵀW⁻¹z, so that
M_ij = x_i(W⁻¹)_ij x_jᵀ and tr M_ii = W_ii(W⁻¹)_ii. For each i,
Σ_j tr M_ij = Σ_j(W⁻¹)_ijW_ji = 1, so that all N rows add up to N.
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace
from .exchangeable_rows import diagonal_product, dim, energy, misfit, noise, pull, quadratic_form, size

ARGUMENTS = {
    "total_size": size, "dim": dim, "displacement_energy": energy, "pull": pull, "misfit": misfit, "noise": noise,
}  # fmt: skip
REGIME = size <= dim - 2


def derive() -> sp.Expr:
    multiple = sp.Symbol("multiple")
    (kept,) = sp.solve(sp.Eq(multiple * dim, dim - size), multiple)
    own = diagonal_product(rows=dim, columns=size) / dim
    spread = quadratic_form(own, size / dim)
    return kept * energy + spread + noise * inverse_gram_trace(rows=dim, columns=size) / size
