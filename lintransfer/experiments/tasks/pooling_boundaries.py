"""Experiments: where pooling a source's rows stops or starts to beat the target's rows alone, paired on the same data."""

from __future__ import annotations

import math

import numpy as np

from lintransfer.experiments.crossings import crossing, linear_crossing
from lintransfer.experiments.tasks.pooling import draw, pooled_fit, risk
from lintransfer.simulate.end_to_end import draw_inputs


def losses(
    rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int, displacement_energy: float,
    distance_squared: float, noise_variance: float, source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Risks of the pooled fit less those of the fit to the target's rows of the same data, both from 0."""
    target, source = np.zeros(dim), np.zeros(dim)
    target[0] = math.sqrt(displacement_energy)
    source[0] = target[0]
    source[-1] += math.sqrt(distance_squared)
    own = draw(rng, replicates, n, target, noise_variance)
    other = draw(rng, replicates, n_source, source, source_noise_variance)
    return risk(pooled_fit([other, own]), target) - risk(pooled_fit([own]), target)


def critical_distances(
    rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int, displacement_energy: float,
    noise_variance: float, source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """D² at which the mean risks are equal; their difference is affine in it."""

    def difference(rng: np.random.Generator, replicates: int, distance: float) -> np.ndarray:
        sizes = n, n_source, dim
        return losses(
            rng, replicates, *sizes, displacement_energy, distance, noise_variance, source_noise_variance
        )  # fmt: skip

    return linear_crossing(rng, replicates, difference, 0.0, 1.0)


def mean_losses(
    rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int, distance_squared: float,
    noise_variance: float, source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """`losses` of over-determined fits given the inputs, averaged over label noise and the direction of θ_S − θ_T."""
    own, other = draw_inputs(rng, (replicates, n, dim)), draw_inputs(rng, (replicates, n_source, dim))
    own, other = (np.swapaxes(x, 1, 2) @ x for x in (own, other))
    inverse, alone = np.linalg.inv(own + other), np.trace(np.linalg.inv(own), axis1=1, axis2=2)
    share = inverse @ other  # of the source's teacher in the pooled fit
    misfit = distance_squared / dim * np.sum(share**2, axis=(1, 2))
    own_noise, other_noise = (np.sum(inverse * (inverse @ x), axis=(1, 2)) for x in (own, other))
    return misfit + noise_variance * (own_noise - alone) + source_noise_variance * other_noise


def critical_sizes(
    rng: np.random.Generator, replicates: int, n: int, dim: int, distance_squared: float, noise_variance: float,
    source_noise_variance: float, low: int, high: int, displacement_energy: float | None = None,
) -> np.ndarray:  # fmt: skip
    """n_S between low and high at which the mean risks are equal; trained from 0, or, without a displacement energy, given
    the inputs (`mean_losses`)."""
    variances = distance_squared, noise_variance, source_noise_variance

    def difference(rng: np.random.Generator, replicates: int, n_source: int) -> np.ndarray:
        if displacement_energy is None:
            return mean_losses(rng, replicates, n, n_source, dim, *variances)
        return losses(rng, replicates, n, n_source, dim, displacement_energy, *variances)

    return crossing(rng, replicates, difference, low, high)


def critical_ratios(
    rng: np.random.Generator, replicates: int, dim: int, gamma: float, distance_squared: float, noise_variance: float,
    source_noise_variance: float, low: float, high: float,
) -> np.ndarray:  # fmt: skip
    """As `critical_sizes` given the inputs, all sizes over d."""
    sizes, ends = (round(gamma * dim), dim), (round(low * dim), round(high * dim))
    variances = distance_squared, noise_variance, source_noise_variance
    return critical_sizes(rng, replicates, *sizes, *variances, *ends) / dim
