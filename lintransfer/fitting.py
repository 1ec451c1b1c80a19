"""Training on a user's own arrays: where a learner ends up, in closed form or by integrating its gradient flow.

One table, `FITS`, says which (strategy, model) is trained how; a new model adds its lines there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.errors import MissingMethodError, UnknownNameError, refuse
from lintransfer.models import DeepLinear, Linear, ShallowReLU
from lintransfer.relu_fitting import KernelFit, NetworkFit, fit_relu
from lintransfer.simulate.deep_reduced import Rest, follow_balanced, follow_chain
from lintransfer.simulate.end_to_end import spectral_step
from lintransfer.strategies import FineTune, Learner, LinearTransfer, Scratch, model_of
from lintransfer.theory.deep_end_points import deep_end_point, end_point_parts, ends_at_saddle
from lintransfer.theory.unbalanced_chains import (
    chain_end_points,
    chain_imbalances,
    initial_scales,
    unbalanced_retention,
)

METHODS = ("auto", "exact", "flow")

# fit(learner, X (n, d), y (n, k), source (d, r) or None) -> weights (d, k)
Fit = Callable[[Any, np.ndarray, np.ndarray, Any], np.ndarray]


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


# The linear model: a start, a penalty and a time are all that tells one learner from another.


def _exact_from(start: np.ndarray, learner: Any, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    return start + spectral_step(X, y - X @ start, _ridge(learner), _time(learner)) if len(X) else start


def _flow_from(start: np.ndarray, learner: Any, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    if len(X) == 0 or _time(learner) == 0:
        return start
    with jax.enable_x64(True):
        design, ridge, time = (jnp.asarray(v, dtype=jnp.float64) for v in (X, _ridge(learner), _time(learner)))
        # Outputs do not see each other: one at a time keeps the implicit solver's systems small.
        ends = [
            _integrate(design, jnp.asarray(labels), jnp.asarray(weights), ridge, time)
            for labels, weights in zip(y.T, start.T, strict=True)
        ]
        return np.stack([np.asarray(end) for end in ends], axis=1)


@jax.jit
def _integrate(X: Any, y: Any, start: Any, ridge: Any, time: Any) -> Any:
    """Gradient flow w' = −[Xᵀ(Xw − y) + λ(w − w0)]/n to the stopping time, or to rest."""
    import diffrax

    def velocity(t: Any, w: Any, args: Any) -> Any:
        return -(X.T @ (X @ w - y) + ridge * (w - start)) / X.shape[0]

    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(velocity),
        diffrax.Kvaerno5(),  # implicit: the rates of training spread over the square of the condition number
        t0=0.0,
        t1=time,
        dt0=None,
        y0=start,
        stepsize_controller=diffrax.PIDController(rtol=1e-9, atol=1e-11),
        event=diffrax.Event(diffrax.steady_state_event(rtol=1e-10, atol=1e-12)),
        max_steps=100_000,
    )
    return solution.ys[-1]


Linearly = Callable[[np.ndarray, Any, np.ndarray, np.ndarray], np.ndarray]


def _weights(train: Linearly) -> Fit:
    """All weights are trained, from zero or from the source."""

    def run(learner: Any, X: np.ndarray, y: np.ndarray, source: Any) -> np.ndarray:
        return train(np.zeros((X.shape[1], y.shape[1])) if source is None else source, learner, X, y)

    return run


def _head(train: Linearly) -> Fit:
    """Only a head on the source features is trained, from zero."""

    def run(learner: Any, X: np.ndarray, y: np.ndarray, source: Any) -> np.ndarray:
        norms = np.linalg.norm(source, axis=0)
        features = source / np.where(norms > 0, norms, 1.0)
        return features @ train(np.zeros((features.shape[1], y.shape[1])), learner, X @ features, y)

    return run


def _ridge(learner: Any) -> float:
    if isinstance(learner.ridge, str):
        refuse("ridge", 'a number to fit arrays ("optimal" needs a TransferProblem; see diagnose)', learner.ridge)
    return float(learner.ridge)


def _time(learner: Any) -> float:
    if isinstance(getattr(learner, "time", math.inf), str):
        refuse("time", 'a number to fit arrays ("optimal" needs a TransferProblem)', learner.time)
    return float(getattr(learner, "time", math.inf))


# Deep linear networks: from the rank-one network whose end-to-end vector is the source.


def _deep_model(learner: Any, y: np.ndarray) -> Any:
    if y.shape[1] > 1 or _ridge(learner) != 0 or _time(learner) != math.inf:
        raise MissingMethodError(
            f"fitting {learner!r} to labels of shape {y.shape} is not there: one output, no ridge, trained to convergence"
        )
    return model_of(learner)


def _deep_end_point(learner: Any, X: np.ndarray, y: np.ndarray, source: Any) -> np.ndarray:
    model = _deep_model(learner, y)
    labels, start = y[:, 0], source[:, 0]
    if not len(X):
        return source
    if model.is_balanced:
        return deep_end_point(X, labels, start, float(model.depth))[:, None]
    return _chain_end_point(_imbalances(model, start), X, labels, start)[:, None]


def _deep_flow(learner: Any, X: np.ndarray, y: np.ndarray, source: Any) -> np.ndarray:
    model = _deep_model(learner, y)
    labels, start = y[:, 0], source[:, 0]
    if not math.isfinite(model.depth):
        raise MissingMethodError('method "flow" needs a finite depth; method "exact" has depth = inf')
    if not len(X):
        return source
    if not model.is_balanced:
        return _chain_flow(_imbalances(model, start), X, labels, start).weights[:, None]
    if model.depth > 1 and ends_at_saddle(X, labels, start):
        return np.zeros_like(source)
    return follow_balanced(X, labels, start, float(model.depth)).weights[:, None]


def _imbalances(model: Any, start: np.ndarray) -> tuple[float, ...]:
    """Δ_2 … Δ_L, refused if no network of width one with this end-to-end vector is determined by them."""
    values = tuple(float(d) for d in chain_imbalances(model.depth, model.imbalance))
    if not start.any() and max(values) > 0:
        refuse(
            "imbalance", "at most 0 from source weights that vanish (a first layer of norm > 0 would need a direction)",
            model.imbalance,
        )
    return values


def _chain_end_point(imbalance: tuple[float, ...], X: np.ndarray, y: np.ndarray, start: np.ndarray) -> np.ndarray:
    """m ± |ρ|Qw0; the flow is integrated only where what is conserved leaves the sign open."""
    parts = end_point_parts(X, y, start)
    if not start.any():
        return parts.fit if max(imbalance) < 0 else 0 * start
    if max(imbalance) == 0 and ends_at_saddle(X, y, start):
        return 0 * start
    square = float(start @ start)
    end = unbalanced_retention(imbalance, square, parts.null_fraction, parts.fit_ratio * square)
    ahead, turned = chain_end_points(parts.fit, parts.kept, end.retention)
    if end.decided:
        return ahead
    rest = _chain_flow(imbalance, X, y, start)
    if rest.stalled:
        return 0 * start
    return ahead if (rest.weights - parts.fit) @ parts.kept >= 0 else turned


def _chain_flow(imbalance: tuple[float, ...], X: np.ndarray, y: np.ndarray, start: np.ndarray) -> Rest:
    if max(imbalance) == 0 and ends_at_saddle(X, y, start):
        return Rest(0 * start, True)
    heads = initial_scales(imbalance, float(start @ start))[1:]
    return follow_chain(X, y, start, np.sqrt(heads).tolist())


FITS: Mapping[tuple[type, type], Mapping[str, Fit]] = {
    (Scratch, Linear): {"exact": _weights(_exact_from), "flow": _weights(_flow_from)},
    (FineTune, Linear): {"exact": _weights(_exact_from), "flow": _weights(_flow_from)},
    (LinearTransfer, Linear): {"exact": _head(_exact_from), "flow": _head(_flow_from)},
    (Scratch, DeepLinear): {"exact": _weights(_exact_from)},
    (FineTune, DeepLinear): {"exact": _deep_end_point, "flow": _deep_flow},
}
