"""Boundaries of a phase diagram: where the transferability changes sign along an axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lintransfer.grids import blocks, line_question, moved
from lintransfer.problems import TransferProblem
from lintransfer.routing.answers import gain_answer
from lintransfer.routing.question import ask
from lintransfer.routing.route import LAW, SIMULATE
from lintransfer.strategies import Learner


def boundary(
    problem: TransferProblem,
    learners: Sequence[Learner],
    baseline: Learner,
    method: str,
    grid: Mapping[str, np.ndarray],
    sizes: np.ndarray,
    dataset: Any,
) -> Any:
    """Sign changes of T along the first axis, refined on the closed form (interpolated where T is simulated)."""
    dims = ("learner", "crossing", "n")
    empty = np.full((len(learners), 0, len(sizes)), np.nan)
    name = next(iter(grid), None)
    between_two = name == "overlap" and problem.dim == 1  # −1 and 1 are all there is: nothing to cross
    if len(grid) != 1 or name is None or grid[name].dtype == object or between_two:
        return dims, empty
    order = np.argsort(grid[name])
    axis = _place(name, grid[name][order].astype(float))
    methods = dataset.transferability_method
    # The methods of a difference may be two words: one drawn side is enough.
    drawn_words = np.array([bool({LAW, SIMULATE} & set(w.split("+"))) for w in methods.attrs["flag_meanings"].split()])
    simulated = drawn_words[methods.values.astype(int) + 1]
    found = []
    for i, learner in enumerate(learners):
        t = dataset.transferability.values[i][order]
        drawn = simulated[i][order]
        found.append(_crossings(problem, learner, baseline, method, name, axis, t, drawn, sizes))
    most = max(len(c) for c in found)
    array = np.full((len(learners), most, len(sizes)), np.nan)
    for i, crossings in enumerate(found):
        array[i, : len(crossings)] = crossings
    return dims, array


def _crossings(
    problem: TransferProblem, learner: Any, baseline: Any, method: str, name: str, axis: np.ndarray, t: np.ndarray,
    drawn: np.ndarray, sizes: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Values of the axis at which T changes sign, (crossings, n), nan-padded; t, drawn: (axis, n)."""
    low, high = t[:-1], t[1:]
    with np.errstate(all="ignore"):
        changes = np.isfinite(low) & np.isfinite(high) & (np.sign(low) * np.sign(high) < 0)
        between = axis[:-1, None] - low * (np.diff(axis)[:, None] / (high - low))
    # A grid value at which T is exactly 0 is a crossing if T is not 0 on both sides of it, as far as there are two.
    sign = np.sign(np.where(np.isfinite(t), t, 0))
    before, after = np.vstack([0 * sign[:1], sign[:-1]]), np.vstack([sign[1:], 0 * sign[:1]])
    edge = np.zeros(t.shape, bool)
    edge[0] = edge[-1] = True
    touched = (t == 0) & ((before * after < 0) | (edge & (before + after != 0)))
    k, j = np.nonzero(changes)
    roots = between[k, j]
    exact = ~(drawn[k, j] | drawn[k + 1, j])
    if exact.any():
        roots[exact] = (_between_whole if name == "n_source" else _refined)(
            problem, learner, baseline, method, name, axis, k[exact], sizes[j[exact]], roots[exact]
        )
    zk, zj = np.nonzero(touched)
    values, columns = np.concatenate([roots, axis[zk]]), np.concatenate([j, zj])
    by = np.lexsort((values, columns))
    values, columns = values[by], columns[by]
    rank = np.arange(len(columns)) - np.searchsorted(columns, columns)
    array = np.full((int(rank.max(initial=-1)) + 1, len(sizes)), np.nan)
    array[rank, columns] = [_at_place(name, value) for value in values]
    return array


def _between_whole(
    problem: TransferProblem, learner: Any, baseline: Any, method: str, name: str, axis: np.ndarray, k: np.ndarray,
    n: np.ndarray, guess: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Roots of T on an axis of whole numbers: between two neighbours of which one helps and one hurts."""
    low, high = axis[k], axis[k + 1]
    first = ask(*moved(problem, learner, {name: int(low[0])}), baseline)

    def gain(place: np.ndarray) -> np.ndarray:
        found = gain_answer(line_question(first, problem, learner, name, place), n, method).value
        return np.asarray(found, dtype=float)

    ends = [gain(low), gain(high)]
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        value = gain(middle)
        if not np.isfinite(value).all():  # an infinite risk between them is no crossing to be found by halves
            return guess
        left = np.sign(value) == np.sign(ends[0])
        low, high = np.where(left, middle, low), np.where(left, high, middle)
        ends = [np.where(left, value, ends[0]), np.where(left, ends[1], value)]
    return np.asarray(low - ends[0] * (high - low) / (ends[1] - ends[0]))


def _refined(
    problem: TransferProblem, learner: Any, baseline: Any, method: str, name: str, axis: np.ndarray, k: np.ndarray,
    n: np.ndarray, guess: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Roots of T between axis[k] and axis[k+1], each at its own n; the guess where T has none there after all."""
    from scipy.optimize import elementwise

    together = (
        name in ("overlap", "source_norm", "target_norm", "noise_std")
        and next(iter(blocks(problem, {name: axis})))[0].size > 1
    )

    world, who = moved(problem, learner, {name: float(_at_place(name, (axis[k[0]] + axis[k[0] + 1]) / 2))})
    first = ask(world, who, baseline)

    def gain(place: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        if together:
            question = line_question(first, problem, learner, name, place)
            return np.asarray(gain_answer(question, sizes, method).value)
        found = []
        for value, size in zip(place, sizes, strict=True):
            world, who = moved(problem, learner, {name: float(_at_place(name, value))})
            found.append(gain_answer(ask(world, who, baseline), np.asarray(size), method).value)
        return np.asarray(found, dtype=float)

    result = elementwise.find_root(gain, (axis[k], axis[k + 1]), args=(n,), tolerances={"xatol": 1e-13, "xrtol": 1e-13})
    return np.where(result.success, result.x, guess)


def _place(name: str, value: Any) -> Any:
    """Depth enters through 1 − 1/L, where ∞ is a number among others: its boundaries are sought there."""
    return 1 - 1 / value if name == "depth" else value


def _at_place(name: str, place: Any) -> Any:
    return (1 / (1 - place) if place < 1 else np.inf) if name == "depth" else place
