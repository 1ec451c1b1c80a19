"""Experiments: slopes of what trained networks show of their cost, and least norms that are found by descent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.diagonal_linear.flow import Layers, before_pretraining, new_head, pretrain

Found = tuple[np.ndarray, Mapping[str, Any]]


def _cost(layers: Layers, weight: float, points: int = 200) -> float:
    """∫θ dβ from 0 to the weight, by Gauss–Legendre in β; θ is read off the layers that are turned until they compute β."""
    from scipy.optimize import brentq

    w, v = float(layers.first_plus[0]), float(layers.head_plus[0])

    def computed(theta: float) -> float:
        plus, minus = (np.array([[np.cosh(t), np.sinh(t)], [np.sinh(t), np.cosh(t)]]) @ [w, v] for t in (theta, -theta))
        return float(plus[0] * plus[1] - minus[0] * minus[1])

    nodes, shares = np.polynomial.legendre.leggauss(points)
    places = weight * (nodes + 1) / 2
    thetas = [brentq(lambda t, b=b: computed(t) - b, 0.0, 40.0, xtol=1e-15, rtol=1e-14) for b in places]
    return float(weight / 2 * shares @ thetas)


def _slope(cost: Any, at: float) -> float:
    """dlog cost/dlog at, by a central difference of sixth order."""
    step = 0.02
    logs = {k: np.log(cost(at * np.exp(k * step))) for k in (-3, -2, -1, 1, 2, 3)}
    return float(sum(c * (logs[k] - logs[-k]) for k, c in ((1, 45), (2, -9), (3, 1))) / (60 * step))


def orders(rng: np.random.Generator, replicates: int, first: float, head: float) -> Found:
    """How the cost grows with the weight."""
    layers = Layers(*(np.array([x]) for x in (first, first, head, head)))
    weight = float(rng.uniform(0.3, 2))
    return np.array(_slope(lambda b: _cost(layers, b), weight)), {
        "weight": weight, "root_k": 2 * (first**2 + head**2),
    }  # fmt: skip


def dependences(rng: np.random.Generator, replicates: int, scale: float, balance: float, head: float) -> Found:
    """How the cost falls with what pretraining made of the coordinate: networks pretrained to several weights."""
    weight, predictor = float(rng.uniform(0.3, 2)), float(rng.uniform(0.3, 2))

    def cost(pretrained: float) -> float:
        layers = pretrain([pretrained], before_pretraining(scale, balance, 1), rtol=1e-13)
        return _cost(new_head(layers, head), weight)

    return np.array(_slope(cost, predictor)), {
        "weight": weight, "predictor": predictor, "scale": scale, "balance": balance, "head": head,
    }  # fmt: skip


def sensitivities(rng: np.random.Generator, replicates: int, scale: float, balance: float, head: float) -> Found:
    """How w² + g² grows with what was pretrained."""
    predictor = float(rng.uniform(0.3, 2))

    def size(pretrained: float) -> float:
        layers = new_head(pretrain([pretrained], before_pretraining(scale, balance, 1), rtol=1e-13), head)
        return float(layers.first_plus[0] ** 2 + layers.head_plus[0] ** 2)

    return np.array(_slope(size, predictor)), {
        "predictor": predictor, "scale": scale, "balance": balance, "head": head,
    }  # fmt: skip


def least_norms(rng: np.random.Generator, replicates: int) -> Found:
    """min w_+² + w_−² + Σ_t (v_{t+}² + v_{t−}²) under v_{t+}w_+ − v_{t−}w_− = b_t, by a search over (w_+, w_−)."""
    from scipy.optimize import minimize

    goals = rng.standard_normal(2)

    def norm(logs: np.ndarray) -> float:
        w = np.exp(logs)  # of given features the heads of least norm are those of least squares
        heads = np.outer(goals, [w[0], -w[1]]) / (w @ w)
        return float(w @ w + np.sum(heads**2))

    best = min(
        minimize(norm, start, method="BFGS", options={"gtol": 1e-11}).fun for start in rng.standard_normal((4, 2))
    )
    return np.array(best), {"first": goals[0], "second": goals[1]}
