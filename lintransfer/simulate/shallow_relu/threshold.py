r"""The optimisation threshold, measured: from how many samples on does a small ReLU network stop interpolating?

Below the threshold n*(d) training from a small start interpolates the noise; above it the network ends at least squares
on two half-spaces. A run trains many small networks on N(0, I) inputs with a linear teacher and noise, and records what
they end as; `estimate_threshold` turns it into n* with a standard error.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import refuse
from lintransfer.simulate.shallow_relu.half_space import half_space_fit
from lintransfer.simulate.shallow_relu.networks import Network, draw_small, predict
from lintransfer.simulate.shallow_relu.training import train


class ThresholdRun(NamedTuple):
    """What small networks end as; every array has shape (sizes, seeds), nan where not yet run.

    training_error: mean squared residual; half_space_error: that of half-space least squares on the same data.
    distance: E(f − h)²/E h², h the half-space fit; risk, half_space_risk: E(· − β·x)² on fresh inputs.
    late_change: fall of the training error over the second half of training, relative to half_space_error.
    """

    dim: int
    sizes: np.ndarray
    settings: dict[str, Any]
    training_error: np.ndarray
    half_space_error: np.ndarray
    distance: np.ndarray
    risk: np.ndarray
    half_space_risk: np.ndarray
    late_change: np.ndarray

    @property
    def complete(self) -> bool:
        """Whether every (size, seed) has been run."""
        return not np.any(np.isnan(self.training_error))

    @property
    def interpolation(self) -> np.ndarray:
        """training_error/half_space_error: 0 for interpolation, 1 at the half-space fit."""
        return self.training_error / self.half_space_error


class Threshold(NamedTuple):
    """n*, at which half of the networks do not interpolate, its bootstrap standard error, and the width in log n."""

    n: float
    std_err: float
    width: float


def measure_threshold(
    dim: int,
    sizes: Any,
    *,
    seeds: int = 10,
    noise_std: float = 0.5,
    width: int = 64,
    size: float = 1e-12,
    learning_rate: float = 0.2,
    steps: int = 20_000,
    key: int = 0,
    test_points: int = 2000,
    resume: ThresholdRun | None = None,
    budget: float = np.inf,
) -> ThresholdRun:
    """Train `seeds` small networks at every sample size and record what they end as.

    dim: d ≥ 1.  sizes: numbers of samples, each > 2d, shape (k,).  noise_std: σ against ‖β‖ = 1.  width: neurons.
    size: norm of the first layer at the start; what networks end as is measurably the same below 1e-8, not at 1e-4.
    width and size together must leave room to interpolate: (neurons)·d well above n.  steps: of gradient descent, all taken; the loss is also read half-way.
    key: seed; every (size, seed) has its own stream.  resume: an unfinished run with equal settings, continued.
    budget: seconds after which no further size is begun.  Returns a `ThresholdRun`; save its arrays to resume later.

    >>> run = measure_threshold(2, [6], seeds=2, steps=100, test_points=10)
    >>> run.complete, run.risk.shape
    (True, (1, 2))
    """
    sizes = np.asarray(sizes, dtype=int)
    if sizes.ndim != 1 or not np.all(sizes > 2 * dim):
        refuse("sizes", f"numbers of samples above 2d = {2 * dim}", sizes)
    settings = {
        "seeds": seeds,
        "noise_std": noise_std,
        "width": width,
        "size": size,
        "learning_rate": learning_rate,
        "steps": steps,
        "key": key,
        "test_points": test_points,
    }
    if resume is None:
        resume = ThresholdRun(dim, sizes, settings, *(np.full((len(sizes), seeds), np.nan) for _ in range(6)))
    elif resume.dim != dim or not np.array_equal(resume.sizes, sizes) or resume.settings != settings:
        refuse("resume", "a run of the same dim, sizes and settings", (resume.dim, resume.sizes, resume.settings))
    arrays = [np.array(v) for v in resume[3:]]
    begun = time.monotonic()
    for i in np.flatnonzero(np.isnan(arrays[0]).any(axis=1)):
        if time.monotonic() - begun > budget:
            break
        for array, values in zip(arrays, _one_size(dim, int(sizes[i]), settings), strict=True):
            array[i] = values
    return ThresholdRun(dim, sizes, settings, *arrays)


def _one_size(dim: int, n: int, settings: dict[str, Any]) -> tuple[np.ndarray, ...]:
    seeds, points = settings["seeds"], settings["test_points"]
    streams = [np.random.default_rng([settings["key"], dim, n, seed]) for seed in range(seeds)]
    teacher = np.full(dim, dim**-0.5)
    padded = 1 << (n - 1).bit_length()
    inputs, labels = np.zeros((seeds, padded, dim)), np.zeros((seeds, padded))
    starts = []
    for seed, rng in enumerate(streams):
        inputs[seed, :n] = rng.standard_normal((n, dim))
        labels[seed, :n] = inputs[seed, :n] @ teacher + settings["noise_std"] * rng.standard_normal(n)
        starts.append(draw_small(rng, dim, [settings["width"]], settings["size"]))
    network = Network(*(np.concatenate([np.asarray(s[j][0]) for s in starts]) for j in range(3)))
    weights = np.broadcast_to(np.arange(padded) < n, labels.shape).astype(float)
    losses: list[np.ndarray] = []
    for _ in range(2):
        done = train(
            network,
            inputs,
            labels,
            learning_rate=settings["learning_rate"],
            max_steps=settings["steps"] // 2,
            min_steps=settings["steps"],
            row_weights=weights,
        )
        network, losses = done.network, [*losses, 2 * done.loss]
    tests = np.stack([rng.standard_normal((points, dim)) for rng in streams])
    output, truth = np.asarray(predict(network, tests)), tests @ teacher
    fits = [half_space_fit(x[:n], y[:n], teacher) for x, y in zip(inputs, labels, strict=True)]
    fitted = np.stack([fit(x) for fit, x in zip(fits, tests, strict=True)])
    residual = np.stack([fit(x[:n]) - y[:n] for fit, x, y in zip(fits, inputs, labels, strict=True)])
    half_space_error = np.mean(residual**2, axis=1)
    distance = np.mean((output - fitted) ** 2, axis=1) / np.mean(fitted**2, axis=1)
    risks = np.mean((output - truth) ** 2, axis=1), np.mean((fitted - truth) ** 2, axis=1)
    return losses[1], half_space_error, distance, *risks, (losses[0] - losses[1]) / half_space_error


def estimate_threshold(run: ThresholdRun, level: float = 0.5, bootstrap: int = 200, key: int = 0) -> Threshold:
    """n* where half of the networks keep more than `level` of the half-space training error: a logistic fit in log n.

    The standard error resamples seeds within each size. nan where the run (for the error: half of its resamples) does
    not straddle the threshold.
    """
    finished = ~np.isnan(run.training_error).any(axis=1)
    log_n = np.log(run.sizes[finished].astype(float))
    above = run.interpolation[finished] > level
    seeds = above.shape[1]
    centre, width = _logistic(log_n, above.mean(axis=1), seeds)
    rng = np.random.default_rng(key)
    draws = [rng.integers(seeds, size=above.shape) for _ in range(bootstrap)]
    centres = np.array([_logistic(log_n, np.take_along_axis(above, d, 1).mean(axis=1), seeds)[0] for d in draws])
    found = centres[np.isfinite(centres)]
    spread = np.std(found) if 2 * len(found) > bootstrap else np.nan
    return Threshold(float(np.exp(centre)), float(np.exp(centre) * spread), float(width))


def _logistic(log_n: np.ndarray, share: np.ndarray, seeds: int) -> tuple[float, float]:
    """Centre and width of the logistic curve of largest likelihood, with half a success and half a failure added."""
    if len(log_n) < 2 or share.max() <= 0.5 or share.min() >= 0.5:
        return np.nan, np.nan
    share = (share * seeds + 0.5) / (seeds + 1)
    design = np.stack([np.ones_like(log_n), log_n - log_n.mean()], axis=1)
    beta = np.zeros(2)
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        hessian = (design * (p * (1 - p))[:, None]).T @ design + 1e-10 * np.eye(2)
        step = np.linalg.solve(hessian, design.T @ (share - p))
        beta = beta + step * min(1.0, 2.0 / max(np.abs(step).max(), 1e-30))
        if np.abs(step).max() < 1e-10:
            break
    return log_n.mean() - beta[0] / beta[1], 1 / beta[1]
