"""Rows: a ridge on the head of the feature that a fitted source provides."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.fitted_source import best_ridge_on_a_fitted_feature, ridge_on_a_fitted_feature
from lintransfer.experiments.linear.source import SOURCE, any_source_and_target
from lintransfer.table.mutants import dropped, instead, scaled
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.finite_source import source_feature_risk
from lintransfer.theory.linear.ridge_heads import optimal_ridge_head_risk, ridge_head_risk
from lintransfer.theory.linear.source_feature_ridge import (
    optimal_source_feature_ridge_risk,
    source_feature_ridge_risk,
)

_NOISES = {"noise_variance": 0.2, "source_noise_variance": 0.5}
_EXPLAINED = SOURCE["cross_energy"] ** 2 / SOURCE["source_energy"]
_KNOWN = {"explained": _EXPLAINED, "unexplained": SOURCE["target_energy"] - _EXPLAINED}


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    return any_source_and_target(rng) | {"ridge": float(np.exp(rng.uniform(-4, 6)))}


def _least(formula: Any, **point: Any) -> float:
    ladder = np.geomspace(0.05, 50, 3000)
    return float(formula(**point) / source_feature_ridge_risk(ridge=ladder, **point).min())


ROWS = (
    Theorem(
        name="source-feature-ridge",
        slow=True,
        kind="exact",
        statement="E R = E u + E[(λ²(t²−E u) + (σ²+E u)q)/(q+λ)²], q ~ χ²_n, u the energy of θ_T off the source fit",
        formula=source_feature_ridge_risk,
        source="follows from ridge-head and source-feature-transfer by substitution (the risk is linear in u)",
        follows=("ridge-head", "source-feature-transfer"),
        domain="Σ_S = Σ = I, one output, the source fitted without ridge, every n, n_S ≥ 0, 0 ≤ λ ≤ ∞",
        limits=(
            Limit(
                "a perfect source: the ridge head on its direction",
                lambda n, noise_variance, ridge: ridge_head_risk(n, **_KNOWN, noise_variance=noise_variance, ridge=ridge),
                grid(n=[0, 1, 3, 30], noise_variance=[0.0, 0.2], ridge=[0.5, 4.0, math.inf]),
                given={"n_source": 9, "dim": 6, "source_noise_variance": 0.0} | SOURCE,
            ),
            Limit(
                "no ridge: the head by least squares",
                lambda n, n_source: source_feature_risk(n, n_source, 6, **SOURCE, **_NOISES),
                grid(n=[0, 1, 3, 30], n_source=[0, 3, 6, 20]),
                given={"dim": 6, "ridge": 0.0} | _NOISES | SOURCE,
            ),
            Limit(
                "no source data: nothing is learnt",
                SOURCE["target_energy"],
                grid(n=[0, 3, 30], ridge=[0.0, 0.5]),
                given={"n_source": 0, "dim": 6} | _NOISES | SOURCE,
            ),
        ),
        sample=_sample,
        experiments=(
            Experiment(
                ridge_on_a_fitted_feature,
                grid(n=6, n_source=[3, 9], dim=6, ridge=[1.0], **_NOISES, **SOURCE),
            ),
        ),
        mutants=(
            Mutant("perfect source", instead(n_source=10**9)),
            dropped("noise_variance"),
            scaled(ridge=2.0),
        ),
    ),
    Theorem(
        name="optimal-source-feature-ridge",
        slow=True,
        kind="exact",
        statement="min over λ of E R = E u + (σ²+E u)E[1/(q+λ*)], λ* = (σ²+E u)/(t²−E u), q ~ χ²_n",
        formula=optimal_source_feature_ridge_risk,
        source="follows from source-feature-ridge and optimal-ridge-head by substitution",
        follows=("source-feature-ridge", "optimal-ridge-head"),
        domain="Σ_S = Σ = I, one output, the source fitted without ridge, every n, n_S ≥ 0",
        limits=(
            Limit(
                "a perfect source: the best ridge head on its direction",
                lambda n, noise_variance: optimal_ridge_head_risk(n, **_KNOWN, noise_variance=noise_variance),
                grid(n=[0, 1, 3, 30], noise_variance=[0.0, 0.2]),
                given={"n_source": 9, "dim": 6, "source_noise_variance": 0.0} | SOURCE,
            ),
            Limit(
                "never above the risk at any ridge, and reached at one",
                1.0,
                grid(n=[1, 3, 30], n_source=[3, 20], dim=6, **_NOISES, **SOURCE),
                rtol=1e-5,
                left=_least,
            ),
        ),
        sample=any_source_and_target,
        experiments=(
            Experiment(
                best_ridge_on_a_fitted_feature,
                grid(n=6, n_source=[3, 9], dim=6, **_NOISES, **SOURCE),
            ),
        ),
        mutants=(
            Mutant("perfect source", instead(n_source=10**9)),
            Mutant("no ridge", lambda **point: source_feature_ridge_risk(ridge=0.0, **point)),
            dropped("source_noise_variance"),
        ),
    ),
)  # fmt: skip
