"""Deep linear networks on a user's own arrays, from the rank-one network whose end-to-end vector is the source."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.errors import MissingMethodError, refuse
from lintransfer.fitting.arrays import Fits, fit_weights
from lintransfer.fitting.linear import all_weights, exact_from, ridge_of, time_of
from lintransfer.simulate.deep_linear.reduced import Rest, follow_balanced, follow_chain
from lintransfer.strategies import FineTune, Scratch, model_of
from lintransfer.theory.deep_linear.end_points import deep_end_point, end_point_parts, ends_at_saddle
from lintransfer.theory.deep_linear.unbalanced_chains import (
    chain_end_points,
    chain_imbalances,
    initial_scales,
    unbalanced_retention,
)

# Deep linear networks: from the rank-one network whose end-to-end vector is the source.


def _deep_model(learner: Any, y: np.ndarray) -> Any:
    if y.shape[1] > 1 or ridge_of(learner) != 0 or time_of(learner) != math.inf:
        raise MissingMethodError(
            f"fitting {learner!r} to labels of shape {y.shape} is not there: one output, no ridge, trained to convergence"
        )
    return model_of(learner)


def exact_deep(learner: Any, X: np.ndarray, y: np.ndarray, source: Any) -> np.ndarray:
    model = _deep_model(learner, y)
    labels, start = y[:, 0], source[:, 0]
    if not len(X):
        return source
    if model.is_balanced:
        return deep_end_point(X, labels, start, float(model.depth))[:, None]
    return _chain_end_point(_imbalances(model, start), X, labels, start)[:, None]


def flow_deep(learner: Any, X: np.ndarray, y: np.ndarray, source: Any) -> np.ndarray:
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
            "imbalance",
            "at most 0 from source weights that vanish (a first layer of norm > 0 would need a direction)",
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


FITS: Fits = {
    Scratch: {"exact": all_weights(exact_from)},  # from a vanishing start: the minimum-norm fit
    FineTune: {"exact": exact_deep, "flow": flow_deep},
}


def fit_model(learner: Any, X: Any, y: Any, source: Any, method: str, key: int) -> np.ndarray:
    """`lintransfer.fit` for this family."""
    return fit_weights(FITS, learner, X, y, source, method)
