"""Risk over 50 sample sizes with a power-law spectrum: one call of `ridge_risk` against bisections for κ.

Run: python tests/benchmarks/bench_effective_regularization.py

The baselines halve a bracket in log κ until it is as narrow as rounding allows, so that all reach a relative accuracy of
1e-11, which is checked against mpmath first: eager JAX, one n at a time, as users write it today; the same, compiled, in
a loop over n; and, as harder rivals, all n in one compiled call, one after the other (`lax.map`) or abreast (`vmap`,
which may use several cores). Times are medians of one run; ratios are what counts.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time

import jax
import jax.numpy as jnp
import mpmath
import numpy as np

from lintransfer.theory.linear.covariance import ridge_risk

jax.config.update("jax_enable_x64", True)
HALVINGS, NOISE = 70, 0.1  # a bracket in log κ at most 200 wide, halved down to 2e-19


def problem(dim):
    eigenvalues = np.arange(1.0, dim + 1) ** -1.5
    displacement = np.arange(1.0, dim + 1) ** -0.5
    return eigenvalues, displacement, np.unique(np.linspace(2, 0.98 * dim, 50).astype(int)).astype(float)


def bisected_risk(n, eigenvalues, displacement, ridge):
    """R at one n, from κ by bisection; written as a user of JAX would."""
    low = jnp.log(jnp.maximum(ridge / n, (len(eigenvalues) - n) / jnp.sum(1 / eigenvalues)))
    high = jnp.log((jnp.sum(eigenvalues) + ridge) / n)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        kappa = jnp.exp(middle)
        over = jnp.sum(eigenvalues / (eigenvalues + kappa)) + ridge / kappa > n
        low, high = jnp.where(over, middle, low), jnp.where(over, high, middle)
    kappa = jnp.exp((low + high) / 2)
    df2 = jnp.sum((eigenvalues / (eigenvalues + kappa)) ** 2)
    bias = kappa**2 * jnp.sum(eigenvalues * displacement / (eigenvalues + kappa) ** 2) / (1 - df2 / n)
    return bias + NOISE * df2 / (n - df2)


def compiled_risk(size, eigenvalues, displacement, ridge):
    low = jnp.log(jnp.maximum(ridge / size, (len(eigenvalues) - size) / jnp.sum(1 / eigenvalues)))
    high = jnp.log((jnp.sum(eigenvalues) + ridge) / size)

    def halve(_, bracket):
        middle = sum(bracket) / 2
        kappa = jnp.exp(middle)
        over = jnp.sum(eigenvalues / (eigenvalues + kappa)) + ridge / kappa > size
        return jnp.where(over, middle, bracket[0]), jnp.where(over, bracket[1], middle)

    kappa = jnp.exp(sum(jax.lax.fori_loop(0, HALVINGS, halve, (low, high))) / 2)
    df2 = jnp.sum((eigenvalues / (eigenvalues + kappa)) ** 2)
    bias = kappa**2 * jnp.sum(eigenvalues * displacement / (eigenvalues + kappa) ** 2) / (1 - df2 / size)
    return bias + NOISE * df2 / (size - df2)


one_by_one = jax.jit(compiled_risk)
in_one_call = jax.jit(lambda n, *arrays: jax.lax.map(lambda size: compiled_risk(size, *arrays), n))
abreast = jax.jit(jax.vmap(compiled_risk, (0, None, None, None)))


def exact(n, eigenvalues, displacement, ridge):
    with mpmath.workdps(40):
        levels = [mpmath.mpf(v) for v in eigenvalues]

        def excess(log_kappa):
            kappa = mpmath.exp(log_kappa)
            return sum(v / (v + kappa) for v in levels) + ridge / kappa - n

        start = mpmath.log(sum(levels) / n)
        kappa = mpmath.exp(mpmath.findroot(excess, (start - 5, start), solver="anderson", tol=1e-50, maxsteps=200))
        df2 = sum((v / (v + kappa)) ** 2 for v in levels)
        energy = sum(v * mpmath.mpf(e) / (v + kappa) ** 2 for v, e in zip(levels, displacement, strict=True))
        return kappa**2 * energy / (1 - df2 / n) + mpmath.mpf(NOISE) * df2 / (n - df2)


def median_time(run, repeats):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def main():
    names = ("ours", "eager", "compiled loop", "one call", "abreast")
    print(
        "    d ridge " + " ".join(f"{name:>18}" for name in names) + "  time (ratio to ours); then compile time, errors"
    )
    for dim in (500, 2000):
        eigenvalues, displacement, n = problem(dim)
        ones = np.ones(dim)
        for ridge in (0.0, 1.0):
            arrays = jnp.asarray(eigenvalues), jnp.asarray(displacement), ridge
            grid = jnp.asarray(n)
            runs = (
                lambda ridge=ridge, n=n, e=eigenvalues, w=displacement, ones=ones: ridge_risk(
                    n, e, ones, w, NOISE, ridge
                ),
                lambda n=n, arrays=arrays: [float(bisected_risk(size, *arrays)) for size in n],
                lambda n=n, arrays=arrays: [float(one_by_one(size, *arrays)) for size in n],
                lambda grid=grid, arrays=arrays: in_one_call(grid, *arrays).block_until_ready(),
                lambda grid=grid, arrays=arrays: abreast(grid, *arrays).block_until_ready(),
            )
            start = time.perf_counter()
            one_by_one(n[0], *arrays).block_until_ready()
            first = time.perf_counter() - start
            picks = [0, len(n) // 2, len(n) - 1]
            truth = np.array([float(exact(n[i], eigenvalues, displacement, ridge)) for i in picks])
            errors = [np.max(np.abs(np.asarray(run())[picks] / truth - 1)) for run in runs]
            times = [median_time(run, repeats) for run, repeats in zip(runs, (100, 3, 20, 20, 20), strict=True)]
            cells = [f"{t * 1e3:.2f} ms ({t / times[0]:.0f})" for t in times]
            print(f"{dim:5d} {ridge:5g} " + " ".join(f"{c:>18}" for c in cells) + f"  {first:.2f} s", end="")
            print(*(f" {e:.0e}" for e in errors))


if __name__ == "__main__":
    main()
