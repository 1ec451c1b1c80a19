"""Fits that end in weights: the arrays are checked, and one table per family says how each strategy is trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lintransfer.errors import MissingMethodError, refuse
from lintransfer.strategies import FineTune, Learner, Scratch
from lintransfer.validation import finite, is_traced, real_numbers

# fit(learner, X (n, d), y (n, k), source (d, r) or None) -> weights (d, k)
Fit = Callable[[Any, np.ndarray, np.ndarray, Any], np.ndarray]
Fits = Mapping[type, Mapping[str, Fit]]  # strategy -> method -> fit, the method that "auto" takes first


_MOST = 1e75


def fit_weights(fits: Fits, learner: Learner, X: Any, y: Any, source: Any, method: str) -> np.ndarray:
    """Weights (d,), or (d, k) for k outputs, by the fits of a family."""
    train = _fit_of(fits, learner, method)
    design = _matrix("X", X)
    if design.ndim != 2 or design.shape[1] == 0:
        refuse("X", "a matrix (n, d) with d ≥ 1", got=f"shape {design.shape}")
    labels = _matrix("y", y)
    if labels.ndim not in (1, 2) or len(labels) != len(design) or labels.shape[1:] == (0,):
        rows = len(design)
        refuse("y", f"labels ({rows},) or ({rows}, k), one row for each row of X", got=f"shape {labels.shape}")
    outputs = labels if labels.ndim == 2 else labels[:, None]
    weights = train(learner, design, outputs, _checked_source(learner, source, design.shape[1], outputs.shape[1]))
    return weights[:, 0] if labels.ndim == 1 else weights


def _fit_of(fits: Fits, learner: Learner, method: str) -> Fit:
    found = fits.get(type(learner), {})
    if method == "auto" and found:
        return next(iter(found.values()))
    if method not in found:
        there = f"there is: {', '.join(found)}" if found else "there is none"
        raise MissingMethodError(f"method {method!r} is not there for fitting {learner!r}; {there}")
    return found[method]


def _matrix(argument: str, value: Any) -> np.ndarray:
    array: np.ndarray = real_numbers(argument, plain(argument, value))
    finite(argument, array)
    largest = float(np.abs(array).max(initial=0))
    if largest and not 1 / _MOST <= largest <= _MOST:  # squares of squares are formed
        refuse(argument, f"of a scale between {1 / _MOST:g} and {_MOST:g}", got=f"a largest entry of {largest:.3g}")
    return array


def plain(argument: str, value: Any) -> Any:
    """`value`, refused if it is traced: training asks for numbers."""
    if is_traced(value):
        raise MissingMethodError(
            f"fit needs plain values, not traced ones, for {argument}: call it outside jit and grad"
        )
    return value


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
