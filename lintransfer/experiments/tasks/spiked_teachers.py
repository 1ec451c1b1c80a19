"""Experiments on rank-one teachers in noise: singular vectors of drawn matrices, each mode at the size that is best."""

from __future__ import annotations

import math

import numpy as np


def _noisy(rng: np.random.Generator, replicates: int, n_in: int, teacher: np.ndarray) -> tuple[np.ndarray, ...]:
    noise = rng.standard_normal((replicates, len(teacher), n_in)) / math.sqrt(n_in)
    return tuple(np.linalg.svd(teacher + noise, full_matrices=False))


def _rank_one(n_in: int, signal: float, aspect: float) -> tuple[np.ndarray, np.ndarray]:
    """u and v, spread over all coordinates."""
    n_out = round(aspect * n_in)
    return np.full(n_out, 1 / math.sqrt(n_out)), np.full(n_in, 1 / math.sqrt(n_in))


def singular_values(rng: np.random.Generator, replicates: int, n_in: int, signal: float, aspect: float) -> np.ndarray:
    u, v = _rank_one(n_in, signal, aspect)
    return np.asarray(_noisy(rng, replicates, n_in, signal * np.outer(u, v))[1][:, 0])


def output_overlaps(rng: np.random.Generator, replicates: int, n_in: int, signal: float, aspect: float) -> np.ndarray:
    u, v = _rank_one(n_in, signal, aspect)
    return np.asarray((_noisy(rng, replicates, n_in, signal * np.outer(u, v))[0][:, :, 0] @ u) ** 2)


def input_overlaps(rng: np.random.Generator, replicates: int, n_in: int, signal: float, aspect: float) -> np.ndarray:
    u, v = _rank_one(n_in, signal, aspect)
    return np.asarray((_noisy(rng, replicates, n_in, signal * np.outer(u, v))[2][:, 0] @ v) ** 2)


def _errors(rng: np.random.Generator, replicates: int, n_in: int, teacher: np.ndarray, modes: int) -> np.ndarray:
    """Squared errors with the largest modes of the noisy matrix, each at the size that fits the teacher best."""
    left, _, right = _noisy(rng, replicates, n_in, teacher)
    sizes = np.einsum("rok,oi,rki->rk", left[:, :, :modes], teacher, right[:, :modes])
    return np.asarray((teacher**2).sum() - (sizes**2).sum(axis=1))


def errors(rng: np.random.Generator, replicates: int, n_in: int, signal: float, aspect: float) -> np.ndarray:
    u, v = _rank_one(n_in, signal, aspect)
    return _errors(rng, replicates, n_in, signal * np.outer(u, v), 1)


def transfers(
    rng: np.random.Generator, replicates: int, n_in: int, signal: float, aspect: float, overlap: float
) -> np.ndarray:
    """Errors of two tasks apart, minus those of both stacked along their outputs."""
    u, v = _rank_one(n_in, signal, aspect)
    ramp = np.arange(n_in) - (n_in - 1) / 2
    other = overlap * v + math.sqrt(1 - overlap**2) * ramp / np.linalg.norm(ramp)
    tasks = [signal * np.outer(u, v), signal * np.outer(u, other)]
    apart = sum(_errors(rng, replicates, n_in, task, 1) for task in tasks)
    return np.asarray(apart - _errors(rng, replicates, n_in, np.concatenate(tasks), 2))
