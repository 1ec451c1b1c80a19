r"""Two stages under any covariances: the source is itself a ridge fit on finite data, then the target starts from it.

The second stage sees the source fit ŵ_S only through E‖θ_T − ŵ_S‖²_M, M the metric of `transferability_metric`. The fit
has mean Aθ_S, A = Σ_S(Σ_S+κ_S)⁻¹, and spreads as under any test covariance M:

    E‖θ_T − ŵ_S‖²_M = ‖θ_T − Aθ_S‖²_M + (κ_S²θ_SᵀΣ_S(Σ_S+κ_S)⁻²θ_S + σ_S²) tr[Σ_S M (Σ_S+κ_S)⁻²]/(n_S − df2_S).
"""

from __future__ import annotations

from typing import Any

from lintransfer.arithmetic import array_namespace, maximum, per_mode, total, where
from lintransfer.numerics.entries import modal_arrays, plain
from lintransfer.numerics.resolvents import resolvent_sums
from lintransfer.theory.linear.covariance import (
    Solved,
    ridge_risk,
    solve_modes,
    solved_inflation,
    transferability_metric,
)
from lintransfer.theory.linear.covariance_shift import spread_error, symmetric_modes


def two_stage_risk(
    n: Any,
    n_source: Any,
    eigenvalues: Any,
    multiplicities: Any,
    source: Any,
    cross: Any,
    target: Any,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
    ridge: Any = 0.0,
    source_ridge: Any = 0.0,
    source_eigenvalues: Any = None,
) -> Any:
    r"""Mean target risk after fine-tuning from a fitted source, covariances that commute.

    n, n_source: target and source sample sizes, ≥ 0, broadcast to (…,).  eigenvalues, multiplicities, source,
    cross, target: (k,), modes of Σ and θ_S·θ_S, θ_S·θ_T, θ_T·θ_T within each.  noise_variance, ridge:
    σ², λ of the target.  source_noise_variance, source_ridge, source_eigenvalues: σ_S², λ_S and the eigenvalue of Σ_S
    on each mode (Σ_S = Σ by default); the source is fitted from zero.
    Returns (…,): ‖θ_T‖²_Σ at n = n_S = 0; inf at n_S = rank Σ_S without source ridge if σ_S > 0 and n < rank Σ.
    Source: its row of the table; its limit Σ = Σ_S = I is arXiv 2410.08194 eqs. 22–23.

    >>> import numpy as np
    >>> modes = np.array([1.0]), np.array([10.0]), np.array([1.0]), np.array([0.8]), np.array([1.0])
    >>> round(float(two_stage_risk(5, 20, *modes)), 12)  # a perfect source fit: (1 − n/d)‖θ_T − θ_S‖²
    0.2
    """
    if source_eigenvalues is None:
        source_eigenvalues = eigenvalues
    n, n_source, eigenvalues, multiplicities, source, cross, target = modal_arrays(
        n, n_source, eigenvalues, multiplicities, source, cross, target
    )
    source_eigenvalues, source_noise_variance, source_ridge = modal_arrays(
        source_eigenvalues, source_noise_variance, source_ridge
    )
    metric = transferability_metric(n, eigenvalues, multiplicities, ridge)
    s = solve_modes(n_source, source_eigenvalues, multiplicities, source_ridge)
    learnt = _learnt(s, source_eigenvalues)
    start = total(metric * (target - learnt * (2 * cross - learnt * source)))
    learnable = where(source_eigenvalues > 0, source, 0)
    spread = spread_error(s, learnable, s.multiplicities * metric, source_noise_variance)
    noise = ridge_risk(n, eigenvalues, multiplicities, 0 * eigenvalues, noise_variance, ridge)
    return plain(start + where(s.untrained, 0, spread) + noise)


def two_stage_matrix_risk(
    n: Any,
    n_source: Any,
    covariance: Any,
    source: Any,
    target: Any,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
    ridge: Any = 0.0,
    source_ridge: Any = 0.0,
    source_covariance: Any = None,
) -> Any:
    r"""Mean target risk after fine-tuning from a fitted source, any two covariances.

    covariance, source_covariance: Σ and Σ_S, (d, d) (Σ_S = Σ by default).  source, target: θ_S, θ_T, (d,) or (d, k)
    (for k outputs the noise variances are kσ²); the other arguments as in `two_stage_risk`.  Returns (…,).
    Source: the rows that use it.

    >>> import numpy as np
    >>> float(two_stage_matrix_risk(0, 0, 2 * np.eye(3), np.ones(3), np.ones(3)))
    6.0
    """
    if source_covariance is None:
        source_covariance = covariance
    n, n_source, covariance, source, target = modal_arrays(n, n_source, covariance, source, target)
    source_covariance, source_noise_variance, source_ridge = modal_arrays(
        source_covariance, source_noise_variance, source_ridge
    )
    xp = array_namespace(n, n_source, covariance, source, target, source_covariance)
    eigenvalues, basis = symmetric_modes(covariance)
    source_eigenvalues, source_basis = symmetric_modes(source_covariance)
    ones, turn = xp.ones_like(eigenvalues), basis.T @ source_basis
    metric = transferability_metric(n, eigenvalues, ones, ridge)
    s = solve_modes(n_source, source_eigenvalues, ones, source_ridge)
    coefficients = source_basis.T @ source.reshape(len(eigenvalues), -1)
    fitted = turn @ (_learnt(s, source_eigenvalues)[..., None] * coefficients)
    gap = basis.T @ target.reshape(len(eigenvalues), -1) - fitted
    start = total(metric * (gap * gap).sum(-1))
    energies = where(source_eigenvalues > 0, (coefficients * coefficients).sum(-1), 0)
    spread = spread_error(s, energies, s.multiplicities * (metric @ (turn * turn)), source_noise_variance)
    noise = ridge_risk(n, eigenvalues, ones, 0 * eigenvalues, noise_variance, ridge)
    return plain(start + where(s.untrained, 0, spread) + noise)


def fitted_displacement(
    n_source: Any,
    eigenvalues: Any,
    multiplicities: Any,
    source: Any,
    cross: Any,
    target: Any,
    source_noise_variance: Any = 0.0,
    source_ridge: Any = 0.0,
) -> Any:
    r"""E‖θ_T − ŵ_S‖² within each mode, (…, k): all that any ridge on the target sees of a source fit.

    .. math:: E_i = \|\theta_T-A_i\theta_S\|^2 + \frac{m_i\eta_i}{(\eta_i+\kappa_S)^2}\,
        \frac{\kappa_S^2\,\theta_S^T\Sigma_S(\Sigma_S+\kappa_S)^{-2}\theta_S + \sigma_S^2}{n_S-df2_S}

    eigenvalues: η_i of Σ_S, constant on the modes of Σ; A_i = η_i/(η_i+κ_S).  Other arguments as in `two_stage_risk`,
    which is `ridge_risk` with this displacement, because its metric M is a function of Σ.
    Returns (…, k); inf at n_S = rank Σ_S without source ridge if σ_S > 0.
    Source: the rows that use it.

    >>> import numpy as np
    >>> fitted_displacement(5, *(np.full(1, v) for v in (1.0, 10.0, 1.0, 1.0, 1.0))).round(12).tolist()  # 1 − n_S/d
    [0.5]
    """
    n_source, eigenvalues, multiplicities, source, cross, target, source_noise_variance, source_ridge = modal_arrays(
        n_source, eigenvalues, multiplicities, source, cross, target, source_noise_variance, source_ridge
    )
    s = solve_modes(n_source, eigenvalues, multiplicities, source_ridge)
    learnt = _learnt(s, eigenvalues)
    spread = s.multiplicities * s.eigenvalues / (per_mode(s.kappa) + s.eigenvalues) ** 2
    found = maximum(target - learnt * (2 * cross - learnt * source), 0) + _scatter(
        s, where(eigenvalues > 0, source, 0), source_noise_variance, spread
    )
    return plain(where(per_mode(s.untrained), target, found))


def fitted_matrix_displacement(
    n_source: Any,
    covariance: Any,
    source: Any,
    target: Any,
    source_noise_variance: Any = 0.0,
    source_ridge: Any = 0.0,
    source_covariance: Any = None,
) -> tuple[Any, Any]:
    r"""The eigenvalues (d,) of Σ, and E‖θ_T − ŵ_S‖² along each of its eigenvectors, (…, d), for any Σ_S.

    Arguments as in `two_stage_matrix_risk`, which is `ridge_risk` with this displacement.

    >>> import numpy as np
    >>> [v.tolist() for v in fitted_matrix_displacement(0, np.diag([1.0, 2.0]), np.ones(2), np.ones(2))]
    [[1.0, 2.0], [1.0, 1.0]]
    """
    if source_covariance is None:
        source_covariance = covariance
    n_source, covariance, source, target, source_covariance, source_noise_variance, source_ridge = modal_arrays(
        n_source, covariance, source, target, source_covariance, source_noise_variance, source_ridge
    )
    eigenvalues, basis = symmetric_modes(covariance)
    levels, source_basis = symmetric_modes(source_covariance)
    turn = basis.T @ source_basis
    s = solve_modes(n_source, levels, array_namespace(levels).ones_like(levels), source_ridge)
    coefficients = source_basis.T @ source.reshape(len(levels), -1)
    gap = basis.T @ target.reshape(len(levels), -1) - turn @ (_learnt(s, levels)[..., None] * coefficients)
    spread = s.multiplicities * s.eigenvalues / (per_mode(s.kappa) + s.eigenvalues) ** 2 @ (turn * turn).T
    energies = where(levels > 0, (coefficients * coefficients).sum(-1), 0)
    scatter = where(per_mode(s.untrained), 0, _scatter(s, energies, source_noise_variance, spread))
    return eigenvalues, plain((gap * gap).sum(-1) + scatter)


def _scatter(s: Solved, source: Any, noise_variance: Any, spread: Any) -> Any:
    """How far the fit scatters in each direction: spread (…, k) times (κ_S²θ_SᵀΣ_S(Σ_S+κ_S)⁻²θ_S + σ_S²)/(n_S − df2_S)."""
    weight = s.multiplicities * s.eigenvalues
    missed, pull = resolvent_sums(s.kappa, s.eigenvalues, (), (s.eigenvalues * source, weight))
    amount = per_mode(s.kappa * s.kappa * missed + noise_variance)
    return solved_inflation(amount * spread, per_mode(s.slack + s.kappa * pull))


def _learnt(s: Solved, eigenvalues: Any) -> Any:
    """Fraction of each coefficient of the source that its fit has learnt, λ/(λ+κ_S), (…, k)."""
    learnt = where(eigenvalues > 0, s.eigenvalues / (s.eigenvalues + per_mode(s.kappa)), 0)
    return where(per_mode(s.untrained), 0, learnt)
