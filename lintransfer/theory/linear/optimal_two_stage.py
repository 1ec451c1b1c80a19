r"""The best ridge on the target when the source is itself a fit: `optimal_ridge` with the fit's distance in each mode.

A ridge on the target weighs directions by a function of Σ, so that it sees a random start ŵ_S only through the energies
E_i = E‖θ_T − ŵ_S‖² within the eigenspaces of Σ (`fitted_displacement`): the risk is `ridge_risk` with displacement E, for
every λ, and so is its minimum. For Σ = λI one energy is left, E‖θ_T − ŵ_S‖², and λ* = dσ²/E‖θ_T − ŵ_S‖² for every n.
"""

from __future__ import annotations

import math
from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import total, where
from lintransfer.numerics.entries import modal_arrays
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.optimal_ridge import OptimalRidge, optimal_ridge
from lintransfer.theory.linear.two_stage import fitted_displacement, fitted_matrix_displacement


def optimal_two_stage_ridge(
    n: Any,
    n_source: Any,
    eigenvalues: Any,
    multiplicities: Any,
    source: Any,
    cross: Any,
    target: Any,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
    source_ridge: Any = 0.0,
    source_eigenvalues: Any = None,
    negative: bool = False,
) -> OptimalRidge:
    r"""λ* = argmin over λ of `two_stage_risk`, and the risk there.

    n: (…,).  n_source, source_noise_variance, source_ridge: one number each.  negative: whether λ may be negative, as in
    `optimal_ridge`.  Other arguments as in `two_stage_risk`.
    Returns `OptimalRidge(ridge, risk)`, (…,) each, right for all n up to 2⁵³; where the source fit has infinite energy
    (n_S = rank Σ_S, no source ridge, σ_S > 0) no ridge helps: λ* = 0, and the risk is inf below n = rank Σ.
    Source: its row of the table.

    >>> modes = np.array([1.0]), np.array([6.0]), np.array([1.0]), np.array([1.0]), np.array([1.0])
    >>> best = optimal_two_stage_ridge([2, 9], 3, *modes, noise_variance=0.25)  # dσ²/(1 − n_S/d)
    >>> best.ridge.round(12).tolist()
    [3.0, 3.0]
    """
    levels = eigenvalues if source_eigenvalues is None else source_eigenvalues
    energies = fitted_displacement(
        n_source, levels, multiplicities, source, cross, target, source_noise_variance, source_ridge
    )
    return _best(n, eigenvalues, multiplicities, energies, noise_variance, negative)


def optimal_two_stage_risk(
    n: Any,
    n_source: Any,
    eigenvalues: Any,
    multiplicities: Any,
    source: Any,
    cross: Any,
    target: Any,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
    source_ridge: Any = 0.0,
    source_eigenvalues: Any = None,
    negative: bool = False,
) -> Any:
    r"""The least `two_stage_risk` over the ridge on the target; arguments as in `optimal_two_stage_ridge`. Returns (…,).

    Source: its row of the table.

    >>> modes = np.array([1.0]), np.array([6.0]), np.array([1.0]), np.array([1.0]), np.array([1.0])
    >>> round(float(optimal_two_stage_risk(2, 3, *modes, noise_variance=0.25)), 6)
    0.397667
    """
    return optimal_two_stage_ridge(
        n, n_source, eigenvalues, multiplicities, source, cross, target, noise_variance, source_noise_variance,
        source_ridge, source_eigenvalues, negative,
    ).risk  # fmt: skip


def optimal_two_stage_matrix_ridge(
    n: Any,
    n_source: Any,
    covariance: Any,
    source: Any,
    target: Any,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
    source_ridge: Any = 0.0,
    source_covariance: Any = None,
    negative: bool = False,
) -> OptimalRidge:
    r"""λ* = argmin over λ of `two_stage_matrix_risk`, and the risk there, any two covariances.

    Arguments as there, n_source and what belongs to the source one number each.  Returns as `optimal_two_stage_ridge`.

    >>> best = optimal_two_stage_matrix_ridge(3, 0, np.eye(6), np.ones(6), np.full(6, 3**-0.5), 0.5)  # scratch
    >>> round(float(best.ridge), 12), round(float(best.risk), 6)
    (1.5, 1.280776)
    """
    eigenvalues, energies = fitted_matrix_displacement(
        n_source, covariance, source, target, source_noise_variance, source_ridge, source_covariance
    )
    return _best(n, eigenvalues, 0 * eigenvalues + 1, energies, noise_variance, negative)


def optimal_two_stage_matrix_risk(
    n: Any,
    n_source: Any,
    covariance: Any,
    source: Any,
    target: Any,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
    source_ridge: Any = 0.0,
    source_covariance: Any = None,
    negative: bool = False,
) -> Any:
    r"""The least `two_stage_matrix_risk` over the ridge on the target. Arguments as in `optimal_two_stage_matrix_ridge`.

    Source: its row of the table.

    >>> round(float(optimal_two_stage_matrix_risk(3, 0, np.eye(6), np.ones(6), np.full(6, 3**-0.5), 0.5)), 6)
    1.280776
    """
    return optimal_two_stage_matrix_ridge(
        n, n_source, covariance, source, target, noise_variance, source_noise_variance, source_ridge,
        source_covariance, negative,
    ).risk  # fmt: skip


def _best(
    n: Any, eigenvalues: Any, multiplicities: Any, energies: Any, noise_variance: Any, negative: bool
) -> OptimalRidge:
    """`optimal_ridge`, also for infinite energies, which a ridge cannot tame."""
    n, eigenvalues, multiplicities, energies, noise_variance = modal_arrays(
        n, eigenvalues, multiplicities, energies, noise_variance
    )
    if isinstance(energies, jax.core.Tracer):
        return optimal_ridge(n, eigenvalues, multiplicities, energies, noise_variance, negative)
    alive = eigenvalues > 0
    if not any(e == math.inf for e in np.asarray(where(alive, energies, 0)).ravel()):
        return optimal_ridge(n, eigenvalues, multiplicities, where(alive, energies, 0), noise_variance, negative)
    settled = ridge_risk(n, eigenvalues, multiplicities, 0 * eigenvalues, noise_variance)
    few = n < total(where(alive, multiplicities, 0))
    return OptimalRidge(0 * settled, where(few, math.inf, settled))
