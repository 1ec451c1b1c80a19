"""Experiments on weights between a source and its fine-tuning: trainings that are then mixed with their start."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.linear.covariance import spectrum, teachers
from lintransfer.simulate.end_to_end import draw_inputs, least_squares
from lintransfer.simulate.teachers import teacher_pair

_PIECE = 2_000


def _fit(
    rng: np.random.Generator, count: int, n: int, teacher: np.ndarray, noise_variance: float, start: Any,
    values: Any = None, ridge: float = 0.0,
) -> np.ndarray:  # fmt: skip
    """Trainings from `start`, (count, d)."""
    design = draw_inputs(rng, (count, n, len(teacher)), values)
    labels = design @ teacher + math.sqrt(noise_variance) * rng.standard_normal((count, n))
    return least_squares(design, labels[..., None], np.asarray(start)[..., None], ridge)[..., 0]


def _moves(
    rng: np.random.Generator, replicates: int, n: int, n_source: int | None, source: np.ndarray, target: np.ndarray,
    noise_variance: float, source_noise_variance: float,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Starts and updates, (replicates, d) each; the start is the source itself, or a fit to n_source of its samples."""
    starts, moves = [], []
    for done in range(0, replicates, _PIECE):
        count = min(_PIECE, replicates - done)
        start = np.broadcast_to(source, (count, len(source)))
        if n_source is not None:
            start = _fit(rng, count, n_source, source, source_noise_variance, 0 * start)
        starts.append(start)
        moves.append(_fit(rng, count, n, target, noise_variance, start) - start)
    return np.concatenate(starts), np.concatenate(moves)


def _tuned(starts: np.ndarray, moves: np.ndarray, target: np.ndarray, values: Any = 1.0) -> np.ndarray:
    """Risks on one half of the draws at the weight that is best on the other half."""
    away, half = target - starts, len(moves) // 2
    weight = np.sum(values * moves[:half] * away[:half]) / np.sum(values * moves[:half] ** 2)
    return np.sum(values * (weight * moves[half:] - away[half:]) ** 2, axis=1)


def _pair(dim: int, displacement_energy: float) -> tuple[np.ndarray, np.ndarray]:
    source, target = teacher_pair(dim, 0.3, 1.2, 0.9)
    return target + (source - target) * math.sqrt(displacement_energy) / np.linalg.norm(source - target), target


def interpolations(
    rng: np.random.Generator, replicates: int, n: int, dim: int, displacement_energy: float, noise_variance: float,
    weight: float,
) -> np.ndarray:  # fmt: skip
    """Risks on the target between a known source and its fine-tuning."""
    source, target = _pair(dim, displacement_energy)
    starts, moves = _moves(rng, replicates, n, None, source, target, noise_variance, 0.0)
    return np.sum((starts + weight * moves - target) ** 2, axis=1)


def interpolation_source_risks(
    rng: np.random.Generator, replicates: int, n: int, dim: int, displacement_energy: float, noise_variance: float,
    weight: float,
) -> np.ndarray:  # fmt: skip
    """Risks on the source between a known source and its fine-tuning."""
    source, target = _pair(dim, displacement_energy)
    starts, moves = _moves(rng, replicates, n, None, source, target, noise_variance, 0.0)
    return np.sum((starts + weight * moves - source) ** 2, axis=1)


def best_interpolations(
    rng: np.random.Generator, replicates: int, n: int, dim: int, displacement_energy: float, noise_variance: float
) -> np.ndarray:
    """Risks on the target at the weight that was best on other draws."""
    source, target = _pair(dim, displacement_energy)
    return _tuned(*_moves(rng, replicates, n, None, source, target, noise_variance, 0.0), target)


def fitted_interpolations(
    rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int, source_energy: float,
    cross_energy: float, target_energy: float, noise_variance: float, source_noise_variance: float,
    weight: float | None = None, on_source: bool = False,
) -> np.ndarray:  # fmt: skip
    """Risks between a fitted source and its fine-tuning, on the target or the source; weight None: best on other draws."""
    s, t = math.sqrt(source_energy), math.sqrt(target_energy)
    source, target = teacher_pair(dim, cross_energy / (s * t), s, t)
    starts, moves = _moves(rng, replicates, n, n_source, source, target, noise_variance, source_noise_variance)
    if weight is None:
        return _tuned(starts, moves, target)
    return np.sum((starts + weight * moves - (source if on_source else target)) ** 2, axis=1)


def fitted_interpolation_source_risks(rng: np.random.Generator, replicates: int, **point: Any) -> np.ndarray:
    """Risks on the source between a fitted source and its fine-tuning."""
    return fitted_interpolations(rng, replicates, on_source=True, **point)


def _other(dim: int) -> np.ndarray:
    """A third teacher, (dim,)."""
    i = np.arange(1.0, dim + 1)
    return np.cos(2.0 * i + 0.5 - 0.4 * i / dim) * np.sqrt(2 / dim)


def covariance_interpolations(
    rng: np.random.Generator, replicates: int, n: int, dim: int, exponent: float, noise_variance: float, ridge: float,
    weight: float | None, other: bool = False,
) -> np.ndarray:  # fmt: skip
    """Risks between a source and its ridge fit under a power-law spectrum, tested under the spectrum in reverse order, on the
    target or on a third teacher; weight None: best on other draws."""
    source, target = teachers(dim)
    values = spectrum(dim, exponent)
    moves = []
    for done in range(0, replicates, _PIECE):
        start = np.broadcast_to(source, (min(_PIECE, replicates - done), dim))
        moves.append(_fit(rng, len(start), n, target, noise_variance, start, values, ridge) - start)
    moved, tested = np.concatenate(moves), values[::-1]
    wanted = _other(dim) if other else target
    if weight is None:
        return _tuned(np.broadcast_to(source, moved.shape), moved, wanted, tested)
    return np.sum(tested * (source + weight * moved - wanted) ** 2, axis=1)


def other_task_interpolations(rng: np.random.Generator, replicates: int, **point: Any) -> np.ndarray:
    """The same on a third teacher."""
    return covariance_interpolations(rng, replicates, other=True, **point)


def covariance_arguments(
    n: int, dim: int, exponent: float, noise_variance: float, ridge: float, weight: float | None
) -> Mapping[str, Any]:
    """The arguments of the formula on the target; without the weight if it is None."""
    source, target = teachers(dim)
    values = spectrum(dim, exponent)
    known: dict[str, Any] = {
        "n": n, "eigenvalues": values, "multiplicities": np.ones(dim), "displacement": (target - source) ** 2,
        "noise_variance": noise_variance, "ridge": ridge, "test_eigenvalues": values[::-1].copy(),
    }  # fmt: skip
    return known if weight is None else known | {"weight": weight}


def other_task_arguments(dim: int, **point: Any) -> Mapping[str, Any]:
    """The same for a third teacher."""
    source, target = teachers(dim)
    moved = _other(dim) - source
    energies = {"cross": moved * (target - source), "task_displacement": moved**2}
    return dict(covariance_arguments(dim=dim, **point)) | energies
