r"""The best ridge under covariance shift: trained under Σ, tested under another covariance Σ'.

The shifted risk is the distance of a fit from its own teacher in the metric Σ' (`lintransfer.theory.linear.source_fits`).
The shift may give it several minima, and may make the start the best place (λ* = inf) although there is something to learn.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.arithmetic import where
from lintransfer.numerics.entries import plain
from lintransfer.theory.linear.covariance_shift import symmetric_modes
from lintransfer.theory.linear.optimal_ridge import OptimalRidge
from lintransfer.theory.linear.source_fits import Fit, least_distance


def optimal_shifted_ridge(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, test_eigenvalues: Any, noise_variance: Any = 0.0
) -> OptimalRidge:
    r"""λ* = argmin over λ ≥ 0 of `shifted_risk`, and the risk there.

    n: (…,) ≥ 0.  Other arguments as in `shifted_risk`, test_eigenvalues (k,), noise_variance one number.
    Returns `OptimalRidge(ridge, risk)`, (…,) each; λ* = inf where nothing is to be learnt, and at n = 0.
    Source: its row of the table.

    >>> modes = np.array([3.0, 1.0]), np.ones(2), np.ones(2)
    >>> best = optimal_shifted_ridge([4, 40], *modes, np.array([0.0, 1.0]), 0.25)  # one of the two directions is tested
    >>> best.ridge.round(6).tolist()
    [0.25, 0.25]
    """
    values = (np.asarray(v, dtype=float) for v in (eigenvalues, multiplicities, displacement, test_eigenvalues))
    levels, counts, energies, tested = values
    alive = levels > 0
    gap = where(alive, 0, energies)
    fit = Fit(where(alive, levels, levels.max(initial=0) or 1), where(alive, counts, 0), where(alive, energies, 0), gap)
    return _least(fit, tested, n, noise_variance)


def optimal_shifted_risk(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, test_eigenvalues: Any, noise_variance: Any = 0.0
) -> Any:
    r"""The least `shifted_risk` over the ridge; arguments as in `optimal_shifted_ridge`. Returns (…,).

    Source: its row of the table.

    >>> modes = np.array([1.0]), np.array([6.0]), np.array([2.0])
    >>> round(float(optimal_shifted_risk(3, *modes, np.array([2.0]), 0.5)), 6)  # twice the risk without shift
    2.561553
    """
    return optimal_shifted_ridge(n, eigenvalues, multiplicities, displacement, test_eigenvalues, noise_variance).risk


def optimal_shifted_matrix_ridge(
    n: Any, covariance: Any, displacement: Any, test_covariance: Any, noise_variance: Any = 0.0
) -> OptimalRidge:
    r"""λ* = argmin over λ ≥ 0 of `shifted_matrix_risk`, and the risk there; any two covariances.

    n: (…,) ≥ 0.  Other arguments as in `shifted_matrix_risk`, noise_variance one number.
    Returns as `optimal_shifted_ridge`. λ* = inf may win where δᵀΣ'Σδ < 0: every step towards the target goes the wrong
    way under Σ'.

    >>> one = np.array([1.0, -1.0])
    >>> best = optimal_shifted_matrix_ridge(1, np.diag([1.0, 2.0]), one, np.array([[1.0, 0.9], [0.9, 0.81]]))
    >>> float(best.ridge) > 0
    True
    """
    covariance, displacement, test_covariance = (
        np.asarray(v, dtype=float) for v in (covariance, displacement, test_covariance)
    )
    levels, basis = symmetric_modes(covariance)
    tested, test_basis = symmetric_modes(test_covariance)
    alive, columns = (levels > 0)[:, None], basis.T @ displacement.reshape(len(levels), -1)
    turn, start = test_basis.T @ basis, where(alive, columns, 0)
    gap = turn @ where(alive, 0, columns)
    safe = where(alive[:, 0], levels, levels.max(initial=0) or 1)
    fit = Fit(safe, 1.0 * alive[:, 0], (start * start).sum(-1), gap, 0.0, turn, start)
    return _least(fit, np.maximum(tested, 0), n, noise_variance)


def optimal_shifted_matrix_risk(
    n: Any, covariance: Any, displacement: Any, test_covariance: Any, noise_variance: Any = 0.0
) -> Any:
    r"""The least `shifted_matrix_risk` over the ridge; arguments as in `optimal_shifted_matrix_ridge`. Returns (…,).

    Source: its row of the table.

    >>> round(float(optimal_shifted_matrix_risk(3, np.eye(6), np.full(6, 3**-0.5), 2 * np.eye(6), 0.5)), 6)
    2.561553
    """
    return optimal_shifted_matrix_ridge(n, covariance, displacement, test_covariance, noise_variance).risk


def _least(fit: Fit, tested: np.ndarray, n: Any, noise_variance: Any) -> OptimalRidge:
    sizes = np.asarray(n, dtype=float)
    found = least_distance(fit, tested[None], sizes.reshape(-1), float(noise_variance))
    return OptimalRidge(*(plain(values.reshape(sizes.shape)) for values in found))
