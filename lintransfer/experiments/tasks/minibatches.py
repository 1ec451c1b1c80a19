"""Experiments on mini-batch SGD: trajectories on noisy parabolas, and one-pass linear regression."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_BURN = 1e-7  # of the start that may be left


def _trajectories(
    rng: np.random.Generator, replicates: int, step: float, curvature: float, batch_variance: float, length: int
) -> tuple[np.ndarray, np.ndarray]:
    """Iterates (replicates, length + 1) and batch minima (replicates, length), from long after the start; the step from
    iterate t uses minimum t. The minima are uniform: only their variance should matter."""
    kept = abs(1 - step * curvature)
    burn = math.ceil(math.log(_BURN) / math.log(kept)) if kept > 0 else 1
    spread = math.sqrt(3 * batch_variance)
    weights = np.zeros(replicates)
    iterates, minima = np.empty((replicates, length + 1)), np.empty((replicates, length))
    for t in range(burn + length):
        minimum = rng.uniform(-spread, spread, replicates)
        if t >= burn:
            iterates[:, t - burn], minima[:, t - burn] = weights, minimum
        weights = weights - step * curvature * (weights - minimum)
    iterates[:, length] = weights
    return iterates, minima


def iterates(rng: np.random.Generator, replicates: int, **world: float) -> np.ndarray:
    return _trajectories(rng, replicates, length=0, **world)[0][:, -1]


def two_point_means(rng: np.random.Generator, replicates: int, lag: int, **world: float) -> np.ndarray:
    drawn = _trajectories(rng, replicates, length=lag, **world)[0]
    return (drawn[:, 0] + drawn[:, -1]) / 2


def tail_means(rng: np.random.Generator, replicates: int, iterates: int, **world: float) -> np.ndarray:
    return _trajectories(rng, replicates, length=iterates - 1, **world)[0].mean(axis=1)


def moving_averages(rng: np.random.Generator, replicates: int, decay: float, **world: float) -> np.ndarray:
    """Exponential moving averages, run until the first value is forgotten."""
    length = math.ceil(math.log(_BURN) / math.log(decay))
    drawn = _trajectories(rng, replicates, length=length, **world)[0]
    average = drawn[:, 0]
    for t in range(1, length + 1):
        average = decay * average + (1 - decay) * drawn[:, t]
    return average


def fresh_losses(
    rng: np.random.Generator, replicates: int, batch_variance: float, curvature: float, step: float
) -> np.ndarray:
    drawn = _trajectories(rng, replicates, step, curvature, batch_variance, 0)[0][:, -1]
    spread = math.sqrt(3 * batch_variance)
    return curvature / 2 * (drawn - rng.uniform(-spread, spread, replicates)) ** 2


def seen_losses(rng: np.random.Generator, replicates: int, lag: int, **world: float) -> np.ndarray:
    drawn, minima = _trajectories(rng, replicates, length=lag, **world)
    return world["curvature"] / 2 * (drawn[:, -1] - minima[:, 0]) ** 2


def _averaged(signal: np.ndarray) -> float:
    """Variance gained by the two-sided sum Σ_k signal_k² of an impulse response: that of a filtered white noise."""
    return float(np.sum(signal**2))


def _responses(step: float, curvature: float, decay: float | None) -> np.ndarray:
    """What one batch minimum of variance 1 leaves in all later iterates, or in their moving average."""
    pull, kept = step * curvature, 1 - step * curvature
    slowest = max(abs(kept), decay or 0.0)
    length = 2 + math.ceil(math.log(1e-12) / math.log(slowest)) if slowest > 0 else 2
    signal = np.append(0.0, pull * kept ** np.arange(length - 1.0))
    if decay is None:
        return signal
    average, averages = 0.0, []
    for value in signal:
        average = decay * average + (1 - decay) * value
        averages.append(average)
    return np.array(averages)


def _step_of_variance(variance: float, curvature: float) -> float:
    """The step whose iterates have this variance, by bisection on impulse responses."""
    low, high = 0.0, 1.999 / curvature
    for _ in range(80):
        middle = (low + high) / 2
        if middle > 1e-3 / curvature and _averaged(_responses(middle, curvature, None)) > variance:
            high = middle
        else:
            low = middle
    return low


def equivalent_steps(rng: np.random.Generator, replicates: int, step: float, curvature: float) -> Any:
    """The step as quiet as the mean of two points whose impulse responses do not meet."""
    signal = _responses(step, curvature, None)
    apart = np.concatenate([signal, signal]) / 2
    return np.array(_step_of_variance(_averaged(apart), curvature)), {"step": step, "curvature": curvature}


def equivalent_average_steps(
    rng: np.random.Generator, replicates: int, step: float, curvature: float, decay: float
) -> Any:
    """The step as quiet as the moving average."""
    found = _step_of_variance(_averaged(_responses(step, curvature, decay)), curvature)
    return np.array(found), {"step": step, "curvature": curvature, "decay": decay}


def regression_tails(
    rng: np.random.Generator, replicates: int, step: float, eigenvalues: Any, multiplicities: Any, noise_variance: float,
    batch: int, iterates: int,
) -> np.ndarray:  # fmt: skip
    """Risks of tail means of one-pass SGD for linear regression with teacher 0, started there and run long."""
    values = np.repeat(eigenvalues, np.asarray(multiplicities, int))
    weights, total = np.zeros((replicates, len(values))), np.zeros((replicates, len(values)))
    burn = math.ceil(math.log(1e-4) / math.log(max(abs(1 - step * values.min()), abs(1 - step * values.max()))) / 2) * 2
    for t in range(burn + iterates):
        if t >= burn:
            total += weights
        weights = _step(rng, weights, np.sqrt(values), noise_variance, batch, step)
    return np.sum(values * (total / iterates) ** 2, axis=1)


def _step(
    rng: np.random.Generator, weights: np.ndarray, scales: np.ndarray, noise_variance: float, batch: int, step: float
) -> np.ndarray:
    """One step on a fresh batch, teacher 0."""
    count, dim = weights.shape
    inputs = rng.standard_normal((count, batch, dim)) * scales
    errors = np.einsum("nbi,ni->nb", inputs, weights) - math.sqrt(noise_variance) * rng.standard_normal((count, batch))
    return weights - step / batch * np.einsum("nb,nbi->ni", errors, inputs)


def greedy_steps(
    rng: np.random.Generator, replicates: int, risk: float, dim: int, noise_variance: float, batch: int
) -> np.ndarray:
    """Risks after one step from a distance √risk, of the size that was best on other draws."""
    start = np.full((replicates, dim), math.sqrt(risk / dim))
    moved = _step(rng, start, np.ones(dim), noise_variance, batch, 1.0) - start
    half = replicates // 2
    size = -np.sum(moved[:half] * start[:half]) / np.sum(moved[:half] ** 2)
    return np.sum((start[half:] + size * moved[half:]) ** 2, axis=1)


def counted_steps(rng: np.random.Generator, replicates: int, dim: int, batch: int, reduction: float) -> np.ndarray:
    """Steps, in parts between two of them, until the mean risk of a group of noiseless runs has fallen by the factor
    `reduction`; each step has the size that is best for the group."""
    counts = []
    for _ in range(20):
        weights, before, taken = np.full((replicates // 20, dim), math.sqrt(1 / dim)), 1.0, 0
        while True:
            moved = _step(rng, weights, np.ones(dim), 0.0, batch, 1.0) - weights
            weights = weights - np.sum(moved * weights) / np.sum(moved**2) * moved
            after = float(np.mean(np.sum(weights**2, axis=1)))
            if after < reduction:
                counts.append(taken + math.log(before / reduction) / math.log(before / after))
                break
            before, taken = after, taken + 1
    return np.array(counts)
