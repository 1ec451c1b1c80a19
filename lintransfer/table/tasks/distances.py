"""Rows: distances between the source and the target distribution of (x, y)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.boundaries import scratch_against_head
from lintransfer.experiments.tasks.distances import (
    SPECTRUM,
    at_rest,
    bounded_separation,
    hellinger,
    log_ratios,
    separation,
    squared_differences,
    teachers,
)
from lintransfer.table.mutants import instead, scaled, times
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.head_boundaries import large_sample_boundary
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.tasks.distances import (
    boundary_from_divergence,
    dudley_bound,
    kl_divergence,
    squared_hellinger_distance,
    teacher_distance_squared,
    untrained_risk,
    wasserstein_bound,
)

_PAIRS = ({"overlap": 0.8, "noise_variance": 0.25}, {"overlap": -0.3, "noise_variance": 2.0})


def _distance_squared(overlap: float, source_norm: float = 1.0, **_: float) -> float:
    source, target = teachers(overlap, source_norm)
    return float(teacher_distance_squared(SPECTRUM, (target - source) ** 2))


def _arguments(overlap: float, noise_variance: float) -> dict[str, float]:
    return {"distance_squared": _distance_squared(overlap), "noise_variance": noise_variance}


def _energy_argument(overlap: float, **_: float) -> dict[str, float]:
    return {"displacement_energy": _distance_squared(overlap)}


def _spectral_arguments(overlap: float) -> dict[str, np.ndarray]:
    source, target = teachers(overlap)
    return {"eigenvalues": SPECTRUM, "displacement_energy": (target - source) ** 2}


def _with_divergence(dim: int, overlap: float, noise_variance: float, **_: float) -> dict[str, float]:
    return {"divergence": (2 - 2 * overlap) / (2 * noise_variance), "noise_variance": noise_variance}


def _spectrum_and_energies(rng: np.random.Generator) -> dict[str, np.ndarray]:
    count = int(rng.integers(1, 6))
    return {"eigenvalues": rng.uniform(0, 4, count), "displacement_energy": rng.uniform(0, 4, count)}


def _below_opposite(rng: np.random.Generator) -> dict[str, float]:
    noise = float(np.exp(rng.uniform(-6, 3)))
    return {"divergence": float(rng.uniform(0.001, 1.9)) / noise, "noise_variance": noise}


def _told_the_distance(draw: Any) -> Any:
    """A draw that is handed D² with its point: experiments know no formula."""

    def told(rng: np.random.Generator, replicates: int, **point: float) -> Any:
        return draw(rng, replicates, distance_squared=_distance_squared(**point), **point)

    return told


ROWS = (
    Theorem(
        name="teacher-distance",
        kind="exact",
        statement="D² = E(x·θ_S − x·θ_T)² = Σ_i λ_i(θ_S−θ_T)_i²",
        formula=teacher_distance_squared,
        source="definition; variance of a linear form: Anderson (2003)",
        papers=("anderson2003",),
        covers="d = 3",
        domain="any Σ",
        derivation="derivations.tasks.distances.teacher_distance",
        limits=(
            Limit("equal teachers", 0.0, ({"eigenvalues": np.ones(3), "displacement_energy": np.zeros(3)},)),
            Limit(
                "Σ = I: the squared norm of the difference",
                lambda eigenvalues, displacement_energy: np.sum(displacement_energy),
                ({"eigenvalues": np.ones(2), "displacement_energy": np.array([0.5, 2.0])},),
            ),
        ),
        sample=_spectrum_and_energies,
        experiments=(
            Experiment(squared_differences, ({"overlap": 0.8}, {"overlap": -0.3}), arguments=_spectral_arguments),
        ),
        mutants=(
            Mutant("Σ ignored", lambda displacement_energy: sum(displacement_energy)),
            Mutant("λ² for λ", instead(eigenvalues=lambda eigenvalues: eigenvalues**2)),
        ),
    ),
    Theorem(
        name="teacher-divergence",
        kind="exact",
        statement="KL = D²/(2σ²) between the distributions of (x, y), both ways",
        formula=kl_divergence,
        source="classical (Kullback–Leibler divergence of normal laws): Kullback (1959)",
        papers=("kullback1959",),
        see=("tahir2024v1",),
        domain="any Σ, equal label noise in both tasks",
        derivation="derivations.tasks.distances.teacher_divergence",
        limits=(
            Limit(
                "no noise: infinite unless the teachers agree",
                lambda distance_squared, noise_variance: math.inf if distance_squared else 0.0,
                grid(distance_squared=[0.0, 1e-9], noise_variance=0.0),
            ),
        ),
        box={"distance_squared": (0.0, 4.0), "noise_variance": (1e-6, 4.0)},
        experiments=(Experiment(log_ratios, _PAIRS, arguments=_arguments),),
        mutants=(
            Mutant("½ dropped", lambda distance_squared, noise_variance: distance_squared / noise_variance),
            Mutant("σ for σ²", lambda distance_squared, noise_variance: distance_squared / (2 * noise_variance**0.5)),
        ),
    ),
    Theorem(
        name="teacher-hellinger",
        kind="exact",
        statement="1 − ∫√(pq) = 1 − (1 + D²/(4σ²))^(−1/2)",
        formula=squared_hellinger_distance,
        source="follows from Tsybakov (2009) by averaging the normal affinity over inputs",
        follows=("tsybakov2009",),
        domain="any Σ, equal label noise in both tasks",
        derivation="derivations.tasks.distances.teacher_hellinger",
        limits=(
            Limit(
                "close teachers: a quarter of the divergence",
                0.25,
                ({"distance_squared": 1e-12, "noise_variance": 0.5},),
                rtol=1e-11,
                left=lambda formula, distance_squared, noise_variance: (
                    formula(distance_squared, noise_variance) / kl_divergence(distance_squared, noise_variance)
                ),
            ),
            Limit(
                "no noise: 1 unless the teachers agree",
                lambda distance_squared, noise_variance: 1.0 if distance_squared else 0.0,
                grid(distance_squared=[0.0, 1e-9], noise_variance=0.0),
            ),
        ),
        box={"distance_squared": (0.0, 4.0), "noise_variance": (1e-6, 4.0)},
        experiments=(Experiment(hellinger, _PAIRS, arguments=_arguments),),
        mutants=(
            Mutant(
                "at fixed x only: 1 − exp(−D²/8σ²)",
                lambda distance_squared, noise_variance: -math.expm1(-distance_squared / (8 * noise_variance)),
            ),
            Mutant("8σ² for 4σ²", scaled(noise_variance=2)),
        ),
    ),
    Theorem(
        name="teacher-wasserstein-bound",
        kind="bound",
        statement="W₁ ≤ √(2/π) D",
        formula=wasserstein_bound,
        source="follows from Villani (2009) with the coupling that shares inputs and noise; divergences between teachers: Tahir, Ganguli & Rotskoff (2024, arXiv v1)",
        follows=("villani2009",),
        see=("tahir2024v1",),
        domain="any Σ, any label noise, equal in both tasks",
        derivation="derivations.tasks.distances.teacher_wasserstein_bound",
        limits=(
            Limit("equal teachers", 0.0, ({"distance_squared": 0.0},)),
            Limit(
                "proportional to the teachers' difference",
                lambda distance_squared: 3 * wasserstein_bound(distance_squared),
                ({"distance_squared": 0.7},),
                left=lambda formula, distance_squared: formula(9 * distance_squared),
            ),
        ),
        box={"distance_squared": (0.0, 4.0)},
        experiments=(
            Experiment(_told_the_distance(separation), grid(overlap=[0.8, -0.3], source_norm=0.5), compare="bound"),
        ),
        mutants=(
            Mutant("D² for D", instead(distance_squared=lambda distance_squared: distance_squared**2)),
            Mutant("√(1/π) for √(2/π)", scaled(distance_squared=0.5)),
        ),
    ),
    Theorem(
        name="teacher-dudley-bound",
        kind="bound",
        statement="bounded-Lipschitz distance ≤ min(2, √(2/π) D)",
        formula=dudley_bound,
        source="follows from teacher-wasserstein-bound as a bounded-Lipschitz distance is at most 2 and at most W₁; divergences between teachers: Tahir, Ganguli & Rotskoff (2024, arXiv v1)",
        follows=("teacher-wasserstein-bound",),
        see=("tahir2024v1",),
        domain="any Σ, any label noise, equal in both tasks",
        derivation="derivations.tasks.distances.teacher_dudley_bound",
        limits=(
            Limit(
                "distant teachers: no two distributions are farther apart than 2", 2.0, ({"distance_squared": 100.0},)
            ),
            Limit("close teachers: the Wasserstein bound", wasserstein_bound, ({"distance_squared": 1.0},)),
        ),
        box={"distance_squared": (0.0, 25.0)},
        experiments=(
            Experiment(
                _told_the_distance(bounded_separation), grid(overlap=[0.8, -0.3], source_norm=0.5), compare="bound"
            ),
        ),
        mutants=(
            Mutant("cap of 1", lambda distance_squared: min(1.0, float(wasserstein_bound(distance_squared)))),
            Mutant("√(1/π) for √(2/π)", scaled(distance_squared=0.5)),
        ),
    ),
    Theorem(
        name="boundary-from-divergence",
        kind="asymptotic",
        statement="linear transfer hurts beyond γ* = 1 + 1/(KL(2 − σ²KL))",
        formula=boundary_from_divergence,
        source="follows from linear-transfer-boundary and teacher-divergence by substitution; that divergences do not predict transfer: Tahir, Ganguli & Rotskoff (2024, arXiv v1)",
        follows=("linear-transfer-boundary", "teacher-divergence"),
        see=("tahir2024v1",),
        domain="limit d → ∞, Σ = I, s = t = 1, one feature, γ > 1, 0 ≤ KL ≤ 2/σ²",
        derivation="derivations.tasks.distances.boundary_from_divergence",
        limits=(
            Limit(
                "written with the overlap",
                lambda overlap, noise_variance: large_sample_boundary(1 - overlap**2, noise_variance),
                ({"overlap": 0.4, "noise_variance": 0.3}, {"overlap": -0.5, "noise_variance": 2.0}),
                left=lambda formula, overlap, noise_variance: formula((1 - overlap) / noise_variance, noise_variance),
            ),
            Limit(
                "not a function of the divergence alone, and not monotone in it: opposite teachers never hurt",
                math.inf,
                grid(divergence=[0.0, 4.0], noise_variance=0.5),
            ),
        ),
        sample=_below_opposite,
        experiments=(
            asymptotic(
                scratch_against_head,
                growing(dim=16, overlap=0.6, noise_variance=0.5, low=1.4, high=2.4),
                4,
                arguments=_with_divergence,
            ),
        ),
        mutants=(
            Mutant("monotone: 1 + 1/(2KL)", lambda divergence: 1 + 1 / (2 * divergence)),
            Mutant("KL of the other convention (factor 2)", scaled(divergence=0.5)),
        ),
    ),
    Theorem(
        name="untrained-risk",
        kind="exact",
        statement="R = (θ_T−w0)ᵀΣ'(θ_T−w0), summed over outputs",
        formula=untrained_risk,
        source="definition; variance of a linear form: Anderson (2003)",
        papers=("anderson2003",),
        domain="weights that stay at w0 (n = 0, time 0, an infinite ridge, dead features); any Σ', any inputs",
        derivation="derivations.tasks.distances.untrained_risk",
        limits=(
            Limit("starting at the target", 0.0, ({"displacement_energy": 0.0},)),
            Limit(
                "what every formula says without samples",
                lambda displacement_energy: min_norm_risk(0, 5, displacement_energy, 0.3),
                grid(displacement_energy=[0.4, 2.0]),
            ),
            Limit(
                "an infinite ridge",
                lambda displacement_energy: ridge_risk(
                    7, np.array([2.0]), np.array([5.0]), np.array([displacement_energy / 2]), 0.3, math.inf
                ),
                grid(displacement_energy=[0.4, 2.0]),
            ),
        ),
        box={"displacement_energy": (0.0, 4.0)},
        experiments=(
            Experiment(squared_differences, ({"overlap": 0.8}, {"overlap": -0.3}), arguments=_energy_argument),
            Experiment(
                at_rest,
                ({"overlap": 0.8, "ridge": math.inf, "n": 4}, {"overlap": -0.3, "ridge": 0.0, "n": 0}),
                replicates=20,
                arguments=_energy_argument,
            ),
        ),
        mutants=(
            Mutant("½ of the squared error, as losses have it", times(0.5)),
            Mutant("the distance, not its square", lambda displacement_energy: displacement_energy**0.5),
        ),
    ),
)
