"""Rows: the best ridge under covariance shift."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.linear.covariance import allowance, growing
from lintransfer.experiments.linear.fitted_source import best_shifted, best_shifted_arguments
from lintransfer.table.linear.covariance_shift import SINGLE, TARGET, turned
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance_shift import shifted_matrix_risk, shifted_risk
from lintransfer.theory.linear.optimal_ridge import optimal_ridge_risk
from lintransfer.theory.linear.optimal_shift import optimal_shifted_matrix_risk, optimal_shifted_risk

_TESTED = np.array([0.2, 1.5, 1.0])
_POINTS = grid(n=[0, 1, 2, 9], noise_variance=[0.0, 0.3])
_NOISY = grid(n=[1, 2, 9], noise_variance=[0.01, 0.3])


def _least(formula: Any, risk: Any, given: dict[str, Any]) -> float:
    """The formula over the least risk on a fine ladder of ridges, 0 and inf."""
    ladder = np.concatenate([[0.0], np.geomspace(1e-4, 1e4, 4000), [np.inf]])
    return float(formula(**given) / risk(ridge=ladder, **(given | {"n": np.full(len(ladder), given["n"])})).min())


def _experiment(dense: bool) -> Experiment:
    return Experiment(
        best_shifted,
        growing(n=6, dim=12, noise_variance=0.1, dense=dense),
        "asymptotic",
        1_500,
        allowance=allowance,
        arguments=best_shifted_arguments,
    )


ROWS = (
    Theorem(
        name="optimal-shifted-risk",
        slow=True,
        kind="asymptotic",
        statement="R* = min over λ ≥ 0 of the shifted risk: a root of the slope of optimal-source-ridge with M = Σ', θ_S = θ_T, or λ = 0, or ∞",
        formula=optimal_shifted_risk,
        source="follows from shifted-risk and optimal-source-ridge by substitution",
        follows=("shifted-risk", "optimal-source-ridge"),
        domain="Σ' that commutes with Σ, n ≥ 0",
        limits=(
            Limit(
                "no shift: the optimal ridge risk",
                lambda n, noise_variance: optimal_ridge_risk(
                    n, displacement=TARGET**2, noise_variance=noise_variance, **SINGLE
                ),
                _POINTS,
                left=lambda formula, **point: formula(
                    displacement=TARGET**2, test_eigenvalues=SINGLE["eigenvalues"], **point, **SINGLE
                ),
            ),
            Limit(
                "never above the risk at any ridge, and reached at one",
                1.0,
                _NOISY,
                rtol=1e-5,
                left=lambda formula, **point: _least(
                    formula, shifted_risk, point | SINGLE | {"displacement": TARGET**2, "test_eigenvalues": _TESTED}
                ),
            ),
            Limit(
                "only what is never learnt is tested: its energy",
                0.7,
                grid(n=[0, 1, 5], noise_variance=[0.3]),
                given={
                    "eigenvalues": np.array([1.0, 0.0]), "multiplicities": np.array([2.0, 3.0]),
                    "displacement": np.array([0.4, 0.7]), "test_eigenvalues": np.array([0.0, 1.0]),
                },
            ),
        ),
        experiments=(_experiment(dense=False),),
        mutants=(
            Mutant("no ridge", lambda **point: shifted_risk(ridge=0.0, **point)),
            Mutant(
                "the ridge that is best without shift",
                lambda n, eigenvalues, multiplicities, displacement, test_eigenvalues, noise_variance: shifted_risk(
                    n, eigenvalues, multiplicities, displacement, test_eigenvalues, noise_variance,
                    ridge=noise_variance * multiplicities.sum() / displacement.sum(),
                ),
            ),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="optimal-shifted-matrix-risk",
        slow=True,
        kind="asymptotic",
        statement="R* = min over 0 ≤ λ ≤ ∞ of the shifted risk under any Σ', as matrices",
        formula=optimal_shifted_matrix_risk,
        source="follows from shifted-matrix-risk by minimisation",
        follows=("shifted-matrix-risk",),
        domain="any Σ, any Σ' in any basis, n ≥ 0; λ* = ∞ may win where δᵀΣ'Σδ < 0",
        limits=(
            Limit(
                "matrices that commute, in any basis: the formula in modes",
                lambda n, noise_variance: optimal_shifted_risk(
                    n, displacement=TARGET**2, test_eigenvalues=_TESTED, noise_variance=noise_variance, **SINGLE
                ),
                _POINTS,
                rtol=1e-10,
                left=lambda formula, **point: formula(
                    covariance=turned(np.diag(SINGLE["eigenvalues"]), 0.7),
                    displacement=turned(TARGET, 0.7),
                    test_covariance=turned(np.diag(_TESTED), 0.7),
                    **point,
                ),
            ),
            Limit(
                "never above the risk at any ridge, and reached at one",
                1.0,
                _NOISY,
                rtol=1e-5,
                left=lambda formula, **point: _least(
                    formula,
                    shifted_matrix_risk,
                    point
                    | {
                        "covariance": np.diag(SINGLE["eigenvalues"]), "displacement": TARGET,
                        "test_covariance": turned(np.diag(_TESTED), 0.7),
                    },
                ),
            ),
            Limit(
                "every step goes the wrong way under Σ': the start",
                9.0,
                grid(n=[1, 2, 9], noise_variance=[50.0]),
                given={
                    "covariance": np.diag([1.0, 0.001]), "displacement": np.array([1.0, -2.0]),
                    "test_covariance": np.array([[1.0, 2.0], [2.0, 4.0]]),
                },
            ),
        ),
        experiments=(_experiment(dense=True),),
        mutants=(
            Mutant("no ridge", lambda **point: shifted_matrix_risk(ridge=0.0, **point)),
            Mutant("tested where trained", instead(test_covariance="covariance")),
            dropped("noise_variance"),
        ),
    ),
)  # fmt: skip
