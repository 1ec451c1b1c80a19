"""Rows: exact moments of the risk of deep fine-tuning at any finite size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.moments import blocks
from lintransfer.experiments.deep_linear.trainings import energies, gains, risks
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import moments
from lintransfer.theory.deep_linear import risk as formulas
from lintransfer.theory.linear.isotropic import fine_tuning_transferability, min_norm_risk, min_norm_risk_variance

POINT: dict[str, Any] = {"source_energy": 1.0, "cross_energy": 0.8, "target_energy": 2.56}
AWAY, NEAR = energies(1.0, 2.0, 0.3), energies(2.0, 1.0, 0.9)


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    return {"n": int(rng.integers(1, 9)), "dim": 9, "depth": float(rng.uniform(1, 9)), **POINT}


def _linear(right: Any) -> tuple[Limit, ...]:
    points = grid(n=range(10), dim=9, depth=1.0, **POINT)
    return (Limit("one layer: linear fine-tuning", lambda n, **_: right(n), points, rtol=1e-10),)


def _mutants(formula: Any) -> tuple[Mutant, ...]:
    return (
        Mutant("depth 1", lambda depth, **point: formula(depth=1, **point)),
        Mutant("n + 1 samples", lambda n, **point: formula(n=n + 1, **point)),
    )


_TRAININGS: tuple[dict[str, Any], ...] = (
    {"n": 3, "dim": 7, "depth": 2, **AWAY},
    {"n": 3, "dim": 7, "depth": 3, **NEAR},
    {"n": 1, "dim": 3, "depth": 2, **POINT},
)


ROWS = (
    Theorem(
        name="deep-mean-risk",
        slow=True,
        kind="exact",
        statement="E R without noise: quadrature over (P_11, Schur complement, z), refined until it has converged",
        formula=moments.deep_mean_risk,
        source="not found in the literature (searched 2026-11-27)",
        domain="Σ = I, σ = 0, every n and d, real depth; L = ∞ needs n ≥ 3",
        derivation="derivations.deep_linear.moments.deep_mean_risk",
        limits=(
            *_linear(lambda n: min_norm_risk(n, 9, 1.96, 0.0)),
            Limit(
                "large d: the proportional limit",
                lambda depth: formulas.deep_fine_tuning_risk(0.4, depth, **POINT),
                grid(depth=[1.5, 2.0, 6.0, math.inf]),
                rtol=1e-7,
                given={**POINT, "n": 4 * 10**8, "dim": 10**9},
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
        derivation="derivations.deep_linear.moments.deep_risk_variance",
        limits=_linear(lambda n: min_norm_risk_variance(n, 9, 1.96, 0.0)),
        sample=_sample,
        experiments=(Experiment(risks, ({"n": 3, "dim": 7, "depth": 5, **POINT}, *_TRAININGS), "variance", 4000, 0.3),),
        mutants=_mutants(moments.deep_risk_variance),
    ),
    Theorem(
        name="deep-mean-transferability",
        kind="exact",
        statement="E T against min-norm scratch without noise, by the same quadrature",
        formula=moments.deep_mean_transferability,
        source="not found in the literature (searched 2026-11-27)",
        domain="as deep-mean-risk",
        derivation="derivations.deep_linear.moments.deep_mean_transferability",
        limits=_linear(lambda n: fine_tuning_transferability(n, 9, 1.0, 0.8)),
        sample=_sample,
        experiments=(Experiment(gains, ({"n": 3, "dim": 7, "depth": 3, **AWAY}, _TRAININGS[1]), "mean", 6000, 0.6),),
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
        derivation="derivations.deep_linear.moments.seen_block",
        limits=(
            Limit(
                "a vector that is wholly seen is orthogonal to the null space",
                0.0,
                ({"second": 0.4},),
                left=lambda formula, second: formula(1.0, second, 0.7).cross,
            ),
        ),
        box={"first": (0.01, 0.99), "second": (0.01, 0.99), "angle": (-1.0, 1.0)},
        experiments=(Experiment(blocks, ({"n": 3, "dim": 7}, {"n": 1, "dim": 4}), "identity", 20),),
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
