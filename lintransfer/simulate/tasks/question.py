"""Simulated risk of learners that use several tasks: the question in the user's words, trained end to end.

Every "optimal" is to be a number by now (`lintransfer.routing.tasks` puts it in).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.errors import refuse
from lintransfer.problems import TransferProblem
from lintransfer.simulate.linear.question import world_of
from lintransfer.simulate.tasks.training import World, sequence_risks, task_risks
from lintransfer.strategies import FineTune, LinearTransfer, Pool, Replay, Scratch, Soup, Stack, WeightAverage
from lintransfer.task_families import TaskFamily

_LARGEST_DESIGN = 20_000


def simulate_tasks(
    problem: Any, who: Any, n: Any, key: int = 0, replicates: int = 200
) -> tuple[np.ndarray, np.ndarray]:
    """Mean risk on the target, or of R_baseline − R_learner for a pair, and its standard error, of the shape of n.

    problem: TransferProblem or TaskFamily (whose last size n replaces).  who: a learner, or (baseline, learner) on the same
    rows.
    """
    sizes = np.asarray(n)
    mean, error = np.empty(sizes.shape), np.empty(sizes.shape)
    pair = who if isinstance(who, tuple) else (who,)
    for place in np.ndindex(sizes.shape):
        size = int(sizes[place])
        found = task_risks(
            np.random.default_rng([key, size]), replicates, world(problem, size), [_plan(one) for one in pair]
        )
        samples = found[0] - found[1] if len(pair) == 2 else found[0]
        mean[place], error[place] = samples.mean(), samples.std(ddof=1) / math.sqrt(replicates)
    return mean, error


def simulate_sequence(
    family: TaskFamily, ridge: float, joint: bool, key: int = 0, replicates: int = 200
) -> tuple[np.ndarray, np.ndarray]:
    """Mean risk of every task after every stage, and its standard error, (K + 1, K)."""
    samples = sequence_risks(np.random.default_rng(key), replicates, world(family), ridge, joint)
    return samples.mean(axis=0), samples.std(axis=0, ddof=1) / math.sqrt(replicates)


def world(problem: Any, n: int | None = None) -> World:
    """The tasks as vectors; n: of the target (a family knows it)."""
    if problem.dim > _LARGEST_DESIGN:
        refuse("dim", f"at most {_LARGEST_DESIGN} where designs are drawn", problem.dim)
    if isinstance(problem, TaskFamily):
        sizes = problem.sizes if n is None else (*problem.sizes[:-1], n)
        given, noises = problem.given, [float(s) for s in problem.noise_std]
        if given is not None:
            return World(np.asarray(given.teachers), sizes, noises, given.covariances)
        return World(teachers_of(np.asarray(problem.gram), problem.dim), sizes, noises)
    return _two_tasks(problem, int(n or 0))


def _two_tasks(problem: TransferProblem, n: int) -> World:
    target, told = world_of(problem)
    source = told["source"]
    if np.ndim(target) == 2:
        if target.shape[1] > 1:
            refuse("problem", "one output, to simulate several tasks", problem)
        source, target = source[:, 0], target[:, 0]
    own = told.get("covariance")
    given = told.get("source_covariance")
    covariances = None if own is None and given is None else [own if given is None else given, own]
    known = source if problem.n_source is None else None
    noises = [float(problem.source_noise_std), float(problem.noise_std)]
    ridge = 0.0 if isinstance(problem.source_ridge, str) else float(problem.source_ridge)
    tested = told.get("test_covariance")
    return World(np.stack([source, target]), (problem.n_source or 0, n), noises, covariances, known, ridge, tested)


def teachers_of(gram: np.ndarray, dim: int) -> np.ndarray:
    """Vectors (K, d) with these inner products."""
    values, vectors = np.linalg.eigh(gram)
    keep = np.argsort(values)[::-1][:dim]
    rows = np.zeros((len(gram), dim))
    rows[:, : len(keep)] = vectors[:, keep] * np.sqrt(np.maximum(values[keep], 0.0))
    return rows


def _plan(learner: Any) -> dict[str, Any]:
    if isinstance(learner, Scratch):
        return {"kind": "scratch", "ridge": learner.ridge, "time": learner.time}
    if isinstance(learner, FineTune):
        return {"kind": "fine-tune", "ridge": learner.ridge, "time": learner.time}
    if isinstance(learner, LinearTransfer):
        if learner.head == "source":
            refuse("head", '"zero" beside learners of several tasks', learner.head)
        return {"kind": "probe", "ridge": learner.ridge}
    if isinstance(learner, Pool):
        weights = {} if learner.weights == "equal" else {"weights": learner.weights}
        return {"kind": "pool", "ridge": learner.ridge, **weights}
    if isinstance(learner, Stack):
        return {"kind": "stack", "weights": learner.weights, "ridges": learner.ridge or None}
    if isinstance(learner, WeightAverage):
        return {"kind": "average", "weight": learner.weight, "ridge": learner.ridge}
    if isinstance(learner, Soup):
        return {"kind": "soup", "members": learner.members, "stretch": learner.stretch, "ridge": learner.ridge}
    if isinstance(learner, Replay):
        return {"kind": "replay", "kept": learner.kept}
    refuse("learner", "one that learns linearly from the rows of tasks", learner)
