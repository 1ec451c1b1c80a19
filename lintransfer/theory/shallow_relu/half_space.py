r"""The end state of a small ReLU network above the optimisation threshold: least squares on two half-spaces.

With enough samples the neurons align with ±Σβ and the network converges to h(x) = (β_+·x)_+ − (−β_−·x)_+, where β_± are
least-squares fits on {±x·β > 0}: it does not interpolate, although it could, and generalises like ordinary least
squares on half the data. Below the threshold it interpolates. Fine-tuning beside a frozen, exactly linear source is the same with
labels y − θ_S·x and β = θ_T − θ_S; as the risk does not depend on β, above the threshold transfer neither helps nor hurts.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from lintransfer.arithmetic import kind_of, ratio_where, where
from lintransfer.errors import refuse


def half_space_risk_given_split(n_positive: Any, n: Any, dim: Any, noise_variance: Any) -> Any:
    r"""Excess risk of half-space least squares on N(0, I), given how many inputs fall on the teacher's positive side.

    .. math:: R = \frac{\sigma^2 d}{2}\Bigl[\frac{1}{n_+-d-1} + \frac{1}{n-n_+-d-1}\Bigr]

    n_positive: n_+.  inf where a side holds d or d + 1 inputs and σ > 0, nan where one holds fewer.  The split is the
    teacher's own (oracle).  Kind: EXACT: flipping the sign of a row and its label makes half-Gaussian inputs Gaussian
    without changing the fit.  Source: its row of the table (A4).

    >>> half_space_risk_given_split(10, 20, 4, 1.0)
    0.8
    """
    sides = _inverse_gram_trace(n_positive, dim) + _inverse_gram_trace(n - n_positive, dim)
    noisy = noise_variance > 0
    return where(noisy, where(noisy, noise_variance, 1) * sides / 2, where(sides >= 0, 0, sides))


def _inverse_gram_trace(rows: Any, dim: Any) -> Any:
    """E trace (XᵀX)⁻¹ = d/(m − d − 1) of m Gaussian rows; inf for m = d, d + 1; nan for fewer."""
    return ratio_where(rows >= dim + 2, dim, rows - dim - 1, where(rows >= dim, float("inf"), float("nan")))


def half_space_risk(n: Any, dim: int, noise_variance: Any) -> Any:
    r"""Expected excess risk of half-space least squares on N(0, I), with the teacher's own split.

    .. math:: R = \sigma^2\,E\Bigl[\frac{d}{n_+-d-1}\,\Big|\,d+2 \le n_+ \le n-d-2\Bigr] \approx
              \frac{2\sigma^2 d}{n-2d-2}, \qquad n_+ \sim \mathrm{Bin}(n, \tfrac12)

    n: sample sizes ≥ 2d + 4, an integer or an array of them.  dim: d ≥ 1.  Returns shape of n; nan where n < 2d + 4.
    Kind: EXACT for the oracle split, about twice the risk of ordinary least squares.  Source: its row of the table (A4).

    >>> round(float(half_space_risk(40, 3, 1.0)), 6)
    0.195894
    """
    if kind_of(n, dim, noise_variance) not in ("numpy", "jax") or isinstance(noise_variance, Fraction):
        mean = _exact_mean_inverse(int(n), int(dim))
        return noise_variance * mean.numerator / mean.denominator
    if np.ndim(dim) != 0 or dim != int(dim) or dim < 1:
        refuse("dim", "a whole number ≥ 1", dim)
    sizes = np.asarray(n)
    if not np.all(sizes == np.floor(sizes)) or np.any(sizes < 0):
        refuse("n", "whole numbers ≥ 0", n)
    inverse = np.vectorize(lambda size: _mean_inverse(int(size), int(dim)), otypes=[float])(sizes)
    return noise_variance * inverse


def _exact_mean_inverse(n: int, dim: int) -> Fraction:
    """The same average as a fraction, from integer binomial coefficients: for arithmetic beyond floats."""
    if n < 2 * dim + 4:
        refuse("n", f"at least 2d + 4 = {2 * dim + 4}", n)
    weights = {split: math.comb(n, split) for split in range(dim + 2, n - dim - 1)}
    terms = (Fraction(w * dim, split - dim - 1) for split, w in weights.items())
    return sum(terms, Fraction(0)) / sum(weights.values())


def _mean_inverse(n: int, dim: int) -> float:
    """E[d/(n_+ − d − 1)] over the admissible splits; terms beyond 40 standard deviations are below rounding."""
    if n < 2 * dim + 4:
        return float("nan")
    reach = 20 * int(np.sqrt(n)) + 40
    split = np.arange(max(dim + 2, n // 2 - reach), min(n - dim - 2, n - n // 2 + reach) + 1, dtype=float)
    log_weight = np.concatenate([[0.0], np.cumsum(np.log((n - split[:-1]) / (split[:-1] + 1)))])
    weight = np.exp(log_weight - log_weight.max())
    return float(np.sum(weight * dim / (split - dim - 1)) / np.sum(weight))


def large_sample_half_space_risk(n: Any, dim: Any, noise_variance: Any) -> Any:
    """2σ²d/(n − 2d − 2), the risk of an even split: a lower bound of `half_space_risk` by convexity; nan for
    n ≤ 2d + 2.

    >>> large_sample_half_space_risk(40, 3, 1.0)
    0.1875
    """
    left = n - 2 * dim - 2
    return ratio_where(left > 0, 2 * noise_variance * dim, left, float("nan"))


def half_space_training_error(n: Any, dim: Any, noise_variance: Any) -> Any:
    r"""Mean squared residual σ²(1 − 2d/n) that half-space least squares leaves on its training set (interpolation: 0).

    n: ≥ 2d, both sides holding at least d inputs.  Kind: EXACT given that.  Source: its row of the table (A4).

    >>> half_space_training_error(8, 2, 1.0)
    0.5
    """
    return ratio_where((n >= 2 * dim) & (n > 0), noise_variance * (n - 2 * dim), n, float("nan"))
