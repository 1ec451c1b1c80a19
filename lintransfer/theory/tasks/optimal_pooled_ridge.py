r"""The ridge of least risk for a pool whose weights are given, isotropic inputs.

With the weights of `lintransfer.theory.tasks.optimal_pooling` the ridge is part of a convex program; with given ones, equal
ones for a start, it is the minimum of `isotropic_pooled_risk` along one line. In x of `isotropic_pooling` that line is
explicit: c_k = (n_k/d)ω_kx/(1 + ω_kx), λ = dc_0/x, c_0 = 1 − Σc_k ≥ 0; the minimum is sought over decades of x first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lintransfer.numerics.entries import modal_arrays, plain
from lintransfer.theory.linear.covariance import inflated
from lintransfer.theory.tasks.isotropic_pooling import distances_to_mean, isotropic_pooled_risk

_DECADES = np.arange(-12.0, 12.25, 0.25)  # of x, beside 1/ω
_POINTS, _ROUNDS = np.linspace(0, 1, 9), 14  # each round cuts the bracket to a quarter


class PooledRidge(NamedTuple):
    """risk: (…,), the least.  ridge: (…,), where; 0 and inf (the weights stay at w0) among others."""

    risk: Any
    ridge: Any


def optimal_pooled_ridge(sizes: Any, dim: Any, gram: Any, noise_variances: Any, weights: Any = 1.0) -> PooledRidge:
    r"""λ ≥ 0 of least E R for weighted pooled ridge regression, Σ_k = I.

    .. math:: \lambda^* = \arg\min_{\lambda\ge0} R(\theta_t; \omega, \lambda)

    sizes: n_k (…, K), real, TARGET LAST.  dim: d (…,).  gram: (θ_k − w0)·(θ_l − w0), (…, K, K).  noise_variances: σ_k²
    (…, K).  weights: ω_k ≥ 0 (…, K), finite.
    Returns a `PooledRidge`; the ridge is that of ‖y − Xw‖² weighted as given. Of several equal minima the first.
    Deterministic equivalent, error O(1/d); the minimum to 1e-9, of all those that differ by a quarter of a decade.
    Raises `DomainError` as `isotropic_pool`. Follows from `isotropic_pooled_risk`.

    >>> found = optimal_pooled_ridge([0.0, 20.0], 10.0, [[1.0, 0.5], [0.5, 1.0]], [0.3, 0.3])
    >>> float(np.round(found.ridge, 5))  # scratch: dσ²/t²
    3.0
    """
    sizes, dim, gram, noise, weights = modal_arrays(sizes, dim, gram, noise_variances, weights)
    sizes, weights = np.broadcast_arrays(sizes, weights)
    largest = np.where(sizes > 0, weights, 0.0).max(axis=-1)[..., None]
    unit = 1 / np.where(largest > 0, largest, 1.0)
    lead = np.broadcast_shapes(sizes.shape[:-1], dim.shape, gram.shape[:-2], noise.shape[:-1])

    def along(places: Any) -> tuple[Any, Any]:
        """Risk and ridge at log₁₀ of x in this unit, with the places on the last axis; inf where no ridge ≥ 0 leads there."""
        x = (unit * 10.0**places)[..., None]
        seen = weights[..., None, :] * x / (1 + weights[..., None, :] * x)
        shares = sizes[..., None, :] / dim[..., None, None] * seen
        left = 1 - shares.sum(axis=-1)
        slack = left + (shares * (1 - seen)).sum(axis=-1)
        distances = distances_to_mean(gram[..., None, :, :], shares, left)
        noisy = (shares * seen * (noise[..., None, :] + distances)).sum(axis=-1)
        risk = distances[..., -1] + inflated(noisy, slack)
        return np.where((left > 0) & (risk == risk), risk, np.inf), dim[..., None] * left / x[..., 0]

    with np.errstate(all="ignore"):
        places = np.broadcast_to(_DECADES, (*lead, len(_DECADES)))
        low = high = places
        for points in (None, *([_POINTS] * _ROUNDS)):
            some = places if points is None else low + (high - low) * points
            value, ridge = along(some)
            first = value.argmin(axis=-1)[..., None]
            last = some.shape[-1] - 1
            low = np.take_along_axis(some, np.maximum(first - 1, 0), -1)
            high = np.take_along_axis(some, np.minimum(first + 1, last), -1)
        least, best = (np.take_along_axis(v, first, -1)[..., 0] for v in (value, ridge))
        for end in (0.0, np.inf):
            there = isotropic_pooled_risk(sizes, dim, gram, noise, weights, end)
            won = (there <= least) if end == 0 else (there < least)
            least, best = np.where(won, there, least), np.where(won, end, best)
    return PooledRidge(plain(least), plain(best))


def optimal_pooled_ridge_risk(sizes: Any, dim: Any, gram: Any, noise_variances: Any, weights: Any = 1.0) -> Any:
    r"""The risk of `optimal_pooled_ridge`, (…,); arguments as there.

    >>> round(float(optimal_pooled_ridge_risk([5.0, 5.0], 20.0, np.ones((2, 2)), [0.1, 0.1])), 6)  # one task of 10 samples
    0.574166
    """
    return optimal_pooled_ridge(sizes, dim, gram, noise_variances, weights).risk
