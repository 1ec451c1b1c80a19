"""Rows: the best ridge under any covariance, and its risk."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.linear.covariance import (
    best_head_of_a_ladder,
    modes,
    random_modes,
    random_noise,
    tuned_head_arguments,
)
from lintransfer.experiments.linear.negative_ridge import best_of_a_ladder
from lintransfer.table.linear.negative_ridge import ENERGIES, MODES
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.points import grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance import feature_covariance_risk, ridge_risk
from lintransfer.theory.linear.optimal_ridge import optimal_features_ridge_risk, optimal_ridge, optimal_ridge_risk
from lintransfer.theory.linear.proportional import tuned_ridge, tuned_ridge_risk


def _optimal_sample(rng: np.random.Generator) -> dict[str, Any]:
    drawn = random_modes(rng)
    return drawn | {
        "n": int(rng.integers(1, int(2 * drawn["multiplicities"].sum()) + 2)),
        "displacement": rng.uniform(0.1, 4, len(drawn["eigenvalues"])),
        "noise_variance": float(rng.uniform(0.01, 4)),
    }


def _ladder_arguments(n: int, dim: int, noise_variance: float) -> dict[str, Any]:
    return {"n": n, "noise_variance": noise_variance} | modes(dim, 1.0)


ROWS = (
    Theorem(
        name="optimal-ridge",
        kind="implicit",
        statement="λ* is a root of (n − df2)κΣeλ²/(λ+κ)³ = (σ² + b)Σmλ²/(λ+κ)³, b = κ²Σeλ/(λ+κ)², or 0",
        formula=optimal_ridge,
        source="cf. Wu & Xu (2020), Richards, Mourtada & Rosasco (2021)",
        papers=("wu2020", "richards2021"),
        covers="two eigenvalues",
        domain="any spectrum, n ≥ 0; λ* < 0 can win only where n < rank Σ",
        derivation="derivations.linear.optimal_ridge.optimal_ridge",
        limits=(
            Limit(
                "equal eigenvalues: λ* = dσ²/‖δ‖² for every n",
                lambda n, displacement, noise_variance, **_: {
                    "ridge": tuned_ridge(40.0, displacement[0], noise_variance),
                    "risk": tuned_ridge_risk(n, 40.0, displacement[0], noise_variance),
                },
                grid(
                    n=[0, 1, 20, 40, 41, 400],
                    eigenvalues=np.ones(1),
                    multiplicities=np.full(1, 40.0),
                    displacement=np.full(1, 1.3),
                    noise_variance=[1e-3, 0.5],
                ),
                rtol=1e-11,
            ),
            Limit(
                "energies proportional to the multiplicities (an isotropic prior): λ* = σ²d/‖δ‖²",
                lambda noise_variance, **_: noise_variance / 0.2,
                tuple(
                    {"n": n, "displacement": 0.2 * MODES["multiplicities"], "noise_variance": 0.3} | MODES
                    for n in (1, 4, 8, 30)
                ),
                rtol=1e-10,
                left=lambda formula, **arguments: formula(**arguments).ridge,
            ),
            Limit(
                "nothing to learn: infinite ridge, no risk",
                lambda **_: {"ridge": np.inf, "risk": 0.0},
                ({"n": 5, "displacement": np.zeros(2), "noise_variance": 0.3} | MODES,),
            ),
        ),
        sample=_optimal_sample,
        experiments=(),
        mutants=(
            Mutant(
                "the isotropic optimum",
                lambda n, eigenvalues, multiplicities, displacement, noise_variance: {
                    "ridge": noise_variance * multiplicities.sum() / displacement.sum(),
                    "risk": ridge_risk(
                        n,
                        eigenvalues,
                        multiplicities,
                        displacement,
                        noise_variance,
                        noise_variance * multiplicities.sum() / displacement.sum(),
                    ),
                },
            ),
            Mutant("σ for σ²", instead(noise_variance=lambda noise_variance: noise_variance**2)),
        ),
    ),
    Theorem(
        name="optimal-ridge-risk",
        kind="asymptotic",
        statement="R* = min over λ ≥ 0 of the ridge risk",
        formula=optimal_ridge_risk,
        source="cf. Wu & Xu (2020), Richards, Mourtada & Rosasco (2021)",
        papers=("wu2020", "richards2021"),
        covers="two eigenvalues",
        domain="any spectrum, n ≥ 0",
        derivation="derivations.linear.optimal_ridge.optimal_ridge_risk",
        limits=(
            Limit(
                "never above the risk at any ridge",
                True,
                tuple({"n": n, "displacement": ENERGIES, "noise_variance": 0.3} | MODES for n in (1, 4, 8, 30)),
                left=lambda formula, **arguments: all(
                    formula(**arguments) <= ridge_risk(ridge=r, **arguments) for r in (0.01, 0.3, 3.0)
                ),
            ),
        ),
        sample=_optimal_sample,
        experiments=(
            Experiment(
                best_of_a_ladder,
                growing(n=6, dim=12, noise_variance=0.1),
                "asymptotic",
                1_500,
                allowance=lambda n, **_: 2 / n,
                arguments=_ladder_arguments,
            ),
        ),
        mutants=(
            Mutant("no ridge", lambda **arguments: ridge_risk(ridge=0.0, **arguments)),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="optimal-features-ridge-risk",
        kind="asymptotic",
        statement="R* = u + [least ridge risk over λ ≥ 0 on F = BᵀΣB with noise σ² + u and δ = a* − a_0]",
        formula=optimal_features_ridge_risk,
        source="follows from optimal-ridge-risk and feature-covariance-risk by substitution (features BᵀΣB, noise σ² + u)",
        follows=("optimal-ridge-risk", "feature-covariance-risk"),
        covers="two eigenvalues",
        domain="any Σ, any feature map, n ≥ 0; tested under the training covariance",
        derivation="derivations.linear.optimal_ridge.optimal_features_ridge_risk",
        limits=(
            Limit(
                "features that explain everything: the optimal ridge risk on F",
                lambda n: optimal_ridge_risk(n, MODES["eigenvalues"], MODES["multiplicities"], ENERGIES, 0.3),
                grid(n=[0, 1, 4, 8, 30]),
                left=lambda formula, n: formula(n, displacement=ENERGIES, unexplained=0.0, noise_variance=0.3, **MODES),
            ),
            Limit(
                "never above the risk at any ridge, and reached at one",
                1.0,
                tuple(
                    {"n": n, "displacement": ENERGIES, "unexplained": 0.4, "noise_variance": 0.3} | MODES
                    for n in (1, 4, 8, 30)
                ),
                rtol=1e-5,
                left=lambda formula, **arguments: (
                    formula(**arguments)
                    / min(feature_covariance_risk(ridge=r, **arguments) for r in np.geomspace(0.1, 100, 2000))
                ),
            ),
            Limit(
                "one level: the tuned ridge risk, u as noise and floor",
                lambda n, noise: 0.4 + tuned_ridge_risk(n, 40.0, 1.3, noise + 0.4),
                grid(n=[0, 1, 20, 40, 400], noise=[0.0, 0.5]),
                rtol=1e-11,
                left=lambda formula, n, noise: formula(n, np.ones(1), np.full(1, 40.0), np.full(1, 1.3), 0.4, noise),
            ),
            Limit(
                "no data: u + ‖a* − a_0‖²_F",
                0.4 + float(MODES["eigenvalues"] @ ENERGIES),
                ({"n": 0, "displacement": ENERGIES, "unexplained": 0.4, "noise_variance": 0.3} | MODES,),
            ),
        ),
        sample=lambda rng: _optimal_sample(rng) | {"unexplained": random_noise(rng)},
        experiments=(
            Experiment(
                best_head_of_a_ladder,
                growing(n=6, dim=24, n_features=12, noise_variance=0.1),
                "asymptotic",
                1_500,
                allowance=lambda n, **_: 2 / n,
                arguments=tuned_head_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "the unexplained part is not noise",
                lambda unexplained, **others: unexplained + optimal_ridge_risk(**others),
            ),
            Mutant(
                "the floor u dropped",
                lambda unexplained, noise_variance, **others: optimal_ridge_risk(
                    noise_variance=noise_variance + unexplained, **others
                ),
            ),
            Mutant("no ridge", lambda **arguments: feature_covariance_risk(ridge=0.0, **arguments)),
            dropped("noise_variance"),
        ),
    ),
)
