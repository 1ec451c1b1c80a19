"""Singular values of matrices whose columns are in any units.

A standard decomposition knows small singular values to ε times the largest, so that columns in units 10⁸ apart lose half
of their digits and those 10¹⁶ apart vanish. One-sided Jacobi rotations know each singular value to its own digits if the
columns, brought to one length, are well conditioned; it is they that say what is missing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_FAR_APART = 1e-5  # a smallest singular value below this, relative, is looked at by the careful method
_EPS = float(np.finfo(float).eps)


class Decomposition(NamedTuple):
    """M = U diag(s) Vᵀ over the singular values that are not zero up to rounding: left (n, r), values (r,), right (r, d).

    dropped: directions that are lost only because the units of the columns are too far apart, and others are larger.
    """

    left: np.ndarray
    values: np.ndarray
    right: np.ndarray
    dropped: int


def decompose(matrix: np.ndarray, rows: int = 0) -> Decomposition:
    """The thin singular value decomposition of a real matrix (n, d), values decreasing; a zero matrix has none.

    rows: of the matrix whose triangular factor this is, if it is one; the rounding of all of them counts.

    >>> apart = np.array([[1e9, 2e-9], [1e9, 1e-9], [1e9, 0.0]])
    >>> np.round(decompose(apart).values / [3**0.5 * 1e9, 2**0.5 * 1e-9], 12).tolist()
    [1.0, 1.0]
    """
    matrix = np.asarray(matrix, dtype=float)
    n, dim = matrix.shape
    largest = float(np.abs(matrix).max(initial=0.0))
    if largest == 0:
        return Decomposition(np.zeros((n, 0)), np.zeros(0), np.zeros((0, dim)), 0)
    unit = 2.0 ** np.floor(np.log2(largest))
    left, values, right = np.linalg.svd(matrix / unit, full_matrices=False)
    used = int(np.count_nonzero(np.any(matrix, axis=0)))
    possible = min(n, used)
    rounding = max(n, dim, rows) * _EPS
    alive = values > rounding * values[0]
    dropped = 0
    if values[possible - 1] < _FAR_APART * values[0]:
        rank = _balanced_rank(matrix, rounding)
        if n >= dim and rank == used:
            found = _by_rotations(matrix / unit)
            if found is not None:
                left, values, right = found
                return Decomposition(left, values * unit, right, 0)
        dropped = max(rank - int(alive.sum()), 0)
    return Decomposition(left[:, alive], values[alive] * unit, right[alive], dropped)


def _balanced_rank(matrix: np.ndarray, rounding: float) -> int:
    """The rank of the columns once they have one length."""
    lengths = np.abs(matrix).max(axis=0)
    values = np.linalg.svd(matrix[:, lengths > 0] / lengths[lengths > 0], compute_uv=False)
    return int(np.count_nonzero(values > 10 * rounding * values[0]))


def _by_rotations(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """By Jacobi rotations of the non-zero columns, which must be independent; None where that fails."""
    from scipy.linalg import lapack

    used = np.any(matrix, axis=0)
    columns = matrix[:, used]
    values, left, right, work, _, failed = lapack.dgejsv(columns, joba=2, jobu=0, jobv=0, jobr=1, jobt=0, jobp=0)
    values = values * (work[0] / work[1])
    if failed or not np.all(values > 0):
        return None
    whole = np.zeros((len(values), matrix.shape[1]))
    whole[:, used] = right.T
    return left[:, : len(values)], values, whole
