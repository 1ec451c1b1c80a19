"""Rows: exact moments of the risk of deep fine-tuning at any finite size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.moments import blocks
from lintransfer.experiments.deep_linear.trainings import energies, gains, risks
from lintransfer.table.mutants import dropped
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import moments
from lintransfer.theory.deep_linear import risk as formulas
from lintransfer.theory.deep_linear.nodes import noisy_nodes
from lintransfer.theory.linear.isotropic import fine_tuning_transferability, min_norm_risk, min_norm_risk_variance

POINT: dict[str, Any] = {"source_energy": 1.0, "cross_energy": 0.8, "target_energy": 2.56}
AWAY, NEAR = energies(1.0, 2.0, 0.3), energies(2.0, 1.0, 0.9)


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    return {"n": int(rng.integers(1, 9)), "dim": 9, "depth": float(rng.uniform(1, 9)), **POINT}


def _linear(right: Any) -> tuple[Limit, ...]:
    points = grid(n=range(12), dim=9, depth=1.0, noise_variance=[0.0, 0.3], **POINT)
    return (
        Limit(
            "one layer: linear fine-tuning", lambda n, noise_variance, **_: right(n, noise_variance), points, rtol=1e-10
        ),
    )


_NOISY = grid(n=[12, 20], dim=40, depth=[2.0, 3.0], noise_variance=[0.05, 0.5], **POINT)


def _five_scalars(part: str) -> Limit:
    """With noise the mean is an integral over four scalars, condensed: here over all five, of the risk itself."""

    def right(**point: Any) -> Any:
        return getattr(moments.deep_risk_moments(**point, nodes=9), part)

    return Limit("the Gauss–Jacobi product over all five scalars", right, _NOISY, rtol=1e-6)


def _without_cosine(n: Any, dim: Any, depth: Any, noise_variance: Any, **energies: Any) -> Any:
    """Risk and min-norm risk where the noise is always orthogonal to what is seen of the target."""
    weights, *block, odds, _ = noisy_nodes(int(n), dim, 8)
    args = energies["source_energy"], energies["cross_energy"], energies["target_energy"]
    parts = moments.risk_from_scalars(depth, *args, moments.seen_block(*block), noise_variance * odds)
    return weights @ parts.risk, weights @ parts.scratch


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
_NOISY_TRAININGS: tuple[dict[str, Any], ...] = (
    {"n": 3, "dim": 12, "depth": 3, "noise_variance": 0.5, **AWAY},
    {"n": 4, "dim": 13, "depth": 2, "noise_variance": 1.0, **NEAR},
)


def _kept_noise(n: Any, dim: Any, noise_variance: Any) -> Any:
    return min_norm_risk(n, dim, 0.0, noise_variance)


ROWS = (
    Theorem(
        name="deep-mean-risk",
        slow=True,
        kind="exact",
        statement="E R: quadrature over (P_11, Schur complement, z), and with noise (V, x), refined until it has converged",
        formula=moments.deep_mean_risk,
        source="not found in the literature (searched 2026-11-27)",
        domain="Σ = I, every n and d, real depth; L = ∞ needs n ≥ 3; inf at n = d − 1 with noise",
        covers="σ = 0",
        derivation="derivations.deep_linear.moments.deep_mean_risk",
        limits=(
            *_linear(lambda n, noise: min_norm_risk(n, 9, 1.96, noise)),
            _five_scalars("mean"),
            Limit(
                "large d with noise: the proportional limit",
                lambda depth: formulas.deep_fine_tuning_risk(0.4, depth, **POINT, noise_variance=0.5),
                grid(depth=[2.0, 6.0, math.inf]),
                rtol=1e-7,
                given={**POINT, "n": 4 * 10**8, "dim": 10**9, "noise_variance": 0.5},
            ),
            Limit(
                "large d: the proportional limit",
                lambda depth: formulas.deep_fine_tuning_risk(0.4, depth, **POINT),
                grid(depth=[1.5, 2.0, 6.0, math.inf]),
                rtol=1e-7,
                given={**POINT, "n": 4 * 10**8, "dim": 10**9},
            ),
        ),
        sample=_sample,
        experiments=(Experiment(risks, (*_TRAININGS, *_NOISY_TRAININGS), "mean", 4000, 0.1),),
        mutants=(
            *_mutants(moments.deep_mean_risk),
            Mutant("the closure", lambda **point: formulas.deep_fine_tuning_risk_closure(**point)),
            dropped("noise_variance"),
            Mutant(
                "noise dropped in ρ",
                lambda n, dim, noise_variance, **point: (
                    moments.deep_mean_risk(n, dim, **point) + _kept_noise(n, dim, noise_variance)
                ),
            ),
            Mutant(
                "noise dropped in V",
                lambda n, dim, noise_variance, **point: (
                    moments.deep_mean_risk(n, dim, noise_variance=noise_variance, **point)
                    - _kept_noise(n, dim, noise_variance)
                ),
            ),
            Mutant("noise orthogonal to the signal", lambda **point: _without_cosine(**point)[0]),
        ),
    ),
    Theorem(
        name="deep-risk-variance",
        slow=True,
        kind="exact",
        statement="Var R, by quadrature over the same three scalars, or five with noise",
        formula=moments.deep_risk_variance,
        source="not found in the literature (searched 2026-11-27)",
        domain="as deep-mean-risk; L = ∞ needs n ≥ 5; inf for d − 3 ≤ n < d with noise",
        covers="σ = 0",
        derivation="derivations.deep_linear.moments.deep_risk_variance",
        limits=_linear(lambda n, noise: min_norm_risk_variance(n, 9, 1.96, noise)),
        sample=_sample,
        experiments=(
            Experiment(
                risks, ({"n": 3, "dim": 7, "depth": 5, **POINT}, *_TRAININGS, *_NOISY_TRAININGS), "variance", 4000, 0.3
            ),
        ),
        mutants=(*_mutants(moments.deep_risk_variance), dropped("noise_variance")),
    ),
    Theorem(
        name="deep-mean-transferability",
        kind="exact",
        statement="E T = E(2ρ θ_SᵀQθ_T − ρ²‖Qθ_S‖²) against min-norm scratch, by the same quadrature; noise enters ρ alone",
        formula=moments.deep_mean_transferability,
        source="not found in the literature (searched 2026-11-27)",
        domain="as deep-mean-risk; finite at n = d − 1 unless L = ∞",
        covers="σ = 0",
        derivation="derivations.deep_linear.moments.deep_mean_transferability",
        limits=(
            *_linear(lambda n, noise: fine_tuning_transferability(n, 9, 1.0, 0.8)),
            _five_scalars("transferability"),
        ),
        sample=_sample,
        experiments=(
            Experiment(
                gains, ({"n": 3, "dim": 7, "depth": 3, **AWAY}, _TRAININGS[1], *_NOISY_TRAININGS), "mean", 6000, 0.6
            ),
        ),
        mutants=(
            *_mutants(moments.deep_mean_transferability),
            Mutant("noise dropped in ρ", dropped("noise_variance").of(moments.deep_mean_transferability)),
            Mutant("noise orthogonal to the signal", lambda **point: -np.subtract(*_without_cosine(**point))),
        ),
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
