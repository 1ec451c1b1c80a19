"""Phase diagrams, seconds as `lt.phase_diagram` takes them, with labels, winners and boundaries.

Run: python tests/benchmarks/bench_diagrams.py

Beside each the time of the same call before routes were broadcast over grids, as issue 8 measured it on another machine:
the ratio says how far, not how fast.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import lintransfer as lt

NOISY = lt.TransferProblem.isotropic(500, 0.8, noise_std=0.2)
QUIET = lt.TransferProblem.isotropic(500, 0.8)
SIZES = np.unique(np.linspace(1, 1000, 200).astype(int))
PAIR = [lt.LinearTransfer(), lt.FineTune()]
DEEP = [lt.FineTune(lt.DeepLinear(2))]
POWER = lt.TransferProblem.from_teachers(
    np.ones(50) / 7, np.arange(50.0) / 200, covariance=np.arange(1.0, 51) ** -1, noise_std=0.3
)

CASES: tuple[tuple[str, float | None, Callable[[], Any]], ...] = (
    (
        "100 x 100 cells, linear transfer and fine-tuning, noise",
        0.16,
        lambda: lt.phase_diagram(NOISY, PAIR, n=range(10, 1010, 10), overlap=np.linspace(0, 1, 100)),
    ),
    (
        "91 x 200 cells, two layers, no noise (exact quadrature)",
        180.0,
        lambda: lt.phase_diagram(QUIET, DEEP, n=SIZES, overlap=np.linspace(0, 0.9, 91)),
    ),
    (
        "91 x 200 cells, two layers, noise (closure)",
        0.8,
        lambda: lt.phase_diagram(NOISY, DEEP, n=SIZES, overlap=np.linspace(0, 0.9, 91)),
    ),
    (
        "50 x 50 cells, power law, best ridges",
        None,
        lambda: lt.phase_diagram(
            POWER,
            [lt.LinearTransfer(ridge="optimal"), lt.FineTune(ridge="optimal")],
            n=range(2, 102, 2),
            overlap=np.linspace(0, 1, 50),
        ),
    ),
)


def seconds(call: Callable[[], Any], repeats: int = 5) -> float:
    """Median after a first call, which imports and caches."""
    call()
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def main() -> None:
    for name, before, call in CASES:
        now = seconds(call)
        then = "" if before is None else f"   before {before:6.2f} s, ratio {before / now:6.1f}"
        print(f"{name:58s} {now:8.3f} s{then}")


if __name__ == "__main__":
    main()
