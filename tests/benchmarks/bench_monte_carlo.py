"""How much faster the simulators are than a loop of scikit-learn fits, for the same Monte Carlo table.

The table: min-norm / least-squares risk at d = 200, 20 sample sizes, 100 trials each, label noise in. Run with

    python tests/benchmarks/bench_monte_carlo.py

It prints medians of wall time, and their ratio to the loop. The first run, with compilation, is shown apart. Linear
algebra runs on one thread for every contender: at this size more threads mostly wait for each other.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import statistics
import time
from collections.abc import Callable

import jax
import numpy as np
from sklearn.linear_model import LinearRegression

from lintransfer.simulate.end_to_end import risk_samples
from lintransfer.simulate.linear.gram import gram_risks, gram_sweep
from lintransfer.simulate.linear.law_draws import least_squares_draws
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.spectra import power_law

DIM, TRIALS, NOISE = 200, 100, 0.2
SIZES = np.linspace(20, 400, 20).astype(int)
SPECTRUM = power_law(DIM, 0.5)
TARGET = teacher_pair(DIM, 0.5)[1]


def peer_loop(spectrum: np.ndarray | None) -> np.ndarray:
    """What one writes today: draw, fit, measure, in two nested loops."""
    rng = np.random.default_rng(0)
    root = np.ones(DIM) if spectrum is None else np.sqrt(spectrum)
    means = []
    for n in SIZES:
        risks = []
        for _ in range(TRIALS):
            X = rng.standard_normal((n, DIM)) * root
            y = X @ TARGET + NOISE * rng.standard_normal(n)
            error = (LinearRegression(fit_intercept=False).fit(X, y).coef_ - TARGET) * root
            risks.append(error @ error)
        means.append(np.mean(risks))
    return np.array(means)


def law_route() -> np.ndarray:
    rng = np.random.default_rng(0)
    kw = dict(dim=DIM, displacement_energy=TARGET @ TARGET, noise_variance=NOISE**2)
    return least_squares_draws(rng, TRIALS, n=SIZES, **kw).mean(axis=-1)


def gram_route() -> np.ndarray:
    rng = np.random.default_rng(0)
    kw = dict(displacement=TARGET, covariance=SPECTRUM, noise_std=NOISE)
    return np.array([gram_risks(rng, TRIALS, n=int(n), **kw).mean() for n in SIZES])


def jax_route() -> np.ndarray:
    key = jax.random.key(0)
    kw = dict(displacement=TARGET, covariance=SPECTRUM, noise_std=NOISE)
    return np.asarray(gram_sweep(key, TRIALS, n=SIZES, **kw)).mean(axis=-1)


def end_to_end_route() -> np.ndarray:
    rng = np.random.default_rng(0)
    kw = dict(target=TARGET, covariance=SPECTRUM, noise_std=NOISE)
    return np.array([risk_samples(rng, TRIALS, n=int(n), **kw).mean() for n in SIZES])


def timed(run: Callable[[], np.ndarray], repeats: int) -> tuple[float, float]:
    """Wall time of the first run (compilation included), and the median over `repeats` more."""
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return times[0], statistics.median(times[1:])


def main() -> None:
    jax.config.update("jax_enable_x64", True)
    far = np.abs(SIZES - DIM) > 20  # at n ≈ d the mean is infinite: nothing to compare
    for name, route, spectrum in (("law", law_route, None), ("Gram", gram_route, SPECTRUM)):
        worst = np.max(np.abs(route()[far] / peer_loop(spectrum)[far] - 1))
        print(f"largest difference of means, {name} route against the loop: {worst:.1%}")
    rows = (
        ("isotropic", "scikit-learn loop", lambda: peer_loop(None), 1),
        ("isotropic", "law (fast.py)", law_route, 201),
        ("spectrum i^-0.5", "scikit-learn loop", lambda: peer_loop(SPECTRUM), 1),
        ("spectrum i^-0.5", "Gram, noise averaged (gram.py)", gram_route, 5),
        ("spectrum i^-0.5", "Gram under JAX, float64 (gram.py)", jax_route, 3),
        ("spectrum i^-0.5", "end to end (end_to_end.py)", end_to_end_route, 3),
    )
    print(f"\n{'inputs':16s} {'route':34s} {'median [s]':>12s} {'first [s]':>11s} {'times the loop':>15s}")
    loop = 1.0
    for inputs, name, run, repeats in rows:
        first, median = timed(run, repeats)
        loop = median if "loop" in name else loop
        print(f"{inputs:16s} {name:34s} {median:12.5f} {first:11.5f} {loop / median:14,.1f}x")


if __name__ == "__main__":
    main()
