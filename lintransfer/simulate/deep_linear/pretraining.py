"""Pretraining, then transfer, with actual weight matrices W_1 … W_L: as a user would run it, one network at a time.

Gradient flow is integrated by diffrax (Dormand–Prince of order 8), gradient descent is the plain loop. Both move every
entry of every matrix on ½‖XW_1…W_L − y‖²; a whitened population with teacher θ is X = 1, y = θ. Nothing here knows
that small weights align, balance and become rank one: `measure` tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.simulate.deep_linear.flow import FlowError

Matrices = list[np.ndarray]


class Measures(NamedTuple):
    """What became of a network, or of one at every time, each (…).

    strength: ‖w‖ of the end-to-end vector.  alignment: cosine of w with the teacher.  feature: |cosine| of the top left
    singular vector of W_1 with it.  rank_one: largest σ_2/σ_1 of any layer.  imbalance: largest
    ‖W_lᵀW_l − W_{l+1}W_{l+1}ᵀ‖, Frobenius.
    """

    strength: np.ndarray
    alignment: np.ndarray
    feature: np.ndarray
    rank_one: np.ndarray
    imbalance: np.ndarray


def random_network(rng: np.random.Generator, dim: int, depth: int, width: int, scale: float) -> Matrices:
    """Layers (d, k), (k, k), …, (k, 1) of independent N(0, scale²/fan-in) entries; (d, 1) for one layer."""
    sizes = [dim, *[width] * (depth - 1), 1]
    return [scale / np.sqrt(a) * rng.standard_normal((a, b)) for a, b in pairwise(sizes)]


def product(layers: Sequence[Any]) -> Any:
    """The end-to-end vector W_1 … W_L, (…, d), of layers that may be stacked along leading axes."""
    vector = layers[-1]
    for matrix in reversed(layers[:-1]):
        vector = matrix @ vector
    return vector[..., 0]


def flow_path(
    layers: Sequence[Any], design: Any, labels: Any, times: Any, rtol: float = 1e-10, max_steps: int = 100_000
) -> Matrices:
    """The layers at the given times (increasing, ≥ 0) of gradient flow: arrays (len(times), …).

    Raises `FlowError` if the last time is not reached in `max_steps` steps: long after rest it takes many.
    """
    with jax.enable_x64(True):
        data = _doubles(layers, design, labels)
        path, reached = _saved(*data, jnp.asarray(times, jnp.float64), rtol, max_steps)
        _check(reached, max_steps)
        return [np.asarray(w) for w in path]


def flow_to_strength(
    layers: Sequence[Any], design: Any, labels: Any, strength: float, rtol: float = 1e-10, max_steps: int = 100_000
) -> tuple[float, Matrices]:
    """The first step of gradient flow after which ‖W_1 … W_L‖ ≥ `strength`: its time and its layers.

    Small weights stay on a plateau for a time of order ε^{2−L}; this finds its end. Raises `FlowError` as above.
    """
    with jax.enable_x64(True):
        end, time, reached = _grown(*_doubles(layers, design, labels), strength, rtol, max_steps)
        _check(reached, max_steps)
        return float(time), [np.asarray(w) for w in end]


def flow_to_rest(
    layers: Sequence[Any],
    design: Any,
    labels: Any,
    tolerance: float = 1e-10,
    rtol: float = 1e-12,
    max_steps: int = 100_000,
) -> Matrices:
    """The layers where gradient flow has come to rest: gradient of every one below `tolerance` times its scale (keep that above
    10·rtol: the steps of an explicit method stir that much).

    Raises `FlowError` if that takes more than `max_steps` steps.
    """
    with jax.enable_x64(True):
        end, resting = _rested(*_doubles(layers, design, labels), tolerance, rtol, max_steps)
        _check(resting, max_steps)
        return [np.asarray(w) for w in end]


def descend(
    layers: Sequence[Any], design: Any, labels: Any, step: float, steps: int, every: int | None = None
) -> Matrices:
    """Plain gradient descent W ← W − step·gradient: the layers after every `every` steps (default: at the end only).

    Returns arrays (steps // every, …); with every=None the leading axis is dropped.
    """
    with jax.enable_x64(True):
        data = _doubles(layers, design, labels)
        stride = steps if every is None else every
        path = [np.asarray(w) for w in _descended(*data, step, stride, steps // stride)]
        return [w[0] for w in path] if every is None else path


def measure(layers: Sequence[np.ndarray], teacher: np.ndarray) -> Measures:
    """Alignment, rank and balance of layers that may be stacked along a leading axis."""
    weights = product(layers)
    strength = np.linalg.norm(weights, axis=-1)
    unit = teacher / np.linalg.norm(teacher)
    left = np.linalg.svd(layers[0], full_matrices=False)[0][..., 0]
    values = [np.linalg.svd(layer, compute_uv=False) for layer in layers]
    ratios = [v[..., 1] / v[..., 0] for v in values if v.shape[-1] > 1]
    gaps = [
        np.linalg.norm(np.swapaxes(a, -1, -2) @ a - b @ np.swapaxes(b, -1, -2), axis=(-2, -1))
        for a, b in pairwise(layers)
    ]
    none = [np.zeros(strength.shape)]
    return Measures(
        strength,
        weights @ unit / strength,
        np.abs(left @ unit),
        np.max(ratios or none, axis=0),
        np.max(gaps or none, axis=0),
    )


def _check(arrived: Any, max_steps: int) -> None:
    if not bool(arrived):
        raise FlowError(f"the flow of all layers had not converged after {max_steps} steps")


def _doubles(layers: Sequence[Any], design: Any, labels: Any) -> Any:
    return tuple(jnp.asarray(w, jnp.float64) for w in layers), *(jnp.asarray(a, jnp.float64) for a in (design, labels))


def _loss(layers: Any, design: Any, labels: Any) -> Any:
    error = design @ product(layers) - labels
    return error @ error / 2


_gradient = jax.grad(_loss)


def _integrate(layers: Any, design: Any, labels: Any, rtol: Any, max_steps: int, **how: Any) -> Any:
    import diffrax

    def velocity(_: Any, now: Any, __: Any) -> Any:
        return jax.tree.map(jnp.negative, _gradient(now, design, labels))

    size = sum(jnp.sum(w * w) for w in layers) ** 0.5
    return diffrax.diffeqsolve(
        diffrax.ODETerm(velocity), diffrax.Dopri8(), t0=0.0, dt0=None, y0=layers, max_steps=max_steps,
        stepsize_controller=diffrax.PIDController(rtol=rtol, atol=rtol * jnp.minimum(size, 1.0)), **how,
    )  # fmt: skip


@partial(jax.jit, static_argnames="max_steps")
def _saved(layers: Any, design: Any, labels: Any, times: Any, rtol: Any, max_steps: int) -> Any:
    import diffrax

    how = {"t1": times[-1], "saveat": diffrax.SaveAt(ts=times), "throw": False}
    path = _integrate(layers, design, labels, rtol, max_steps, **how).ys
    return path, jnp.isfinite(path[0][-1]).all()


@partial(jax.jit, static_argnames="max_steps")
def _grown(layers: Any, design: Any, labels: Any, strength: Any, rtol: Any, max_steps: int) -> Any:
    import diffrax

    def strong(_: Any, now: Any, __: Any, **___: Any) -> Any:
        return jnp.linalg.norm(product(now)) >= strength

    solution = _integrate(layers, design, labels, rtol, max_steps, t1=jnp.inf, event=diffrax.Event(strong), throw=False)
    end = [w[-1] for w in solution.ys]
    return end, solution.ts[-1], strong(0.0, end, None)


@partial(jax.jit, static_argnames="max_steps")
def _rested(layers: Any, design: Any, labels: Any, tolerance: Any, rtol: Any, max_steps: int) -> Any:
    import diffrax

    def resting(_: Any, now: Any, __: Any, **___: Any) -> Any:
        slope = design.T @ (design @ product(now) - labels)
        return jnp.linalg.norm(slope) <= tolerance * (1 + jnp.linalg.norm(design.T @ labels))

    solution = _integrate(
        layers, design, labels, rtol, max_steps, t1=jnp.inf, event=diffrax.Event(resting), throw=False
    )
    end = [w[-1] for w in solution.ys]
    return end, resting(0.0, end, None)


@partial(jax.jit, static_argnames=("stride", "count"))
def _descended(layers: Any, design: Any, labels: Any, step: Any, stride: int, count: int) -> Any:
    def once(_: Any, now: Any) -> Any:
        return jax.tree.map(lambda w, g: w - step * g, now, _gradient(now, design, labels))

    def block(now: Any, _: Any) -> Any:
        now = jax.lax.fori_loop(0, stride, once, now)
        return now, now

    return jax.lax.scan(block, layers, None, length=count)[1]
