"""Mean, energy and scatter of an update τ = Pδ + X⁺ξ, the minimum-norm or least-squares fit from w0, Σ = I.

The law of X does not change under rotations, so E P is a multiple of the identity whose trace is the rank min(n, d): E τ =
pδ. P is a projector and X⁺ξ has mean 0 given X and lies in its range: E‖τ‖² = p‖δ‖² + σ² E tr(Gram matrix)⁻¹, the Gram
matrix of the shorter side of X. The scatter is E‖τ − Eτ‖².
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace

n, dim = sp.symbols("n dim", positive=True, integer=True)
delta = sp.Symbol("displacement_energy", nonnegative=True)
noise = sp.Symbol("noise_variance", positive=True)


def share(rank: sp.Expr, dim: sp.Expr = dim) -> sp.Expr:
    """p, from tr E P = rank."""
    p = sp.Symbol("p")
    return sp.solve(p * dim - rank, p)[0]


def moments(n: sp.Expr, dim: sp.Expr, delta: sp.Expr, noise: sp.Expr, few: bool) -> tuple[sp.Expr, sp.Expr]:
    """p and E‖τ‖² for n ≤ d − 2 (few) or n ≥ d + 2."""
    rank, longer = (n, dim) if few else (dim, n)
    p = share(rank, dim)
    return p, p * delta + noise * inverse_gram_trace(rows=longer, columns=rank)


def scatter(n: sp.Expr, dim: sp.Expr, delta: sp.Expr, noise: sp.Expr, few: bool) -> tuple[sp.Expr, sp.Expr]:
    """p and E‖τ − pδ‖²."""
    p, energy = moments(n, dim, delta, noise, few)
    return p, sp.factor(energy - p**2 * delta)


def by_regime(result) -> sp.Expr:
    """result(few) in both regimes."""
    return sp.Piecewise((result(True), n <= dim - 2), (result(False), n >= dim + 2))
