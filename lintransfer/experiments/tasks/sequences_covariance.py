"""Experiments: chains of ridge fits under spectra that differ from task to task, drawn and fitted from end to end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.sequences import train_in_turn

_CHUNK = 500


def spectra(dim: int) -> np.ndarray:
    """Three tasks (3, d): a falling power law, a rising one, and a flat one that a quarter of the directions lack."""
    i = np.arange(1.0, dim + 1)
    flat = np.where(np.arange(dim) < dim // 4, 0.0, 1.0)
    return np.stack([i**-1.0, i[::-1] ** -0.5, flat])


def teachers(dim: int) -> np.ndarray:
    """Three teachers of norm about 1, (3, d), that fill all directions."""
    i = np.arange(1.0, dim + 1)
    return np.stack([np.cos((2.0 + k) * i + 0.3 * k) for k in range(3)]) * np.sqrt(2 / dim)


def chain(
    rng: np.random.Generator,
    replicates: int,
    dim: int,
    sizes: Any,
    noise_variances: Any,
    ridges: Any,
    order: Any,
    at: Any,
) -> np.ndarray:
    """Risks on one task after one stage, `at` = (stage, task), from w0 = 0; sizes are shares of d."""
    counts = [round(share * dim) for share in sizes]
    world = counts, teachers(dim), noise_variances, order[: at[0]], spectra(dim), ridges
    pieces = [min(_CHUNK, replicates - start) for start in range(0, replicates, _CHUNK)]
    return np.concatenate([train_in_turn(rng, piece, *world)[:, -1, at[1]] for piece in pieces])


def chain_arguments(dim: int, sizes: Any, noise_variances: Any, ridges: Any, order: Any, at: Any) -> Mapping[str, Any]:
    found = teachers(dim)
    return {
        "sizes": np.array([round(share * dim) for share in sizes]),
        "eigenvalues": spectra(dim),
        "multiplicities": np.ones(dim),
        "gram": np.einsum("ji,ki->ijk", found, found),
        "noise_variances": np.asarray(noise_variances),
        "ridges": np.asarray(ridges),
        "order": order,
        "at": at,
    }
