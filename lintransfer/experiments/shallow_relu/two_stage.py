"""Experiments: two-stage training of wide ReLU networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.shallow_relu.proportional import unit_target
from lintransfer.simulate.shallow_relu.kernel import draw_inputs, kernel_risk_samples, plain_kernel
from lintransfer.simulate.teachers import teacher_pair


def two_stage_draws(
    rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int, overlap: float, trained: str
) -> Any:
    source, target = teacher_pair(dim, overlap)
    noise = {"noise_std": (0.2 / dim) ** 0.5, "source_noise_std": (0.1 / dim) ** 0.5}
    return kernel_risk_samples(
        rng, replicates, n=n, target=target, source=source, n_source=n_source, trained=trained, **noise
    )[0]


def crossing_draws(rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int, trained: str) -> Any:
    """Overlaps at which fine-tuning and training from scratch tie, each from 50 trainings at overlaps 0 and 1 between
    which the expected gain is a straight line."""
    crossings = np.empty(replicates)
    for i in range(replicates):
        seed, gains = int(rng.integers(2**31)), []
        for overlap in (0.0, 1.0):
            source, target = teacher_pair(dim, overlap)
            tuned, scratch = kernel_risk_samples(
                np.random.default_rng(seed),
                50,
                n=n,
                target=target,
                source=source,
                n_source=n_source,
                trained=trained,
                source_noise_std=(0.3 / dim) ** 0.5,
                learners=("start", "scratch"),
                test_points=100,
            )
            gains.append(np.mean(scratch - tuned))
        crossings[i] = gains[0] / (gains[0] - gains[1])
    return crossings


def gaussian_draws(rng: np.random.Generator, replicates: int, n: int, dim: int, trained: str) -> Any:
    return kernel_risk_samples(
        rng,
        replicates,
        n=n,
        target=unit_target(dim),
        noise_std=1.0,
        trained=trained,
        law="gaussian",
        covariance=spectrum(dim),
    )[0]


def spectrum(dim: int) -> np.ndarray:
    return np.where(np.arange(dim) % 2 == 0, 1.0, 0.5)


def ridge_draws(rng: np.random.Generator, replicates: int, dim: int, ridge: float) -> np.ndarray:
    """Excess of the diagonal of a Gram matrix, plus an explicit ridge, over the straight line through the rest of it,
    as a function of x·x', relative to the slope of that line."""
    inputs = draw_inputs(rng, (replicates, 30, dim), "gaussian", spectrum(dim))
    kernel, product = plain_kernel(inputs, inputs), inputs @ np.ascontiguousarray(np.swapaxes(inputs, -1, -2))
    above = np.triu_indices(30, 1)
    values, products = kernel[:, above[0], above[1]], product[:, above[0], above[1]]
    centred = products - products.mean(axis=1, keepdims=True)
    slope = np.sum(centred * values, axis=1) / np.sum(centred**2, axis=1)
    level = values.mean(axis=1) - slope * products.mean(axis=1)
    excess = np.diagonal(kernel - slope[:, None, None] * product, 0, 1, 2)
    return (np.mean(excess, axis=1) + ridge - level) / slope
