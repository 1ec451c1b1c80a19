"""Experiments: where depth helps, where it hurts, and where the published boundary is right."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.trainings import large_gains, large_risks


def gain_over_published(rng: np.random.Generator, replicates: int, n: int, dim: int, **point: Any) -> np.ndarray:
    """Simulated transferability minus the published value."""
    published = (1 - n / dim) * (2 * point["cross_energy"] - point["source_energy"])
    return large_gains(rng, replicates, n=n, dim=dim, **point) - published


def depth_gain(rng: np.random.Generator, replicates: int, n: int, dim: int, depth: float, **point: Any) -> np.ndarray:
    """[R(1) − R(L)]/((1 − γ)s²) for a deep L that stands for ∞, on independent sets."""
    shallow, deep = (large_risks(rng, replicates, n=n, dim=dim, depth=L, **point) for L in (1, depth))
    return (shallow - deep) / ((1 - n / dim) * point["source_energy"])
