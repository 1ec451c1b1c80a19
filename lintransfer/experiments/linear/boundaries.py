"""Experiments on phase boundaries: differences of simulated risks between two learners, paired on the same data.

Every draw returns samples whose mean is the place where the mean difference vanishes; see `crossings`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.crossings import best_ridge, crossing, linear_crossing
from lintransfer.simulate.end_to_end import paired_risk_samples
from lintransfer.simulate.teachers import teacher_pair


def scratch_against_head(
    rng: np.random.Generator, replicates: int, dim: int, overlap: float, noise_variance: float, low: float, high: float
) -> np.ndarray:
    """γ in (low, high) where one frozen feature and untuned scratch have equal mean risk."""
    source, target = teacher_pair(dim, overlap)
    learners: list[dict[str, Any]] = [{}, {"features": source}]
    return _crossing_in_gamma(rng, replicates, learners, target, noise_variance, low, high)


def fine_tuning_against_head(
    rng: np.random.Generator, replicates: int, dim: int, overlap: float, noise_variance: float, low: float, high: float
) -> np.ndarray:
    """γ in (low, high) where fine-tuning and one frozen feature have equal mean risk."""
    source, target = teacher_pair(dim, overlap)
    learners: list[dict[str, Any]] = [{"initial": source}, {"features": source}]
    return _crossing_in_gamma(rng, replicates, learners, target, noise_variance, low, high)


def tuned_scratch_against_head(
    rng: np.random.Generator, replicates: int, dim: int, overlap: float, noise_variance: float, low: float, high: float
) -> np.ndarray:
    """γ in (low, high) where one frozen feature and scratch at its best ridge have equal mean risk.

    The ridge is found on samples of its own, at the middle of the interval: the risk is flat in it.
    """
    source, target = teacher_pair(dim, overlap)
    noise_std = math.sqrt(noise_variance)
    pilot, seed = max(50, replicates // 8), rng.integers(2**32)

    def mean_risks(ridges: np.ndarray) -> np.ndarray:
        learners = [{"ridge": float(ridge)} for ridge in ridges]
        middle = round(dim * (low + high) / 2)
        fresh = np.random.default_rng(seed)
        return paired_risk_samples(fresh, pilot, learners, n=middle, target=target, noise_std=noise_std).mean(axis=1)

    tuned: dict[str, Any] = {"ridge": best_ridge(mean_risks, 1e-2 * dim, 1e2 * dim)}
    learners = [tuned, {"features": source}]
    return _crossing_in_gamma(rng, replicates, learners, target, noise_variance, low, high)


def _crossing_in_gamma(
    rng: np.random.Generator, replicates: int, learners: list[dict[str, Any]], target: np.ndarray,
    noise_variance: float, low: float, high: float,
) -> np.ndarray:  # fmt: skip
    dim = len(target)

    def difference(rng: np.random.Generator, replicates: int, n: int) -> np.ndarray:
        first, second = paired_risk_samples(
            rng, replicates, learners, n=n, target=target, noise_std=math.sqrt(noise_variance)
        )
        return first - second

    return crossing(rng, replicates, difference, round(low * dim), round(high * dim)) / dim


def critical_energy(
    rng: np.random.Generator, replicates: int, n: int, n_features: int, dim: int, target_energy: float,
    noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Unexplained energy at which r frozen features and scratch have equal mean risk; linear in that energy."""
    features = np.eye(dim)[:, :n_features]

    def difference(rng: np.random.Generator, replicates: int, unexplained: float) -> np.ndarray:
        target = np.zeros(dim)
        target[0], target[-1] = math.sqrt(target_energy - unexplained), math.sqrt(unexplained)
        scratch, head = paired_risk_samples(
            rng, replicates, [{}, {"features": features}], n=n, target=target, noise_std=math.sqrt(noise_variance)
        )
        return scratch - head

    return linear_crossing(rng, replicates, difference, 0.1 * target_energy, 0.9 * target_energy)


def critical_energy_at_ratio(
    rng: np.random.Generator, replicates: int, dim: int, gamma: float, feature_ratio: float, **energies: float
) -> np.ndarray:
    return critical_energy(rng, replicates, round(gamma * dim), round(feature_ratio * dim), dim, **energies)


def equal_overlap(
    rng: np.random.Generator, replicates: int, n: int, dim: int, source_norm: float, target_norm: float
) -> np.ndarray:
    """Cosine at which fine-tuning and scratch have equal mean risk; the mean difference is linear in it."""

    def difference(rng: np.random.Generator, replicates: int, overlap: float) -> np.ndarray:
        source, target = teacher_pair(dim, overlap, source_norm, target_norm)
        scratch, tuned = paired_risk_samples(
            rng, replicates, [{}, {"initial": source}], n=n, target=target, noise_std=0.3
        )
        return scratch - tuned

    return linear_crossing(rng, replicates, difference, 0.0, 1.0)


def few_arguments(dim: int, overlap: float, noise_variance: float, **_: Any) -> dict[str, float]:
    return {"noise_variance": noise_variance} | {"explained": overlap**2, "unexplained": 1 - overlap**2}


def large_arguments(dim: int, overlap: float, noise_variance: float, **_: Any) -> dict[str, float]:
    return {"unexplained": 1 - overlap**2, "noise_variance": noise_variance}


def distance_arguments(dim: int, overlap: float, noise_variance: float, **_: Any) -> dict[str, float]:
    return {
        "displacement_energy": 2 - 2 * overlap, "unexplained": 1 - overlap**2, "noise_variance": noise_variance,
    }  # fmt: skip
