"""Risks of the pooled fit of two tasks and of the target alone, each affine in D², from the two pooled regimes."""

import sympy as sp

from ..pooling import pooled_least_squares_risk as above
from ..pooling import pooled_min_norm_risk as below
from ..pooling.exchangeable_rows import dim, energy, misfit, noise, pull, size

n, n_source = sp.symbols("n n_source", positive=True, integer=True)
variance, source_variance = sp.symbols("noise_variance source_noise_variance", positive=True)
distance = sp.Symbol("distance_squared", positive=True)


def pooled(few: bool) -> sp.Expr:
    """Source rows are off by D²; the target's by nothing."""
    sums = {
        size: n + n_source,
        pull: n_source**2 * distance,
        misfit: n_source * distance,
        noise: n * variance + n_source * source_variance,
    }
    return (below if few else above).derive().subs(sums, simultaneous=True)


def alone(few: bool) -> sp.Expr:
    return (below if few else above).derive().subs({size: n, pull: 0, misfit: 0, noise: n * variance})


def critical(few_together: bool, few_alone: bool) -> sp.Expr:
    """D² at which both risks are equal."""
    difference = pooled(few_together) - alone(few_alone)
    slope = sp.diff(difference, distance)
    if slope.has(distance):
        raise ArithmeticError("the difference must be affine in the squared distance")
    return -difference.subs(distance, 0) / slope


__all__ = ["alone", "critical", "dim", "distance", "energy", "n", "n_source", "pooled", "source_variance", "variance"]
