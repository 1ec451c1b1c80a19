"""Experiments on given designs: trainings by means that know no singular values, and what they leave wrong."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, least_squares


def world(n: int, dim: int, exponent: float = 1.0, rank: int | None = None) -> tuple[Any, Any, Any]:
    """A design of the given rank, a displacement and a spectrum, the same for the same arguments."""
    rng = np.random.default_rng([n, dim])
    spectrum = np.arange(1, dim + 1.0) ** -exponent
    X = draw_inputs(rng, (n, dim), spectrum)
    if rank is not None:
        X = X[:, :rank] @ rng.standard_normal((rank, dim))
    return X, rng.standard_normal(dim), spectrum


def relaxed(X: Any, y: Any, initial: Any, ridge: float, time: float) -> Any:
    """Weights by means that know no singular values: an augmented least-squares problem, or the flow step by step."""
    n, dim = X.shape
    if time == math.inf:
        stacked = np.vstack((X, math.sqrt(ridge) * np.eye(dim)))
        residual = np.concatenate((y - X @ initial, np.zeros(dim)))
        return initial + np.linalg.lstsq(stacked, residual, rcond=None)[0]
    # The flow z' = b − A z is affine: its step over T/2^k is a Taylor polynomial, composed with itself k times.
    doublings = 30
    step = time / 2**doublings
    generator = np.block(
        [[-(X.T @ X + ridge * np.eye(dim)), (X.T @ (y - X @ initial))[:, None]], [np.zeros((1, dim + 1))]]
    )
    generator *= step / n
    excess = generator + generator @ generator / 2  # of the step over the identity, kept apart: nothing is lost to 1
    for _ in range(doublings):
        excess = 2 * excess + excess @ excess
    return initial + excess[:dim, dim]


def draw_weights(rng: Any, replicates: int, n: int, dim: int, rank: int | None, ridge: float, time: float) -> Any:
    X, y, initial = _fit_arrays(n, dim, rank)
    return relaxed(X, y, initial, ridge, time), {
        "X": X,
        "y": y,
        "initial": initial,
        "ridge": ridge,
        "time": time,
    }


def _fit_arrays(n: int, dim: int, rank: int | None) -> tuple[Any, Any, Any]:
    X, initial, _ = world(n, dim, rank=rank)
    return X, np.cos(np.arange(n)), initial


def draw_conditional(
    rng: Any, replicates: int, n: int, dim: int, noise_std: float, ridge: float, time: float
) -> np.ndarray:
    X, displacement, spectrum = world(n, dim)
    labels = (X @ displacement)[:, None] + noise_std * rng.standard_normal((n, replicates))
    error = least_squares(X, labels, ridge=ridge, time=time) - displacement[:, None]
    return np.sum(spectrum[:, None] * error**2, axis=0)


def conditional_arguments(n: int, dim: int, noise_std: float, ridge: float, time: float) -> dict[str, Any]:
    X, displacement, spectrum = world(n, dim)
    return {
        "X": X, "displacement": displacement, "covariance": spectrum, "noise_variance": noise_std**2, "ridge": ridge,
        "time": time,
    }  # fmt: skip


def isotropic_design(n: int, dim: int) -> dict[str, Any]:
    X, displacement, _ = world(n, dim, exponent=0.0)
    return {"X": X, "displacement": displacement, "covariance": np.ones(dim), "noise_variance": 0.3}


def _design_sample(rng: np.random.Generator) -> dict[str, Any]:
    """A design that is well conditioned, or a ridge, as the answer to a change of X is not part of the question."""
    n, dim = ((2, 5), (1, 3), (7, 3), (3, 3))[int(rng.integers(4))]
    ridge = float(rng.uniform(0.2, 3)) if n == dim or rng.random() < 0.5 else 0.0
    time = float(rng.uniform(0.1, 9)) if rng.random() < 0.5 else math.inf
    return {"X": rng.standard_normal((n, dim)), "ridge": ridge, "time": time}


def weights_sample(rng: np.random.Generator) -> dict[str, Any]:
    drawn = _design_sample(rng)
    n, dim = drawn["X"].shape
    return drawn | {"y": rng.standard_normal(n), "initial": rng.standard_normal(dim)}


def risk_sample(rng: np.random.Generator) -> dict[str, Any]:
    drawn = _design_sample(rng)
    dim = drawn["X"].shape[1]
    energies = {"covariance": rng.uniform(0.1, 4, dim), "noise_variance": float(rng.uniform(0, 4))}
    return drawn | {"displacement": rng.standard_normal(dim)} | energies


def draw_filter(rng: np.random.Generator, replicates: int, n: int, dim: int, ridge: float, time: float) -> Any:
    """What training from zero on a left-singular vector as labels puts along its right-singular vector."""
    X, _, _ = world(n, dim)
    left, values, right = np.linalg.svd(X, full_matrices=False)
    learnt = [v @ relaxed(X, u, np.zeros(dim), ridge, time) for u, v in zip(left.T, right, strict=True)]
    return np.array(learnt), {"singular_value": values, "n": n, "ridge": ridge, "time": time}


def draw_direction(
    rng: np.random.Generator, replicates: int, n: int, dim: int, noise_std: float, ridge: float, time: float
) -> np.ndarray:
    """Squared errors of the weights along the first right-singular direction of one design, over its label noise."""
    X, displacement, _ = world(n, dim)
    labels = (X @ displacement)[:, None] + noise_std * rng.standard_normal((n, replicates))
    error = least_squares(X, labels, ridge=ridge, time=time) - displacement[:, None]
    return (np.linalg.svd(X)[2][0] @ error) ** 2


def direction_arguments(n: int, dim: int, noise_std: float, ridge: float, time: float) -> dict[str, Any]:
    X, displacement, _ = world(n, dim)
    _, values, right = np.linalg.svd(X)
    return {
        "singular_value": values[0], "n": n, "displacement_energy": (right[0] @ displacement) ** 2,
        "noise_variance": noise_std**2, "ridge": ridge, "time": time,
    }  # fmt: skip
