"""Experiments: tasks learnt one after the other, drawn and fitted from end to end; replay of kept rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def _in_pieces(replicates: int, draw: Any) -> np.ndarray:
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
    return _in_pieces(replicates, lambda size: train_in_turn(rng, size, *world)[:, at[0], at[1]])


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

    return _in_pieces(replicates, draw)


def stage(
    rng: np.random.Generator, replicates: int, n: int, dim: int, start_energy: float, cross_energy: float,
    distance_energy: float, noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Risk on task j after one stage on task τ. start_energy: ‖w − θ_j‖².  cross_energy: (w − θ_j)·(θ_τ − θ_j)."""
    gram = np.array([[start_energy, cross_energy], [cross_energy, distance_energy]])
    start, other = teachers_of(gram, dim)
    world = (n, n), np.stack([np.zeros(dim), other]), (0.0, noise_variance), (1,)
    return _in_pieces(replicates, lambda size: train_in_turn(rng, size, *world, initial=start)[:, -1, 0])


def stage_change(
    rng: np.random.Generator, replicates: int, n: int, dim: int, start_energy: float, cross_energy: float,
    distance_energy: float, noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """The change of that risk."""
    risks = stage(rng, replicates, n, dim, start_energy, cross_energy, distance_energy, noise_variance)
    return risks - start_energy


def order_difference(
    rng: np.random.Generator, replicates: int, first_n: int, second_n: int, dim: int, first_eigenvalue: float,
    second_eigenvalue: float, first_noise_variance: float, second_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """‖w − θ‖² after tasks 1, 2 minus that after 2, 1, on the same data; one teacher, w0 = 0."""

    def draw(size: int) -> np.ndarray:
        teacher, data = np.full(dim, 0.3), []
        for n, level, noise in (
            (first_n, first_eigenvalue, first_noise_variance),
            (second_n, second_eigenvalue, second_noise_variance),
        ):
            design = draw_inputs(rng, (size, n, dim)) * level**0.5
            data.append((design, (design @ teacher + noise**0.5 * rng.standard_normal((size, n)))[..., None]))
        errors = []
        for order in (data, data[::-1]):
            weights: Any = 0.0
            for design, labels in order:
                weights = least_squares(design, labels, weights)
            errors.append(np.sum((weights[..., 0] - teacher) ** 2, axis=-1))
        return errors[0] - errors[1]

    return _in_pieces(replicates, draw)


def replayed(what: int) -> Any:
    """A draw of the risks on the target (0) or the source (1) after replay, from w0 = 0."""

    def draw(
        rng: np.random.Generator, replicates: int, n: int, n_source: int, kept: int, dim: int, source_energy: float,
        target_energy: float, distance_energy: float, noise_variance: float, source_noise_variance: float,
    ) -> np.ndarray:  # fmt: skip
        cross = (source_energy + target_energy - distance_energy) / 2
        source, target = teachers_of([[source_energy, cross], [cross, target_energy]], dim)

        def some(size: int) -> np.ndarray:
            old = draw_inputs(rng, (size, n_source, dim))
            new = draw_inputs(rng, (size, n, dim))
            old_labels = old @ source + source_noise_variance**0.5 * rng.standard_normal((size, n_source))
            new_labels = new @ target + noise_variance**0.5 * rng.standard_normal((size, n))
            start = least_squares(old, old_labels[..., None])
            both = np.concatenate([old[:, :kept], new], axis=1)
            labels = np.concatenate([old_labels[:, :kept], new_labels], axis=1)
            weights = least_squares(both, labels[..., None], start)[..., 0]
            return np.sum((weights - (target, source)[what]) ** 2, axis=-1)

        return _in_pieces(replicates, some)

    return draw


def source_world(**point: Any) -> Mapping[str, Any]:
    """The point without what the source's risk does not depend on."""
    return {name: value for name, value in point.items() if name != "target_energy"}
