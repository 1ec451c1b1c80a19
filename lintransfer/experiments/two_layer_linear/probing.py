"""Experiments: the head alone for a time, and then the rest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.two_layer_linear.end_points import task
from lintransfer.experiments.two_layer_linear.strategy_map import one_feature_world
from lintransfer.simulate.two_layer_linear.risks import paired_strategy_risks
from lintransfer.simulate.two_layer_linear.single import train_every_weight

Found = tuple[np.ndarray, Mapping[str, Any]]


def _probed(rng: np.random.Generator, n: int, dim: int, n_features: int, time: float) -> tuple[Any, Any, Any]:
    """Features on the data before and after, by training weight by weight, and what the formulas are told."""
    world = task(rng, n, dim, n_features)
    X, y, b, v = world.values()
    probed = train_every_weight(X, y, b, v, trained="second", time=time)
    moved = train_every_weight(X, y, b, probed.head, trained="first")
    before, after = X @ b.T, X @ moved.features.T
    left, values, right = np.linalg.svd(before, full_matrices=False)
    told = {"time": time, "n": n, "singular_values": values, "start": right @ v, "coefficients": left.T @ y}
    return before, after, told | {"unexplained": y @ y - np.sum((left.T @ y) ** 2)}


def distances(rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int, time: float) -> Found:
    """How far the features move on the data."""
    before, after, told = _probed(rng, n, dim, n_features, time)
    return np.array(np.linalg.norm(after - before)), told


def increments(rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int, time: float) -> Found:
    """What ⟨Z, Z_0⟩ gains."""
    before, after, told = _probed(rng, n, dim, n_features, time)
    told.pop("unexplained")
    return np.sum((after - before) * before), told


def stopped(
    rng: np.random.Generator, replicates: int, n: int, dim: int, time: float, feature_norm: float, overlap: float,
    target_norm: float, noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Probing one feature from zero for a time, then both layers."""
    world: dict[str, Any] = one_feature_world(feature_norm, overlap, target_norm, dim)
    how: dict[str, Any] = {"n": n, "noise_std": math.sqrt(noise_variance), "head": np.zeros(1)}
    return paired_strategy_risks(rng, replicates, [{"probe_time": time}], **world, **how)[0]


def best_times(
    rng: np.random.Generator, replicates: int, n: int, dim: int, feature_norm: float, overlap: float,
    target_norm: float, noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Samples whose mean is the probing time with the smallest mean risk: a parabola through three times around the best
    one on a grid, plus its influences; all on the same designs."""
    world: dict[str, Any] = one_feature_world(feature_norm, overlap, target_norm, dim)
    seed = rng.integers(2**32)

    def risks(found: np.ndarray, count: int) -> np.ndarray:
        how: dict[str, Any] = {"n": n, "noise_std": math.sqrt(noise_variance), "head": np.zeros(1), "rtol": 1e-9}
        learners = [{"probe_time": float(time)} for time in found]
        return paired_strategy_risks(np.random.default_rng(seed), count, learners, **world, **how)

    grid = np.geomspace(0.2, 5, 12) / feature_norm**2
    best = float(grid[np.argmin(risks(grid, max(20, replicates // 4)).mean(axis=1))])
    found = np.full(replicates, best)
    for _ in range(3):
        step = 0.1 * best
        low, middle, high = risks(np.array([best - step, best, best + step]), replicates)
        slope, curvature = (high - low) / (2 * step), (high - 2 * middle + low) / step**2
        found = best - slope / curvature.mean()
        best = float(np.clip(found.mean(), best / 2, 2 * best))
    return found
