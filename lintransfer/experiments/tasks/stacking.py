"""Experiments on K tasks fine-tuned from one start and added up, Σ = I, and random families of tasks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.averages import best_on_the_other_half, updates


def displacements(dim: int, gram: Any) -> np.ndarray:
    """Vectors (K, dim) of these inner products, along no special axes."""
    values, vectors = np.linalg.eigh(np.asarray(gram, float))
    i, j = np.arange(1.0, dim + 1), np.arange(1.0, len(values) + 1)
    basis = math.sqrt(2 / (dim + 1)) * np.sin(np.pi * np.outer(j, i) / (dim + 1))  # orthonormal rows
    return (vectors * np.sqrt(np.maximum(values, 0))) @ basis


def stacks(
    rng: np.random.Generator, replicates: int, sizes: Any, dim: int, gram: Any, noise_variances: Any, coefficients: Any
) -> np.ndarray:
    """Risks on the last task of sums of updates with these coefficients."""
    moved = displacements(dim, gram)
    drawn = updates(rng, replicates, sizes, moved, noise_variances)
    return np.concatenate([np.sum((np.einsum("bki,k->bi", d, coefficients) - moved[-1]) ** 2, axis=1) for d in drawn])


def total_merges(
    rng: np.random.Generator, replicates: int, sizes: Any, dim: int, gram: Any, noise_variances: Any, coefficients: Any
) -> np.ndarray:
    """Risks of one merged model on every task, (replicates, K), weighted by 1, 2, … so that the tasks do not look alike."""
    moved = displacements(dim, gram)
    drawn = updates(rng, replicates, sizes, moved, noise_variances)
    risks = [np.sum((np.einsum("bki,k->bi", d, coefficients)[:, None] - moved) ** 2, axis=2) for d in drawn]
    return np.concatenate(risks) @ np.arange(1.0, len(moved) + 1)


def best_stacks(
    rng: np.random.Generator, replicates: int, sizes: Any, dim: int, gram: Any, noise_variances: Any
) -> np.ndarray:
    """Risks on the last task at the coefficients that were best on other draws."""
    moved = displacements(dim, gram)
    return best_on_the_other_half(moved[-1], updates(rng, replicates, sizes, moved, noise_variances))


def _tuned(rng: np.random.Generator, sizes: Any, moved: np.ndarray, noise_variances: Any) -> list[float]:
    """A ridge for each fit, the best of a ladder on draws of its own."""
    found = []
    for n, teacher, noise in zip(sizes, moved, noise_variances, strict=True):
        start = len(teacher) * float(noise) / float(teacher @ teacher)
        ladder = start * np.geomspace(0.25, 4, 13)
        risks = []
        for ridge in ladder:
            (fits,) = updates(rng, 400, [n], teacher[None], [noise], [ridge])
            risks.append(np.mean(np.sum((fits[:, 0] - teacher) ** 2, axis=1)))
        found.append(float(ladder[int(np.argmin(risks))]))
    return found


def ridge_stacks(
    rng: np.random.Generator, replicates: int, sizes: Any, dim: int, gram: Any, noise_variances: Any, coefficients: Any
) -> np.ndarray:
    """As `stacks`, of ridge fits, each with a ridge that is best for its own task."""
    moved = displacements(dim, gram)
    drawn = updates(rng, replicates, sizes, moved, noise_variances, _tuned(rng, sizes, moved, noise_variances))
    return np.concatenate([np.sum((np.einsum("bki,k->bi", d, coefficients) - moved[-1]) ** 2, axis=1) for d in drawn])


def best_ridge_stacks(
    rng: np.random.Generator, replicates: int, sizes: Any, dim: int, gram: Any, noise_variances: Any
) -> np.ndarray:
    """As `best_stacks`, of ridge fits, each with a ridge that is best for its own task."""
    moved = displacements(dim, gram)
    ridges = _tuned(rng, sizes, moved, noise_variances)
    return best_on_the_other_half(moved[-1], updates(rng, replicates, sizes, moved, noise_variances, ridges))


def symmetric_merges(
    rng: np.random.Generator, replicates: int, n: int, dim: int, displacement_energy: float, overlap: float,
    noise_variance: float, tasks: int,
) -> np.ndarray:  # fmt: skip
    """Risks on one of K alike tasks of their updates, merged at the common scale that was best on other draws."""
    gram = displacement_energy * ((1 - overlap) * np.eye(tasks) + overlap * np.ones((tasks, tasks)))
    moved = displacements(dim, gram)
    drawn = updates(rng, replicates, [n] * tasks, moved, [noise_variance] * tasks)
    return best_on_the_other_half(moved[-1], (fits.sum(axis=1, keepdims=True) for fits in drawn))


def random_tasks(rng: np.random.Generator) -> dict[str, Any]:
    """A family of tasks from any regime: sizes next to d and far from it, some teachers equal, some noiseless."""
    count, dim = int(rng.integers(1, 5)), int(rng.choice([1, 2, 7, 50, 10**6]))
    teachers = rng.standard_normal((count, 3))
    if rng.random() < 0.3:
        teachers[:] = teachers[0]
    near = [max(dim + step, 0) for step in (-4, -2, 2, 4)]
    sizes = [int(rng.choice([0, 1, *near, 2 * dim + 1, 3 * dim + 10**6])) for _ in range(count)]
    gram = np.sum(teachers[:, None] * teachers[None], axis=-1)
    return {
        "sizes": np.array(sizes),
        "dim": dim,
        "gram": (gram + gram.T) / 2,
        "noise_variances": np.where(rng.random(count) < 0.2, 0.0, rng.uniform(0.01, 4, count)),
    }


def random_stacks(rng: np.random.Generator) -> Mapping[str, Any]:
    """A family of tasks with coefficients of both signs."""
    tasks = random_tasks(rng)
    return tasks | {"coefficients": rng.uniform(-1, 1.5, len(tasks["sizes"]))}
