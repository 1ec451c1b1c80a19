"""Pooled ridge of five tasks at 50 sample sizes, d = 500: `pooled_ridge_risk` against a damped iteration with matrices.

Run: python tests/benchmarks/bench_pooled_ridge.py

The baseline is what the formulas say, written down: for every size, e ← (e + tr S_kG)/2 until it moves by less than 1e-12,
G a dense inverse, then the linear system. It runs at a few of the sizes, evenly spread; the time of the others is
EXTRAPOLATED, as is said where it is printed. Then the best weights of 20 tasks, and of 10⁴ pairs. Times are the least of
several runs.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from lintransfer.theory.tasks.optimal_pooling import optimal_pooling
from lintransfer.theory.tasks.pooled_ridge import pooled_ridge_risk

DIM, TASKS, RIDGE = 500, 5, 20.0
RNG = np.random.default_rng(0)
LEVELS = np.arange(1.0, DIM + 1) ** -RNG.uniform(0, 1.5, (TASKS, 1))
TEACHERS = RNG.standard_normal((TASKS, DIM)) / DIM**0.5
NOISES = np.full(TASKS, 0.1)
SIZES = np.linspace(4, 300, 50)[:, None] * np.ones(TASKS)


def damped(sizes: np.ndarray) -> float:
    covariances = [np.diag(level) for level in LEVELS]
    e = np.array([np.trace(s) for s in covariances]) / RIDGE
    while True:
        a = sizes / (1 + e)
        g = np.linalg.inv(sum(x * s for x, s in zip(a, covariances, strict=True)) + RIDGE * np.eye(DIM))
        moved = [s @ g for s in covariances]
        new = np.array([np.trace(m) for m in moved])
        if np.abs(new / e - 1).max() < 1e-12:
            break
        e = (e + new) / 2
    mean = g @ sum(x * s @ t for x, s, t in zip(a, covariances, TEACHERS, strict=True))
    pairs = np.array([[np.sum(m * n.T) for n in moved] for m in moved])
    push = np.array([np.sum(m * (covariances[-1] @ g).T) for m in moved])
    d = a / (1 + e)
    amplified = np.linalg.solve(np.eye(TASKS) - d[:, None] * pairs, d * push)
    misfit = [(t - mean) @ s @ (t - mean) for t, s in zip(TEACHERS, covariances, strict=True)]
    return float(misfit[-1] + amplified @ (NOISES + misfit))


def least_time(run: Callable[[], Any], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    picks = [0, 25, 49]
    ours = least_time(lambda: pooled_ridge_risk(SIZES, LEVELS, TEACHERS, NOISES, 1.0, RIDGE), 10)
    values = pooled_ridge_risk(SIZES[picks], LEVELS, TEACHERS, NOISES, 1.0, RIDGE)
    start = time.perf_counter()
    others = [damped(SIZES[i]) for i in picks]
    theirs = (time.perf_counter() - start) / len(picks) * len(SIZES)
    print(
        f"50 sizes, {TASKS} tasks, d = {DIM}: {ours * 1e3:.1f} ms; damped, dense: {theirs:.1f} s (extrapolated from {len(picks)})"
    )
    print(f"ratio {theirs / ours:.0f}; largest relative difference {np.abs(values / others - 1).max():.0e}")
    theta = RNG.standard_normal((20, 21))
    twenty = RNG.uniform(5, 300, 20), 100.0, theta @ theta.T / 20, RNG.uniform(0.1, 1, 20)
    print(f"best weights of 20 tasks: {least_time(lambda: optimal_pooling(*twenty), 5) * 1e3:.1f} ms")
    pairs = RNG.uniform(1, 400, (10_000, 2)), 100.0, np.array([[1.0, 0.8], [0.8, 1.0]]), np.array([0.1, 0.3])
    print(f"best weights of 10⁴ pairs of tasks: {least_time(lambda: optimal_pooling(*pairs), 3):.2f} s")


if __name__ == "__main__":
    main()
