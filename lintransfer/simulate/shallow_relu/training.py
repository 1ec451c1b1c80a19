r"""Full-batch gradient descent on the mean loss (1/2n)‖f(X) − y‖² for a whole batch of two-layer ReLU networks.

One compilation serves every width (padded, see `lintransfer.simulate.shallow_relu.networks`), seed, learning rate, number of steps and
sample size (rows of weight 0). Gradients are written out: three contractions over samples per step, for the whole batch.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.errors import refuse
from lintransfer.simulate.shallow_relu.networks import Network, empirical_kernel, in_own_precision

_BLOCK = 50  # steps between two looks at the loss


class Training(NamedTuple):
    """The trained networks; loss (1/2n)‖f − y‖² and steps of each, and whether it had converged, all of batch shape."""

    network: Network
    loss: Any
    steps: Any
    converged: Any


def stable_learning_rate(network: Network, inputs: Any, trained: str = "both") -> Any:
    """n/λ_max of the network's own kernel: half the largest step at which gradient descent is stable, batch shape.

    1 where no neuron sees an input: such a network does not move.
    """
    largest = jnp.linalg.eigvalsh(empirical_kernel(network, inputs, inputs, trained))[..., -1]
    return jnp.where(largest > 0, inputs.shape[-2] / jnp.where(largest > 0, largest, 1), 1)


@in_own_precision
def train(
    network: Network,
    inputs: Any,
    labels: Any,
    *,
    trained: str = "both",
    learning_rate: Any = None,
    momentum: float = 0.0,
    max_steps: int = 10_000,
    min_steps: int = 0,
    tolerance: float = 1e-8,
    row_weights: Any = None,
) -> Training:
    r"""Train a batch of networks, each on its own data, by full-batch gradient descent.

    network: batch (...,).  inputs: (..., n, d) and labels: (..., n), broadcast against the batch.  trained: "first",
    "second" or "both".  learning_rate: (...,) or a number; by default `stable_learning_rate` (kernel regime).
    momentum: of Nesterov's method; 0 is plain gradient descent.  row_weights: (..., n) of 1 for samples and 0 for
    padding.  Stops when, after min_steps, every network has converged: its loss has left the start value by 1 %, and is
    either below tolerance² of it or changing by less than a fraction `tolerance` per unit of time; or its gradient is 0,
    because no neuron sees an input. (From a small start
    choose min_steps for a time of many ln(1/size): neurons that are still tiny do not show in the loss.)
    Returns a `Training`.
    Raises `DomainError` for unknown `trained` or non-finite data.
    """
    if trained not in ("first", "second", "both"):
        refuse("trained", '"first", "second" or "both"', trained)
    for name, values in (("inputs", inputs), ("labels", labels)):
        if not np.all(np.isfinite(values)):
            refuse(name, "finite (no nan, no inf)", f"{int(np.sum(~np.isfinite(values)))} non-finite numbers")
    shape, dtype = network.scale.shape, network.first.dtype
    inputs, labels = jnp.asarray(inputs, dtype), jnp.asarray(labels, dtype)
    rows = jnp.ones_like(labels) if row_weights is None else jnp.asarray(row_weights, dtype)
    rate = stable_learning_rate(network, inputs, trained) if learning_rate is None else learning_rate
    count, dim = inputs.shape[-2:]
    flat = Network(*(v.reshape(-1, *v.shape[len(shape) :]) for v in network))
    size = len(flat.scale)
    inputs = jnp.broadcast_to(inputs, (*shape, count, dim)).reshape(size, count, dim)
    labels, rows = (jnp.broadcast_to(v, (*shape, count)).reshape(size, count) for v in (labels, rows))
    rate = jnp.broadcast_to(jnp.asarray(rate, dtype), shape).reshape(size)
    limits = jnp.asarray(momentum, dtype), min_steps, max_steps, tolerance
    done = _descend(flat, inputs, labels, rows, rate, *limits, trained)
    shaped = Network(*(v.reshape(*shape, *v.shape[1:]) for v in done[0]))
    return Training(shaped, *(np.asarray(v).reshape(shape) for v in done[1:]))


def train_to_rest(
    network: Network, inputs: np.ndarray, labels: np.ndarray, trained: str = "both", max_steps: int = 20_000
) -> Training:
    """`train` in the kernel regime with momentum, until the networks interpolate or stand still.

    network: batch (b,).  inputs: (b, n, d) and labels: (b, n), n ≥ 1. They are padded to a power of 2, so that a sweep
    over n compiles only a few times.
    """
    count, padded = inputs.shape[-2], 1 << (inputs.shape[-2] - 1).bit_length()
    room = ((0, 0), (0, padded - count))
    rows = np.broadcast_to(np.arange(padded) < count, (len(inputs), padded)).astype(float)
    inputs, labels = np.pad(inputs, (*room, (0, 0))), np.pad(labels, room)
    # Where the kernel moves with the weights, half the limit of stability leaves room for it to grow.
    rate = stable_learning_rate(network, inputs, trained) * (count / padded) / 2
    return train(
        network,
        inputs,
        labels,
        trained=trained,
        learning_rate=rate,
        momentum=0.9,
        max_steps=max_steps,
        tolerance=1e-5,
        row_weights=rows,
    )


@partial(jax.jit, static_argnames="trained")
def _descend(
    network: Network,
    inputs: Any,
    labels: Any,
    rows: Any,
    rate: Any,
    momentum: Any,
    min_steps: Any,
    max_steps: Any,
    tolerance: Any,
    trained: str,
) -> tuple[Any, ...]:
    share = rows / jnp.sum(rows, axis=-1, keepdims=True)
    scale = network.scale[:, None]

    def gradients(first: Any, second: Any) -> tuple[Any, Any, Any]:
        hidden = jnp.einsum("bnd,bmd->bnm", inputs, first)
        active = jnp.maximum(hidden, 0)
        error = scale * jnp.einsum("bnm,bm->bn", active, second) - labels
        loss = jnp.sum(share * error * error, axis=-1) / 2
        pull = scale * share * error
        if trained == "second":
            return loss, 0.0, jnp.einsum("bnm,bn->bm", active, pull)
        force = jnp.einsum("bnm,bnd->bmd", jnp.where(hidden > 0, pull[..., None], 0), inputs)
        # relu(w·x) = 1{w·x>0} w·x: the gradient on the second layer costs no contraction over samples of its own.
        on_second = jnp.sum(first * force, axis=-1) if trained == "both" else 0.0
        return loss, second[..., None] * force, on_second

    def step(_: Any, state: Any) -> Any:
        first, second, first_speed, second_speed = state
        ahead = first + momentum * first_speed, second + momentum * second_speed
        _, on_first, on_second = gradients(*ahead)
        first_speed = momentum * first_speed - rate[:, None, None] * on_first
        second_speed = momentum * second_speed - rate[:, None] * on_second
        return first + first_speed, second + second_speed, first_speed, second_speed

    def body(carry: Any) -> Any:
        state, before, taken, count, done = carry
        state = jax.lax.fori_loop(0, _BLOCK, step, state)
        loss, on_first, on_second = gradients(state[0], state[1])
        dead = (jnp.max(jnp.abs(on_first), axis=(1, 2)) == 0) if trained != "second" else jnp.ones(loss.shape, bool)
        dead &= (jnp.max(jnp.abs(on_second), axis=1) == 0) if trained != "first" else True
        flat = jnp.abs(before - loss) <= tolerance * _BLOCK * rate * loss
        now = (flat & (loss < 0.99 * start)) | (loss <= tolerance**2 * start) | dead
        now = now & (count + _BLOCK >= min_steps)
        return state, loss, jnp.where(done, taken, count + _BLOCK), count + _BLOCK, now

    still = jnp.zeros_like(network.first), jnp.zeros_like(network.second)
    start = gradients(network.first, network.second)[0]
    carry = (network.first, network.second, *still), start, jnp.zeros(len(start), int), 0, start == 0
    carry = jax.lax.while_loop(lambda c: ~jnp.all(c[4]) & (c[3] < max_steps), body, carry)
    state, loss, taken, _, done = carry
    return Network(state[0], state[1], network.scale), loss, taken, done
