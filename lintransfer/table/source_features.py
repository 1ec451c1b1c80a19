"""Rows: linear transfer on the feature that a fitted source provides."""

from __future__ import annotations

import math

from lintransfer.table.mutants import dropped, instead, scaled
from lintransfer.table.points import asymptotic, grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.table.source_experiments import (
    SOURCE,
    any_source_and_target,
    linear_transfer,
    squared_cosines,
    squared_cosines_at_ratio,
)
from lintransfer.theory.finite_source import source_feature_risk
from lintransfer.theory.frozen_features import frozen_features_risk
from lintransfer.theory.source_cosine import source_cosine_squared, source_cosine_squared_limit


def _without_dim(dim: int, **point: float) -> dict[str, float]:
    return point


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
        name="source-feature-alignment",
        kind="exact",
        statement="E cos²(ŵ_S, θ_S) = [1 + (m−1)(1−F)]/d, F = ₂F₁((|d−n_S|+1)/2, 1; d/2+1; −s²/σ_S²), m = min(n_S, d)",
        formula=source_cosine_squared,
        source="not found in the literature (searched 2026-11-27)",
        domain="Σ_S = I, every n_S ≥ 1 and d ≥ 1, any relative noise σ_S²/s²",
        derivation="derivations.finite_source.source_cosine",
        limits=(
            Limit(
                "no noise: the share of directions seen",
                lambda n_source, dim, relative_noise: min(n_source / dim, 1.0),
                grid(n_source=[1, 4, 8, 9, 20], dim=9, relative_noise=0.0),
            ),
            Limit(
                "nothing but noise, or a single sample: a random direction",
                lambda n_source, dim, relative_noise: 1 / dim,
                (
                    {"n_source": 6, "dim": 9, "relative_noise": math.inf},
                    {"n_source": 1, "dim": 9, "relative_noise": 0.4},
                    {"n_source": 7, "dim": 1, "relative_noise": 0.4},
                ),
            ),
        ),
        box={"n_source": (1, 3000), "dim": (2, 1000), "relative_noise": (1e-6, 1e4)},
        experiments=(
            Experiment(
                squared_cosines,
                tuple(
                    {"n_source": n, "dim": d, "relative_noise": noise}
                    for n, d, noise in ((3, 6, 0.5), (6, 6, 0.3), (8, 5, 2.0))
                ),
            ),
        ),
        mutants=(
            Mutant(
                "the limit at finite size",
                lambda n_source, dim, relative_noise: source_cosine_squared_limit(n_source / dim, relative_noise),
            ),
            Mutant("σ_S for σ_S²", instead(relative_noise=lambda relative_noise: relative_noise**0.5)),
            dropped("relative_noise"),
        ),
    ),
    Theorem(
        name="source-feature-alignment-limit",
        kind="asymptotic",
        statement="E cos²(ŵ_S, θ_S) → min(γ_S, 1)|1−γ_S|/(|1−γ_S| + σ_S²/s²)",
        formula=source_cosine_squared_limit,
        source="follows from fitted-source by substitution (squared cosine (ŵ_S·θ_S)²/(s²W)); the replica overlap m²/q of min-norm regression",
        follows=("fitted-source",),
        domain="limit n_S, d → ∞ at γ_S = n_S/d ≠ 1, Σ_S = I; at γ_S = 1 noise destroys the feature",
        derivation="derivations.finite_source.source_cosine_limit",
        limits=(
            Limit(
                "the exact mean at d = 10⁸",
                lambda gamma_source, relative_noise: source_cosine_squared(
                    round(gamma_source * 1e8), 10**8, relative_noise
                ),
                grid(gamma_source=[0.25, 0.75, 1.5, 40.0], relative_noise=0.3),
                rtol=1e-6,
            ),
            Limit("at γ_S = 1 the feature is destroyed", 0.0, ({"gamma_source": 1.0, "relative_noise": 1e-9},)),
        ),
        box={"gamma_source": (0.01, 10.0), "relative_noise": (0.0, 4.0)},
        experiments=(
            asymptotic(
                squared_cosines_at_ratio,
                grid(dim=[10, 20, 40], gamma_source=0.5, relative_noise=0.4),
                2,
                4000,
                0.05,
                _without_dim,
            ),
            asymptotic(
                squared_cosines_at_ratio,
                grid(dim=[10, 20, 40], gamma_source=1.5, relative_noise=0.4),
                2,
                4000,
                0.05,
                _without_dim,
            ),
        ),
        mutants=(
            Mutant(
                "min(γ_S, 1) dropped",
                lambda gamma_source, relative_noise: abs(1 - gamma_source) / (abs(1 - gamma_source) + relative_noise),
            ),
            dropped("relative_noise"),
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
        derivation="derivations.finite_source.source_feature_risk",
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
                    n, 1, cross_energy**2 / source_energy, target_energy - cross_energy**2 / source_energy,
                    noise_variance,
                ),
            ),
            Mutant("off the source teacher nothing is explained", _without_aside),
            scaled(source_energy=0.25),
        ),
    ),
)
