"""The best mixture of two least-squares fits, n_T, n_S ≥ d + 2.

Given their designs both fits are unbiased for their own teachers, so that (1 − a)ŵ_T + aŵ_S misses the target by a(θ_S −
θ_T) plus independent errors of mean square A and B, σ² times the mean inverse Gram trace of each.
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace
from .update_moments import delta, dim, n, noise

n_source = sp.Symbol("n_source", positive=True, integer=True)
source_noise = sp.Symbol("source_noise_variance", positive=True)
weight = sp.Symbol("weight", real=True)
ARGUMENTS = {
    "n": n, "n_source": n_source, "dim": dim, "displacement_energy": delta, "noise_variance": noise,
    "source_noise_variance": source_noise,
}  # fmt: skip
REGIME = (n >= dim + 2) & (n_source >= dim + 2)


def risk() -> sp.Expr:
    own, other = (v * inverse_gram_trace(rows=rows, columns=dim) for v, rows in ((noise, n), (source_noise, n_source)))
    return (1 - weight) ** 2 * own + weight**2 * (other + delta)


def best() -> sp.Expr:
    return sp.solve(sp.diff(risk(), weight), weight)[0]


def derive() -> sp.Expr:
    return best()
