"""Worlds and draws of the rows on pooled and staged ridge fits: K groups, each with a covariance, teacher and noise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, least_squares

_PIECE = 250
_FALLS = (0.0, 2.0, 5.0)  # how fast the spectra of the groups fall
_TURNS = (1.0, 1.3, 1.7)  # frequencies of the teachers


def spectra(dim: int, groups: int, flat: bool = False) -> np.ndarray:
    """Eigenvalues (K, d); flat: all 1."""
    i = (np.arange(dim) + 0.5) / dim
    return np.array([1 / (1 + (0.0 if flat else _FALLS[k]) * (i if k % 2 else 1 - i)) for k in range(groups)])


def teachers(dim: int, groups: int) -> np.ndarray:
    """θ_k (K, d) of norm about 1; the last turns most slowly."""
    i = np.arange(1.0, dim + 1)
    return np.array([np.cos(_TURNS[k] * i) * np.sqrt(2 / dim) for k in range(groups)][::-1])


def turned(dim: int, group: int) -> np.ndarray:
    """An orthogonal matrix, another for every group."""
    i = np.arange(1.0, dim + 1)
    basis = np.sqrt(2 / (dim + 1)) * np.sin(np.pi * np.outer(i, i) / (dim + 1))
    return basis if group % 2 else np.eye(dim)


def covariances(dim: int, groups: int) -> np.ndarray:
    """Covariances that do not commute (K, d, d)."""
    return np.array([(turned(dim, k) * level) @ turned(dim, k).T for k, level in enumerate(spectra(dim, groups))])


def known(sizes: tuple[int, ...], dim: int, noises: tuple[float, ...], flat: bool = False) -> dict[str, Any]:
    """What the draws use, as arguments of a formula."""
    groups = len(sizes)
    return {
        "sizes": np.array(sizes, float), "eigenvalues": spectra(dim, groups, flat), "teachers": teachers(dim, groups),
        "noise_variances": np.array(noises),
    }  # fmt: skip


def _data(
    rng: np.random.Generator, replicates: int, sizes: tuple[int, ...], dim: int, noises: tuple[float, ...], kind: str
) -> Iterator[tuple[slice, list[np.ndarray], list[np.ndarray]]]:
    """Pieces of replicates: inputs (r, n_k, d) and labels (r, n_k, 1) of every group."""
    groups = len(sizes)
    levels = covariances(dim, groups) if kind == "turned" else spectra(dim, groups, kind == "flat")
    truth = teachers(dim, groups)
    for start in range(0, replicates, _PIECE):
        count = min(_PIECE, replicates - start)
        inputs = [draw_inputs(rng, (count, n, dim), level) for n, level in zip(sizes, levels, strict=True)]
        labels = [
            x @ theta[:, None] + np.sqrt(v) * rng.standard_normal((*x.shape[:2], 1))
            for x, theta, v in zip(inputs, truth, noises, strict=True)
        ]
        yield slice(start, start + count), inputs, labels


def _stacked(groups: list[np.ndarray], weights: Any) -> np.ndarray:
    return np.concatenate([np.sqrt(w) * x for x, w in zip(groups, weights, strict=True) if w > 0], axis=1)


def _excess(weights: np.ndarray, dim: int, groups: int, kind: str) -> np.ndarray:
    """Excess risks (r,) of weights (r, d, 1) under the last group's covariance."""
    error = weights[..., 0] - teachers(dim, groups)[-1]
    if kind == "turned":
        return np.einsum("ri,ij,rj->r", error, covariances(dim, groups)[-1], error)
    return error**2 @ spectra(dim, groups, kind == "flat")[-1]


def pooled(kind: str) -> Any:
    """Risks of one weighted ridge fit to all groups. kind: "modes", "turned" (no common basis) or "flat" (isotropic)."""

    def draw(
        rng: np.random.Generator, replicates: int, *, sizes: tuple[int, ...], dim: int, noises: tuple[float, ...],
        weights: tuple[float, ...], ridge: float,
    ) -> np.ndarray:  # fmt: skip
        found = np.empty(replicates)
        for piece, inputs, labels in _data(rng, replicates, sizes, dim, noises, kind):
            fit = least_squares(_stacked(inputs, weights), _stacked(labels, weights), ridge=ridge)
            found[piece] = _excess(fit, dim, len(sizes), kind)
        return found

    return draw


def best_pool(
    rng: np.random.Generator,
    replicates: int,
    *,
    sizes: tuple[int, ...],
    dim: int,
    noises: tuple[float, ...],
    lattice_weights: tuple[float, ...] | None = None,
) -> np.ndarray:
    """Risks of the weight and the ridge, out of a lattice, whose mean over the same isotropic data is least.

    lattice_weights: the weights of the lattice, if not from 0.05 to 4.
    """
    some = np.geomspace(0.05, 4, 9) if lattice_weights is None else np.array(lattice_weights)
    lattice = [(w, r) for w in some for r in dim * np.geomspace(0.03, 2, 9)]
    found = np.empty((len(lattice), replicates))
    truth = teachers(dim, 2)[-1]
    for piece, inputs, labels in _data(rng, replicates, sizes, dim, noises, "flat"):
        grams = [x.transpose(0, 2, 1) @ x for x in inputs]
        scores = [x.transpose(0, 2, 1) @ y for x, y in zip(inputs, labels, strict=True)]
        for row, (w, r) in enumerate(lattice):
            fit = np.linalg.solve(w * grams[0] + grams[1] + r * np.eye(dim), w * scores[0] + scores[1])
            found[row, piece] = np.sum((fit[..., 0] - truth) ** 2, axis=1)
    return found[np.argmin(found.mean(axis=1))]


def anchored(
    rng: np.random.Generator, replicates: int, *, n: int, n_source: int, dim: int, noises: tuple[float, float]
) -> np.ndarray:
    """Risks of ridge regression to a multiple of a ridge fit to the source, both ridges and the multiple the best in the
    mean over the same isotropic data, one after the other."""
    ladder = dim * np.geomspace(0.02, 4, 25)
    (source, target), eye = teachers(dim, 2), np.eye(dim)
    pieces = list(_data(rng, replicates, (n_source, n), dim, noises, "flat"))

    def fits(group: int, ridge: float, starts: list[np.ndarray]) -> list[np.ndarray]:
        found = []
        for (_, inputs, labels), start in zip(pieces, starts, strict=True):
            x, y = inputs[group], labels[group]
            t = x.transpose(0, 2, 1)
            found.append(np.linalg.solve(t @ x + ridge * eye, t @ y + ridge * start))
        return found

    def errors(weights: list[np.ndarray], truth: np.ndarray) -> np.ndarray:
        return np.concatenate([np.sum((w[..., 0] - truth) ** 2, axis=1) for w in weights])

    zeros = [np.zeros((piece.stop - piece.start, dim, 1)) for piece, _, _ in pieces]
    found = min((fits(0, r, zeros) for r in ladder), key=lambda w: errors(w, source).mean())
    every = np.concatenate(found)[..., 0]
    multiple = float(np.mean(every @ target) / np.mean(np.sum(every**2, axis=1)))
    starts = [multiple * w for w in found]
    return min((errors(fits(1, r, starts), target) for r in ladder), key=lambda e: e.mean())


def cascade(
    rng: np.random.Generator, replicates: int, *, sizes: tuple[int, ...], dim: int, noises: tuple[float, ...],
    weights: tuple[tuple[float, ...], ...], ridges: tuple[float, ...], anchors: tuple[tuple[float, ...], ...],
) -> np.ndarray:  # fmt: skip
    """Risks of the last of several ridge fits, each pulled towards the ones before it, on groups that they share."""
    found = np.empty(replicates)
    for piece, inputs, labels in _data(rng, replicates, sizes, dim, noises, "modes"):
        stages: list[np.ndarray] = []
        for j, ridge in enumerate(ridges):
            anchor = sum((anchors[i][j] * stages[i] for i in range(j)), np.zeros((len(inputs[0]), dim, 1)))
            seen = [group[j] for group in weights]
            stages.append(least_squares(_stacked(inputs, seen), _stacked(labels, seen), anchor, ridge))
        found[piece] = _excess(stages[-1], dim, len(sizes), "modes")
    return found


def surrogate(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, noise_variance: float, ridge: float
) -> np.ndarray:
    """Risks of ridge regression on noisy labels of the teacher that is best for it: the mean risk is a parabola in that
    teacher, measured on the same designs."""
    level, truth = spectra(dim, 3)[2], teachers(dim, 1)[0]
    maps, noise = np.empty((replicates, dim, dim)), np.empty((replicates, dim))
    for start in range(0, replicates, _PIECE):
        count = min(_PIECE, replicates - start)
        x = draw_inputs(rng, (count, n, dim), level)
        labels = np.concatenate([x, np.sqrt(noise_variance) * rng.standard_normal((count, n, 1))], axis=2)
        fit = least_squares(x, labels, ridge=ridge)
        maps[start : start + count], noise[start : start + count] = fit[..., :-1], fit[..., -1]
    metric = np.mean(maps.transpose(0, 2, 1) @ (level[:, None] * maps), axis=0)
    best = np.linalg.solve(metric, maps.mean(axis=0).T @ (level * truth))
    return (maps @ best + noise - truth) ** 2 @ level


def to_anchor(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, anchor_distance: float, noise_variance: float
) -> np.ndarray:
    """Risks of ridge regression to an anchor drawn at this mean squared distance, the ridge the best in the mean."""
    ladder, eye = dim * np.geomspace(0.02, 8, 31), np.eye(dim)
    x = rng.standard_normal((replicates, n, dim))
    apart = np.sqrt(anchor_distance / dim) * rng.standard_normal((replicates, dim, 1))  # θ_T − anchor
    t = x.transpose(0, 2, 1)
    gram, score = t @ x, t @ (x @ apart + np.sqrt(noise_variance) * rng.standard_normal((replicates, n, 1)))
    risks = [np.sum((np.linalg.solve(gram + r * eye, score) - apart) ** 2, axis=(1, 2)) for r in ladder]
    return min(risks, key=lambda e: e.mean())
