"""Experiments: norms, noise and overlap estimated from target data."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs
from lintransfer.simulate.teachers import teacher_pair


def _exact_means(n: int, dim: int, target: np.ndarray, source: np.ndarray, noise_variance: float) -> dict[str, Any]:
    """Means of ‖Xᵀy‖², ‖y‖² and θ_S·Xᵀy over all data, by three Gauss–Hermite nodes per standard normal."""
    nodes, weights = np.array([-math.sqrt(3), 0.0, math.sqrt(3)]), np.array([1 / 6, 2 / 3, 1 / 6])
    count = n * (dim + 1)
    grid = np.array(list(itertools.product(range(3), repeat=count)))
    weight = np.prod(weights[grid], axis=1)
    design = nodes[grid[:, : n * dim]].reshape(-1, n, dim)
    labels = design @ target + math.sqrt(noise_variance) * nodes[grid[:, n * dim :]]
    scores = np.einsum("bni,bn->bi", design, labels)
    return {
        "score_energy": float(weight @ np.sum(scores**2, axis=1)),
        "label_energy": float(weight @ np.sum(labels**2, axis=1)),
        "source_score": float(weight @ (scores @ source)),
    }


def unbiased(what: str) -> Any:
    """A draw for the truth named `what` and the averages from which the estimate must return it."""

    def draw(
        rng: np.random.Generator, replicates: int, n: int, dim: int, target_energy: float, noise_variance: float
    ) -> tuple[np.ndarray, Mapping[str, Any]]:
        source, target = rng.standard_normal((2, dim))
        target *= math.sqrt(target_energy) / np.linalg.norm(target)
        means = _exact_means(n, dim, target, source, noise_variance)
        truth = {
            "target_energy": target_energy, "noise_variance": noise_variance, "cross_energy": float(source @ target),
        }  # fmt: skip
        if what == "cross_energy":
            return np.array([truth[what]]), {"n": n, "source_score": means["source_score"]}
        del means["source_score"]
        return np.array([truth[what]]), {"n": n, "dim": dim} | means

    return draw


def _data(
    rng: np.random.Generator, replicates: int, n: int, dim: int, target: np.ndarray, noise_variance: float
) -> tuple[np.ndarray, np.ndarray]:
    design = draw_inputs(rng, (replicates, n, dim))
    return design, design @ target + math.sqrt(noise_variance) * rng.standard_normal((replicates, n))


def target_energies(
    rng: np.random.Generator, replicates: int, n: int, dim: int, target_energy: float, noise_variance: float
) -> np.ndarray:
    """Estimates of t², as an average of y_i y_j x_i·x_j over pairs that corrects the pairs i = j."""
    target = teacher_pair(dim, 1.0, target_norm=math.sqrt(target_energy))[1]
    design, labels = _data(rng, replicates, n, dim, target, noise_variance)
    products = np.einsum("bni,bmi,bn,bm->bnm", design, design, labels, labels)
    own = np.sum(dim * labels**2, axis=1)
    return (products.sum(axis=(1, 2)) - own) / (n * (n + 1))


def cross_energies(
    rng: np.random.Generator, replicates: int, n: int, dim: int, source_energy: float, cross_energy: float,
    target_energy: float, noise_variance: float,
) -> np.ndarray:  # fmt: skip
    s, t = math.sqrt(source_energy), math.sqrt(target_energy)
    source, target = teacher_pair(dim, cross_energy / (s * t), s, t)
    design, labels = _data(rng, replicates, n, dim, target, noise_variance)
    return np.mean((design @ source) * labels, axis=1)
