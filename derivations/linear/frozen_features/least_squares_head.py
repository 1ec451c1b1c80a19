"""Least-squares head on r frozen orthonormal features, n ≥ r + 2, Σ = I.

Split the labels: y = Z a* + e with Z = XU, a* = Uᵀθ_T, and e_i = x_i·(I − UUᵀ)θ_T + σξ_i. The two parts of
a Gaussian input, Uᵀx and (I − UUᵀ)x, are independent, so e is noise that is independent of Z, of variance v
= σ² + u. The fitted head misses a* by (ZᵀZ)⁻¹Zᵀe. Averaged over e, its squared length is v tr (ZᵀZ)⁻¹; the
unexplained energy u adds to it, being orthogonal.
"""

import sympy as sp

from .inverse_chi_square import inverse_gram_trace

n, r = sp.symbols("n n_features", positive=True, integer=True)
e, u, noise = sp.symbols("explained unexplained noise_variance", positive=True)
ARGUMENTS = {"n": n, "n_features": r, "explained": e, "unexplained": u, "noise_variance": noise}
REGIME = n >= r + 2


def derive() -> sp.Expr:
    return u + (noise + u) * inverse_gram_trace(rows=n, columns=r)
