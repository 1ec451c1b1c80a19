"""Training on a user's own arrays: where a learner ends up, in closed form or by integrating its gradient flow.

One table, `FITS`, says which (strategy, model) is trained how; a new model adds its lines there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.errors import MissingMethodError, UnknownNameError, refuse
from lintransfer.fitting.deep_linear import exact_deep, flow_deep
from lintransfer.fitting.linear import Fit, all_weights, exact_from, flow_from, head_alone
from lintransfer.fitting.shallow_relu import NetworkFit, fit_relu
from lintransfer.models import DeepLinear, Linear, ShallowReLU
from lintransfer.simulate.shallow_relu.kernel import KernelFit
from lintransfer.strategies import FineTune, Learner, LinearTransfer, Scratch, model_of

METHODS = ("auto", "exact", "flow")


def fit(
    learner: Learner, X: Any, y: Any, source: Any = None, method: str = "auto", key: int = 0
) -> np.ndarray | KernelFit | NetworkFit:
    r"""Weights at the end of training a learner on the arrays X, y; for a ReLU network, the function it has learnt.

    For the linear model: the minimiser of ‖y − Xw‖² + λ‖w − w0‖² (for λ = 0 the one closest to w0), w0 = 0 or the
    source weights; with a stopping time T, the weights :math:`w(T)` of gradient flow on 1/(2n) of that loss. Linear
    transfer returns the weights that its head gives to the inputs: features times head.

    For a deep linear network: the end point m + ρQw0 of gradient flow on all layers, from the rank-one network that
    computes the source, m = X⁺y. With imbalances (width one) the sign of ρ may be left open by what is conserved: the
    flow then decides it, also with method "exact". Documented values: a start on the ray to the saddle (balanced, source
    weights zero or exactly anti-aligned, as on whitened inputs) ends at 0; so does a chain whose largest imbalance is
    shared by two layers, if the flow stalls there; a zero source with negative imbalances ends at m.

    For a shallow ReLU network: a `KernelFit` (infinite width: regression of the residual y − f_S(X) with the arc-cosine
    kernel, f = f_S + K(·, X)(K(X, X) + λ)⁻¹(y − f_S(X))) or a `NetworkFit` (a finite network, drawn with seed `key` and
    trained), both to be called on inputs (n', d). The source is a function of inputs (n', d), linear weights (d,), the
    weights of a network (first (m, d), second (m,), optionally its scale) or what an earlier `fit` returned: a finite
    model goes on training a network, and keeps any other source frozen beside a new one.

    X: inputs, (n, d), n ≥ 0.  y: labels, (n,) or (n, k).  source: source weights, (d,) or (d, k); for
    `LinearTransfer` also (d, r), r features, each used at unit norm. Ignored by `Scratch`.
    method: "exact" (closed form), "flow" (the training itself, integrated by an adaptive solver; gradient descent for
    finite ReLU networks), or "auto": the first of the two that there is.

    Returns (d,), or (d, k) for k outputs, NumPy float64.
    Raises `DomainError` if shapes do not match, a number is not finite, or ReLU inputs are zero, parallel (naming the
    rows) or too many for memory, `UnknownNameError` for an unknown learner or
    method, `MissingMethodError` if this learner cannot be trained that way.

    >>> from lintransfer import FineTune, Scratch
    >>> X, y = np.eye(2, 3), np.array([1.0, 2.0])
    >>> fit(Scratch(), X, y)
    array([1., 2., 0.])
    >>> fit(FineTune(), X, y, source=[5.0, 5.0, 5.0])
    array([1., 2., 5.])
    >>> from lintransfer import ShallowReLU
    >>> learnt = fit(FineTune(ShallowReLU()), X, y, source=lambda inputs: inputs @ np.array([5.0, 5.0, 5.0]))
    >>> learnt(X).round(12)
    array([1., 2.])
    """
    if not isinstance(learner, Learner):
        raise UnknownNameError(f"learner must be an instance of a strategy, as in Scratch(), got {learner!r}")
    if method not in METHODS:
        raise UnknownNameError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    if isinstance(model_of(learner), ShallowReLU):
        return fit_relu(learner, X, y, source, method, key)
    train = _route(learner, method)
    design = _matrix("X", X)
    if design.ndim != 2 or design.shape[1] == 0:
        refuse("X", "a matrix (n, d) with d ≥ 1", got=f"shape {design.shape}")
    labels = _matrix("y", y)
    if labels.ndim not in (1, 2) or len(labels) != len(design) or labels.shape[1:] == (0,):
        rows = len(design)
        refuse("y", f"labels ({rows},) or ({rows}, k), one row for each row of X", got=f"shape {labels.shape}")
    outputs = labels.reshape(len(labels), -1) if labels.ndim == 2 else labels[:, None]
    weights = train(learner, design, outputs, _checked_source(learner, source, design.shape[1], outputs.shape[1]))
    return weights[:, 0] if labels.ndim == 1 else weights


def _route(learner: Learner, method: str) -> Fit:
    model = model_of(learner)
    found = FITS.get((type(learner), type(model)), {})
    if method == "auto" and found:
        return next(iter(found.values()))
    if method not in found:
        there = f"there is: {', '.join(found)}" if found else "there is none"
        raise MissingMethodError(f"method {method!r} is not there for fitting {learner!r}; {there}")
    return found[method]


def _matrix(argument: str, value: Any) -> np.ndarray:
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        refuse(argument, "an array of real numbers", value)
    if not np.all(np.isfinite(array)):
        refuse(argument, "finite (no nan, no inf)", got=f"{int(np.sum(~np.isfinite(array)))} non-finite entries")
    return array


def _checked_source(learner: Learner, source: Any, dim: int, outputs: int) -> np.ndarray | None:
    """Source weights as columns (d, r); they must be there, and match the outputs, where they are used."""
    if isinstance(learner, Scratch):
        return None
    if source is None:
        refuse("source", f"given: {type(learner).__name__} starts from source weights", source)
    weights = _matrix("source", source)
    if weights.ndim not in (1, 2) or len(weights) != dim or weights.size == 0:
        rule = f"weights ({dim},) or a matrix with {dim} rows, as X has columns"
        refuse("source", rule, got=f"shape {weights.shape}")
    columns = weights[:, None] if weights.ndim == 1 else weights
    if isinstance(learner, FineTune) and columns.shape[1] != outputs:
        refuse("source", f"of {outputs} column(s), one for each output of y", got=f"shape {weights.shape}")
    return columns


FITS: Mapping[tuple[type, type], Mapping[str, Fit]] = {
    (Scratch, Linear): {"exact": all_weights(exact_from), "flow": all_weights(flow_from)},
    (FineTune, Linear): {"exact": all_weights(exact_from), "flow": all_weights(flow_from)},
    (LinearTransfer, Linear): {"exact": head_alone(exact_from), "flow": head_alone(flow_from)},
    (Scratch, DeepLinear): {"exact": all_weights(exact_from)},
    (FineTune, DeepLinear): {"exact": exact_deep, "flow": flow_deep},
}
