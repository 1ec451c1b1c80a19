"""Experiments: risks of diagonal networks trained by gradient flow, and proximal points by minimisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.diagonal_linear.flow import equal_pairs, train

Found = tuple[np.ndarray, Mapping[str, Any]]
_PATTERN = np.array([1.0, 0.0, -0.6, 0.0, 0.3, 0.0, 0.0, 1.4, 0.0, -0.2])
_SCALES = np.array([0.8, 0.3, 0.5, 0.2, 0.2, 1.0, 0.3, 0.9, 0.4, 0.3])


def world(dim: int, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """A target of unit norm and √k of each coordinate, √k√d fixed: a pattern of ten coordinates, repeated."""
    target = np.tile(_PATTERN, dim // 10)
    return target / np.linalg.norm(target), scale * np.tile(_SCALES, dim // 10) / np.sqrt(dim)


def risks(
    rng: np.random.Generator, replicates: int, n: int, dim: int, scale: float, noise_variance: float
) -> np.ndarray:
    """Excess risks after training on n samples."""
    target, root_k = world(dim, scale)
    design = rng.standard_normal((replicates, n, dim))
    labels = design @ target + np.sqrt(noise_variance) * rng.standard_normal((replicates, n))
    first = np.sqrt(root_k / 2)
    end = train(design, labels, equal_pairs(first, np.zeros(dim), dim), rtol=1e-6, at_rest=1e-6)
    return np.sum((end.weights - target) ** 2, axis=1)
