"""Rows: where depth helps, where it hurts, and where the published boundary is right."""

from __future__ import annotations

import math
from typing import Any

from lintransfer.experiments.deep_linear.phases import depth_gain, gain_over_published
from lintransfer.experiments.deep_linear.trainings import energies
from lintransfer.table.mutants import dropped, instead, scaled, times
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import phases as formulas
from lintransfer.theory.deep_linear.risk import deep_fine_tuning_risk

_ENERGIES = {"source_energy": (0.1, 4.0), "cross_energy": (-0.5, 0.5), "target_energy": (0.1, 4.0)}
_AWAY = energies(1.0, 2.0, 0.3)
_FAR = energies(1.0, 2.0, 0.9)
_DEEP = {"gamma": (0.01, 0.95), "depth": (1.0, 50.0), "source_energy": (0.1, 4.0)}


def _ordered(formula: Any, depth: float) -> bool:
    """Whether the risk at the optimal depth is below that at two other depths."""
    best = float(formula(0.5, **_FAR))
    risk = [float(deep_fine_tuning_risk(0.5, L, **_FAR)) for L in (best, best * depth, best / depth)]
    return risk[0] == min(risk)


ROWS = (
    Theorem(
        name="deep-critical-overlap",
        slow=True,
        kind="asymptotic",
        statement="deep fine-tuning beats min-norm scratch iff c > c* = ρs/(2t)",
        formula=formulas.critical_overlap,
        source="follows from deep-transferability by substitution (its sign); Tahir, Ganguli & Rotskoff (2025) have c* = s/(2t)",
        follows=("deep-transferability",),
        see=("tahir2024",),
        domain="as deep-fine-tuning-risk, 0 ≤ γ < 1",
        derivation="derivations.deep_linear.phases.deep_critical_overlap",
        limits=(
            Limit("one layer: s/(2t)", 0.25, ({"gamma": 0.4, "depth": 1, "source_energy": 1.0, "target_energy": 4.0},)),
            Limit(
                "infinite depth, no noise: one half, whatever the norms",
                0.5,
                grid(gamma=0.4, depth=math.inf, source_energy=[0.01, 9.0], target_energy=4.0),
            ),
        ),
        box={**_DEEP, "target_energy": (0.1, 4.0), "noise_variance": (0.0, 1.0)},
        mutants=(
            Mutant("ρ = 1", instead(depth=1)),
            Mutant(
                "ρ² for ρ",
                lambda gamma, depth, source_energy, target_energy, noise_variance: (
                    2
                    * (target_energy / source_energy) ** 0.5
                    * formulas.critical_overlap(gamma, depth, source_energy, target_energy, noise_variance) ** 2
                ),
            ),
        ),
    ),
    Theorem(
        name="published-error",
        slow=True,
        kind="asymptotic",
        statement="T − (1−γ)(2stc − s²) = (1−γ)(ρ−1)(2stc − (ρ+1)s²): zero iff ρ = 1 or ρ = 2tc/s − 1",
        formula=formulas.published_error,
        source="follows from deep-transferability and paired-transferability by substitution; a correction of Tahir, Ganguli & Rotskoff (2025), eq. 15, for L ≥ 2",
        follows=("deep-transferability", "paired-transferability"),
        see=("tahir2024",),
        domain="as deep-transferability; ρ = 1 iff L = 1 or s² = t² + σ²/(1−γ)",
        derivation="derivations.deep_linear.phases.published_error",
        limits=(
            Limit(
                "right for L = 1, for s = t without noise, and for n ≥ d",
                0.0,
                (
                    {"gamma": 0.5, "depth": 1, **_AWAY},
                    {"gamma": 0.5, "depth": 3, **energies(1.5, 1.5, 0.2)},
                    {"gamma": 1.5, "depth": 3, **_AWAY},
                ),
            ),
        ),
        box={**_DEEP, "cross_energy": (-0.5, 0.5), "target_energy": (0.1, 4.0), "noise_variance": (0.0, 1.0)},
        experiments=(
            asymptotic(
                gain_over_published,
                growing(n=5, dim=10, depth=2, **_AWAY),
                8,
                1500,
                0.5,
                lambda n, dim, **others: {"gamma": n / dim, **others},
            ),
            asymptotic(
                gain_over_published,
                growing(n=5, dim=10, depth=2, **energies(2.0, 1.0, 0.9)),
                8,
                1000,
                0.5,
                lambda n, dim, **others: {"gamma": n / dim, **others},
            ),
        ),
        mutants=(
            Mutant("no error", lambda: 0.0),
            times(-1),
        ),
    ),
    Theorem(
        name="optimal-depth",
        kind="asymptotic",
        statement="L* = ln ν*/(ln ν* − ln τc), ν*² = γτ² + σ²γ/((1−γ)s²) + (1−γ)τ²c²; ∞ if τ_σ ≤ 1, 1 if τ_σ > 1 ≥ τc",
        formula=formulas.optimal_depth,
        source="not found in the literature (searched 2026-11-27)",
        domain="as deep-fine-tuning-risk, 0 < γ < 1",
        derivation="derivations.deep_linear.phases.optimal_depth",
        limits=(
            Limit(
                "it keeps ρ = τc, and the risk there is (1−γ)t²(1−c²)",
                lambda c: 0.5 * 4.0 * (1 - c * c),
                grid(c=[0.55, 0.7, 0.9]),
                rtol=1e-9,
                left=lambda formula, c: deep_fine_tuning_risk(
                    0.5, formula(0.5, **energies(1.0, 2.0, c)), **energies(1.0, 2.0, c)
                ),
            ),
            Limit("no other depth is better", True, grid(depth=[1.01, 1.2, 3.0]), left=_ordered),
            Limit(
                "large sources want infinite depth, τc ≤ 1 < τ one layer",
                lambda s, c: 0.0 if s >= 2 else 1.0,
                ({"s": 3.0, "c": 0.5}, {"s": 2.0, "c": 0.1}, {"s": 1.0, "c": 0.4}, {"s": 1.0, "c": -0.4}),
                left=lambda formula, s, c: 1 / formula(0.5, **energies(s, 2.0, c)),
            ),
        ),
        box={
            "gamma": (0.01, 0.99),
            "source_energy": (0.2, 1.0),
            "cross_energy": (0.1, 0.45),
            "target_energy": (1.0, 4.0),
            "noise_variance": (0.0, 1.0),
        },
        mutants=(
            Mutant("1 − 1/L for 1/L", lambda **point: 1 / (1 - 1 / formulas.optimal_depth(**point))),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="infinite-depth-gain",
        kind="asymptotic",
        statement="infinite depth beats one layer iff (1−τ)(1+τ−2τc) > 0, whatever γ",
        formula=formulas.infinite_depth_gain,
        source="follows from deep-fine-tuning-risk by substitution (L = 1 and L = ∞, σ = 0)",
        follows=("deep-fine-tuning-risk",),
        domain="as deep-fine-tuning-risk, no noise, 0 < γ < 1",
        derivation="derivations.deep_linear.phases.infinite_depth_gain",
        limits=(
            Limit("equal norms: no difference", 0.0, (energies(1.5, 1.5, 0.3),)),
            Limit(
                "from the risks",
                lambda gamma, **point: (
                    (deep_fine_tuning_risk(gamma, 1, **point) - deep_fine_tuning_risk(gamma, math.inf, **point))
                    / ((1 - gamma) * point["source_energy"])
                ),
                grid(gamma=[0.1, 0.9], **_AWAY),
                left=lambda formula, gamma, **point: formula(**point),
            ),
        ),
        box=_ENERGIES,
        experiments=(
            asymptotic(
                depth_gain,
                growing("depth", by=(1, 2), n=6, dim=12, depth=30.0, **energies(2.0, 1.0, 0.3)),
                8,
                1000,
                0.5,
                lambda source_energy, cross_energy, target_energy, **_: {
                    "source_energy": source_energy,
                    "cross_energy": cross_energy,
                    "target_energy": target_energy,
                },
            ),
        ),
        mutants=(Mutant("τc for 2τc", scaled(cross_energy=0.5)),),
    ),
    Theorem(
        name="norm-curve",
        kind="asymptotic",
        statement="γ(ν) = (ν² − ν^e)/(τ² − ν^e), e = 2 − 2/L: sample complexity without root finding",
        formula=formulas.gamma_of_norm,
        source="follows from norm-ratio by substitution (mean fractions, solved for γ)",
        follows=("norm-ratio",),
        domain="no noise, finite L, τ ≠ 1, ν between 1 and τ",
        derivation="derivations.deep_linear.phases.norm_curve",
        limits=(
            Limit(
                "from no data to n = d",
                lambda norm_ratio, **_: 0.0 if norm_ratio == 1 else 1.0,
                grid(norm_ratio=[1.0, 2.0], depth=3, source_energy=1.0, target_energy=4.0),
            ),
        ),
        box={"norm_ratio": (1.01, 1.4), "depth": (1.0, 50.0), "source_energy": (0.5, 1.0), "target_energy": (2.0, 4.0)},
        mutants=(Mutant("exponent 1 − 1/L", instead(depth=lambda depth: 2 * depth / (depth + 1))),),
    ),
    Theorem(
        name="norm-curve-risk",
        kind="asymptotic",
        statement="R(ν) = (1−γ(ν))(t² − 2ν^{e/2}stc + ν^e s²)",
        formula=formulas.risk_of_norm,
        source="follows from deep-fine-tuning-risk and norm-curve by substitution",
        follows=("deep-fine-tuning-risk", "norm-curve"),
        domain="as norm-curve",
        derivation="derivations.deep_linear.phases.norm_curve_risk",
        limits=(
            Limit(
                "on the curve it is the risk",
                lambda norm_ratio, depth, **point: deep_fine_tuning_risk(
                    formulas.gamma_of_norm(norm_ratio, depth, point["source_energy"], point["target_energy"]),
                    depth,
                    **point,
                ),
                grid(norm_ratio=[1.1, 1.9], depth=[1, 2, 7.0], **_AWAY),
                rtol=1e-11,
            ),
        ),
        box={
            "norm_ratio": (1.01, 1.4),
            "depth": (1.0, 50.0),
            "source_energy": (0.5, 1.0),
            "cross_energy": (-0.5, 0.5),
            "target_energy": (2.0, 4.0),
        },
        mutants=(
            Mutant(
                "ρ = ν",
                lambda norm_ratio, depth, source_energy, cross_energy, target_energy: (
                    (1 - formulas.gamma_of_norm(norm_ratio, depth, source_energy, target_energy))
                    * (target_energy - 2 * norm_ratio * cross_energy + norm_ratio**2 * source_energy)
                ),
            ),
        ),
    ),
)
