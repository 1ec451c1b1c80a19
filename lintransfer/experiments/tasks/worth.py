"""Experiments on the worth of a source: sizes at which a learner without it does as well."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from lintransfer.experiments.crossings import linear_crossing
from lintransfer.experiments.tasks.information_floor import transfer_errors
from lintransfer.simulate.end_to_end import risk_samples


def _matching_sizes(
    rng: np.random.Generator, replicates: int, dim: int, risks: Callable[[int], np.ndarray], energy: float,
    noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Samples whose mean is the size at which ridge regression from zero, λ = dσ²/t², has the mean of the risks(count):
    bisection on rough means, then linear interpolation."""
    target, ridge = np.full(dim, math.sqrt(energy / dim)), dim * noise_variance / energy

    def excess(rng: np.random.Generator, count: int, n: int) -> np.ndarray:
        scratch = risk_samples(rng, count, n=n, target=target, noise_std=math.sqrt(noise_variance), ridge=ridge)
        return scratch - risks(count)

    low, high = 1, 16 * dim
    while high - low > max(2, (low + high) // 12):
        middle = round(math.sqrt(low * high))
        low, high = (middle, high) if excess(rng, 300, middle).mean() > 0 else (low, middle)
    return linear_crossing(rng, replicates, excess, low, high)


def scratch_sizes(
    rng: np.random.Generator, replicates: int, risk: float, dim: int, target_energy: float, noise_variance: float
) -> np.ndarray:
    return _matching_sizes(rng, replicates, dim, lambda count: np.full(count, risk), target_energy, noise_variance)


def least_squares_sizes(
    rng: np.random.Generator, replicates: int, risk: float, dim: int, noise_variance: float
) -> np.ndarray:
    """Sizes at which the mean risk R is that given, along 1/R, which is linear in n."""
    target = np.zeros(dim)

    def inverse(rng: np.random.Generator, count: int, n: int) -> np.ndarray:
        risks = risk_samples(rng, count, n=n, target=target, noise_std=math.sqrt(noise_variance))
        mean = risks.mean()
        return 1 / mean - (risks - mean) / mean**2 - 1 / risk

    return linear_crossing(rng, replicates, inverse, dim + 6, 3 * dim + 6)


def anchor_sizes(
    rng: np.random.Generator, replicates: int, n: int, dim: int, displacement_energy: float, target_energy: float,
    noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Scratch sizes that do as well as n samples with an anchor, less n."""
    target = np.zeros(dim)
    anchor = np.full(dim, math.sqrt(displacement_energy / dim))

    def anchored(count: int) -> np.ndarray:
        return risk_samples(
            rng, count, n=n, target=target, initial=anchor, noise_std=math.sqrt(noise_variance),
            ridge=dim * noise_variance / displacement_energy,
        )  # fmt: skip

    return _matching_sizes(rng, replicates, dim, anchored, target_energy, noise_variance) - n


def source_sizes(
    rng: np.random.Generator, replicates: int, n_source: int, dim: int, overlap: float, target_norm: float,
    source_norm: float, noise_variance: float, source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Scratch sizes that do as well as the posterior mean given the source data alone."""

    def told(count: int) -> np.ndarray:
        return transfer_errors(
            rng, count, 0, n_source, dim, overlap, target_norm, source_norm, noise_variance, source_noise_variance
        )

    return _matching_sizes(rng, replicates, dim, told, target_norm**2, noise_variance)
