r"""A head on frozen features for any training covariance Σ, tested under another covariance Σ'.

What matters of the feature map B (d, r) are three numbers: the unexplained energy u under Σ, the misfit of the Σ-best
head under Σ', and the spread tr[BᵀΣ'B(BᵀΣB)⁻¹] that the noise of the head is multiplied by. Without shift the misfit is
u and the spread is r; for B = I (ordinary least squares) u and the misfit are 0.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import jax
import numpy as np

from lintransfer.arithmetic import array_namespace, ratio_where, where
from lintransfer.errors import refuse


class ShiftEnergies(NamedTuple):
    """u, ‖Ba* − θ_T‖²_Σ' and tr[BᵀΣ'B(BᵀΣB)⁻¹] of a feature map."""

    unexplained: Any
    misfit: Any
    spread: Any


def shift_energies(features: Any, target: Any, covariance: Any, test_covariance: Any = None) -> ShiftEnergies:
    r"""What a feature map makes of a target under a training and a test covariance.

    .. math:: a^* = (B^T\Sigma B)^{-1}B^T\Sigma\theta_T, \quad u = \|Ba^*-\theta_T\|^2_\Sigma, \quad
        \text{misfit} = \|Ba^*-\theta_T\|^2_{\Sigma'}, \quad \text{spread} = \mathrm{tr}[B^T\Sigma'B(B^T\Sigma B)^{-1}]

    features: B (d, r).  target: θ_T (d,), or (d, k) for k outputs, over which energies are summed.  covariance: Σ,
    spectrum (d,) or matrix (d, d).  test_covariance: Σ', likewise; None for Σ' = Σ.
    Returns a `ShiftEnergies`. NumPy or JAX arrays. The overlap of target and features under Σ is 1 − u/(θ_TᵀΣθ_T).
    Raises `DomainError` if BᵀΣB is singular (not checked under JAX tracing).

    >>> import numpy as np
    >>> shift_energies(np.array([[1.0], [0.0]]), np.array([0.5, 0.5]), np.array([1.0, 4.0]))
    ShiftEnergies(unexplained=np.float64(1.0), misfit=np.float64(1.0), spread=np.float64(1.0))
    """
    xp = array_namespace(features, target, covariance, test_covariance)
    tested = covariance if test_covariance is None else test_covariance
    weighted = _apply(covariance, features)
    gram = features.T @ weighted
    if not isinstance(gram, jax.core.Tracer) and np.linalg.matrix_rank(np.asarray(gram)) < gram.shape[0]:
        refuse("features", "linearly independent under the covariance (BᵀΣB invertible)", f"BᵀΣB = {gram}")
    columns = target[:, None] if target.ndim == 1 else target
    error = features @ xp.linalg.solve(gram, weighted.T @ columns) - columns
    spread = xp.trace(xp.linalg.solve(gram, features.T @ _apply(tested, features)))
    return ShiftEnergies(xp.sum(error * _apply(covariance, error)), xp.sum(error * _apply(tested, error)), spread)


def _apply(covariance: Any, columns: Any) -> Any:
    return covariance[:, None] * columns if covariance.ndim == 1 else covariance @ columns


def shifted_head_risk(
    n: Any, n_features: Any, misfit: Any, spread: Any, unexplained: Any, noise_variance: Any
) -> Any:
    r"""Mean excess risk, under a test covariance Σ', of a least-squares head trained under Σ.

    .. math:: E R = \|Ba^*-\theta_T\|^2_{\Sigma'} + (\sigma^2+u)\,
        \frac{\mathrm{tr}[B^T\Sigma'B(B^T\Sigma B)^{-1}]}{n-r-1}

    n: target samples.  n_features: r.  misfit, spread, unexplained: from `shift_energies`.
    noise_variance: σ² (kσ² for k outputs).
    Returns E R for n ≥ r + 2; inf where |n − r| ≤ 1, n ≥ 1, σ² + u > 0 and spread > 0; the misfit for n ≥ r if
    σ² + u = 0; nan for fewer samples (there it is not a function of these numbers).
    Exact at every finite size, any Σ and Σ'. Source: its row of the table; B = I is the classical tr(Σ'Σ⁻¹)σ²/(n−d−1).

    >>> shifted_head_risk(5, 1, misfit=0.5, spread=3.0, unexplained=0.25, noise_variance=0.25)
    1.0
    """
    variance = (noise_variance + unexplained) * spread
    infinite = (variance > 0) & (n > 0) & (n >= n_features - 1)
    interpolating = (variance <= 0) & (n >= n_features)
    near = where(infinite, math.inf, where(interpolating, 0.0, math.nan))
    return misfit + ratio_where(n > n_features + 1, variance, n - n_features - 1, near)


def shifted_least_squares_risk(n: Any, dim: Any, spread: Any, noise_variance: Any) -> Any:
    r"""Mean excess risk, under Σ', of ordinary least squares on all d weights trained under Σ.

    .. math:: E R = \sigma^2\,\frac{\mathrm{tr}(\Sigma'\Sigma^{-1})}{n-d-1}

    n: target samples, n ≥ d + 2.  dim: d.  spread: tr(Σ'Σ⁻¹).  noise_variance: σ².
    Returns and validity as `shifted_head_risk` with B = I.

    >>> shifted_least_squares_risk(13, 2, spread=5.0, noise_variance=0.5)
    0.25
    """
    return shifted_head_risk(n, dim, 0.0, spread, 0.0, noise_variance)
