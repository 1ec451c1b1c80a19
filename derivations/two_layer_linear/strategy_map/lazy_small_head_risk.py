"""Lazy limit with a vanishing head, k + 2 ≤ n ≤ d − 2, Σ = I: the fit that moves least outside the features.

As ‖v‖ → 0 the head moves for free, so the weights outside the k features have the least norm that lets the head fit the
rest. With A the projector off the columns of Z = XBᵀ, A y holds n − k samples of the d − k weights outside, Gaussian and
independent of Z: a minimum-norm regression with error E_⊥. What is left, X_⊥(error) + σξ, is fitted by the head exactly.
Its part in the columns of Z has variance E_⊥ + σ² per direction given A y, and Z is independent of it: Z⁺ adds the
trace of (ZᵀZ)⁻¹.
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace

n, d, k = sp.symbols("n dim n_features", positive=True, integer=True)
u, noise, multiple = sp.symbols("unexplained noise_variance multiple", positive=True)
ARGUMENTS = {"n": n, "dim": d, "n_features": k, "unexplained": u, "noise_variance": noise}
REGIME = (n >= k + 2) & (n <= d - 2)


def derive() -> sp.Expr:
    rows, columns = n - k, d - k
    (lost,) = sp.solve(sp.Eq(multiple * columns, columns - rows), multiple)
    outside = lost * u + noise * inverse_gram_trace(rows=columns, columns=rows)
    return outside + (noise + outside) * inverse_gram_trace(rows=n, columns=k)
