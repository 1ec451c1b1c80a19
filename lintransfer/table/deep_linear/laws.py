"""Rows: the law of the risk of deep fine-tuning at any finite size."""

from __future__ import annotations

from lintransfer.experiments.deep_linear.trainings import gains, risks
from lintransfer.table.deep_linear.moments import AWAY, NEAR, POINT
from lintransfer.table.mutants import dropped, instead, moved
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Theorem
from lintransfer.theory.deep_linear.laws import deep_risk_law, deep_transferability_law
from lintransfer.theory.linear.isotropic import fine_tuning_transferability, min_norm_risk
from lintransfer.theory.linear.laws import transferability_law_of_fine_tuning

ROWS = (
    Theorem(
        name="deep-risk-law",
        slow=True,
        kind="law",
        statement="R = (θ_T−ρθ_S)ᵀM(θ_T−ρθ_S) + V: a map of six independent scalars (three Betas, two χ², one angle)",
        formula=deep_risk_law,
        source="not found in the literature (searched 2026-11-27)",
        domain="Σ = I, every 1 ≤ n < d and real depth, noise included; n ≥ d: least squares",
        derivation=None,
        limits=(
            Limit(
                "one layer: mean of linear fine-tuning, within its sampling error",
                lambda n: min_norm_risk(n, 12, 1.96, 0.3),
                ({"n": 0}, {"n": 4}, {"n": 7}, {"n": 17}),
                rtol=0.01,
                left=lambda formula, n: formula(n, 12, 1, **POINT, noise_variance=0.3).mean(),
            ),
        ),
        sample=lambda rng: {"n": 3, "dim": 8, "depth": float(rng.uniform(1, 5)), **POINT, "noise_variance": 0.2},
        experiments=(
            Experiment(
                risks,
                (
                    {"n": 4, "dim": 8, "depth": 2, **POINT, "noise_variance": 0.3},
                    {"n": 3, "dim": 7, "depth": 3, **AWAY, "noise_variance": 0.0},
                    {"n": 1, "dim": 4, "depth": 2, **NEAR, "noise_variance": 0.5},
                ),
                "law",
                1200,
                0.08,
            ),
        ),
        mutants=(
            instead(depth=1),
            dropped("noise_variance"),
            moved(n=-1),
        ),
    ),
    Theorem(
        name="deep-transferability-law",
        slow=True,
        kind="law",
        statement="T = θ_TᵀMθ_T − (θ_T−ρθ_S)ᵀM(θ_T−ρθ_S): a map of the six scalars of deep-risk-law; noise enters through ρ alone",
        formula=deep_transferability_law,
        source="follows from deep-risk-law by substitution (the risk of min-norm scratch is a map of the same scalars)",
        follows=("deep-risk-law",),
        domain="as deep-risk-law, against min-norm scratch on the same data; n ≥ d: zero",
        derivation=None,
        limits=(
            Limit(
                "one layer: mean of linear transferability, within its sampling error",
                lambda n: fine_tuning_transferability(n, 12, 1.0, 0.8),
                ({"n": 0}, {"n": 4}, {"n": 7}, {"n": 12}, {"n": 17}),
                rtol=0.01,
                left=lambda formula, n: formula(n, 12, 1, **POINT, noise_variance=0.3).mean(),
            ),
            Limit(
                "one layer: its law, within its sampling error",
                lambda n, share: transferability_law_of_fine_tuning(n, 12, 1.0, 0.8, 2.56).ppf(share),
                grid(n=[4, 7], share=[0.1, 0.5, 0.9]),
                rtol=0.02,
                left=lambda formula, n, share: formula(n, 12, 1, **POINT, noise_variance=0.3).ppf(share),
            ),
        ),
        sample=lambda rng: {"n": 3, "dim": 8, "depth": float(rng.uniform(1, 5)), **POINT, "noise_variance": 0.2},
        experiments=(
            Experiment(
                gains,
                (
                    {"n": 4, "dim": 8, "depth": 2, **POINT, "noise_variance": 0.3},
                    {"n": 3, "dim": 7, "depth": 3, **AWAY, "noise_variance": 0.0},
                    {"n": 1, "dim": 4, "depth": 2, **NEAR, "noise_variance": 0.5},
                ),
                "law",
                1200,
                0.08,
            ),
        ),
        mutants=(
            instead(depth=1),
            dropped("noise_variance"),
            moved(n=-1),
        ),
    ),
)
