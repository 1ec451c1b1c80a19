"""Expectations over q ~ χ²_n that a ridge on one Gaussian feature needs, for every n ≥ 0 and 0 ≤ λ ≤ ∞.

With s = n/2, z = λ/2 and 1/(q+λ) = ∫₀^∞ e^(−(q+λ)t) dt, all of them are integrals of τʲ e^(−zτ) (1+τ)^(−s) over τ > 0:
Tricomi's function U. Floats and mpmath numbers take the integral over y = log(1+τ); symbols take the exponential
integral, balls take U itself.

A ridge on the head of frozen features: exact risk for one feature and for several, and the best ridge.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

from lintransfer.arithmetic import exp, expm1, kind_of, log1p, maximum, minimum, ratio_where, where
from lintransfer.numerics.quadrature import elementwise, integrate, largest_exponent, negligible_exponent
from lintransfer.theory.linear.wishart_resolvent import mean_shrinkage, mean_squared_shrinkage, total_noise_gain


@elementwise
def shrinkage(n: Any, ridge: Any) -> Any:
    r"""Mean shrinkage :math:`E[\lambda/(q+\lambda)]`, q ~ χ²_n, between 0 and 1.

    .. math:: z \int_0^\infty e^{-z\tau}(1+\tau)^{-n/2} d\tau = z\,e^{z} E_{n/2}(z), \qquad z = \lambda/2

    n: sample size ≥ 0.  ridge: λ between 0 and inf.
    Returns 0 at λ = 0 (but 1 if n = 0) and 1 at λ = inf; relative error 1e-12 in float64 for λ ≥ 1e-100.
    Source: Abramowitz & Stegun 5.1.4 for the exponential integral.

    >>> round(float(shrinkage(2, 1.0)), 12)  # ½ e^½ E₁(½)
    0.461455316242
    """
    return _guarded(n, ridge, lambda s, z: z * _moment(0, s, z), 1.0)


@elementwise
def squared_shrinkage(n: Any, ridge: Any) -> Any:
    r"""Mean squared shrinkage :math:`E[\lambda^2/(q+\lambda)^2]`, q ~ χ²_n, between 0 and 1.

    .. math:: z^2 \int_0^\infty \tau e^{-z\tau}(1+\tau)^{-n/2} d\tau, \qquad z = \lambda/2

    Arguments, limits and accuracy as in `shrinkage`.

    >>> float(squared_shrinkage(0, 3.0)), float(squared_shrinkage(5, 0.0))
    (1.0, 0.0)
    """
    return _guarded(n, ridge, lambda s, z: z * _moment(1, s, z, scaled=True), 1.0)


@elementwise
def noise_gain(n: Any, ridge: Any) -> Any:
    r"""Mean :math:`E[q/(q+\lambda)^2]`, q ~ χ²_n: how much of the noise variance a ridge head lets through.

    .. math:: \frac n4 \int_0^\infty \tau e^{-z\tau}(1+\tau)^{-n/2-1} d\tau, \qquad z = \lambda/2

    Arguments and accuracy as in `shrinkage`. At λ = 0: 1/(n−2) for n > 2, inf for 0 < n ≤ 2, 0 for n = 0. At λ = inf: 0.

    >>> round(float(noise_gain(7, 0.0)), 12), float(noise_gain(2, 0.0))
    (0.2, inf)
    """
    gain = _guarded(n, ridge, lambda s, z: s / 2 * _moment(1, s + 1, z), 0.0)
    return where((ridge <= 0) & (n > 0) & (n <= 2), math.inf, gain)


def _guarded(n: Any, ridge: Any, expectation: Callable[[Any, Any], Any], at_infinity: float) -> Any:
    """The expectation, or its value for λ = ∞, which it also has at n = 0: there q = 0 for every λ > 0."""
    inside = (ridge < math.inf) & (n > 0)
    value = expectation(where(inside, n, 2) / 2, where(inside, ridge, 2) / 2)
    return where(inside, value, at_infinity)


def _moment(power: int, s: Any, z: Any, scaled: bool = False) -> Any:
    """∫₀^∞ τ^power e^(−zτ) (1+τ)^(−s) dτ for power 0 or 1, that is U(power + 1, power + 2 − s, z); z times it if scaled.

    The factor z is taken inside, where it meets τ: z² would underflow before the integral could make up for it.
    """
    kind = kind_of(s, z)
    if kind in ("sympy", "arb"):
        return (z if scaled else 1) * _tricomi(kind, power, s, z)
    rate = s - power - 1  # of decay in y, as long as zτ ≪ 1
    # The derivative in z decays more slowly, by one power of τ, and must not be cut off either.
    size = negligible_exponent(s, z)
    decay = where(rate > 0, size / where(rate > 0, maximum(rate - 1, rate / 10), 1), largest_exponent(z))
    drop = where(z > 0, log1p(size / maximum(z, 1e-300)), math.inf)

    def integrand(y: Any, rate: Any, z: Any) -> Any:
        tau = expm1(minimum(y, largest_exponent(y)))
        start = z * tau if scaled else -expm1(-y) if power else 1
        return start * exp(-rate * y - z * tau)

    return integrate(integrand, minimum(drop, decay), rate + 1 if scaled else rate, z)


def _tricomi(kind: str, power: int, s: Any, z: Any) -> Any:
    if kind == "arb":
        ball = sys.modules["flint"].arb
        return ball(z).hypgeom_u(power + 1, power + 2 - ball(s))
    expint = sys.modules["sympy"].expint
    return exp(z) * (expint(s, z) if power == 0 else expint(s - 1, z) - expint(s, z))


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


def optimal_ridge_features_risk(n: Any, n_features: Any, explained: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""Mean excess risk of the best ridge head on r orthonormal frozen features, Σ = I.

    .. math:: R^* = u + (\sigma^2+u)\,E\,\mathrm{tr}(W+\lambda^*)^{-1}, \qquad \lambda^* = r(\sigma^2+u)/e

    Arguments as in `ridge_features_risk`. Returns R*, finite for every n ≥ 0, between u and u + e, falling in n.
    Exact. Source: its row of the table.

    >>> round(float(optimal_ridge_features_risk(3, 2, explained=0.64, unexplained=0.36, noise_variance=0.04)), 4)
    0.6439
    """
    best = optimal_head_ridge(n_features, explained, unexplained, noise_variance)
    return unexplained + explained * mean_shrinkage(n, n_features, best)
