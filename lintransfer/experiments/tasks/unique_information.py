"""Experiments on single samples: fits and posteriors without each of them, made anew."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, least_squares

NOISE_STD = 0.6
WIDTH = 0.3
Draw = tuple[np.ndarray, Mapping[str, Any]]


def _refitted(X: np.ndarray, y: np.ndarray, ridge: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights and precision XᵀX + λ."""
    return least_squares(X, y[:, None], ridge=ridge)[:, 0], X.T @ X + ridge * np.eye(X.shape[1])


def _divergence(
    weights: np.ndarray, precision: np.ndarray, others: np.ndarray, other: np.ndarray, noise: float
) -> float:
    """KL of N(weights, σ²·precision⁻¹) from N(others, σ²·other⁻¹)."""
    moved = weights - others
    spread = np.trace(np.linalg.solve(precision, other)) - len(weights)
    volume = np.linalg.slogdet(precision)[1] - np.linalg.slogdet(other)[1]
    return float((spread + volume + moved @ other @ moved / noise**2) / 2)


def without_each(rng: np.random.Generator, replicates: int, n: int, dim: int, ridge: float) -> Draw:
    """All of `unique_information`, (8, n), from n further fits."""
    X, y = draw_inputs(rng, (n, dim), np.linspace(1.0, 2.0, dim)), rng.standard_normal(n)
    tested = np.diag(np.arange(1.0, dim + 1)) + 0.3
    weights, precision = _refitted(X, y, ridge)
    found = []
    for i, x in enumerate(X):
        rest = np.delete(np.arange(n), i)
        others, other = _refitted(X[rest], y[rest], ridge)
        moved = weights - others
        change, weighed = moved @ moved, moved @ tested @ moved
        found.append([
            x @ np.linalg.solve(precision, x), y[i] - x @ weights, change, weighed, change / (2 * WIDTH**2),
            weighed / (2 * WIDTH**2), _divergence(weights, precision, others, other, NOISE_STD),
            math.log(1 + x @ np.linalg.solve(other, x)) / 2,
        ])  # fmt: skip
    arguments = {
        "X": X, "y": y, "ridge": ridge, "noise_std": NOISE_STD, "weight_noise_std": WIDTH, "test_covariance": tested,
    }  # fmt: skip
    return np.array(found).T, arguments


def one_divergence(rng: np.random.Generator, replicates: int, n: int, dim: int, ridge: float) -> Draw:
    """The divergence for the last sample, with its leverage and residual."""
    values, _ = without_each(rng, replicates, n, dim, ridge)
    known = {"leverage": values[0, -1], "residual": values[1, -1], "noise_variance": NOISE_STD**2}
    return values[6, -1:], known


def _world(n: int, dim: int, ridge: float) -> tuple[np.ndarray, np.ndarray]:
    """A design, the same for the same sizes, and the leverages of its rows."""
    X = draw_inputs(np.random.default_rng([n, dim]), (n, dim))
    return X, np.einsum("ij,ji->i", X, np.linalg.solve(X.T @ X + ridge * np.eye(dim), X.T))


def leverage(n: int, dim: int, ridge: float) -> dict[str, float]:
    return {"leverage": float(_world(n, dim, ridge)[1][-1])}


def drawn_divergences(rng: np.random.Generator, replicates: int, n: int, dim: int, ridge: float) -> np.ndarray:
    """Divergences for the last of n samples, over teachers drawn from the prior and their labels."""
    X, _ = _world(n, dim, ridge)
    found = []
    for _ in range(replicates):
        teacher = NOISE_STD / math.sqrt(ridge) * rng.standard_normal(dim)
        y = X @ teacher + NOISE_STD * rng.standard_normal(n)
        fits = _refitted(X, y, ridge), _refitted(X[:-1], y[:-1], ridge)
        found.append(_divergence(*fits[0], *fits[1], NOISE_STD))
    return np.array(found)


def weight_changes(
    rng: np.random.Generator, replicates: int, n: int, dim: int, target_energy: float, noise_variance: float
) -> np.ndarray:
    """‖w − w₋ᵢ‖² of minimum-norm fits for the last sample."""
    target = np.full(dim, math.sqrt(target_energy / dim))
    X = draw_inputs(rng, (replicates, n, dim))
    y = (X @ target + math.sqrt(noise_variance) * rng.standard_normal((replicates, n)))[..., None]
    moved = least_squares(X, y) - least_squares(X[:, :-1], y[:, :-1])
    return np.asarray((moved**2).sum(axis=(1, 2)))
