r"""When rows of a source, pooled with the target's at equal weight, help: a source at distance D = ‖θ_S − θ_T‖ (isotropic).

The risk of the pooled fit is affine in D² (`lintransfer.theory.tasks.pooling`), so at given sizes there is one critical
distance. In the number of source rows, pooling helps on one interval: from the first row, or later; for good, or up to
a last size.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.arithmetic import absolute, ratio_where, sqrt, where
from lintransfer.errors import refuse
from lintransfer.theory.linear.isotropic import min_norm_risk

_LARGEST = 2.0**60  # source rows that are looked at; beyond, pooling helps "for good"


def pooling_critical_distance(
    n: Any, n_source: Any, dim: Any, displacement_energy: Any, noise_variance: Any, source_noise_variance: Any
) -> Any:
    r"""Squared distance D² of two teachers below which pooling both tasks' rows beats the target's rows alone.

    .. math:: D^{*2} = \begin{cases}
        \dfrac{\|\theta_T-w_0\|^2(d-N-1) - d\left[\sigma_S^2 + n\sigma^2/(d-n-1)\right]}{d-n_S-1} & N \le d-2 \\
        \dfrac{Nd\left[\sigma^2(N+n-d-1)/(n-d-1) - \sigma_S^2\right]}{n_S(N-d-1) + cn} & n \ge d+2 \end{cases}

    with N = n + n_S and c of `lintransfer.theory.tasks.pooling.pooled_least_squares_risk`. For n < d + 2 ≤ N:
    [R(n) − d(n_Sσ_S² + nσ²)/(N(N−d−1))]·N²(N−d−1)/(n_S[n_S(N−d−1) + cn]), R(n) the risk of the target alone.

    n, n_source: rows of target and source.  dim: d.  displacement_energy: ‖θ_T − w0‖².  noise_variance,
    source_noise_variance: σ², σ_S².
    Returns D*²: pooling wins iff D² < D*². D*² ≤ 0: never; −inf where only the pooled fit has infinite risk (0 without
    noise: the source must be equal); inf where only the target alone has; nan where both have, and at n_source = 0, a tie.
    Exact, Σ = I, every n ≥ 0 and n_S ≥ 1, equal weights, no ridge. Source: its row of the table.

    >>> pooling_critical_distance(2, 2, 7, displacement_energy=1.75, noise_variance=0.0, source_noise_variance=0.0)
    0.875
    >>> pooling_critical_distance(6, 2, 1, displacement_energy=1.0, noise_variance=0.5, source_noise_variance=0.75)
    0.3125
    """
    size = n + n_source
    few, enough, many = size < dim - 1, n > dim + 1, size > dim + 1
    lone = min_norm_risk(n, dim, displacement_energy, noise_variance)

    k, m, d = where(few, n, 0), where(few, n_source, 1), where(few, dim, 3)
    before = source_noise_variance + noise_variance * k / (d - k - 1)
    before = (displacement_energy * (d - k - m - 1) - d * before) / (d - m - 1)

    k, m, d = where(many, n, 4), where(many, n_source, 1), where(many, dim, 1)
    rows = k + m
    share = m / rows * (rows - d - 1) + _scatter_factor(rows, d, k / rows)
    spare = where(enough, k - d - 1, 1)
    after = d * (noise_variance * ((rows + spare) / spare) - source_noise_variance) / share
    noise = (m * source_noise_variance + k * noise_variance) / rows
    finite = lone < math.inf
    between = ((rows - d - 1) * where(finite, lone, 0) - d * noise) * (rows / where(m > 0, m, 1)) / share
    between = where(finite, between, math.inf)

    noisy = n_source * source_noise_variance + n * noise_variance > 0
    clean = where(n > 0, 0 * displacement_energy, displacement_energy)
    peak = where(noisy, where(finite, -math.inf, math.nan), clean)
    found = where(few, before, where(many, where(enough, after, between), peak))
    return where(n_source > 0, found, math.nan)


def pooling_source_limit(
    n: Any, dim: Any, displacement_energy: Any, distance_squared: Any, noise_variance: Any, source_noise_variance: Any
) -> Any:
    r"""Number of source rows up to which pooling helps before the peak of the pooled fit, n + n_S ≤ d − 2.

    .. math:: n_S^* = d - 1 - \frac{n\|\theta_T-w_0\|^2 + d\left[\sigma_S^2 + n\sigma^2/(d-n-1)\right]}
        {\|\theta_T-w_0\|^2 - D^2}

    n: target rows, n ≤ d − 3.  dim: d.  displacement_energy: ‖θ_T − w0‖².  distance_squared: D².
    noise_variance, source_noise_variance: σ², σ_S².
    Returns n_S*, not rounded: pooling n_S ≥ 1 source rows, n + n_S ≤ d − 2, beats the min-norm fit to the target's
    iff n_S < n_S*. n_S* ≤ 1: never; −inf where D² ≥ ‖θ_T − w0‖². So it first helps, then hurts, or hurts throughout.
    Exact, Σ = I. Source: its row of the table.

    >>> pooling_source_limit(2, 7, displacement_energy=1.0, distance_squared=0.5, noise_variance=0.0, source_noise_variance=0.0)
    2.0
    """
    closer = displacement_energy > distance_squared
    cost = n * displacement_energy + dim * (source_noise_variance + noise_variance * n / (dim - n - 1))
    return dim - 1 - ratio_where(closer, cost, displacement_energy - distance_squared, math.inf)


def pooling_start(gamma: Any, distance_squared: Any, noise_variance: Any, source_noise_variance: Any) -> Any:
    r"""γ_S from which pooling beats the target alone, target over-determined, in the limit.

    .. math:: a\gamma_S^2 + b\gamma_S + e < 0, \quad a = D^2-R, \quad b = (\gamma-1)D^2 - 2R - 3\sigma^2 + \sigma_S^2,
        \quad e = \gamma(D^2+\sigma_S^2-2\sigma^2-R), \quad R = \frac{\sigma^2}{\gamma-1}

    gamma: γ = n/d > 1 of the target.  distance_squared: D².  noise_variance, source_noise_variance: σ², σ_S².
    Returns the lower end of the one interval of γ_S = n_S/d on which pooling helps: 0 if it helps from the first rows
    on (D² + σ_S² < 2σ² + R); nan if it never helps.
    Limit d → ∞, Σ = I, equal weights, no ridge. Source: its row of the table.

    >>> round(float(pooling_start(2.0, distance_squared=2.03, noise_variance=1.0, source_noise_variance=1.0)), 3)
    0.031
    """
    return _limits(gamma, distance_squared, noise_variance, source_noise_variance)[0]


def pooling_end(gamma: Any, distance_squared: Any, noise_variance: Any, source_noise_variance: Any) -> Any:
    r"""γ_S up to which pooling beats the target alone, target over-determined, in the limit.

    Inequality, arguments, domain and source as in `pooling_start`. Returns the upper end of the interval: inf if pooling
    helps for good (D² < R, whenever it has started); nan if it never helps.

    >>> round(float(pooling_end(2.0, distance_squared=2.03, noise_variance=1.0, source_noise_variance=1.0)), 3)
    1.882
    """
    return _limits(gamma, distance_squared, noise_variance, source_noise_variance)[1]


def pooling_first_size(n: Any, dim: Any, distance_squared: Any, noise_variance: Any, source_noise_variance: Any) -> Any:
    r"""Smallest number of source rows with which pooling beats the target alone, target over-determined.

    .. math:: \min\{n_S \ge 1 : D^2 < D^{*2}(n_S)\}, \qquad D^{*2} \text{ of `pooling\_critical\_distance`}

    n: target rows, n ≥ d + 2.  dim: d.  distance_squared: D².  noise_variance, source_noise_variance: σ², σ_S².
    Arguments broadcast. Returns n_S as a float: 1 if pooling helps at once; nan if it never helps.
    Exact, Σ = I, equal weights, no ridge. Source: its row of the table.

    Raises `DomainError` if n < d + 2.

    >>> float(pooling_first_size(200, 100, distance_squared=2.05, noise_variance=1.0, source_noise_variance=1.0))
    4.0
    """
    return pooling_switches(n, dim, distance_squared, noise_variance, source_noise_variance)[0]


def pooling_last_size(n: Any, dim: Any, distance_squared: Any, noise_variance: Any, source_noise_variance: Any) -> Any:
    r"""Largest number of source rows with which pooling beats the target alone, target over-determined.

    Arguments, domain and source as in `pooling_first_size`. Returns n_S as a float: inf if pooling helps for good, that is
    if D² < σ²d/(n−d−1) and it helps at all; nan if it never helps.

    >>> float(pooling_last_size(200, 100, distance_squared=2.05, noise_variance=1.0, source_noise_variance=1.0))
    189.0
    """
    return pooling_switches(n, dim, distance_squared, noise_variance, source_noise_variance)[1]


def pooling_switches(
    n: Any, dim: Any, distance_squared: Any, noise_variance: Any, source_noise_variance: Any
) -> tuple[Any, Any]:
    """`pooling_first_size` and `pooling_last_size` at once: pooling helps from the one to the other, and nowhere else.

    The loss, times N²(N−d−1)/n_S, is a quadratic in N and a small concave term. In the limit the sizes at which it is
    negative are one interval; at finite sizes no exception was found in 460,000 random cells.

    >>> [float(size) for size in pooling_switches(12, 4, 1.0, noise_variance=1.0, source_noise_variance=1.0)]
    [1.0, 19.0]
    """
    arrays = [np.asarray(v, float) for v in (n, dim, distance_squared, noise_variance, source_noise_variance)]
    n, dim, distance, noise, source_noise = np.broadcast_arrays(*arrays)
    if not np.all(n >= dim + 2):
        refuse("n", "at least d + 2, more target rows than dimensions", float(n[~(n >= dim + 2)].flat[0]))

    lone = noise * dim / (n - dim - 1)
    square, linear = distance - lone, distance * (n - dim - 1) - lone * (3 * n - dim - 1) + dim * source_noise
    constant = n * (dim * source_noise - lone * (2 * n - dim - 1))

    def loss(m: np.ndarray) -> np.ndarray:
        """Positive where m source rows hurt: pooled less lone risk, times N²(N − d − 1)/m."""
        return (square * m + linear) * m + (constant + distance * _scatter_factor(n + m, dim, n))

    def falls(m: np.ndarray) -> np.ndarray:
        bend = 8 * (dim + 2) / (n + m + 2) ** 2 - 2 * (dim - 1) / (n + m - 1) ** 2
        return 2 * square * m + (linear + distance * n * bend / 3) < 0

    one, top = np.ones(n.shape), np.full(n.shape, _LARGEST)
    with np.errstate(all="ignore"):
        rises = loss(top) >= 0
        # Where the loss grows in the end, its minimum; where it falls, any size at which it is negative.
        bottom = np.where(falls(one), _last_size(falls, one, top), one)
        bottom = np.where(rises, np.where(loss(bottom + 1) < loss(bottom), bottom + 1, bottom), top)
        never = loss(bottom) >= 0
        first = np.where(loss(one) < 0, one, _last_size(lambda m: loss(m) >= 0, one, bottom) + 1)
        last = np.where(rises, _last_size(lambda m: loss(m) < 0, bottom, top), np.inf)
    return np.where(never, np.nan, first)[()], np.where(never, np.nan, last)[()]


def _last_size(holds: Any, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The last whole number in [low, high) up to which a condition holds that holds at `low` and fails at `high`."""
    for _ in range(62):
        middle = np.floor((low + high) / 2)
        good = holds(middle)
        low, high = np.where(good, middle, low), np.where(good, high, middle)
    return low


def _scatter_factor(rows: Any, dim: Any, weight: Any) -> Any:
    """c times a weight: what the scatter of two tasks adds, c as in `lintransfer.theory.tasks.pooling`."""
    small = 2 * (dim - 1) * weight / (3 * (rows - 1)) - 8 * (dim + 2) * weight / (3 * (rows + 2))
    return (dim + 1) * weight + small


def _limits(gamma: Any, distance: Any, noise: Any, source_noise: Any) -> tuple[Any, Any]:
    """The interval on which aγ_S² + bγ_S + e < 0, by roots that do not cancel."""
    many = gamma > 1
    lone = noise / where(many, gamma - 1, 1)
    square, constant = distance - lone, gamma * (distance + source_noise - 2 * noise - lone)
    linear = (gamma - 1) * distance - 2 * lone - 3 * noise + source_noise
    discriminant = linear * linear - 4 * square * constant
    real, falls = discriminant > 0, linear < 0
    half = (absolute(linear) + where(real, sqrt(where(real, discriminant, 1)), 0)) / 2
    apart, near = half / where(square > 0, square, where(square < 0, -square, 1)), constant / where(half > 0, half, 1)
    at_once, for_good = constant < 0, square < 0
    none = many & (at_once | for_good | (falls & real))
    start = where(at_once, 0.0, where(falls, near, apart))
    end = where(for_good | ((square <= 0) & falls), math.inf, where(falls, apart, absolute(near)))
    return where(none, start, math.nan), where(none, end, math.nan)
