"""Many eigenvalues replaced by few, with the same sums over modes."""

from __future__ import annotations

from typing import Any

import numpy as np

_LONG, _GRID = 600, 4  # modes and sample sizes from which it pays
_NODES = 16
_WIDTH = 1.5  # of a bin in log λ: the Bernstein ellipse through log κ ± iπ has ρ = 8.5, and 8.5⁻¹⁶ = 1e-15
_MOST_BINS = 40
_ANGLES = np.pi * (np.arange(_NODES) + 0.5) / _NODES
_CHEBYSHEV, _BARYCENTRIC = np.cos(_ANGLES), (-1.0) ** np.arange(_NODES) * np.sin(_ANGLES)


def is_long(n: Any, eigenvalues: Any, *weights: Any) -> bool:
    """Whether condensing pays: a grid n (…,) on NumPy floats, one long spectrum (k,), no eigenvalue zero."""
    arrays = (n, eigenvalues, *weights)
    if not all(type(v) is np.ndarray and v.dtype == float for v in arrays) or n.size < _GRID:
        return False
    if any(w.ndim != 1 for w in weights):
        return False
    return eigenvalues.ndim == 1 and len(eigenvalues) >= _LONG and bool((eigenvalues > 0).all())


def condensed(eigenvalues: np.ndarray, *weights: np.ndarray) -> tuple[np.ndarray, ...] | None:
    r"""Nodes λ'_j and weights w'_j with Σ_i w_i f(λ_i) = Σ_j w'_j f(λ'_j) to rounding for every f that a resolvent makes.

    f(λ) = λ^a/(λ+κ)^p is analytic in log λ but for its poles at log κ ± iπ, whatever κ > 0. In each bin of log λ it is
    therefore its own Chebyshev interpolant to 16 digits, and each mode hands its weight to the nodes of its bin.

    eigenvalues: (k,), positive.  weights: (k,) each. Returns λ', then the new weights, of either sign; None if the
    spectrum is so wide that this saves nothing. The sums lose nothing relative to Σ |w_i f(λ_i)|, but no longer count
    whole modes exactly: not for use where n − df1(κ) cancels.

    >>> levels = np.linspace(1.0, 2.0, 5000)
    >>> nodes, counts = condensed(levels, np.ones(5000))
    >>> len(nodes), round(float(counts @ (nodes / (nodes + 0.3))) / float(np.sum(levels / (levels + 0.3))), 12)
    (16, 1.0)
    """
    x = np.log(eigenvalues)
    if not (x[1:] <= x[:-1]).all():
        order = np.argsort(-x)
        x, weights = x[order], tuple(w[order] for w in weights)
    bins = int((x[0] - x[-1]) // _WIDTH) + 1
    if bins > _MOST_BINS or 2 * _NODES * bins > len(x):
        return None
    place = (x - x[0]) * -(1 / _WIDTH)
    index = place.astype(int)
    ends = index.searchsorted(np.arange(bins + 1))
    offset = 2 * (place - index) - 1 - _CHEBYSHEV[:, None]
    offset[offset == 0] = 1e-300
    share = np.divide(1.0, offset, out=offset)
    share /= _BARYCENTRIC @ share
    columns = np.array(weights)
    parts = [columns[:, a:b] @ share[:, a:b].T for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]
    nodes = np.exp(x[0] - _WIDTH * (np.arange(bins)[:, None] + (_CHEBYSHEV + 1) / 2))
    return nodes.reshape(-1), *(np.stack(parts, axis=1) * _BARYCENTRIC).reshape(len(weights), -1)
