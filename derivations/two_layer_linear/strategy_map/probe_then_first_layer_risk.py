"""Probing to rest and then the first layer, few features, d → ∞ at fixed γ = n/d < 1.

With n → ∞ at fixed k the probed head is the best one: what it misses is the unexplained part, of energy u, orthogonal to
the features. The first layer then adds X⁺ of the residual: Q times what is missed stays, a share 1 − γ, and X⁺ξσ adds
σ² tr(XXᵀ)⁻¹, which is the exact n/(d − n − 1) in the limit.
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace

gamma, u, noise = sp.symbols("gamma unexplained noise_variance", positive=True)
ARGUMENTS = {"gamma": gamma, "unexplained": u, "noise_variance": noise}
REGIME = gamma < 1


def derive() -> sp.Expr:
    d = sp.Symbol("d", positive=True)
    trace = sp.limit(sp.simplify(inverse_gram_trace(rows=d, columns=gamma * d)), d, sp.oo)
    return (1 - gamma) * u + noise * trace
