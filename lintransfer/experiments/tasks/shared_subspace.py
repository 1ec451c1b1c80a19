"""Experiments: moments of labelled data along a direction."""

from __future__ import annotations

import math

import numpy as np

from lintransfer.experiments.tasks.pooling import draw


def label_weighted_squares(
    rng: np.random.Generator, replicates: int, dim: int, target_energy: float, along_energy: float,
    noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """y²(v·x)² of one sample each."""
    direction, teacher = np.zeros(dim), np.zeros(dim)
    direction[0], teacher[0], teacher[-1] = 1.0, math.sqrt(along_energy), math.sqrt(target_energy - along_energy)
    design, labels = draw(rng, replicates, 1, teacher, noise_variance)
    return (labels[:, 0] * (design[:, 0] @ direction)) ** 2
