r"""Negative ridge: how far below zero the penalty may go, and κ there.

λ(κ) = κ(n − df1(κ)) is convex on κ > −λ_min, because λ''(κ) = 2Σ m λ²/(λ+κ)³ > 0. It has one minimum, at the κ_c where
df2(κ_c) = n; below λ_c = λ(κ_c) no solution exists, and above it the larger root is the one that continues κ(λ ≥ 0).
"""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import array_namespace, exp, log, minimum, per_mode, sqrt, total, where
from lintransfer.numerics.brackets import bracketed_root
from lintransfer.numerics.entries import modal_arrays, plain
from lintransfer.numerics.resolvents import excess_samples
from lintransfer.theory.linear.effective_regularization import effective_regularization

_MARGIN = 1e-3  # widens brackets that are a point when all eigenvalues are equal
_ROUNDING = 1e-14  # widens brackets that end at a computed root


def critical_ridge(n: Any, eigenvalues: Any, multiplicities: Any) -> Any:
    r"""The most negative ridge λ_c(n) ≤ 0: λ_c = −κ_c² Σ m_i λ_i/(λ_i+κ_c)² with df2(κ_c) = n.

    n: sample sizes (…,) ≥ 0.  eigenvalues, multiplicities: (k,), modes of Σ; zero eigenvalues are dropped.
    Returns (…,): −trΣ at n = 0, 0 at n = rank Σ, −λ(√n − √d)² for d equal eigenvalues λ; at λ = λ_c the risk diverges.
    Source: its row of the table.

    >>> critical_ridge(np.array([0, 4, 16]), np.array([2.0]), np.array([9.0])).round(12).tolist()
    [-18.0, -2.0, -2.0]
    """
    n, eigenvalues, multiplicities = _alive(n, eigenvalues, multiplicities)
    kappa = _critical_kappa(n, eigenvalues, multiplicities)
    safe = per_mode(where(kappa < np.inf, kappa, 1))
    finite = -total(multiplicities * eigenvalues * (safe / (eigenvalues + safe)) ** 2)
    return plain(where(kappa < np.inf, finite, -total(multiplicities * eigenvalues)))


def critical_kappa(n: Any, eigenvalues: Any, multiplicities: Any) -> Any:
    r"""κ_c(n) > −λ_min, root of Σ m_i λ_i²/(λ_i+κ)² = n: inf at n = 0, positive for n < rank Σ, negative beyond.

    Arguments as in `critical_ridge`; returns (…,).

    >>> critical_kappa(np.array([0, 4, 9, 16]), np.array([2.0]), np.array([9.0])).round(12).tolist()
    [inf, 1.0, 0.0, -0.5]
    """
    return plain(_critical_kappa(*_alive(n, eigenvalues, multiplicities)))


def signed_regularization(n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any = 0.0) -> Any:
    r"""κ for a ridge of either sign: `effective_regularization` for λ ≥ 0, the larger root of λ = κ(n − df1(κ)) for
    λ_c ≤ λ < 0 (negative where n > rank Σ), nan for λ < λ_c.

    n, ridge: broadcast to (…,).  eigenvalues, multiplicities: (k,).  Returns (…,). Near λ_c the root moves like
    √(λ − λ_c), so that κ keeps only half of the digits there.

    >>> signed_regularization(np.array([4, 16]), np.array([2.0]), np.array([9.0]), -1.5).round(12).tolist()
    [1.678053612612, -0.267305562665]
    """
    if not isinstance(ridge, jax.core.Tracer) and np.asarray(ridge).min() >= 0:
        return effective_regularization(n, eigenvalues, multiplicities, ridge)
    n, eigenvalues, multiplicities, ridge = _alive(n, eigenvalues, multiplicities, ridge)
    negative = ridge < 0
    above = effective_regularization(n, eigenvalues, multiplicities, where(negative, 0, ridge))
    return plain(where(negative, _negative_root(n, eigenvalues, multiplicities, ridge), above))


def _alive(n: Any, eigenvalues: Any, multiplicities: Any, *others: Any) -> tuple[Any, ...]:
    """Arrays of one kind, with the zero eigenvalues given multiplicity 0."""
    n, eigenvalues, multiplicities, *rest = modal_arrays(n, eigenvalues, multiplicities, *others)
    alive = eigenvalues > 0
    return n, where(alive, eigenvalues, 1), where(alive, multiplicities, 0), *rest


def _extremes(eigenvalues: Any, multiplicities: Any) -> tuple[Any, Any]:
    alive = multiplicities > 0
    return where(alive, eigenvalues, np.inf).min(), where(alive, eigenvalues, 0).max()


def _critical_kappa(n: Any, eigenvalues: Any, multiplicities: Any) -> Any:
    rank = total(multiplicities)
    few, many = (n > 0) & (n < rank), n > rank
    positive = _critical_below_rank(where(few, n, rank / 2), eigenvalues, multiplicities)
    negative = _critical_above_rank(where(many, n, rank * 2), eigenvalues, multiplicities)
    return where(few, positive, where(many, negative, where(n == rank, 0, where(n == 0, np.inf, np.nan))))


def _critical_below_rank(n: Any, eigenvalues: Any, multiplicities: Any) -> Any:
    """κ_c > 0, between (√(r/n)−1)λ_min and (√(r/n)−1)λ_max."""
    least, largest = _extremes(eigenvalues, multiplicities)
    ratio = total(multiplicities) / n
    reach = (ratio - 1) / (sqrt(ratio) + 1)

    def excess(x: Any) -> Any:
        kappa = per_mode(exp(x))
        above, shrunk = eigenvalues > kappa, eigenvalues + kappa
        missing = where(above, kappa / shrunk * (2 * eigenvalues + kappa) / shrunk, -((eigenvalues / shrunk) ** 2))
        return (n - total(where(above, multiplicities, 0))) + total(multiplicities * missing)

    return exp(bracketed_root(excess, log(reach * least) - _MARGIN, log(reach * largest) + _MARGIN))


def _critical_above_rank(n: Any, eigenvalues: Any, multiplicities: Any) -> Any:
    """κ_c = −λ_min q < 0, q between 1−√(r/n) and 1−√(m_min/n), solved in log(q/(1−q)) so that neither end cancels."""
    least, _ = _extremes(eigenvalues, multiplicities)
    rank = total(multiplicities)
    fewest = total(where(eigenvalues == least, multiplicities, 0))

    def excess(x: Any) -> Any:
        kappa, shifted = _logistic(x, least, eigenvalues)
        column = per_mode(kappa)
        return (n - rank) + total(multiplicities * column / shifted * (2 * eigenvalues + column) / shifted)

    ends = [log((1 - count / n) / (1 + sqrt(count / n)) * sqrt(n / count)) for count in (rank, fewest)]
    root = bracketed_root(excess, ends[0] - _MARGIN, ends[1] + _MARGIN)
    return _logistic(root, least, eigenvalues)[0]


def _logistic(x: Any, least: Any, eigenvalues: Any) -> tuple[Any, Any]:
    """κ = −λ_min/(1+e^{−x}) and λ_i + κ, both to full relative accuracy; x (…,) gives (…,) and (…, k)."""
    return -least / (1 + exp(-x)), (eigenvalues - least) + least / (1 + exp(per_mode(x)))


def _negative_root(n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> Any:
    """κ for λ < 0: every regime runs on its own stand-ins where another one holds."""
    n, ridge = array_namespace(n, ridge, eigenvalues).broadcast_arrays(n, ridge)
    rank, little = total(multiplicities), -1e-9 * total(multiplicities * eigenvalues)
    lowest = critical_ridge(n, eigenvalues, multiplicities)
    inside = (ridge >= lowest) & (ridge < 0)
    few, many = inside & (n > 0) & (n < rank), inside & (n > rank)
    positive = _root_below_rank(where(few, n, rank / 2), eigenvalues, multiplicities, where(few, ridge, 0))
    negative = _root_above_rank(where(many, n, 4 * rank), eigenvalues, multiplicities, where(many, ridge, little))
    return where(few, positive, where(many, negative, where(inside & (n == 0), np.inf, np.nan)))


def _root_below_rank(n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> Any:
    """κ in [κ_c, κ(λ=0)], positive: solved in log κ."""
    low = log(_critical_below_rank(n, eigenvalues, multiplicities)) - _ROUNDING
    high = log(effective_regularization(n, eigenvalues, multiplicities)) + _ROUNDING
    return exp(
        bracketed_root(lambda x: excess_samples(n, exp(x), eigenvalues, multiplicities) - ridge * exp(-x), low, high)
    )


def _root_above_rank(n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> Any:
    """κ in [κ_c, λ/(n − rank)], negative: solved in log(q/(1−q)), κ = −λ_min q."""
    least, rank = _extremes(eigenvalues, multiplicities)[0], total(multiplicities)
    critical = _critical_above_rank(n, eigenvalues, multiplicities)
    nearest = minimum(-ridge / (n - rank), -critical)

    def defect(x: Any) -> Any:
        kappa, shifted = _logistic(x, least, eigenvalues)
        return (n - rank) + kappa * total(multiplicities / shifted) - ridge / kappa

    low, high = log(nearest / (least - nearest)) - _ROUNDING, log(-critical / (least + critical)) + _ROUNDING
    return _logistic(bracketed_root(defect, low, high), least, eigenvalues)[0]
