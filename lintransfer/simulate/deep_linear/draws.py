"""Training sets of fine-tuning, and the few vectors of each that the end of a deep training depends on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import refuse
from lintransfer.simulate.end_to_end import least_squares
from lintransfer.simulate.teachers import covariance_root, teachers_from_modes

_LARGEST_DIM = 4096
_CHUNK = 2**22  # numbers in a stack of designs


class Draws(NamedTuple):
    """Stacked trainings: designs (b, n, d), labels (b, n), starts w0, fits m = X⁺y and kept parts Qw0, each (b, d)."""

    design: np.ndarray
    labels: np.ndarray
    start: np.ndarray
    fit: np.ndarray
    kept: np.ndarray


class World(NamedTuple):
    """Teachers (d,), covariance roots of target and source inputs and of the test, None for the identity."""

    source: np.ndarray
    target: np.ndarray
    root: Any
    source_root: Any
    test_root: Any


def world_of(problem: Any) -> World:
    """The vectors of a problem, made from its modes if it has none."""
    if problem.dim > _LARGEST_DIM:
        refuse("dim", f"at most {_LARGEST_DIM} where designs are drawn", problem.dim)
    v = problem.vectors
    if v is None:
        spectrum, source, target = teachers_from_modes(problem.modes)
        root = np.sqrt(spectrum)
        return World(source, target, root, root, root)
    root = covariance_root(v.covariance, problem.dim)
    others = [
        root if given is None else covariance_root(given, problem.dim)
        for given in (v.source_covariance, v.test_covariance)
    ]
    return World(np.asarray(v.source)[:, 0], np.asarray(v.target)[:, 0], root, *others)


def draw_trainings(rng: np.random.Generator, replicates: int, problem: Any, world: World, n: int) -> Iterator[Draws]:
    """Training sets of n samples in stacks of bounded memory; a finite source is drawn and fitted anew for each."""
    each = max(n, problem.n_source or 0, 1) * problem.dim
    size = max(1, _CHUNK // each)
    for first in range(0, replicates, size):
        yield _stack(rng, min(size, replicates - first), problem, world, n)


def _stack(rng: np.random.Generator, size: int, problem: Any, world: World, n: int) -> Draws:
    start = np.broadcast_to(world.source, (size, problem.dim))
    if problem.n_source is not None:
        seen = _inputs(rng, (size, problem.n_source, problem.dim), world.source_root, problem.inputs)
        answers = seen @ world.source + problem.source_noise_std * rng.standard_normal(seen.shape[:2])
        start = least_squares(seen, answers[..., None])[..., 0]
    design = _inputs(rng, (size, n, problem.dim), world.root, problem.inputs)
    labels = design @ world.target + problem.noise_std * rng.standard_normal((size, n))
    both = least_squares(design, np.stack([labels, np.einsum("bnd,bd->bn", design, start)], axis=-1))
    return Draws(design, labels, start, both[..., 0], start - both[..., 1])


def _inputs(rng: np.random.Generator, shape: tuple[int, ...], root: Any, law: str) -> np.ndarray:
    rows = rng.standard_normal(shape)
    if law == "sphere":
        rows *= math.sqrt(shape[-1]) / np.linalg.norm(rows, axis=-1, keepdims=True)
    if root is None:
        return rows
    return rows * root if root.ndim == 1 else rows @ root


def excess(weights: np.ndarray, world: World) -> np.ndarray:
    """Excess risks (…,) of weights (…, d) under the test covariance."""
    miss = weights - world.target
    if world.test_root is not None:
        miss = miss * world.test_root if world.test_root.ndim == 1 else miss @ world.test_root
    return np.sum(miss * miss, axis=-1)
