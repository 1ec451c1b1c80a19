"""Shallow ReLU networks trained on a user's own arrays: kernel regression at infinite width, real training at finite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import numpy as np

from lintransfer.designs import checked_rows, refuse_beyond_memory
from lintransfer.errors import LinTransferError, MissingMethodError, refuse
from lintransfer.fitting.arrays import plain
from lintransfer.models import ShallowReLU
from lintransfer.simulate.shallow_relu.kernel import KernelFit, as_function, kernel_fit
from lintransfer.simulate.shallow_relu.networks import Network, draw_wide, predict
from lintransfer.simulate.shallow_relu.training import train_to_rest
from lintransfer.strategies import Scratch, model_of
from lintransfer.theory.shallow_relu.gram import gram_matrix
from lintransfer.validation import finite, real_numbers, whole_number


@dataclass(frozen=True)
class NetworkFit:
    """A trained finite network: f(x) = start(x) + network(x), called on inputs (n', d).

    network: `lintransfer.simulate.shallow_relu.networks.Network`, arrays first (m, d), second (m,) and the number scale.
    start: the frozen source function, zero where the network itself came from the source.
    loss: mean squared residual on the training set.
    """

    start: Callable[[np.ndarray], np.ndarray]
    network: Network
    loss: float

    def __call__(self, points: Any) -> np.ndarray:
        points = np.asarray(checked_rows(points, "points"), dtype=float)
        if points.shape[1] != self.network.first.shape[-1]:
            refuse("points", f"of the dimension {self.network.first.shape[-1]} of the network", f"shape {points.shape}")
        return self.start(points) + np.asarray(predict(self.network, points))


def fit_relu(
    learner: Any, X: Any, y: Any, source: Any = None, method: str = "auto", key: int = 0, memory: float | None = None
) -> KernelFit | NetworkFit:
    """Train a shallow ReLU learner on X (n, d), y (n,) and return the function it learns; see `lintransfer.fit`.

    memory: bytes that may be used, by default those that are free.
    """
    model: ShallowReLU = model_of(learner)
    there = "exact" if model.is_wide else "flow"
    if method not in ("auto", there):
        raise MissingMethodError(f"method {method!r} is not there for fitting {learner!r}; there is: {there}")
    if isinstance(learner.ridge, str) or learner.time != np.inf or learner.ridge < 0:
        raise MissingMethodError(
            f"fitting {learner!r} is not there: a ridge that is a number ≥ 0, trained to convergence"
        )
    inputs = _inputs(X)
    labels = _labels(y, len(inputs))
    start = None if isinstance(learner, Scratch) else _source(source, inputs.shape[1])
    if model.is_wide:
        kernel = partial(gram_matrix, trained=model.trained)
        if not len(inputs):
            return KernelFit(as_function(start), inputs, labels, kernel)
        options: dict[str, Any] = {"kernel": kernel, "memory": memory, "argument": "X"}
        return kernel_fit(inputs, labels, start=start, ridge=float(learner.ridge), **options)
    if learner.ridge != 0:
        raise MissingMethodError(f"fitting {learner!r} is not there: finite networks are trained without ridge")
    refuse_beyond_memory(len(inputs), int(max(model.width, len(inputs))), copies=6, memory=memory)
    return _train(model, inputs, labels, start, whole_number("key", key, 0))


def _train(model: ShallowReLU, inputs: np.ndarray, labels: np.ndarray, start: Any, key: int) -> NetworkFit:
    if isinstance(start, Network):
        if len(start.second) != model.width:
            refuse("source", f"a network of the model's width {model.width:g}", got=f"one of width {len(start.second)}")
        network, function = start, as_function(None)
    else:
        drawn = draw_wide(np.random.default_rng(key), inputs.shape[1], [int(model.width)])
        network, function = Network(*(leaf[0, 0] for leaf in drawn)), as_function(start)
    if not len(inputs):
        return NetworkFit(function, network, 0.0)
    with jax.enable_x64(True):
        batch = Network(*(np.asarray(leaf)[None] for leaf in network))
        done = train_to_rest(batch, inputs[None], (labels - function(inputs))[None], model.trained)
        if not done.converged[0]:
            raise LinTransferError(
                f"training of {model!r} did not come to rest within {int(done.steps[0])} steps (mean squared residual "
                f"{2 * float(done.loss[0]):.3g}); try a wider network, or drop nearly parallel rows"
            )
        return NetworkFit(function, Network(*(np.asarray(leaf)[0] for leaf in done.network)), 2 * float(done.loss[0]))


def _inputs(X: Any) -> np.ndarray:
    rows = real_numbers("X", plain("X", X))
    empty = rows.ndim == 2 and rows.shape[0] == 0 and rows.shape[1] > 0
    return rows if empty else np.asarray(checked_rows(rows, "X"), dtype=float)


def _labels(y: Any, rows: int) -> np.ndarray:
    labels = real_numbers("y", plain("y", y))
    if labels.shape != (rows,):
        refuse("y", f"labels ({rows},), one for each row of X", got=f"shape {labels.shape}")
    finite("y", labels)
    return labels


def _source(source: Any, dim: int) -> Any:
    """A start function's form that the simulators know: a callable, linear weights (d,) or a `Network`."""
    if source is None:
        refuse("source", "given: FineTune starts from a source function", source)
    if isinstance(source, NetworkFit) and not np.any(source.start(np.eye(dim))):
        source = source.network
    if isinstance(source, tuple | list) and len(source) in (2, 3) and getattr(source[0], "ndim", 1) == 2:
        parts = [real_numbers("source", part) for part in source]
        first, second, scale = (*parts, np.ones(()))[:3]
        matching = first.shape[1] == dim and second.shape == first.shape[:1] and scale.shape == ()
        if not matching or not all(np.all(np.isfinite(part)) for part in parts):
            refuse("source", f"a network of finite weights (m, {dim}) and (m,)", got=f"{first.shape}, {second.shape}")
        return Network(first, second, scale)
    if callable(source):
        return source
    weights = real_numbers("source", plain("source", source), f"a function, weights ({dim},) or a network's weights")
    if weights.shape != (dim,) or not np.all(np.isfinite(weights)):
        refuse("source", f"a function, finite weights ({dim},), or a network's weights (m, {dim}) and (m,)", source)
    return weights


def fit_model(learner: Any, X: Any, y: Any, source: Any, method: str, key: int) -> KernelFit | NetworkFit:
    """`lintransfer.fit` for this family."""
    return fit_relu(learner, X, y, source, method, key)
