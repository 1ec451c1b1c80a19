r"""What training does to a given design X: every linear learner is a filter of the singular values of X.

With X = U S Vᵀ and any rank, ŵ = w₀ + V f(S) Uᵀ(y − Xw₀). The filter f knows the learner, the displacement δ
= θ_T − w₀ knows the source, and nothing is random but the label noise, over which the risk is averaged here.
"""

from __future__ import annotations

import math
import sys
from functools import partial
from typing import Any

import numpy as np

from lintransfer.arithmetic import array_namespace, expm1, kind_of, ratio_where, total, where


def ridge_filter(singular_value: Any, ridge: Any = 0.0) -> Any:
    r"""The filter of training to convergence.

    .. math:: f(s) = \frac{s}{s^2+\lambda}, \qquad f(0) = 0

    singular_value: s ≥ 0.  ridge: λ ≥ 0 of ‖y − Xw‖² + λ‖w − w₀‖²; 0 gives the pseudo-inverse 1/s.
    Identity. Gradient descent without ridge ends there too for any step below 2/s_max².

    >>> float(ridge_filter(2.0, 4.0)), float(ridge_filter(0.0))
    (0.25, 0.0)
    """
    return ratio_where(singular_value > 0, singular_value, singular_value**2 + ridge, 0 * singular_value)


def flow_filter(singular_value: Any, n: Any, ridge: Any, time: Any) -> Any:
    r"""The filter of gradient flow that is stopped at a finite time.

    .. math:: f(s) = \frac{s}{s^2+\lambda}\left(1 - e^{-(s^2+\lambda)T/n}\right), \qquad f(0) = 0

    singular_value: s ≥ 0.  n: rows of X, n ≥ 1.  ridge: λ ≥ 0.  time: T < ∞, of w' = −[Xᵀ(Xw−y) + λ(w−w₀)]/n,
    the flow on the mean loss (1/2n)‖y − Xw‖² (on the sum loss ½‖y − Xw‖² the same point is reached at T/n).
    Identity.

    >>> round(float(flow_filter(1.0, 4, 0.0, 4.0)), 12)  # 1 − 1/e
    0.632120558829
    """
    return ridge_filter(singular_value, ridge) * -expm1(-(singular_value**2 + ridge) * time / n)


def spectral_filter(singular_value: Any, n: Any, ridge: Any = 0.0, time: Any = math.inf) -> Any:
    r"""The filter of ridge, of a stopping time, or of both: `ridge_filter` for T = ∞, else `flow_filter`.

    singular_value: s ≥ 0, any shape.  n: rows of X.  ridge: λ ≥ 0.  time: T ≥ 0, inf for convergence.
    Returns f(s), with which ŵ = w₀ + V f(S) Uᵀ(y − Xw₀).  Identity.

    >>> float(spectral_filter(0.5, 3))
    2.0
    """
    stopped = time < math.inf
    flow = flow_filter(singular_value, n, ridge, where(stopped, time, 0))
    return where(stopped, flow, ridge_filter(singular_value, ridge))


def direction_risk(
    singular_value: Any,
    n: Any,
    displacement_energy: Any,
    noise_variance: Any,
    ridge: Any = 0.0,
    time: Any = math.inf,
) -> Any:
    r"""Excess risk along one right-singular direction of X, averaged over the label noise, Σ = I.

    .. math:: (1 - s f(s))^2\, \delta^2 + \sigma^2 f(s)^2

    singular_value: s ≥ 0.  displacement_energy: δ² along that direction.  noise_variance: σ².  n, ridge,
    time: as in `spectral_filter`. Summed over all d directions (s = 0 off the row space) this is
    `conditional_risk` at Σ = I.
    Identity.

    >>> float(direction_risk(2.0, 4, displacement_energy=9.0, noise_variance=1.0))
    0.25
    """
    kept = spectral_filter(singular_value, n, ridge, time)
    return (1 - singular_value * kept) ** 2 * displacement_energy + noise_variance * kept**2


def spectral_fit(X: Any, y: Any, initial: Any = None, ridge: Any = 0.0, time: Any = math.inf) -> Any:
    r"""Weights at the end of training, from any start, for a design of any rank.

    .. math:: \hat w = w_0 + V f(S)\, U^T (y - X w_0)

    For λ = 0, T = ∞ this is Pθ_T + Qw₀ + X⁺ξσ.

    X: (n, d).  y: (n,) or (n, k).  initial: w₀, (d,) or (d, k), zeros if None.  ridge, time: as in
    `spectral_filter`.
    Returns (d,) or (d, k).  Identity, NumPy, JAX and mpmath.  Source: Shachaf, Brutzkus & Globerson (2107.01641),
    linear part.

    >>> import numpy as np
    >>> spectral_fit(np.array([[2.0, 0.0]]), np.array([4.0]), initial=np.array([5.0, 7.0])).tolist()
    [2.0, 7.0]
    """
    xp = array_namespace(X, y, initial, ridge, time)
    X, y, ridge, time = (floating(xp, v) for v in (X, y, ridge, time))
    start = xp.zeros((X.shape[1], *y.shape[1:])) if initial is None else floating(xp, initial)
    if X.shape[0] == 0:
        return start
    if xp is np and X.dtype == y.dtype == start.dtype == float and np.ndim(ridge) == np.ndim(time) == 0:
        moved = _interpolate(X, y - X @ start) if ridge == 0 and time == math.inf else None
        if moved is not None:
            return start + moved
    left, values, right = factors(xp, X)
    kept = spectral_filter(values, X.shape[0], ridge, time)
    return start + right.T @ (kept.reshape(-1, *(1,) * (y.ndim - 1)) * (left.T @ (y - X @ start)))


def _interpolate(X: np.ndarray, y: np.ndarray) -> np.ndarray | None:
    """X⁺y by Cholesky's factor of XXᵀ, a twentieth of the work of singular values; None where that cannot be trusted.

    Xᵀα that meets y is the shortest that does: after one refinement both are looked at, what is missed of y and what
    rounding α may have cost. Dependent rows make α explode, and are left to singular values.
    """
    count, dim = X.shape
    size = float(np.abs(X).max())
    if count > dim or not 1e-100 < size < 1e100:
        return None
    try:
        inverse = partial(_solve_twice, np.linalg.cholesky(X @ X.T))
    except np.linalg.LinAlgError:
        return None
    multipliers = inverse(y)
    multipliers = multipliers + inverse(y - X @ (X.T @ multipliers))
    weights: np.ndarray = X.T @ multipliers
    missed = np.abs(y - X @ weights).max()
    lost = count * size * np.abs(multipliers).max()
    longest = np.abs(weights).max()
    fits = missed <= 1e-13 * dim**0.5 * size * longest and lost <= 1e6 * longest
    return weights if fits or not y.any() else None


def _solve_twice(factor: np.ndarray, y: np.ndarray) -> np.ndarray:
    from scipy.linalg import cho_solve

    solved: np.ndarray = cho_solve((factor, True), y, check_finite=False)
    return solved


def conditional_risk(
    X: Any, displacement: Any, covariance: Any, noise_variance: Any, ridge: Any = 0.0, time: Any = math.inf
) -> Any:
    r"""Excess risk for a given design, averaged over the label noise.

    .. math:: E[R \mid X] = \|(I - V f(S) S V^T)\,\delta\|_\Sigma^2 + \sigma^2 \sum_k f(s_k)^2\, v_k^T \Sigma v_k

    For λ = 0, T = ∞ this is δᵀQΣQδ + σ² tr[(X⁺)ᵀΣX⁺].
    X: (n, d).  displacement: δ = θ_T − w₀, (d,), or (d, k) for k outputs.  covariance: Σ of the risk, (d,) or
    (d, d).
    noise_variance: σ² per output.  ridge, time: as in `spectral_filter`.
    Returns a scalar.  Identity, any rank; NumPy, JAX and mpmath.  Source: Shachaf, Brutzkus & Globerson (2107.01641),
    linear part, extended to filters.

    >>> import numpy as np
    >>> float(conditional_risk(np.array([[2.0, 0.0]]), np.array([1.0, 3.0]), np.ones(2), noise_variance=4.0))
    10.0
    """
    xp = array_namespace(X, displacement, covariance, noise_variance, ridge, time)
    X, displacement, covariance = (floating(xp, v) for v in (X, displacement, covariance))
    noise_variance, ridge, time = (floating(xp, v) for v in (noise_variance, ridge, time))
    delta = displacement.reshape(X.shape[1], -1)
    if X.shape[0] == 0:
        return covariance_energy(covariance, delta.T)
    _, values, right = factors(xp, X)
    kept = spectral_filter(values, X.shape[0], ridge, time)
    error = delta - right.T @ ((kept * values)[:, None] * (right @ delta))
    noise = covariance_energy(covariance, kept[:, None] * right)
    return covariance_energy(covariance, error.T) + noise_variance * delta.shape[1] * noise


def covariance_energy(covariance: Any, rows: Any) -> Any:
    """Σ_k v_kᵀΣv_k over rows v_k, (k, d), of a matrix; Σ is a spectrum (d,) or a matrix (d, d)."""
    xp = array_namespace(covariance, rows)
    covariance = xp.asarray(covariance)
    image = rows * covariance if covariance.ndim == 1 else rows @ covariance
    return total((rows * image).reshape(-1))


def floating(xp: Any, value: Any) -> Any:
    """An array of floats, or of mpmath numbers; exact fractions become floats, as singular values are irrational."""
    array = xp.asarray(value)
    if array.dtype != object or any(kind_of(entry) == "mpmath" for entry in array.flat):
        return array
    if any(kind_of(entry) != "numpy" for entry in array.flat):
        raise TypeError("singular values are computed of numbers only")
    return array.astype(float)


def factors(xp: Any, X: Any) -> tuple[Any, Any, Any]:
    """Thin U, S, Vᵀ, with the singular values that rounding alone keeps from 0 set to 0."""
    if X.dtype == object:
        mpmath = sys.modules["mpmath"]
        parts = [np.array(part.tolist(), dtype=object) for part in mpmath.svd_r(mpmath.matrix(X.tolist()))]
        left, values, right = parts[0], parts[1].reshape(-1), parts[2]
        epsilon = mpmath.eps
    else:
        left, values, right = xp.linalg.svd(X, full_matrices=False)
        epsilon = float(xp.finfo(values.dtype).eps)
    cutoff = max(X.shape) * epsilon * values[:1]
    return left, xp.where(values > cutoff, values, 0), right
