r"""The source ridge of least target risk: the source training that transfers best, which is not the best source training.

The target sees the source fit through E‖θ_T − ŵ_S‖²_M alone, M = M(n, λ) the metric of `transferability_metric`, so that
the best λ_S depends on the target's n and ridge. The source's own risk would ask for ‖θ_S − ŵ_S‖² under Σ_S instead. For
Σ = Σ_S = I, M is a multiple of I: then λ_S* is one number for every n.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.arithmetic import total, where
from lintransfer.numerics.entries import plain
from lintransfer.numerics.resolvents import excess_samples
from lintransfer.theory.linear.covariance import ridge_risk, transferability_metric
from lintransfer.theory.linear.covariance_shift import symmetric_modes
from lintransfer.theory.linear.optimal_ridge import OptimalRidge
from lintransfer.theory.linear.optimal_two_stage import optimal_two_stage_matrix_ridge, optimal_two_stage_ridge
from lintransfer.theory.linear.source_fits import Fit, half_slope, least_distance

_STEPS = 60  # of coordinate descent, each to the global minimum in one ridge
_STILL = 1e-13  # relative change of the risk at which the descent ends
_LADDER = 24  # source ridges from which the descent may start


def source_ridge_slope(
    kappa: Any,
    n_source: Any,
    eigenvalues: Any,
    multiplicities: Any,
    source: Any,
    cross: Any,
    metric: Any,
    source_noise_variance: Any = 0.0,
) -> Any:
    r"""(n_S − df2)²/2 times the derivative in κ_S of E‖θ_T − ŵ_S‖²_M, n_S fixed: zero at the best source ridge.

    .. math:: (n_S-df2)^2 \sum_i M_i\eta_i\frac{x_i-A_is_i}{(\eta_i+\kappa)^2}
        + (n_S-df2)\Big[\kappa S\sum_i\frac{s_i\eta_i^2}{(\eta_i+\kappa)^3}
        - (b+\sigma_S^2)\sum_i\frac{M_im_i\eta_i}{(\eta_i+\kappa)^3}\Big]
        - (b+\sigma_S^2)\,S\sum_i\frac{m_i\eta_i^2}{(\eta_i+\kappa)^3}

    kappa: κ_S > 0.  eigenvalues, multiplicities, source, cross, metric: (k,), η_i, m_i, s_i = ‖θ_S‖², x_i = θ_S·θ_T and M_i
    per mode, A = η/(η+κ), b = κ²Σsη/(η+κ)², S = ΣMmη/(η+κ)².  With cross = source it is the slope of the risk under Σ' = M.
    Source: its row of the table.

    >>> one = np.ones(1)
    >>> kappa = (5 + 73**0.5) / 8  # equal tasks: the κ of λ_S* = dσ_S²/s² = 3
    >>> bool(abs(source_ridge_slope(kappa, 4.0, one, 6 * one, one, one, one, 0.5)) < 1e-14)
    True
    """
    excess = excess_samples(n_source, kappa, eigenvalues, multiplicities)
    inverse = 1 / (eigenvalues + kappa)
    room = excess + kappa * total(multiplicities * eigenvalues * inverse * inverse)
    drift = cross - eigenvalues * inverse * source
    push = total(metric * eigenvalues * inverse * inverse * drift)
    return half_slope(kappa, room, push, eigenvalues, multiplicities, source, metric, source_noise_variance)[0]


def optimal_source_ridge(
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
    source_eigenvalues: Any = None,
    tuned: bool = False,
) -> OptimalRidge:
    r"""λ_S* ≥ 0, the source ridge of least `two_stage_risk`, and the risk there.

    n: (…,).  n_source, source_noise_variance, ridge: one number each.  tuned: whether the ridge on the target is the best
    one too, for each source ridge (then `ridge` is not looked at).  Other arguments as in `two_stage_risk`.
    Returns `OptimalRidge(ridge, risk)`, (…,) each; λ_S* = inf where the source is best forgotten.
    Source: its row of the table.

    >>> modes = np.array([1.0]), np.array([6.0]), np.array([1.0]), np.array([1.0]), np.array([1.0])
    >>> best = optimal_source_ridge([0, 3], 4, *modes, source_noise_variance=0.5)  # equal tasks: dσ_S²/s²
    >>> best.ridge.round(9).tolist()
    [3.0, 3.0]
    """
    levels = eigenvalues if source_eigenvalues is None else source_eigenvalues
    eigenvalues, multiplicities, source, cross, target, levels = _floats(
        eigenvalues, multiplicities, source, cross, target, levels
    )
    alive = levels > 0
    s, x = np.where(alive, source, 0), np.where(alive, cross, 0)
    gap = np.where(alive, np.maximum((target - cross) + (source - cross), 0), target)
    fit = Fit(np.where(alive, levels, levels.max(initial=0) or 1), np.where(alive, multiplicities, 0), s, gap, x - s)
    world = eigenvalues, multiplicities

    def retune(size: float, source_ridge: float) -> OptimalRidge:
        return optimal_two_stage_ridge(
            size, n_source, *world, source, cross, target, noise_variance, source_noise_variance, source_ridge, levels
        )

    return _best(n, n_source, fit, world, noise_variance, source_noise_variance, ridge, retune if tuned else None)


def optimal_source_ridge_risk(
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
    source_eigenvalues: Any = None,
    tuned: bool = False,
) -> Any:
    r"""The least `two_stage_risk` over the source ridge; arguments as in `optimal_source_ridge`. Returns (…,).

    Source: its row of the table.

    >>> modes = np.array([1.0]), np.array([6.0]), np.array([1.0]), np.array([1.0]), np.array([1.0])
    >>> round(float(optimal_source_ridge_risk(0, 4, *modes, source_noise_variance=0.5)), 6)
    0.628667
    """
    return optimal_source_ridge(
        n, n_source, eigenvalues, multiplicities, source, cross, target, noise_variance, source_noise_variance,
        ridge, source_eigenvalues, tuned,
    ).risk  # fmt: skip


def optimal_source_ridge_matrix(
    n: Any,
    n_source: Any,
    covariance: Any,
    source: Any,
    target: Any,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
    ridge: Any = 0.0,
    source_covariance: Any = None,
    tuned: bool = False,
) -> OptimalRidge:
    r"""λ_S* ≥ 0 of least `two_stage_matrix_risk`, and the risk there, any two covariances.

    Arguments as there, and `tuned` as in `optimal_source_ridge`.

    >>> best = optimal_source_ridge_matrix(3, 4, np.eye(6), np.full(6, 6**-0.5), np.full(6, 6**-0.5), 0.0, 0.5)
    >>> round(float(best.ridge), 9)
    3.0
    """
    inputs = covariance if source_covariance is None else source_covariance
    covariance, source, target, inputs = _floats(covariance, source, target, inputs)
    eigenvalues, basis = symmetric_modes(covariance)
    levels, source_basis = symmetric_modes(inputs)
    alive, turn = levels > 0, basis.T @ source_basis
    start = where(alive[:, None], source_basis.T @ source.reshape(len(levels), -1), 0)
    gap = basis.T @ target.reshape(len(levels), -1) - turn @ start
    fit = Fit(
        where(alive, levels, levels.max(initial=0) or 1), 1.0 * alive, (start * start).sum(-1), gap, 0.0, turn, start
    )

    def retune(size: float, source_ridge: float) -> OptimalRidge:
        return optimal_two_stage_matrix_ridge(
            size, n_source, covariance, source, target, noise_variance, source_noise_variance, source_ridge, inputs
        )

    world = eigenvalues, 0 * eigenvalues + 1
    return _best(n, n_source, fit, world, noise_variance, source_noise_variance, ridge, retune if tuned else None)


def optimal_source_ridge_matrix_risk(
    n: Any,
    n_source: Any,
    covariance: Any,
    source: Any,
    target: Any,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
    ridge: Any = 0.0,
    source_covariance: Any = None,
    tuned: bool = False,
) -> Any:
    r"""The least `two_stage_matrix_risk` over the source ridge; arguments as in `optimal_source_ridge_matrix`.

    Source: its row of the table.

    >>> equal = np.full(6, 6**-0.5)
    >>> round(float(optimal_source_ridge_matrix_risk(0, 4, np.eye(6), equal, equal, 0.0, 0.5)), 6)
    0.628667
    """
    return optimal_source_ridge_matrix(
        n, n_source, covariance, source, target, noise_variance, source_noise_variance, ridge, source_covariance, tuned
    ).risk


def _best(
    n: Any, n_source: Any, fit: Fit, world: tuple[Any, Any], noise: Any, source_noise: Any, ridge: Any, retune: Any
) -> OptimalRidge:
    sizes = np.asarray(n, dtype=float)
    flat, spread = sizes.reshape(-1), float(source_noise)

    def nearest(where_: np.ndarray, penalty: Any) -> OptimalRidge:
        """λ_S* and the risk for given ridges on the target."""
        metric = transferability_metric(where_, *world, penalty)
        best = least_distance(fit, metric, np.full(len(where_), float(n_source)), spread)
        return OptimalRidge(best.ridge, best.distance + ridge_risk(where_, *world, 0 * world[0], noise, penalty))

    found = nearest(flat, ridge) if retune is None else _both(flat, fit, nearest, retune)
    return OptimalRidge(*(plain(np.asarray(values).reshape(sizes.shape)) for values in found))


def _both(flat: np.ndarray, fit: Fit, nearest: Any, retune: Any) -> OptimalRidge:
    """Both ridges at once: from the best rung of a ladder, each to its global minimum in turn, until the risk is still."""
    scale = float(total(fit.counts * fit.levels)) or 1.0
    ladder = [0.0, *(scale * np.geomspace(1e-6, 1e6, _LADDER)), np.inf]
    best = np.full((2, len(flat)), np.inf)
    for rung in ladder:
        reached = np.asarray(retune(flat, rung).risk)
        better = reached < best[1]
        best[0], best[1] = np.where(better, rung, best[0]), np.where(better, reached, best[1])
    for i, size in enumerate(flat):
        for _ in range(_STEPS):
            before = best[1, i]
            penalty = float(np.asarray(retune(np.array([size]), best[0, i]).ridge)[0])
            source_ridge, risk = (float(v[0]) for v in nearest(np.array([size]), penalty))
            if not risk < before:
                break
            best[:, i] = source_ridge, risk
            if before - risk <= _STILL * risk:
                break
    return OptimalRidge(best[0], best[1])


def _floats(*values: Any) -> tuple[np.ndarray, ...]:
    return tuple(np.asarray(value, dtype=float) for value in values)
