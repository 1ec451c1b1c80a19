"""Experiments: how the features of two-layer linear networks move."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.two_layer_linear.end_points import split, task
from lintransfer.simulate.two_layer_linear.single import train_every_weight

Found = tuple[np.ndarray, Mapping[str, Any]]


def steps(rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int, step: float) -> Found:
    """One step of gradient descent on B, seen at other inputs."""
    X, y, b, v = task(rng, n, dim, n_features).values()
    inputs = rng.standard_normal((3, dim))
    gradient = np.zeros_like(b)
    for x, label in zip(X, y, strict=True):
        gradient -= (label - v @ b @ x) * np.outer(v, x)
    moved = inputs @ (b - step * gradient).T - inputs @ b.T
    return moved, {"X": X, "residual": y - X @ b.T @ v, "head": v, "step": step, "inputs": inputs}


def uniform(rng: np.random.Generator, replicates: int) -> Found:
    """Distances of one-hot labels from the uniform prediction."""
    classes = rng.integers(1, 50, replicates)
    found = [np.linalg.norm(np.eye(k)[rng.integers(k)] - np.full(k, 1 / k)) for k in classes]
    return np.array(found), {"classes": classes.astype(float)}


def _moved(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    return np.array([np.linalg.norm(after - before), np.sum(after * before), np.sum(after * after)])


def first_layers(rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int) -> Found:
    """The first layer alone, features on the data."""
    world = task(rng, n, dim, n_features)
    X, y, b, v = world.values()
    before, after = X @ b.T, X @ train_every_weight(**world, trained="first").features.T
    output = before @ v
    energies = np.sum(before**2), output @ output, y @ output, y @ y, v @ v
    names = ("feature_energy", "output_energy", "cross_energy", "label_energy", "head_energy")
    return _moved(before, after), dict(zip(names, energies, strict=True))


def relative(rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int, energy: float) -> Found:
    """The first layer alone, where the output is 1 − E times the labels."""
    world = task(rng, n, dim, n_features)
    before = world["X"] @ world["features"].T
    world["y"] = before @ world["head"] / (1 - energy)
    after = world["X"] @ train_every_weight(**world, trained="first").features.T
    told = {"feature_energy": np.sum(before**2), "label_energy": np.sum(world["y"] ** 2)}
    return _moved(before, after), {"energy": energy, "head_energy": np.sum(world["head"] ** 2), **told}


def sweeps(rng: np.random.Generator, replicates: int, n: int, dim: int, energies: tuple[float, ...]) -> Found:
    """Both layers with one feature, right in all but scale: its part within the rows of X. Energies in units of where the
    sign turns, beyond 1."""
    found, told = [], []
    for energy in energies:
        world = task(rng, n, dim, 1)
        X, feature, scale = world["X"], world["features"][0], 1.3
        seen, _ = split(X, feature)
        length = math.sqrt(seen @ seen)
        energy = energy if energy <= 1 else 1 + energy * length / scale
        world |= {"y": scale * X @ feature, "head": np.array([(1 - energy) * scale])}
        end, _ = split(X, train_every_weight(**world).features[0])
        found.append(_moved(seen, end))
        told.append((energy, scale, seen @ seen))
    return np.transpose(found), dict(zip(("energy", "scale", "seen_energy"), np.transpose(told), strict=True))


def kernels(rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int) -> Found:
    """Inner products of the gradients of f in the head, and in the first layer, by complex steps in every weight."""
    X, _, b, v = task(rng, n, dim, n_features).values()
    tiny = 1e-30

    def slopes(weights: np.ndarray, output: Any) -> np.ndarray:
        columns = []
        for at in np.ndindex(weights.shape):
            nudged = weights.astype(complex)
            nudged[at] += 1j * tiny
            columns.append(np.imag(output(nudged)) / tiny)
        return np.stack(columns, axis=1)

    by_head, by_features = slopes(v, lambda w: X @ b.T @ w), slopes(b, lambda w: X @ w.T @ v)
    return np.array([by_head @ by_head.T, by_features @ by_features.T]), {"X": X, "features": b, "head": v}
