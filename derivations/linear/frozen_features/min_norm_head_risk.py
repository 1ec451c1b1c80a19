"""Min-norm head on r frozen orthonormal features, 1 ≤ n ≤ r − 2, Σ = I.

With y = Z a* + e as for the least-squares head, the min-norm head is Z⁺y = Pa* + Z⁺e, P the projector on
the row space of Z. The part of a* that is lost has squared length a*ᵀ(I − P)a*. The law of Z does not
change under rotations of the features, so E(I − P) is a multiple of the identity, and its trace, the number
r − n of missing directions, fixes the multiple. The noise adds v E‖Z⁺e‖² = v E tr (ZZᵀ)⁻¹, a Gram matrix of
n columns of length r.
"""

import sympy as sp

from .inverse_chi_square import inverse_gram_trace

n, r = sp.symbols("n n_features", positive=True, integer=True)
e, u, noise, multiple = sp.symbols("explained unexplained noise_variance multiple", positive=True)
ARGUMENTS = {"n": n, "n_features": r, "explained": e, "unexplained": u, "noise_variance": noise}
REGIME = n <= r - 2


def derive() -> sp.Expr:
    (lost,) = sp.solve(sp.Eq(multiple * r, r - n), multiple)
    return u + lost * e + (noise + u) * inverse_gram_trace(rows=r, columns=n)
