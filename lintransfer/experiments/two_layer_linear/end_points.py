"""Experiments: two-layer linear networks trained weight by weight, and what they end at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.two_layer_linear.single import train_every_weight, train_two_matrices

Found = tuple[np.ndarray, Mapping[str, Any]]


def task(rng: np.random.Generator, n: int, dim: int, n_features: int) -> dict[str, Any]:
    """A design, labels and a network with nothing special about them."""
    return {
        "X": rng.standard_normal((n, dim)),
        "y": rng.standard_normal(n),
        "features": rng.standard_normal((n_features, dim)) / math.sqrt(dim),
        "head": rng.standard_normal(n_features),
    }


def rows_of(X: np.ndarray) -> np.ndarray:
    """An orthonormal basis of the rows of X, as rows."""
    return np.linalg.qr(X.T)[0].T


def split(X: np.ndarray, vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The parts of a vector within the rows of X and orthogonal to them."""
    rows = rows_of(X)
    seen = rows.T @ (rows @ vector)
    return seen, vector - seen


def conserved(rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int) -> Found:
    """vvᵀ/η_v − BBᵀ/η_B at the end of a training, and where it started."""
    world, rates = task(rng, n, dim, n_features), (0.7, 1.9)
    end = train_every_weight(**world, rates=rates, time=3.0)
    after = np.outer(end.head, end.head) / rates[1] - end.features @ end.features.T / rates[0]
    start = {name: world[name] for name in ("features", "head")}
    return after, start | dict(zip(("feature_rate", "head_rate"), rates, strict=True))


def drift(rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int, step: float) -> Found:
    """One step of gradient descent on both layers."""
    X, y, b, v = task(rng, n, dim, n_features).values()
    slope = X.T @ (X @ (b.T @ v) - y)
    by_features, by_head = np.outer(v, slope), b @ slope
    moved, turned = b - step * by_features, v - step * by_head
    change = (np.outer(turned, turned) - moved @ moved.T) - (np.outer(v, v) - b @ b.T)
    return change, {"feature_gradient": by_features, "head_gradient": by_head, "step": step}


def _trainings(rng: np.random.Generator, replicates: int, n: int, dim: int, make: Any) -> tuple[Any, Any]:
    pairs = [make(task(rng, n, dim, 1)) for _ in range(replicates)]
    values = np.array([value for value, _ in pairs])
    return values, {name: np.array([told[name] for _, told in pairs]) for name in pairs[0][1]}


def head_sizes(rng: np.random.Generator, replicates: int, n: int, dim: int) -> Found:
    """|v| at the end with one feature, from any start."""

    def make(world: dict[str, Any]) -> tuple[float, dict[str, float]]:
        end = train_every_weight(**world)
        seen, _ = split(world["X"], world["features"][0])
        fit = np.linalg.pinv(world["X"]) @ world["y"]
        return abs(end.head[0]), {"head": world["head"][0], "seen_energy": seen @ seen, "fit_energy": fit @ fit}

    return _trainings(rng, replicates, n, dim, make)


def distorted_features(rng: np.random.Generator, replicates: int, n: int, dim: int) -> Found:
    """Risk of both layers where the feature was perfect: θ_T = t b_0, v_0² > ‖Pb_0‖²."""

    def make(world: dict[str, Any]) -> tuple[float, dict[str, float]]:
        feature, scale = world["features"][0], float(rng.uniform(-2, 2))
        seen, kept = split(world["X"], feature)
        head = float(rng.choice([-1, 1])) * (1.1 + rng.uniform()) * math.sqrt(seen @ seen)
        target = scale * feature
        world |= {"y": world["X"] @ target, "head": np.array([head])}
        miss = train_every_weight(**world).weights - target
        return miss @ miss, {"scale": scale, "head": head, "seen_energy": seen @ seen, "kept_energy": kept @ kept}

    return _trainings(rng, replicates, n, dim, make)


def input_shifts(rng: np.random.Generator, replicates: int, n: int, dim: int) -> Found:
    """Risk of both layers where the target differs from the source within the rows of X only."""

    def make(world: dict[str, Any]) -> tuple[float, dict[str, float]]:
        X, feature = world["X"], world["features"][0]
        seen, kept = split(X, feature)
        head = float(rng.choice([-1, 1])) * (1.1 + rng.uniform()) * math.sqrt(seen @ seen)
        target = head * feature + X.T @ rng.standard_normal(n) / dim
        world |= {"y": X @ target, "head": np.array([head])}
        miss, (fit, _) = train_every_weight(**world).weights - target, split(X, target)
        told = {"head": head, "seen_energy": seen @ seen, "kept_energy": kept @ kept, "fit_energy": fit @ fit}
        return miss @ miss, told

    return _trainings(rng, replicates, n, dim, make)


def first_layers(rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int, time: float) -> Found:
    """The first layer alone: features, head and weights in one array."""
    world = task(rng, n, dim, n_features)
    end = train_every_weight(**world, trained="first", time=time)
    return np.concatenate([end.features.ravel(), end.head, end.weights]), world | {"time": time}


def shells(rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int) -> Found:
    """‖X⁺y‖², and the heads before and after a training of both layers."""
    world = task(rng, n, dim, n_features)
    end = train_every_weight(**world)
    fit = np.linalg.pinv(world["X"]) @ world["y"]
    seen = world["features"] @ rows_of(world["X"]).T
    return np.array(fit @ fit), {"head": end.head, "start": world["head"], "seen": seen}


def one_sample(rng: np.random.Generator, replicates: int, dim: int, n_features: int, time: float = math.inf) -> Found:
    """e^{2φ} as the network tells it: how far v + Bx/‖x‖ has grown."""
    found, told = [], []
    for sign in np.resize([1.0, -1.0], replicates):
        world = task(rng, 1, dim, n_features)
        world["y"] = sign * np.abs(world["y"])
        end = train_every_weight(**world, time=time)
        norm = float(np.linalg.norm(world["X"]))
        unit = world["X"][0] / norm
        plus, minus = world["head"] + world["features"] @ unit, world["head"] - world["features"] @ unit
        grown = (end.head + end.features @ unit) @ plus / (plus @ plus)
        found.append(grown**2)
        told.append((world["y"][0], norm, plus @ plus, minus @ minus))
    names = ("label", "input_norm", "plus_energy", "minus_energy")
    return np.array(found), dict(zip(names, np.transpose(told), strict=True))


def one_sample_at(rng: np.random.Generator, replicates: int, dim: int, n_features: int, time: float) -> Found:
    """As `one_sample`, on the way."""
    values, told = one_sample(rng, replicates, dim, n_features, time)
    return values, {"time": time, **told}


def balanced_products(
    rng: np.random.Generator, replicates: int, n: int, dim: int, outputs: int, n_features: int, imbalance: float,
    time: float,
) -> Found:  # fmt: skip
    """All products of the layers of a λ-balanced network with several outputs, on orthonormal inputs."""
    X = np.linalg.qr(rng.standard_normal((max(n, dim), min(n, dim))))[0]
    X = X if n >= dim else X.T
    Y = rng.standard_normal((n, outputs))
    hidden = np.linalg.qr(rng.standard_normal((n_features, n_features)))[0]
    scales = np.sqrt(rng.uniform(0.2, 1.5, n_features) + max(-imbalance, 0.0))
    left = np.linalg.qr(rng.standard_normal((min(n, dim), n_features)))[0]
    right = np.linalg.qr(rng.standard_normal((outputs, n_features)))[0]
    first = hidden @ np.diag(scales) @ left.T
    second = right @ np.diag(np.sqrt(scales**2 + imbalance)) @ hidden.T
    start = first if n >= dim else first @ X + rng.standard_normal((n_features, dim)) @ (np.eye(dim) - X.T @ X)
    a, b = train_two_matrices(X, Y, start, second, time)
    inputs = a if n >= dim else a @ X.T
    products = np.concatenate([inputs.T, b])
    cross = Y.T @ X if n >= dim else Y.T
    told = {"time": time, "first": first, "second": second, "input_output": cross, "imbalance": imbalance}
    return products @ products.T, told
