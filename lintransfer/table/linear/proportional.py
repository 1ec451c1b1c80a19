"""Rows: ridge regression and early stopping on isotropic inputs, n and d large together."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.linear.proportional import (
    draw_best_ridges,
    draw_ties,
    gain_arguments,
    regression,
    tuned_gains,
    tuned_risks,
)
from lintransfer.table.mutants import dropped, instead, scaled, swapped, times
from lintransfer.table.points import grid, growing, near_square
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.linear.proportional import (
    proportional_ridge_risk,
    tuned_boundary_overlap,
    tuned_ridge,
    tuned_ridge_risk,
    tuned_transferability,
)

_BOX: dict[str, tuple[Any, Any]] = {
    "n": (0, 10**9),
    "dim": (1, 10**9),
    "displacement_energy": (0.0, 4.0),
    "noise_variance": (0.0, 4.0),
}


def _sign_of_gain(n: int, source_norm: float, target_norm: float, overlap: float) -> float:
    cross = source_norm * target_norm * overlap
    return float(np.sign(tuned_transferability(n, 20, source_norm**2, cross, target_norm**2, 0.3)))


ROWS = (
    Theorem(
        name="proportional-ridge-risk",
        kind="asymptotic",
        statement="R = (κ²‖δ‖²/(1+κ)² + σ²q)/(1−q), q = 1/(γ(1+κ)²), γ − λ/(dκ) = 1/(1+κ)",
        formula=proportional_ridge_risk,
        source="Dobriban & Wager (2018), Hastie et al. (2022); from a pretrained start Dar, LeJeune & Baraniuk (2021)",
        papers=("dobriban2018", "hastie2022", "dar2021"),
        domain="Σ = I, every γ ≥ 0 and λ ≥ 0; inf at n = d, λ = 0, σ > 0; error O(1/d)",
        derivation="derivations.linear.proportional.proportional_ridge_risk",
        limits=(
            Limit(
                "no ridge, large d: the exact min-norm and least-squares risks",
                lambda ridge, **others: min_norm_risk(**others),
                grid(
                    n=[0, 10**8, 9 * 10**8, 11 * 10**8, 10**10],
                    dim=10**9,
                    displacement_energy=0.8,
                    noise_variance=0.3,
                    ridge=0.0,
                ),
                rtol=1e-7,
            ),
            Limit(
                "infinite ridge: nothing moves",
                lambda displacement_energy, **_: displacement_energy,
                ({"n": 30, "dim": 20, "displacement_energy": 0.8, "noise_variance": 0.3, "ridge": 1e12},),
                rtol=1e-9,
            ),
        ),
        box=_BOX | {"ridge": (1e-9, 1e9)},
        experiments=tuple(
            Experiment(
                regression,
                growing("ridge", n=n, dim=12, displacement_energy=1.0, noise_variance=0.2, ridge=ridge),
                "asymptotic",
                4_000,
                allowance=near_square,
            )
            for n, ridge in ((6, 2.0), (12, 4.0), (24, 2.0))
        ),
        mutants=(
            Mutant("ridge in units of d", instead(ridge=lambda dim, ridge: dim * ridge)),
            Mutant("d/n for n/d", swapped("n", "dim")),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="tuned-ridge",
        slow=True,
        kind="asymptotic",
        statement="λ* = dσ²/‖δ‖² at every γ",
        formula=tuned_ridge,
        source="Dobriban & Wager (2018); from a pretrained start Dar, LeJeune & Baraniuk (2021)",
        papers=("dobriban2018", "dar2021"),
        domain="Σ = I; inf if δ = 0",
        derivation="derivations.linear.proportional.tuned_ridge",
        limits=(
            Limit(
                "the risk rises on both sides",
                lambda **_: [True] * 6,
                ({"dim": 20, "displacement_energy": 0.8, "noise_variance": 0.3},),
                left=lambda formula, dim, displacement_energy, noise_variance: [
                    bool(
                        proportional_ridge_risk(n, dim, displacement_energy, noise_variance, f * best)
                        > proportional_ridge_risk(n, dim, displacement_energy, noise_variance, best)
                    )
                    for best in (formula(dim, displacement_energy, noise_variance),)
                    for n in (5, 20, 60)
                    for f in (0.9, 1.1)
                ],
            ),
        ),
        box={"dim": (1, 10**9), "displacement_energy": (0.01, 4.0), "noise_variance": (0.0, 4.0)},
        experiments=(
            Experiment(
                draw_best_ridges,
                tuple(
                    {"n": n, "dim": dim, "displacement_energy": 0.9, "noise_variance": 0.4}
                    for n, dim in ((3, 5), (5, 4), (9, 3))
                ),
                replicates=30_000,
                arguments=lambda n, **rest: rest,
            ),
        ),
        mutants=(
            Mutant("σ²/‖δ‖²", lambda displacement_energy, noise_variance: noise_variance / displacement_energy),
            swapped("displacement_energy", "noise_variance"),
        ),
    ),
    Theorem(
        name="tuned-ridge-risk",
        kind="asymptotic",
        statement="R* = ½[Δ + √(Δ² + 4σ²‖δ‖²)], Δ = ‖δ‖²(1−γ) − σ²",
        formula=tuned_ridge_risk,
        source="Dobriban & Wager (2018); from a pretrained start Dar, LeJeune & Baraniuk (2021)",
        papers=("dobriban2018", "dar2021"),
        domain="Σ = I, best ridge, every n ≥ 0; error O(1/d)",
        derivation="derivations.linear.proportional.tuned_ridge_risk",
        limits=(
            Limit(
                "the risk at λ* = dσ²/‖δ‖²",
                lambda n, dim, displacement_energy, noise_variance: proportional_ridge_risk(
                    n, dim, displacement_energy, noise_variance, tuned_ridge(dim, displacement_energy, noise_variance)
                ),
                grid(n=[0, 5, 20, 21, 400], dim=20, displacement_energy=0.8, noise_variance=[1e-6, 0.3, 4.0]),
                rtol=1e-11,
            ),
            Limit(
                "no noise: (1 − n/d)₊‖δ‖²",
                lambda n, dim, displacement_energy, noise_variance: max(1 - n / dim, 0) * displacement_energy,
                grid(n=[0, 5, 20, 60], dim=20, displacement_energy=0.8, noise_variance=0.0),
            ),
            Limit(
                "nothing to learn: no risk",
                0.0,
                ({"n": 5, "dim": 20, "displacement_energy": 0.0, "noise_variance": 0.4},),
            ),
        ),
        box=_BOX,
        experiments=(
            Experiment(
                tuned_risks,
                growing(n=12, dim=12, displacement_energy=1.0, noise_variance=0.3),
                "asymptotic",
                1_500,
                0.08,
                allowance=near_square,
            ),
        ),
        mutants=(
            Mutant(
                "no ridge",
                lambda n, dim, displacement_energy, noise_variance: proportional_ridge_risk(
                    n, dim, displacement_energy, noise_variance, 0.0
                ),
            ),
            Mutant("the cross term halved", scaled(noise_variance=0.5)),
        ),
    ),
    Theorem(
        name="tuned-transferability",
        slow=True,
        kind="asymptotic",
        statement="T* = R*(t²) − R*(s² − 2stc + t²)",
        formula=tuned_transferability,
        source="Dar, LeJeune & Baraniuk (2021), tuned transfer against tuned ridge; cf. Hedges (2025)",
        papers=("dar2021", "hedges2025"),
        domain="Σ = I, fine-tuning and scratch each at its best ridge; error O(1/d)",
        derivation="derivations.linear.proportional.tuned_transferability",
        limits=(
            Limit(
                "on the boundary c = s/(2t) nothing is gained, at any γ",
                0.0,
                grid(n=[1, 20, 300]),
                rtol=1e-12,
                given={
                    "dim": 20,
                    "source_energy": 0.64,
                    "cross_energy": 1.2 * float(tuned_boundary_overlap(0.8, 1.5)),
                    "target_energy": 2.25,
                    "noise_variance": 0.3,
                },
            ),
            Limit(
                "a perfect source: the whole scratch risk",
                lambda n, dim, noise_variance, **_: tuned_ridge_risk(n, dim, 1.0, noise_variance),
                grid(n=[0, 5, 60], dim=20, source_energy=1.0, cross_energy=1.0, target_energy=1.0, noise_variance=0.3),
            ),
        ),
        box={
            "n": (0, 10**6),
            "dim": (1, 10**6),
            "source_energy": (0.0, 1.0),
            "cross_energy": (-1.0, 0.0),
            "target_energy": (0.5, 4.0),
            "noise_variance": (0.01, 4.0),
        },
        experiments=(
            Experiment(
                tuned_gains,
                growing(n=12, dim=12, overlap=0.95, noise_variance=0.3),
                "asymptotic",
                3_000,
                0.08,
                allowance=near_square,
                arguments=gain_arguments,
            ),
        ),
        mutants=(
            Mutant("source as good as its overlap", instead(source_energy="cross_energy")),
            times(-1),
        ),
    ),
    Theorem(
        name="tuned-boundary",
        slow=True,
        kind="exact",
        statement="tuned fine-tuning beats tuned scratch iff c > s/(2t), at every γ, also γ > 1, if σ > 0",
        formula=tuned_boundary_overlap,
        source="Dar, LeJeune & Baraniuk (2021), Hedges (2025); without ridge Tahir, Ganguli & Rotskoff (2025), eq. 15",
        papers=("dar2021", "hedges2025", "tahir2024"),
        domain="Σ = I, proportional limit, σ > 0 (σ = 0: γ < 1 only)",
        derivation="derivations.linear.proportional.tuned_boundary",
        limits=(
            Limit(
                "the tuned gain changes its sign there",
                lambda **_: [-1.0, 1.0] * 3,
                ({"source_norm": 0.8, "target_norm": 1.5}, {"source_norm": 1.0, "target_norm": 1.0}),
                left=lambda formula, source_norm, target_norm: [
                    _sign_of_gain(n, source_norm, target_norm, formula(source_norm, target_norm) + aside)
                    for n in (3, 20, 300)
                    for aside in (-1e-3, 1e-3)
                ],
            ),
        ),
        box={"source_norm": (0.0, 4.0), "target_norm": (0.1, 4.0)},
        experiments=(
            Experiment(
                draw_ties,
                tuple(
                    {"n": n, "dim": 6, "source_norm": s, "target_norm": t, "noise_variance": 0.3}
                    for n, s, t in ((2, 0.8, 1.2), (6, 1.0, 1.0), (9, 1.5, 1.2))
                ),
                replicates=12_000,
                resolution=0.1,
                arguments=lambda source_norm, target_norm, **_: {
                    "source_norm": source_norm,
                    "target_norm": target_norm,
                },
            ),
        ),
        mutants=(
            Mutant("s/t", lambda source_norm, target_norm: source_norm / target_norm),
            Mutant("t/(2s)", lambda source_norm, target_norm: target_norm / (2 * source_norm)),
        ),
    ),
)
