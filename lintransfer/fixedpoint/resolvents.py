"""Sums over the modes of a covariance that every formula in κ is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lintransfer.arithmetic import per_mode, total, where

_BLOCK = 1 << 16  # numbers per block: two blocks stay in cache


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
    if _is_float(kappa) and all(_is_float(v) and v.ndim == 1 for v in vectors):
        return _blocked_sums(np.asarray(kappa), eigenvalues, weights_by_power)
    resolvent = 1 / (per_mode(kappa) + eigenvalues)
    return tuple(total(w * resolvent**p) for p, ws in enumerate(weights_by_power, 1) for w in ws)


def _is_float(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.floating) and value.dtype.kind == "f"


def _blocked_sums(kappa: np.ndarray, eigenvalues: np.ndarray, weights_by_power: Sequence[Any]) -> tuple[Any, ...]:
    columns = [np.array(weights).T if len(weights) else None for weights in weights_by_power]
    flat, size = np.ones((kappa.size, 2)), len(eigenvalues)
    flat[:, 0] = kappa.reshape(-1)
    shifts = np.ones((2, size))
    shifts[1] = eigenvalues
    sums = np.empty((len(flat), sum(len(weights) for weights in weights_by_power)))
    rows = min(len(flat), max(1, _BLOCK // size))
    resolvent, power = np.empty((2, rows, size))
    for start in range(0, len(flat), rows):
        here, column = sums[start : start + rows], 0
        r, p = resolvent[: len(here)], power[: len(here)]
        np.matmul(flat[start : start + rows], shifts, out=r)  # κ·1 + 1·λ: exact, and faster than a broadcast sum
        np.divide(1.0, r, out=r)
        for degree, weights in enumerate(columns):
            if degree:
                np.multiply(p if degree > 1 else r, r, out=p)
            if weights is not None:
                np.matmul(p if degree else r, weights, out=here[:, column : column + weights.shape[1]])
                column += weights.shape[1]
    return tuple(sums.T.reshape(-1, *kappa.shape))


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
