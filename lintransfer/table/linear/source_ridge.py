"""Rows: the source ridge of least target risk."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.linear.covariance import growing
from lintransfer.experiments.linear.fitted_source import best_source_ridge, best_source_ridge_arguments
from lintransfer.table.linear.covariance_shift import SINGLE, SOURCE, TARGET, turned
from lintransfer.table.linear.two_stage import PAIR, stage_allowance, stage_sample
from lintransfer.table.mutants import dropped, instead, scaled
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance import sample_size
from lintransfer.theory.linear.optimal_ridge import optimal_ridge_risk
from lintransfer.theory.linear.optimal_shift import optimal_shifted_risk
from lintransfer.theory.linear.optimal_two_stage import optimal_two_stage_risk
from lintransfer.theory.linear.source_ridge import (
    optimal_source_ridge_matrix_risk,
    optimal_source_ridge_risk,
    source_ridge_slope,
)
from lintransfer.theory.linear.two_stage import two_stage_matrix_risk, two_stage_risk

_NOISES = {"noise_variance": 0.4, "source_noise_variance": 0.3}
_OWN = np.array([0.2, 1.5, 1.0])
_POINTS = grid(n=[0, 1, 9], n_source=[1, 2, 20], ridge=[0.1], **_NOISES)
_LADDER = np.geomspace(0.005, 5000, 2000)
_EQUAL: dict[str, Any] = {"eigenvalues": np.ones(1), "multiplicities": np.full(1, 30.0)}


def _slope_sample(rng: np.random.Generator) -> dict[str, Any]:
    """Any point with cross ≥ source and little noise, or none of the source and much, where nothing cancels."""
    drawn = stage_sample(rng)
    energies = drawn["source"] * float(rng.choice([0.0, 1.0]))
    kappa = float(np.exp(rng.uniform(np.log(1e-3), np.log(1e2))))
    ridge = float(np.exp(rng.uniform(np.log(1e-3), np.log(1e2))))
    modes = {name: drawn[name] for name in ("eigenvalues", "multiplicities")}
    return modes | {
        "kappa": kappa,
        "n_source": float(sample_size(kappa, ridge=ridge, **modes)),
        "source": energies,
        "cross": energies * (1 + drawn["target"]),
        "metric": drawn["target"] + 0.1,
        "source_noise_variance": 0.0 if energies.any() else 1.0,
    }


def _slope_by_differences(kappa: float, **given: Any) -> float:
    """room³/2 times the derivative of the distance in λ_S, along one n_S (there dλ_S/dκ = n_S − df2)."""
    levels, counts, n = given["eigenvalues"], given["multiplicities"], given["n_source"]
    ridge = kappa * (n - float(np.sum(counts * levels / (levels + kappa))))
    room = n - float(np.sum(counts * (levels / (levels + kappa)) ** 2))
    step = 1e-4 * ridge
    world = {"source": given["source"], "cross": given["cross"], "target": given["source"] + given["cross"] ** 2}
    early, late = (
        float(
            two_stage_risk(
                0, n, given["metric"], counts, **world, source_noise_variance=given["source_noise_variance"],
                source_ridge=r, source_eigenvalues=levels,
            )
        )
        for r in (ridge - step, ridge + step)
    )  # fmt: skip
    return room**3 / 2 * (late - early) / (2 * step)


def _relative_slope(formula: Any, n_source: float, noise: float, ridge: float) -> float:
    """The slope at a source ridge for equal tasks, Σ = I, over the first of its terms."""
    free = n_source - 30 - ridge  # κ(n − d/(1+κ)) = λ
    kappa = (-free + (free * free + 4 * n_source * ridge) ** 0.5) / (2 * n_source)
    room, energies = n_source - 30 / (1 + kappa) ** 2, {name: _one()[name] for name in ("source", "cross")}
    slope = formula(kappa, n_source, **_EQUAL, **energies, metric=np.ones(1), source_noise_variance=noise)
    return 1 + float(slope) / (room**2 * 0.9 * kappa / (1 + kappa) ** 3)


def _without_target_noise(formula: Any, **point: Any) -> float:
    return float(formula(0, point["n_source"], **_EQUAL, **_one(), source_noise_variance=point["noise"]))


def _one(cross: float = 0.9) -> dict[str, Any]:
    return {"source": np.full(1, 0.9), "cross": np.full(1, cross), "target": np.full(1, 0.9)}


def _least(formula: Any, risk: Any, given: dict[str, Any]) -> float:
    """The formula over the least risk on a fine ladder of source ridges, 0 and inf."""
    ladder = np.concatenate([[0.0], _LADDER, [np.inf]])
    many = {name: np.full(len(ladder), given[name]) for name in ("n", "n_source")}
    return float(formula(**given) / risk(source_ridge=ladder, **(given | many)).min())


def _experiment(dense: bool) -> Experiment:
    return Experiment(
        best_source_ridge,
        growing(n=5, n_source=18, dim=12, ridge=0.2, dense=dense),
        "asymptotic",
        1_500,
        allowance=stage_allowance,
        arguments=best_source_ridge_arguments,
    )


ROWS = (
    Theorem(
        name="optimal-source-ridge",
        kind="implicit",
        statement="dE‖θ_T − ŵ_S‖²_M/dκ_S = 0 at the best source ridge: (n_S−df2)²p + (n_S−df2)[κgS − (b+σ_S²)c] = (b+σ_S²)Sh",
        formula=source_ridge_slope,
        source="follows from two-stage-risk by differentiation along n_S",
        follows=("two-stage-risk",),
        covers="two eigenvalues",
        domain="any Σ_S and M that commute, n_S > df2(κ_S), κ_S > 0; the target's M = κ²Σ(Σ+κ)⁻²/(1 − df2/n)",
        derivation="derivations.linear.source_ridge.optimal_source_ridge",
        limits=(
            Limit(
                "zero at λ_S = dσ_S²/s² for equal tasks",
                1.0,
                tuple({"n_source": n, "noise": v} for n in (4.0, 29.0, 30.0, 90.0) for v in (0.1, 2.0)),
                rtol=1e-12,
                left=lambda formula, n_source, noise: (
                    _relative_slope(formula, n_source, noise, 30 * noise / 0.9)
                ),
            ),
            Limit(
                "the derivative of the risk, by differences",
                lambda **point: _slope_by_differences(**point),
                tuple(
                    {
                        "kappa": kappa, "n_source": n, "source": SOURCE**2, "cross": SOURCE * TARGET,
                        "metric": np.array([0.3, 1.0, 2.0]), "source_noise_variance": noise,
                    }
                    | SINGLE
                    for kappa, n in ((0.7, 3.0), (0.1, 9.0), (3.0, 1.5)) for noise in (0.0, 0.4)
                ),
                rtol=1e-5,
            ),
        ),
        sample=_slope_sample,
        mutants=(
            Mutant("the source's own optimum", instead(cross="source")),
            dropped("source_noise_variance"),
            scaled(metric=0.5),
        ),
    ),
    Theorem(
        name="optimal-source-ridge-risk",
        slow=True,
        kind="asymptotic",
        statement="R* = min over λ_S ≥ 0 (and over λ ≥ 0 if asked) of the two-stage risk",
        formula=optimal_source_ridge_risk,
        source="follows from two-stage-risk and optimal-source-ridge by substitution (both ridges: and optimal-two-stage-risk)",
        follows=("two-stage-risk", "optimal-source-ridge", "optimal-two-stage-risk"),
        domain="any Σ, Σ_S that commute, n ≥ 0, one n_S ≥ 0, one ridge or the best one; λ_S* depends on n unless Σ = Σ_S = λI",
        limits=(
            Limit(
                "equal tasks, no target data: the tuned ridge risk of the source",
                lambda n_source, noise: optimal_ridge_risk(
                    n_source, displacement=np.full(1, 0.9), noise_variance=noise, **_EQUAL
                ),
                grid(n_source=[0, 12, 30, 60], noise=[0.05, 2.0]),
                rtol=1e-11,
                left=_without_target_noise,
            ),
            Limit(
                "a source orthogonal to the target is best forgotten: scratch",
                lambda n: two_stage_risk(n, 0, **_EQUAL, **_one(0.0), noise_variance=0.4, ridge=0.2),
                grid(n=[0, 12, 30, 60]),
                rtol=1e-11,
                left=lambda formula, n: formula(
                    n, 20, **_EQUAL, **_one(0.0), noise_variance=0.4, source_noise_variance=0.1, ridge=0.2
                ),
            ),
            Limit(
                "no target data, equal tasks, Σ_S beside Σ: the best ridge under covariance shift",
                lambda n_source: optimal_shifted_risk(
                    n_source, _OWN, np.ones(3), SOURCE**2, SINGLE["eigenvalues"], 0.3
                ),
                grid(n_source=[1, 2, 3, 20]),
                rtol=1e-11,
                left=lambda formula, n_source: formula(
                    0, n_source, source=SOURCE**2, cross=SOURCE**2, target=SOURCE**2, source_noise_variance=0.3,
                    source_eigenvalues=_OWN, **SINGLE,
                ),
            ),
            Limit(
                "never above the risk at any source ridge, and reached at one",
                1.0,
                _POINTS,
                rtol=1e-4,
                left=lambda formula, **point: _least(
                    formula, two_stage_risk, point | SINGLE | PAIR | {"source_eigenvalues": _OWN}
                ),
            ),
            Limit(
                "both ridges: not above the best ridge at any source ridge, and reached at one",
                1.0,
                grid(n=[1, 9], n_source=[2, 20], **_NOISES),
                rtol=1e-3,
                left=lambda formula, **point: float(
                    formula(tuned=True, source_eigenvalues=_OWN, **point, **SINGLE, **PAIR)
                    / min(
                        float(
                            optimal_two_stage_risk(
                                source_ridge=r, source_eigenvalues=_OWN, **point, **SINGLE, **PAIR
                            )
                        )
                        for r in (0.0, *np.geomspace(0.01, 1e3, 200), np.inf)
                    )
                ),
            ),
        ),
        experiments=(_experiment(dense=False),),
        mutants=(
            Mutant(
                "the source ridge that is best for the source",
                lambda n, n_source, eigenvalues, multiplicities, source, cross, target, noise_variance,
                source_noise_variance, ridge, source_eigenvalues: two_stage_risk(
                    n, n_source, eigenvalues, multiplicities, source, cross, target, noise_variance,
                    source_noise_variance, ridge,
                    source_ridge=source_noise_variance * multiplicities.sum() / source.sum(),
                    source_eigenvalues=source_eigenvalues,
                ),
            ),
            Mutant("no source ridge", lambda tuned=False, **point: two_stage_risk(source_ridge=0.0, **point)),
            dropped("source_noise_variance"),
            scaled(cross=0.5),
        ),
    ),
    Theorem(
        name="optimal-source-ridge-matrix-risk",
        slow=True,
        kind="asymptotic",
        statement="R* = min over λ_S ≥ 0 (and over λ ≥ 0 if asked) of the two-stage risk, any Σ and Σ_S, as matrices",
        formula=optimal_source_ridge_matrix_risk,
        source="follows from two-stage-matrix-risk by minimisation (both ridges: and optimal-two-stage-matrix-risk)",
        follows=("two-stage-matrix-risk", "optimal-two-stage-matrix-risk"),
        domain="any Σ, any Σ_S in any basis, n ≥ 0, one n_S ≥ 0, one ridge or the best one",
        limits=(
            Limit(
                "matrices that commute, in any basis: the formula in modes",
                lambda n, n_source, tuned, **point: optimal_source_ridge_risk(
                    n, n_source, tuned=tuned, source_eigenvalues=_OWN, **point, **SINGLE, **PAIR
                ),
                tuple(point | {"tuned": tuned} for point in _POINTS for tuned in (False, True)),
                rtol=1e-9,
                left=lambda formula, **point: formula(
                    covariance=turned(np.diag(SINGLE["eigenvalues"]), 0.7),
                    source=turned(SOURCE, 0.7),
                    target=turned(TARGET, 0.7),
                    source_covariance=turned(np.diag(_OWN), 0.7),
                    **point,
                ),
            ),
            Limit(
                "never above the risk at any source ridge, and reached at one",
                1.0,
                _POINTS,
                rtol=1e-4,
                left=lambda formula, **point: _least(
                    formula,
                    two_stage_matrix_risk,
                    point
                    | {
                        "covariance": np.diag(SINGLE["eigenvalues"]), "source": SOURCE, "target": TARGET,
                        "source_covariance": turned(np.diag(_OWN), 0.7),
                    },
                ),
            ),
        ),
        experiments=(_experiment(dense=True),),
        mutants=(
            Mutant("no source ridge", lambda tuned=False, **point: two_stage_matrix_risk(source_ridge=0.0, **point)),
            Mutant("source inputs like the target's", instead(source_covariance="covariance")),
            dropped("source_noise_variance"),
        ),
    ),
)  # fmt: skip
