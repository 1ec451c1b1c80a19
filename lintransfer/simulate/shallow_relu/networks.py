r"""Finite two-layer ReLU networks f(x) = scale · Σ_j a_j relu(w_j·x), drawn and evaluated in JAX, many at once.

A batch of networks carries its seeds and widths on the leading axes. Narrow networks are padded to the widest with
neurons w = 0, a = 0: their gradients vanish (relu(0) = 0 on one side, a = 0 on the other), so they stay dead and a
whole sweep over widths compiles once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.errors import refuse


class Network(NamedTuple):
    """first: w (..., m, d).  second: a (..., m).  scale: (...,), m^{−1/2} in the kernel regime, 1 if small."""

    first: Any
    second: Any
    scale: Any


def in_own_precision(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run a function of (network, …) in 64-bit mode if the network is of that precision, whatever JAX is set to."""

    @wraps(function)
    def run(network: Network, *args: Any, **keywords: Any) -> Any:
        with jax.enable_x64(bool(jax.config.read("jax_enable_x64")) or network.first.dtype == np.float64):
            return function(network, *args, **keywords)

    return run


@in_own_precision
def predict(network: Network, inputs: Any) -> Any:
    """f(x) for inputs (..., n, d) that broadcast against the batch of networks; returns (..., n)."""
    hidden = jnp.maximum(jnp.einsum("...nd,...md->...nm", inputs, network.first), 0)
    return network.scale[..., None] * jnp.einsum("...nm,...m->...n", hidden, network.second)


@in_own_precision
def empirical_kernel(network: Network, inputs: Any, others: Any, trained: str = "both") -> Any:
    """∇f(x)·∇f(x') over the trained layers, at the weights the network has now; (..., n, n')."""
    left = jnp.einsum("...nd,...md->...nm", inputs, network.first)
    right = jnp.einsum("...nd,...md->...nm", others, network.first)
    kernel: Any = 0.0
    if trained in ("first", "both"):
        gates = jnp.einsum("...nm,...km,...m->...nk", left > 0, right > 0, network.second**2)
        kernel = kernel + gates * jnp.einsum("...nd,...kd->...nk", inputs, others)
    if trained in ("second", "both"):
        kernel = kernel + jnp.einsum("...nm,...km->...nk", jnp.maximum(left, 0), jnp.maximum(right, 0))
    return (network.scale**2)[..., None, None] * kernel


def draw_wide(
    rng: np.random.Generator, dim: int, widths: Any, seeds: int = 1, antisymmetric: bool = True, dtype: Any = np.float64
) -> Network:
    """Networks of the kernel regime: a_j = ±1, w_j ~ N(0, I), scale m^{−1/2}.

    widths: even numbers m ≥ 2, shape (k,).  seeds: networks per width.  antisymmetric: neurons come in pairs of equal w
    and opposite a, so that f = 0 at the start; else signs are drawn.  Returns a batch of shape (k, seeds).
    """
    widths = _checked_widths(widths, 2 if antisymmetric else 1)
    widest = int(widths.max())
    shape = (len(widths), seeds, widest)
    if antisymmetric:
        half = rng.standard_normal((len(widths), seeds, widest // 2, dim))
        first = np.repeat(half, 2, axis=2)
        second = np.broadcast_to(np.tile([1.0, -1.0], widest // 2), shape)
    else:
        first = rng.standard_normal((*shape, dim))
        second = rng.choice([1.0, -1.0], shape)
    real = np.arange(widest) < widths[:, None, None]
    scale = np.broadcast_to(widths[:, None] ** -0.5, shape[:2])
    return _network(first * real[..., None], second * real, scale, dtype)


def draw_small(
    rng: np.random.Generator, dim: int, widths: Any, size: float, seeds: int = 1, dtype: Any = np.float64
) -> Network:
    """Small balanced networks: w_j of norm `size`/√m in a random direction, |a_j| = ‖w_j‖, alternating signs, scale 1.

    widths: m ≥ 2, shape (k,).  Returns a batch of shape (k, seeds).
    """
    if not 0 < size < np.inf:
        refuse("size", "a positive number", size)
    widths = _checked_widths(widths, 2)
    widest = int(widths.max())
    first = rng.standard_normal((len(widths), seeds, widest, dim))
    norm = size / np.sqrt(widths)[:, None, None]
    first *= norm[..., None] / np.linalg.norm(first, axis=-1, keepdims=True)
    second = norm * np.where(np.arange(widest) % 2 == 0, 1.0, -1.0) * np.ones((1, seeds, 1))
    real = np.arange(widest) < widths[:, None, None]
    return _network(first * real[..., None], second * real, np.ones((len(widths), seeds)), dtype)


@in_own_precision
def refit_head(network: Network, inputs: Any, labels: Any, ridge: float = 0.0) -> Network:
    """The same frozen first layer with a new head: least squares of minimal norm (ridge 0) or ridge regression.

    inputs: (..., n, d).  labels: (..., n).  The penalty is ridge · Σ a_j² in the sum convention.
    """
    features = jnp.maximum(jnp.einsum("...nd,...md->...nm", inputs, network.first), 0) * network.scale[..., None, None]
    labels = jnp.broadcast_to(labels, features.shape[:-1])
    if ridge == 0:
        head = jnp.einsum("...mn,...n->...m", jnp.linalg.pinv(features), labels)
    else:
        gram = features @ jnp.swapaxes(features, -1, -2) + ridge * jnp.eye(features.shape[-2], dtype=features.dtype)
        dual = jnp.linalg.solve(gram, labels[..., None])[..., 0]
        head = jnp.einsum("...nm,...n->...m", features, dual)
    return network._replace(second=head)


def _checked_widths(widths: Any, least: int) -> np.ndarray:
    widths = np.atleast_1d(np.asarray(widths))
    if widths.ndim != 1 or not np.all(widths == np.floor(widths)) or widths.min(initial=least) < least:
        refuse("widths", f"whole numbers ≥ {least}", widths)
    if least == 2 and np.any(widths % 2):
        refuse("widths", "even (neurons come in pairs)", widths)
    return widths.astype(int)


def _network(first: np.ndarray, second: np.ndarray, scale: np.ndarray, dtype: Any) -> Network:
    if np.dtype(dtype) == np.float64:
        with jax.enable_x64(True):
            return Network(*(jnp.asarray(v, dtype) for v in (first, second, scale)))
    return Network(*(jnp.asarray(v, dtype) for v in (first, second, scale)))
