"""Probing from the head v_0 of the source, k orthonormal features, Σ = I.

The labels are y = Za* + e, a* = Bθ_T, with noise e of variance v = σ² + u per sample that is independent of Z. Training
moves the head from v_0 by Z⁺(y − Zv_0): it ends at v_0 + P(a* − v_0) + Z⁺e with P the projector on the row space of Z.
For n ≤ k − 2 a share of a* − v_0 is lost, (k − n)/k by rotation; for n ≥ k + 2, P = I. The noise adds v E tr(ZᵀZ)⁺.
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace

n, k = sp.symbols("n n_features", positive=True, integer=True)
gap, u, noise, multiple = sp.symbols("head_displacement unexplained noise_variance multiple", positive=True)
ARGUMENTS = {"n": n, "n_features": k, "head_displacement": gap, "unexplained": u, "noise_variance": noise}


def derive() -> sp.Expr:
    (lost,) = sp.solve(sp.Eq(multiple * k, k - n), multiple)
    few = u + lost * gap + (noise + u) * inverse_gram_trace(rows=k, columns=n)
    many = u + (noise + u) * inverse_gram_trace(rows=n, columns=k)
    return sp.Piecewise((few, n <= k - 2), (many, n >= k + 2))
