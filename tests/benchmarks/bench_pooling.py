"""A map of 10⁶ cells (n_S, overlap) of pooled and lone risk: closed forms against training some cells.

Run: python tests/benchmarks/bench_pooling.py

d = 60, n = 30 and 90, σ = σ_S = 0.5, unit teachers; n_S = 1 … 1000 by 1000 overlaps. Formulas are timed warm: the pooled
risk alone, with the sums in the canonical signature of K tasks (Gram matrices), and the critical distance. Training is
least squares on 200 drawn data sets a cell, stacked and solved together by NumPy, one thread, in its favour: both learners
share the data, and only 20 cells are trained. The time of 10⁶ cells of training is that of those, SCALED UP by n_S, as is
said where it is printed. Means of trained cells are compared with the formula, away from the peak N = d.
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

from lintransfer.experiments.tasks.pooling import draw, pooled_fit, risk
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.tasks.pooling import pooled_risk, pooled_sums
from lintransfer.theory.tasks.pooling_boundaries import pooling_critical_distance

DIM, NOISE, TARGETS, REPLICATES, REPEATS = 60, 0.25, (30, 90), 200, 7
SOURCES, OVERLAPS = np.arange(1, 1001), np.linspace(0, 1, 1000)
TRAINED_SOURCES, TRAINED_OVERLAPS = (5, 20, 100, 300, 900), (0.2, 0.9)


def pooled(n: int, sources: Any = SOURCES[:, None], overlaps: Any = OVERLAPS) -> np.ndarray:
    """Risks (n_S, overlap)."""
    distance = 2 - 2 * overlaps
    return pooled_risk(n + sources, DIM, 1.0, sources**2 * distance, sources * distance, NOISE * (n + sources))


def pooled_of_families(n: int) -> np.ndarray:
    """The same, from sizes and Gram matrices of two tasks."""
    sizes = np.stack([SOURCES, np.full_like(SOURCES, n)], axis=-1)[:, None]
    gram = np.ones((len(OVERLAPS), 2, 2))
    gram[:, 0, 1] = gram[:, 1, 0] = OVERLAPS
    total, energy, pull, misfit, noise = pooled_sums(sizes, gram, np.full(2, NOISE))
    return pooled_risk(total, DIM, energy, pull, misfit, noise)


def trained(rng: np.random.Generator, n: int, n_source: int, overlap: float) -> tuple[np.ndarray, float]:
    """Risks (replicates,) of the pooled fit, and the seconds that drawing and fitting took."""
    source, target = teacher_pair(DIM, overlap)
    begin = time.perf_counter()
    groups = [draw(rng, REPLICATES, n_source, source, NOISE), draw(rng, REPLICATES, n, target, NOISE)]
    risks = risk(pooled_fit(groups), target)
    return risks, time.perf_counter() - begin


def warm_time(run: Callable[[], Any]) -> float:
    run()
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def main() -> None:
    rng = np.random.default_rng(0)
    cells = len(SOURCES) * len(OVERLAPS)
    for n in TARGETS:
        np.testing.assert_allclose(pooled_of_families(n), pooled(n), rtol=1e-9)
        bare, families = warm_time(lambda n=n: pooled(n)), warm_time(lambda n=n: pooled_of_families(n))
        sizes = SOURCES[:, None] + 0 * OVERLAPS.astype(int)
        boundary = warm_time(lambda n=n, m=sizes: pooling_critical_distance(n, m, DIM, 1.0, NOISE, NOISE))
        z, seconds = [], []
        for n_source in TRAINED_SOURCES:
            took = []
            for overlap in TRAINED_OVERLAPS:
                risks, cost = trained(rng, n, n_source, overlap)
                expected = float(pooled(n, n_source, overlap))
                z.append((risks.mean() - expected) / (risks.std(ddof=1) / REPLICATES**0.5))
                took.append(cost)
            seconds.append(np.mean(took))
        whole = cells * float(np.mean(np.interp(SOURCES, TRAINED_SOURCES, seconds)))
        print(f"n = {n}: 10⁶ cells of the pooled risk in {bare:.3f} s, from Gram matrices {families:.3f} s; "
              f"10⁶ critical distances {boundary:.3f} s")  # fmt: skip
        print(f"   trained: {np.mean(seconds) * 1e3:.0f} ms a cell of {REPLICATES} data sets; 10⁶ cells, interpolated in "
              f"n_S: {whole:.0f} s, {whole / bare:,.0f} times as long")  # fmt: skip
        print(f"   trained cells off by {np.sqrt(np.mean(np.square(z))):.2f} standard errors (root mean square), at most "
              f"{np.abs(z).max():.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
