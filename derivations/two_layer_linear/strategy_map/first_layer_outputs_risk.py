"""First layer alone under a frozen head V (m × k), Σ = I, risk summed over the m outputs.

The gradient in B is Vᵀ(VBXᵀ − Yᵀ)X, so VB moves by VVᵀ(…)X: nothing moves outside the columns of V, and inside them
VVᵀ is invertible, so that the flow ends at the interpolation closest to the start, Π_V(Θ_S + (Y − XΘ_Sᵀ)ᵀ(X⁺)ᵀ). Each of
the rank(V) directions inside is a minimum-norm (or least-squares) fit with noise σ² of its own.
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace

n, d, r = sp.symbols("n dim head_rank", positive=True, integer=True)
inside, outside, noise, multiple, j = sp.symbols("reachable unreachable noise_variance multiple j", positive=True)
ARGUMENTS = {
    "n": n, "dim": d, "reachable": inside, "unreachable": outside, "head_rank": r, "noise_variance": noise
}  # fmt: skip


def derive() -> sp.Expr:
    (lost,) = sp.solve(sp.Eq(multiple * d, d - n), multiple)
    few = sp.summation(noise * inverse_gram_trace(rows=d, columns=n), (j, 1, r))
    many = sp.summation(noise * inverse_gram_trace(rows=n, columns=d), (j, 1, r))
    return outside + sp.Piecewise((lost * inside + few, n <= d - 2), (many, n >= d + 2))
