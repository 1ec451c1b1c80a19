"""Experiments: ReLU neurons that see half of the inputs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.shallow_relu.half_space import half_space_risk_samples
from lintransfer.simulate.shallow_relu.transfer import feature_risk_samples


def frozen_world() -> dict[str, Any]:
    """Four neurons against a target of three that shares one of them."""
    rng = np.random.default_rng(5)
    neurons, wanted = rng.standard_normal((4, 5)), rng.standard_normal((3, 5))
    wanted[0] = 2 * neurons[0]
    return {"neurons": neurons, "target_neurons": wanted, "target_head": np.array([1.0, -1.0, 0.5])}


def feature_draws(rng: np.random.Generator, replicates: int, n: int, noise_std: float) -> np.ndarray:
    return feature_risk_samples(rng, replicates, n=n, noise_std=noise_std, **frozen_world())


def one_neuron_draws(rng: np.random.Generator, replicates: int, cosine: float, head: float) -> np.ndarray:
    """Squared errors of the best multiple of one neuron, least squares on 2000 inputs, tested on fresh ones."""
    pair = np.array([[1.0, 0.0], [cosine, math.sqrt(1 - cosine**2)]])
    return feature_risk_samples(
        rng, replicates, n=2000, neurons=pair[:1], target_neurons=pair[1:], target_head=np.array([head])
    )


def split_draws(rng: np.random.Generator, replicates: int, n_positive: int, n: int, dim: int) -> np.ndarray:
    return half_space_risk_samples(rng, replicates, n=n, dim=dim, noise_std=0.7, n_positive=n_positive)


def half_space_draws(rng: np.random.Generator, replicates: int, n: int, dim: int) -> np.ndarray:
    return half_space_risk_samples(rng, replicates, n=n, dim=dim, noise_std=0.7)


def residual_draws(rng: np.random.Generator, replicates: int, n: int, dim: int) -> np.ndarray:
    return half_space_risk_samples(rng, replicates, n=n, dim=dim, noise_std=0.7, training_error=True)
