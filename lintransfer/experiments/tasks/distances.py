"""Experiments: distances between the source and the target distribution of (x, y)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, risk_samples
from lintransfer.simulate.teachers import teacher_pair

SPECTRUM = np.array([2.0, 1.0, 0.5])


def teachers(overlap: float, source_norm: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    return teacher_pair(len(SPECTRUM), overlap, source_norm)


def log_ratios(rng: np.random.Generator, replicates: int, overlap: float, noise_variance: float) -> np.ndarray:
    """log p_T(x, y)/p_S(x, y) at draws (x, y) of the target task."""
    source, target = teachers(overlap)
    x = draw_inputs(rng, (replicates, len(SPECTRUM)), SPECTRUM)
    y = x @ target + math.sqrt(noise_variance) * rng.standard_normal(replicates)
    return ((y - x @ source) ** 2 - (y - x @ target) ** 2) / (2 * noise_variance)


def hellinger(rng: np.random.Generator, replicates: int, **point: float) -> np.ndarray:
    return 1 - np.exp(-log_ratios(rng, replicates, **point) / 2)


def squared_differences(rng: np.random.Generator, replicates: int, overlap: float) -> np.ndarray:
    source, target = teachers(overlap)
    return (draw_inputs(rng, (replicates, len(SPECTRUM)), SPECTRUM) @ (source - target)) ** 2


def at_rest(rng: np.random.Generator, replicates: int, overlap: float, ridge: float, n: int) -> np.ndarray:
    """Risks of training that cannot move: no sample, or an infinite ridge; tested under another covariance."""
    source, target = teachers(overlap)
    return risk_samples(
        rng, replicates, n=n, target=target, initial=source, test_covariance=SPECTRUM, ridge=ridge, noise_std=0.5
    )


def separation(
    rng: np.random.Generator,
    replicates: int,
    overlap: float,
    source_norm: float,
    distance_squared: float,
    most: float = math.inf,
) -> tuple[np.ndarray, Mapping[str, Any]]:
    """|E_T f − E_S f| for the Lipschitz function f = |y − x·θ_S|/√(1 + s²), cut off at `most`: a lower bound."""
    source, target = teachers(overlap, source_norm)
    x = draw_inputs(rng, (replicates, len(SPECTRUM)), SPECTRUM)
    lipschitz = math.sqrt(1 + source_norm**2)
    on_target = np.minimum(np.abs(x @ (target - source)) / lipschitz, most)
    return np.array([on_target.mean()]), {"distance_squared": distance_squared}


def bounded_separation(rng: np.random.Generator, replicates: int, **point: float) -> Any:
    """The same with f shifted into [−1, 1], which does not change the difference."""
    return separation(rng, replicates, most=2.0, **point)
