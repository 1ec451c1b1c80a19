"""A 50-point learning curve of a wide ReLU network at d = 1000: one vectorised solve against a root finder per point.

python tests/benchmarks/bench_relu_curve.py
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from lintransfer.theory.shallow_relu.learning_curves import linear_energies, sphere_risk
from lintransfer.theory.shallow_relu.spectrum import spectrum_tail, sphere_spectrum

DIM, SIZES = 1000, np.linspace(20, 3000, 50)


def one_call() -> np.ndarray:
    return sphere_risk(SIZES, DIM, 1.0, 1e-4)


def point_by_point() -> np.ndarray:
    """What one writes today: κ by bracketing, one n at a time (the spectrum taken as given)."""
    mu, number = sphere_spectrum(DIM, 20)
    tail, energies = float(spectrum_tail(DIM, 20)), linear_energies(1 / DIM)
    risks = []
    for n in SIZES:
        kappa = np.exp(
            brentq(lambda x, n=n: np.sum(number * mu / (mu + np.exp(x))) + tail * np.exp(-x) - n, -60, 20, xtol=1e-13)
        )
        learnt = mu / (mu + kappa)
        spread = np.sum(number * learnt**2) / n
        risks.append((np.sum((1 - learnt) ** 2 * energies) + 1e-4) / (1 - spread) - 1e-4)
    return np.array(risks)


def median_time(function: Callable[[], object], repeats: int = 21) -> float:
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    np.testing.assert_allclose(one_call(), point_by_point(), rtol=1e-8)
    slow, fast = median_time(point_by_point), median_time(one_call)
    print(f"point by point {slow * 1e3:7.2f} ms")
    print(f"one call       {fast * 1e3:7.2f} ms   {slow / fast:5.1f} times as fast, spectrum included")


if __name__ == "__main__":
    main()
