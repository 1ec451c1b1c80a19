"""Rows: exact law and moments of the risk of deep fine-tuning at any finite size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.laws import transferability_law_of_fine_tuning
from lintransfer.laws.deep_fine_tuning import deep_risk_law, deep_transferability_law
from lintransfer.table.deep_experiments import energies, gains, risks
from lintransfer.table.mutants import dropped, instead, moved
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory import deep_moments as moments
from lintransfer.theory import deep_risk as formulas
from lintransfer.theory.isotropic import fine_tuning_transferability, min_norm_risk, min_norm_risk_variance

_POINT: dict[str, Any] = {"source_energy": 1.0, "cross_energy": 0.8, "target_energy": 2.56}
_AWAY, _NEAR = energies(1.0, 2.0, 0.3), energies(2.0, 1.0, 0.9)


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    return {"n": int(rng.integers(1, 9)), "dim": 9, "depth": float(rng.uniform(1, 9)), **_POINT}


def _linear(right: Any) -> tuple[Limit, ...]:
    points = grid(n=range(10), dim=9, depth=1.0, **_POINT)
    return (Limit("one layer: linear fine-tuning", lambda n, **_: right(n), points, rtol=1e-10),)


def _mutants(formula: Any) -> tuple[Mutant, ...]:
    return (
        Mutant("depth 1", lambda depth, **point: formula(depth=1, **point)),
        Mutant("n + 1 samples", lambda n, **point: formula(n=n + 1, **point)),
    )


def _blocks(rng: np.random.Generator, replicates: int, n: int, dim: int) -> tuple[Any, dict[str, Any]]:
    """Blocks of actual projectors, and the numbers that they should be made of."""
    design = rng.standard_normal((replicates, n, dim))
    plane = (np.linalg.pinv(design) @ design)[:, :2, :2]
    first, cross, aside = plane[:, 0, 0], plane[:, 0, 1], plane[:, 1, 1]
    second = np.maximum(np.linalg.det(plane) / first, 0.0) if n > 1 else 0 * first
    unseen = np.sqrt(np.linalg.det(np.eye(2) - plane))
    angle = np.sign(cross) * np.sqrt(1 - (unseen / np.sqrt((1 - first) * (1 - second))) ** 2)
    return np.stack([first, cross, aside]), {"first": first, "second": second, "angle": angle}


_TRAININGS: tuple[dict[str, Any], ...] = (
    {"n": 3, "dim": 7, "depth": 2, **_AWAY},
    {"n": 3, "dim": 7, "depth": 3, **_NEAR},
    {"n": 1, "dim": 3, "depth": 2, **_POINT},
)


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
                left=lambda formula, n: formula(n, 12, 1, **_POINT, noise_variance=0.3).mean(),
            ),
        ),
        sample=lambda rng: {"n": 3, "dim": 8, "depth": float(rng.uniform(1, 5)), **_POINT, "noise_variance": 0.2},
        experiments=(
            Experiment(
                risks,
                (
                    {"n": 4, "dim": 8, "depth": 2, **_POINT, "noise_variance": 0.3},
                    {"n": 3, "dim": 7, "depth": 3, **_AWAY, "noise_variance": 0.0},
                    {"n": 1, "dim": 4, "depth": 2, **_NEAR, "noise_variance": 0.5},
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
                left=lambda formula, n: formula(n, 12, 1, **_POINT, noise_variance=0.3).mean(),
            ),
            Limit(
                "one layer: its law, within its sampling error",
                lambda n, share: transferability_law_of_fine_tuning(n, 12, 1.0, 0.8, 2.56).ppf(share),
                grid(n=[4, 7], share=[0.1, 0.5, 0.9]),
                rtol=0.02,
                left=lambda formula, n, share: formula(n, 12, 1, **_POINT, noise_variance=0.3).ppf(share),
            ),
        ),
        sample=lambda rng: {"n": 3, "dim": 8, "depth": float(rng.uniform(1, 5)), **_POINT, "noise_variance": 0.2},
        experiments=(
            Experiment(
                gains,
                (
                    {"n": 4, "dim": 8, "depth": 2, **_POINT, "noise_variance": 0.3},
                    {"n": 3, "dim": 7, "depth": 3, **_AWAY, "noise_variance": 0.0},
                    {"n": 1, "dim": 4, "depth": 2, **_NEAR, "noise_variance": 0.5},
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
        name="deep-mean-risk",
        slow=True,
        kind="exact",
        statement="E R without noise: quadrature over (P_11, Schur complement, z), refined until it has converged",
        formula=moments.deep_mean_risk,
        source="not found in the literature (searched 2026-11-27)",
        domain="Σ = I, σ = 0, every n and d, real depth; L = ∞ needs n ≥ 3",
        derivation="derivations.deep_linear.deep_mean",
        limits=(
            *_linear(lambda n: min_norm_risk(n, 9, 1.96, 0.0)),
            Limit(
                "large d: the proportional limit",
                lambda depth: formulas.deep_fine_tuning_risk(0.4, depth, **_POINT),
                grid(depth=[1.5, 2.0, 6.0, math.inf]),
                rtol=1e-7,
                given={**_POINT, "n": 4 * 10**8, "dim": 10**9},
            ),
        ),
        sample=_sample,
        experiments=(Experiment(risks, _TRAININGS, "mean", 4000, 0.1),),
        mutants=(
            *_mutants(moments.deep_mean_risk),
            Mutant("the closure", lambda **point: formulas.deep_fine_tuning_risk_closure(**point)),
        ),
    ),
    Theorem(
        name="deep-risk-variance",
        slow=True,
        kind="exact",
        statement="Var R without noise, by the same quadrature",
        formula=moments.deep_risk_variance,
        source="not found in the literature (searched 2026-11-27)",
        domain="as deep-mean-risk; L = ∞ needs n ≥ 5",
        derivation="derivations.deep_linear.deep_variance",
        limits=_linear(lambda n: min_norm_risk_variance(n, 9, 1.96, 0.0)),
        sample=_sample,
        experiments=(Experiment(risks, ({"n": 3, "dim": 7, "depth": 5, **_POINT}, *_TRAININGS), "variance", 4000, 0.3),),
        mutants=_mutants(moments.deep_risk_variance),
    ),
    Theorem(
        name="deep-mean-transferability",
        kind="exact",
        statement="E T against min-norm scratch without noise, by the same quadrature",
        formula=moments.deep_mean_transferability,
        source="not found in the literature (searched 2026-11-27)",
        domain="as deep-mean-risk",
        derivation="derivations.deep_linear.deep_gain",
        limits=_linear(lambda n: fine_tuning_transferability(n, 9, 1.0, 0.8)),
        sample=_sample,
        experiments=(Experiment(gains, ({"n": 3, "dim": 7, "depth": 3, **_AWAY}, _TRAININGS[1]), "mean", 6000, 0.6),),
        mutants=_mutants(moments.deep_mean_transferability),
    ),
    Theorem(
        name="seen-block",
        kind="law",
        statement="P on the plane of the teachers: P_12 = z√(P_11(1−P_11)(1−r)), P_22 = r + z²(1−P_11)(1−r)",
        formula=moments.seen_block,
        source="follows from Muirhead (1982) by substitution (two coordinates of a matrix-Beta projector)",
        follows=("muirhead1982",),
        domain="Σ = I, 1 ≤ n < d; P_11 ~ Beta(n/2, (d−n)/2), r ~ Beta((n−1)/2, (d−n)/2), z a coordinate on S^{d−n−1}",
        derivation="derivations.deep_linear.seen_block",
        limits=(
            Limit(
                "a vector that is wholly seen is orthogonal to the null space",
                0.0,
                ({"second": 0.4},),
                left=lambda formula, second: formula(1.0, second, 0.7).cross,
            ),
        ),
        box={"first": (0.01, 0.99), "second": (0.01, 0.99), "angle": (-1.0, 1.0)},
        experiments=(Experiment(_blocks, ({"n": 3, "dim": 7}, {"n": 1, "dim": 4}), "identity", 20),),
        mutants=(
            Mutant(
                "no root",
                lambda first, second, angle: moments.seen_block(first, second, angle)._replace(
                    cross=angle * first * (1 - first) * (1 - second)
                ),
            ),
        ),
    ),
)
