"""Gradient flow of deep linear networks, integrated with an adaptive Runge–Kutta method, many networks at once.

Three ways of following the same training, which share nothing but the integrator: every weight matrix, the chain of one
first-layer column and L − 1 scalars, and the end-to-end vector alone. Arrays carry the batch on their last axis: that
is what makes thousands of small networks cheap. The loss is ½‖Xw − y‖² (sum, factor ½).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from lintransfer.errors import LinTransferError

Layers = list[np.ndarray]

# Dormand and Prince's pair of orders 5 and 4: the last row of _WEIGHTS is the fifth-order solution.
_WEIGHTS = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)


_STALLED = 1e-4


class FlowError(LinTransferError, RuntimeError):
    """A flow had not converged when its budget of steps was spent."""


def integrate(
    velocity: Callable[..., np.ndarray],
    state: np.ndarray,
    data: Sequence[np.ndarray],
    *,
    time: float = math.inf,
    rtol: float = 1e-8,
    atol: float = 1e-10,
    at_rest: Callable[..., np.ndarray] | None = None,
    max_steps: int = 200_000,
) -> np.ndarray:
    """Integrate state' = velocity(state, *data) for every member of a batch, each with its own step size.

    state: (p, batch).  data: arrays whose last axis is the batch.  time: where to stop; with inf, `at_rest(state,
    *data)` says which members are done, a boolean (batch,).  rtol, atol: error allowed per step.
    Returns (p, batch). Raises `FlowError` if some member is not done after `max_steps` steps.
    """
    final = np.array(state, dtype=float)
    running = np.arange(final.shape[-1])
    state, data, clock = final.copy(), [np.asarray(a) for a in data], np.zeros(final.shape[-1])
    slope = velocity(state, *data)
    speed, size = (np.sqrt(np.mean(v**2, axis=0)) for v in (slope, state))
    step = np.minimum(0.01 * (atol + size) / np.maximum(speed, 1e-300), time)
    for _ in range(max_steps):
        with np.errstate(over="ignore", invalid="ignore"):  # a trial step may explode; it is then refused
            slopes = [slope]
            for row in _WEIGHTS:
                trial = state + step * _mix(row, slopes)
                slopes.append(velocity(trial, *data))
            error = step * _mix(_ERROR, slopes)
            scale = atol + rtol * np.abs(state).max(axis=0)  # not of the trial: one that explodes excuses itself
            size = np.sqrt(np.mean((error / scale) ** 2, axis=0))
        size = np.where(np.isfinite(size), size, 1e10)
        accepted = size <= 1
        state = np.where(accepted, trial, state)
        slope = np.where(accepted, slopes[-1], slope)
        clock = np.where(accepted, clock + step, clock)
        step = step * np.clip(0.9 * np.maximum(size, 1e-10) ** -0.2, 0.2, 5.0)
        step = np.minimum(step, np.maximum(time - clock, 0.0))
        done = clock >= time * (1 - 1e-14)
        if at_rest is not None:
            done = done | (accepted & at_rest(state, *data))
        if done.any():
            final[:, running[done]] = state[:, done]
            left = ~done
            running, state, slope, clock, step = running[left], state[:, left], slope[:, left], clock[left], step[left]
            data = [a[..., left] for a in data]
            if running.size == 0:
                return final
    raise FlowError(
        f"{running.size} of {final.shape[-1]} flows had not converged after {max_steps} steps: "
        "the design is close to singular or the start close to a saddle; loosen the tolerance or raise max_steps"
    )


def _mix(weights: Sequence[float], slopes: Sequence[np.ndarray]) -> np.ndarray:
    return sum(weight * k for weight, k in zip(weights, slopes, strict=True) if weight)  # type: ignore[return-value]


def residual(design: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Xw − y for designs (n, d, batch), labels (n, batch) and weights (d, batch): shape (n, batch)."""
    return np.einsum("ndb,db->nb", design, weights) - labels


def gradient(design: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """∇ = Xᵀ(Xw − y), shape (d, batch)."""
    return np.einsum("ndb,nb->db", design, residual(design, labels, weights))


def gradient_scale(design: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """‖X‖(‖X‖‖w‖ + ‖y‖), shape (batch,): a gradient that is small beside it has vanished to rounding."""
    size, fit, given = (np.sqrt(np.sum(a * a, axis=tuple(range(a.ndim - 1)))) for a in (design, weights, labels))
    return size * (size * fit + given)


def end_to_end(layers: Layers) -> np.ndarray:
    """The product W_1W_2…W_L, shape (d, batch), of layers (d, k, batch), (k, k, batch), …, (k, 1, batch)."""
    vector = layers[-1][:, 0]
    for matrix in reversed(layers[:-1]):
        vector = np.einsum("ijb,jb->ib", matrix, vector)
    return vector


def layer_gradients(layers: Layers, upstream: np.ndarray) -> Layers:
    """Gradients of the loss in every layer by backpropagation, given the gradient `upstream` (d, batch) in w."""
    suffixes = [np.ones((1, upstream.shape[-1]))]
    for matrix in reversed(layers[1:]):
        suffixes.append(np.einsum("ijb,jb->ib", matrix, suffixes[-1]))
    gradients, carried = [], upstream
    for matrix, suffix in zip(layers, reversed(suffixes), strict=True):
        gradients.append(carried[:, None] * suffix[None, :])
        carried = np.einsum("ijb,ib->jb", matrix, carried)
    return gradients


def pack(layers: Layers) -> np.ndarray:
    """All weights of a batch of networks as one array (p, batch)."""
    return np.concatenate([layer.reshape(-1, layer.shape[-1]) for layer in layers])


def unpack(state: np.ndarray, like: Layers) -> Layers:
    """The layers, shaped like `like`, that `pack` made into `state`."""
    cuts = np.cumsum([layer.shape[0] * layer.shape[1] for layer in like])[:-1]
    parts = np.split(state, cuts)
    return [part.reshape(*layer.shape[:2], -1) for part, layer in zip(parts, like, strict=True)]


def train_layers(
    layers: Layers,
    design: np.ndarray,
    labels: np.ndarray,
    *,
    trained: Sequence[bool] | None = None,
    time: float = math.inf,
    weight_decay: float = 0.0,
    tolerance: float = 1e-6,
    rtol: float = 1e-8,
    max_steps: int = 200_000,
) -> Layers:
    """Gradient flow of all weight matrices on ½‖Xw − y‖² + ½ weight_decay Σ‖W_l‖², to rest or to `time`.

    design: (n, d, batch).  labels: (n, batch).  trained: one flag per layer (all by default).
    At rest: the gradient in the end-to-end vector (with weight decay or frozen layers, the speed of the layers) is
    below `tolerance` times what data and weights could give it; keep that above 10·rtol. A flow on a plateau around
    the saddle w = 0 is given up only when it is 10⁻⁴ times slower still.
    """
    flags = [True] * len(layers) if trained is None else list(trained)

    def velocity(state: np.ndarray, design: np.ndarray, labels: np.ndarray) -> np.ndarray:
        now = unpack(state, layers)
        moves = layer_gradients(now, gradient(design, labels, end_to_end(now)))
        return -pack([(g + weight_decay * w) * flag for g, w, flag in zip(moves, now, flags, strict=True)])

    plain = all(flags) and weight_decay == 0

    def at_rest(state: np.ndarray, design: np.ndarray, labels: np.ndarray) -> np.ndarray:
        now = unpack(state, layers)
        weights = end_to_end(now)
        scale = gradient_scale(design, labels, weights)
        others = (np.sum(state**2, axis=0) / len(layers)) ** ((len(layers) - 1) / 2)
        speed = np.sqrt(np.sum(velocity(state, design, labels) ** 2, axis=0)) / np.maximum(others, 1)
        if not plain:
            return speed <= tolerance * scale
        slope = np.sqrt(np.sum(gradient(design, labels, weights) ** 2, axis=0))
        return (slope <= tolerance * scale) | (speed <= _STALLED * tolerance * scale)

    final = integrate(
        velocity,
        pack(layers),
        (design, labels),
        time=time,
        rtol=rtol,
        atol=rtol * 1e-2,
        at_rest=at_rest if math.isinf(time) else None,
        max_steps=max_steps,
    )
    return unpack(final, layers)


def train_chain(
    column: np.ndarray,
    scalars: np.ndarray,
    design: np.ndarray,
    labels: np.ndarray,
    *,
    time: float = math.inf,
    tolerance: float = 1e-6,
    rtol: float = 1e-8,
    max_steps: int = 200_000,
) -> tuple[np.ndarray, np.ndarray]:
    """Gradient flow of a network of width one: first layer `column` (d, batch), then L − 1 `scalars` (L−1, batch).

    Returns the column and the scalars at the end; the end-to-end vector is column · Π scalars.
    """
    dim = column.shape[0]
    layers: Layers = [column[:, None], *(a[None, None] for a in scalars)]
    final = train_layers(layers, design, labels, time=time, tolerance=tolerance, rtol=rtol, max_steps=max_steps)
    return final[0].reshape(dim, -1), np.stack([a[0, 0] for a in final[1:]])


def train_reduced(
    weights: np.ndarray,
    design: np.ndarray,
    labels: np.ndarray,
    depth: float,
    *,
    time: float = math.inf,
    tolerance: float = 1e-6,
    rtol: float = 1e-8,
    max_steps: int = 200_000,
) -> np.ndarray:
    """Gradient flow of a balanced rank-one network of any real depth ≥ 1, followed through its end-to-end vector only:
    w' = −‖w‖^{2−2/L}[∇ + (L−1)ŵŵᵀ∇], in the coordinates of span(row space, w0), so n + 1 numbers per network.

    weights: (d, batch). Returns (d, batch).
    """
    spanned = np.concatenate([np.moveaxis(design, -1, 0), np.moveaxis(weights[None], -1, 0)], axis=1)
    basis = np.moveaxis(np.linalg.qr(np.swapaxes(spanned, 1, 2))[0], 0, -1)
    small = np.einsum("ndb,dkb->nkb", design, basis)

    def velocity(w: np.ndarray, design: np.ndarray, labels: np.ndarray) -> np.ndarray:
        slope = gradient(design, labels, w)
        square = np.sum(w * w, axis=0)
        along = np.sum(w * slope, axis=0) / square
        return -(square ** (1 - 1 / depth)) * (slope + (depth - 1) * along * w)

    def at_rest(w: np.ndarray, design: np.ndarray, labels: np.ndarray) -> np.ndarray:
        slope, square = gradient(design, labels, w), np.sum(w * w, axis=0)
        stalled = square ** (1 - 1 / depth) * depth <= _STALLED * tolerance
        scale = tolerance * gradient_scale(design, labels, w)
        return stalled | (np.sqrt(np.sum(slope**2, axis=0)) <= scale)

    start = np.einsum("dkb,db->kb", basis, weights)
    final = integrate(
        velocity,
        start,
        (small, labels),
        time=time,
        rtol=rtol,
        atol=rtol * 1e-2,
        at_rest=at_rest if math.isinf(time) else None,
        max_steps=max_steps,
    )
    return np.einsum("dkb,kb->db", basis, final)


def rank_one_layers(
    rng: np.random.Generator, weights: np.ndarray, depth: int, width: int = 2, scales: Any = None
) -> Layers:
    """Layers of a rank-one network whose end-to-end vector is `weights` (d, batch), along random hidden directions.

    scales: norms of layers 2 … L, (L−1,) or (L−1, batch); by default the network is balanced, every layer of norm
    ‖w‖^{1/L}. The first layer's norm follows from them.
    """
    batch = weights.shape[1]
    norm = np.sqrt(np.sum(weights * weights, axis=0))
    if depth == 1:
        return [weights[:, None].copy()]
    balanced = np.broadcast_to(norm ** (1 / depth), (depth - 1, batch))
    scales = balanced if scales is None else np.asarray(scales, dtype=float).reshape(depth - 1, -1) * np.ones(batch)
    hidden = rng.standard_normal((depth - 1, width, batch))
    hidden /= np.sqrt(np.sum(hidden * hidden, axis=1, keepdims=True))
    layers = [(weights / np.prod(scales, axis=0))[:, None] * hidden[0][None]]
    layers += [hidden[j][:, None] * hidden[j + 1][None] * scales[j] for j in range(depth - 2)]
    return [*layers, (hidden[-1] * scales[-1])[:, None]]


def small_random_layers(
    rng: np.random.Generator, dim: int, depth: int, batch: int = 1, width: int = 2, scale: float = 1e-3
) -> Layers:
    """Layers with independent N(0, scale²) weights, as pretraining starts."""
    sizes = [dim, *[width] * (depth - 1), 1]
    return [scale * rng.standard_normal((a, b, batch)) for a, b in pairwise(sizes)]
