r"""Infinitely wide ReLU networks simulated: kernel regression of a residual, drawn end to end.

The kernel is written here as its definition, with the library's arccos: a check of the fast one, not a user of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import scipy.linalg

from lintransfer.designs import checked_rows, refuse_beyond_memory, refuse_parallel_rows
from lintransfer.errors import DomainError, refuse
from lintransfer.simulate.shallow_relu.networks import Network, predict
from lintransfer.simulate.teachers import covariance_root
from lintransfer.validation import real_numbers


def plain_kernel(inputs: Any, others: Any, trained: str = "both") -> np.ndarray:
    """‖x‖‖x'‖ K(cos) from the definition, (..., n, n'); trained: "first", "second" or "both"."""
    lengths, other_lengths = (np.linalg.norm(v, axis=-1) for v in (inputs, others))
    scale = lengths[..., :, None] * other_lengths[..., None, :]
    # A contiguous copy: stacked products of a transposed view are ten times slower in NumPy.
    cosine = np.clip(inputs @ np.ascontiguousarray(np.swapaxes(others, -1, -2)) / scale, -1, 1)
    if inputs is others:
        rows = np.arange(cosine.shape[-1])
        cosine[..., rows, rows] = 1  # a rounding error here is magnified by arccos
    angle = np.arccos(cosine)
    gates = cosine * (np.pi - angle) / (2 * np.pi)
    if trained == "first":
        return scale * gates
    if trained not in ("second", "both"):
        refuse("trained", '"first", "second" or "both"', trained)
    outputs = gates + np.sqrt((1 - cosine) * (1 + cosine)) / (2 * np.pi)
    return scale * (outputs if trained == "second" else gates + outputs)


def as_function(start: Any) -> Callable[[np.ndarray], np.ndarray]:
    """A start function from None (zero), linear weights (d,), a `Network` or a callable on inputs (n, d)."""
    if start is None:
        return _zeros
    if isinstance(start, Network):
        return partial(_network_outputs, start)
    if callable(start):
        return partial(_outputs, start)
    weights = np.asarray(start, dtype=float)
    if weights.ndim != 1 or not np.all(np.isfinite(weights)):
        refuse("start", "None, a callable, a Network or finite linear weights (d,)", start)
    return partial(_products, weights)


def _zeros(inputs: np.ndarray) -> np.ndarray:
    return np.zeros(len(inputs))


def _network_outputs(network: Network, inputs: np.ndarray) -> np.ndarray:
    return np.asarray(predict(network, inputs))


def _products(weights: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    return np.asarray(inputs @ weights)


def _outputs(function: Callable[[np.ndarray], Any], inputs: np.ndarray) -> np.ndarray:
    """One finite number per row, or a `DomainError` that says what the function gave instead."""
    values = real_numbers("start", function(inputs), "a function that gives real numbers")
    if values.shape != (len(inputs),):
        refuse("start", f"a function that gives ({len(inputs)},) on inputs {inputs.shape}", f"shape {values.shape}")
    if not np.all(np.isfinite(values)):
        refuse("start", "finite on all inputs", f"{int(np.sum(~np.isfinite(values)))} non-finite numbers")
    return values


@dataclass(frozen=True)
class KernelFit:
    """What an infinitely wide network has learnt: f(x) = start(x) + Σ_i dual_i K(x, x_i), called on inputs (n', d).

    start: function of inputs (n', d).  inputs: training inputs (n, d).  dual: (n,).  kernel: of two sets of rows.
    """

    start: Callable[[np.ndarray], np.ndarray]
    inputs: np.ndarray
    dual: np.ndarray
    kernel: Callable[[Any, Any], Any]

    def __call__(self, points: Any) -> np.ndarray:
        points = np.asarray(checked_rows(points, "points"), dtype=float)
        if points.shape[1] != self.inputs.shape[1]:
            refuse("points", f"of the dimension {self.inputs.shape[1]} of the training inputs", f"shape {points.shape}")
        start = self.start(points)
        return start + np.asarray(self.kernel(points, self.inputs)) @ self.dual if len(self.inputs) else start


def kernel_fit(
    inputs: Any,
    labels: Any,
    *,
    start: Any = None,
    ridge: float = 0.0,
    kernel: Callable[[Any, Any], Any] = plain_kernel,
    memory: float | None = None,
    argument: str = "inputs",
) -> KernelFit:
    r"""The function that an infinitely wide network learns from a start function.

    .. math:: f = f_{start} + K(\cdot, X)\,(K(X,X) + \lambda_0 I)^{-1}(y - f_{start}(X))

    inputs: (n, d).  labels: (n,).  start: see `as_function`.  kernel: function of two sets of rows, (n, n').
    memory: bytes that may be used.  argument: what errors call the inputs.
    Returns a `KernelFit`, to be called on inputs (n', d).
    Raises `DomainError` for non-finite or zero rows, a Gram matrix beyond memory (with the estimate) or a singular one
    (naming parallel rows).
    """
    inputs, labels = np.asarray(checked_rows(inputs, argument), dtype=float), np.asarray(labels, dtype=float)
    if labels.shape != inputs.shape[:1] or not np.all(np.isfinite(labels)):
        refuse("labels", f"{len(inputs)} finite numbers, one per row of inputs", f"shape {labels.shape}")
    if not ridge >= 0:
        refuse("ridge", "a number ≥ 0", ridge)
    refuse_beyond_memory(len(inputs), len(inputs), copies=4, memory=memory)
    if ridge == 0:
        refuse_parallel_rows(inputs, argument)
    function = as_function(start)
    gram = np.array(kernel(inputs, inputs))
    gram[np.diag_indices_from(gram)] += ridge
    try:
        factor = scipy.linalg.cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
    except scipy.linalg.LinAlgError:
        raise DomainError(
            f"{argument} must give a Gram matrix that is positive definite to rounding, got a singular one: without bias "
            "the odd part of a ReLU kernel is linear, so more than d antipodal pairs are dependent; give a ridge > 0"
        ) from None
    dual = scipy.linalg.cho_solve(factor, labels - function(inputs), check_finite=False)
    return KernelFit(function, inputs, dual, kernel)


def draw_inputs(rng: np.random.Generator, shape: tuple[int, ...], law: str = "sphere", covariance: Any = None) -> Any:
    """Inputs (..., n, d), uniform on the unit sphere (law "sphere") or N(0, Σ) (law "gaussian")."""
    rows = rng.standard_normal(shape)
    if law == "sphere":
        return rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    if law != "gaussian":
        refuse("law", '"sphere" or "gaussian"', law)
    root = covariance_root(covariance, shape[-1])
    if root is None:
        return rows
    return rows * root if np.ndim(root) == 1 else rows @ root.T


def kernel_risk_samples(
    rng: np.random.Generator,
    replicates: int,
    *,
    n: int,
    target: Any,
    initial: Any = None,
    source: Any = None,
    n_source: int | None = None,
    noise_std: float = 0.0,
    source_noise_std: float = 0.0,
    ridge: float = 0.0,
    source_ridge: float = 0.0,
    trained: str = "both",
    law: str = "sphere",
    covariance: Any = None,
    learners: Sequence[str] = ("start",),
    test_points: int = 200,
) -> np.ndarray:
    """Excess risks of infinitely wide networks trained end to end, (len(learners), replicates).

    target, initial, source: linear teachers (d,).  Learner "start" begins at x·initial (zero if None) or, if n_source
    is given, at the kernel fit of a source set with labels x·source + noise; learner "scratch" begins at zero on the
    same target data. The risk of each replicate is measured on `test_points` fresh inputs.
    """
    target = np.asarray(target, dtype=float)
    dim = len(target)
    risks = np.empty((len(learners), replicates))
    per_replicate = 8 * 6 * (n * n + n * test_points + (n_source or 0) * (n + test_points + (n_source or 0)))
    chunk = max(1, int(4 * 2**20 / max(per_replicate, 1)))
    for begin in range(0, replicates, chunk):
        size = min(chunk, replicates - begin)
        inputs, points = (draw_inputs(rng, (size, m, dim), law, covariance) for m in (n, test_points))
        labels = inputs @ target + noise_std * rng.standard_normal((size, n))
        start, start_points = np.zeros((size, n)), np.zeros((size, test_points))
        if n_source is not None:
            seen = draw_inputs(rng, (size, n_source, dim), law, covariance)
            told = seen @ np.asarray(source, dtype=float) + source_noise_std * rng.standard_normal((size, n_source))
            dual = _solve(plain_kernel(seen, seen, trained), told, source_ridge)
            start, start_points = ((plain_kernel(x, seen, trained) @ dual[..., None])[..., 0] for x in (inputs, points))
        elif initial is not None:
            start, start_points = inputs @ np.asarray(initial, dtype=float), points @ np.asarray(initial, dtype=float)
        gram, across = plain_kernel(inputs, inputs, trained), plain_kernel(points, inputs, trained)
        for i, learner in enumerate(learners):
            used = learner == "start"
            dual = _solve(gram, labels - used * start, ridge)
            error = used * start_points + (across @ dual[..., None])[..., 0] - points @ target
            risks[i, begin : begin + size] = np.mean(error**2, axis=-1)
    return risks


def _solve(gram: np.ndarray, labels: np.ndarray, ridge: float) -> np.ndarray:
    return np.linalg.solve(gram + ridge * np.eye(gram.shape[-1]), labels[..., None])[..., 0]
