"""Rows: where fine-tuning starts or stops to beat scratch and linear transfer."""

from __future__ import annotations

import math

import numpy as np

from lintransfer.experiments.linear.boundaries import distance_arguments, equal_overlap, fine_tuning_against_head
from lintransfer.table.mutants import dropped, scaled
from lintransfer.table.points import FEW_FEATURES, asymptotic, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.fine_tuning_boundaries import fine_tuning_boundary, fine_tuning_end, fine_tuning_start


def _with_fine_tuning(rng: np.random.Generator) -> dict[str, float]:
    cosine = float(rng.uniform(-0.9, 0.9))
    distance, unexplained = 2 - 2 * cosine, 1 - cosine**2
    # The discriminant (u + σ²)² − 4Dσ² is positive up to this σ².
    most = 2 * distance - unexplained - 2 * math.sqrt(distance * (distance - unexplained))
    noise = float(rng.uniform(0, 0.9)) * most
    return {"displacement_energy": distance, "unexplained": unexplained, "noise_variance": noise}


ROWS = (
    Theorem(
        name="fine-tuning-boundary",
        kind="exact",
        statement="fine-tuning beats scratch iff c > c* = s/(2t), norms and cosine in the metric Σ(Σ+κ)⁻²",
        formula=fine_tuning_boundary,
        source="Tahir, Ganguli & Rotskoff (2025), eq. 15; with ridge and for other Σ cf. Dar, LeJeune & Baraniuk (2021), Hedges (2025)",
        papers=("tahir2024", "dar2021", "hedges2025"),
        domain="linear model, Σ = I, every n < d; any Σ or ridge as deterministic equivalent; nan if s > 2t",
        derivation="derivations.linear.fine_tuning_boundaries.fine_tuning_boundary",
        limits=(
            Limit(
                "a source of more than twice the target's norm never helps",
                math.nan,
                ({"source_norm": 2.1, "target_norm": 1.0},),
            ),
            Limit(
                "a source of twice the target's norm, at best, starts as far off as zero",
                1.0,
                ({"source_norm": 2.0, "target_norm": 1.0},),
            ),
        ),
        box={"source_norm": (0.0, 2.0), "target_norm": (1.0, 4.0)},
        experiments=(
            Experiment(
                equal_overlap,
                (
                    {"n": 3, "dim": 6, "source_norm": 1.0, "target_norm": 1.0},
                    {"n": 6, "dim": 12, "source_norm": 1.5, "target_norm": 1.0},
                ),
                replicates=10_000,
                arguments=lambda n, dim, **norms: norms,
            ),
        ),
        mutants=(
            Mutant("factor 2 dropped", lambda source_norm, target_norm: source_norm / target_norm),
            Mutant("norms swapped", lambda source_norm, target_norm: target_norm / (2 * source_norm)),
            Mutant("norms ignored", lambda source_norm: 0 * source_norm + 0.5),
        ),
    ),
    Theorem(
        name="fine-tuning-against-linear-transfer",
        kind="asymptotic",
        statement="γ < 1: fine-tuning beats linear transfer from 1 − γ = [u+σ² + √((u+σ²)²−4Dσ²)]/(2D) on",
        formula=fine_tuning_start,
        source="follows from min-norm-risk and frozen-features-risk by substitution (root of a quadratic equation)",
        follows=("min-norm-risk", "frozen-features-risk"),
        domain=FEW_FEATURES + ", D = ‖θ_T−θ_S‖² > u, discriminant > 0, σ² < 2D − u, else nan",
        derivation="derivations.linear.fine_tuning_boundaries.fine_tuning_against_linear_transfer",
        limits=(
            Limit(
                "no noise, unit norms: sin²(angle/2)",
                lambda angle: math.sin(angle / 2) ** 2,
                ({"angle": 0.4}, {"angle": 1.5}),
                left=lambda formula, angle: formula(2 - 2 * math.cos(angle), math.sin(angle) ** 2, 0.0),
            ),
            Limit(
                "source equal to target, or too much noise: never",
                math.nan,
                (
                    {"displacement_energy": 0.0, "unexplained": 0.0, "noise_variance": 0.1},
                    {"displacement_energy": 1.0, "unexplained": 0.75, "noise_variance": 0.5},
                    {"displacement_energy": 1.0, "unexplained": 0.75, "noise_variance": 9.0},
                ),
            ),
        ),
        sample=_with_fine_tuning,
        experiments=(
            asymptotic(
                fine_tuning_against_head,
                growing(dim=32, overlap=0.1, noise_variance=0.1, low=0.3, high=0.75),
                8,
                resolution=0.15,
                arguments=distance_arguments,
            ),
        ),
        mutants=(
            Mutant("the other root", lambda **point: fine_tuning_end(**point)),
            Mutant("noise dropped", lambda displacement_energy, unexplained: 1 - unexplained / displacement_energy),
            Mutant("8σ²(1−c) for 4σ²D = 8σ²(1−c) taken twice", scaled(displacement_energy=2)),
        ),
    ),
    Theorem(
        name="fine-tuning-against-linear-transfer-end",
        kind="asymptotic",
        statement="γ < 1: fine-tuning beats linear transfer up to 1 − γ = [u+σ² − √((u+σ²)²−4Dσ²)]/(2D)",
        formula=fine_tuning_end,
        source="follows from min-norm-risk and frozen-features-risk by substitution (root of a quadratic equation)",
        follows=("min-norm-risk", "frozen-features-risk"),
        domain=FEW_FEATURES + ", D = ‖θ_T−θ_S‖² > u, discriminant > 0, σ² < 2D − u, else nan",
        derivation="derivations.linear.fine_tuning_boundaries.fine_tuning_against_linear_transfer_end",
        limits=(
            Limit(
                "no noise: up to γ = 1",
                1.0,
                ({"displacement_energy": 1.0, "unexplained": 0.75, "noise_variance": 0.0},),
            ),
        ),
        sample=_with_fine_tuning,
        experiments=(
            asymptotic(
                fine_tuning_against_head,
                growing(dim=20, overlap=0.3, noise_variance=0.1, low=0.7, high=0.93),
                4,
                arguments=distance_arguments,
            ),
        ),
        mutants=(
            Mutant("the other root", lambda **point: fine_tuning_start(**point)),
            dropped("unexplained"),
            scaled(noise_variance=2),
        ),
    ),
)
