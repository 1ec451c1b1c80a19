r"""Trajectories of mini-batch SGD: averages of iterates, the loss on a batch seen before, and the best single steps.

The loss of a batch b along one direction is (λ/2)(w − w_b)², its minimum w_b drawn independently with variance s_b about
the common one. With steps of size η the iterate is an autoregression, w ← ρw + ηλw_b with ρ = 1 − ηλ, stationary for
0 < ηλ < 2, of variance V and autocovariance Vρ^k. Every variance here times λ/2 is an excess loss.

For linear regression on fresh Gaussian batches the same holds mode by mode, and isotropic inputs have a best step size.
"""

from __future__ import annotations

from typing import Any

from lintransfer.arithmetic import exp, expm1, log, log1p, per_mode, ratio_where, total, where

_TERMS = 36  # of the series in Nh ≤ 1/2, fifty digits


def _power(pull: Any, count: Any) -> tuple[Any, Any]:
    """ρ^k and 1 − ρ^k at ρ = 1 − pull; where the pull is small, ρ is never formed: k times its rounding would count."""
    gentle = 2 * pull < 1
    exponent, rest = count * log1p(-where(gentle, pull, 0)), 1 - where(gentle, 2, pull)
    return where(gentle, exp(exponent), rest**count), where(gentle, -expm1(exponent), 1 - rest**count)


def iterate_variance(step: Any, curvature: Any, batch_variance: Any) -> Any:
    r"""Stationary variance of the SGD iterate about the common minimum.

    .. math:: V = \frac{\eta\lambda s_b}{2-\eta\lambda}

    step: η.  curvature: λ, 0 < ηλ < 2.  batch_variance: s_b, variance of the batch minima.
    Exact. Source: the quadratic model of Sandler et al. (2301.02312).

    >>> iterate_variance(0.5, 1.0, 3.0)
    1.0
    """
    pull = step * curvature
    return pull * batch_variance / (2 - pull)


def two_point_average_variance(step: Any, curvature: Any, batch_variance: Any, lag: Any) -> Any:
    r"""Variance of the mean of two iterates k steps apart.

    .. math:: V\,\frac{1+\rho^k}{2}

    lag: k ≥ 0.  Other arguments as in `iterate_variance`. Returns the variance: V/2 for points far apart, below it for odd k
    if ηλ > 1.  Exact. Source: its row of the table.

    >>> two_point_average_variance(0.5, 1.0, 3.0, lag=1)
    0.75
    """
    return iterate_variance(step, curvature, batch_variance) * (1 + _power(step * curvature, lag)[0]) / 2


def moving_average_variance(step: Any, curvature: Any, batch_variance: Any, decay: Any) -> Any:
    r"""Variance of the exponential moving average of the iterates, w̄ ← bw̄ + (1 − b)w.

    .. math:: V\,\frac{1-b}{1+b}\cdot\frac{1+b\rho}{1-b\rho}

    decay: b in [0, 1), the weight of the past.  Other arguments as in `iterate_variance`.
    Exact. Source: its row of the table.

    >>> moving_average_variance(0.5, 1.0, 3.0, decay=0.5)
    0.5555555555555556
    """
    pull, fresh = step * curvature, 1 - decay
    # 1 + bρ and 1 − bρ without the difference of near-equal numbers.
    shrink = fresh * (fresh + decay * (2 - pull)) / ((1 + decay) * (fresh + decay * pull))
    return iterate_variance(step, curvature, batch_variance) * shrink


def tail_mean_factor(pull: Any, iterates: Any) -> Any:
    r"""Variance of the mean of N consecutive values of a stationary autoregression, relative to that of one value.

    .. math:: \frac{1+\rho}{(1-\rho)N}-\frac{2\rho(1-\rho^N)}{N^2(1-\rho)^2}, \qquad \rho = 1-h

    pull: h = ηλ in (0, 2).  iterates: N ≥ 1.  Returns the factor in (0, 1]: 1 at N = 1 and as h → 0, 1/N at h = 1, about
    2/(hN) for small h and long means.  Where Nh ≤ 1/2 it is summed from 1/N + (1−h)(1−1/N) − … instead.
    Exact. Source: the rows that use it.

    >>> tail_mean_factor(1.0, 4), round(tail_mean_factor(0.5, 2), 12)
    (0.25, 0.75)
    """
    short = 2 * pull * iterates <= 1
    small = where(short, pull, 1 / (2 * iterates))
    term = small * (iterates - 1) * (iterates - 2) / (6 * iterates)
    series = term
    for k in range(3, _TERMS):
        term = -term * (iterates - k) * small / (k + 1)
        series = series + term
    near = (1 + (1 - small) * (iterates - 1)) / iterates - 2 * (1 - small) * series
    large = where(short, 1, pull)
    count = large * iterates
    far = (2 - large) / count - 2 * (1 - large) * _power(large, iterates)[1] / (count * count)
    return where(short, near, far)


def tail_mean_variance(step: Any, curvature: Any, batch_variance: Any, iterates: Any) -> Any:
    r"""Variance of the mean of N consecutive iterates: V times `tail_mean_factor` at h = ηλ.

    iterates: N ≥ 1.  Other arguments as in `iterate_variance`.  Exact. Source: its row of the table.

    >>> tail_mean_variance(0.5, 1.0, 3.0, iterates=2)
    0.75
    """
    return iterate_variance(step, curvature, batch_variance) * tail_mean_factor(step * curvature, iterates)


def fresh_batch_loss(step: Any, curvature: Any, batch_variance: Any) -> Any:
    r"""Mean loss of the iterate on a batch that it has not seen: (λ/2)(V + s_b).

    .. math:: \frac{\lambda s_b}{2-\eta\lambda}

    Arguments as in `iterate_variance`. λs_b/2 of it no weights avoid.  Exact. Source: its row of the table.

    >>> fresh_batch_loss(0.5, 1.0, 3.0)
    2.0
    """
    return curvature * batch_variance / (2 - step * curvature)


def seen_batch_loss(step: Any, curvature: Any, batch_variance: Any, lag: Any) -> Any:
    r"""Mean loss of the iterate on the batch that was used k steps ago.

    .. math:: \frac\lambda2\left[V+s_b-2\eta\lambda\rho^{k-1}s_b\right]

    lag: k ≥ 1; 1 is the batch of the last step.  Other arguments as in `iterate_variance`.
    Returns the loss, → `fresh_batch_loss` as k grows: how long a batch is remembered.  Exact. Source: its row of the table.

    >>> seen_batch_loss(0.5, 1.0, 3.0, lag=1)
    0.5
    """
    pull = step * curvature
    forgotten = _power(pull, lag - 1)[1] + _power(pull, lag + 1)[0]  # 1 − (1 − ρ²)ρ^(k−1)
    return fresh_batch_loss(step, curvature, batch_variance) * forgotten


def two_point_equivalent_step(step: Any, curvature: Any) -> Any:
    r"""The step whose iterates vary as little as the mean of two far points: 2η/(4 − ηλ), about half.

    step, curvature: η, λ, 0 < ηλ < 2.  Exact. Source: the equivalence is due to Sandler et al. (2301.02312).

    >>> two_point_equivalent_step(2.0, 0.5)
    1.3333333333333333
    """
    return 2 * step / (4 - step * curvature)


def moving_average_equivalent_step(step: Any, curvature: Any, decay: Any) -> Any:
    r"""The step η' whose iterates vary as little as the exponential moving average at step η.

    .. math:: \eta' = \eta\,\frac{(1-b)(1+b\rho)}{1+b\rho(1-b-\rho)}

    step, curvature: η, λ, 0 < ηλ < 2.  decay: b in [0, 1). Returns η', about η(1−b)/(1−b+bηλ) for small ηλ.
    Exact. Source: the equivalence is due to Sandler et al. (2301.02312).

    >>> moving_average_equivalent_step(0.5, 1.0, decay=0.5)
    0.3125
    """
    pull, fresh = step * curvature, 1 - decay
    smoothed = fresh * (fresh + decay * (2 - pull))  # (1 − b)(1 + bρ)
    raw = (1 + decay) * (fresh + decay * pull)  # (1 + b)(1 − bρ)
    return 2 * step * smoothed / ((2 - pull) * raw + pull * smoothed)


def tail_mean_risk(
    step: Any, eigenvalues: Any, multiplicities: Any, noise_variance: Any, batch: Any, iterates: Any
) -> Any:
    r"""Mean excess risk of the average of N consecutive iterates of stationary SGD for linear regression, one pass.

    .. math:: R = \sum_i\lambda_iC_{ii}\,F(\eta\lambda_i, N), \qquad C_{ii} = \frac\eta B\,
        \frac{R_\infty+\sigma^2}{2-(1+1/B)\eta\lambda_i}, \quad R_\infty = \frac{\sigma^2\kappa_\eta}{1-\kappa_\eta}, \quad
        \kappa_\eta = \frac\eta B\sum_i\frac{\lambda_i}{2-(1+1/B)\eta\lambda_i}

    with F the `tail_mean_factor`.  step: η on the batch mean of ½(x·w − y)².  eigenvalues, multiplicities: (k,), modes of the
    input covariance, x Gaussian.  noise_variance: σ².  batch: B ≥ 1 fresh samples a step.  iterates: N ≥ 1; 1 is R_∞.
    Returns R, (…) as the scalars broadcast; inf where SGD is unstable: κ_η ≥ 1 or (1 + 1/B)ηλ_max ≥ 2.
    Exact. Source: its row of the table.

    >>> import numpy as np
    >>> round(float(tail_mean_risk(0.5, np.ones(1), np.full(1, 4.0), 0.3, batch=4, iterates=1)), 12)
    0.171428571429
    """
    rate = step / batch
    room = 2 - per_mode(step + rate) * eigenvalues
    safe = where(room > 0, room, 1)
    shares = per_mode(rate) * multiplicities * eigenvalues / safe
    spread = total(shares)
    stable = (spread < 1) & (total(where(room > 0, 0, 1)) == 0)
    noise = noise_variance * ratio_where(stable, 1, 1 - spread, 1)
    pull = where(room > 0, per_mode(step) * eigenvalues, 1)
    risk = noise * total(shares * tail_mean_factor(pull, per_mode(iterates)))
    return where(stable, risk, float("inf"))


def greedy_step(risk: Any, dim: Any, noise_variance: Any, batch: Any) -> Any:
    r"""The step of SGD that lowers the mean risk most, isotropic inputs.

    .. math:: \eta = \frac{R}{R(1+(d+1)/B)+\sigma^2d/B}

    risk: R now.  dim: d.  noise_variance: σ².  batch: B ≥ 1 fresh samples, step on the batch mean of ½(x·w − y)².
    Returns η.  Exact, Σ = I: `best_scale` of one gradient. Source: its row of the table.

    >>> greedy_step(1.0, 3, 0.0, batch=4)
    0.5
    """
    return risk / (risk + ((dim + 1) * risk + dim * noise_variance) / batch)


def greedy_risk(risk: Any, dim: Any, noise_variance: Any, batch: Any) -> Any:
    r"""Mean risk after one such step: R − ηR.

    .. math:: R' = R\,\frac{(d+1)R+d\sigma^2}{(B+d+1)R+d\sigma^2}

    Arguments as in `greedy_step`. Apply it again for the steps that follow: the mean risk is all that they need.
    Exact, Σ = I. Source: its row of the table.

    >>> greedy_risk(1.0, 3, 0.0, batch=4)
    0.5
    """
    harm = (dim + 1) * risk + dim * noise_variance
    return risk * harm / (harm + batch * risk)


def steps_to_risk(dim: Any, batch: Any, reduction: Any) -> Any:
    r"""Steps of greedy SGD until the mean risk is εR_0, no noise.

    .. math:: \frac{\ln(1/\varepsilon)}{\ln(1+B/(d+1))}

    dim: d.  batch: B.  reduction: ε in (0, 1]. Returns a real number of steps: about (d+1)ln(1/ε)/B for B ≪ d + 1, where
    larger batches save steps in proportion (linear speed-up); only the logarithm of B helps beyond.
    Exact, Σ = I. Source: its row of the table.

    >>> round(float(steps_to_risk(3, 4, 0.25)), 12)
    2.0
    """
    return -log(reduction) / log1p(batch / (dim + 1))
