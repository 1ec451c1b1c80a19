"""A 20 × 20 phase diagram of three learners, 20 instances a cell: formulas against batched training.

Run: python tests/benchmarks/bench_deep_diagram.py

d = 200, σ = 0.2, s = 1, t = 1.5; overlap 0 … 1 by n = 8 … 160; scratch, linear transfer and fine-tuning of two layers.
Training is gradient descent of every weight on every drawn instance to a residual of 1e-5, vmapped over the instances
of a cell and compiled by JAX: the narrowest network (width 2) and a step of 0.4 of the stable one, all in its favour.
It runs on 20 cells, at five n; the time of the other 380 is INTERPOLATED in n, on which alone it depends, as is said
where it is printed. Compilation, once for each n, stands apart.

Formulas are timed twice: the bare closed forms over the whole grid, and `lt.phase_diagram`, which adds transferability,
winners, boundaries by root finding, labels and provenance. Their cells are compared with the trained ones, and all 400
with the end points of training on drawn instances; of means over 20, 0.7 % lie outside 3 estimated standard errors.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import statistics
import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import lintransfer as lt
from lintransfer.simulate.deep_linear.flow import rank_one_layers
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.deep_linear.end_points import end_point_parts
from lintransfer.theory.deep_linear.retention import retention_factor
from lintransfer.theory.deep_linear.risk import deep_fine_tuning_risk_closure
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.isotropic import min_norm_risk

jax.config.update("jax_enable_x64", True)
DIM, DEPTH, NOISE, TARGET_NORM, INSTANCES = 200, 2, 0.2, 1.5, 20
SIZES, OVERLAPS = np.arange(8, 161, 8), np.linspace(0, 1, 20)
TRAINED_SIZES, TRAINED_OVERLAPS = SIZES[[0, 4, 9, 14, 19]], OVERLAPS[[2, 8, 13, 18]]
LEARNERS = ("Scratch", "LinearTransfer", "FineTune")


def formulas() -> np.ndarray:
    """Risks (learner, overlap, n)."""
    c, t2 = OVERLAPS[:, None], TARGET_NORM**2
    scratch = min_norm_risk(SIZES, DIM, t2, NOISE**2) * np.ones_like(c)
    frozen = frozen_features_risk(SIZES, 1, t2 * c * c, t2 * (1 - c * c), NOISE**2)
    deep = deep_fine_tuning_risk_closure(SIZES, DIM, DEPTH, 1.0, TARGET_NORM * c, t2, NOISE**2)
    return np.array([scratch, frozen, deep])


def diagram() -> Any:
    p = lt.TransferProblem.isotropic(DIM, 0.5, noise_std=NOISE, target_norm=TARGET_NORM)
    learners = [lt.LinearTransfer(), lt.FineTune(lt.DeepLinear(DEPTH))]
    return lt.phase_diagram(p, learners, n=SIZES, overlap=OVERLAPS)


def end_to_end(layers: Any) -> Any:
    w = layers[-1]
    for matrix in reversed(layers[:-1]):
        w = matrix @ w
    return w[:, 0]


def descend(layers: Any, X: Any, y: Any, step: Any) -> Any:
    """Gradient descent of one network; the gradient in w must fall to 1e-5 of what it was at w = 0."""

    def loss(layers: Any) -> Any:
        return jnp.sum((X @ end_to_end(layers) - y) ** 2) / 2

    def unfinished(state: Any) -> Any:
        _, left, count = state
        return (left > 1e-5) & (count < 100_000)

    def update(state: Any) -> Any:
        layers, _, count = state
        value, gradient = jax.value_and_grad(loss)(layers)
        moved = jax.tree.map(lambda a, g: a - step * g, layers, gradient)
        return moved, jnp.sqrt(2 * value) / jnp.linalg.norm(y), count + 1

    final, _, count = jax.lax.while_loop(unfinished, update, (layers, jnp.asarray(1.0), 0))
    return end_to_end(final), count


train = jax.jit(jax.vmap(descend))


@jax.jit
def train_head(X: Any, y: Any, source: Any) -> Any:
    """The best head on the frozen feature, in the one step of gradient descent that a single weight needs."""
    feature = X @ source
    return jnp.sum(feature * y, axis=1, keepdims=True) / jnp.sum(feature**2, axis=1, keepdims=True) * source


def draw(rng: np.random.Generator, n: int, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    X = rng.standard_normal((INSTANCES, n, DIM))
    return X, X @ target + NOISE * rng.standard_normal((INSTANCES, n))


def trained_cell(rng: np.random.Generator, n: int, overlap: float) -> tuple[np.ndarray, list[float], float]:
    """Risks (learner, instance), seconds of each learner without compilation, seconds of compilation."""
    source, target = teacher_pair(DIM, overlap, 1.0, TARGET_NORM)
    X, y = draw(rng, n, target)
    curvature = 1.05 * (n**0.5 + DIM**0.5) ** 2
    growth = (TARGET_NORM**2 + NOISE**2 * n / (DIM - n)) ** (1 - 1 / DEPTH)
    start = rank_one_layers(rng, np.repeat(source[:, None], INSTANCES, axis=1), DEPTH)
    deep = [jnp.asarray(np.moveaxis(a, -1, 0)) for a in start]
    zero = [jnp.zeros((INSTANCES, DIM, 1))]
    steps = [np.full(INSTANCES, 0.8 / (depth * curvature * scale)) for depth, scale in ((1, 1.0), (DEPTH, growth))]
    inputs, labels = jnp.asarray(X), jnp.asarray(y)
    calls = [
        lambda: train(zero, inputs, labels, steps[0])[0],
        lambda: train_head(inputs, labels, jnp.asarray(source)),
        lambda: train(deep, inputs, labels, steps[1])[0],
    ]
    begin = time.perf_counter()
    for layers, step in ((zero, steps[0]), (deep, steps[1])):
        jax.block_until_ready(train(layers, inputs, labels * np.nan, step))  # stops at once: compiles only
    train_head(inputs, labels, jnp.asarray(source)).block_until_ready()
    compiling, seconds, risks = time.perf_counter() - begin, [], []
    for call in calls:
        begin = time.perf_counter()
        weights = np.asarray(call())
        seconds.append(time.perf_counter() - begin)
        risks.append(np.sum((weights - target) ** 2, axis=1))
    return np.array(risks), seconds, compiling


def end_point_cells(rng: np.random.Generator) -> np.ndarray:
    """Risks of fine-tuning on drawn instances (overlap, n, instance), from the end point that is exact for each."""
    risks = np.empty((len(OVERLAPS), len(SIZES), INSTANCES))
    for i, overlap in enumerate(OVERLAPS):
        source, target = teacher_pair(DIM, overlap, 1.0, TARGET_NORM)
        for j, n in enumerate(SIZES):
            parts = end_point_parts(*draw(rng, int(n), target), source)
            rho = retention_factor(DEPTH, parts.null_fraction, parts.fit_ratio, parts.row_fraction)
            risks[i, j] = np.sum((parts.fit + rho[:, None] * parts.kept - target) ** 2, axis=1)
    return risks


def distances(samples: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """(mean − predicted) in standard errors, over the last axis of the samples."""
    return (samples.mean(axis=-1) - predicted) / (samples.std(axis=-1, ddof=1) / samples.shape[-1] ** 0.5)


def median_time(run: Any, repeats: int) -> float:
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def within(z: np.ndarray) -> str:
    return f"{np.mean(np.abs(z) < 3):.1%} of {z.size} within 3 s.e., root mean square {np.mean(z**2) ** 0.5:.2f}"


def main() -> None:
    risks = formulas()
    whole = diagram().dataset
    np.testing.assert_allclose(whole.risk.values, risks[1:], rtol=1e-10)
    np.testing.assert_allclose(whole.baseline_risk.values, risks[0], rtol=1e-10)
    bare, labelled = median_time(formulas, 50), median_time(diagram, 5)
    rng, cost, compiling, z = np.random.default_rng(0), [], 0.0, []
    for n in TRAINED_SIZES:
        seconds = []
        for c in TRAINED_OVERLAPS:
            samples, took, first = trained_cell(rng, int(n), float(c))
            cell = risks[:, np.isclose(OVERLAPS, c), n == SIZES][:, 0]
            z.append(distances(samples, cell))
            seconds.append(took)
            compiling += first
        cost.append(np.mean(seconds, axis=0))
        print(f"n = {n:3d}: seconds per cell of {INSTANCES} instances  "
              + "  ".join(f"{name} {value:.3f}" for name, value in zip(LEARNERS, cost[-1], strict=True)))  # fmt: skip
    measured = len(TRAINED_OVERLAPS) * float(np.sum(cost))
    logs = [np.interp(SIZES, TRAINED_SIZES, np.log(column)) for column in np.transpose(cost)]  # costs grow as powers
    total = len(OVERLAPS) * float(np.sum(np.exp(logs)))
    print(f"trained: 20 cells in {measured:.1f} s (compilation {compiling:.1f} s apart); all 400, interpolated in n: "
          f"{total:.0f} s")  # fmt: skip
    print(f"bare formulas    {bare * 1e3:8.2f} ms, no compilation: {total / bare:12,.0f} times as fast")
    print(f"lt.phase_diagram {labelled * 1e3:8.2f} ms, no compilation: {total / labelled:12,.0f} times as fast")
    for name, column in zip(LEARNERS, np.transpose(z), strict=True):
        print(f"trained cells against the formula, {name}: {within(column)}")
    print(f"end points on drawn instances, all cells, FineTune: {within(distances(end_point_cells(rng), risks[2]))}")


if __name__ == "__main__":
    main()
