"""Rows: where a head on frozen features starts to beat training from scratch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.boundaries import (
    critical_energy,
    critical_energy_at_ratio,
    few_arguments,
    large_arguments,
    scratch_against_head,
    tuned_scratch_against_head,
)
from lintransfer.table.mutants import dropped, instead, swapped, times
from lintransfer.table.points import FEW_FEATURES, asymptotic, grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.head_boundaries import (
    critical_unexplained_energy,
    critical_unexplained_energy_limit,
    large_sample_boundary,
    recovery_boundary,
    small_sample_boundary,
    tuned_scratch_boundary,
)
from lintransfer.theory.linear.isotropic import min_norm_risk

_ENERGY = (0.0, 4.0)


def _with_a_window(rng: np.random.Generator) -> dict[str, float]:
    cosine = float(rng.uniform(0, 0.95))
    noise = float(rng.uniform(0, 0.95)) * (1 - cosine)
    return {"explained": cosine**2, "unexplained": 1 - cosine**2, "noise_variance": noise**2}


def _without_dim(dim: int, **point: float) -> dict[str, float]:
    return point


def _finite(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(rng.integers(8, 10**4))
    r = int(rng.integers(1, dim - 4))
    n = (int(rng.integers(r + 2, dim - 1)), int(rng.integers(dim + 2, 3 * dim)), max(1, r - 2))[rng.integers(3)]
    energies = {"target_energy": float(rng.uniform(0, 4)), "noise_variance": float(rng.uniform(0, 4))}
    return {"n": n, "n_features": r, "dim": dim, **energies}


def _equal_risks(formula: Any, n: int, n_features: int, dim: int, target_energy: float, noise_variance: float) -> float:
    """The risk of the head at the critical energy, over the risk of scratch."""
    u = formula(n, n_features, dim, target_energy, noise_variance)
    head = frozen_features_risk(n, n_features, target_energy - u, u, noise_variance)
    return head / min_norm_risk(n, dim, target_energy, noise_variance)


ROWS = (
    Theorem(
        name="linear-transfer-boundary",
        kind="asymptotic",
        statement="linear transfer against scratch, γ > 1: hurts beyond γ* = 1 + σ²/u",
        formula=large_sample_boundary,
        source="follows from Tahir, Ganguli & Rotskoff (2025), eqs. 8 and 10, by substitution",
        follows=("tahir2024",),
        domain=FEW_FEATURES + ", γ > 1",
        derivation="derivations.linear.head_boundaries.linear_transfer_boundary",
        limits=(
            Limit("no noise: scratch learns everything at γ = 1", 1.0, ({"unexplained": 0.3, "noise_variance": 0.0},)),
            Limit("perfect features never hurt", math.inf, ({"unexplained": 0.0, "noise_variance": 0.3},)),
        ),
        box={"unexplained": (1e-6, 4.0), "noise_variance": _ENERGY},
        experiments=(
            asymptotic(
                scratch_against_head,
                growing(dim=16, overlap=0.6, noise_variance=0.5, low=1.4, high=2.4),
                4,
                arguments=large_arguments,
            ),
        ),
        mutants=(
            Mutant("t² for u", instead(unexplained=lambda unexplained: unexplained * 0 + 1)),
            Mutant(
                "noise of the head counted twice",
                instead(unexplained=lambda unexplained, noise_variance: unexplained + noise_variance),
            ),
            Mutant(
                "1 dropped", lambda unexplained, noise_variance: large_sample_boundary(unexplained, noise_variance) - 1
            ),
        ),
    ),
    Theorem(
        name="linear-transfer-lower-boundary",
        kind="asymptotic",
        statement="linear transfer against scratch, γ < 1: hurts from γ₋ = [2e+u−σ² − √((u−σ²)²−4eσ²)]/(2(e+u))",
        formula=small_sample_boundary,
        source="follows from Tahir, Ganguli & Rotskoff (2025), eqs. 8 and 10, by substitution (root of a quadratic equation)",
        follows=("tahir2024",),
        domain=FEW_FEATURES + ", 1 − |c| > σ at unit norms, else nan; finite d needs dγ₋ ≫ 1",
        derivation="derivations.linear.head_boundaries.linear_transfer_lower_boundary",
        limits=(
            Limit(
                "no noise: the share of the energy that is explained",
                lambda explained, unexplained, noise_variance: explained / (explained + unexplained),
                ({"explained": 0.3, "unexplained": 0.6, "noise_variance": 0.0},),
            ),
            Limit(
                "both boundaries multiply to the explained share",
                lambda explained, unexplained, noise_variance: explained / (explained + unexplained),
                ({"explained": 0.3, "unexplained": 0.7, "noise_variance": 0.05},),
                left=lambda formula, **point: formula(**point) * recovery_boundary(**point),
            ),
            Limit(
                "beyond the tangency 1 − |c| = σ there is none",
                math.nan,
                grid(noise_variance=[0.26, 1.0, 3.0], explained=0.25, unexplained=0.75),
            ),
        ),
        sample=_with_a_window,
        experiments=(
            asymptotic(
                scratch_against_head,
                growing(dim=30, overlap=0.7, noise_variance=0.02, low=0.3, high=0.75),
                6,
                arguments=few_arguments,
            ),
        ),
        mutants=(
            Mutant("the other root", lambda **point: recovery_boundary(**point)),
            dropped("noise_variance"),
            swapped("explained", "unexplained"),
        ),
    ),
    Theorem(
        name="linear-transfer-recovery-boundary",
        kind="asymptotic",
        statement="linear transfer against scratch, γ < 1: helps again from γ₊ = [2e+u−σ² + √(…)]/(2(e+u)), up to γ*",
        formula=recovery_boundary,
        source="follows from Tahir, Ganguli & Rotskoff (2025), eqs. 8 and 10, by substitution (root of a quadratic equation)",
        follows=("tahir2024",),
        domain=FEW_FEATURES + ", 1 − |c| > σ at unit norms, else nan",
        derivation="derivations.linear.head_boundaries.linear_transfer_recovery_boundary",
        limits=(
            Limit(
                "no noise: no peak at γ = 1, so no recovery before it",
                1.0,
                ({"explained": 0.3, "unexplained": 0.6, "noise_variance": 0.0},),
            ),
            Limit(
                "useless features: where noise brings scratch back to t²",
                lambda explained, unexplained, noise_variance: 1 - noise_variance / unexplained,
                ({"explained": 0.0, "unexplained": 0.8, "noise_variance": 0.2},),
            ),
        ),
        sample=_with_a_window,
        experiments=(
            asymptotic(
                scratch_against_head,
                growing(dim=24, overlap=0.3, noise_variance=0.25, low=0.5, high=0.85),
                4,
                arguments=few_arguments,
            ),
        ),
        mutants=(
            Mutant("the other root", lambda **point: small_sample_boundary(**point)),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="tuned-scratch-boundary",
        kind="asymptotic",
        statement="linear transfer beats scratch at its best ridge iff γ < γ* = e/(e+u)·(1 + σ²/u)",
        formula=tuned_scratch_boundary,
        source="follows from tuned-ridge-risk and frozen-features-risk by substitution",
        follows=("tuned-ridge-risk", "frozen-features-risk"),
        domain=FEW_FEATURES,
        derivation="derivations.linear.head_boundaries.tuned_scratch_boundary",
        limits=(
            Limit(
                "no noise: the explained share, as without ridge",
                lambda **point: small_sample_boundary(**point),
                ({"explained": 0.3, "unexplained": 0.6, "noise_variance": 0.0},),
            ),
            Limit(
                "perfect features never hurt",
                math.inf,
                ({"explained": 0.3, "unexplained": 0.0, "noise_variance": 0.2},),
            ),
            Limit("useless features never help", 0.0, ({"explained": 0.0, "unexplained": 0.7, "noise_variance": 0.2},)),
        ),
        box={"explained": (0.0, 4.0), "unexplained": (1e-6, 4.0), "noise_variance": _ENERGY},
        experiments=(
            asymptotic(
                tuned_scratch_against_head,
                growing(dim=20, overlap=0.7, noise_variance=0.3, low=0.4, high=1.2),
                6,
                arguments=few_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "the boundary against untuned scratch",
                lambda unexplained, noise_variance: large_sample_boundary(unexplained, noise_variance),
            ),
            Mutant("noise dropped", lambda explained, unexplained: explained / (explained + unexplained)),
            Mutant(
                "e for u",
                lambda explained, unexplained, noise_variance: (
                    explained / (explained + unexplained) * (1 + noise_variance / explained)
                ),
            ),
        ),
    ),
    Theorem(
        name="critical-unexplained-energy",
        kind="exact",
        statement="linear transfer on r features beats scratch iff u < u* = [(n−r−1)R_scratch − σ²r]/(n−1) (n ≥ r+2)",
        formula=critical_unexplained_energy,
        source="follows from frozen-features-risk and min-norm-risk by substitution",
        follows=("frozen-features-risk", "min-norm-risk"),
        domain="Σ = I, r < d orthonormal features, n ≥ 1, |n − r| ≥ 2; inf where scratch has infinite risk",
        derivation="derivations.linear.head_boundaries.critical_unexplained_energy",
        limits=(
            Limit(
                "at u* both risks are equal",
                1.0,
                tuple(
                    {"n": n, "n_features": r, "dim": 12, "target_energy": 1.0, "noise_variance": 0.01}
                    for n, r in ((4, 1), (9, 2), (3, 5), (10, 1), (20, 3), (2, 7))
                ),
                left=_equal_risks,
            ),
            Limit(
                "at the peak of scratch transfer always wins",
                math.inf,
                grid(n=[11, 12, 13], n_features=2, dim=12, target_energy=1.0, noise_variance=0.01),
            ),
            Limit(
                "at the peak of the head, and without samples, there is no boundary",
                math.nan,
                grid(n=[0, 4, 5, 6], n_features=5, dim=12, target_energy=1.0, noise_variance=0.01),
            ),
        ),
        sample=_finite,
        experiments=(
            Experiment(
                critical_energy,
                (
                    {"n": 6, "n_features": 1, "dim": 12, "target_energy": 1.0, "noise_variance": 0.1},
                    {"n": 11, "n_features": 3, "dim": 6, "target_energy": 1.0, "noise_variance": 1.0},
                    {"n": 3, "n_features": 8, "dim": 12, "target_energy": 1.0, "noise_variance": 0.02},
                ),
                resolution=0.1,
            ),
        ),
        mutants=(
            Mutant(
                "limit formula at finite size",
                lambda n, n_features, dim, target_energy, noise_variance: critical_unexplained_energy_limit(
                    n / dim, n_features / dim, target_energy, noise_variance
                ),
            ),
            Mutant(
                "noise of the head dropped",
                lambda n, n_features, dim, target_energy, noise_variance: (
                    (n - n_features - 1) * min_norm_risk(n, dim, target_energy, noise_variance) / (n - 1)
                ),
            ),
            Mutant("n for n − 1", times(lambda n: (n - 1) / n)),
        ),
    ),
    Theorem(
        name="critical-unexplained-energy-limit",
        kind="asymptotic",
        statement="r = αd: u* = [(γ−α)R_scratch − σ²α]/γ for γ > α, with a second branch and a peak at γ = α",
        formula=critical_unexplained_energy_limit,
        source="follows from critical-unexplained-energy by substitution (n, r, d → ∞)",
        follows=("critical-unexplained-energy",),
        domain="limit n, r, d → ∞ at γ = n/d and α = r/d < 1, Σ = I",
        derivation="derivations.linear.head_boundaries.critical_unexplained_energy_limit",
        limits=(
            Limit(
                "the finite formula at d = 10⁹",
                lambda gamma, feature_ratio, target_energy, noise_variance: critical_unexplained_energy(
                    gamma * 1e9, feature_ratio * 1e9, 1e9, target_energy, noise_variance
                ),
                grid(gamma=[0.125, 0.5, 0.75, 1.5], feature_ratio=0.25, target_energy=1.0, noise_variance=0.1),
                rtol=1e-7,
            ),
            Limit(
                "few features: the boundary γ* of a fixed number of features",
                lambda unexplained, noise_variance: unexplained,
                ({"unexplained": 0.4, "noise_variance": 0.3},),
                left=lambda formula, unexplained, noise_variance: formula(
                    large_sample_boundary(unexplained, noise_variance), 0.0, 1.0, noise_variance
                ),
            ),
            Limit(
                "at the peak of the head transfer never wins",
                lambda noise_variance, **_: -noise_variance,
                ({"gamma": 0.25, "feature_ratio": 0.25, "target_energy": 1.0, "noise_variance": 0.1},),
            ),
        ),
        box={
            "gamma": (0.01, 3.0),
            "feature_ratio": (0.0, 0.95),
            "target_energy": _ENERGY,
            "noise_variance": _ENERGY,
        },
        experiments=(
            asymptotic(
                critical_energy_at_ratio,
                growing(dim=16, gamma=0.625, feature_ratio=0.25, target_energy=1.0, noise_variance=0.05),
                8,
                4000,
                arguments=_without_dim,
            ),
        ),
        mutants=(
            dropped("feature_ratio"),
            dropped("noise_variance"),
        ),
    ),
)
