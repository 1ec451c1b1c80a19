"""Experiments on a new head over frozen features: worlds with given energies, and what is measured in them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.crossings import best_ridge
from lintransfer.simulate.end_to_end import paired_risk_samples, risk_samples


def frozen_world(n_features: int, explained: float, unexplained: float) -> dict[str, Any]:
    """Orthonormal features and a target of the given energies in d = r + 2 dimensions, along no special axis."""
    dim = n_features + 2
    turn = np.linalg.qr(np.vander(np.linspace(-1, 1, dim), dim) + np.eye(dim))[0]
    head = np.cos(np.arange(n_features))
    target = turn[:, :n_features] @ (math.sqrt(explained) * head / np.linalg.norm(head))
    return {"features": turn[:, :n_features], "target": target + math.sqrt(unexplained) * turn[:, n_features]}


def head_risk(
    rng: np.random.Generator, replicates: int, n: int, n_features: int, explained: float, unexplained: float,
    noise_variance: float, ridge: float = 0.0,
) -> np.ndarray:  # fmt: skip
    world = frozen_world(n_features, explained, unexplained)
    return risk_samples(rng, replicates, n=n, noise_std=math.sqrt(noise_variance), ridge=ridge, **world)


def one_head_risk(rng: np.random.Generator, replicates: int, **point: Any) -> np.ndarray:
    return head_risk(rng, replicates, n_features=1, **point)


def projection(
    rng: np.random.Generator, replicates: int, dim: int, n_features: int, n_outputs: int
) -> tuple[np.ndarray, Mapping[str, Any]]:
    """Residual energies of random subspaces, and the cosines of their principal angles."""
    features = np.linalg.qr(rng.standard_normal((replicates, dim, n_features)))[0]
    target = np.linalg.qr(rng.standard_normal((replicates, dim, n_outputs)))[0]
    seen = np.swapaxes(features, 1, 2) @ target
    residual = target - features @ seen
    cosines = np.linalg.svd(seen, compute_uv=False)
    return np.sum(residual**2, axis=(1, 2)), {"overlap": np.minimum(cosines, 1.0), "n_outputs": n_outputs}


def shift_world(dim: int, n_features: int) -> dict[str, Any]:
    """A dense feature map, a target and two covariances that do not commute: fixed, nothing special about them."""
    rng = np.random.default_rng([dim, n_features])
    mix = rng.standard_normal((2, dim, dim)) / math.sqrt(dim)
    covariance, test_covariance = mix @ np.swapaxes(mix, 1, 2) + 0.2 * np.eye(dim)
    target, features = rng.standard_normal(dim), rng.standard_normal((dim, n_features))
    return {
        "features": features, "target": target / math.sqrt(dim), "covariance": covariance,
        "test_covariance": test_covariance,
    }  # fmt: skip


def shifted_head(
    rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int, noise_variance: float
) -> np.ndarray:
    world = shift_world(dim, n_features)
    return risk_samples(rng, replicates, n=n, noise_std=math.sqrt(noise_variance), **world)


def shifted_weights(rng: np.random.Generator, replicates: int, n: int, dim: int, noise_variance: float) -> np.ndarray:
    """Least squares on all weights in the same worlds."""
    world = {name: value for name, value in shift_world(dim, 1).items() if name != "features"}
    return risk_samples(rng, replicates, n=n, noise_std=math.sqrt(noise_variance), **world)


def tuned_head_risk(rng: np.random.Generator, replicates: int, **point: Any) -> np.ndarray:
    """Risks at the ridge that is best on other samples (the risk is flat there)."""
    return tuned_features_risk(rng, replicates, n_features=1, **point)


def tuned_features_risk(rng: np.random.Generator, replicates: int, n_features: int, **point: Any) -> np.ndarray:
    """As `tuned_head_risk`, for several features."""
    ridge = _pilot(rng.integers(2**32), replicates // 4, n_features, **point)
    return head_risk(rng, replicates, n_features=n_features, ridge=ridge, **point)


def best_ridges(rng: np.random.Generator, replicates: int, n_features: int, **point: Any) -> np.ndarray:
    """Samples whose mean is the ridge with the smallest mean risk: the empirical minimiser plus its influences.

    Newton steps with differences over ±3 % in λ, all on the same designs.
    """
    seed = rng.integers(2**32)
    ridge = _pilot(seed, replicates // 4, n_features, **point)
    for _ in range(4):
        step = 0.03 * ridge
        nearby = np.array([ridge - step, ridge, ridge + step])
        low, middle, high = _risks_on_ridges(seed, replicates, nearby, n_features, **point)
        slope, curvature = (high - low) / (2 * step), (high - 2 * middle + low) / step**2
        found = ridge - slope / curvature.mean()
        ridge = float(np.clip(found.mean(), ridge / 2, 2 * ridge))
    return found


def _pilot(seed: Any, replicates: int, n_features: int, **point: Any) -> float:
    def mean_risks(ridges: np.ndarray) -> np.ndarray:
        return _risks_on_ridges(seed, replicates, ridges, n_features, **point).mean(axis=1)

    return best_ridge(mean_risks, 0.05, 50.0)


def _risks_on_ridges(
    seed: Any, replicates: int, ridges: np.ndarray, n_features: int, n: int, explained: float, unexplained: float,
    noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Risks at several ridges, shape (ridges, replicates), on the designs of one seed."""
    learners = [{"ridge": float(ridge)} for ridge in ridges]
    world = frozen_world(n_features, explained, unexplained)
    noise_std = math.sqrt(noise_variance)
    return paired_risk_samples(np.random.default_rng(seed), replicates, learners, n=n, noise_std=noise_std, **world)
