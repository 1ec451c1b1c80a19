"""Experiments on one more row, of source or target: what it takes off the risk at its best weight."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, least_squares
from lintransfer.simulate.teachers import teacher_pair

_BATCHES = 40  # of ratios of means
_ROWS = 8  # further rows tried on every design


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
