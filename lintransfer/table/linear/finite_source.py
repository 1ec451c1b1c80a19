"""Rows: fine-tuning from a source that was itself fitted to finitely many samples."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.source import (
    SOURCE,
    any_source,
    any_source_and_target,
    distance_to_target,
    fine_tuning,
    fine_tuning_gains,
    linear_transfer,
)
from lintransfer.table.mutants import dropped, scaled, swapped
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.finite_source import (
    finite_source_displacement,
    finite_source_risk,
    finite_source_transferability,
    source_feature_risk,
)
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.isotropic import fine_tuning_transferability, min_norm_risk
from lintransfer.theory.linear.source_alignment import source_cosine_squared, source_cosine_squared_limit

_FITTED = {"dim": 8, "source_noise_variance": 0.5, **SOURCE}


def _without_noise(rng: np.random.Generator) -> dict[str, Any]:
    drawn = any_source_and_target(rng)
    del drawn["noise_variance"]
    return drawn


def _scratch(n: int, dim: int, target_energy: float, **_: float) -> float:
    """The noiseless risk from scratch, which T is a difference of."""
    return (1 - n / dim) * target_energy


def _without_aside(
    n: int, n_source: int, dim: int, source_energy: float, cross_energy: float, target_energy: float,
    noise_variance: float, source_noise_variance: float,
) -> float:  # fmt: skip
    """A mutant: the feature explains only the target's part along θ_S."""
    explained = cross_energy**2 / source_energy
    explained = explained * source_cosine_squared(n_source, dim, source_noise_variance / source_energy)
    return frozen_features_risk(n, 1, explained, target_energy - explained, noise_variance)


ROWS = (
    Theorem(
        name="finite-source-displacement",
        kind="exact",
        statement="E‖θ_T−ŵ_S‖² = t² + min(n_S/d, 1)(s²−2stc) + σ_S² min(n_S, d)/(|n_S−d|−1)",
        formula=finite_source_displacement,
        source="errors of the source fit: Dar & Baraniuk (2020), Dar, LeJeune & Baraniuk (2021); d → ∞: Tahir, Ganguli & Rotskoff (2025), eqs. 22–23",
        papers=("dar2020", "dar2021", "tahir2024"),
        domain="Σ_S = I, source fitted by min-norm or least squares, every n_S ≥ 0; inf where |n_S − d| ≤ 1, σ_S > 0",
        derivation="derivations.linear.finite_source.finite_source_displacement",
        limits=(
            Limit(
                "a noiseless source set of d samples or more: the true distance",
                lambda source_energy, cross_energy, target_energy: target_energy - 2 * cross_energy + source_energy,
                (SOURCE,),
                given={"n_source": 64, "dim": 8, "source_noise_variance": 0.0},
            ),
            Limit(
                "no source samples: scratch",
                lambda target_energy, **_: target_energy,
                ({"n_source": 0, "dim": 8, "source_noise_variance": 0.5, **SOURCE},),
            ),
            Limit(
                "target = source: the risk of the source fit itself",
                lambda n_source: min_norm_risk(n_source, 9, 1.0, 0.3),
                grid(n_source=[0, 3, 7, 8, 9, 10, 11, 30]),
                given={
                    "dim": 9,
                    "source_energy": 1.0,
                    "cross_energy": 1.0,
                    "target_energy": 1.0,
                    "source_noise_variance": 0.3,
                },
            ),
        ),
        sample=any_source,
        experiments=(
            Experiment(distance_to_target, grid(n_source=[3, 4, 13], dim=8, source_noise_variance=0.3, **SOURCE)),
        ),
        mutants=(
            Mutant(
                "|n_S − d| for |n_S − d| − 1",
                lambda n_source, dim, source_energy, cross_energy, target_energy, source_noise_variance: (
                    target_energy
                    + min(n_source, dim) / dim * (source_energy - 2 * cross_energy)
                    + source_noise_variance * min(n_source, dim) / abs(n_source - dim)
                ),
            ),
            dropped("source_noise_variance"),
            scaled(cross_energy=0.5),
            swapped("source_energy", "target_energy"),
        ),
    ),
    Theorem(
        name="finite-source-fine-tuning",
        kind="exact",
        statement="E R = (1−n/d)₊ E‖θ_T−ŵ_S‖² + σ² n/(d−n−1), or σ² d/(n−d−1) for n ≥ d+2",
        formula=finite_source_risk,
        source="follows from min-norm-risk and finite-source-displacement by substitution; d → ∞: Tahir, Ganguli & Rotskoff (2025), eqs. 22–23",
        follows=("min-norm-risk", "finite-source-displacement"),
        see=("tahir2024",),
        domain="Σ_S = Σ = I, every n, n_S ≥ 0; inf where |n − d| ≤ 1, σ > 0, and if n < d where |n_S − d| ≤ 1, σ_S > 0",
        derivation="derivations.linear.finite_source.finite_source_fine_tuning",
        limits=(
            Limit(
                "no source samples: scratch",
                lambda n, dim, target_energy, noise_variance, **_: min_norm_risk(n, dim, target_energy, noise_variance),
                grid(n=[0, 4, 8, 12], n_source=0, dim=8, noise_variance=0.1, source_noise_variance=0.5, **SOURCE),
            ),
            Limit(
                "a ruined source does not matter once n ≥ d",
                lambda n, dim, noise_variance, **_: min_norm_risk(n, dim, 0.0, noise_variance),
                grid(n=[8, 9, 10, 20], n_source=8, dim=8, noise_variance=0.1, source_noise_variance=0.5, **SOURCE),
            ),
            Limit(
                "a source set of about d noisy samples: fine-tuning always loses",
                math.inf,
                grid(n=3, n_source=[7, 8, 9], dim=8, noise_variance=0.0, source_noise_variance=0.5, **SOURCE),
            ),
        ),
        sample=any_source_and_target,
        experiments=(
            Experiment(
                fine_tuning,
                tuple(
                    {
                        "n": n,
                        "n_source": n_source,
                        "dim": 9,
                        "noise_variance": 0.2,
                        "source_noise_variance": 0.3,
                        **SOURCE,
                    }
                    for n, n_source in ((4, 3), (3, 14))
                ),
            ),
        ),
        mutants=(
            Mutant(
                "perfect source",
                lambda n, dim, source_energy, cross_energy, target_energy, noise_variance: min_norm_risk(
                    n, dim, target_energy - 2 * cross_energy + source_energy, noise_variance
                ),
            ),
            swapped("n", "n_source"),
            swapped("noise_variance", "source_noise_variance"),
        ),
    ),
    Theorem(
        name="source-feature-transfer",
        kind="exact",
        statement="E R = E u + (σ²+E u)/(n−2), E u = e(1−EA) + (t²−e)(1 − (1−EA)/(d−1)), A = cos²(ŵ_S, θ_S)",
        formula=source_feature_risk,
        source="follows from frozen-features-risk and source-feature-alignment by substitution (r = 1)",
        follows=("frozen-features-risk", "source-feature-alignment"),
        domain="Σ_S = Σ = I, every n_S ≥ 0, d ≥ 1, n ≥ 0; inf at n = 1, 2; one output",
        derivation="derivations.linear.finite_source.source_feature_transfer",
        limits=(
            Limit(
                "a perfect source: linear transfer on θ_S",
                lambda n: frozen_features_risk(n, 1, 0.81 / 1.44, 1 - 0.81 / 1.44, 0.2),
                grid(n=[0, 1, 3, 20]),
                given={
                    "n_source": 64,
                    "dim": 8,
                    "source_energy": 1.44,
                    "cross_energy": 0.9,
                    "target_energy": 1.0,
                    "noise_variance": 0.2,
                    "source_noise_variance": 0.0,
                },
            ),
            Limit(
                "no source samples: nothing is learnt",
                lambda target_energy, **_: target_energy,
                grid(n=[0, 1, 9], n_source=0, dim=8, noise_variance=0.1, source_noise_variance=0.5, **SOURCE),
            ),
            Limit(
                "a source of pure noise: one random feature",
                lambda n: frozen_features_risk(n, 1, 1 / 8, 7 / 8, 0.2),
                ({"n": 4}, {"n": 30}),
                given={
                    "n_source": 5,
                    "dim": 8,
                    "source_energy": 0.0,
                    "cross_energy": 0.0,
                    "target_energy": 1.0,
                    "noise_variance": 0.2,
                    "source_noise_variance": 0.3,
                },
            ),
            Limit(
                "the limit n, n_S, d → ∞: E A by its limit",
                lambda gamma_source: 1 - 0.81 / 1.44 * source_cosine_squared_limit(gamma_source, 0.3 / 1.44),
                ({"gamma_source": 0.5}, {"gamma_source": 3.0}),
                rtol=1e-6,
                left=lambda formula, gamma_source: formula(
                    10**8, round(gamma_source * 1e8), 10**8, 1.44, 0.9, 1.0, 0.2, 0.3
                ),
            ),
        ),
        sample=any_source_and_target,
        experiments=(
            Experiment(
                linear_transfer,
                grid(n=6, n_source=[3, 6, 9], dim=6, noise_variance=0.2, source_noise_variance=0.5, **SOURCE),
            ),
        ),
        mutants=(
            Mutant(
                "perfect source",
                lambda n, source_energy, cross_energy, target_energy, noise_variance: frozen_features_risk(
                    n,
                    1,
                    cross_energy**2 / source_energy,
                    target_energy - cross_energy**2 / source_energy,
                    noise_variance,
                ),
            ),
            Mutant("off the source teacher nothing is explained", _without_aside),
            scaled(source_energy=0.25),
        ),
    ),
    Theorem(
        name="finite-source-transferability",
        kind="exact",
        statement="E T = (1−n/d)₊(t² − E‖θ_T−ŵ_S‖²)",
        formula=finite_source_transferability,
        source="follows from min-norm-risk and finite-source-fine-tuning by substitution (their difference); d → ∞: Tahir, Ganguli & Rotskoff (2025), eq. 22",
        follows=("min-norm-risk", "finite-source-fine-tuning"),
        see=("tahir2024",),
        domain="Σ_S = Σ = I, scratch on the same target set, every n, n_S ≥ 0; −inf if n < d where |n_S − d| ≤ 1, σ_S > 0",
        derivation="derivations.linear.finite_source.finite_source_transferability",
        limits=(
            Limit(
                "it is the difference of the two mean risks, whatever the noise",
                lambda n, dim, target_energy, **others: (
                    min_norm_risk(n, dim, target_energy, 0.4)
                    - finite_source_risk(n, dim=dim, target_energy=target_energy, noise_variance=0.4, **others)
                ),
                grid(n=[0, 3, 6, 11, 20], n_source=[0, 3, 6, 12], **_FITTED),
            ),
            Limit(
                "a perfect source: paired transferability",
                lambda n, dim, source_energy, cross_energy, **_: fine_tuning_transferability(
                    n, dim, source_energy, cross_energy
                ),
                grid(n=[0, 3, 7, 8, 9], n_source=64, **(_FITTED | {"source_noise_variance": 0.0})),
            ),
            Limit("no source samples: nothing is gained", 0.0, grid(n=[0, 3, 9], n_source=0, **_FITTED)),
            Limit(
                "n ≥ d: the source is forgotten, a ruined one too", 0.0, grid(n=[8, 9, 30], n_source=[3, 8], **_FITTED)
            ),
            Limit(
                "a source set of about d noisy samples: fine-tuning always loses",
                -math.inf,
                grid(n=[0, 3, 7], n_source=[7, 8, 9], **_FITTED),
            ),
        ),
        sample=_without_noise,
        experiments=(
            Experiment(
                fine_tuning_gains,
                tuple(
                    {"n": n, "n_source": n_source, "dim": 9, "source_noise_variance": 0.3, **SOURCE}
                    for n, n_source in ((4, 3), (3, 14), (7, 5))
                ),
                unit=_scratch,
            ),
        ),
        mutants=(
            Mutant(
                "perfect source",
                lambda n, dim, source_energy, cross_energy: fine_tuning_transferability(
                    n, dim, source_energy, cross_energy
                ),
            ),
            swapped("n", "n_source"),
            dropped("source_noise_variance"),
            scaled(cross_energy=0.5),
        ),
    ),
)
