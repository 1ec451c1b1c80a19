"""Means over N exchangeable Gaussian rows of quadratic forms in what each row's teacher adds to its label.

Row i has label x_i·δ_i. In both regimes the risk is Σ_ij δ_iᵀ E[M_ij] δ_j with d × d matrices M_ij that rotations turn into
M_ij: E M_ij is a multiple of the identity, one for i = j and one for i ≠ j, because rows can be exchanged. So the sum is
across·‖Σδ_i‖² + (own − across)·Σ‖δ_i‖².
"""

import sympy as sp

from ...linear.isotropic.moments import chi_square_moment

size = sp.Symbol("total_size", positive=True, integer=True)
dim = sp.Symbol("dim", positive=True, integer=True)
pull, misfit, noise = sp.symbols("pull misfit noise", positive=True)
energy = sp.Symbol("displacement_energy", positive=True)


def diagonal_product(rows: sp.Expr, columns: sp.Expr) -> sp.Expr:
    """E[W_11 (W⁻¹)_11] of W = GᵀG for Gaussian G: 1/(W⁻¹)_11 is the squared distance q of column 1 from the span of the
    others, χ² with rows − columns + 1 degrees of freedom; what it has along that span is independent of it, χ² with
    columns − 1."""
    return 1 + chi_square_moment(1, columns - 1) * chi_square_moment(-1, rows - columns + 1)


def quadratic_form(own: sp.Expr, whole: sp.Expr) -> sp.Expr:
    """The mean for E M_ii = own·I and Σ_ij E M_ij = whole·I."""
    across = sp.cancel((whole - size * own) / (size * (size - 1)))  # no pairs at N = 1: any value will do
    return across * pull + (own - across) * misfit
