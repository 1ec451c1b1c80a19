"""Sums over the modes of a covariance that every formula in κ is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lintransfer.arithmetic import per_mode, total, where

_FLOAT = np.dtype(float)
_BLOCK = 1 << 16  # numbers per block: two blocks stay in cache
_FEW = 16  # columns up to which a loop over them is faster than one small product per row


def resolvent_sums(kappa: Any, eigenvalues: Any, *weights_by_power: Sequence[Any]) -> tuple[Any, ...]:
    r"""The sums Σ_i w_i/(λ_i+κ)^p over modes: for p = 1, 2, … one sum per weight in `weights_by_power[p-1]`.

    kappa: (…,) or scalar.  eigenvalues, weights: (k,), none with λ_i + κ = 0.  Returns the sums, in order, each (…,).
    On NumPy floats the work runs through a buffer that stays in cache, and BLAS; in any other arithmetic it is written
    as it reads.

    >>> one, two = resolvent_sums(1.0, np.array([1.0, 3.0]), [np.ones(2)], [np.ones(2)])
    >>> float(one), float(two)
    (0.75, 0.3125)
    """
    vectors = (eigenvalues, *(w for weights in weights_by_power for w in weights))
    floats = type(kappa) in (np.ndarray, np.float64) and kappa.dtype is _FLOAT
    if floats and all(type(v) is np.ndarray and v.dtype is _FLOAT and v.ndim == 1 for v in vectors):
        return tuple(mode_sums(eigenvalues, *weights_by_power)(kappa.reshape(-1)).reshape(-1, *kappa.shape))
    resolvent = 1 / (per_mode(kappa) + eigenvalues)
    return tuple(total(w * resolvent**p) for p, ws in enumerate(weights_by_power, 1) for w in ws)


def mode_sums(
    eigenvalues: np.ndarray, *weights_by_power: Sequence[Any], alone: bool = False
) -> Callable[[np.ndarray], np.ndarray]:
    """The sums of `resolvent_sums` as a function of κ (k,), prepared once: it returns one row for each weight.

    alone: the value at each κ does not depend on the others in the call, not even in its last bit.
    """
    size, columns, last = len(eigenvalues), [], 0
    for weights in weights_by_power:
        columns.append((np.array(weights).T, slice(last, last + len(weights))) if len(weights) else None)
        last += len(weights)
    shifts = np.ones((2, size))
    shifts[1] = eigenvalues

    def sums(kappa: np.ndarray) -> np.ndarray:
        flat, out = np.ones((len(kappa), 2)), np.empty((len(kappa), last))
        flat[:, 0] = kappa
        rows = min(len(kappa), max(1, _BLOCK // size))
        buffers = np.empty((2, rows, size))
        for start in range(0, len(kappa), rows):
            resolvent, power = buffers[:, : len(kappa) - start]
            np.matmul(flat[start : start + rows], shifts, out=resolvent)  # κ·1 + 1·λ: exact, and fast
            np.divide(1.0, resolvent, out=resolvent)
            here = out[start : start + rows]
            for degree, column in enumerate(columns):
                if degree:
                    np.multiply(power if degree > 1 else resolvent, resolvent, out=power)
                if column is not None:
                    product(power if degree else resolvent, column[0], out=here[:, column[1]])
        return out.T

    product = _row_by_row if alone else np.matmul
    return sums


def _row_by_row(rows: np.ndarray, columns: np.ndarray, out: np.ndarray) -> None:
    """The matrix product, in an order of summation that does not depend on how many rows there are."""
    if rows.shape[1] > _FEW:
        out[...] = np.matmul(rows[:, None, :], columns)[:, 0]
        return
    out[...] = rows[:, :1] * columns[0]
    for i in range(1, rows.shape[1]):
        out += rows[:, i : i + 1] * columns[i]


def excess_samples(n: Any, kappa: Any, eigenvalues: Any, multiplicities: Any) -> Any:
    r"""n − df1(κ) = n − Σ m_i λ_i/(λ_i+κ), without cancellation; it equals λ/κ at the ridge λ whose κ this is.

    Arguments as in `effective_regularization`, κ > 0 (…,), any arithmetic. Returns (…,).

    >>> round(float(excess_samples(3.0, 6e-20, np.array([1.0, 2.0, 3.0]), np.ones(3))) * 1e20, 12)
    11.0
    """
    anchor, rest = split_count(kappa, eigenvalues, multiplicities)
    return (n - anchor) + rest


def split_count(kappa: Any, eigenvalues: Any, multiplicities: Any) -> tuple[Any, Any]:
    r"""df1(κ) = Σ m_i λ_i/(λ_i+κ) as anchor − rest: the anchor counts the eigenvalues above κ.

    The rest is never more than twice −∂df1/∂log κ, and n − anchor is exact for whole n: nothing cancels in
    n − df1, on a plateau of df1 as little as at n = rank. Arguments as in `excess_samples`; returns two values (…,).

    >>> [float(part) for part in split_count(1.0, np.array([3.0, 1.0 / 3.0]), np.ones(2))]
    [1.0, 0.0]
    """
    column = per_mode(kappa)
    above = eigenvalues > column
    rest = total(multiplicities * where(above, column, -eigenvalues) / (column + eigenvalues))
    return total(where(above, multiplicities, 0)), rest
