"""Rows: norms, noise and overlap estimated from target data."""

from __future__ import annotations

from typing import Any

from lintransfer.experiments.tasks.estimators import cross_energies, target_energies, unbiased
from lintransfer.table.mutants import dropped, times
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.tasks.estimators import (
    cross_energy_estimate,
    cross_energy_variance,
    noise_variance_estimate,
    target_energy_estimate,
    target_energy_variance,
)

_SIZES = ({"n": 2, "dim": 2}, {"n": 1, "dim": 4}, {"n": 3, "dim": 1})
_WORLD = {"target_energy": 1.3, "noise_variance": 0.7}


def _without_dim(dim: int, **point: Any) -> dict[str, Any]:
    return point


def _true_averages(n: int, dim: int, target_energy: float, noise_variance: float) -> dict[str, Any]:
    """Averages of very many repetitions of the same n samples: h → nθ_T and ‖y‖² → n(t² + σ²) as n → ∞."""
    labels = n * (target_energy + noise_variance)
    return {"n": n, "dim": dim, "score_energy": n * n * target_energy + dim * labels, "label_energy": labels}


ROWS = (
    Theorem(
        name="target-norm-estimator",
        kind="exact",
        statement="E (‖Xᵀy‖² − d‖y‖²)/(n(n+1)) = ‖θ_T‖²",
        formula=target_energy_estimate,
        source="Dicker (2014)",
        papers=("dicker2014",),
        domain="Σ = I, every n ≥ 1 and d ≥ 1, any noise",
        derivation="derivations.tasks.estimators.target_norm_estimator",
        limits=(
            Limit(
                "unlimited data: Xᵀy = nθ_T",
                lambda target_energy, **_: target_energy,
                ({"n": 10**9, "dim": 5, **_WORLD},),
                rtol=1e-8,
                left=lambda formula, **point: formula(**_true_averages(**point)),
            ),
        ),
        box={"n": (1, 10**6), "dim": (1, 10**6), "score_energy": (0.0, 1e6), "label_energy": (0.0, 1e3)},
        experiments=(
            Experiment(unbiased("target_energy"), tuple({**size, **_WORLD} for size in _SIZES), compare="identity"),
        ),
        mutants=(
            Mutant(
                "n² for n(n + 1)",
                lambda n, dim, score_energy, label_energy: (score_energy - dim * label_energy) / (n * n),
            ),
            Mutant("noise not subtracted", lambda n, score_energy: score_energy / (n * (n + 1))),
            Mutant(
                "d − 1 for d",
                lambda n, dim, score_energy, label_energy: (score_energy - (dim - 1) * label_energy) / (n * (n + 1)),
            ),
        ),
    ),
    Theorem(
        name="target-norm-estimator-variance",
        kind="exact",
        statement="Var t̂² = [2(n+2)dv² + 4(n+2)(n+3)vt² + 2(n+1)(2n+3)t⁴]/(n(n+1)²), v = t²+σ²",
        formula=target_energy_variance,
        source="follows from Isserlis (1918) (moments of normal vectors); leading order: Dicker (2014)",
        follows=("isserlis1918",),
        see=("dicker2014",),
        domain="Σ = I, one output, every n ≥ 1 and d ≥ 1",
        derivation="derivations.tasks.estimators.target_norm_estimator_variance",
        limits=(
            Limit(
                "nothing but noise: 2dσ⁴(n+2)/(n(n+1)²)",
                lambda n, dim, noise_variance, **_: 2 * dim * noise_variance**2 * (n + 2) / (n * (n + 1) ** 2),
                ({"n": 7, "dim": 30, "target_energy": 0.0, "noise_variance": 0.6},),
            ),
            Limit(
                "n ≫ √d decides: relative variance 2d/n² at n ≪ d",
                1.0,
                ({"n": 10**4, "dim": 10**9},),
                rtol=1e-3,
                left=lambda formula, n, dim: formula(n, dim, 1.0, 0.0) * n**2 / (2 * dim),
            ),
        ),
        box={"n": (1, 10**6), "dim": (1, 10**6), "target_energy": (0.0, 4.0), "noise_variance": (0.0, 4.0)},
        experiments=(
            Experiment(
                target_energies,
                ({"n": 4, "dim": 6, **_WORLD}, {"n": 12, "dim": 3, **_WORLD}),
                compare="variance",
                replicates=100_000,
                resolution=0.3,
            ),
        ),
        mutants=(
            Mutant("n for n + 1", times(lambda n: ((n + 1) / n) ** 2)),
            Mutant(
                "signal's own variance forgotten",
                lambda n, dim, target_energy, noise_variance: (
                    2 * (n + 2) * dim * (target_energy + noise_variance) ** 2 / (n * (n + 1) ** 2)
                ),
            ),
        ),
    ),
    Theorem(
        name="noise-estimator",
        kind="exact",
        statement="E [‖y‖²/n − t̂²] = σ², t̂² = (‖Xᵀy‖² − d‖y‖²)/(n(n+1))",
        formula=noise_variance_estimate,
        source="Dicker (2014)",
        papers=("dicker2014",),
        domain="Σ = I, every n ≥ 1 and d ≥ 1, also n < d",
        derivation="derivations.tasks.estimators.noise_estimator",
        limits=(
            Limit(
                "unlimited data",
                lambda noise_variance, **_: noise_variance,
                ({"n": 10**9, "dim": 5, **_WORLD},),
                rtol=1e-8,
                left=lambda formula, **point: formula(**_true_averages(**point)),
            ),
        ),
        box={"n": (1, 10**6), "dim": (1, 10**6), "score_energy": (0.0, 1e6), "label_energy": (0.0, 1e3)},
        experiments=(
            Experiment(unbiased("noise_variance"), tuple({**size, **_WORLD} for size in _SIZES), compare="identity"),
        ),
        mutants=(
            Mutant(
                "the norm's bias left in",
                lambda n, score_energy, label_energy: label_energy / n - score_energy / (n * (n + 1)),
            ),
            Mutant(
                "‖y‖² not divided by n",
                lambda n, dim, score_energy, label_energy: (
                    noise_variance_estimate(n, dim, score_energy, label_energy) + label_energy * (1 - 1 / n)
                ),
            ),
        ),
    ),
    Theorem(
        name="overlap-estimator",
        kind="exact",
        statement="E θ_S·Xᵀy/n = θ_S·θ_T",
        formula=cross_energy_estimate,
        source="follows from Isserlis (1918) (moments of normal vectors)",
        follows=("isserlis1918",),
        domain="Σ = I, every n ≥ 1",
        derivation="derivations.tasks.estimators.overlap_estimator",
        limits=(Limit("unlimited data: Xᵀy = nθ_T", 0.25, ({"n": 10**6, "source_score": 0.25e6},)),),
        box={"n": (1, 10**6), "source_score": (-1e3, 1e3)},
        experiments=(
            Experiment(unbiased("cross_energy"), tuple({**size, **_WORLD} for size in _SIZES), compare="identity"),
        ),
        mutants=(
            Mutant("n + 1 for n", lambda n, source_score: source_score / (n + 1)),
            Mutant("not divided by n", lambda source_score: source_score),
        ),
    ),
    Theorem(
        name="overlap-estimator-variance",
        kind="exact",
        statement="Var θ_S·Xᵀy/n = [s²(t²+σ²) + (stc)²]/n, whatever d",
        formula=cross_energy_variance,
        source="follows from Isserlis (1918) (moments of normal vectors)",
        follows=("isserlis1918",),
        domain="Σ = I, one output, every n ≥ 1 and d ≥ 1",
        derivation="derivations.tasks.estimators.overlap_estimator_variance",
        limits=(
            Limit(
                "no source: nothing varies",
                0.0,
                ({"n": 3, "source_energy": 0.0, "cross_energy": 0.0, "target_energy": 1.0, "noise_variance": 0.4},),
            ),
            Limit(
                "source = target, one sample, no noise: the variance of a squared normal",
                2.0,
                ({"n": 1, "source_energy": 1.0, "cross_energy": 1.0, "target_energy": 1.0, "noise_variance": 0.0},),
            ),
        ),
        box={
            "n": (1, 10**9),
            "source_energy": (0.0, 4.0),
            "cross_energy": (-4.0, 4.0),
            "target_energy": (0.0, 4.0),
            "noise_variance": (0.0, 4.0),
        },
        experiments=(
            Experiment(
                cross_energies,
                tuple(
                    {"n": n, "dim": d, "source_energy": 1.44, "cross_energy": 0.9, **_WORLD}
                    for n, d in ((2, 2), (5, 10))
                ),
                compare="variance",
                replicates=40_000,
                resolution=0.1,
                arguments=_without_dim,
            ),
        ),
        mutants=(
            Mutant(
                "the teachers' product forgotten",
                lambda n, source_energy, target_energy, noise_variance: (
                    source_energy * (target_energy + noise_variance) / n
                ),
            ),
            dropped("noise_variance"),
            Mutant("n − 1 for n", times(lambda n: n / (n - 1 + (n == 1)))),
        ),
    ),
)
