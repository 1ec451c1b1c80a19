"""A ridge on the head of frozen features: exact risk for one feature and for several, and the best ridge."""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import ratio_where, where
from lintransfer.theory.chi_square import noise_gain, shrinkage, squared_shrinkage
from lintransfer.theory.wishart_resolvent import mean_shrinkage, mean_squared_shrinkage, total_noise_gain


def ridge_head_risk(n: Any, explained: Any, unexplained: Any, noise_variance: Any, ridge: Any) -> Any:
    r"""Mean excess risk of a ridge head on one frozen feature, Σ = I.

    .. math:: E R = u + E_{q\sim\chi^2_n} \frac{\lambda^2 e + (\sigma^2+u)\,q}{(q+\lambda)^2}

    n: target sample size ≥ 0.  explained: e = c²t², energy of the target along the feature.  unexplained: u, the energy
    off the feature.  noise_variance: σ² (kσ² for k outputs, with e and u summed over them).  ridge: λ of
    ‖y − za‖² + λa², between 0 and inf.
    Returns E R: e + u at n = 0 or λ = inf; at λ = 0 the least-squares head, inf for n = 1, 2 unless σ² + u = 0; inf
    for a negative ridge and n ≥ 1, since χ²_n comes too close to −λ.
    Exact for every n. Its limit n → ∞ at fixed λ/n is eq. 13 of Tahir, Ganguli & Rotskoff (arXiv 2410.08194).

    >>> round(float(ridge_head_risk(3, explained=0.64, unexplained=0.36, noise_variance=0.04, ridge=0.0)), 12)
    0.76
    >>> round(float(ridge_head_risk(3, explained=0.64, unexplained=0.36, noise_variance=0.04, ridge=0.625)), 4)
    0.5275
    """
    allowed = where(ridge < 0, 0, ridge)  # not a maximum, whose slope at 0 is a half
    missed, gain = squared_shrinkage(n, allowed), noise_gain(n, allowed)
    return _head_risk(n, explained, unexplained, noise_variance, ridge, missed, gain)


def _head_risk(
    n: Any, explained: Any, unexplained: Any, noise_variance: Any, ridge: Any, missed: Any, gain: Any
) -> Any:
    """u + e·missed + (σ²+u)·gain, from the means of λ²/(q+λ)² and q/(q+λ)² over the spectrum of the head's design."""
    variance = noise_variance + unexplained
    gain = where((variance > 0) | (gain < math.inf), gain, 0)
    return where((ridge < 0) & (n > 0), math.inf, unexplained + explained * missed + variance * gain)


def optimal_head_ridge(n_features: Any, explained: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""The ridge on the head that minimises the mean risk, the same for every n ≥ 1, Σ = I.

    .. math:: \lambda^* = r (\sigma^2+u)/e

    n_features: r orthonormal frozen features.  explained: e = ‖Uᵀθ_T‖².  unexplained: u = ‖θ_T‖² − e.
    noise_variance: σ² (kσ² for k outputs).
    Returns λ* in the sum convention ‖y − Za‖² + λ‖a‖²; inf if the features explain nothing (the head should stay 0).
    Exact. Source: its row of the table; "ridge never helps" of Tahir, Ganguli & Rotskoff, Theorem 3.8, is the statement for n → ∞ only.

    >>> optimal_head_ridge(1, explained=0.5, unexplained=0.25, noise_variance=0.25)
    1.0
    """
    return ratio_where(explained > 0, n_features * (noise_variance + unexplained), explained, math.inf)


def optimal_ridge_head_risk(n: Any, explained: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""Mean excess risk of the best ridge head on one frozen feature, Σ = I.

    .. math:: R^* = u + (\sigma^2+u)\,E\frac{1}{q+\lambda^*} = u + e\,E\frac{\lambda^*}{q+\lambda^*},
        \qquad q\sim\chi^2_n,\ \lambda^* = (\sigma^2+u)/e

    Arguments as in `ridge_head_risk`. Returns R*, finite for every n ≥ 0, between u and u + e, falling in n.
    Exact. Source: its row of the table.

    >>> round(float(optimal_ridge_head_risk(3, explained=0.64, unexplained=0.36, noise_variance=0.04)), 4)
    0.5275
    >>> float(optimal_ridge_head_risk(0, explained=0.75, unexplained=0.25, noise_variance=0.04))
    1.0
    """
    return unexplained + explained * shrinkage(n, optimal_head_ridge(1, explained, unexplained, noise_variance))


def ridge_features_risk(
    n: Any, n_features: Any, explained: Any, unexplained: Any, noise_variance: Any, ridge: Any
) -> Any:
    r"""Mean excess risk of a ridge head on r orthonormal frozen features, Σ = I.

    .. math:: E R = u + \frac er E\,\mathrm{tr}\,\lambda^2(W+\lambda)^{-2}
        + (\sigma^2+u)\,E\,\mathrm{tr}\,W(W+\lambda)^{-2}, \qquad W = Z^\top Z,\ Z \sim N(0, 1)^{n\times r}

    n, n_features: whole numbers n ≥ 0 and r ≥ 1, known (not traced).  explained: e = ‖Uᵀθ_T‖².  unexplained:
    u = ‖θ_T‖² − e.  noise_variance: σ² (kσ² for k outputs).  ridge: λ of ‖y − Za‖² + λ‖a‖², between 0 and inf.
    Returns E R: e + u at n = 0 or λ = inf; at λ = 0 the least-squares or minimum-norm head, inf if |n − r| ≤ 1 and
    n ≥ 1 unless σ² + u = 0; inf for a negative ridge and n ≥ 1; nan if min(n, r) > 200 or max(n, r) > 10⁶.
    Exact: directions of W are uniformly random, so that each carries e/r. Source: its row of the table.

    >>> round(float(ridge_features_risk(3, 2, explained=0.64, unexplained=0.36, noise_variance=0.04, ridge=1.25)), 4)
    0.6439
    """
    allowed = where(ridge < 0, 0, ridge)
    missed, gain = mean_squared_shrinkage(n, n_features, allowed), total_noise_gain(n, n_features, allowed)
    return _head_risk(n, explained, unexplained, noise_variance, ridge, missed, gain)


def optimal_ridge_features_risk(
    n: Any, n_features: Any, explained: Any, unexplained: Any, noise_variance: Any
) -> Any:
    r"""Mean excess risk of the best ridge head on r orthonormal frozen features, Σ = I.

    .. math:: R^* = u + (\sigma^2+u)\,E\,\mathrm{tr}(W+\lambda^*)^{-1}, \qquad \lambda^* = r(\sigma^2+u)/e

    Arguments as in `ridge_features_risk`. Returns R*, finite for every n ≥ 0, between u and u + e, falling in n.
    Exact. Source: its row of the table.

    >>> round(float(optimal_ridge_features_risk(3, 2, explained=0.64, unexplained=0.36, noise_variance=0.04)), 4)
    0.6439
    """
    best = optimal_head_ridge(n_features, explained, unexplained, noise_variance)
    return unexplained + explained * mean_shrinkage(n, n_features, best)
