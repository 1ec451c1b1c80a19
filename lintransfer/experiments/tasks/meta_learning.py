"""Experiments: one inner gradient step on linear tasks, at test time and inside an outer least-squares fit."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from lintransfer.simulate.end_to_end import draw_inputs, least_squares

_CHUNK = 8_000_000  # numbers drawn at once
_BLOCKS = 40


def one_step(
    rng: np.random.Generator, replicates: int, step: float, n: int, dim: int, start_energy: float, noise_variance: float
) -> np.ndarray:
    """Risks after one gradient step on 1/(2n)‖Xw − y‖²."""
    teacher = np.full(dim, (start_energy / dim) ** 0.5)
    design = draw_inputs(rng, (replicates, n, dim))
    labels = design @ teacher + noise_variance**0.5 * rng.standard_normal((replicates, n))
    return np.sum((step / n * np.einsum("rni,rn->ri", design, labels) - teacher) ** 2, axis=-1)


def best_step(
    rng: np.random.Generator, replicates: int, n: int, dim: int, start_energy: float, noise_variance: float
) -> np.ndarray:
    """Jackknife values of the step that minimises the mean risk: their mean estimates it, their spread its error."""
    teacher = np.full(dim, (start_energy / dim) ** 0.5)
    design = draw_inputs(rng, (replicates, n, dim))
    labels = design @ teacher + noise_variance**0.5 * rng.standard_normal((replicates, n))
    moved = np.einsum("rni,rn->ri", design, labels) / n
    along, length = moved @ teacher, np.sum(moved * moved, axis=-1)
    ratio = along.mean() / length.mean()
    return ratio + (along - ratio * length) / length.mean()


def outer_fit(
    rng: np.random.Generator, replicates: int, n: int, n_inner: int, dim: int, step: float, common_energy: float,
    task_variance: float, noise_variance: float, outer_rows: int = 1,
) -> np.ndarray:  # fmt: skip
    """‖ŵ − w*‖² of the min-norm outer fit over n/outer_rows tasks of outer_rows validation rows each."""
    common = np.full(dim, (common_energy / dim) ** 0.5)
    tasks, found = n // outer_rows, []
    piece = max(1, _CHUNK // (n * n_inner * dim // outer_rows + n * dim))
    for start in range(0, replicates, piece):
        size = min(piece, replicates - start)
        teacher = common + (task_variance / dim) ** 0.5 * rng.standard_normal((size, tasks, dim))
        inner = draw_inputs(rng, (size, tasks, n_inner, dim))
        outer = draw_inputs(rng, (size, tasks, outer_rows, dim))
        inner_labels = _labels(rng, inner, teacher, noise_variance)
        outer_labels = _labels(rng, outer, teacher, noise_variance)
        # The prediction after the step is affine in the start w: x·w − (a/n)(Xx)·(Xw − y).
        seen = step / n_inner * np.einsum("rtvi,rtni->rtvn", outer, inner)
        design = outer - np.einsum("rtvn,rtni->rtvi", seen, inner)
        labels = outer_labels - np.einsum("rtvn,rtn->rtv", seen, inner_labels)
        rows = design.reshape(size, n, dim), labels.reshape(size, n, 1)
        found.append(np.sum((least_squares(*rows)[..., 0] - common) ** 2, axis=-1))
    return np.concatenate(found)


def _labels(rng: np.random.Generator, inputs: np.ndarray, teacher: np.ndarray, noise_variance: float) -> np.ndarray:
    clean: np.ndarray = np.einsum("rtni,rti->rtn", inputs, teacher)
    return clean + noise_variance**0.5 * rng.standard_normal(clean.shape)


def extreme_training_step(worst: bool) -> Any:
    """A draw for the step at which the label noise of an outer row, over the length of the row, is least or most: jackknife
    values by blocks of replicates, whose mean is the estimate and whose spread its error."""

    def draw(rng: np.random.Generator, replicates: int, n_inner: int, dim: int) -> np.ndarray:
        inner, row = draw_inputs(rng, (replicates, n_inner, dim)), draw_inputs(rng, (replicates, dim))
        seen = np.einsum("rni,ri->rn", inner, row) / n_inner
        back = np.einsum("rn,rni->ri", seen, inner)
        sums = [np.sum(v, axis=-1) for v in (seen**2, row * row, row * back, back * back)]
        blocks = np.stack([np.add.reduceat(v, np.arange(0, replicates, replicates // _BLOCKS)) for v in sums])[
            :, :_BLOCKS
        ]
        whole = _extreme(blocks.sum(axis=1), replicates // _BLOCKS * _BLOCKS, worst)
        rest = [
            _extreme(blocks.sum(axis=1) - blocks[:, i], replicates // _BLOCKS * (_BLOCKS - 1), worst)
            for i in range(_BLOCKS)
        ]
        return _BLOCKS * whole - (_BLOCKS - 1) * np.array(rest)

    return draw


def _extreme(sums: np.ndarray, count: int, worst: bool) -> float:
    noise, own, mixed, squared = sums / count

    def factor(a: float) -> float:
        """The inner noise comes on top of the row's own; the row is x − a·Sx."""
        value = float((1 + a * a * noise) / (own - 2 * a * mixed + a * a * squared))
        return -value if worst else value

    return float(minimize_scalar(factor, bounds=(0.0, 3.0) if worst else (-6.0, 0.0), options={"xatol": 1e-10}).x)
