r"""Surgical fine-tuning of two-layer ReLU networks f(x) = vᵀrelu(Bx) that knew their world until it shifted (Lee et al. 2023).

The source is the teacher itself. Then either its inputs are seen through x → Ax, which a first layer BA⁻¹ undoes and in
general no last layer does, or its outputs are asked for as y → ty, which the last layer tv does exactly. With t < 0, v ≥ 0
and hence y ≥ 0 the first layer alone cannot: f ≥ 0 whatever B is, so that E(f − ty)² ≥ t²Ey².
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.errors import refuse
from lintransfer.simulate.shallow_relu.networks import Network, in_own_precision, predict, refit_head
from lintransfer.simulate.shallow_relu.training import stable_learning_rate, train

STRATEGIES = ("none", "first", "second", "both")
_CAUTION = 0.2  # of the stable step at the start: a head that turns round makes the kernel several times as large


class Shift(NamedTuple):
    """Source networks in worlds that have shifted. network: batch (b,).  inputs: (b, n, d) and labels: (b, n), after the
    shift.  tests: (b, n', d) with test_labels: (b, n').  solution: the networks (b,) that are right after the shift."""

    network: Network
    inputs: np.ndarray
    labels: np.ndarray
    tests: np.ndarray
    test_labels: np.ndarray
    solution: Network


def draw_sources(rng: np.random.Generator, dim: int, width: int, seeds: int, positive: bool = True) -> Network:
    """Networks with rows of B from N(0, I/d) and heads v in [½, 1½], or of alternating signs; a batch (seeds,)."""
    first = rng.standard_normal((seeds, width, dim)) / np.sqrt(dim)
    second = rng.uniform(0.5, 1.5, (seeds, width))
    return _network(first, second if positive else second * np.where(np.arange(width) % 2 == 0, 1.0, -1.0))


@in_own_precision
def input_shift(network: Network, rng: np.random.Generator, n: int, strength: float, tests: int = 1000) -> Shift:
    """What was N(0, I) is seen through x → Ax, A = I + strength · G/√d with G of independent N(0, 1) entries.

    network: sources (b,), each with an A of its own.  n: samples.
    """
    first = np.asarray(network.first)
    seeds, _, dim = first.shape
    seen_as = np.eye(dim) + strength * rng.standard_normal((seeds, dim, dim)) / np.sqrt(dim)
    before = rng.standard_normal((seeds, n + tests, dim))
    labels, after = np.asarray(predict(network, before)), before @ np.swapaxes(seen_as, -1, -2)
    solution = _network(first @ np.linalg.inv(seen_as), network.second)
    return Shift(network, after[:, :n], labels[:, :n], after[:, n:], labels[:, n:], solution)


@in_own_precision
def output_shift(network: Network, rng: np.random.Generator, n: int, factor: float, tests: int = 1000) -> Shift:
    """Inputs N(0, I), and labels `factor` times what they were.  network: sources (b,).  n: samples."""
    seeds, _, dim = network.first.shape
    inputs = rng.standard_normal((seeds, n + tests, dim))
    labels = factor * np.asarray(predict(network, inputs))
    solution = _network(network.first, factor * np.asarray(network.second))
    return Shift(network, inputs[:, :n], labels[:, :n], inputs[:, n:], labels[:, n:], solution)


def tuned(shift: Shift, strategy: str, max_steps: int = 5_000) -> Network:
    """The networks (b,) after tuning "first", "second" or "both" layers, or "none".

    A last layer alone is least squares, nearest to where it started; the others are gradient descent with momentum, and of
    them `max_steps` at most.
    """
    if strategy not in STRATEGIES:
        refuse("strategy", '"none", "first", "second" or "both"', strategy)
    if strategy == "none":
        return shift.network
    network = shift.network
    with jax.enable_x64(True):
        if strategy == "second":
            rest = shift.labels - np.asarray(predict(network, shift.inputs))
            change = refit_head(network, shift.inputs, rest).second
            return _network(network.first, np.asarray(network.second) + np.asarray(change))
        rate = stable_learning_rate(network, shift.inputs, strategy) * _CAUTION
        done = train(
            network, shift.inputs, shift.labels, trained=strategy, learning_rate=rate, momentum=0.9, max_steps=max_steps,
            tolerance=1e-6,
        )  # fmt: skip
    return _network(*done.network[:2])


def relative_loss(network: Network, inputs: Any, labels: Any) -> np.ndarray:
    """Σ(f − y)²/Σy² of each network, (b,)."""
    missed = np.asarray(predict(network, inputs)) - labels
    return np.sum(missed**2, axis=-1) / np.sum(np.square(labels), axis=-1)


@in_own_precision
def auto_rgn(network: Network, inputs: Any, labels: Any) -> np.ndarray:
    """Weights (..., 2) of the learning rates of first and last layer in Auto-RGN: ‖gradient‖/‖weights‖ over its maximum.

    inputs: (..., n, d).  labels: (..., n). Gradients of the mean loss (1/2n)‖f(X) − y‖²; nan where nothing moves.
    """
    hidden = jnp.einsum("...nd,...md->...nm", inputs, network.first)
    scale = network.scale[..., None]
    pull = scale * (predict(network, inputs) - labels) / inputs.shape[-2]
    force = jnp.einsum("...nm,...nd->...md", jnp.where(hidden > 0, pull[..., None], 0.0), inputs)
    on_first = network.second[..., None] * force
    on_second = jnp.sum(network.first * force, axis=-1)
    first = jnp.sqrt(jnp.sum(on_first**2, axis=(-1, -2)) / jnp.sum(network.first**2, axis=(-1, -2)))
    second = jnp.sqrt(jnp.sum(on_second**2, axis=-1) / jnp.sum(network.second**2, axis=-1))
    both = np.stack([np.asarray(first), np.asarray(second)], axis=-1)
    largest = both.max(axis=-1, keepdims=True)
    return np.divide(both, largest, out=np.full_like(both, np.nan), where=largest > 0)


def _network(first: Any, second: Any) -> Network:
    return Network(*(np.asarray(v, dtype=float) for v in (first, second, np.ones(np.shape(second)[:-1]))))
