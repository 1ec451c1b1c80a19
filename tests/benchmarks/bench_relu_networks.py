"""Small ReLU networks trained per second: a batch of seeds and widths in one program, against one at a time.

    python tests/benchmarks/bench_relu_networks.py

Every network takes the same 2000 steps on its own data, n = 64 in d = 3; both routes are compiled beforehand.
"""

from __future__ import annotations

import time

import jax
import numpy as np

from lintransfer.simulate.shallow_relu.networks import Network, draw_small
from lintransfer.simulate.shallow_relu.training import train

jax.config.update("jax_enable_x64", True)
WIDTHS, SEEDS, STEPS, SIZE, DIM = [16, 24, 32], 16, 2000, 64, 3


def run(network: Network, inputs: np.ndarray, labels: np.ndarray, steps: int = STEPS) -> None:
    train(network, inputs, labels, learning_rate=0.1, max_steps=steps, min_steps=steps)


def main() -> None:
    rng = np.random.default_rng(0)
    batch = draw_small(rng, DIM, WIDTHS, 1e-3, SEEDS)
    inputs = rng.standard_normal((len(WIDTHS), SEEDS, SIZE, DIM))
    labels = inputs[..., 0] + 0.3 * rng.standard_normal((len(WIDTHS), SEEDS, SIZE))
    count = len(WIDTHS) * SEEDS
    run(batch, inputs, labels, 50)
    start = time.perf_counter()
    run(batch, inputs, labels)
    together = time.perf_counter() - start
    singles = [
        (Network(batch.first[i, j], batch.second[i, j], batch.scale[i, j]), inputs[i, j], labels[i, j])
        for i in range(len(WIDTHS)) for j in range(SEEDS)
    ]  # fmt: skip
    run(*singles[0], 50)
    start = time.perf_counter()
    for single in singles:
        run(*single)
    alone = time.perf_counter() - start
    print(f"one at a time  {count / alone:8.1f} networks per second")
    print(f"one batch      {count / together:8.1f} networks per second, {alone / together:.1f} times as many")


if __name__ == "__main__":
    main()
