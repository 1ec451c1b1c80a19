"""Unexplained energy at which a head on r features and min-norm scratch have equal risk, at finite n, r and d, Σ = I.

Both risks are assembled from their parts (share of the energy that a random projection loses, noise ×
inverse Gram trace); the equation is linear in u. The explained energy is t² − u.
"""

import sympy as sp

from ..frozen_features.inverse_chi_square import inverse_gram_trace

n, r, dim = sp.symbols("n n_features dim", positive=True, integer=True)
energy, noise, u = sp.symbols("target_energy noise_variance u", positive=True)
ARGUMENTS = {"n": n, "n_features": r, "dim": dim, "target_energy": energy, "noise_variance": noise}
REGIME = r < dim


def derive() -> sp.Expr:
    def fit(weights: sp.Expr, learnable: sp.Expr, variance: sp.Expr, few: bool) -> sp.Expr:
        if few:
            return (weights - n) / weights * learnable + variance * inverse_gram_trace(rows=weights, columns=n)
        return variance * inverse_gram_trace(rows=n, columns=weights)

    branches = []
    for few_for_head, few_for_scratch in ((False, False), (False, True), (True, True)):
        head = u + fit(r, energy - u, noise + u, few_for_head)
        scratch = fit(dim, energy, noise, few_for_scratch)
        (critical,) = sp.solve(sp.Eq(head, scratch), u)
        on_head = n <= r - 2 if few_for_head else n >= r + 2
        on_scratch = n <= dim - 2 if few_for_scratch else n >= dim + 2
        branches.append((critical, on_head & on_scratch))
    return sp.Piecewise(*branches)
