"""Gram matrix of the first-layer kernel, n = 1000 inputs in d = 50: polynomial route against a jitted arccos.

    python tests/benchmarks/bench_relu_gram.py

Prints medians of wall time and the ratio to the plain kernel (at least 4 is wanted), and the largest off-diagonal error
against extended precision (at most 1e−14 is wanted).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.theory.shallow_relu.gram import gram_matrix

jax.config.update("jax_enable_x64", True)


@jax.jit
def plain(inputs: jax.Array) -> jax.Array:
    cosine = jnp.clip(inputs @ inputs.T, -1, 1)
    return cosine * (jnp.pi - jnp.arccos(cosine)) / (2 * jnp.pi)


def median_time(function: Callable[[], object], repeats: int = 31) -> float:
    jax.block_until_ready(function())
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        jax.block_until_ready(function())
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def largest_error(inputs: np.ndarray) -> float:
    wide = inputs.astype(np.longdouble)
    pi = 4 * np.arctan(np.longdouble(1))
    cosine = np.clip(wide @ wide.T, -1, 1)
    error = np.abs(gram_matrix(inputs, trained="first") - cosine * (pi - np.arccos(cosine)) / (2 * pi))
    return float(error[~np.eye(len(inputs), dtype=bool)].max())


def main() -> None:
    inputs = np.random.default_rng(0).standard_normal((1000, 50))
    inputs /= np.linalg.norm(inputs, axis=1, keepdims=True)
    on_device = jnp.asarray(inputs)
    slow = median_time(lambda: plain(on_device))
    routes = {
        "gram_matrix, JAX in and out": lambda: gram_matrix(on_device, trained="first"),
        "gram_matrix, NumPy in and out": lambda: gram_matrix(inputs, trained="first"),
    }
    print(f"{'jitted arccos':32s} {slow * 1e3:8.2f} ms")
    for name, route in routes.items():
        fast = median_time(route)
        print(f"{name:32s} {fast * 1e3:8.2f} ms   {slow / fast:5.1f} times as fast")
    print(f"largest off-diagonal error {largest_error(inputs):.1e}")


if __name__ == "__main__":
    main()
