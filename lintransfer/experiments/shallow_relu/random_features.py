"""Experiments on the features of one random ReLU layer: ridge heads trained on them and tested on fresh inputs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import least_squares

_TESTS = 64  # fresh inputs for every training


def layer(width: int, dim: int) -> tuple[np.ndarray, np.ndarray]:
    """W (N, d) with rows of length 1, and a teacher of length 1, the same for the same sizes."""
    rng = np.random.default_rng([width, dim])
    W = rng.standard_normal((width, dim))
    return W / np.linalg.norm(W, axis=1, keepdims=True), np.full(dim, 1 / math.sqrt(dim))


def head_risks(
    rng: np.random.Generator, replicates: int, n: int, width: int, dim: int, noise_variance: float, ridge: float
) -> np.ndarray:
    """Mean squared errors of the function on fresh inputs, (replicates,)."""
    W, teacher = layer(width, dim)
    mean = 1 / math.sqrt(2 * math.pi)
    found = np.empty(replicates)
    for start in range(0, replicates, 100):
        count = min(100, replicates - start)
        x = rng.standard_normal((count, n + _TESTS, dim))
        features, truth = np.maximum(x @ W.T, 0) - mean, x @ teacher
        labels = truth[:, :n] + math.sqrt(noise_variance) * rng.standard_normal((count, n))
        heads = least_squares(features[:, :n], labels[..., None], ridge=ridge)
        missed = (features[:, n:] @ heads)[..., 0] - truth[:, n:]
        found[start : start + count] = (missed**2).mean(axis=1)
    return found


def averaged_head_risks(
    rng: np.random.Generator, replicates: int, n: int, width: int, dim: int, noise_variance: float, ridge: float
) -> np.ndarray:
    """The same with a layer of its own for every training, (replicates,)."""
    teacher, mean = np.full(dim, 1 / math.sqrt(dim)), 1 / math.sqrt(2 * math.pi)
    found = np.empty(replicates)
    for start in range(0, replicates, 50):
        count = min(50, replicates - start)
        W = rng.standard_normal((count, width, dim))
        W /= np.linalg.norm(W, axis=2, keepdims=True)
        x = rng.standard_normal((count, n + _TESTS, dim))
        features, truth = np.maximum(x @ W.transpose(0, 2, 1), 0) - mean, x @ teacher
        labels = truth[:, :n] + math.sqrt(noise_variance) * rng.standard_normal((count, n))
        heads = least_squares(features[:, :n], labels[..., None], ridge=ridge)
        missed = (features[:, n:] @ heads)[..., 0] - truth[:, n:]
        found[start : start + count] = (missed**2).mean(axis=1)
    return found


def averaged_arguments(**point: Any) -> Mapping[str, Any]:
    return {**point, "target_energy": 1.0}


def layer_arguments(n: int, width: int, dim: int, noise_variance: float, ridge: float) -> Mapping[str, Any]:
    W, teacher = layer(width, dim)
    return {"n": n, "weights": W, "teacher": teacher, "noise_variance": noise_variance, "ridge": ridge}
