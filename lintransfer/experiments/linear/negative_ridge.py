"""Experiments: how far below zero a ridge may go, and the risk there."""

from __future__ import annotations

import numpy as np

from lintransfer.experiments.linear.covariance import spectrum, teachers
from lintransfer.simulate.end_to_end import paired_risk_samples


def smallest_gram_eigenvalue(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, exponent: float
) -> np.ndarray:
    """Minus the smallest non-zero eigenvalue of XᵀX: the ridge at which a design stops to be invertible."""
    scales = np.sqrt(spectrum(dim, exponent))
    found = np.empty(replicates)
    for i in range(replicates):
        design = rng.standard_normal((n, dim)) * scales
        found[i] = -np.linalg.eigvalsh(design @ design.T if n < dim else design.T @ design)[0]
    return found


def best_of_a_ladder(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, noise_variance: float
) -> np.ndarray:
    """Risks at the ridge, out of a fine ladder, whose mean over the same designs is least."""
    source, target = teachers(dim)
    ladder = [{"ridge": ridge} for ridge in np.geomspace(0.05, 20, 41)]
    risks = paired_risk_samples(
        rng,
        replicates,
        ladder,
        n=n,
        target=target,
        initial=source,
        covariance=spectrum(dim, 1.0),
        noise_std=noise_variance**0.5,
    )
    return risks[np.argmin(risks.mean(axis=1))]
