r"""Ridge regression trained under Σ and tested under another covariance Σ': deterministic equivalents.

With g = (Σ+κ)⁻¹δ, b = κ²δᵀΣ(Σ+κ)⁻²δ and V' = tr[ΣΣ'(Σ+κ)⁻²]/(n − df2), the risk is κ² gᵀΣ'g + (b + σ²)V': the test
covariance enters linearly, and Σ' = Σ gives back `ridge_risk`.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from lintransfer.arithmetic import array_namespace, kind_of, per_mode, total, where
from lintransfer.fixedpoint import modal_arrays, plain, resolvent_sums
from lintransfer.theory.covariance import inflated, solve_modes


def shifted_risk(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, test_eigenvalues: Any, noise_variance: Any = 0.0,
    ridge: Any = 0.0,
) -> Any:
    r"""Mean risk under a test covariance that commutes with Σ and is constant on each mode.

    n: (…,) ≥ 0.  eigenvalues, multiplicities, displacement: (k,), modes of Σ.  test_eigenvalues: (k,) or (…, k),
    eigenvalue of Σ' on each mode; directions with λ_i = 0 are never learnt, but count if λ'_i > 0.  noise_variance: σ².
    ridge: λ, as in `ridge_risk`.  Returns (…,).
    Source: deterministic equivalents of random-matrix theory; exact counterpart (λ = 0, n ≥ d + 2) σ² tr(Σ'Σ⁻¹)/(n−d−1).

    >>> import numpy as np
    >>> from lintransfer.theory.covariance import ridge_risk
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
    return inflated((s.kappa * s.kappa * missed + noise_variance) * spread, s.slack + s.kappa * pull)
