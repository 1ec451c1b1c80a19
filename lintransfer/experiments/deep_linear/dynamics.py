"""Experiments: gradient flow of deep linear networks: what is conserved, how fast, and where it ends."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.deep_linear.flow import end_to_end, rank_one_layers, train_layers


def _trained(
    rng: np.random.Generator, replicates: int, depth: int, time: float, initial: float, angle: float, teacher: float
) -> np.ndarray:
    """End-to-end vectors (replicates, 3) of layers trained on the population: X = 1, y = θ = (b, 0, 0)."""
    start = initial * np.array([math.cos(angle), math.sin(angle), 0.0])
    layers = rank_one_layers(rng, np.repeat(start[:, None], replicates, axis=1), depth)
    inputs = np.repeat(np.eye(3)[..., None], replicates, axis=-1)
    labels = np.repeat(teacher * np.eye(3)[:, :1], replicates, axis=1)
    return end_to_end(train_layers(layers, inputs, labels, time=time, rtol=1e-12)).T


def strengths(rng: np.random.Generator, replicates: int, depth: int = 2, angle: float = 0.0, **point: Any) -> Any:
    vectors = _trained(rng, replicates, depth, point["time"], point["initial"], angle, point["teacher_norm"])
    return np.linalg.norm(vectors, axis=1), {**point, "depth": depth}


def two_layer_strengths(rng: np.random.Generator, replicates: int, **point: Any) -> tuple[Any, Any]:
    values, _ = strengths(rng, replicates, **point)
    return values, point


def polar(rng: np.random.Generator, replicates: int, **point: float) -> tuple[Any, Any]:
    vectors = _trained(rng, replicates, 2, point["time"], point["initial"], point["angle"], point["teacher_norm"])
    angles = np.arctan2(np.linalg.norm(vectors[:, 1:], axis=1), vectors[:, 0])
    arguments = {name: np.full(replicates, value) for name, value in point.items()}
    return np.stack([np.linalg.norm(vectors, axis=1), angles]), arguments


def orbits(rng: np.random.Generator, replicates: int, depth: int, time: float, **point: float) -> tuple[Any, Any]:
    a, phi, b = point["initial"], point["initial_angle"], point["teacher_norm"]
    vectors = _trained(rng, replicates, depth, time, a, phi, b)
    angles = np.arctan2(np.linalg.norm(vectors[:, 1:], axis=1), vectors[:, 0])
    return np.linalg.norm(vectors, axis=1), {"angle": angles, **point, "depth": depth}


def durations(rng: np.random.Generator, replicates: int, depth: int, time: float, **point: float) -> tuple[Any, Any]:
    vectors = _trained(rng, replicates, depth, time, point["initial"], 0.0, point["teacher_norm"])
    return np.full(replicates, time), {"strength": np.linalg.norm(vectors, axis=1), **point, "depth": depth}


def against(rng: np.random.Generator, replicates: int, **point: Any) -> tuple[Any, Any]:
    values, _ = strengths(rng, replicates, angle=math.pi, **point)
    return values, point
