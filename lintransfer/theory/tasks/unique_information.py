r"""What one sample alone tells: how weights, functions and posteriors change when it is left out.

For ridge regression with G = XᵀX + λI, leverage h = x_iᵀG⁻¹x_i and residual r = y_i − x_i·w,

    w − w₋ᵢ = G⁻¹x_i r/(1 − h),

so that one factorisation of X serves all rows. Without ridge the minimum-norm fits are compared, of any rank; a row that
no other row supports (h = 1, r = 0) moves the weights along its own direction v = X⁺e_i by v (v·w)/‖v‖². 1 − h and r are
sums over singular values that do not cancel.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from lintransfer.arithmetic import log, log1p, where
from lintransfer.errors import refuse
from lintransfer.validation import nonnegative, real_array, real_number

_UNSUPPORTED = 1e-11  # 1 − h below which a row without ridge counts as supported by no other one
_SMALL = 1e-2  # leverage below which −h − ln(1 − h) is taken from its series
_TERMS = 8


class UniqueInformation(NamedTuple):
    """One number for every row of X, (N,) each; all informations in nats."""

    leverage: Any  # h
    residual: Any  # r = y_i − x_i·w
    weight_change: Any  # ‖w − w₋ᵢ‖²
    target_change: Any  # ‖w − w₋ᵢ‖² under the target's covariance Σ_t
    weight_information: Any  # KL of N(w, s²I) from N(w₋ᵢ, s²I): weight_change/(2s²)
    target_information: Any  # target_change/(2s²)
    posterior_information: Any  # KL of the posterior with the row from the one without it
    expected_information: Any  # its mean over the label: I(θ; y_i | the other rows)


def unique_information(
    X: Any,
    y: Any,
    ridge: Any = 0.0,
    noise_std: Any = 1.0,
    weight_noise_std: Any = None,
    test_covariance: Any = None,
) -> UniqueInformation:
    r"""Unique information of every sample: the fit and the posterior with and without it.

    .. math:: \|w - w_{-i}\|^2 = \frac{r^2 x_i^T G^{-2} x_i}{(1-h)^2}, \qquad
        \tfrac12\Bigl[-h - \ln(1-h) + \frac{r^2 h}{\sigma^2(1-h)}\Bigr], \qquad -\tfrac12\ln(1-h)

    X: (N, d) inputs.  y: (N,) labels.  ridge: λ ≥ 0 of ‖y − Xw‖² + λ‖w‖², which is the prior N(0, σ²/λ); 0 compares
    minimum-norm fits, and the posteriors of a flat prior.  noise_std: σ > 0 of the labels.  weight_noise_std: s > 0, the
    standard deviation that is granted to the weights (σ if None).  test_covariance: Σ_t, (d,) or (d, d), the identity
    if None: with that of the target, `target_information` ranks source samples for it.
    Returns `UniqueInformation`. A row that no other row supports has h = 1 at λ = 0, and infinite information under the
    flat prior; its weight_change is finite (α_i²/(K⁻¹)_ii with α = K⁻¹y, if K = XXᵀ is invertible).
    Identity. Raises `DomainError`. Source: Harutyunyan et al. (arXiv 2101.06640); leave-one-out identities are classical.

    >>> found = unique_information([[1.0], [1.0], [2.0]], [1.0, 2.0, 3.0], ridge=2.0, noise_std=0.5)
    >>> found.leverage.round(12).tolist(), float(found.weight_change[0].round(12))
    ([0.125, 0.125, 0.5], 0.000318877551)
    """
    X, y, ridge, noise, width, covariance = _checked(X, y, ridge, noise_std, weight_noise_std, test_covariance)
    left, values, right = _factors(X)
    labels, whole = left.T @ y, left.shape[0] == left.shape[1]
    damping = ridge / (values**2 + ridge) if ridge > 0 else np.zeros_like(values)
    squared = left**2
    outside = np.zeros(len(X)) if whole else np.maximum(1 - squared.sum(axis=1), 0.0)
    leverage, spare = squared @ (1 - damping), squared @ damping + outside
    residual = left @ (damping * labels) + (0.0 if whole else y - left @ labels)
    alone = (spare <= _UNSUPPORTED) & (ridge == 0)
    leverage, residual = np.where(alone, 1.0, leverage), np.where(alone, 0.0, residual)
    directions = left * ((1 - damping) / values)  # G⁻¹x_i, at λ = 0 also X⁺e_i, in the right-singular basis
    length = (directions**2).sum(axis=1)
    by_itself = directions @ (labels / values) / np.where(length > 0, length, 1.0)
    spare, shared = np.where(alone, 1.0, spare), np.where(alone, 0.0, leverage)
    step = np.where(alone, by_itself, residual / spare)
    change, target = step**2 * length, step**2 * _energies(directions @ right, covariance)
    return UniqueInformation(
        leverage,
        residual,
        change,
        target,
        change / (2 * width**2),
        target / (2 * width**2),
        np.where(alone, math.inf, posterior_information(shared, residual, noise**2, spare)),
        np.where(alone, math.inf, expected_information(shared, spare)),
    )


def posterior_information(leverage: Any, residual: Any, noise_variance: Any, spare: Any = None) -> Any:
    r"""KL divergence of the posterior that knows one more sample from the one that does not, in nats.

    .. math:: \tfrac12\Bigl[-h - \ln(1-h) + \frac{r^2 h}{\sigma^2(1-h)}\Bigr]

    leverage: 0 ≤ h < 1, of the sample among all.  residual: r = y − x·w of the fit to all.  noise_variance: σ² > 0.
    spare: 1 − h, where it is known better than from h.  Returns the divergence.
    Identity. Source: its row of the table.

    >>> round(float(posterior_information(0.5, 1.0, 0.5)), 6)  # ½(ln 2 − ½ + 2)
    1.096574
    """
    spare = 1 - leverage if spare is None else spare
    small = leverage < _SMALL
    series = leverage * leverage * sum((leverage**k / (k + 2) for k in range(_TERMS)), 0 * leverage)
    plainly = -leverage - log(spare)
    return (where(small, series, plainly) + residual * residual * leverage / (noise_variance * spare)) / 2


def expected_information(leverage: Any, spare: Any = None) -> Any:
    r"""Information that one more label is expected to give about the teacher, in nats: the mean of
    `posterior_information` over labels drawn from the prior N(0, σ²/λ).

    .. math:: I(\theta; y_i \mid \text{rest}) = -\tfrac12\ln(1-h)

    leverage: 0 ≤ h < 1, of the sample among all.  spare: 1 − h, where it is known better than from h.
    Identity; neither labels nor noise enter. Source: Lindley (1956); its row of the table.

    >>> round(float(expected_information(0.75)), 6)  # ln 2
    0.693147
    """
    spare, small = 1 - leverage if spare is None else spare, leverage < 0.5
    return -where(small, log1p(-where(small, leverage, 0)), log(spare)) / 2


def min_norm_weight_change(n: Any, dim: Any, target_energy: Any, noise_variance: Any) -> Any:
    r"""Mean squared distance that one of n samples moves a minimum-norm fit from zero.

    .. math:: E\|w - w_{-i}\|^2 = \frac{\|\theta\|^2}{d} + \frac{\sigma^2(d-1)}{(d-n)(d-n-1)}

    n: sample size, 1 ≤ n ≤ d − 2.  dim: d.  target_energy: ‖θ‖².  noise_variance: σ².
    Returns the mean; inf at n = d − 1 and n = d with noise, ‖θ‖²/d without; nan for n > d or n < 1.
    Exact, Σ = I. Source: its row of the table.

    >>> round(min_norm_weight_change(3, 6, 1.5, 0.6), 12)
    0.75
    """
    few = n < dim - 1
    room = where(few, dim - n, 2)
    signal = target_energy / dim
    noise = where(few, noise_variance * (dim - 1) / (room * (room - 1)), where(noise_variance > 0, math.inf, 0.0))
    return where((n >= 1) & (n <= dim), signal + noise, math.nan)


def _factors(X: Any) -> tuple[Any, Any, Any]:
    """U (N, r), S (r,), Vᵀ (r, d) of the singular values that rounding alone does not explain."""
    left, values, right = np.linalg.svd(X, full_matrices=False)
    rank = int(np.sum(values > max(X.shape) * np.finfo(float).eps * values[:1]))
    return left[:, :rank], values[:rank], right[:rank]


def _energies(rows: Any, covariance: Any) -> Any:
    """vᵀΣ_tv of every row, (N,)."""
    if covariance is None:
        return (rows**2).sum(axis=1)
    image = rows * covariance if covariance.ndim == 1 else rows @ covariance
    return (rows * image).sum(axis=1)


def _checked(X: Any, y: Any, ridge: Any, noise: Any, width: Any, covariance: Any) -> tuple[Any, ...]:
    X, y = real_array("X", X, (2,)), real_array("y", y, (1,))
    if len(X) != len(y):
        refuse("y", f"one label for each of the {len(X)} rows of X", got=f"{len(y)} labels")
    ridge = nonnegative("ridge", ridge)
    noise = real_number("noise_std", noise, "a finite number > 0", _positive)
    width = noise if width is None else real_number("weight_noise_std", width, "a finite number > 0", _positive)
    if covariance is not None:
        covariance = real_array("test_covariance", covariance, (1, 2))
        if covariance.shape not in ((X.shape[1],), (X.shape[1],) * 2):
            rule = f"a spectrum ({X.shape[1]},) or a matrix ({X.shape[1]}, {X.shape[1]})"
            refuse("test_covariance", rule, got=f"shape {covariance.shape}")
        least = covariance.min() if covariance.ndim == 1 else np.linalg.eigvalsh((covariance + covariance.T) / 2)[0]
        if least < -1e-12 * np.abs(covariance).max():
            refuse("test_covariance", "positive semidefinite", got=f"an eigenvalue {least:.3g}")
    return X, y, ridge, noise, width, covariance


def _positive(value: Any) -> bool:
    return 0 < value < math.inf
