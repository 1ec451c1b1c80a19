"""Experiments: single-pass SGD on tasks in turn, step by step on fresh batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def run_sgd(
    rng: np.random.Generator, weights: np.ndarray, steps: int, eigenvalues: Any, teacher: Any, noise_variance: float,
    step_size: float, batch: int,
) -> np.ndarray:  # fmt: skip
    """Weights (replicates, d) after so many steps on the batch mean of ½(x·w − y)²."""
    scale = np.sqrt(np.asarray(eigenvalues, float))
    for _ in range(steps):
        inputs = rng.standard_normal((len(weights), batch, len(scale))) * scale
        noise = noise_variance**0.5 * rng.standard_normal((len(weights), batch))
        residual = np.einsum("rbi,ri->rb", inputs, weights - teacher) - noise
        weights = weights - step_size / batch * np.einsum("rb,rbi->ri", residual, inputs)
    return weights


def sgd_in_turn(
    rng: np.random.Generator, replicates: int, steps: Any, eigenvalues: Any, teachers: Any, noise_variances: Any,
    step_size: float, batch: int, initial: Any, order: Sequence[int], at: tuple[int, int],
) -> np.ndarray:  # fmt: skip
    """Risks on one task after one stage, `at` = (stage, task)."""
    weights = np.tile(np.asarray(initial, float), (replicates, 1))
    for task in order[: at[0]]:
        weights = run_sgd(
            rng, weights, steps[task], eigenvalues[task], teachers[task], noise_variances[task], step_size, batch
        )
    return (weights - teachers[at[1]]) ** 2 @ np.asarray(eigenvalues[at[1]])


def stationary(
    rng: np.random.Generator, replicates: int, eigenvalues: Any, noise_variance: float, step_size: float, batch: int,
    multiplicities: Any, steps: int,
) -> np.ndarray:  # fmt: skip
    """Risks after so many steps from the optimum."""
    levels = np.repeat(np.asarray(eigenvalues, float), multiplicities)
    start, teacher = np.zeros((replicates, len(levels))), np.zeros(len(levels))
    return run_sgd(rng, start, steps, levels, teacher, noise_variance, step_size, batch) ** 2 @ levels


def without_steps(**point: Any) -> Mapping[str, Any]:
    return {name: value for name, value in point.items() if name != "steps"}


def largest_stable_step(
    rng: np.random.Generator, replicates: int, eigenvalues: Any, batch: int, multiplicities: Any, steps: int
) -> tuple[np.ndarray, Mapping[str, Any]]:
    """The largest stable step by bisection on whether moments of SGD grow, the moments by Isserlis' theorem."""
    levels = np.repeat(np.asarray(eigenvalues, float), multiplicities)

    def grows(eta: float) -> bool:
        pairs = np.outer(levels, levels)
        matrix = np.eye(len(levels)) - 2 * eta * np.diag(levels) + eta**2 / batch * pairs
        matrix += eta**2 * (1 + 1 / batch) * np.diag(levels**2)
        return bool(np.abs(np.linalg.eigvals(matrix)).max() > 1)

    low, high = 0.0, 4 / levels.max()
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (low, middle) if grows(middle) else (middle, high)
    return np.array([low]), {"eigenvalues": eigenvalues, "batch": batch, "multiplicities": multiplicities}
