r"""What n target samples tell about the problem itself: norms, noise and overlap, estimated without bias.

With inputs x ~ N(0, I) (whiten first if Σ is known) and h = Xᵀy, two scalars of the data, ‖h‖² and ‖y‖², give the
target norm and the noise, and a third, θ_S·h, the inner product of the teachers.
"""

from __future__ import annotations

from typing import Any


def target_energy_estimate(n: Any, dim: Any, score_energy: Any, label_energy: Any) -> Any:
    r"""Unbiased estimate of t² = ‖θ_T‖², Σ = I.

    .. math:: \hat t^2 = \frac{\|h\|^2 - d\,\|y\|^2}{n(n+1)}, \qquad h = X^T y

    n: sample size ≥ 1.  dim: d.  score_energy: ‖Xᵀy‖².  label_energy: ‖y‖² (both summed over outputs).
    Returns the estimate, which may be negative: its standard deviation falls below t² only once n ≫ √d (at σ ≲ t).
    Exact mean for every n ≥ 1 and d ≥ 1. Source: Dicker (arXiv 1209.0012).

    >>> target_energy_estimate(2, 3, score_energy=30.0, label_energy=4.0)
    3.0
    """
    return (score_energy - dim * label_energy) / (n * (n + 1))


def target_energy_variance(n: Any, dim: Any, target_energy: Any, noise_variance: Any) -> Any:
    r"""Variance of `target_energy_estimate`, Σ = I, one output.

    .. math:: \mathrm{Var} = \frac{2(n+2)\,d\,v^2 + 4(n+2)(n+3)\,v\,t^2 + 2(n+1)(2n+3)\,t^4}{n(n+1)^2},
        \qquad v = t^2+\sigma^2

    n: sample size ≥ 1.  dim: d.  target_energy: t².  noise_variance: σ².
    Returns the variance, about 2dv²/n² + 4t²(v + t²)/n.  Exact for every n ≥ 1 and d ≥ 1. Source: its row of the table.

    >>> target_energy_variance(1, 1, target_energy=1.0, noise_variance=0.0)
    18.5
    """
    v = target_energy + noise_variance
    noise = 2 * (n + 2) * dim * v * v
    mixed = 4 * (n + 2) * (n + 3) * v * target_energy
    signal = 2 * (n + 1) * (2 * n + 3) * target_energy * target_energy
    return (noise + mixed + signal) / (n * (n + 1) * (n + 1))


def noise_variance_estimate(n: Any, dim: Any, score_energy: Any, label_energy: Any) -> Any:
    r"""Unbiased estimate of the label-noise variance σ² (kσ² for k outputs), Σ = I.

    .. math:: \hat\sigma^2 = \frac{\|y\|^2}{n} - \hat t^2

    Arguments as in `target_energy_estimate`. Returns the estimate, which may be negative.
    Exact mean for every n ≥ 1, also n < d where no residual is left to look at. Source: Dicker (arXiv 1209.0012).

    >>> noise_variance_estimate(2, 3, score_energy=30.0, label_energy=8.0)
    3.0
    """
    return label_energy / n - target_energy_estimate(n, dim, score_energy, label_energy)


def cross_energy_estimate(n: Any, source_score: Any) -> Any:
    r"""Unbiased estimate of the inner product θ_S·θ_T = stc, Σ = I.

    .. math:: \widehat{stc} = \theta_S\cdot h/n, \qquad h = X^T y

    n: sample size ≥ 1.  source_score: θ_S·Xᵀy = Σ_i (θ_S·x_i) y_i.
    Returns the estimate; its variance is `cross_energy_variance`.  Exact mean for every n ≥ 1. Source: its row of the table.

    >>> cross_energy_estimate(4, source_score=2.0)
    0.5
    """
    return source_score / n


def cross_energy_variance(
    n: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any
) -> Any:
    r"""Variance of `cross_energy_estimate`, Σ = I.

    .. math:: \mathrm{Var} = \frac{s^2(t^2+\sigma^2)+(stc)^2}{n}

    n: sample size ≥ 1.  source_energy, cross_energy, target_energy: s², stc, t².  noise_variance: σ², one output.
    Returns the variance. The dimension does not enter: the sign of fine-tuning's transferability, 2stc − s², can be
    tested with O(1) samples, long before either teacher can be learnt.  Exact for every n ≥ 1. Source: its row of the table.

    >>> cross_energy_variance(8, source_energy=1.0, cross_energy=0.5, target_energy=1.0, noise_variance=0.75)
    0.25
    """
    return (source_energy * (target_energy + noise_variance) + cross_energy * cross_energy) / n
