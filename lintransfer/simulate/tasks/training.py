"""Training on the rows of several tasks, end to end: draw every task's inputs and labels, fit, and measure the excess risk.

No formula of `lintransfer.theory` is used. A world has K teachers, the target's last; a plan says what a learner does with
the rows, in the words of `PLANS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, least_squares
from lintransfer.simulate.teachers import covariance_root

_CHUNK_BYTES = 32 * 2**20
Rows = tuple[np.ndarray, np.ndarray]  # designs (…, n, d) and labels (…, n, 1)


@dataclass(frozen=True)
class World:
    """K tasks: teachers (K, d), sizes n_k, label noise σ_k, covariances of the inputs (None: identity), the target's last.

    known: weights that fine-tuning starts from where no source is fitted, (d,).  source_ridge: of that fit.  test_covariance: of the risk, if not the
    target's.
    """

    teachers: np.ndarray
    sizes: Sequence[int]
    noise_stds: Sequence[float]
    covariances: Sequence[Any] | None = None
    known: np.ndarray | None = None
    source_ridge: float = 0.0
    test_covariance: Any = None

    def covariance(self, task: int) -> Any:
        """Of the inputs of a task."""
        return None if self.covariances is None else self.covariances[task]


@dataclass(frozen=True)
class Data:
    """Rows of every task, more of the target for those who want them, and the source's fit (of all tasks before the target,
    one after the other), each with replicates on the first axis."""

    rows: Sequence[Rows]
    more: Sequence[Rows]
    start: np.ndarray


def task_risks(
    rng: np.random.Generator, replicates: int, world: World, plans: Sequence[Mapping[str, Any]]
) -> np.ndarray:
    """Excess risks on the target of several learners that see the same rows, (plans, replicates).

    plans: one mapping each, {"kind": a key of `PLANS`, …options of that function}.

    >>> world = World(np.eye(2), (3, 3), (0.0, 0.0))
    >>> task_risks(np.random.default_rng(0), 4, world, [{"kind": "scratch"}]).max() < 1e-20
    np.True_
    """
    target, dim = world.teachers[-1], world.teachers.shape[1]
    tested = world.covariance(-1) if world.test_covariance is None else world.test_covariance
    root = covariance_root(tested, dim)
    more = max((plan.get("members", 1) for plan in plans), default=1) - 1
    risks = np.empty((len(plans), replicates))
    for piece in _pieces(replicates, (sum(world.sizes) + more * world.sizes[-1]) * dim + 2 * dim * dim):
        data = _draw(rng, piece.stop - piece.start, world, more)
        for row, plan in enumerate(plans):
            options = {name: value for name, value in plan.items() if name != "kind"}
            error = PLANS[plan["kind"]](data, **options)[..., 0] - target
            if root is not None:
                error = error * root if root.ndim == 1 else error @ root
            risks[row, piece] = np.sum(error * error, axis=-1)
    return risks


def sequence_risks(
    rng: np.random.Generator, replicates: int, world: World, ridge: float = 0.0, joint: bool = False
) -> np.ndarray:
    """Excess risks of training on the tasks one after the other, (replicates, stages + 1, K): of every task after every stage.

    joint: at each stage from zero on all rows seen so far, instead of from the last weights on the new ones.
    """
    count, dim = world.teachers.shape
    roots = [covariance_root(world.covariance(k), dim) for k in range(count)]
    risks = np.empty((replicates, count + 1, count))
    for piece in _pieces(replicates, sum(world.sizes) * dim + 2 * dim * dim):
        data = _draw(rng, piece.stop - piece.start, world, 0)
        weights = np.zeros((piece.stop - piece.start, dim, 1))
        for stage in range(count + 1):
            if stage and joint:
                weights = least_squares(*_joined(data.rows[:stage]), 0.0, ridge)
            elif stage:
                weights = least_squares(*data.rows[stage - 1], weights, ridge)
            for task, (teacher, root) in enumerate(zip(world.teachers, roots, strict=True)):
                error = weights[..., 0] - teacher
                if root is not None:
                    error = error * root if root.ndim == 1 else error @ root
                risks[piece, stage, task] = np.sum(error * error, axis=-1)
    return risks


def _draw(rng: np.random.Generator, size: int, world: World, more: int) -> Data:
    def rows(task: int) -> Rows:
        n, dim = world.sizes[task], world.teachers.shape[1]
        design = draw_inputs(rng, (size, n, dim), world.covariance(task))
        noise = world.noise_stds[task] * rng.standard_normal((size, n))
        return design, (design @ world.teachers[task] + noise)[..., None]

    every = [rows(task) for task in range(len(world.teachers))]
    if world.known is not None:
        start = np.broadcast_to(world.known[:, None], (size, len(world.known), 1))
    else:
        start = np.zeros((size, world.teachers.shape[1], 1))
        for design, labels in every[:-1]:
            start = least_squares(design, labels, start, world.source_ridge)
    return Data(every, [rows(len(every) - 1) for _ in range(more)], start)


def _joined(rows: Sequence[Rows], weights: Sequence[float] | None = None) -> Rows:
    factors = [1.0] * len(rows) if weights is None else [math.sqrt(w) for w in weights]
    parts = [(f * x, f * y) for f, (x, y) in zip(factors, rows, strict=True)]
    return np.concatenate([x for x, _ in parts], axis=-2), np.concatenate([y for _, y in parts], axis=-2)


def _scratch(data: Data, ridge: float = 0.0, time: float = math.inf) -> np.ndarray:
    return least_squares(*data.rows[-1], 0.0, ridge, time)


def _fine_tune(data: Data, ridge: float = 0.0, time: float = math.inf) -> np.ndarray:
    return least_squares(*data.rows[-1], data.start, ridge, time)


def _probe(data: Data, ridge: float = 0.0) -> np.ndarray:
    design, labels = data.rows[-1]
    norm = np.linalg.norm(data.start, axis=-2, keepdims=True)
    feature = data.start / np.where(norm > 0, norm, 1.0)
    return np.asarray(feature * least_squares(design @ feature, labels, 0.0, ridge))


def _pool(data: Data, ridge: float = 0.0, weights: Sequence[float] | None = None) -> np.ndarray:
    """A task of weight inf is met exactly, and the others with what is left."""
    if weights is None or all(map(math.isfinite, weights)):
        return least_squares(*_joined(data.rows, weights), 0.0, ridge)
    first = [rows for rows, w in zip(data.rows, weights, strict=True) if w == math.inf]
    rest = [(rows, w) for rows, w in zip(data.rows, weights, strict=True) if w < math.inf]
    design, labels = _joined(first)
    met = least_squares(design, labels)
    others, answers = _joined([rows for rows, _ in rest], [w for _, w in rest])
    right = np.linalg.svd(design)[2][..., design.shape[-2] :, :]  # what the first leave open
    free = np.swapaxes(right, -1, -2)
    return np.asarray(met + free @ least_squares(others @ free, answers - others @ met, 0.0, ridge))


def _stack(data: Data, weights: Sequence[float], ridges: Sequence[float] | None = None) -> np.ndarray:
    penalties = [0.0] * len(data.rows) if ridges is None else ridges
    fits = (
        a * least_squares(*rows, 0.0, ridge) for a, rows, ridge in zip(weights, data.rows, penalties, strict=True) if a
    )
    return np.asarray(sum(fits, np.zeros_like(data.start)))


def _average(data: Data, weight: float, ridge: float = 0.0) -> np.ndarray:
    return data.start + weight * (_fine_tune(data, ridge) - data.start)


def _soup(data: Data, members: int, stretch: float = 1.0, ridge: float = 0.0) -> np.ndarray:
    fits = [least_squares(*rows, data.start, ridge) for rows in [data.rows[-1], *data.more[: members - 1]]]
    return np.asarray(data.start + stretch * (sum(fits) / members - data.start))


def _replay(data: Data, kept: int) -> np.ndarray:
    """The first rows of the (one) source set are as good as any others: the fit meets all of them alike."""
    design, labels = data.rows[0]
    again = design[..., :kept, :], labels[..., :kept, :]
    return least_squares(*_joined([again, data.rows[-1]]), data.start)


PLANS: Mapping[str, Callable[..., np.ndarray]] = {
    "scratch": _scratch, "fine-tune": _fine_tune, "probe": _probe, "pool": _pool, "stack": _stack, "average": _average,
    "soup": _soup, "replay": _replay,
}  # fmt: skip


def _pieces(replicates: int, floats_each: int) -> Iterator[slice]:
    size = max(1, _CHUNK_BYTES // (8 * max(1, floats_each)))
    for start in range(0, replicates, size):
        yield slice(start, min(start + size, replicates))
