"""Experiments on interpolation of noise: risks of minimum-norm fits under spectra with long tails."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import risk_samples


def long_tail(dim: int, shape: str) -> np.ndarray:
    """A spectrum of d eigenvalues, from the largest: a few large ones on a flat rest, a power law, or a flat one."""
    i = np.arange(1.0, dim + 1)
    if shape == "spikes":
        return np.where(i <= 4, 5.0 / i, 4 / dim)
    if shape == "power":
        return i**-1.0
    return np.ones(dim) if shape == "flat" else 1 / (i * np.log(i + 1) ** 2)


def variances(rng: np.random.Generator, replicates: int, n: int, dim: int, shape: str) -> np.ndarray:
    """Risks of fits that start at the target: noise alone, of variance 1."""
    target = np.zeros(dim)
    return risk_samples(
        rng, replicates, n=n, target=target, initial=target, covariance=long_tail(dim, shape), noise_std=1.0
    )


def spectrum_arguments(n: int, dim: int, shape: str) -> Mapping[str, Any]:
    return {"n": n, "eigenvalues": long_tail(dim, shape)}


def spiked_world(dim: int, head: int) -> dict[str, Any]:
    """A head of large eigenvalues on a flat rest that holds as much energy as one of them, and a teacher on all."""
    values = np.r_[4.0 / np.arange(1.0, head + 1), np.full(dim - head, 1.0 / (dim - head))]
    energy = np.r_[np.full(head, 0.4), np.full(dim - head, 0.3)]
    return {"eigenvalues": values, "displacement": energy, "head": head}


def spiked_risks(
    rng: np.random.Generator, replicates: int, n: int, dim: int, head: int, noise_variance: float
) -> np.ndarray:
    world = spiked_world(dim, head)
    return risk_samples(
        rng, replicates, n=n, target=np.sqrt(world["displacement"]), covariance=world["eigenvalues"],
        noise_std=math.sqrt(noise_variance),
    )  # fmt: skip


def spiked_arguments(n: int, dim: int, head: int, noise_variance: float) -> Mapping[str, Any]:
    return {"n": n, "noise_variance": noise_variance} | spiked_world(dim, head)
