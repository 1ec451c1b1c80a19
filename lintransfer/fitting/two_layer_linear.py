"""Two-layer linear networks on a user's own arrays: the layers of the source, (B, v), trained as a strategy says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from lintransfer.errors import MissingMethodError, refuse
from lintransfer.fitting.arrays import plain
from lintransfer.fitting.linear import ridge_of, time_of
from lintransfer.simulate.two_layer_linear.single import Network, checked, train_one
from lintransfer.strategies import FineTune, FirstLayer, LinearTransfer, ProbeThen
from lintransfer.theory.two_layer_linear.end_points import (
    NetworkEnd,
    first_layer_end,
    one_feature_end,
    one_sample_state,
    probed_head_end,
)


@dataclass(frozen=True)
class Motion:
    """How far training moved the features Z = XBᵀ of some inputs, (N, k): before Z_0, after Z (Ren et al. 2023).

    distance: ‖Z − Z_0‖.  dot: ⟨Z, Z_0⟩.  cosine: dot/(‖Z‖‖Z_0‖).  norm: ‖Z‖; all Frobenius.  energy: the root mean square
    of the residual y − f on the training set when the features began to move, ‖e_0‖/√n.
    """

    distance: float
    cosine: float
    dot: float
    norm: float
    energy: float


@dataclass(frozen=True, eq=False)
class TwoLayerFit:
    """A trained network f(x) = vᵀBx, to be called on inputs (N, d).

    features: B (k, d).  head: v (k,).  start: B before training.  energy: see `Motion`.
    """

    features: np.ndarray
    head: np.ndarray
    start: np.ndarray
    energy: float

    @property
    def weights(self) -> np.ndarray:
        """w = Bᵀv, (d,)."""
        return self.head @ self.features

    def __call__(self, inputs: Any) -> np.ndarray:
        """f at inputs (N, d)."""
        return _inputs(inputs, self.features.shape[1]) @ self.weights

    def motion(self, inputs: Any) -> Motion:
        """How the features of these inputs (N, d) moved."""
        rows = _inputs(inputs, self.features.shape[1])
        before, after = rows @ self.start.T, rows @ self.features.T
        dot, norm, first = float(np.sum(before * after)), float(np.linalg.norm(after)), float(np.linalg.norm(before))
        cosine = dot / (norm * first) if norm * first > 0 else math.nan
        return Motion(float(np.linalg.norm(after - before)), cosine, dot, norm, self.energy)


def fit_model(learner: Any, X: Any, y: Any, source: Any, method: str, key: int) -> TwoLayerFit:
    """The network at the end of training; the arguments are those of `lintransfer.fit`."""
    if not isinstance(learner, FineTune | FirstLayer | ProbeThen | LinearTransfer):
        raise MissingMethodError(
            f"fitting {learner!r} is not there: it starts from no features; Scratch() ends there too"
        )
    network = _network(X, y, source)
    if getattr(learner, "head", "source") == "zero" or isinstance(learner, ProbeThen):
        network = network._replace(head=np.zeros_like(network.head))
    if isinstance(learner, ProbeThen):
        head = probed_head_end(*network, learner.time).head if len(network.labels) else network.head
        learner, network = learner.strategy, network._replace(head=head)
    residual = network.labels - network.design @ (network.head @ network.features)
    energy = float(np.sqrt(np.mean(residual**2))) if residual.size else 0.0
    end = _trained(learner, network, method)
    return TwoLayerFit(np.asarray(end.features), np.asarray(end.head), network.features, energy)


def _trained(learner: Any, network: Network, method: str) -> Any:
    time, ridge = time_of(learner), ridge_of(learner)
    if not len(network.labels) or time == 0 or ridge == math.inf:
        return network
    layers = {FirstLayer: "first", LinearTransfer: "second"}.get(type(learner), "both")
    if ridge != 0:
        raise MissingMethodError(f"fitting {learner!r} to arrays is not there: no ridge on two layers")
    if layers == "first" and not network.head.any():
        refuse("head", "non-zero to train the first layer, which gets no gradient through a zero head", got="zeros")
    if method == "flow":
        return train_one(*network, trained=layers, time=time)
    if layers == "first":
        return first_layer_end(*network, time)
    if layers == "second":
        return probed_head_end(*network, time)
    end = _both(network) if time == math.inf else None
    if end is None and method == "exact":
        raise MissingMethodError(
            'method "exact" is not there for both layers here: it knows one feature whose head keeps its sign, and one '
            'sample; method "flow" integrates the rest'
        )
    return train_one(*network, time=time) if end is None else end


def _both(network: Network) -> NetworkEnd | None:
    """The end point of both layers where it is known in closed form."""
    design, labels, features, head = network
    if len(labels) == 1 and design.any():
        row, norm = design[0], float(np.linalg.norm(design[0]))
        seen = features @ row / norm
        state = one_sample_state(float(labels[0]), norm, head, seen)
        if np.isfinite(state.head).all() and state.head.any():
            moved = features + np.outer(state.seen - seen, row / norm)
            return NetworkEnd(moved, state.head, state.head @ moved)
    if len(head) == 1:
        end = one_feature_end(design, labels, features, head)
        return end if np.isfinite(end.weights).all() else None
    return None


def _network(X: Any, y: Any, source: Any) -> Network:
    if not isinstance(source, tuple | list) or len(source) != 2:
        refuse("source", "a pair (B, v): features (k, d) and a head (k,)", source)
    features, head, design = plain("features", source[0]), plain("head", source[1]), plain("X", X)
    shape = np.shape(design)
    if len(shape) == 2 and shape[0] == 0 < shape[1]:  # nothing to learn from: only the network is looked at
        rest = checked(np.ones((1, shape[1])), np.ones(1), features, head)
        return rest._replace(design=np.zeros(shape), labels=np.zeros(0))
    return checked(design, plain("y", y), features, head)


def _inputs(inputs: Any, dim: int) -> np.ndarray:
    rows = np.asarray(plain("inputs", inputs), dtype=float)
    if rows.ndim != 2 or rows.shape[1] != dim:
        refuse("inputs", f"a matrix with {dim} columns", got=f"shape {rows.shape}")
    return rows
