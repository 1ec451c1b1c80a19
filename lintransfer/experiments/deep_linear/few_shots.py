"""Experiments: harmful first samples, and negative transfer from the identical task."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.trainings import energies, large_gains, large_risks


def first_samples(rng: np.random.Generator, replicates: int, n: int, dim: int, **point: Any) -> np.ndarray:
    """d·(R(n) − R(0))/n for few samples in many dimensions."""
    start = point["source_energy"] - 2 * point["cross_energy"] + point["target_energy"]
    return (large_risks(rng, replicates, n=n, dim=dim, **point) - start) * dim / n


def identical(rng: np.random.Generator, replicates: int, n: int, dim: int, depth: float, noise: float) -> np.ndarray:
    return large_gains(rng, replicates, n=n, dim=dim, depth=depth, **energies(1.0, 1.0, 1.0), noise_variance=noise)
