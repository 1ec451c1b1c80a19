"""Sizes γ_S at which pooling wins in the limit n, n_S, d → ∞, n ≥ d: where a quadratic is negative.

The difference of the risks over n_S, cleared of its positive denominator, is a quadratic in γ_S. It has at most two roots;
sorted, they bound where it is negative. A root at or below 0 is no size.
"""

import sympy as sp

from .affine_risks import alone, dim, distance, n, n_source, pooled, source_variance, variance

gamma, ratio = sp.symbols("gamma ratio", positive=True)
ARGUMENTS = {
    "gamma": gamma, "distance_squared": distance, "noise_variance": variance, "source_noise_variance": source_variance,
}  # fmt: skip


def _limit(share: sp.Expr) -> sp.Expr:
    """The limit d → ∞ of a ratio of polynomials in d of the same degree."""
    top, bottom = (sp.Poly(part, dim) for part in sp.fraction(sp.cancel(sp.together(share))))
    if top.degree() != bottom.degree():
        raise ArithmeticError("the difference must have a limit that is neither 0 nor infinite")
    return top.LC() / bottom.LC()


def quadratic() -> sp.Poly:
    difference = (pooled(few=False) - alone(few=False)).subs({n: gamma * dim, n_source: ratio * dim})
    limit = sum(part * _limit(sp.diff(difference, part) / ratio) for part in (distance, variance, source_variance))
    # Positive for γ > 1: (γ + γ_S)² counts the rows, γ + γ_S − 1 the rows to spare.
    cleared = sp.cancel(sp.together(limit * (gamma + ratio) ** 2 * (gamma + ratio - 1)))
    top, bottom = sp.fraction(cleared)
    if bottom.has(ratio):
        raise ArithmeticError("the denominator must be cleared")
    return sp.Poly(sp.expand(top / bottom), ratio)


square, linear, constant = (sp.factor(quadratic().nth(power)) for power in (2, 1, 0))
DISTANCE = sp.sqrt(linear**2 - 4 * square * constant)
ROOTS = (
    (-linear - DISTANCE) / (2 * square),
    (-linear + DISTANCE) / (2 * square),
)  # in order where the square is positive
HELPS = (gamma > 1) & ((constant < 0) | (square < 0) | ((linear < 0) & (linear**2 - 4 * square * constant > 0)))
