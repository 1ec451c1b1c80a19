"""Experiments: a block of a source fit is copied, other weights are fitted to the target."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.pooling import draw, pooled_fit, risk


def energies(n_source_features: int, n_transferred: int, n_free: int, rest: int) -> dict[str, float]:
    """What the two teachers of `_teachers` hold in the blocks."""
    source, target = _teachers(n_source_features, n_free, rest)
    block, off = slice(n_transferred), slice(n_source_features, None)
    free, left = slice(n_transferred, n_transferred + n_free), slice(n_transferred + n_free, None)
    return {
        "source_energy": float(np.sum(source[:n_source_features] ** 2)),
        "source_off": float(np.sum(source[off] ** 2)),
        "source_block_energy": float(np.sum(source[block] ** 2)),
        "block_cross_energy": float(source[block] @ target[block]),
        "target_block_energy": float(np.sum(target[block] ** 2)),
        "free_energy": float(np.sum(target[free] ** 2)),
        "rest_energy": float(np.sum(target[left] ** 2)),
    }


def block_errors(
    rng: np.random.Generator, replicates: int, n_source: int, n_source_features: int, n_transferred: int,
    noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """‖θ_T − ŵ‖² on the copied block; the noise is that of the source."""
    source, target = _teachers(n_source_features, 2, 2)
    copied = _copied(rng, replicates, n_source, n_source_features, n_transferred, source, noise_variance)
    return risk(copied, target[:n_transferred])


def block_risks(
    rng: np.random.Generator, replicates: int, n: int, n_free: int, n_source: int, n_source_features: int,
    n_transferred: int, noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Risks of the weights put together; the noise is that of both tasks."""
    source, target = _teachers(n_source_features, n_free, 2)
    copied = _copied(rng, replicates, n_source, n_source_features, n_transferred, source, noise_variance)
    design, labels = draw(rng, replicates, n, target, noise_variance)
    labels = labels - np.einsum("mnb,mb->mn", design[..., :n_transferred], copied)
    ends = n_transferred, n_transferred + n_free
    weights = np.zeros((replicates, len(target)))
    weights[:, : ends[0]] = copied
    weights[:, slice(*ends)] = pooled_fit([(design[..., slice(*ends)], labels)])
    return risk(weights, target)


def _teachers(n_source_features: int, n_free: int, rest: int) -> tuple[np.ndarray, np.ndarray]:
    """Source and target, always the same, in the order of the features: the source's (first of them the copied), others."""
    dim = n_source_features + n_free + rest
    shared, one, other = np.random.default_rng(dim).standard_normal((3, dim)) / math.sqrt(2 * dim)
    return shared + one, shared + other


def _copied(
    rng: np.random.Generator, replicates: int, n_source: int, n_source_features: int, n_transferred: int,
    source: np.ndarray, noise_variance: float,
) -> Any:  # fmt: skip
    design, labels = draw(rng, replicates, n_source, source, noise_variance)
    return pooled_fit([(design[..., :n_source_features], labels)])[:, :n_transferred]
