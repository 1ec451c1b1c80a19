"""Experiments: two noiseless tasks with given row spaces, fitted in turns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import least_squares


def _tasks(rng: np.random.Generator, rows: tuple[int, int], dim: int) -> tuple[np.ndarray, np.ndarray]:
    """Two designs, the second near the first's row space, so that small angles occur."""
    first = rng.standard_normal((rows[0], dim))
    mixed = rng.standard_normal((rows[1], rows[0])) @ first
    return first, mixed + 0.7 * rng.standard_normal((rows[1], dim))


def alternating_fits(
    rng: np.random.Generator, replicates: int, fits: int, first_rows: int, second_rows: int, dim: int
) -> tuple[np.ndarray, Mapping[str, Any]]:
    """‖P_other(w − θ)‖² after so many fits, with cosines and energies from a singular value decomposition."""
    first, second = _tasks(rng, (first_rows, second_rows), dim)
    teacher, weights = rng.standard_normal((2, dim))
    bases = [np.linalg.qr(design.T)[0] for design in (first, second)]
    start = weights - teacher
    for k in range(fits):
        design = (first, second)[k % 2]
        weights = least_squares(design, (design @ teacher)[:, None], weights[:, None])[:, 0]
    error = float(np.sum((bases[fits % 2].T @ (weights - teacher)) ** 2))
    left, cosines, right = np.linalg.svd(bases[0].T @ bases[1])
    u, v = bases[0] @ left, bases[1] @ right.T
    pairs = min(first_rows, second_rows)
    cosines = np.pad(cosines[:pairs], (0, max(second_rows - pairs, 0)))
    beside = v - np.pad(u[:, :pairs], ((0, 0), (0, max(second_rows - pairs, 0))))[:, : v.shape[1]] * cosines
    energies = (start @ beside) ** 2 / np.sum(beside**2, axis=0)
    return np.array([error]), {"fits": fits, "overlaps": cosines, "energies": energies}


def worst_fits(
    rng: np.random.Generator, replicates: int, fits: int, rows: int, dim: int
) -> tuple[np.ndarray, Mapping[str, Any]]:
    """‖P_other(w − θ)‖² per unit of ‖w0 − θ‖² over random pairs of tasks."""
    found = []
    for _ in range(replicates):
        first, second = _tasks(rng, (rows, rows), dim)
        start = rng.standard_normal(dim)
        error = start[:, None]
        for k in range(fits):
            design = (first, second)[k % 2]
            error = least_squares(design, np.zeros((rows, 1)), error)
        basis = np.linalg.qr((first, second)[fits % 2].T)[0]
        found.append(np.sum((basis.T @ error) ** 2) / np.sum(start**2))
    return np.array(found), {"fits": fits}


def worst_angle(rng: np.random.Generator, replicates: int, fits: int) -> tuple[np.ndarray, Mapping[str, Any]]:
    """The largest error over a fine grid of angles between two rows in a plane, started at the worst error."""
    angles = np.linspace(0, np.pi / 2, 200_001)
    row, other = np.array([1.0, 0.0]), np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    error = np.broadcast_to(np.array([0.0, 1.0]), other.shape)
    for k in range(fits):
        unit = other if k % 2 else row
        error = error - np.sum(error * unit, axis=-1, keepdims=True) * unit
    last = row if fits % 2 == 0 else other
    return np.array([np.max(np.sum(error * last, axis=-1) ** 2)]), {"fits": fits}
