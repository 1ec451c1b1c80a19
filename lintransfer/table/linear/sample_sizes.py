"""Rows: sample sizes that reach a risk without noise."""

from __future__ import annotations

import numpy as np

from lintransfer.experiments.linear.sample_sizes import first_mean_below, first_quantile_below, saved
from lintransfer.table.mutants import instead, swapped
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.sample_sizes import (
    noiseless_sample_complexity,
    noiseless_sample_quantile,
    noiseless_samples_saved,
)


def _saved_arguments(dim: int, overlap: float, risk: float) -> dict[str, float]:
    return {"dim": dim, "target_energy": 1.0, "displacement_energy": 2 - 2 * overlap, "risk": risk}


def _off_the_steps(rng: np.random.Generator) -> dict[str, float]:
    """Random problems in which ε does not fall on a step of the risk curve to within rounding."""
    dim = int(np.exp(rng.uniform(0, 12)))
    energy = float(rng.uniform(0.1, 4))
    step = int(rng.integers(0, dim + 3)) + float(rng.uniform(0.05, 0.95))
    return {"dim": dim, "displacement_energy": energy, "risk": energy * step / dim}


ROWS = (
    Theorem(
        name="noiseless-sample-complexity",
        kind="exact",
        statement="n(ε) = ⌈d(1 − ε/‖δ‖²)⌉₊",
        formula=noiseless_sample_complexity,
        source="follows from min-norm-risk by substitution (σ = 0, solved for n)",
        follows=("min-norm-risk",),
        domain="Σ = I, σ = 0, mean risk, ε ≥ 0",
        derivation="derivations.linear.sample_sizes.noiseless_sample_complexity",
        limits=(
            Limit(
                "a crossing on a whole number is that number, whatever the rounding",
                lambda dim, steps: steps,
                grid(dim=[10, 49, 10**6 + 3], steps=[0, 1, 3, 7, 10]),
                left=lambda formula, dim, steps: formula(dim, 1.0, 1 - steps / dim),
            ),
            Limit(
                "already there, or nothing to learn",
                0.0,
                (
                    {"dim": 10, "displacement_energy": 0.5, "risk": 0.5},
                    {"dim": 10, "displacement_energy": 0.5, "risk": 3.0},
                    {"dim": 10, "displacement_energy": 0.0, "risk": 0.0},
                ),
            ),
            Limit(
                "no error at all takes d samples",
                lambda dim, **_: dim,
                ({"dim": 10**9, "displacement_energy": 0.5, "risk": 0.0},),
            ),
        ),
        sample=_off_the_steps,
        experiments=(
            Experiment(
                first_mean_below,
                (
                    {"dim": 8, "displacement_energy": 1.6, "risk": 0.5},
                    {"dim": 5, "displacement_energy": 1.0, "risk": 0.1},
                ),
                compare="identity",
                replicates=4000,
            ),
        ),
        mutants=(
            Mutant("rounded down", lambda dim, displacement_energy, risk: dim * (1 - risk / displacement_energy) // 1),
            Mutant(
                "amplitudes for energies",
                instead(
                    displacement_energy=lambda displacement_energy: displacement_energy**0.5,
                    risk=lambda risk: risk**0.5,
                ),
            ),
            Mutant(
                "one sample too many",
                lambda dim, displacement_energy, risk: noiseless_sample_complexity(dim, displacement_energy, risk) + 1,
            ),
        ),
    ),
    Theorem(
        name="noiseless-samples-saved",
        kind="exact",
        statement="fine-tuning saves d[(1−ε/t²)₊ − (1−ε/‖θ_T−θ_S‖²)₊] samples, before rounding",
        formula=noiseless_samples_saved,
        source="follows from noiseless-sample-complexity by substitution",
        follows=("noiseless-sample-complexity",),
        domain="Σ = I, σ = 0, mean risk, ε ≥ 0",
        derivation="derivations.linear.sample_sizes.noiseless_samples_saved",
        limits=(
            Limit(
                "a source at the distance of zero saves nothing",
                0.0,
                ({"dim": 100, "target_energy": 1.5, "displacement_energy": 1.5, "risk": 0.2},),
            ),
            Limit(
                "a perfect source saves everything",
                lambda dim, **_: dim / 2,
                ({"dim": 100, "target_energy": 1.0, "displacement_energy": 0.0, "risk": 0.5},),
            ),
        ),
        box={
            "dim": (1, 10**9),
            "target_energy": (0.1, 4.0),
            "displacement_energy": (0.1, 4.0),
            "risk": (0.0, 4.0),
        },
        experiments=(
            Experiment(
                saved,
                ({"dim": 12, "overlap": 0.8, "risk": 0.3}, {"dim": 10, "overlap": 0.2, "risk": 0.55}),
                replicates=4000,
                arguments=_saved_arguments,
            ),
        ),
        mutants=(
            swapped("target_energy", "displacement_energy"),
            Mutant(
                "difference of energies",
                lambda dim, target_energy, displacement_energy: dim * (target_energy - displacement_energy),
            ),
        ),
    ),
    Theorem(
        name="noiseless-sample-quantile",
        kind="exact",
        statement="smallest n with P(Beta((d−n)/2, n/2) ≤ ε/‖δ‖²) ≥ p",
        formula=noiseless_sample_quantile,
        source="follows from min-norm-law by substitution (σ = 0)",
        follows=("min-norm-law",),
        domain="Σ = I, σ = 0, ε ≥ 0, 0 ≤ p ≤ 1",
        derivation="derivations.linear.sample_sizes.noiseless_sample_quantile",
        limits=(
            Limit(
                "certainty of no error takes d samples, of t² none",
                lambda dim, displacement_energy, risk, probability: 0.0 if risk else dim,
                grid(dim=20, displacement_energy=1.5, risk=[0.0, 1.5], probability=1.0),
            ),
            Limit(
                "high dimension: the mean decides",
                lambda risk: 1 - risk,
                ({"risk": 0.3}, {"risk": 0.9}),
                rtol=1e-3,
                left=lambda formula, risk: formula(10**8, 1.0, risk, 0.9) / 1e8,
            ),
        ),
        box={
            "dim": (1, 10**6),
            "displacement_energy": (0.1, 4.0),
            "risk": (0.0, 4.0),
            "probability": (0.01, 0.99),
        },
        experiments=(
            Experiment(
                first_quantile_below,
                (
                    {"dim": 8, "displacement_energy": 1.6, "risk": 0.5, "probability": 0.9},
                    {"dim": 12, "displacement_energy": 1.0, "risk": 0.4, "probability": 0.5},
                ),
                compare="identity",
            ),
        ),
        mutants=(
            Mutant("the other tail", instead(probability=lambda probability: 1 - probability)),
            Mutant(
                "the mean for the quantile",
                lambda dim, displacement_energy, risk: noiseless_sample_complexity(dim, displacement_energy, risk),
            ),
        ),
    ),
)
