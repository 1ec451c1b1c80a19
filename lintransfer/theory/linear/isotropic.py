"""Exact moments of minimum-norm and least-squares fits on isotropic Gaussian inputs, Σ = I."""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import maximum, ratio_where, where


def overparameterized_risk(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""Mean excess risk of the minimum-norm fit with fewer samples than dimensions.

    .. math:: E R = (1 - n/d)\,\|\delta\|^2 + \frac{\sigma^2 n}{d-n-1}

    n: target samples, 0 ≤ n < d − 1.  dim: d.  displacement_energy: ‖δ‖² = ‖θ_T − w0‖².  noise_variance: σ² (kσ² for
    k outputs, with ‖δ‖² summed over them).
    Exact at every finite size, Σ = I. Its limit d → ∞ at fixed n/d is eq. 8 of Tahir, Ganguli & Rotskoff (2410.08194).

    >>> overparameterized_risk(4, 10, 1.0, 0.25)
    0.8
    """
    return (dim - n) * displacement_energy / dim + noise_variance * n / (dim - n - 1)


def underparameterized_risk(n: Any, dim: Any, noise_variance: Any) -> Any:
    r"""Mean excess risk of least squares with more samples than dimensions, wherever training started.

    .. math:: E R = \frac{\sigma^2 d}{n-d-1}

    n: target samples, n > d + 1.  dim: d.  noise_variance: σ² (kσ² for k outputs).
    Exact at every finite size and for every non-singular Σ (then d is its rank).

    >>> underparameterized_risk(21, 10, 0.25)
    0.25
    """
    return noise_variance * dim / (n - dim - 1)


def least_squares_risk(n: Any, dim: Any, noise_variance: Any) -> Any:
    r"""`underparameterized_risk` up to the threshold: σ²d/(n−d−1) for n ≥ d + 2, else inf, or 0 without noise.

    n: target samples, n ≥ d (n ≥ d − 1 with noise), n ≥ 1.  dim: d ≥ 0, the rank of Σ.  noise_variance: σ².
    Exact for every Σ of rank d.

    >>> least_squares_risk(21, 10, 0.25), least_squares_risk(11, 10, 0.25), least_squares_risk(11, 10, 0.0)
    (0.25, inf, 0.0)
    """
    many = n > dim + 1
    above = underparameterized_risk(where(many, n, 3), where(many, dim, 1), noise_variance)
    return where(many, above, where((noise_variance > 0) & (dim > 0), math.inf, 0 * noise_variance))


def min_norm_risk(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""Mean excess risk of minimum-norm least squares from w0, for every n ≥ 0.

    .. math:: E R = (1 - n/d)_+\|\delta\|^2 + \sigma^2 \begin{cases} n/(d-n-1) & n \le d-2 \\ d/(n-d-1) & n \ge d+2
        \end{cases}

    Arguments as in `overparameterized_risk`, n ≥ 0 any. Returns inf where |n − d| ≤ 1, n ≥ 1 and σ > 0.
    Exact, Σ = I. Source: Tahir, Ganguli & Rotskoff (2410.08194), eq. 8, at finite size.

    >>> min_norm_risk(4, 10, 1.0, 0.25), min_norm_risk(10, 10, 1.0, 0.25), min_norm_risk(10, 10, 1.0, 0.0)
    (0.8, inf, 0.0)
    """
    few, many = n < dim - 1, n > dim + 1
    below = overparameterized_risk(where(few, n, 0), where(few, dim, 2), displacement_energy, noise_variance)
    above = underparameterized_risk(where(many, n, 3), where(many, dim, 1), noise_variance)
    bias = maximum(dim - n, 0) * displacement_energy / dim
    return where(few, below, where(many, above, where((noise_variance > 0) & (n > 0), math.inf, bias)))


def several_outputs_risk(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any, outputs: Any) -> Any:
    r"""Mean excess risk, summed over k outputs, of minimum-norm least squares: the noise counts k times.

    .. math:: E R_k(\|\delta\|_F^2, \sigma^2) = E R_1(\|\delta\|_F^2, k\sigma^2)

    n, dim: n and d.  displacement_energy: ‖θ_T − w0‖_F².  noise_variance: σ² of each output.  outputs: k ≥ 1.
    So every mean of this package takes kσ² for σ²; variances and laws do not.
    Exact, Σ = I.

    >>> several_outputs_risk(4, 10, 1.0, 0.0625, outputs=4)
    0.8
    """
    return min_norm_risk(n, dim, displacement_energy, outputs * noise_variance)


def overparameterized_risk_variance(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""Variance of the excess risk of the minimum-norm fit, over designs and label noise, n < d.

    .. math:: \mathrm{Var} R = \|\delta\|^4 \frac{2n(d-n)}{d^2(d+2)} + \sigma^4 \frac{2n(d-1)}{(d-n-1)^2(d-n-3)}

    n: target samples, 0 ≤ n < d − 3.  Other arguments as in `overparameterized_risk`, one output.
    Exact at every finite size, Σ = I. Source: its row of the table.

    >>> overparameterized_risk_variance(2, 6, 3.0, 0.0)
    0.5
    """
    gap = dim - n - 1
    noise = 2 * (n * noise_variance / gap) * ((dim - 1) * noise_variance / gap) / (gap - 2)
    return _bias_variance(n, dim, displacement_energy) + noise


def _bias_variance(n: Any, dim: Any, displacement_energy: Any) -> Any:
    return 2 * (n * displacement_energy / dim) * ((dim - n) * displacement_energy / dim) / (dim + 2)


def underparameterized_risk_variance(n: Any, dim: Any, noise_variance: Any) -> Any:
    r"""Variance of the excess risk of least squares, over designs and label noise, n > d.

    .. math:: \mathrm{Var} R = \sigma^4 \frac{2d(n-1)}{(n-d-1)^2(n-d-3)}

    n: target samples, n > d + 3.  dim: d.  noise_variance: σ², one output.
    Exact at every finite size and for every non-singular Σ. Source: its row of the table.

    >>> underparameterized_risk_variance(9, 4, 0.5)
    0.5
    """
    gap = n - dim - 1
    return 2 * (dim * noise_variance / gap) * ((n - 1) * noise_variance / gap) / (gap - 2)


def min_norm_risk_variance(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""Variance of the excess risk of minimum-norm least squares from w0, for every n ≥ 0.

    .. math:: \mathrm{Var} R = \|\delta\|^4 \frac{2n(d-n)_+}{d^2(d+2)} + \sigma^4 \begin{cases}
        2n(d-1)/[(d-n-1)^2(d-n-3)] & n \le d-4 \\ 2d(n-1)/[(n-d-1)^2(n-d-3)] & n \ge d+4 \end{cases}

    Arguments as in `overparameterized_risk`, one output, n ≥ 0 any. Returns inf where |n − d| ≤ 3, n ≥ 1 and σ > 0.
    Exact, Σ = I. Source: the rows that use it.

    >>> min_norm_risk_variance(2, 6, 3.0, 0.0), min_norm_risk_variance(2, 5, 3.0, 0.1)
    (0.5, inf)
    """
    few, many = n < dim - 3, n > dim + 3
    below = overparameterized_risk_variance(where(few, n, 0), where(few, dim, 4), displacement_energy, noise_variance)
    above = underparameterized_risk_variance(where(many, n, 5), where(many, dim, 1), noise_variance)
    bias = _bias_variance(where(n < dim, n, dim), dim, displacement_energy)
    return where(few, below, where(many, above, where((noise_variance > 0) & (n > 0), math.inf, bias)))


def fine_tuning_transferability(n: Any, dim: Any, source_energy: Any, cross_energy: Any) -> Any:
    r"""Mean transferability of linear fine-tuning against scratch on the same data; the noise cancels.

    .. math:: E T = (1 - n/d)_+ (2stc - s^2)

    n: target samples ≥ 0.  dim: d.  source_energy: s² = ‖θ_S‖².  cross_energy: θ_S·θ_T = stc.
    Exact for every n, also at n ≈ d where both risks are infinite, Σ = I. For linear networks it is eq. 15 of Tahir,
    Ganguli & Rotskoff (2410.08194).

    >>> fine_tuning_transferability(5, 10, 1.0, 0.75)
    0.25
    """
    return maximum(dim - n, 0) * (2 * cross_energy - source_energy) / dim


def fine_tuning_transferability_variance(
    n: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any
) -> Any:
    r"""Variance of the transferability of linear fine-tuning against scratch on the same data.

    .. math:: \mathrm{Var}\, T = \frac{n(d-n)_+}{d(d+2)} \left[\frac{2(2stc-s^2)^2}{d}
        + \frac{4(s^2t^2-(stc)^2)}{d-1}\right]

    n: target samples ≥ 0.  dim: d (at d = 1 the teachers are parallel and the second term is 0).  source_energy,
    cross_energy, target_energy: s², stc, t².
    Exact, Σ = I; whatever the noise. Source: its row of the table.

    >>> fine_tuning_transferability_variance(2, 4, 1.0, 0.5, 1.0)
    0.16666666666666666
    """
    aligned = 2 * cross_energy - source_energy
    area = source_energy * target_energy - cross_energy * cross_energy
    spread = 2 * aligned * aligned / dim + ratio_where(dim > 1, 4 * area, dim - 1, 0)
    return where(n < dim, n * spread / dim * (dim - n) / (dim + 2), 0)
