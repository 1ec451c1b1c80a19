"""Mean squared distances of a min-norm fit from two teachers, together and in sequence, N ≤ d − 2, Σ = I.

A min-norm fit to n rows of a teacher θ from w keeps Q(w − φ) of its distance from any φ and adds P(θ − φ) + X⁺ξ. The two
are orthogonal, E Q = (1 − n/d)I and E P = (n/d)I whatever came before, and E‖X⁺ξ‖² is σ² times a mean inverse Gram trace.
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace
from ..pooling import pooled_min_norm_risk as pool
from ..pooling.exchangeable_rows import dim, energy, misfit, noise, pull, size

n, n_source = sp.symbols("n n_source", positive=True, integer=True)
variance, source_variance = sp.symbols("noise_variance source_noise_variance", positive=True)
distance, source_energy = sp.symbols("distance_squared source_displacement_energy", positive=True)
FEW = n + n_source <= dim - 2


def step(before: sp.Expr, teacher_distance: sp.Expr, rows: sp.Expr, label_noise: sp.Expr) -> sp.Expr:
    kept = (dim - rows) / dim
    return kept * before + (1 - kept) * teacher_distance + label_noise * inverse_gram_trace(rows=dim, columns=rows)


def in_sequence(on_target: bool) -> sp.Expr:
    start = energy if on_target else source_energy
    first = step(start, distance if on_target else 0, n_source, source_variance)
    return step(first, 0 if on_target else distance, n, variance)


def together(on_target: bool) -> sp.Expr:
    others = n_source if on_target else n
    sums = {
        size: n + n_source,
        energy: energy if on_target else source_energy,
        pull: others**2 * distance,
        misfit: others * distance,
        noise: n * variance + n_source * source_variance,
    }
    return pool.derive().subs(sums, simultaneous=True)
