"""Experiments: where diagonal networks end that are trained weight by weight."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.diagonal_linear.flow import Layers, equal_pairs, train, train_products

Found = tuple[np.ndarray, Mapping[str, Any]]
_TIGHT: dict[str, Any] = {"rtol": 1e-13, "at_rest": 2e-12}


def costs(rng: np.random.Generator, replicates: int, first: float, head: float) -> Found:
    """∫θ dβ on the way of one weight to its label, θ = ln of the growth of w_+ + v_+: what moving it costs."""
    from scipy.integrate import solve_ivp

    goal = float(rng.uniform(0.5, 2))

    def velocity(_: float, state: np.ndarray) -> np.ndarray:
        w_up, w_down, v_up, v_down, _, _ = state
        push = 1.0  # any monotone way of the weight will do
        theta = np.log((w_up + v_up) / (first + head))
        speed = push * (w_up**2 + v_up**2 + w_down**2 + v_down**2)
        return np.array([v_up, -v_down, w_up, -w_down, theta * speed, speed]) * push

    def arrived(_: float, state: np.ndarray) -> float:
        return float(state[5]) - goal

    arrived.terminal = True  # type: ignore[attr-defined]
    start = np.array([first, first, head, head, 0.0, 0.0])
    end = solve_ivp(velocity, (0.0, 50.0), start, "DOP853", events=arrived, rtol=1e-12, atol=1e-13).y[:, -1]
    return np.array(end[4]), {"weight": end[2] * end[0] - end[3] * end[1], "root_k": 2 * (first**2 + head**2)}


def _data(rng: np.random.Generator, n: int, dim: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.standard_normal((n, dim)), rng.standard_normal(n)


def end_points(rng: np.random.Generator, replicates: int, n: int, dim: int) -> Found:
    """Trained weights, from pairs that start alike, each coordinate at its own scale."""
    X, y = _data(rng, n, dim)
    first, head = rng.uniform(0.2, 1.2, (2, dim))
    end = train(X[None], y[None], equal_pairs(first, head, dim), **_TIGHT)
    return end.weights[0], {"X": X, "y": y, "first": first, "head": head}


def kept_end_points(rng: np.random.Generator, replicates: int, n: int, dim: int) -> Found:
    """Trained weights, from pairs of which each starts in a first layer of its own: β(0) ≠ 0."""
    X, y = _data(rng, n, dim)
    plus, minus, head = rng.uniform(-1, 1.5, dim), rng.uniform(0.2, 1.5, dim), rng.uniform(0.2, 1, dim)
    end = train(X[None], y[None], Layers(plus, minus, head, head), **_TIGHT)
    return end.weights[0], {"X": X, "y": y, "first_plus": plus, "first_minus": minus, "head": head}


def product_end_points(rng: np.random.Generator, replicates: int, n: int, dim: int) -> Found:
    """Trained weights of products u·v that start away from zero, some of the wrong sign."""
    X, y = _data(rng, n, dim)
    first, head = rng.uniform(-1.5, 1.5, (2, dim))
    end = train_products(X[None], y[None], first, head, **_TIGHT)
    return end[0], {"X": X, "y": y, "imbalance": (first**2 - head**2) / 2, "start": first * head}


def product_costs(rng: np.random.Generator, replicates: int, first: float, head: float) -> Found:
    """∫τ dβ on the way of one product u·v, τ the time that e^{±τ} drives u ± v: what moving it costs."""
    from scipy.integrate import solve_ivp

    goal = float(rng.uniform(-1, 1))

    def velocity(time: float, state: np.ndarray) -> np.ndarray:
        u, v, _ = state
        way = math.copysign(1.0, goal)
        return np.array([way * v, way * u, way * way * time * (u * u + v * v)])

    end = solve_ivp(velocity, (0.0, abs(goal)), np.array([first, head, 0.0]), "DOP853", rtol=1e-12, atol=1e-13).y[:, -1]
    imbalance = (first**2 - head**2) / 2
    return np.array(end[2]), {"weight": end[0] * end[1], "start": first * head, "imbalance": imbalance}
