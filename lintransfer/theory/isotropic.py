"""Exact moments of minimum-norm and least-squares fits on isotropic Gaussian inputs, Σ = I."""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import maximum, minimum, ratio_where, where


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
    bias = maximum(dim - n, 0) * displacement_energy / dim
    infinite = where((noise_variance > 0) & (n > 0), math.inf, 0)
    variance = ratio_where(
        few | many, noise_variance * where(few, n, dim), where(few, dim - n - 1, n - dim - 1), infinite
    )
    return bias + variance


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


def overparameterized_risk_variance(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""Variance of the excess risk of the minimum-norm fit, over inputs and noise.

    .. math:: \mathrm{Var} R = \|\delta\|^4 \frac{2n(d-n)}{d^2(d+2)}
        + \sigma^4 \frac{2n(d-1)}{(d-n-1)^2(d-n-3)}

    Arguments as in `overparameterized_risk`, one output, 0 ≤ n < d − 3. Exact, Σ = I. New.

    >>> round(overparameterized_risk_variance(4, 10, 1.0, 1.0), 12)
    1.0
    """
    bias = 2 * displacement_energy**2 * n * (dim - n) / (dim * dim * (dim + 2))
    return bias + 2 * noise_variance**2 * n * (dim - 1) / ((dim - n - 1) ** 2 * (dim - n - 3))


def underparameterized_risk_variance(n: Any, dim: Any, noise_variance: Any) -> Any:
    r"""Variance of the excess risk of least squares, over inputs and noise.

    .. math:: \mathrm{Var} R = \sigma^4 \frac{2d(n-1)}{(n-d-1)^2(n-d-3)}

    Arguments as in `underparameterized_risk`, one output, n > d + 3. Exact, any non-singular Σ. New.

    >>> underparameterized_risk_variance(9, 4, 1.0)
    2.0
    """
    return 2 * noise_variance**2 * dim * (n - 1) / ((n - dim - 1) ** 2 * (n - dim - 3))


def min_norm_risk_variance(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""Variance of the excess risk of minimum-norm least squares from w0, for every n ≥ 0.

    `overparameterized_risk_variance` for n ≤ d − 4, `underparameterized_risk_variance` for n ≥ d + 4, and between them
    inf if n ≥ 1 and σ > 0, else the first term alone. One output. Exact, Σ = I. New.

    >>> min_norm_risk_variance(8, 10, 1.0, 0.5), round(min_norm_risk_variance(8, 10, 1.0, 0.0), 12)
    (inf, 0.026666666667)
    """
    few, many = n < dim - 3, n > dim + 3
    kept = maximum(dim - n, 0)
    bias = 2 * displacement_energy**2 * minimum(n, dim) * kept / (dim * dim * (dim + 2))
    gap = where(few, dim - n, n - dim)
    numerator = 2 * noise_variance**2 * where(few, n * (dim - 1), dim * (n - 1))
    infinite = where((noise_variance > 0) & (n > 0), math.inf, 0)
    return bias + ratio_where(few | many, numerator, (gap - 1) ** 2 * (gap - 3), infinite)


def fine_tuning_transferability_variance(
    n: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any
) -> Any:
    r"""Variance of the paired transferability T = θ_SᵀQ(2θ_T − θ_S) of linear fine-tuning.

    .. math:: \mathrm{Var} T = 2K\left[\frac{(u\cdot v)^2 + \|u\|^2\|v\|^2}{2} - \frac{(u\cdot v)^2}{d}\right],
        \qquad K = \frac{n(d-n)}{d(d-1)(d+2)}

    with u = θ_S and v = 2θ_T − θ_S.  n: target samples ≥ 0 (0 variance for n ≥ d).  dim: d ≥ 1.  source_energy,
    cross_energy, target_energy: s², stc, t². Exact, Σ = I, same X and y for both learners. New.

    >>> round(fine_tuning_transferability_variance(5, 10, 1.0, 1.0, 1.0), 12)  # u = v: a Beta variable
    0.041666666667
    """
    inner = 2 * cross_energy - source_energy
    outer = source_energy * (4 * target_energy - 4 * cross_energy + source_energy)
    kept = minimum(n, dim) * maximum(dim - n, 0)
    spread = ratio_where(dim > 1, kept, dim * (dim - 1) * (dim + 2), 0)
    return 2 * spread * ((inner * inner + outer) / 2 - inner * inner / dim)
