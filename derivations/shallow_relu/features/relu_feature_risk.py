"""First order in 1/n of the risk of a head on r frozen features.

Whiten the features, so that E φφᵀ = I. With residual ρ + ξ at the best head, Eρφ = 0, least squares misses it by
(ΦᵀΦ)⁻¹Φᵀ(ρ+ξ) = (1/n)Σ_i φ_i(ρ_i + ξ_i) + O(1/n). Its squared length is (1/n)E[(ρ²+σ²)|φ|²]: cross terms of different
samples have mean 0, and every sample gives the same.
"""

import sympy as sp

n = sp.Symbol("n", positive=True, integer=True)
r = sp.Symbol("n_features", positive=True, integer=True)
u, leverage, noise = sp.symbols("unexplained leverage noise_variance", positive=True)
ARGUMENTS = {"n": n, "n_features": r, "unexplained": u, "leverage": leverage, "noise_variance": noise}


def derive() -> sp.Expr:
    i = sp.Symbol("i", integer=True)
    # One sample, one feature: E[φ²ρ²] is the leverage of the residual, E[φ²]σ² = σ² its noise; summed over r features.
    per_sample = leverage + sp.summation(noise, (i, 1, r))
    length = sp.summation(per_sample, (i, 1, n)) / n**2
    return u + sp.simplify(length)
