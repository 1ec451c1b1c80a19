"""Simulated heads on a random frozen ReLU layer, a layer of its own for every training set."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.errors import refuse
from lintransfer.simulate.end_to_end import least_squares

_TESTS = 64  # fresh inputs on which each training is tested
_AT_ONCE = 50
_LARGEST = 20_000


def simulate_random_features(
    problem: Any, learner: Any, n: Any, key: int = 0, replicates: int = 200
) -> tuple[np.ndarray, np.ndarray]:
    """Mean squared error of the learnt function on fresh inputs, and its standard error, of the shape of n.

    problem: Σ = λI, one output.  learner: its width N and ridge.
    """
    if max(problem.dim, learner.width) > _LARGEST:
        refuse("dim", f"at most {_LARGEST}, and the width too, where designs are drawn", problem.dim)
    sizes = np.asarray(n)
    mean, error = np.empty(sizes.shape), np.empty(sizes.shape)
    for place in np.ndindex(sizes.shape):
        found = _risks(np.random.default_rng([key, int(sizes[place])]), replicates, problem, learner, int(sizes[place]))
        mean[place], error[place] = found.mean(), found.std(ddof=1) / math.sqrt(replicates)
    return mean, error


def _risks(rng: np.random.Generator, replicates: int, problem: Any, learner: Any, n: int) -> np.ndarray:
    dim, width = problem.dim, learner.width
    scale = math.sqrt(float(problem.modes.eigenvalue[0]))
    teacher = float(problem.target_norm) * np.full(dim, 1 / math.sqrt(dim))
    found = np.empty(replicates)
    for start in range(0, replicates, _AT_ONCE):
        count = min(_AT_ONCE, replicates - start)
        layer = rng.standard_normal((count, width, dim))
        layer /= np.linalg.norm(layer, axis=2, keepdims=True)
        x = scale * rng.standard_normal((count, n + _TESTS, dim))
        features = np.maximum(x @ layer.transpose(0, 2, 1), 0) - scale / math.sqrt(2 * math.pi)
        truth = x @ teacher
        labels = truth[:, :n] + float(problem.noise_std) * rng.standard_normal((count, n))
        head = least_squares(features[:, :n], labels[..., None], ridge=learner.ridge)
        missed = (features[:, n:] @ head)[..., 0] - truth[:, n:]
        found[start : start + count] = (missed**2).mean(axis=1)
    return found
