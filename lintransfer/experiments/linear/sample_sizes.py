"""Experiments: sample sizes that reach a risk without noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import paired_risk_samples, risk_samples
from lintransfer.simulate.teachers import teacher_pair


def first_mean_below(
    rng: np.random.Generator, replicates: int, dim: int, displacement_energy: float, risk: float
) -> tuple[np.ndarray, Mapping[str, Any]]:
    """The smallest n whose simulated mean risk is at most `risk`; points lie half-way between two steps."""
    target = np.full(dim, np.sqrt(displacement_energy / dim))
    n = 0
    while risk_samples(rng, replicates, n=n, target=target).mean() > risk:
        n += 1
    return np.array([n]), {"dim": dim, "displacement_energy": displacement_energy, "risk": risk}


def first_quantile_below(
    rng: np.random.Generator, replicates: int, dim: int, displacement_energy: float, risk: float, probability: float
) -> tuple[np.ndarray, Mapping[str, Any]]:
    """The smallest n at which a share `probability` of the simulated risks is at most `risk`."""
    target = np.full(dim, np.sqrt(displacement_energy / dim))
    n = 0
    while np.mean(risk_samples(rng, replicates, n=n, target=target) <= risk * (1 + 1e-9)) < probability:
        n += 1
    arguments = {"dim": dim, "displacement_energy": displacement_energy, "risk": risk, "probability": probability}
    return np.array([n]), arguments


def saved(rng: np.random.Generator, replicates: int, dim: int, overlap: float, risk: float) -> np.ndarray:
    """Samples whose mean is the distance between the points where two simulated risk curves pass `risk`.

    Each curve is interpolated between the whole numbers around its crossing.
    """
    source, target = teacher_pair(dim, overlap)
    learners: list[dict[str, Any]] = [{}, {"initial": source}]
    curves = np.stack([paired_risk_samples(rng, replicates, learners, n=n, target=target) for n in range(dim + 1)])
    return np.subtract(*(_crossings(curves[:, learner], risk) for learner in (0, 1)))


def _crossings(curve: np.ndarray, risk: float) -> np.ndarray:
    """Where the mean of curve (n, replicates) passes `risk`, plus the influence of every replicate."""
    mean = curve.mean(axis=1)
    after = int(np.argmax(mean <= risk))
    if after == 0:
        return np.zeros(curve.shape[1])
    slope = mean[after] - mean[after - 1]
    share = (risk - mean[after - 1]) / slope
    influence = (1 - share) * (curve[after - 1] - mean[after - 1]) + share * (curve[after] - mean[after])
    return after - 1 + share - influence / slope
