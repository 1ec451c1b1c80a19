r"""Replay, n_S ≤ d − 2 and m + n ≤ d − 2: shared start of both risks.

ŵ_S = P_Sθ_S + X_S⁺ξ interpolates its rows, the m kept ones among them: P_mŵ_S = P_mθ_S + X_m⁺ξ_m. Interpolating them again
moves ŵ_S only by Q_m-vectors: w = ŵ_S + (XQ_m)⁺(y − Xŵ_S). Since the n new inputs are split by P_m and Q_m into independent
parts, y − Xŵ_S = XQ_m(θ_T − ŵ_S) + [XP_m(θ_T − ŵ_S) + ξ], the bracket noise of variance ‖P_m(θ_T − ŵ_S)‖² + σ². In the
d − m dimensions of Q_m this is a min-norm fit to n samples of isotropic inputs.
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace

n, n_source, kept, dim = sp.symbols("n n_source kept dim", positive=True, integer=True)
source, target, distance = sp.symbols("source_energy target_energy distance_energy", positive=True)
noise, source_noise = sp.symbols("noise_variance source_noise_variance", positive=True)
REGIME = sp.And(kept <= n_source, n_source <= dim - 2, kept + n <= dim - 2)

cross = (source + target - distance) / 2
unseen = 1 - n_source / dim
source_error = unseen * source + source_noise * inverse_gram_trace(dim, n_source)  # E‖ŵ_S − θ_S‖²
# E(ŵ_S − θ_S)·(θ_S − θ_T) = −(1 − n_S/d)θ_S·(θ_S − θ_T)
# ŵ_S − θ_T = (ŵ_S − θ_S) + (θ_S − θ_T)
target_error = source_error - 2 * unseen * (source - cross) + distance
rows_noise = source_noise * inverse_gram_trace(dim, kept)  # E‖X_m⁺ξ_m‖²
rows_error = kept / dim * distance + rows_noise  # E‖P_m(ŵ_S − θ_T)‖²
seen = n / (dim - kept)  # share of the new rows in the null space
variance = (rows_error + noise) * inverse_gram_trace(dim - kept, n)
