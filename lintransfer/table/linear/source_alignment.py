"""Rows: how well a fitted source points along its teacher."""

from __future__ import annotations

import math

from lintransfer.experiments.linear.source import squared_cosines, squared_cosines_at_ratio
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.points import asymptotic, grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.source_alignment import source_cosine_squared, source_cosine_squared_limit


def _without_dim(dim: int, **point: float) -> dict[str, float]:
    return point


ROWS = (
    Theorem(
        name="source-feature-alignment",
        kind="exact",
        statement="E cos²(ŵ_S, θ_S) = [1 + (m−1)(1−F)]/d, F = ₂F₁((|d−n_S|+1)/2, 1; d/2+1; −s²/σ_S²), m = min(n_S, d)",
        formula=source_cosine_squared,
        source="not found in the literature (searched 2026-11-27)",
        domain="Σ_S = I, every n_S ≥ 1 and d ≥ 1, any relative noise σ_S²/s²",
        derivation="derivations.linear.source_alignment.source_feature_alignment",
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
        derivation="derivations.linear.source_alignment.source_feature_alignment_limit",
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
)
