"""Rows: what a source is worth in target samples."""

from __future__ import annotations

import math
from typing import Any

from lintransfer.experiments.tasks.worth import (
    anchor_sizes,
    least_squares_sizes,
    scratch_sizes,
    source_sizes,
)
from lintransfer.table.mutants import instead, swapped
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.isotropic import least_squares_risk
from lintransfer.theory.linear.proportional import tuned_ridge_risk
from lintransfer.theory.tasks.information_floor import scratch_floor, transfer_floor
from lintransfer.theory.tasks.worth import (
    anchor_worth,
    effective_least_squares_samples,
    effective_samples,
    source_worth,
)

_PAIR: dict[str, Any] = {
    "overlap": 0.7, "target_norm": 1.1, "source_norm": 0.9, "noise_variance": 0.5, "source_noise_variance": 0.3,
}  # fmt: skip
_NOISES: dict[str, tuple[Any, Any]] = {"noise_variance": (0.01, 4.0), "source_noise_variance": (0.01, 4.0)}


ROWS = (
    Theorem(
        name="effective-samples",
        kind="asymptotic",
        statement="n_eff = d(t² − R)(σ² + R)/(t²R): target samples with which the best ridge from zero reaches the risk R",
        formula=effective_samples,
        source="follows from tuned-ridge-risk (solved for n)",
        follows=("tuned-ridge-risk",),
        domain="Σ = I, 0 ≤ R ≤ t²; nan beyond; error O(1) samples",
        derivation="derivations.tasks.worth.effective_samples",
        limits=(
            Limit(
                "there and back",
                lambda n, **_: float(n),
                grid(n=[0, 1, 20, 500], dim=20, energy=1.2, noise=[0.1, 3.0]),
                rtol=1e-11,
                left=lambda formula, n, dim, energy, noise: formula(
                    tuned_ridge_risk(n, dim, energy, noise), dim, energy, noise
                ),
            ),
            Limit(
                "no noise: d(1 − R/t²)",
                lambda risk, dim, target_energy, **_: dim * (1 - risk / target_energy),
                grid(risk=[0.0, 0.3, 1.2], dim=20, target_energy=1.2, noise_variance=0.0),
            ),
            Limit(
                "nothing left, with noise",
                math.inf,
                ({"risk": 0.0, "dim": 20, "target_energy": 1.2, "noise_variance": 0.1},),
            ),
            Limit(
                "worse than no sample",
                math.nan,
                ({"risk": 1.3, "dim": 20, "target_energy": 1.2, "noise_variance": 0.1},),
            ),
        ),
        box={"risk": (1e-6, 1.0), "dim": (1, 10**9), "target_energy": (1.0, 4.0), "noise_variance": (0.0, 4.0)},
        experiments=(
            asymptotic(
                scratch_sizes, growing(risk=0.4, dim=10, target_energy=1.2, noise_variance=0.5), 1.5, 4_000, 0.06
            ),
        ),
        mutants=(
            Mutant("without noise", lambda risk, dim, target_energy: dim * (1 - risk / target_energy)),
            swapped("risk", "noise_variance"),
            Mutant(
                "least squares", lambda risk, dim, noise_variance: dim + 1 + dim * noise_variance / (risk + (risk == 0))
            ),
        ),
    ),
    Theorem(
        name="effective-least-squares-samples",
        kind="exact",
        statement="n_eff = d + 1 + dσ²/R: target samples with which least squares reaches the risk R",
        formula=effective_least_squares_samples,
        source="follows from least-squares-risk (solved for n)",
        follows=("least-squares-risk",),
        domain="any non-singular Σ, R > 0",
        derivation="derivations.tasks.worth.effective_least_squares_samples",
        limits=(
            Limit(
                "there and back",
                lambda n, **_: float(n),
                grid(n=[22, 40, 500], dim=20, noise=[0.1, 3.0]),
                left=lambda formula, n, dim, noise: formula(float(least_squares_risk(n, dim, noise)), dim, noise),
            ),
            Limit("nothing left, with noise", math.inf, ({"risk": 0.0, "dim": 20, "noise_variance": 0.1},)),
        ),
        box={"risk": (1e-6, 1e3), "dim": (1, 10**9), "noise_variance": (0.0, 4.0)},
        experiments=(
            Experiment(
                least_squares_sizes,
                tuple({"risk": r, "dim": d, "noise_variance": 0.5} for r, d in ((0.4, 6), (0.3, 12))),
                replicates=20_000,
            ),
        ),
        mutants=(
            Mutant("d for d + 1", lambda risk, dim, noise_variance: dim + dim * noise_variance / risk),
            Mutant(
                "the limit σ²/(γ − 1), with γ = n/d − 1",
                lambda risk, dim, noise_variance: 1 + dim * noise_variance / risk,
            ),
        ),
    ),
    Theorem(
        name="anchor-worth",
        kind="asymptotic",
        statement="n_eff − n = d(σ² + R)(1/D² − 1/t²) for the best ridge to an anchor at E‖θ_T − ŵ‖² = D²",
        formula=anchor_worth,
        source="follows from tuned-ridge-risk and effective-samples by substitution",
        follows=("tuned-ridge-risk", "effective-samples"),
        domain="Σ = I, anchor independent of the target's data, every n ≥ 0; error O(1) samples",
        derivation="derivations.tasks.worth.anchor_worth",
        limits=(
            Limit(
                "samples that reach the same risk, less n",
                lambda n, dim, displacement_energy, target_energy, noise_variance: float(
                    effective_samples(
                        tuned_ridge_risk(n, dim, displacement_energy, noise_variance),
                        dim,
                        target_energy,
                        noise_variance,
                    )
                    - n
                ),
                grid(
                    n=[0, 7, 20, 50],
                    dim=20,
                    displacement_energy=[0.3, 1.1],
                    target_energy=1.2,
                    noise_variance=[0.05, 2.0],
                ),
                rtol=1e-10,
            ),
            Limit(
                "many samples: dσ²(1/D² − 1/t²)",
                lambda dim, displacement_energy, target_energy, noise_variance, **_: (
                    dim * noise_variance * (1 / displacement_energy - 1 / target_energy)
                ),
                grid(n=10**12, dim=20, displacement_energy=[0.3, 3.0], target_energy=1.2, noise_variance=0.7),
                rtol=1e-9,
            ),
            Limit(
                "no noise: (d − n)₊(1 − D²/t²)",
                lambda n, dim, **_: max(dim - n, 0) * 0.75,
                grid(n=[0, 7, 20, 30], dim=20, displacement_energy=0.3, target_energy=1.2, noise_variance=0.0),
            ),
            Limit(
                "an anchor no better than zero",
                0.0,
                ({"n": 7, "dim": 20, "displacement_energy": 1.2, "target_energy": 1.2, "noise_variance": 0.7},),
            ),
        ),
        box={
            "n": (0, 10**6),
            "dim": (1, 10**6),
            "displacement_energy": (0.01, 1.0),
            "target_energy": (1.0, 4.0),
            "noise_variance": (0.01, 4.0),
        },
        experiments=(
            asymptotic(
                anchor_sizes,
                growing(n=5, dim=10, displacement_energy=0.4, target_energy=1.2, noise_variance=0.5),
                1.5,
                6_000,
                0.1,
            ),
        ),
        mutants=(
            Mutant("that of n = 0 for every n", instead(n=0)),
            swapped("displacement_energy", "target_energy"),
            Mutant("that of n → ∞ for every n", instead(n=10**12)),
        ),
    ),
    Theorem(
        name="source-worth",
        kind="asymptotic",
        statement="n_eff = d(1−e)(1 + snr_T e)/(snr_T e), e = 1 − c² + c²e_0(snr_S, n_S/d): all source data, no target data, Bayes",
        formula=source_worth,
        source="follows from transfer-floor and effective-samples by substitution",
        follows=("transfer-floor", "effective-samples"),
        domain="Σ = I, Gaussian teachers of correlation c, n_S from 0 to ∞; error O(1) samples",
        derivation="derivations.tasks.worth.source_worth",
        limits=(
            Limit(
                "samples that reach the floor of the source, none if it has none",
                lambda n_source, dim, **pair: float(
                    effective_samples(transfer_floor(0, n_source, dim, **pair), dim, 1.21, pair["noise_variance"])
                ),
                tuple(
                    {"n_source": m, "dim": 20} | _PAIR | {"overlap": c}
                    for m in (0, 7, 50, math.inf)
                    for c in (0.3, -0.9)
                ),
                rtol=1e-10,
            ),
            Limit(
                "one task, equal noise: as many as there are",
                lambda n_source, **_: float(n_source),
                grid(n_source=[0, 7, 20, 300], dim=20, overlap=1.0, noise_variance=0.4, source_noise_variance=0.4),
                rtol=1e-10,
            ),
            Limit(
                "known source: dc²(1 + snr_T a)/(a snr_T)",
                lambda dim, overlap, **_: dim * overlap**2 * (1 + (1 - overlap**2) * 2.5) / ((1 - overlap**2) * 2.5),
                grid(n_source=math.inf, dim=20, overlap=[0.3, -0.9], noise_variance=0.4),
            ),
            Limit(
                "no target noise: dc²(1 − e_0)",
                lambda n_source, dim, **_: 0.49 * dim * (1 - float(scratch_floor(n_source, dim, 5.0))),
                grid(n_source=[3, 40], dim=20, overlap=0.7, source_noise_variance=0.2),
            ),
        ),
        box={
            "n_source": (0, 10**9),
            "dim": (1, 10**9),
            "overlap": (-1.0, 1.0),
            "target_norm": (0.1, 4.0),
            "source_norm": (0.1, 4.0),
        }
        | _NOISES,
        experiments=(asymptotic(source_sizes, growing(n_source=10, dim=10, **_PAIR), 1.5, 3_000, 0.1),),
        mutants=(
            Mutant("every source sample counts c²", lambda n_source, overlap: overlap**2 * n_source),
            swapped("noise_variance", "source_noise_variance"),
            Mutant("known source", instead(n_source=math.inf)),
        ),
    ),
)
