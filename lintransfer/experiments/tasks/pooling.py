"""Experiments: one fit to the rows of several tasks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, least_squares


def world(count: int, dim: int) -> tuple[np.ndarray, np.ndarray]:
    """Teachers (count, d), the target last, and a start (d,): of about unit norm, always the same."""
    rng = np.random.default_rng([count, dim])
    shared = rng.standard_normal(dim)
    teachers = (shared + rng.standard_normal((count, dim))) / math.sqrt(2 * dim)
    return teachers, rng.standard_normal(dim) / math.sqrt(dim)


def sums(sizes: tuple[int, ...], dim: int, noise_variances: tuple[float, ...]) -> dict[str, Any]:
    """What the rows of all groups add up to, from the vectors."""
    teachers, start = world(len(sizes), dim)
    apart, rows = teachers - teachers[-1], np.array(sizes)
    return {
        "total_size": int(rows.sum()),
        "dim": dim,
        "displacement_energy": float(np.sum((teachers[-1] - start) ** 2)),
        "pull": float(np.sum((rows @ apart) ** 2)),
        "misfit": float(rows @ np.sum(apart**2, axis=1)),
        "noise": float(rows @ np.array(noise_variances)),
    }


def pooled_risks(
    rng: np.random.Generator, replicates: int, sizes: tuple[int, ...], dim: int, noise_variances: tuple[float, ...]
) -> np.ndarray:
    """Risks on the last group of min-norm fits to all rows."""
    teachers, start = world(len(sizes), dim)
    groups = [draw(rng, replicates, n, t, v) for n, t, v in zip(sizes, teachers, noise_variances, strict=True)]
    return risk(pooled_fit(groups, start), teachers[-1])


def draw(
    rng: np.random.Generator, replicates: int, n: int, teacher: np.ndarray, noise_variance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Designs (replicates, n, d) and labels (replicates, n)."""
    design = draw_inputs(rng, (replicates, n, len(teacher)))
    return design, design @ teacher + math.sqrt(noise_variance) * rng.standard_normal((replicates, n))


def pooled_fit(groups: list[tuple[np.ndarray, np.ndarray]], start: Any = 0.0) -> np.ndarray:
    """Weights (replicates, d) of min-norm least squares on all rows, from a start (d,) or (replicates, d)."""
    design = np.concatenate([x for x, _ in groups], axis=1)
    labels = np.concatenate([y for _, y in groups], axis=1)
    initial = start[..., None] if isinstance(start, np.ndarray) else start
    return least_squares(design, labels[..., None], initial)[..., 0]


def risk(weights: np.ndarray, teacher: np.ndarray) -> np.ndarray:
    return np.sum((weights - teacher) ** 2, axis=-1)
