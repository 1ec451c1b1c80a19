"""Rows: where linear transfer starts or stops to beat scratch."""

from __future__ import annotations

import math

import numpy as np

from lintransfer.table.boundary_experiments import (
    FEW_FEATURES,
    few_arguments,
    large_arguments,
    scratch_against_head,
    tuned_scratch_against_head,
)
from lintransfer.table.mutants import dropped, instead, swapped
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.theory.boundaries import (
    large_sample_boundary,
    recovery_boundary,
    small_sample_boundary,
    tuned_scratch_boundary,
)

_ENERGY = (0.0, 4.0)

def _with_a_window(rng: np.random.Generator) -> dict[str, float]:
    cosine = float(rng.uniform(0, 0.95))
    noise = float(rng.uniform(0, 0.95)) * (1 - cosine)
    return {"explained": cosine**2, "unexplained": 1 - cosine**2, "noise_variance": noise**2}


ROWS = (
    Theorem(
        name="linear-transfer-boundary",
        kind="asymptotic",
        statement="linear transfer against scratch, γ > 1: hurts beyond γ* = 1 + σ²/u",
        formula=large_sample_boundary,
        source="follows from Tahir, Ganguli & Rotskoff (2025), eqs. 8 and 10, by substitution",
        follows=("tahir2024",),
        domain=FEW_FEATURES + ", γ > 1",
        derivation="derivations.boundaries.large_sample_boundary",
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
        derivation="derivations.boundaries.small_sample_boundary",
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
        derivation="derivations.boundaries.recovery_boundary",
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
        derivation="derivations.boundaries.tuned_scratch_boundary",
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
                lambda explained, unexplained, noise_variance: explained
                / (explained + unexplained)
                * (1 + noise_variance / explained),
            ),
        ),
    ),
)
