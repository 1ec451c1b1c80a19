"""Rows: the best ridge on the target when the source is a fit, under any covariances."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.linear.covariance import growing
from lintransfer.experiments.linear.fitted_source import best_two_stage, best_two_stage_arguments
from lintransfer.table.linear.covariance_shift import SINGLE, SOURCE, TARGET, turned
from lintransfer.table.linear.two_stage import PAIR, stage_allowance, stage_sample
from lintransfer.table.mutants import dropped, instead, scaled
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.finite_source import finite_source_displacement
from lintransfer.theory.linear.optimal_ridge import optimal_ridge_risk
from lintransfer.theory.linear.optimal_two_stage import optimal_two_stage_matrix_risk, optimal_two_stage_risk
from lintransfer.theory.linear.proportional import tuned_ridge_risk
from lintransfer.theory.linear.two_stage import two_stage_matrix_risk, two_stage_risk

_NOISES = {"noise_variance": 0.4, "source_noise_variance": 0.3}
_OWN = np.array([0.2, 1.5, 1.0])
_POINTS = grid(n=[1, 2, 9], n_source=[1, 2, 20], source_ridge=[0.1], **_NOISES)


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    drawn = {name: value for name, value in stage_sample(rng).items() if name != "ridge"}
    return drawn | {
        "n": max(drawn["n"], 1),
        "source_ridge": float(rng.uniform(0.01, 4)),
        "noise_variance": float(rng.uniform(0.01, 4)),
    }


def _least(formula: Any, risk: Any, given: dict[str, Any]) -> float:
    """The formula over the least risk on a fine ladder of ridges."""
    ladder = np.geomspace(0.02, 500, 1500)
    return float(formula(**given) / risk(ridge=ladder, **(given | {"n": np.full(len(ladder), given["n"])})).min())


def _experiment(dense: bool) -> Experiment:
    return Experiment(
        best_two_stage,
        growing(n=6, n_source=18, dim=12, source_ridge=0.2, dense=dense),
        "asymptotic",
        1_500,
        allowance=stage_allowance,
        arguments=best_two_stage_arguments,
    )


ROWS = (
    Theorem(
        name="optimal-two-stage-risk",
        slow=True,
        kind="asymptotic",
        statement="R* = min over λ of the two-stage risk = optimal ridge risk at the energies E_i = E‖θ_T − ŵ_S‖² within the modes of Σ",
        formula=optimal_two_stage_risk,
        source="follows from two-stage-risk and optimal-ridge-risk by substitution (E is the displacement, because M is a function of Σ)",
        follows=("two-stage-risk", "optimal-ridge-risk"),
        covers="two eigenvalues, λ* > 0",
        domain="any Σ, Σ_S that commute, n ≥ 0, one n_S ≥ 0 and source ridge ≥ 0; λ ≥ 0, or of either sign",
        derivation="derivations.linear.optimal_two_stage.optimal_two_stage_risk",
        limits=(
            Limit(
                "equal eigenvalues: λ* = dσ²/E‖θ_T − ŵ_S‖² for every n",
                lambda n, n_source, noise_variance, **_: tuned_ridge_risk(
                    n, 30.0, finite_source_displacement(n_source, 30.0, 0.9, 0.6, 1.1, 0.0), noise_variance
                ),
                grid(
                    n=[0, 1, 20, 30, 31, 400],
                    n_source=[0, 12, 60],
                    noise_variance=[1e-3, 0.5],
                    source=np.full(1, 0.9),
                    cross=np.full(1, 0.6),
                    target=np.full(1, 1.1),
                    eigenvalues=np.ones(1),
                    multiplicities=np.full(1, 30.0),
                ),
                rtol=1e-11,
            ),
            Limit(
                "a perfect source fit: the known source",
                lambda n, noise_variance: optimal_ridge_risk(
                    n, displacement=(TARGET - SOURCE) ** 2, noise_variance=noise_variance, **SINGLE
                ),
                grid(n=[0, 1, 3, 9], noise_variance=[0.0, 0.4]),
                given={"n_source": 50, "source_noise_variance": 0.0} | SINGLE | PAIR,
            ),
            Limit(
                "no source data: scratch",
                lambda n: optimal_ridge_risk(n, displacement=TARGET**2, noise_variance=0.4, **SINGLE),
                grid(n=[0, 1, 3, 9]),
                given={"n_source": 0} | _NOISES | SINGLE | PAIR,
            ),
            Limit(
                "never above the risk at any ridge, and reached at one",
                1.0,
                _POINTS,
                rtol=1e-4,
                left=lambda formula, **point: _least(
                    formula, two_stage_risk, point | SINGLE | PAIR | {"source_eigenvalues": _OWN}
                ),
            ),
            Limit(
                "a source fit of infinite energy: least squares, or nothing helps",
                lambda n: np.inf if n < 3 else (np.inf if n == 3 else 0.4 * 3 / (n - 3)),
                grid(n=[0, 2, 3, 9]),
                given={"n_source": 3} | _NOISES | SINGLE | PAIR,
            ),
        ),
        sample=_sample,
        experiments=(_experiment(dense=False),),
        mutants=(
            Mutant("no ridge", lambda **point: two_stage_risk(ridge=0.0, **point)),
            Mutant("the source fit as good as the source", instead(n_source=1e12)),
            dropped("source_noise_variance"),
            scaled(cross=0.5),
        ),
    ),
    Theorem(
        name="optimal-two-stage-matrix-risk",
        slow=True,
        kind="asymptotic",
        statement="R* = min over λ of the two-stage risk for any Σ, Σ_S: optimal ridge risk at E‖v_iᵀ(θ_T − ŵ_S)‖² along the eigenvectors v_i of Σ",
        formula=optimal_two_stage_matrix_risk,
        source="follows from two-stage-matrix-risk and optimal-ridge-risk by substitution",
        follows=("two-stage-matrix-risk", "optimal-ridge-risk"),
        domain="any Σ, any Σ_S in any basis, n ≥ 0, one n_S ≥ 0 and source ridge ≥ 0; λ ≥ 0, or of either sign",
        limits=(
            Limit(
                "matrices that commute, in any basis: the formula in modes",
                lambda n, n_source, **point: optimal_two_stage_risk(
                    n, n_source, source_eigenvalues=_OWN, **point, **SINGLE, **PAIR
                ),
                _POINTS,
                rtol=1e-10,
                left=lambda formula, **point: formula(
                    covariance=turned(np.diag(SINGLE["eigenvalues"]), 0.7),
                    source=turned(SOURCE, 0.7),
                    target=turned(TARGET, 0.7),
                    source_covariance=turned(np.diag(_OWN), 0.7),
                    **point,
                ),
            ),
            Limit(
                "never above the risk at any ridge, and reached at one",
                1.0,
                _POINTS,
                rtol=1e-4,
                left=lambda formula, **point: _least(
                    formula,
                    two_stage_matrix_risk,
                    point
                    | {
                        "covariance": np.diag(SINGLE["eigenvalues"]),
                        "source": SOURCE,
                        "target": TARGET,
                        "source_covariance": turned(np.diag(_OWN), 0.7),
                    },
                ),
            ),
        ),
        experiments=(_experiment(dense=True),),
        mutants=(
            Mutant("no ridge", lambda **point: two_stage_matrix_risk(ridge=0.0, **point)),
            Mutant("the source fit as good as the source", instead(n_source=1e12)),
            Mutant("source inputs like the target's", instead(source_covariance="covariance")),
            dropped("source_noise_variance"),
        ),
    ),
)
