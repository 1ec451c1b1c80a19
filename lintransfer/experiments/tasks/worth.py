"""Experiments on the worth of a source: sizes at which a learner without it does as well, and single rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lintransfer.experiments.crossings import linear_crossing
from lintransfer.experiments.tasks.information_floor import transfer_errors
from lintransfer.simulate.end_to_end import draw_inputs, least_squares, risk_samples
from lintransfer.simulate.teachers import teacher_pair

_BATCHES = 40  # of ratios of means
_ROWS = 8  # further rows tried on every design


def _matching_sizes(
    rng: np.random.Generator, replicates: int, dim: int, risks: Callable[[int], np.ndarray], energy: float,
    noise_variance: float, least: int = 1,
) -> np.ndarray:  # fmt: skip
    """Samples whose mean is the size at which ridge regression from zero, λ = dσ²/t² (least squares if energy is 0), has
    the mean of the risks(count): bisection on rough means, then linear interpolation."""
    target = np.full(dim, math.sqrt((energy or 1.0) / dim))
    ridge = dim * noise_variance / energy if energy else 0.0

    def excess(rng: np.random.Generator, count: int, n: int) -> np.ndarray:
        scratch = risk_samples(rng, count, n=n, target=target, noise_std=math.sqrt(noise_variance), ridge=ridge)
        return scratch - risks(count)

    low, high = least, 16 * dim
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
    """Noise of exact inverse risks: 1/R is linear in n."""
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


def _ratio_of_gains(parts: Any) -> np.ndarray:
    """(mean first)²/(mean second) of source rows over that of target rows, batch by batch.

    parts: first and second of source rows, then of target rows, each (replicates,).
    """
    batches = [np.array([b.mean() for b in np.array_split(part, _BATCHES)]) for part in parts]
    return np.asarray((batches[0] ** 2 / batches[1]) / (batches[2] ** 2 / batches[3]))


def _row_effects(
    rng: np.random.Generator, replicates: int, n: int, ridge: float, source: np.ndarray, target: np.ndarray,
    noise_variance: float, source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """What w + g(y − x·w)Gx does to the risk of a fit, −2g·first + g²·second, for a row of source and of target."""
    dim = len(target)
    design = draw_inputs(rng, (replicates, n, dim))
    labels = design @ target + math.sqrt(noise_variance) * rng.standard_normal((replicates, n))
    weights = least_squares(design, labels[..., None], ridge=ridge)[..., 0]
    inverse = np.linalg.inv(np.swapaxes(design, 1, 2) @ design + ridge * np.eye(dim))
    rows = draw_inputs(rng, (replicates, _ROWS, dim))
    images, errors = rows @ inverse, weights - target
    along, length = np.einsum("rmi,ri->rm", images, errors), (images**2).sum(axis=-1)
    parts = []
    for teacher, variance in ((source, source_noise_variance), (target, noise_variance)):
        label = rows @ teacher + math.sqrt(variance) * rng.standard_normal(rows.shape[:2])
        surprise = label - np.einsum("rmi,ri->rm", rows, weights)
        parts += [-(surprise * along).mean(axis=1), (surprise**2 * length).mean(axis=1)]
    return _ratio_of_gains(parts)


def pooled_rows(
    rng: np.random.Generator, replicates: int, n: int, dim: int, displacement_energy: float, noise_variance: float,
    source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    target = np.zeros(dim)
    source = np.full(dim, math.sqrt(displacement_energy / dim))
    return _row_effects(rng, replicates, n, 0.0, source, target, noise_variance, source_noise_variance)


def weighted_rows(
    rng: np.random.Generator, replicates: int, n: int, dim: int, target_energy: float, source_energy: float,
    cross_energy: float, noise_variance: float, source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    s, t = math.sqrt(source_energy), math.sqrt(target_energy)
    source, target = teacher_pair(dim, cross_energy / (s * t), s, t)
    ridge = dim * noise_variance / target_energy
    return _row_effects(rng, replicates, n, ridge, source, target, noise_variance, source_noise_variance)


def bayes_rows(
    rng: np.random.Generator, replicates: int, n: int, dim: int, overlap: float, target_energy: float,
    source_energy: float, noise_variance: float, source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """What a row takes off the posterior variance of the target's teacher: Cov(θ_T, label)²/Var(label)."""
    design = draw_inputs(rng, (replicates, n, dim))
    ridge = dim * noise_variance / target_energy
    posterior = noise_variance * np.linalg.inv(np.swapaxes(design, 1, 2) @ design + ridge * np.eye(dim))
    x = draw_inputs(rng, (replicates, dim))
    image = np.einsum("rij,rj->ri", posterior, x)
    known, square = np.einsum("ri,ri->r", image, x), (image**2).sum(axis=1)
    share = overlap * math.sqrt(source_energy / target_energy)
    apart = (1 - overlap**2) * source_energy * (x**2).sum(axis=1) / dim
    of_source = share**2 * square / (source_noise_variance + apart + share**2 * known)
    of_target = square / (noise_variance + known)
    means = [np.array([b.mean() for b in np.array_split(part, _BATCHES)]) for part in (of_source, of_target)]
    return np.asarray(means[0] / means[1])
