"""Rows: a ridge on the head of frozen features, and the best one."""

from __future__ import annotations

import math
from typing import Any

from lintransfer.experiments.linear.heads import (
    best_ridges,
    head_risk,
    one_head_risk,
    tuned_features_risk,
    tuned_head_risk,
)
from lintransfer.table.mutants import instead, moved
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.ridge_heads import (
    noise_gain,
    optimal_head_ridge,
    optimal_ridge_features_risk,
    optimal_ridge_head_risk,
    ridge_features_risk,
    ridge_head_risk,
    shrinkage,
    squared_shrinkage,
)
from lintransfer.theory.linear.wishart_resolvent import mean_shrinkage

_POINT = {"explained": 0.6, "unexplained": 0.3, "noise_variance": 0.2}
_ENERGY = (0.0, 4.0)
SIZES = {"n": (0, 40), "n_features": (1, 10)}


def _at_mean(n: Any, n_features: Any, explained: Any, unexplained: Any, noise_variance: Any, ridge: Any) -> Any:
    """The risk if W were its mean nI."""
    miss = (explained * ridge**2 + n_features * (noise_variance + unexplained) * n) / (n + ridge) ** 2
    return unexplained + miss


def points(*sizes: tuple[int, int], **rest: Any) -> tuple[dict[str, Any], ...]:
    return tuple({"n": n, "n_features": r, **rest} for n, r in sizes)


def _without_n(n: int, **point: Any) -> dict[str, Any]:
    return point


ROWS = (
    Theorem(
        name="ridge-head",
        kind="exact",
        statement="E R = u + E[(λ²e + (σ²+u)q)/(q+λ)²], q ~ χ²_n",
        formula=ridge_head_risk,
        source="follows from ridge-features by substitution (r = 1); n → ∞: Tahir, Ganguli & Rotskoff (2025), eq. 13",
        follows=("ridge-features",),
        see=("tahir2024",),
        domain="Σ = I, one frozen feature, every n ≥ 0, 0 ≤ λ ≤ ∞",
        derivation="derivations.linear.ridge_heads.ridge_head",
        limits=(
            Limit(
                "no ridge: the least-squares head, with its infinite mean at n = 1, 2",
                lambda n, explained, unexplained, noise_variance: frozen_features_risk(
                    n, 1, explained, unexplained, noise_variance
                ),
                grid(n=[0, 1, 2, 3, 4, 50, 10**9], **_POINT),
                given={"ridge": 0.0},
            ),
            Limit(
                "infinite ridge: the head stays at 0",
                lambda explained, unexplained, **_: explained + unexplained,
                grid(n=[0, 1, 7], ridge=math.inf, **_POINT),
            ),
            Limit(
                "the deterministic ridge of the limit n → ∞ at fixed λ/n",
                lambda n, explained, unexplained, noise_variance, ridge: (
                    unexplained + explained * (ridge / (n + ridge)) ** 2
                ),
                ({"n": 10**9, "ridge": 5e8, **_POINT},),
                rtol=1e-7,
            ),
        ),
        box={
            "n": (0, 10**9),
            "explained": _ENERGY,
            "unexplained": _ENERGY,
            "noise_variance": _ENERGY,
            "ridge": (1e-6, 1e9),
        },
        experiments=(
            Experiment(
                one_head_risk,
                ({"n": 1, "ridge": 0.7, **_POINT}, {"n": 2, "ridge": 0.2, **_POINT}, {"n": 6, "ridge": 3.0, **_POINT}),
            ),
        ),
        mutants=(
            Mutant(
                "unexplained energy not in the noise",
                lambda n, explained, unexplained, noise_variance, ridge: (
                    unexplained + explained * squared_shrinkage(n, ridge) + noise_variance * noise_gain(n, ridge)
                ),
            ),
            moved(n=-1),
            Mutant("mean-loss convention: λn for λ", instead(ridge=lambda n, ridge: n * ridge)),
            Mutant(
                "χ²_n replaced by its mean",
                lambda n, explained, unexplained, noise_variance, ridge: (
                    unexplained + (explained * ridge**2 + (noise_variance + unexplained) * n) / (n + ridge) ** 2
                ),
            ),
        ),
    ),
    Theorem(
        name="optimal-ridge-head",
        kind="exact",
        statement="min over λ of E R is u + (σ²+u) E[1/(χ²_n+λ*)], at λ* = (σ²+u)/e for every n",
        formula=optimal_ridge_head_risk,
        source="follows from Nakkiran et al. (2021), Lemma 2, by substitution (r = 1, noise σ² + u)",
        follows=("nakkiran2021",),
        domain="Σ = I, one frozen feature, every n ≥ 0",
        derivation="derivations.linear.ridge_heads.optimal_ridge_head",
        limits=(
            Limit(
                "the ridge head at its best ridge",
                lambda n, explained, unexplained, noise_variance: ridge_head_risk(
                    n, explained, unexplained, noise_variance, (noise_variance + unexplained) / explained
                ),
                grid(n=[1, 2, 3, 40, 10**6], **_POINT),
            ),
            Limit(
                "useless features (c = 0): λ* = ∞ and R* = t²",
                lambda unexplained, **_: unexplained,
                ({"n": 5, "explained": 0.0, "unexplained": 0.9, "noise_variance": 0.3},),
            ),
            Limit(
                "no target samples: R* = t²",
                lambda explained, unexplained, **_: explained + unexplained,
                ({"n": 0, **_POINT}, {"n": 0, "explained": 0.9, "unexplained": 0.0, "noise_variance": 0.0}),
            ),
            Limit(
                "n → ∞: a ridge no longer helps",
                lambda n, explained, unexplained, noise_variance: frozen_features_risk(
                    n, 1, explained, unexplained, noise_variance
                ),
                ({"n": 10**9, **_POINT},),
                rtol=1e-15,
            ),
        ),
        box={"n": (0, 10**9), "explained": _ENERGY, "unexplained": _ENERGY, "noise_variance": _ENERGY},
        experiments=(Experiment(tuned_head_risk, grid(n=[1, 3, 6], **_POINT)),),
        mutants=(
            Mutant(
                "λ* = σ²/e: the unexplained energy forgotten",
                lambda n, explained, unexplained, noise_variance: ridge_head_risk(
                    n, explained, unexplained, noise_variance, noise_variance / explained
                ),
            ),
            Mutant(
                "n − 1 degrees of freedom",
                lambda n, explained, unexplained, noise_variance: (
                    unexplained + explained * shrinkage(n - 1, (noise_variance + unexplained) / explained)
                ),
            ),
            Mutant(
                "floor dropped",
                lambda n, explained, unexplained, noise_variance: (
                    optimal_ridge_head_risk(n, explained, unexplained, noise_variance) - unexplained
                ),
            ),
        ),
    ),
    Theorem(
        name="optimal-ridge-features",
        slow=True,
        kind="exact",
        statement="λ* = r(σ²+u)/e minimises the mean risk for every n ≥ 1",
        formula=optimal_head_ridge,
        source="follows from Nakkiran et al. (2021), Lemma 2, by substitution (noise σ² + u); cf. Dicker (2016)",
        follows=("nakkiran2021",),
        see=("dicker2016",),
        domain="Σ = I, r orthonormal frozen features, every n ≥ 1",
        derivation="derivations.linear.ridge_heads.optimal_ridge_features",
        limits=(
            Limit(
                "useless features: the head should stay at 0",
                math.inf,
                ({"n_features": 3, "explained": 0.0, "unexplained": 0.9, "noise_variance": 0.3},),
            ),
            Limit(
                "nothing to protect from: no ridge",
                0.0,
                ({"n_features": 3, "explained": 0.5, "unexplained": 0.0, "noise_variance": 0.0},),
            ),
        ),
        box={
            "n_features": (1, 10**9),
            "explained": (1e-3, 4.0),
            "unexplained": _ENERGY,
            "noise_variance": _ENERGY,
        },
        experiments=(
            Experiment(
                best_ridges,
                (
                    {"n": 4, "n_features": 1, **_POINT},
                    {"n": 6, "n_features": 3, **_POINT},
                    {"n": 3, "n_features": 5, **_POINT},
                ),
                replicates=40_000,
                arguments=_without_n,
            ),
        ),
        mutants=(
            Mutant(
                "the number of features forgotten",
                lambda explained, unexplained, noise_variance: (noise_variance + unexplained) / explained,
            ),
            Mutant(
                "the unexplained energy forgotten",
                lambda n_features, explained, noise_variance: n_features * noise_variance / explained,
            ),
            Mutant(
                "t² for the explained energy",
                lambda n_features, explained, unexplained, noise_variance: (
                    n_features * (noise_variance + unexplained) / (explained + unexplained)
                ),
            ),
        ),
    ),
    Theorem(
        name="ridge-features",
        slow=True,
        kind="exact",
        statement="E R = u + (e/r) E tr λ²(W+λ)⁻² + (σ²+u) E tr W(W+λ)⁻², W = ZᵀZ",
        formula=ridge_features_risk,
        source="not found in the literature (searched 2026-11-27); n → ∞ at fixed λ/n: Tahir, Ganguli & Rotskoff (2025), eq. 13",
        see=("tahir2024", "adler2000"),
        domain="Σ = I, r orthonormal frozen features, every n ≥ 0, 0 ≤ λ ≤ ∞, min(n, r) ≤ 200",
        derivation="derivations.linear.ridge_heads.ridge_features",
        limits=(
            Limit(
                "one feature",
                lambda n, n_features, **rest: ridge_head_risk(n, **rest),
                points(*((n, 1) for n in (0, 1, 2, 3, 50, 10**6)), ridge=0.7, **_POINT),
                rtol=1e-11,
            ),
            Limit(
                "no ridge: the least-squares or minimum-norm head, with its infinite mean at |n − r| ≤ 1",
                frozen_features_risk,
                points(*((n, 4) for n in (0, 1, 2, 3, 4, 5, 6, 50)), (3, 1), (300, 200), **_POINT),
                rtol=1e-11,
                given={"ridge": 0.0},
            ),
            Limit(
                "infinite ridge: the head stays at 0",
                lambda explained, unexplained, **_: explained + unexplained,
                points((0, 3), (2, 3), (9, 3), ridge=math.inf, **_POINT),
            ),
            Limit(
                "the deterministic ridge of the limit n → ∞ at fixed λ/n",
                _at_mean,
                points((10**6, 3), ridge=5e5, **_POINT),
                rtol=1e-4,
            ),
        ),
        box={
            **SIZES,
            "explained": _ENERGY,
            "unexplained": _ENERGY,
            "noise_variance": _ENERGY,
            "ridge": (1e-3, 1e4),
        },
        experiments=(Experiment(head_risk, points((2, 2), (5, 3), (3, 5), ridge=0.7, **_POINT)),),
        mutants=(
            Mutant(
                "unexplained energy not in the noise",
                lambda noise_variance, unexplained, **rest: (
                    unexplained + ridge_features_risk(noise_variance=noise_variance, unexplained=0.0, **rest)
                ),
            ),
            Mutant(
                "all explained energy on every feature: e for e/r",
                instead(explained=lambda explained, n_features: n_features * explained),
            ),
            Mutant("W replaced by its mean", _at_mean),
            Mutant("mean-loss convention: λn for λ", instead(ridge=lambda n, ridge: n * ridge)),
        ),
    ),
    Theorem(
        name="optimal-ridge-features-risk",
        slow=True,
        kind="exact",
        statement="min over λ of E R is u + (σ²+u) E tr(W+λ*)⁻¹, at λ* = r(σ²+u)/e for every n",
        formula=optimal_ridge_features_risk,
        source="follows from Nakkiran et al. (2021), Lemma 2, and wishart-resolvent by substitution (noise σ² + u)",
        follows=("nakkiran2021", "wishart-resolvent"),
        domain="Σ = I, r orthonormal frozen features, every n ≥ 0, min(n, r) ≤ 200",
        derivation="derivations.linear.ridge_heads.optimal_ridge_features_risk",
        limits=(
            Limit(
                "one feature",
                lambda n, n_features, **rest: optimal_ridge_head_risk(n, **rest),
                points(*((n, 1) for n in (0, 1, 2, 3, 50, 10**6)), **_POINT),
                rtol=1e-11,
            ),
            Limit(
                "the ridge head at its best ridge",
                lambda n, n_features, **rest: ridge_features_risk(
                    n, n_features, ridge=optimal_head_ridge(n_features, **rest), **rest
                ),
                points((1, 2), (2, 2), (5, 4), (4, 9), (300, 200), **_POINT),
                rtol=1e-11,
            ),
            Limit(
                "no noise and nothing unexplained: the minimum-norm head",
                lambda n, n_features, explained, **_: max(1 - n / n_features, 0.0) * explained,
                points((2, 5), (5, 5), (9, 5), explained=0.9, unexplained=0.0, noise_variance=0.0),
            ),
            Limit(
                "useless features: R* = t²",
                lambda unexplained, **_: unexplained,
                points((5, 3), explained=0.0, unexplained=0.9, noise_variance=0.3),
            ),
        ),
        box={**SIZES, "explained": (1e-3, 4.0), "unexplained": _ENERGY, "noise_variance": _ENERGY},
        experiments=(Experiment(tuned_features_risk, points((2, 2), (5, 3), (3, 5), **_POINT)),),
        mutants=(
            Mutant(
                "the number of features forgotten in λ*",
                lambda n, n_features, explained, unexplained, noise_variance: ridge_features_risk(
                    n, n_features, explained, unexplained, noise_variance, (noise_variance + unexplained) / explained
                ),
            ),
            Mutant(
                "r independent features",
                lambda n, n_features, explained, unexplained, noise_variance: (
                    unexplained
                    + explained * shrinkage(n, optimal_head_ridge(n_features, explained, unexplained, noise_variance))
                ),
            ),
            Mutant(
                "the unexplained energy forgotten in λ*",
                lambda n, n_features, explained, unexplained, noise_variance: (
                    unexplained + explained * mean_shrinkage(n, n_features, n_features * noise_variance / explained)
                ),
            ),
        ),
    ),
)
