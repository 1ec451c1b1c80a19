"""Diagonal linear networks on a user's own arrays, from scratch or after pretraining on the source weights."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.errors import MissingMethodError
from lintransfer.fitting.arrays import Fits, fit_weights
from lintransfer.fitting.linear import ridge_of, time_of
from lintransfer.simulate.diagonal_linear.flow import before_pretraining, new_head, pretrain, train
from lintransfer.strategies import FineTune, Scratch, model_of
from lintransfer.theory.diagonal_linear.implicit_bias import diagonal_end_point
from lintransfer.theory.diagonal_linear.pretraining import fine_tuning_scale

_TIGHT: dict[str, Any] = {"rtol": 1e-12, "at_rest": 1e-11}


def _model(learner: Any, y: np.ndarray) -> Any:
    if y.shape[1] > 1 or ridge_of(learner) != 0 or time_of(learner) != math.inf:
        raise MissingMethodError(
            f"fitting {learner!r} to labels of shape {y.shape} is not there: one output, no ridge, trained to convergence"
        )
    return model_of(learner)


def exact_diagonal(learner: Any, X: np.ndarray, y: np.ndarray, source: Any) -> np.ndarray:
    """The end point by its implicit bias."""
    model, dim = _model(learner, y), X.shape[1]
    if not len(X):
        return np.zeros((dim, 1))
    root = np.full(dim, 2.0 * model.scale)
    if source is not None:
        root = fine_tuning_scale(source[:, 0], model.scale, model.balance, model.head)
    return diagonal_end_point(X, y[:, 0], root)[:, None]


def flow_diagonal(learner: Any, X: np.ndarray, y: np.ndarray, source: Any) -> np.ndarray:
    """The end point by training: on the source weights first, if there are any."""
    model, dim = _model(learner, y), X.shape[1]
    if not len(X):
        return np.zeros((dim, 1))
    layers = before_pretraining(model.scale, model.balance, dim)
    if source is not None:
        head = layers.head_plus if model.head is None else model.head
        layers = new_head(pretrain(source[:, 0], layers, rtol=1e-12), head)
    return train(X[None], y[None, :, 0], layers, **_TIGHT).weights[0][:, None]


FITS: Fits = {who: {"exact": exact_diagonal, "flow": flow_diagonal} for who in (Scratch, FineTune)}


def fit_model(learner: Any, X: Any, y: Any, source: Any, method: str, key: int) -> np.ndarray:
    """`lintransfer.fit` for this family."""
    return fit_weights(FITS, learner, X, y, source, method)
