r"""A head on frozen features for any training covariance Σ, tested under another covariance Σ'.

What matters of the feature map B (d, r) are three numbers: the unexplained energy u under Σ, the misfit of the Σ-best
head under Σ', and the spread tr[BᵀΣ'B(BᵀΣB)⁻¹] that the noise of the head is multiplied by. Without shift the misfit is
u and the spread is r; for B = I (ordinary least squares) u and the misfit are 0.

Ridge regression trained under Σ and tested under another covariance Σ': deterministic equivalents.

With g = (Σ+κ)⁻¹δ, b = κ²δᵀΣ(Σ+κ)⁻²δ and V' = tr[ΣΣ'(Σ+κ)⁻²]/(n − df2), the risk is κ² gᵀΣ'g + (b + σ²)V': the test
covariance enters linearly, and Σ' = Σ gives back `ridge_risk`.
"""

from __future__ import annotations

import math
import sys
from typing import Any, NamedTuple

import jax
import numpy as np

from lintransfer.arithmetic import array_namespace, kind_of, per_mode, ratio_where, total, where
from lintransfer.errors import refuse
from lintransfer.numerics.entries import modal_arrays, plain
from lintransfer.numerics.resolvents import resolvent_sums
from lintransfer.theory.linear.covariance import solve_modes, solved_inflation


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


def shifted_head_risk(n: Any, n_features: Any, misfit: Any, spread: Any, unexplained: Any, noise_variance: Any) -> Any:
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


def shifted_risk(
    n: Any,
    eigenvalues: Any,
    multiplicities: Any,
    displacement: Any,
    test_eigenvalues: Any,
    noise_variance: Any = 0.0,
    ridge: Any = 0.0,
) -> Any:
    r"""Mean risk under a test covariance that commutes with Σ and is constant on each mode.

    n: (…,) ≥ 0.  eigenvalues, multiplicities, displacement: (k,), modes of Σ.  test_eigenvalues: (k,) or (…, k),
    eigenvalue of Σ' on each mode; directions with λ_i = 0 are never learnt, but count if λ'_i > 0.  noise_variance: σ².
    ridge: λ, as in `ridge_risk`.  Returns (…,).
    Source: deterministic equivalents of random-matrix theory; exact counterpart (λ = 0, n ≥ d + 2) σ² tr(Σ'Σ⁻¹)/(n−d−1).

    >>> import numpy as np
    >>> from lintransfer.theory.linear.covariance import ridge_risk
    >>> modes = np.array([3.0, 1.0]), np.ones(2), np.ones(2)
    >>> round(float(shifted_risk(1, *modes, np.array([3.0, 1.0])) - ridge_risk(1, *modes)), 12)
    0.0
    """
    values = modal_arrays(n, eigenvalues, multiplicities, displacement, test_eigenvalues, noise_variance, ridge)
    n, eigenvalues, multiplicities, displacement, test_eigenvalues, noise_variance, ridge = values
    s = solve_modes(n, eigenvalues, multiplicities, ridge)
    column = per_mode(s.kappa)
    tested = total(test_eigenvalues * displacement * where(eigenvalues > 0, column / (column + s.eigenvalues), 1) ** 2)
    load = s.multiplicities * test_eigenvalues
    trained = tested + spread_error(s, where(eigenvalues > 0, displacement, 0), load, noise_variance)
    return plain(where(s.untrained, total(test_eigenvalues * displacement), trained))


def shifted_matrix_risk(
    n: Any, covariance: Any, displacement: Any, test_covariance: Any, noise_variance: Any = 0.0, ridge: Any = 0.0
) -> Any:
    r"""Mean risk under any test covariance: κ²gᵀΣ'g + (κ²δᵀΣ(Σ+κ)⁻²δ + σ²) tr[ΣΣ'(Σ+κ)⁻²]/(n − df2).

    n: (…,) ≥ 0.  covariance, test_covariance: (d, d).  displacement: δ (d,), or (d, k) for k outputs (then
    noise_variance is kσ²).  ridge: λ.  Returns (…,).
    Source: deterministic equivalents of random-matrix theory.

    >>> import numpy as np
    >>> shift = np.array([[1.0, 0.5], [0.5, 1.0]])
    >>> float(shifted_matrix_risk(0, np.eye(2), np.array([1.0, -1.0]), shift))
    1.0
    """
    n, covariance, displacement, test_covariance, noise_variance, ridge = modal_arrays(
        n, covariance, displacement, test_covariance, noise_variance, ridge
    )
    xp = array_namespace(n, covariance, displacement, test_covariance, noise_variance, ridge)
    eigenvalues, basis = symmetric_modes(covariance)
    columns = basis.T @ displacement.reshape(len(eigenvalues), -1)
    rotated = basis.T @ test_covariance @ basis
    s = solve_modes(n, eigenvalues, xp.ones_like(eigenvalues), ridge)
    kappa = per_mode(s.kappa)
    left = where(eigenvalues > 0, kappa / (kappa + s.eigenvalues), 1)[..., None] * columns
    tested = xp.sum(left * (rotated @ left), axis=(-2, -1))
    energies = where(eigenvalues > 0, (columns * columns).sum(-1), 0)
    load = s.multiplicities * xp.diagonal(rotated)
    trained = tested + spread_error(s, energies, load, noise_variance)
    return plain(where(s.untrained, xp.sum(columns * (rotated @ columns)), trained))


def symmetric_modes(matrix: Any) -> tuple[Any, Any]:
    """Eigenvalues (d,) and eigenvectors, in the columns of (d, d), of a symmetric matrix; those of a matrix of mpmath
    numbers to the working precision."""
    if kind_of(*(matrix.flat if isinstance(matrix, np.ndarray) else ())) == "mpmath":
        mpmath = sys.modules["mpmath"]
        values, vectors = mpmath.eigsy(mpmath.matrix(matrix.tolist()))
        found = np.array(values.tolist(), dtype=object), np.array(vectors.tolist(), dtype=object)
        return found[0].reshape(-1), found[1].reshape(matrix.shape)
    values, vectors = array_namespace(matrix).linalg.eigh(matrix)
    return _without_rounding(values), vectors


def _without_rounding(eigenvalues: Any) -> Any:
    """Eigenvalues that are zero up to rounding, set to zero."""
    xp = array_namespace(eigenvalues)
    rounding = len(eigenvalues) * float(xp.finfo(eigenvalues.dtype).eps) * xp.max(xp.abs(eigenvalues))
    return where(xp.abs(eigenvalues) <= rounding, 0.0, eigenvalues)


def spread_error(s: Any, displacement: Any, load: Any, noise_variance: Any) -> Any:
    """(κ²δᵀΣ(Σ+κ)⁻²δ + σ²)·Σ load_i λ_i/(λ_i+κ)²/(n − df2)."""
    weight = s.multiplicities * s.eigenvalues
    at_square = (s.eigenvalues * displacement, load * s.eigenvalues, weight)
    missed, spread, pull = resolvent_sums(s.kappa, s.eigenvalues, (), at_square)
    return solved_inflation((s.kappa * s.kappa * missed + noise_variance) * spread, s.slack + s.kappa * pull)
