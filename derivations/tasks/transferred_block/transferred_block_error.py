"""Mean squared error of b copied weights of a min-norm or least-squares fit to d_A features, b < d_A.

Features off A are independent of those in A: they add to the noise. ŵ = Pθ_{S,A} + X⁺ξ with P the projector on the row space,
uniform of rank m = min(n_S, d_A): E P = (m/d_A)I, and with E P_ijP_kl = p δ_ijδ_kl + q(δ_ikδ_jl + δ_ilδ_jk) the copied part of
Pv has mean squared length Σ_{i∈B,jl} v_jv_l E P_ijP_il = (p + q)‖v_B‖² + qb‖v‖². The noise part has the same mean square
in each of the d_A weights, and mean 0 given X.
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace
from ...linear.isotropic import projector

n_source, block = sp.symbols("n_source n_transferred", positive=True, integer=True)
features = sp.Symbol("n_source_features", positive=True, integer=True)
source, source_block, target = sp.symbols("source_energy source_block_energy target_block_energy", positive=True)
cross = sp.Symbol("block_cross_energy", real=True)
noise = sp.Symbol("source_noise_variance", positive=True)
ARGUMENTS = {
    "n_source": n_source, "n_source_features": features, "n_transferred": block, "source_energy": source,
    "source_block_energy": source_block, "block_cross_energy": cross, "target_block_energy": target,
    "source_noise_variance": noise,
}  # fmt: skip
REGIME = features >= 2


def derive() -> sp.Expr:
    p, q = projector.second_moments()

    def error(rank: sp.Expr, gram_trace: sp.Expr) -> sp.Expr:
        sizes = {projector.k: rank, projector.d: features}
        mean = projector.mean().subs(sizes)
        squared = ((p + q) * source_block + q * block * source).subs(sizes)
        return target - 2 * mean * cross + squared + noise * gram_trace * block / features

    few = error(n_source, inverse_gram_trace(rows=features, columns=n_source))
    many = error(features, inverse_gram_trace(rows=n_source, columns=features))
    return sp.Piecewise((few, n_source <= features - 2), (many, n_source >= features + 2))
