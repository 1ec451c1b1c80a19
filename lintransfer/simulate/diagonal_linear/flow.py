"""Gradient flow of diagonal linear networks β = v_+w_+ − v_−w_−, all 4d weights, many networks at once.

Nothing is reduced and nothing conserved is used. Times are those of gradient flow on the mean loss (1/2n)‖y − Xβ‖².
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import refuse
from lintransfer.simulate.deep_linear.flow import gradient, gradient_scale, integrate

_AT_REST = 1e-7  # of the gradient, relative to what its terms are


class Layers(NamedTuple):
    """Weights of diagonal networks, each (d,) or (b, d): first layer w_±, head v_±."""

    first_plus: np.ndarray
    first_minus: np.ndarray
    head_plus: np.ndarray
    head_minus: np.ndarray

    @property
    def weights(self) -> np.ndarray:
        """β = v_+w_+ − v_−w_−."""
        return self.head_plus * self.first_plus - self.head_minus * self.first_minus


def equal_pairs(first: Any, head: Any, dim: int) -> Layers:
    """Both pairs at w (a number or (d,)) in the first layer and g in the head: β = 0."""
    w, g = (np.broadcast_to(np.asarray(a, float), (dim,)) for a in (first, head))
    return Layers(w, w, g, g)


def train(
    design: np.ndarray, labels: np.ndarray, layers: Layers, *, time: float = math.inf, rtol: float = 1e-8,
    at_rest: float = _AT_REST, max_steps: int = 200_000,
) -> Layers:  # fmt: skip
    """Gradient flow of a batch of networks, for `time` or to rest.

    design: (b, n, d), n ≥ 1.  labels: (b, n).  layers: of (d,) or (b, d).  rtol: of the integrator.  at_rest: the gradient,
    relative to the size of its terms, at which a network has come to rest.
    Raises `FlowError` if some network has not come to rest within `max_steps`.
    """
    if design.ndim != 3 or labels.shape != design.shape[:2] or design.shape[1] == 0:
        refuse("design", "(b, n, d) with n ≥ 1 and labels (b, n)", got=f"shapes {design.shape} and {labels.shape}")
    batch, n, dim = design.shape
    start = np.concatenate([np.broadcast_to(a, (batch, dim)).T for a in layers])
    data = [np.moveaxis(design, 0, -1), labels.T]

    def split(state: np.ndarray) -> Layers:
        return Layers(*(state[i * dim : (i + 1) * dim] for i in range(4)))

    def velocity(state: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        now = split(state)
        slope = gradient(X, y, now.weights) / n
        return np.concatenate(
            [-now.head_plus * slope, now.head_minus * slope, -now.first_plus * slope, now.first_minus * slope]
        )

    def rests(state: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        weights = split(state).weights
        left = np.sqrt(np.sum(gradient(X, y, weights) ** 2, axis=0))
        found: np.ndarray = left <= at_rest * gradient_scale(X, y, weights)
        return found

    end = integrate(
        velocity, start, data, time=time, rtol=rtol, atol=1e-3 * rtol, at_rest=rests if time == math.inf else None,
        max_steps=max_steps,
    )  # fmt: skip
    return Layers(*(part.T for part in split(end)))


def train_products(
    design: np.ndarray, labels: np.ndarray, first: Any, head: Any, *, rtol: float = 1e-8, at_rest: float = _AT_REST
) -> np.ndarray:
    """Weights β = u·v, (b, d), at rest, of networks with one pair per coordinate: the same flow, its second pair silent."""
    none = np.zeros(np.shape(first))
    layers = Layers(np.asarray(first, float), none, np.asarray(head, float), none)
    return train(design, labels, layers, rtol=rtol, at_rest=at_rest).weights


def pretrain(target: Any, layers: Layers, rtol: float = 1e-10) -> Layers:
    """The network after it has learnt the weights `target` (d,) on inputs that tell them all apart."""
    wanted = np.asarray(target, float)
    end = train(np.eye(len(wanted))[None], wanted[None], layers, rtol=rtol, at_rest=max(2e-12, 10 * rtol))
    return Layers(*(part[0] for part in end))


def before_pretraining(scale: float, balance: float, dim: int) -> Layers:
    """w_± = √(a(1+λ)/2) and v_± = √(a(1−λ)/2)."""
    return equal_pairs(math.sqrt(scale * (1 + balance) / 2), math.sqrt(scale * (1 - balance) / 2), dim)


def new_head(layers: Layers, head: Any, convention: str = "sum") -> Layers:
    """Pretrained networks as fine-tuning finds them: v_± = g over one first layer for both pairs.

    convention: "sum" (w_+ + w_−), "mean" (half of it), "norm" (√(w_+² + w_−²)), or "keep": w_± as they are, β(0) ≠ 0.
    """
    plus, minus = layers.first_plus, layers.first_minus
    if convention == "keep":
        g = np.broadcast_to(np.asarray(head, float), plus.shape)
        return Layers(plus, minus, g, g)
    ways = {"sum": plus + minus, "mean": (plus + minus) / 2, "norm": np.hypot(plus, minus)}
    if convention not in ways:
        refuse("convention", '"sum", "mean", "norm" or "keep"', convention)
    return equal_pairs(ways[convention], head, plus.shape[-1])
