"""Means of ‖h‖² and ‖y‖², h = Xᵀy, and the variance of the estimate of t² made of them, Σ = I, one output.

‖h‖² − d‖y‖² = Σ_i A_i + Σ_{i≠j} B_ij with A_i = y_i²(‖x_i‖² − d) and B_ij = y_i y_j x_i·x_j. All
expectations reduce to one sample: E[y x] = θ_T E[y g]/t, and E[y² xxᵀ] is diagonal in the coordinates of
`gaussian_moments`. The variance of the sum counts which pairs share samples.
"""

import sympy as sp

from .gaussian_moments import expectation, g, p, w, xi

n, dim = sp.symbols("n dim", positive=True, integer=True)
t2, noise, scores, labels = sp.symbols("target_energy noise_variance score_energy label_energy", positive=True)
t, sigma = sp.sqrt(t2), sp.sqrt(noise)
y = t * g + sigma * xi
length = g**2 + w  # ‖x‖²: w carries the other d − 1 directions


def mean(polynomial: sp.Expr) -> sp.Expr:
    return expectation(polynomial, dim - 1)


def data_means() -> tuple[sp.Expr, sp.Expr]:
    """E‖Xᵀy‖² and E‖y‖²."""
    along = mean(y * g)  # E[y x] is this along θ_T/t
    return n * mean(y**2 * length) + n * (n - 1) * along**2, n * mean(y**2)


def variance_of_difference() -> sp.Expr:
    """Var(‖h‖² − d‖y‖²)."""
    diagonal = y**2 * (length - dim)
    along = mean(y * g)
    second_along, second_across = mean(y**2 * g**2), expectation(y**2 * p**2, dim - 2)
    var_a = mean(diagonal**2) - mean(diagonal) ** 2
    var_b = second_along**2 + (dim - 1) * second_across**2 - along**4
    shared_b = along**2 * second_along - along**4  # B_12 with B_13
    shared_ab = mean(diagonal * y * g) * along - mean(diagonal) * along**2  # A_1 with B_12
    pairs = n * (n - 1)
    return n * var_a + 2 * pairs * var_b + 4 * pairs * (n - 2) * shared_b + 4 * pairs * shared_ab


def solved_for(unknown: sp.Symbol) -> sp.Expr:
    """t² or σ² from E‖h‖² and E‖y‖²: the two equations are linear in both."""
    mean_scores, mean_labels = data_means()
    solution = sp.solve([mean_scores - scores, mean_labels - labels], [t2, noise], dict=True)[0]
    return solution[unknown]
