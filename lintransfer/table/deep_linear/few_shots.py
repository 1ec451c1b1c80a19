"""Rows: harmful first samples, and negative transfer from the identical task."""

from __future__ import annotations

import math

from lintransfer.experiments.deep_linear.few_shots import first_samples, identical
from lintransfer.experiments.deep_linear.trainings import energies
from lintransfer.table.mutants import instead, moved
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import few_shots
from lintransfer.theory.deep_linear.few_shots import identical_task_transfer
from lintransfer.theory.deep_linear.risk import deep_fine_tuning_risk

_ENERGIES = {"source_energy": (0.1, 4.0), "cross_energy": (-0.5, 0.5), "target_energy": (0.1, 4.0)}
_AWAY = energies(1.0, 2.0, 0.3)


ROWS = (
    Theorem(
        name="few-shot-slope",
        kind="asymptotic",
        statement="dR/dγ at 0 = s²[−(1+τ²−2τc) + (L−1)(τ_σ²−1)(1−τc)] + σ²: the first samples can harm",
        formula=few_shots.risk_slope_at_zero,
        source="not found in the literature (searched 2026-11-27)",
        domain="as deep-fine-tuning-risk, finite L",
        derivation="derivations.deep_linear.few_shots.few_shot_slope",
        limits=(
            Limit(
                "difference quotient of the risk",
                lambda **a: (deep_fine_tuning_risk(1e-7, **a) - deep_fine_tuning_risk(0.0, **a)) / 1e-7,
                grid(depth=[1, 2, 3.5], **_AWAY, noise_variance=0.3),
                rtol=1e-5,
            ),
        ),
        box={"depth": (1.0, 50.0), **_ENERGIES, "noise_variance": (0.0, 1.0)},
        experiments=(
            asymptotic(
                first_samples,
                grid(n=4, dim=[100, 200, 400], depth=5, **energies(1.0, 2.0, 0.25), noise_variance=0.0),
                150,
                1500,
                0.4,
                lambda n, dim, **others: others,
            ),
        ),
        mutants=(
            Mutant("L for L − 1", moved(depth=1)),
            Mutant("ρ = 1", instead(depth=1)),
        ),
    ),
    Theorem(
        name="harmful-depth",
        kind="asymptotic",
        statement="the noiseless risk first rises with n iff τ > 1, τc < 1 and L > 1 + (1+τ²−2τc)/((τ²−1)(1−τc))",
        formula=few_shots.harmful_depth,
        source="not found in the literature (searched 2026-11-27)",
        domain="as few-shot-slope, no noise",
        derivation="derivations.deep_linear.few_shots.harmful_depth",
        limits=(
            Limit(
                "the slope vanishes there",
                0.0,
                grid(c=[-0.5, 0.1, 0.45]),
                left=lambda formula, c: few_shots.risk_slope_at_zero(
                    formula(**energies(1.0, 2.0, c)), **energies(1.0, 2.0, c)
                ),
            ),
            Limit(
                "never for a source longer than the target, or τc ≥ 1",
                0.0,
                ({"s": 2.5, "c": 0.3}, {"s": 1.0, "c": 0.6}),
                left=lambda formula, s, c: 1 / formula(**energies(s, 2.0, c)),
            ),
        ),
        box=_ENERGIES,
        mutants=(
            Mutant("1 + dropped", lambda **point: few_shots.harmful_depth(**point) - 1),
            Mutant(
                "τ − 1 for τ² − 1",
                lambda source_energy, cross_energy, target_energy: (
                    1
                    + (
                        (source_energy + target_energy - 2 * cross_energy)
                        / ((target_energy / source_energy) ** 0.5 - 1)
                        / (source_energy - cross_energy)
                    )
                ),
            ),
        ),
    ),
    Theorem(
        name="few-shot-jump",
        kind="asymptotic",
        statement="L = ∞: R(γ → 0⁺) = 2t² + σ² − 2τ_σ stc; noiseless 2t²(1−c) instead of ‖θ_T − θ_S‖²",
        formula=few_shots.few_shot_jump,
        source="follows from deep-fine-tuning-risk by substitution (L = ∞, then γ → 0)",
        follows=("deep-fine-tuning-risk",),
        domain="as deep-fine-tuning-risk, L = ∞ before γ → 0",
        derivation="derivations.deep_linear.few_shots.few_shot_jump",
        limits=(
            Limit(
                "the risk at a tiny γ",
                lambda **point: deep_fine_tuning_risk(1e-14, math.inf, **point),
                grid(**_AWAY, noise_variance=[0.0, 0.7]),
                rtol=1e-11,
            ),
        ),
        box={**_ENERGIES, "noise_variance": (0.0, 1.0)},
        mutants=(
            Mutant(
                "no jump",
                lambda source_energy, cross_energy, target_energy: source_energy - 2 * cross_energy + target_energy,
            ),
        ),
    ),
    Theorem(
        name="identical-task-boundary",
        kind="asymptotic",
        statement="θ_S = θ_T: T < 0 iff 1−γ < 2β/(x−1+β+√((x−1+β)²−12β)), x = 4^{L/(L−1)}, β = σ²/t²; L = ∞: β/3",
        formula=few_shots.identical_task_boundary,
        source="not found in the literature (searched 2026-11-27); that a closer source need not help more: Dar & Baraniuk (2020), by another mechanism",
        see=("dar2020",),
        domain="as deep-transferability; 0 (never) for L = 1 or σ = 0",
        derivation="derivations.deep_linear.few_shots.identical_task_boundary",
        limits=(
            Limit(
                "infinite depth: σ²/(3t²)",
                lambda target_energy, noise_variance, **_: noise_variance / (3 * target_energy),
                grid(depth=math.inf, target_energy=2.0, noise_variance=[0.0, 0.3, 5.0]),
            ),
            Limit(
                "the transferability of the identical task vanishes there",
                0.0,
                grid(depth=[2, 3, 10.0, math.inf]),
                rtol=1e-9,
                left=lambda formula, depth: identical_task_transfer(1 - formula(depth, 1.0, 0.5), depth, 0.5),
            ),
        ),
        box={"depth": (1.1, 100.0), "target_energy": (0.1, 4.0), "noise_variance": (0.01, 1.0)},
        mutants=(
            Mutant("β/3 at every depth", lambda target_energy, noise_variance: noise_variance / (3 * target_energy)),
            Mutant(
                "the other root",
                lambda depth, target_energy, noise_variance: (
                    noise_variance
                    / target_energy
                    / 3
                    / few_shots.identical_task_boundary(depth, target_energy, noise_variance)
                ),
            ),
        ),
    ),
    Theorem(
        name="identical-task-transfer",
        kind="asymptotic",
        statement="θ_S = θ_T of norm 1: T = (1−γ)(2ρ − ρ²), negative iff ρ > 2",
        formula=identical_task_transfer,
        source="not found in the literature (searched 2026-11-27); that a closer source need not help more: Dar & Baraniuk (2020), by another mechanism",
        see=("dar2020",),
        domain="as deep-transferability",
        derivation="derivations.deep_linear.few_shots.identical_task_transfer",
        limits=(Limit("one layer never loses", 0.6, ({"gamma": 0.4, "depth": 1, "noise": 2.0},)),),
        box={"gamma": (0.01, 0.95), "depth": (1.0, 50.0), "noise": (0.01, 4.0)},
        experiments=(
            asymptotic(
                identical,
                growing(n=6, dim=12, depth=5, noise=9.0),
                25,
                2500,
                0.5,
                lambda n, dim, depth, noise: {"gamma": n / dim, "depth": depth, "noise": noise},
            ),
        ),
        mutants=(Mutant("ρ = 1", lambda gamma: 1 - gamma),),
    ),
)
