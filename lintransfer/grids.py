"""Grids of problems and learners: axes, and the questions that stand for many cells at once.

Numbers along an axis become arrays in the leaves of one problem, with the sample sizes along the last axis, so that a
formula is called once for a whole grid. Values of different kinds (no noise beside some, "optimal" beside a number) ask
different theorems: an axis is cut into its kinds first.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import sqrt, total, where
from lintransfer.errors import refuse
from lintransfer.problems import TransferProblem
from lintransfer.routing import FAMILIES
from lintransfer.routing.question import Question, as_learner
from lintransfer.routing.route import Axis
from lintransfer.strategies import Learner
from lintransfer.validation import is_real, is_traced, listed, plain_number


def _turned(p: TransferProblem, learner: Any, overlap: np.ndarray) -> tuple[TransferProblem, Any]:
    return _with(p, modes=p.modes.turned(overlap)), learner


def _rescaled(name: str) -> Callable[[TransferProblem, Any, np.ndarray], tuple[TransferProblem, Any]]:
    def spread(p: TransferProblem, learner: Any, norm: np.ndarray) -> tuple[TransferProblem, Any]:
        now = sqrt(total(getattr(p.modes, name)))
        factors = {"source": 1.0, "target": 1.0, name: norm / where(now > 0, now, 1.0)}
        return _with(p, modes=p.modes.rescaled(**factors)), learner

    return spread


def _field(name: str) -> Callable[[TransferProblem, Any, np.ndarray], tuple[TransferProblem, Any]]:
    return lambda p, learner, values: (_with(p, **{name: values}), learner)


def _spread_ridge(p: TransferProblem, learner: Any, ridge: np.ndarray) -> tuple[TransferProblem, Any]:
    return p, _with(learner, ridge=ridge) if _has(learner, "ridge") else learner


def _with_ridge(learner: Any, ridge: Any) -> Any:
    """The learner with a ridge; what has none of its own (it is probed and then trained, or averaged) stays as it is."""
    return replace(learner, ridge=ridge) if _has(learner, "ridge") else learner


def _has(learner: Any, name: str) -> bool:
    return any(option.name == name for option in fields(learner))


def _with(thing: Any, **changes: Any) -> Any:
    """`replace` without the checks of a constructor, which know no arrays."""
    moved = copy.copy(thing)
    for name, value in changes.items():
        object.__setattr__(moved, name, value)
    return moved


def _with_time(learner: Any, time: Any) -> Any:
    """The learner stopped at a time; what is fitted at once, a new head on frozen features, stays as it is."""
    return replace(learner, time=time) if _has(learner, "time") else learner


def _with_head_norm(p: TransferProblem, learner: Any, norm: np.ndarray) -> tuple[TransferProblem, Any]:
    now = sqrt(total(p.modes.source))
    return _with(p, modes=p.modes.rescaled(norm / now, norm / sqrt(total(p.modes.target)))), learner


AXES: Mapping[str, Axis] = {
    "overlap": Axis(lambda p, who, v: (p.with_overlap(v), who), _turned),
    "source_norm": Axis(lambda p, who, v: (p.with_norms(source_norm=v), who), _rescaled("source")),
    "target_norm": Axis(lambda p, who, v: (p.with_norms(target_norm=v), who), _rescaled("target")),
    "noise_std": Axis(lambda p, who, v: (p.with_noise(noise_std=v), who), _field("noise_std")),
    "source_noise_std": Axis(lambda p, who, v: (p.with_noise(source_noise_std=v), who), _field("source_noise_std")),
    "source_ridge": Axis(lambda p, who, v: (p.with_noise(source_ridge=v), who), _field("source_ridge")),
    "n_source": Axis(lambda p, who, v: (p.with_source_size(v), who), _field("n_source")),
    "mix": Axis(lambda p, who, v: (p.with_features(mix=v), who), _field("mix")),
    "n_features": Axis(lambda p, who, v: (p.with_features(n_features=v), who), None),
    "head_norm": Axis(lambda p, who, v: (p.with_norms(source_norm=v, target_norm=v), who), _with_head_norm),
    "ridge": Axis(lambda p, who, v: (p, _with_ridge(who, v)), _spread_ridge, of_learner=True),
    "time": Axis(lambda p, who, v: (p, _with_time(who, v)), None, of_learner=True),
    **{name: axis for family in FAMILIES for name, axis in family.axes.items()},
}


def check_axis(name: str) -> None:
    """Refuse what is no axis."""
    if name not in AXES:
        refuse("axis", f"one of {', '.join(AXES)}", name)


def axis_values(name: str, values: Any) -> np.ndarray:
    """The values of an axis, different and at least one, as an array (of objects if they are not all numbers)."""
    check_axis(name)
    if isinstance(values, np.ma.MaskedArray) or is_traced(values):
        refuse(name, "a list of plain values (not masked, not traced)", values)
    rule = "a list of numbers, None or words"
    several = [values] if values is None or isinstance(values, str) or is_real(values) else listed(name, rule, values)
    known = [float(v) if isinstance(v, jax.Array) and is_real(v) else plain_number(v) for v in several]
    for value in known:
        if isinstance(value, np.ndarray) or not (value is None or isinstance(value, str) or is_real(value)):
            refuse(name, rule, value)
    numbers = not any(value is None or isinstance(value, str) for value in known)
    array = np.array(known) if numbers else np.empty(len(known), object)
    if not numbers:
        array[:] = known
    elif array.dtype == object:  # whole numbers beyond int64
        array = array.astype(float)
    if array.ndim != 1 or array.size == 0:
        refuse(name, "a non-empty list of values", got=f"shape {array.shape}")
    if len(set(map(repr, known))) < len(known):
        refuse(name, "a list of different values", values)
    return array


def moved(problem: TransferProblem, learner: Any, here: Mapping[str, Any]) -> tuple[TransferProblem, Any]:
    """Problem and learner at one cell."""
    for name, value in here.items():
        plain = value.item() if isinstance(value, np.generic) else value
        problem, learner = AXES[name].move(problem, learner, plain)
    return problem, learner


def _kind(name: str, value: Any) -> Any:
    """Values of one kind ask the same theorems."""
    if not isinstance(value, int | float | np.number) or AXES[name].spread is None:
        return repr(value)
    if name == "overlap":
        return "number"
    return "inf" if math.isinf(value) else float(np.sign(value))


Block = tuple[np.ndarray, ...]  # indices along each axis


def blocks(problem: TransferProblem, grid: Mapping[str, np.ndarray]) -> Iterator[Block]:
    """Products of indices that make up the grid, each of one kind; cell by cell where formulas need the vectors."""
    v = problem.vectors
    by_vectors = v is not None and (v.test_covariance is not None or v.source_covariance is not None)
    alone = by_vectors or problem.given_features is not None
    cuts = []
    for name, values in grid.items():
        kinds: dict[Any, list[int]] = {}
        for index, value in enumerate(values):
            kinds.setdefault(index if alone else _kind(name, value), []).append(index)
        cuts.append([np.array(indices) for indices in kinds.values()])
    yield from itertools.product(*cuts)


def block_question(
    problem: TransferProblem, learner: Any, baseline: Any, grid: Mapping[str, np.ndarray], block: Block
) -> Question:
    """The question that stands for a block of cells: axes of one value are moved along, the others spread."""
    shape = tuple(map(len, block))
    single = {name: grid[name][i[0]] for name, i in zip(grid, block, strict=True) if len(i) == 1}
    world, who = moved(problem, learner, single)
    base = None if baseline is None else as_learner(baseline)

    def cell(index: tuple[int, ...]) -> Question:
        chosen = {name: grid[name][i[at]] for name, i, at in zip(grid, block, index, strict=True)}
        place, there = moved(problem, learner, chosen)
        return Question(place, as_learner(there), base)

    def number(index: tuple[int, ...]) -> int:
        place = tuple(i[at] for i, at in zip(block, index, strict=True))
        return int(np.ravel_multi_index(place, tuple(map(len, grid.values()))))

    spread_axes = [(k, name) for k, name in enumerate(grid) if len(block[k]) > 1]
    if spread_axes:
        world = _with(world, vectors=None)
    for k, name in spread_axes:
        column = grid[name][block[k]].astype(float).reshape((-1, *(1 for _ in range(len(block) - k))))
        world, who = spread(name, world, who, column)
    return Question(world, as_learner(who), base, shape, cell, number)


def spread(name: str, problem: TransferProblem, learner: Any, values: np.ndarray) -> tuple[TransferProblem, Any]:
    """Problem and learner with an array of values along an axis that has such."""
    how = AXES[name].spread
    assert how is not None
    return how(problem, learner, values)


def line_question(first: Question, problem: TransferProblem, learner: Any, name: str, values: np.ndarray) -> Question:
    """The question of one value of an axis beside each n, (k,), for a root finder; `first` is the question of one of them."""
    world, who = spread(name, _with(problem, vectors=None), learner, values)

    def cell(index: tuple[int, ...]) -> Question:
        if not index:
            return first
        place, there = moved(problem, learner, {name: float(values[index])})
        return Question(place, as_learner(there), first.baseline)

    return Question(world, as_learner(who), first.baseline, cell=cell, paired=True)


def check_axes(problem: TransferProblem, learners: list[Learner], grid: Mapping[str, np.ndarray]) -> None:
    """Refuse values that are impossible at some cell: every value where the axes of several are cheap, else the ends."""
    for name, values in grid.items():
        spread = AXES[name].spread is not None and values.dtype != object
        some: Iterable[Any] = {float(values.min()), float(values.max())} if spread else values
        if name == "overlap" and spread:  # teachers that span no plane may still be turned to the ends, ±1
            some = {*some, float(np.sort(values)[len(values) // 2])}
        if spread and np.isnan(values).any():
            some = [math.nan]
        for value in some:
            for learner in learners if AXES[name].of_learner else learners[:1]:
                plain = int(value) if name == "n_source" and isinstance(value, float) and value == int(value) else value
                moved(problem, learner, {name: plain})
        if name == "n_source" and spread and (values != np.round(values)).any():
            refuse(name, "whole numbers", values)
