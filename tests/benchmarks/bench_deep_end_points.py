"""Where a three-layer linear network ends: closed form against training it. d = 100, n = 50, balanced rank-one start.

Run: python tests/benchmarks/bench_deep_end_points.py

1. `lt.fit` against PyTorch gradient descent on the actual matrices (one thread), to a residual of 1e-10. Finite steps
   break the balance of the layers, so that its end point is off by O(step): the table shows what each step size costs
   and how near it comes. Without PyTorch (pip install torch==2.13.0) the rest still runs.
2. `lt.fit` against diffrax on all weights, with two explicit solvers at tolerances that give 1e-10 or better.
3. The trajectory in the n + 1 numbers that move against the one in all weights: same solver, same tolerances.

Truth is SciPy's DOP853 on every weight of the narrow network at a tolerance of 1e-13. Widths: 2, the narrowest network
that is one of matrices, and 100 = d, the usual one. Compile times stand beside run times.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import statistics
import time
from collections.abc import Callable
from typing import Any

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import DOP853

import lintransfer as lt
from lintransfer.simulate.deep_linear.flow import layer_gradients, pack, rank_one_layers, unpack
from lintransfer.simulate.deep_linear.reduced import reduce
from lintransfer.theory.deep_linear.dynamics import end_to_end_velocity

jax.config.update("jax_enable_x64", True)
DIM, SIZE, DEPTH, WIDTHS = 100, 50, 3, (2, 100)
RESIDUAL = 1e-10  # ‖y − Xw‖/‖y‖ at which training counts as done
LEARNER = lt.FineTune(lt.DeepLinear(DEPTH))


def problem() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X, source = rng.standard_normal((SIZE, DIM)), rng.standard_normal(DIM) / DIM**0.5
    return X, X @ (0.8 * source + 0.6 * rng.standard_normal(DIM) / DIM**0.5), source


def layers_of(source: np.ndarray, width: int) -> list[np.ndarray]:
    return [a[..., 0] for a in rank_one_layers(np.random.default_rng(1), source[:, None], DEPTH, width)]


def tight_end(X: np.ndarray, y: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Every weight of the narrow network, integrated as tightly as doubles allow."""
    start = [a[..., None] for a in layers_of(source, WIDTHS[0])]

    def weights(state: np.ndarray) -> np.ndarray:
        first, second, third = (a[..., 0] for a in unpack(state[:, None], start))
        return (first @ second @ third)[:, 0]

    def velocity(_: float, state: np.ndarray) -> np.ndarray:
        slope = X.T @ (X @ weights(state) - y)
        return -pack(layer_gradients(unpack(state[:, None], start), slope[:, None]))[:, 0]

    solver = DOP853(velocity, 0.0, pack(start)[:, 0], np.inf, rtol=1e-13, atol=1e-15)
    while np.linalg.norm(X @ weights(solver.y) - y) > 1e-13 * np.linalg.norm(y) and solver.t < 100:
        solver.step()
    return weights(solver.y)


def median_time(run: Callable[[], Any], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def off(weights: Any, truth: np.ndarray) -> float:
    return float(np.linalg.norm(np.asarray(weights) - truth) / np.linalg.norm(truth))


def against_torch(X: np.ndarray, y: np.ndarray, source: np.ndarray, truth: np.ndarray, ours: float) -> None:
    try:
        import torch
    except ImportError:
        print("1. PyTorch is not installed: pip install torch==2.13.0 for this comparison. Going on without it.")
        return
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    print(f"1. PyTorch {torch.__version__}, gradient descent of all matrices, one thread")
    print("   width  step/stable   steps   to 1e-10  end point off by  times lt.fit   (to residual 1e-4: times lt.fit)")
    inputs, labels = torch.from_numpy(X), torch.from_numpy(y)
    stable = 2 / (DEPTH * np.linalg.norm(X, 2) ** 2 * max(1.0, float(np.linalg.norm(truth))) ** (2 - 2 / DEPTH))
    for width in WIDTHS:
        for share in (0.8, 0.4, 0.2, 0.05):
            first, second, third = (torch.tensor(a, requires_grad=True) for a in layers_of(source, width))
            descent = torch.optim.SGD([first, second, third], lr=share * stable)
            steps, early, size = 0, None, float(labels @ labels) / 2
            start = time.perf_counter()
            while steps < 200_000:
                descent.zero_grad()
                loss = ((inputs @ (first @ (second @ third)))[:, 0] - labels).square().sum() / 2
                loss.backward()
                descent.step()
                steps += 1
                if steps % 25 == 0:  # reading the loss costs time as well
                    left = loss.item() / size
                    early = time.perf_counter() - start if early is None and left < 1e-8 else early
                    if left < RESIDUAL**2:
                        break
            took = time.perf_counter() - start
            end = (first @ (second @ third)).detach().numpy()[:, 0]
            print(
                f"   {width:5d}  {share:11.2f}  {steps:6d}  {took:7.2f} s  {off(end, truth):16.1e}  {took / ours:12,.0f}"
                f"   ({(early or np.nan) / ours:,.0f})"
            )


Field = Callable[[Any, Any, Any], Any]


def flow_to_rest(
    velocity: Field, missed: Callable[[Any, Any], Any], solver: Any, rtol: float
) -> Callable[[Any, Any], Any]:
    """A compiled (start, data) -> state, integrated until missed(state, data) is below the residual asked for."""

    @jax.jit
    def run(start: Any, data: Any) -> Any:
        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(velocity), solver, t0=0.0, t1=1e4, dt0=None, y0=start, args=data, max_steps=20_000,
            stepsize_controller=diffrax.PIDController(rtol=rtol, atol=rtol * 1e-2),
            event=diffrax.Event(lambda t, state, args, **_: missed(state, args) < RESIDUAL / 10),
            saveat=diffrax.SaveAt(t1=True), adjoint=diffrax.DirectAdjoint(),
        )  # fmt: skip
        return jax.tree.map(lambda a: a[-1], solution.ys), solution.stats["num_steps"]

    return run


def full_velocity(t: Any, layers: Any, data: Any) -> Any:
    X, y = data

    def loss(layers: Any) -> Any:
        first, second, third = layers
        return jnp.sum(((X @ (first @ (second @ third)))[:, 0] - y) ** 2) / 2

    return jax.tree.map(jnp.negative, jax.grad(loss)(layers))


def full_missed(layers: Any, data: Any) -> Any:
    (first, second, third), (X, y) = layers, data
    return jnp.linalg.norm((X @ (first @ (second @ third)))[:, 0] - y) / jnp.linalg.norm(y)


def reduced_velocity(t: Any, w: Any, data: Any) -> Any:
    rates, fit = data
    return end_to_end_velocity(w, jnp.append(rates * (w[:-1] - fit), 0.0), DEPTH)


def reduced_missed(w: Any, data: Any) -> Any:
    rates, fit = data
    return jnp.sqrt(jnp.sum(rates * (w[:-1] - fit) ** 2) / jnp.sum(rates * fit**2))


def timed_flow(run: Callable[..., Any], start: Any, data: Any, repeats: int = 3) -> tuple[float, float, Any, int]:
    begin = time.perf_counter()
    jax.block_until_ready(run(start, data))
    first = time.perf_counter() - begin
    took = median_time(lambda: jax.block_until_ready(run(start, data)), repeats)
    state, steps = run(start, data)
    return took, first - took, state, int(steps)


def against_diffrax(X: np.ndarray, y: np.ndarray, source: np.ndarray, truth: np.ndarray, ours: float) -> None:
    print("2. diffrax on all weights, and 3. on the n + 1 numbers that move (its design's decomposition included)")
    print("   width  solver    rtol    steps   all weights (compile)   off by   times lt.fit   n + 1 numbers (compile)"
          "   off by   all / (n + 1)")  # fmt: skip
    for width in WIDTHS:
        for name, rtol in (("Tsit5", 1e-12), ("Dopri8", 1e-12)):
            solver, layers = getattr(diffrax, name)(), tuple(jnp.asarray(a) for a in layers_of(source, width))
            data = jnp.asarray(X), jnp.asarray(y)
            full, compiling, end, steps = timed_flow(
                flow_to_rest(full_velocity, full_missed, solver, rtol), layers, data
            )
            first, second, third = end
            run = flow_to_rest(reduced_velocity, reduced_missed, solver, rtol)

            def reduced(run: Any = run) -> np.ndarray:
                small = reduce(X, y, source)
                state, _ = run(jnp.asarray(small.start), (jnp.asarray(small.rates), jnp.asarray(small.fit)))
                return small.basis @ np.asarray(state)

            begin = time.perf_counter()
            reduced()
            compiling_small = time.perf_counter() - begin
            few = median_time(reduced, 9)
            print(
                f"   {width:5d}  {name:6s}  {rtol:.0e}  {steps:6d}  {full * 1e3:9.1f} ms ({compiling:4.1f} s)   "
                f"{off((first @ (second @ third))[:, 0], truth):8.0e}  {full / ours:12,.0f}   "
                f"{few * 1e3:10.2f} ms ({compiling_small - few:4.1f} s)   {off(reduced(), truth):8.0e}  {full / few:12.1f}"
            )


def main() -> None:
    X, y, source = problem()
    truth = tight_end(X, y, source)
    ours = median_time(lambda: lt.fit(LEARNER, X, y, source), 500)
    print(
        f"lt.fit, closed form: {ours * 1e3:.3f} ms, {off(lt.fit(LEARNER, X, y, source), truth):.0e} from the tight flow"
    )
    against_torch(X, y, source, truth, ours)
    against_diffrax(X, y, source, truth, ours)


if __name__ == "__main__":
    main()
