"""Row: weighted pooled ridge regression on isotropic groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.pooled_ridge import pooled, teachers
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.points import grid
from lintransfer.table.row import NOT_FOUND, Experiment, Limit, Mutant, Theorem
from lintransfer.table.tasks.pooled_ridge import grown, many_dimensions
from lintransfer.theory.linear.proportional import proportional_ridge_risk
from lintransfer.theory.tasks.isotropic_pooling import isotropic_pool, isotropic_pooled_risk

_TWO = {"gram": np.array([[1.0, 0.75], [0.75, 1.0]]), "noise_variances": np.array([0.3, 0.3])}


def isotropic_arguments(
    sizes: tuple[int, ...], dim: int, noises: tuple[float, ...], weights: Any = None, ridge: Any = None
) -> Mapping[str, Any]:
    """The arguments of a formula on isotropic groups."""
    theta = teachers(dim, len(sizes))
    found = {
        "sizes": np.array(sizes, float), "dim": float(dim), "gram": theta @ theta.T, "noise_variances": np.array(noises),
    }  # fmt: skip
    return found | ({} if weights is None else {"weights": np.array(weights), "ridge": float(ridge)})


def isotropic_sample(rng: np.random.Generator) -> dict[str, Any]:
    """Any regime, d up to 10⁹, often with as many samples as dimensions, up to one or two."""
    groups, dim = int(rng.integers(1, 4)), round(float(np.exp(rng.uniform(0, np.log(1e9)))))
    sizes = np.round(dim * np.exp(rng.uniform(-4, 3, groups))) * (rng.random(groups) > 0.1)
    if rng.random() < 0.3:
        sizes[-1] = max(dim - sizes[:-1].sum() + int(rng.integers(-2, 3)), 0)
    theta = rng.standard_normal((groups, groups + 1))
    return {
        "sizes": sizes, "dim": float(dim), "gram": theta @ theta.T,
        "noise_variances": rng.uniform(0, 2, groups) * float(rng.choice([0.0, 1.0])),
        "weights": np.exp(rng.uniform(-3, 3, groups)),
        "ridge": float(rng.choice([0.0, dim * np.exp(rng.uniform(-5, 3))])),
    }  # fmt: skip


def _bias(sizes: Any, dim: Any, gram: Any, noise_variances: Any, weights: Any = 1.0, ridge: Any = 0.0) -> Any:
    shares = isotropic_pool(sizes, dim, gram, noise_variances, weights, ridge).shares
    apart = np.append(shares[:-1], shares[-1] - 1)
    return apart @ np.asarray(gram, float) @ apart


def _one(**point: Any) -> Any:
    return proportional_ridge_risk(point["n"], 40.0, 1.3, 0.2, point["ridge"])


ROWS = (
    Theorem(
        name="isotropic-pooled-risk",
        kind="asymptotic",
        statement="R(θ_j) = ‖w̄−θ_j‖² + Σq_k(σ_k²+‖θ_k−w̄‖²)/(1−Σq), w̄ = Σc_kθ_k, c_k = ω_kn_kg/(1+ω_kdg), c_0 = λg, Σc = 1, q_k = dc_k²/n_k",
        formula=isotropic_pooled_risk,
        source=NOT_FOUND,
        domain="Σ_k = I, every n_k ≥ 0, ω_k ≥ 0 (also inf), λ ≥ 0; inf at Σn_k = d without ridge",
        covers="two groups, λ > 0",
        derivation="derivations.tasks.isotropic_pooling.isotropic_pooled_risk",
        limits=(
            Limit(
                "one task: the proportional limit of ridge regression",
                _one,
                grid(n=[0, 1, 20, 39, 40, 41, 400], ridge=[0.0, 0.1, 25.0]),
                left=lambda formula, n, ridge: formula([n], 40.0, np.full((1, 1), 1.3), np.array([0.2]), 1.0, ridge),
            ),
            Limit(
                "equal weights without ridge: pooled least squares and min-norm interpolation as d → ∞",
                lambda gamma: many_dimensions(gamma, 0.5),
                tuple({"gamma": gamma} for gamma in ((0.3, 0.2), (0.8, 0.6), (2.0, 0.1), (0.0, 0.4))),
                left=lambda formula, gamma: formula(1e6 * np.array(gamma), 1e6, **_TWO),
            ),
            Limit(
                "fewer samples than dimensions, no ridge: the weights do nothing",
                float(isotropic_pooled_risk([4.0, 3.0], 10.0, **_TWO)),
                grid(weights=[np.array(w) for w in ((0.1, 1.0), (7.0, 1.0), (np.inf, 1.0))]),
                left=lambda formula, weights: formula([4.0, 3.0], 10.0, weights=weights, **_TWO),
            ),
            Limit(
                "no data that count: the start",
                1.0,
                (
                    {"sizes": [0.0, 0.0]},
                    {"sizes": [3.0, 2.0], "ridge": np.inf},
                    {"sizes": [3.0, 2.0], "weights": np.zeros(2)},
                ),
                left=lambda formula, **point: formula(dim=10.0, **_TWO, **point),
            ),
        ),
        sample=isotropic_sample,
        experiments=tuple(
            Experiment(pooled("flat"), points, "asymptotic", 1_500, 0.12, lambda dim, **_: 4 / dim, isotropic_arguments)
            for points in (
                grown((5, 4, 6), 12, 3.0, noises=(0.1, 0.3, 0.2), weights=(0.5, 1.0, 2.0)),
                grown((12, 8), 12, 0.0, noises=(0.1, 0.3), weights=(0.2, 1.0)),
            )
        ),
        mutants=(
            Mutant("the mean weights' risk alone", _bias),
            Mutant("mean-loss convention: λn for λ", instead(ridge=lambda sizes, ridge: np.sum(sizes) * ridge)),
            Mutant("all weights equal", instead(weights=1.0)),
            dropped("noise_variances"),
        ),
    ),
)
