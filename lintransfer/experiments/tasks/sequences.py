"""Experiments: tasks learnt one after the other, drawn and fitted from end to end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, least_squares
from lintransfer.simulate.teachers import covariance_root

_CHUNK = 4000


def teachers_of(gram: Any, dim: int) -> np.ndarray:
    """Vectors (K, d) with these inner products, on the first K axes."""
    root = covariance_root(np.asarray(gram, float), len(gram))
    return np.pad(root, ((0, 0), (0, dim - len(root))))


def train_in_turn(
    rng: np.random.Generator,
    replicates: int,
    sizes: Sequence[int],
    teachers: np.ndarray,
    noise_variances: Sequence[float],
    order: Sequence[int],
    covariances: Any = None,
    ridges: Sequence[float] | None = None,
    initial: Any = 0.0,
) -> np.ndarray:
    """Excess risks of every task after every stage of independent chains, (replicates, stages + 1, K).

    covariances: spectra (K, d), None for the identity.  ridges: λ_k of every task, anchored at the weights before.
    """
    tasks, dim = teachers.shape
    metric = np.ones((tasks, dim)) if covariances is None else np.asarray(covariances, float)
    weights = np.broadcast_to(np.asarray(initial, float), (replicates, dim)).copy()
    history = []
    for task in (None, *order):
        if task is not None:
            design = draw_inputs(rng, (replicates, sizes[task], dim), metric[task])
            noise = rng.standard_normal((replicates, sizes[task])) * noise_variances[task] ** 0.5
            labels = (design @ teachers[task] + noise)[..., None]
            ridge = 0.0 if ridges is None else ridges[task]
            weights = least_squares(design, labels, weights[..., None], ridge)[..., 0]
        error = weights[:, None, :] - teachers
        history.append(np.sum(error * error * metric, axis=-1))
    return np.stack(history, axis=1)


def in_pieces(replicates: int, draw: Any) -> np.ndarray:
    pieces = [min(_CHUNK, replicates - start) for start in range(0, replicates, _CHUNK)]
    return np.concatenate([draw(piece) for piece in pieces])


def risk_at_end(
    rng: np.random.Generator,
    replicates: int,
    sizes: Any,
    dim: int,
    gram: Any,
    noise_variances: Any,
    order: Any,
    at: Any,
) -> np.ndarray:
    """Risk on one task after one stage, `at` = (stage, task), of min-norm training in turn."""
    world = sizes, teachers_of(gram, dim), noise_variances, order
    return in_pieces(replicates, lambda size: train_in_turn(rng, size, *world)[:, at[0], at[1]])


def average_forgetting(
    rng: np.random.Generator, replicates: int, sizes: Any, dim: int, gram: Any, noise_variances: Any, definition: str
) -> np.ndarray:
    """Average forgetting of tasks 0, …, K − 1 in turn, by its definition."""
    count = len(sizes)
    world = sizes, teachers_of(gram, dim), noise_variances, range(count)

    def draw(size: int) -> np.ndarray:
        risks = train_in_turn(rng, size, *world)
        final = risks[:, count, :]
        if definition == "final":
            return final.mean(axis=1)
        lost = final - np.stack([risks[:, j + 1, j] for j in range(count)], axis=1)
        return lost[:, :-1].mean(axis=1) if definition == "past" else lost.mean(axis=1)

    return in_pieces(replicates, draw)


def stage(
    rng: np.random.Generator, replicates: int, n: int, dim: int, start_energy: float, cross_energy: float,
    distance_energy: float, noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Risk on task j after one stage on task τ. start_energy: ‖w − θ_j‖².  cross_energy: (w − θ_j)·(θ_τ − θ_j)."""
    gram = np.array([[start_energy, cross_energy], [cross_energy, distance_energy]])
    start, other = teachers_of(gram, dim)
    world = (n, n), np.stack([np.zeros(dim), other]), (0.0, noise_variance), (1,)
    return in_pieces(replicates, lambda size: train_in_turn(rng, size, *world, initial=start)[:, -1, 0])


def stage_change(
    rng: np.random.Generator, replicates: int, n: int, dim: int, start_energy: float, cross_energy: float,
    distance_energy: float, noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """The change of that risk."""
    risks = stage(rng, replicates, n, dim, start_energy, cross_energy, distance_energy, noise_variance)
    return risks - start_energy
