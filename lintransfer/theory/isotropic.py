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
