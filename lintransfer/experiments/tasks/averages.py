"""Experiments on averages of weights, Σ = I: fine-tunings from one start on data of their own, added up."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, least_squares
from lintransfer.simulate.teachers import teacher_pair

_PIECE = 2_000


def updates(
    rng: np.random.Generator, replicates: int, sizes: Any, moved: np.ndarray, noise_variances: Any, ridges: Any = None
) -> Iterator[np.ndarray]:
    """What independent fits to K teachers, moved (K, d) from the common start, add to it: (some replicates, K, d)."""
    ridges = [0.0] * len(moved) if ridges is None else ridges
    for start in range(0, replicates, _PIECE):
        count, fits = min(_PIECE, replicates - start), []
        for n, teacher, noise, ridge in zip(sizes, moved, noise_variances, ridges, strict=True):
            design = draw_inputs(rng, (count, int(n), moved.shape[1]))
            labels = design @ teacher + math.sqrt(noise) * rng.standard_normal((count, int(n)))
            fits.append(least_squares(design, labels[..., None], ridge=float(ridge))[..., 0])
        yield np.stack(fits, axis=1)


def best_on_the_other_half(moved: np.ndarray, pieces: Iterator[np.ndarray]) -> np.ndarray:
    """Risks on one half of the draws at the coefficients that are best on the other half."""
    drawn = np.concatenate(list(pieces))
    fitted, tested = np.array_split(drawn, 2)
    alive = np.any(fitted != 0, axis=(0, 2))
    columns = fitted[:, alive].transpose(0, 2, 1)
    square = np.einsum("bik,bil->kl", columns, columns) / len(columns)
    aligned = np.einsum("bik,i->k", columns, moved) / len(columns)
    coefficients = np.zeros(drawn.shape[1])
    coefficients[alive] = np.linalg.lstsq(square, aligned)[0]
    return np.sum((np.einsum("bki,k->bi", tested, coefficients) - moved) ** 2, axis=1)


def _direction(dim: int, energy: float) -> np.ndarray:
    """A displacement along no special axis, (dim,)."""
    away = np.sin(1 + np.arange(dim))
    return math.sqrt(energy) * away / np.linalg.norm(away)


def soups(
    rng: np.random.Generator, replicates: int, n: int, dim: int, displacement_energy: float, noise_variance: float,
    members: int, stretch: float,
) -> np.ndarray:  # fmt: skip
    """Risks of stretched averages of fine-tunings of one task."""
    moved = _direction(dim, displacement_energy)
    drawn = updates(rng, replicates, [n] * members, np.stack([moved] * members), [noise_variance] * members)
    return np.concatenate([np.sum((stretch * fits.mean(axis=1) - moved) ** 2, axis=1) for fits in drawn])


def best_soups(
    rng: np.random.Generator, replicates: int, n: int, dim: int, displacement_energy: float, noise_variance: float,
    members: int,
) -> np.ndarray:  # fmt: skip
    """The same at the stretch that was best on other draws."""
    moved = _direction(dim, displacement_energy)
    drawn = updates(rng, replicates, [n] * members, np.stack([moved] * members), [noise_variance] * members)
    return best_on_the_other_half(moved, (fits.mean(axis=1, keepdims=True) for fits in drawn))


def best_mixtures(
    rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int, displacement_energy: float,
    noise_variance: float, source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Risks of (1 − a)ŵ_T + aŵ_S, two fits from zero, at the weight a that was best on other draws."""
    source, target = teacher_pair(dim, 0.3, 1.2, 0.9)
    source = target + (source - target) * math.sqrt(displacement_energy) / np.linalg.norm(source - target)
    drawn = updates(rng, replicates, [n, n_source], np.stack([target, source]), [noise_variance, source_noise_variance])
    errors = np.concatenate(list(drawn)) - target
    fitted, tested = np.array_split(errors, 2)
    apart = fitted[:, 1] - fitted[:, 0]
    weight = -np.mean(np.sum(apart * fitted[:, 0], axis=1)) / np.mean(np.sum(apart**2, axis=1))
    return np.sum(((1 - weight) * tested[:, 0] + weight * tested[:, 1]) ** 2, axis=1)


def _ensemble(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A displacement (d,), a few equally likely updates (m, d) and a metric (d, d)."""
    dim, count = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    moved, factor = rng.standard_normal(dim), rng.standard_normal((dim, dim + 1))
    return moved, moved * rng.uniform(-1, 1) + rng.standard_normal((count, dim)), factor @ factor.T


def _moments(moved: np.ndarray, drawn: np.ndarray, metric: np.ndarray) -> dict[str, float]:
    return {
        "displacement_energy": float(moved @ metric @ moved),
        "alignment": float(np.mean(drawn @ metric @ moved)),
        "update_energy": float(np.mean(np.einsum("mi,ij,mj->m", drawn, metric, drawn))),
    }


def scaled_ensembles(
    rng: np.random.Generator, replicates: int, scale: float
) -> tuple[np.ndarray, Mapping[str, Any]]:  # fmt: skip
    """Mean risk of scaled updates, by the average over all of a finite set of updates."""
    moved, drawn, metric = _ensemble(rng)
    error = scale * drawn - moved
    risk = np.mean(np.einsum("mi,ij,mj->m", error, metric, error))
    return np.array(risk), _moments(moved, drawn, metric) | {"scale": scale}


def best_of_ensembles(
    rng: np.random.Generator, replicates: int, forgetting: float
) -> tuple[np.ndarray, Mapping[str, Any]]:
    """The best scale of a finite set of updates, by least squares in the metric, and the mean risk there."""
    moved, drawn, metric = _ensemble(rng)
    root = np.linalg.cholesky(metric).T
    columns = np.concatenate([math.sqrt(1 - forgetting) * drawn @ root.T, math.sqrt(forgetting) * drawn @ root.T])
    wanted = np.concatenate([np.tile(math.sqrt(1 - forgetting) * root @ moved, (len(drawn), 1)), 0 * drawn])
    scale = np.linalg.lstsq(columns.reshape(-1, 1), wanted.reshape(-1))[0][0]
    error = scale * drawn - moved
    risk = np.mean(np.einsum("mi,ij,mj->m", error, metric, error))
    return np.array([scale, risk]), _moments(moved, drawn, metric) | {"forgetting": forgetting}
