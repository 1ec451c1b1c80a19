"""Where a diagonal linear network ends: its implicit bias against training it. n = 200, d = 2000, 20 weights are not zero.

Run: python tests/benchmarks/bench_diagonal.py

Training is gradient descent of all 4d weights in NumPy, one thread, to a residual ‖y − Xβ‖ of 1e-6 ‖y‖, with a step of
0.8, 0.2 and 0.05 of the stable one. Finite steps break what the flow conserves, so that descent ends off by O(step): the
table shows what each step costs and how near it comes. From a large start descent arrives in some forty steps, and
nothing is gained; the smaller the start, the longer it takes. A descent that lasts longer than 20 s is stopped there, and
its ratio is at least what is printed. Every time of ours is that of `lt.fit`, checks included.

What descent to an end point within 1e-6 would take, the accuracy of ours left out of account, is EXTRAPOLATED from the
smallest step that arrived (distance in proportion to the step, time inversely), and measured where that takes seconds.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import statistics
import time
from typing import Any

import numpy as np

import lintransfer as lt

SIZE, DIM, ALIVE = 200, 2000, 20
RESIDUAL, LIMIT, REPEATS = 1e-6, 20.0, 5
SCALES, SHARES = (10.0, 1.0, 1e-1, 1e-2, 1e-3, 1e-4), (0.8, 0.2, 0.05)


def problem() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X, target = rng.standard_normal((SIZE, DIM)), np.zeros(DIM)
    target[:ALIVE] = rng.standard_normal(ALIVE)
    return X, X @ target


def descend(X: np.ndarray, y: np.ndarray, scale: float, step: float) -> tuple[np.ndarray, int, float]:
    """β, steps and relative residual."""
    plus = np.full(DIM, (scale / 2) ** 0.5)
    minus, plus_head, minus_head = plus.copy(), plus.copy(), plus.copy()
    goal, begin, steps = np.linalg.norm(y), time.perf_counter(), 0
    while True:
        miss = X @ (plus_head * plus - minus_head * minus) - y
        if steps % 10 == 0:
            left = float(np.linalg.norm(miss) / goal)
            if left < RESIDUAL or time.perf_counter() - begin > LIMIT:
                return plus_head * plus - minus_head * minus, steps, left
        slope = step * (miss @ X)
        plus, plus_head = plus - slope * plus_head, plus_head - slope * plus
        minus, minus_head = minus + slope * minus_head, minus_head + slope * minus
        steps += 1


def timed(run: Any, repeats: int = 1) -> tuple[float, Any]:
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        found = run()
        times.append(time.perf_counter() - begin)
    return statistics.median(times), found


def main() -> None:
    X, y = problem()
    norm = float(np.linalg.norm(X, 2)) ** 2
    print(f"n = {SIZE}, d = {DIM}; training to a residual of {RESIDUAL:g}")
    print("scale a    lt.fit  step/stable    steps  training  end point off by  ratio of times")
    for scale in SCALES:
        learner = lt.Scratch(lt.DiagonalLinear(scale=scale))
        ours, end = timed(lambda learner=learner: lt.fit(learner, X, y), REPEATS)
        assert np.abs(X @ end - y).max() < 1e-12 * np.abs(y).max()
        stable = 2 / (norm * 2 * np.hypot(scale, np.abs(end).max()))
        arrived = None
        for share in SHARES:
            took, (trained, steps, left) = timed(lambda a=scale, step=share * stable: descend(X, y, a, step))
            off, more = np.linalg.norm(trained - end) / np.linalg.norm(end), ">" if left > RESIDUAL else " "
            arrived = (share, took, off) if left <= RESIDUAL else arrived
            print(
                f"{scale:7g}  {ours * 1e3:5.0f} ms  {share:11.2f}  {steps:7d}  {took:6.2f} s  {off:16.1e}  {more}{took / ours:10.1f}"
            )
        if arrived is None:
            continue
        share, took, off = arrived
        needed, lasts = share * min(1.0, 1e-6 / off), took * max(1.0, off / 1e-6)
        print(
            f"         an end point within 1e-6: about {lasts:.3g} s of descent, {lasts / ours:,.0f} times ours", end=""
        )
        if 0.5 < lasts < LIMIT / 2:
            took, (trained, steps, left) = timed(lambda a=scale, step=needed * stable: descend(X, y, a, step))
            off = np.linalg.norm(trained - end) / np.linalg.norm(end)
            print(f"; measured: {steps} steps, {took:.2f} s, off by {off:.1e}, {took / ours:,.0f} times", end="")
        print()


if __name__ == "__main__":
    main()
