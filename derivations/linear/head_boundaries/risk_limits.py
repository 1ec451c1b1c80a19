"""Risks in the limit d → ∞ at γ = n/d, each the limit of a mean at finite size, Σ = I.

The finite-size means have the form (share lost) × energy + noise × E tr (Gram matrix)⁻¹; the share lost, a
projector's mean, is a trace over a dimension. The noise of a head on r features is σ² + u.
"""

import sympy as sp

from ..frozen_features.inverse_chi_square import inverse_gram_trace

gamma, alpha, dim = sp.symbols("gamma feature_ratio dim", positive=True)


def _limit(expression: sp.Expr) -> sp.Expr:
    return sp.simplify(sp.limit(expression, dim, sp.oo))


def few_samples(energy: sp.Expr, noise: sp.Expr, width: sp.Expr = sp.S.One) -> sp.Expr:
    """Fit of width·d weights with fewer samples than weights, which start at squared distance `energy`."""
    lost = (width - gamma) / width
    return lost * energy + noise * _limit(inverse_gram_trace(rows=width * dim, columns=gamma * dim))


def many_samples(noise: sp.Expr, width: sp.Expr = sp.S.One) -> sp.Expr:
    """Least squares on width·d weights with more samples than weights."""
    return noise * _limit(inverse_gram_trace(rows=gamma * dim, columns=width * dim))


def narrow_head(unexplained: sp.Expr, noise: sp.Expr) -> sp.Expr:
    """Head on a fixed number of features: all its weights are learnt, the unexplained energy stays."""
    r = sp.Symbol("r", positive=True)
    return unexplained + (noise + unexplained) * _limit(inverse_gram_trace(rows=gamma * dim, columns=r))
