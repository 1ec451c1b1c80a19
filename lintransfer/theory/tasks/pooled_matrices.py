r"""Weighted pooled ridge under covariances that share no basis: `pooled_ridge` with d×d matrices in the place of modes.

One inverse of Σ a_kS_k + λ per step and problem: for grids of large d let the covariances be diagonal in one basis.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from lintransfer.errors import refuse
from lintransfer.numerics.entries import plain
from lintransfer.numerics.group_traces import group_traces, solve_dominant
from lintransfer.theory.tasks.pooled_ridge import PooledRidge, numbers

_SMALL_RIDGE = 1e-9  # of tr Σ n_kS_k, where some groups determine what they see and others do not
_RANK = 1e-10  # eigenvalues below this part of the largest count as zero
_MOST = 12  # groups whose subsets are gone through, if a covariance is singular


def pooled_matrix_equivalent(
    sizes: Any, covariances: Any, teachers: Any, noise_variances: Any, weights: Any = 1.0, ridge: Any = 0.0,
    test_covariance: Any = None,
) -> PooledRidge:  # fmt: skip
    r"""Weighted pooled ridge under any covariances Σ_k.

    sizes: n_k (…, K), real, ≥ 0; TARGET LAST.  covariances: Σ_k (K, d, d).  teachers: θ_k − w0 (…, K, d).
    noise_variances: σ_k² (…, K).  weights: ω_k ≥ 0 (…, K).  ridge: λ ≥ 0 (…,), sum convention.  test_covariance: Σ_t
    (d, d), by default that of the last group.
    Returns a `PooledRidge` whose shares are matrices (…, K, d, d), w̄ = w0 + Σ shares_k(θ_k − w0). Without ridge: inf at
    Σn_k = rank as soon as there is noise or two teachers differ; where singular covariances leave some groups
    overdetermined and others not, a ridge of 1e-9 tr Σn_kS_k stands for none. Raises `DomainError`.
    Deterministic equivalent, error O(1/d). Source: its row of the table.

    >>> pooled_matrix_equivalent([8.0], np.eye(4)[None], np.ones((1, 4)), [0.5]).risk.round(12)  # σ²d/(n − d)
    np.float64(0.5)
    """
    sizes, noise, weights = (
        numbers(name, value)
        for name, value in (("sizes", sizes), ("noise_variances", noise_variances), ("weights", weights))
    )
    ridge, teachers = numbers("ridge", ridge, infinite=True), numbers("teachers", teachers, "")
    covariances = numbers("covariances", covariances, "")
    if covariances.ndim != 3 or covariances.shape[1] != covariances.shape[2]:
        refuse("covariances", "an array (K, d, d)", f"shape {covariances.shape}")
    groups, dim = covariances.shape[:2]
    tested = covariances[-1] if test_covariance is None else numbers("test_covariance", test_covariance, "")
    lead = np.broadcast_shapes(sizes.shape[:-1], teachers.shape[:-2], noise.shape[:-1], weights.shape[:-1], ridge.shape)
    n, v, omega = (np.broadcast_to(x, (*lead, groups)).reshape(-1, groups) for x in (sizes, noise, weights))
    theta, pull = np.broadcast_to(teachers, (*lead, groups, dim)).reshape(-1, groups, dim), ridge
    pull = np.broadcast_to(pull, lead).reshape(-1)
    n = np.where((omega > 0) & np.isfinite(pull)[:, None], n, 0.0)
    scaled = np.where(omega > 0, omega, 1.0)[..., None, None] * covariances
    over, under, peak = _regimes(n, covariances)
    bare, mixed = pull == 0, (pull == 0) & ~(over | under)
    small = _SMALL_RIDGE * np.einsum("bk,bkii->b", n, scaled)
    offset = np.where(bare & under & ~peak, 0.0, 1.0)[:, None]
    felt = np.where(np.isinf(pull) | (bare & under), 1.0, np.where(mixed | (bare & peak), small, pull))
    felt = np.where(bare & over & ~peak, 0.0, felt)

    def inverse(rows: Any, a: Any) -> Any:
        total = np.einsum("bk,bkij->bij", a, scaled[rows]) + felt[rows, None, None] * np.eye(dim)
        empty = felt[rows] == 0
        found = np.linalg.inv(np.where(empty[:, None, None], np.eye(dim), total))
        if empty.any():
            found[empty] = np.linalg.pinv(total[empty], rcond=_RANK, hermitian=True)
        return found

    def traces(rows: Any, a: Any) -> tuple[Any, Any]:
        moved = scaled[rows] @ inverse(rows, a)[:, None]
        found = np.einsum("bkii->bk", moved)
        return np.where(found > 0, found, 1.0), np.einsum("bkij,blji->bkl", moved, moved)

    unit = group_traces(n, offset * np.ones_like(n), traces)
    a = n / (offset + unit)
    g = inverse(slice(None), a)
    moved = scaled @ g[:, None]
    couplings = np.einsum("bkij,blji->bkl", moved, moved) * a[:, None, :]
    slack = offset + felt[:, None] * np.einsum("bkij,bji->bk", moved, g)
    amplified = a * solve_dominant(couplings, slack, np.einsum("bkij,bji->bk", moved, tested @ g))
    shares = a[:, :, None, None] * (g[:, None] @ scaled)
    left = np.eye(dim) - shares.sum(axis=1)
    apart = theta[:, :, None] - theta[:, None]  # (…, l, k): θ_l − θ_k
    missed = np.einsum("blij,blkj->bki", shares, apart) - np.einsum("bij,bkj->bki", left, theta)
    bias = np.einsum("bi,ij,bj->b", missed[:, -1], tested, missed[:, -1])
    errors = omega * (v + np.einsum("bki,kij,bkj->bk", missed, covariances, missed))
    risk = bias + np.where(errors > 0, amplified * errors, 0.0).sum(axis=-1)
    if (bare & peak).any():
        one = theta[np.arange(len(n)), (n > 0).argmax(axis=1)][:, None] - theta
        differ = omega * (v + np.einsum("bki,kij,bkj->bk", one, covariances, one))
        risk = np.where(bare & peak & ((differ > 0) & (n > 0)).any(axis=1), np.inf, risk)
    traces_ = np.where(offset > 0, unit, np.inf)
    return PooledRidge(*(plain(x.reshape(lead + x.shape[1:])) for x in (risk, bias, shares, traces_, amplified)))


def pooled_matrix_risk(
    sizes: Any, covariances: Any, teachers: Any, noise_variances: Any, weights: Any = 1.0, ridge: Any = 0.0,
    test_covariance: Any = None,
) -> Any:  # fmt: skip
    r"""The risk of `pooled_matrix_equivalent` alone, (…,); arguments as there.

    >>> float(pooled_matrix_risk([2.0], np.eye(4)[None], np.ones((1, 4)), [0.5]).round(12))  # (1 − n/d)‖θ‖² + σ²n/(d − n)
    2.5
    """
    return pooled_matrix_equivalent(sizes, covariances, teachers, noise_variances, weights, ridge, test_covariance).risk


def _regimes(sizes: Any, covariances: Any) -> tuple[Any, Any, Any]:
    """Where all groups are overdetermined, where none is, and where the samples of all are as many as their dimensions."""
    groups, dim = covariances.shape[:2]
    used, total = sizes > 0, sizes.sum(axis=1)
    if np.linalg.matrix_rank(covariances, hermitian=True, rtol=_RANK).min() == dim:
        return total > dim, total < dim, total == dim
    if groups > _MOST:
        refuse("covariances", f"of full rank, for more than {_MOST} groups", f"{groups} groups")
    over, under, peak = np.zeros(len(sizes), bool), np.zeros(len(sizes), bool), np.zeros(len(sizes), bool)
    for present in np.unique(used, axis=0):
        rows = (used == present).all(axis=1)
        sets = [
            np.array(s, int)
            for r in range(present.sum() + 1)
            for s in itertools.combinations(np.flatnonzero(present), r)
        ]
        ranks = np.array(
            [
                np.linalg.matrix_rank(covariances[s].sum(axis=0), hermitian=True, rtol=_RANK) if len(s) else 0
                for s in sets
            ]
        )
        excess = ranks - np.stack([sizes[rows][:, s].sum(axis=1) for s in sets], axis=1)
        best = excess.min(axis=1, keepdims=True)
        only = (excess == best).sum(axis=1) == 1
        under[rows], over[rows] = only & (excess[:, 0] == best[:, 0]), only & (excess[:, -1] == best[:, 0])
        peak[rows] = ~only
    return over & used.any(axis=1), under | ~used.any(axis=1), peak
