"""Experiments: two tasks at once against one after the other, on the same data and from the same start 0."""

from __future__ import annotations

import math

import numpy as np

from lintransfer.experiments.crossings import linear_crossing
from lintransfer.experiments.tasks.pooling import draw, pooled_fit, risk
from lintransfer.simulate.teachers import teacher_pair


def on_target(
    rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int, displacement_energy: float,
    distance_squared: float, noise_variance: float, source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Risks on the target: together less in sequence, the source first. The source's own norm does not matter."""
    source, target = _teachers(dim, displacement_energy + distance_squared, displacement_energy, distance_squared)
    return _differences(rng, replicates, n, n_source, source, target, noise_variance, source_noise_variance)[1]


def on_both(
    rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int, source_displacement_energy: float,
    displacement_energy: float, distance_squared: float, noise_variance: float, source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """As `on_target`, risks on source and target added."""
    source, target = _teachers(dim, source_displacement_energy, displacement_energy, distance_squared)
    differences = _differences(rng, replicates, n, n_source, source, target, noise_variance, source_noise_variance)
    return differences[0] + differences[1]


def equal_overlap(rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int) -> np.ndarray:
    """Cosine of unit teachers at which the risks on both, added, are equal without noise; their difference is affine."""

    def difference(rng: np.random.Generator, replicates: int, overlap: float) -> np.ndarray:
        on_source, on_target = _differences(rng, replicates, n, n_source, *teacher_pair(dim, overlap), 0.0, 0.0)
        return on_source + on_target

    return linear_crossing(rng, replicates, difference, 0.5, 1.0)


def _differences(
    rng: np.random.Generator, replicates: int, n: int, n_source: int, source: np.ndarray, target: np.ndarray,
    noise_variance: float, source_noise_variance: float,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    other = draw(rng, replicates, n_source, source, source_noise_variance)
    own = draw(rng, replicates, n, target, noise_variance)
    together, after = pooled_fit([other, own]), pooled_fit([own], pooled_fit([other]))
    return risk(together, source) - risk(after, source), risk(together, target) - risk(after, target)


def _teachers(dim: int, source: float, target: float, distance: float) -> tuple[np.ndarray, np.ndarray]:
    cosine = (source + target - distance) / (2 * math.sqrt(source * target))
    return teacher_pair(dim, cosine, math.sqrt(source), math.sqrt(target))
