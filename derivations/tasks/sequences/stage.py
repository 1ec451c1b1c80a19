r"""One min-norm stage seen from any teacher, Σ = λI: shared start of the derivations of sequences.

The stage leaves w + X⁺(X(θ_τ − w) + ξ) = w + P(θ_τ − w) + X⁺ξ, P the projector on the row space of X. Seen from θ_j, with
Q = I − P,

    w_τ − θ_j = Q(w − θ_j) + P(θ_τ − θ_j) + X⁺ξ.

PQ = 0, and ξ has mean zero given X and w, so the three squared lengths add. X does not change in law under rotations and is
independent of w, so E P is the multiple of I whose trace is the rank, and the last length is σ² E tr (Gram matrix)⁻¹/λ.
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace

n = sp.Symbol("n", nonnegative=True, integer=True)
dim = sp.Symbol("dim", positive=True, integer=True)
before, distance, noise = sp.symbols("risk_before distance_energy noise_variance", positive=True)
multiple = sp.Symbol("multiple")


def share(rank):
    """E P = multiple·I, from tr P = rank."""
    return sp.solve(sp.Eq(multiple * dim, rank), multiple)[0]


def after(samples, risk, gap, variance, scale=1):
    """E‖w_τ − θ_j‖² for n ≤ d − 2, where the rank is n and X has the n × n Gram matrix."""
    seen = share(samples)
    return (1 - seen) * risk + seen * gap + variance / scale * inverse_gram_trace(dim, samples)


def after_many(samples, gap, variance, scale=1):
    """The same for n ≥ d + 2: P = I."""
    return share(dim) * gap + variance / scale * inverse_gram_trace(samples, dim)
