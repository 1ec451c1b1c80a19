"""Experiments: exact mean risks of one sample, and of one sample less than dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.linear.conditional import world
from lintransfer.simulate.end_to_end import risk_samples


def draw_exact(rng: Any, replicates: int, n: int, dim: int, exponent: float) -> np.ndarray:
    _, displacement, spectrum = world(n, dim, exponent)
    return risk_samples(rng, replicates, n=n, target=displacement, covariance=spectrum)
