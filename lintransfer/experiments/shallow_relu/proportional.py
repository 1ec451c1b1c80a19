"""Experiments: wide ReLU networks in the proportional limit."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.simulate.shallow_relu.kernel import draw_inputs, kernel_risk_samples, plain_kernel


def unit_target(dim: int) -> np.ndarray:
    return np.full(dim, dim**-0.5)


def sphere_draws(rng: np.random.Generator, replicates: int, n: int, dim: int, noise: float, trained: str) -> Any:
    """Kernel regression from scratch with a unit linear teacher and label noise of variance noise/d, in units 1/d."""
    std = (noise / dim) ** 0.5
    return dim * kernel_risk_samples(rng, replicates, n=n, target=unit_target(dim), noise_std=std, trained=trained)[0]


def complexity_draws(rng: np.random.Generator, replicates: int, n: int, dim: int) -> np.ndarray:
    inputs = draw_inputs(rng, (replicates, n, dim))
    labels = inputs @ unit_target(dim) + (0.1 / dim) ** 0.5 * rng.standard_normal((replicates, n))
    dual = np.linalg.solve(plain_kernel(inputs, inputs, "first"), labels[..., None])[..., 0]
    return np.sum(labels * dual, axis=-1)
