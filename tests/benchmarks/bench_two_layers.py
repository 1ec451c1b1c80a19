"""Two-layer linear networks: a strategy map and end points in closed form against training the networks.

Run: python tests/benchmarks/bench_two_layers.py

1. A 40 × 40 map of seven strategies, one feature, input shift, d = 200, σ = 0.1, 20 instances a cell: exact means and the
   limit of large dimension, no simulation. Training is gradient descent of every weight on every drawn instance to a
   residual of 1e-5, vmapped over the instances of a cell and compiled by JAX, with 0.4 of the stable step, all in its
   favour. It runs on 20 cells, at five n; the time of the other 1580 is INTERPOLATED in n. Compilation stands apart.
   Formulas are timed twice: bare over the whole grid, and as `lt.phase_diagram`. The cells trained are compared.
2. The end of one network with one feature, `one_feature_end`, against diffrax on all weights (B, v), to a residual of 1e-10 (within some 1e-9 of the end),
   with an explicit solver (Tsit5) and one for stiff problems (Kvaerno5). What the flow costs is the conditioning of the data,
   hence several sorts of data; compilation stands apart, and the ratio is that of the faster solver.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import diffrax
import jax
import jax.numpy as jnp
import numpy as np

import lintransfer as lt
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.two_layer_linear.end_points import one_feature_end
from lintransfer.theory.two_layer_linear.strategy_map import (
    one_feature_risk,
    probe_then_first_layer_risk,
    source_head_probe_risk,
    strategy_map_energies,
)

jax.config.update("jax_enable_x64", True)
DIM, NOISE, INSTANCES = 200, 0.1, 20
SIZES, OVERLAPS = np.arange(3, 121, 3), np.linspace(-0.975, 0.975, 40)
TRAINED_SIZES, TRAINED_OVERLAPS = SIZES[[2, 9, 19, 29, 39]], OVERLAPS[[2, 25, 31, 37]]
BOTH = lt.FineTune(lt.TwoLayerLinear())
LEARNERS = [
    lt.LinearTransfer(head="source"), lt.FirstLayer(), BOTH, lt.FineTune(lt.TwoLayerLinear(), head="zero"),
    lt.ProbeThen(BOTH), lt.ProbeThen(lt.FirstLayer()),
]  # fmt: skip
NAMES = ("scratch", "probe", "first", "both", "reset, both", "probe, both", "probe, first")
RESIDUAL = 1e-10


def formulas() -> np.ndarray:
    """Risks (learner, overlap, n)."""
    c, share, s2 = OVERLAPS[:, None], SIZES / DIM, NOISE**2
    energies = strategy_map_energies(c, 0.0, 1.0)
    found = [
        min_norm_risk(SIZES, DIM, 1.0, s2),
        source_head_probe_risk(SIZES, 1, energies.head_displacement, energies.unexplained, s2),
        min_norm_risk(SIZES, DIM, energies.displacement_energy, s2),
        *(one_feature_risk(share, 1.0, head, c, 1.0, s2) for head in (1.0, 0.0, c)),
        probe_then_first_layer_risk(share, energies.unexplained, s2),
    ]
    return np.array([risk * np.ones_like(c) for risk in found])


def diagram() -> Any:
    problem = lt.TransferProblem.two_layer(DIM, 1, 0.5, noise_std=NOISE)
    return lt.phase_diagram(problem, LEARNERS, n=SIZES, overlap=OVERLAPS)


def descend(b: Any, v: Any, X: Any, y: Any, step: Any, moves: Any) -> Any:
    """Gradient descent of f(x) = v b·x; moves: 1 or 0 for each layer. To a residual of 1e-5."""

    def unfinished(state: Any) -> Any:
        _, _, left, count = state
        return (left > 1e-5) & (count < 100_000)

    def update(state: Any) -> Any:
        b, v, _, count = state
        miss = v * (X @ b) - y
        pull = miss @ X
        moved = b - step * moves[0] * v * pull, v - step * moves[1] * (b @ pull)
        return *moved, jnp.linalg.norm(miss) / jnp.linalg.norm(y), count + 1

    b, v, _, count = jax.lax.while_loop(unfinished, update, (b, v, jnp.asarray(1.0), 0))
    return v * b, count


train = jax.jit(jax.vmap(descend, in_axes=(0, 0, 0, 0, 0, None)))


def trained_cell(rng: np.random.Generator, n: int, overlap: float) -> tuple[np.ndarray, list[float], float]:
    """Risks (learner, instance), seconds of each learner without compilation, seconds of compilation."""
    feature, target = np.eye(DIM)[0], overlap * np.eye(DIM)[0] + np.sqrt(1 - overlap**2) * np.eye(DIM)[1]
    X = rng.standard_normal((INSTANCES, n, DIM))
    y = X @ target + NOISE * rng.standard_normal((INSTANCES, n))
    inputs, labels = jnp.asarray(X), jnp.asarray(y)
    curvature = 1.05 * (n**0.5 + DIM**0.5) ** 2
    start, one, zero = jnp.tile(feature, (INSTANCES, 1)), np.ones(INSTANCES), np.zeros(INSTANCES)

    def run(b: Any, v: Any, moves: tuple[float, float], y: Any = labels) -> Any:
        v = np.asarray(v)
        most = v * v if moves[1] == 0 else v * v + 2.0  # the energies of both layers add, and grow with the fit
        return train(b, jnp.asarray(v), inputs, y, jnp.asarray(0.8 / (curvature * most)), jnp.asarray(moves))[0]

    def head() -> np.ndarray:
        """The best head on one feature, in the one step of gradient descent that a single weight needs."""
        return np.einsum("in,in->i", X[..., 0], y) / np.sum(X[..., 0] ** 2, axis=1)

    calls: list[Callable[[], Any]] = [
        lambda: run(0 * start, one, (1.0, 0.0)),
        lambda: head()[:, None] * feature,
        lambda: run(start, one, (1.0, 0.0)),
        lambda: run(start, one, (1.0, 1.0)),
        lambda: run(start, zero, (1.0, 1.0)),
        lambda: run(start, head(), (1.0, 1.0)),
        lambda: run(start, head(), (1.0, 0.0)),
    ]
    begin = time.perf_counter()
    jax.block_until_ready(run(start, one, (1.0, 1.0), labels * np.nan))  # stops at once: compiles only
    compiling, seconds, risks = time.perf_counter() - begin, [], []
    for call in calls:
        begin = time.perf_counter()
        weights = np.asarray(call())
        seconds.append(time.perf_counter() - begin)
        risks.append(np.sum((weights - target) ** 2, axis=1))
    return np.array(risks), seconds, compiling


def median_time(run: Callable[[], Any], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def strategy_map() -> None:
    risks = formulas()
    whole = diagram().dataset
    np.testing.assert_allclose(whole.baseline_risk.values, risks[0], rtol=1e-10)
    np.testing.assert_allclose(whole.risk.values, risks[1:], rtol=1e-10)
    assert float(whole.std_err.max()) == 0  # nothing is simulated
    bare, labelled = median_time(formulas, 30), median_time(diagram, 3)
    rng, cost, compiling, ratios, z = np.random.default_rng(0), [], 0.0, [], []
    for n in TRAINED_SIZES:
        seconds = []
        for c in TRAINED_OVERLAPS:
            samples, took, first = trained_cell(rng, int(n), float(c))
            cell = risks[:, np.isclose(OVERLAPS, c), n == SIZES][:, 0]
            ratios.append(samples.mean(axis=1) / cell)
            z.append((samples.mean(axis=1) - cell) / (samples.std(axis=1, ddof=1) / INSTANCES**0.5))
            seconds.append(took)
            compiling += first
        cost.append(np.mean(seconds, axis=0))
        print(f"   n = {n:3d}: seconds per cell of {INSTANCES} instances  "
              + "  ".join(f"{name} {value:.3f}" for name, value in zip(NAMES, cost[-1], strict=True)))  # fmt: skip
    measured = len(TRAINED_OVERLAPS) * float(np.sum(cost))
    logs = [np.interp(SIZES, TRAINED_SIZES, np.log(column)) for column in np.transpose(cost)]
    total = len(OVERLAPS) * float(np.sum(np.exp(logs)))
    print(f"   trained: 20 cells in {measured:.1f} s (compilation {compiling:.1f} s apart); all {risks[0].size}, "
          f"interpolated in n: {total:.0f} s")  # fmt: skip
    print(f"   bare formulas    {bare * 1e3:8.2f} ms: {total / bare:12,.0f} times as fast")
    print(f"   lt.phase_diagram {labelled * 1e3:8.2f} ms: {total / labelled:12,.0f} times as fast")
    print(
        f"   trained / formula at n = {', '.join(map(str, TRAINED_SIZES))} (limits leave out O(1/n)), and root mean square z"
    )
    for name, ratio, score in zip(NAMES, np.transpose(ratios), np.transpose(z), strict=True):
        by_size = ratio.reshape(len(TRAINED_SIZES), -1).mean(axis=1)
        print(f"      {name:12s}  {'  '.join(f'{r:.3f}' for r in by_size)}   {np.mean(score**2) ** 0.5:.2f}")


@partial(jax.jit, static_argnames="solver")
def flow(start: Any, data: Any, solver: Any) -> Any:
    def velocity(t: Any, state: Any, data: Any) -> Any:
        def loss(state: Any) -> Any:
            features, head = state
            return jnp.sum((data[0] @ features.T @ head - data[1]) ** 2) / 2

        return jax.tree.map(jnp.negative, jax.grad(loss)(state))

    def missed(state: Any, data: Any) -> Any:
        return jnp.linalg.norm(data[0] @ state[0].T @ state[1] - data[1]) / jnp.linalg.norm(data[1])

    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(velocity), getattr(diffrax, solver)(), 0.0, jnp.inf, 1e-5, start, args=data, max_steps=1_000_000,
        stepsize_controller=diffrax.PIDController(rtol=1e-11, atol=1e-13),
        event=diffrax.Event(lambda t, state, args, **_: missed(state, args) < RESIDUAL),
        saveat=diffrax.SaveAt(t1=True), adjoint=diffrax.DirectAdjoint(),
    )  # fmt: skip
    return jax.tree.map(lambda a: a[-1], solution.ys), solution.stats["num_steps"]


def end_points() -> None:
    print(
        "   data                    condition  closed form         Tsit5   steps  apart      Kvaerno5   steps  apart   ratio"
    )
    for n, dim, power in (
        (20, 50, 0.0),
        (100, 200, 0.0),
        (500, 1000, 0.0),
        (180, 200, 0.0),
        (196, 200, 0.0),
        (100, 200, 1.0),
        (100, 200, 2.0),
    ):
        rng = np.random.default_rng(0)
        X = rng.standard_normal((n, dim)) * np.arange(1, dim + 1) ** (-power / 2)
        feature = rng.standard_normal((1, dim)) / dim**0.5
        y, head = X @ (0.8 * feature[0] + 0.6 * rng.standard_normal(dim) / dim**0.5), np.array([1.5])
        ours = median_time(lambda a=(X, y, feature, head): one_feature_end(*a), 101)
        end = one_feature_end(X, y, feature, head).weights
        start, data = (jnp.asarray(feature), jnp.asarray(head)), (jnp.asarray(X), jnp.asarray(y))
        times, text = [], ""
        for solver in ("Tsit5", "Kvaerno5")[: 1 if n == 500 else 2]:  # the other would take hours
            (features, last), steps = jax.block_until_ready(flow(start, data, solver))  # compiles
            times.append(median_time(lambda a=(start, data, solver): jax.block_until_ready(flow(*a)), 3))
            apart = np.linalg.norm(last @ features - end) / np.linalg.norm(end)
            text += f"  {times[-1] * 1e3:9.1f} ms  {int(steps):6d}  {apart:.0e}"
        sort = f"n = {n:3d}, d = {dim:3d}, " + (f"j^-{power:g}" if power else "white")
        condition = np.linalg.cond(X) ** 2
        print(f"   {sort:23s} {condition:9.0f}  {ours * 1e3:8.3f} ms{text}  {min(times) / ours:6.0f}")


def main() -> None:
    print(f"1. Strategy map {len(OVERLAPS)} × {len(SIZES)}, d = {DIM}, k = 1")
    strategy_map()
    print("2. End points, k = 1")
    end_points()


if __name__ == "__main__":
    main()
