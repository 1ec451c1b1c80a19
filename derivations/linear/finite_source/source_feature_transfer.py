"""Linear transfer on the one feature that a fitted source provides, n ≥ 3, d ≥ 2, Σ_S = Σ = I.

Split the target along and off θ_S: energies c²t² and (1 − c²)t². The unit feature f = ŵ_S/‖ŵ_S‖ has squared
component A along θ_S; off θ_S its direction is uniform, by the rotations that fix θ_S, so its squared
component along any one of those d − 1 directions is (1 − A)/(d − 1), and the mixed product has mean 0. The
unexplained energy is u = t² − E (f·θ_T)². Given the feature, the head is a least-squares fit of one weight
with noise σ² + u.
"""

import sympy as sp

from ..frozen_features.inverse_chi_square import inverse_gram_trace
from ..source_alignment import source_feature_alignment as source_cosine

n = sp.Symbol("n", positive=True, integer=True)
source, target, noise, source_noise = sp.symbols(
    "source_energy target_energy noise_variance source_noise_variance", positive=True
)
cross = sp.Symbol("cross_energy", real=True)
ARGUMENTS = {
    "n": n, "n_source": source_cosine.n, "dim": source_cosine.dim, "source_energy": source, "cross_energy": cross,
    "target_energy": target, "noise_variance": noise, "source_noise_variance": source_noise,
}  # fmt: skip
REGIME = (n >= 3) & (source_cosine.dim >= 2)


def derive() -> sp.Expr:
    along = cross**2 / source

    def risk(cosine: sp.Expr) -> sp.Expr:
        each_other = (1 - cosine) / (source_cosine.dim - 1)
        unexplained = target - (along * cosine + (target - along) * each_other)
        return unexplained + (noise + unexplained) * inverse_gram_trace(rows=n, columns=sp.Integer(1))

    cosines = source_cosine.derive().subs(source_cosine.rho, source_noise / source)
    return sp.Piecewise(*((risk(cosine), condition) for cosine, condition in cosines.args))
