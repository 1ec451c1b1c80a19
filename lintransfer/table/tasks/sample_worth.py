"""Rows: what the first source sample is worth in target samples."""

from __future__ import annotations

from typing import Any

from lintransfer.experiments.tasks.sample_worth import bayes_rows, pooled_rows, weighted_rows
from lintransfer.table.mutants import dropped, instead, swapped
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import NOT_FOUND, Limit, Mutant, Theorem
from lintransfer.theory.linear.isotropic import least_squares_risk
from lintransfer.theory.linear.proportional import tuned_ridge_risk
from lintransfer.theory.tasks.information_floor import transfer_floor
from lintransfer.theory.tasks.sample_worth import bayes_sample_worth, pooled_sample_worth, weighted_sample_worth

_PAIR: dict[str, Any] = {
    "overlap": 0.7, "target_norm": 1.1, "source_norm": 0.9, "noise_variance": 0.5, "source_noise_variance": 0.3,
}  # fmt: skip
_NOISES: dict[str, tuple[Any, Any]] = {"noise_variance": (0.01, 4.0), "source_noise_variance": (0.01, 4.0)}


def _pooled_arguments(
    n: int, dim: int, displacement_energy: float, noise_variance: float, source_noise_variance: float
) -> dict[str, float]:
    """The risk of least squares is exact: what is left is of the order of 1/d."""
    return {
        "risk": float(least_squares_risk(n, dim, noise_variance)), "displacement_energy": displacement_energy,
        "noise_variance": noise_variance, "source_noise_variance": source_noise_variance,
    }  # fmt: skip


def _tuned_arguments(n: int, dim: int, **others: float) -> dict[str, float]:
    energy, noise = others["target_energy"], others["noise_variance"]
    return {"risk": float(tuned_ridge_risk(n, dim, energy, noise))} | others


def _share_of_floor(formula: Any, n: int, dim: int) -> float:
    """Slopes of the transfer floor in the two sizes at n_S = 0, as a ratio over the formula."""
    overlap, t, s, noise, source_noise = _PAIR.values()
    few = 1e-6 * dim

    def gained(more: float, source: float) -> float:
        return float(transfer_floor(n + more, source, dim, *_PAIR.values()))

    risk = gained(0, 0)
    slopes = [(risk - gained(0, few)) / few, (risk - gained(few, 0)) / few]
    return slopes[0] / slopes[1] / float(formula(risk, overlap, t * t, s * s, noise, source_noise))


ROWS = (
    Theorem(
        name="pooled-sample-worth",
        slow=True,
        kind="asymptotic",
        statement="(σ² + R)/(σ_S² + D² + R): worth of the first source sample in weighted least squares on the pool",
        formula=pooled_sample_worth,
        source=NOT_FOUND,
        domain="best weight, n ≥ d + 2 target samples of risk R, D = ‖θ_S − θ_T‖; error O(1/d)",
        derivation="derivations.tasks.sample_worth.pooled_sample_worth",
        limits=(
            Limit(
                "one task, equal noise: 1",
                1.0,
                ({"risk": 0.3, "displacement_energy": 0.0, "noise_variance": 0.5, "source_noise_variance": 0.5},),
            ),
            Limit(
                "one task, many samples: σ²/σ_S²",
                0.25,
                ({"risk": 0.0, "displacement_energy": 0.0, "noise_variance": 0.5, "source_noise_variance": 2.0},),
            ),
        ),
        box={"risk": (1e-6, 10.0), "displacement_energy": (0.0, 4.0)} | _NOISES,
        experiments=(
            asymptotic(
                pooled_rows,
                growing(n=18, dim=6, displacement_energy=0.7, noise_variance=0.5, source_noise_variance=0.3),
                1.5,
                12_000,
                0.1,
                _pooled_arguments,
            ),
        ),
        mutants=(
            dropped("displacement_energy"),
            swapped("noise_variance", "source_noise_variance"),
            Mutant(
                "the risk is not noise",
                lambda displacement_energy, noise_variance, source_noise_variance: (
                    noise_variance / (source_noise_variance + displacement_energy)
                ),
            ),
        ),
    ),
    Theorem(
        name="weighted-sample-worth",
        slow=True,
        kind="asymptotic",
        statement="(θ_S·θ_T/t²)²(σ² + R)/(σ_S² + R_S), R_S = s² − 2(1−e)θ_S·θ_T + (1−e)t², e = R/t²: first source sample, weighted ridge",
        formula=weighted_sample_worth,
        source=NOT_FOUND,
        domain="Σ = I, best weight and ridge, θ_S·θ_T > 0 (else 0), R the risk before; error O(1/d)",
        derivation="derivations.tasks.sample_worth.weighted_sample_worth",
        limits=(
            Limit(
                "one task, equal noise: 1",
                1.0,
                grid(
                    risk=[0.01, 0.9],
                    target_energy=1.2,
                    source_energy=1.2,
                    cross_energy=1.2,
                    noise_variance=0.5,
                    source_noise_variance=0.5,
                ),
            ),
            Limit(
                "a source that points away",
                0.0,
                grid(
                    risk=0.3,
                    target_energy=1.2,
                    source_energy=1.0,
                    cross_energy=[0.0, -0.4],
                    noise_variance=0.5,
                    source_noise_variance=0.5,
                ),
            ),
            Limit(
                "labels scaled by 1/c: the Bayes-optimal worth",
                lambda c, risk: float(bayes_sample_worth(risk, c, 1.0, 1.0, 0.5, 0.2)),
                grid(c=[0.3, 0.9], risk=[0.1, 0.8]),
                left=lambda formula, c, risk: formula(risk, 1.0, 1 / c**2, 1.0, 0.5, 0.2 / c**2),
            ),
        ),
        box={
            "risk": (1e-6, 1.0),
            "target_energy": (1.0, 4.0),
            "source_energy": (1.0, 4.0),
            "cross_energy": (0.1, 0.9),
        }
        | _NOISES,
        experiments=(
            asymptotic(
                weighted_rows,
                growing(
                    n=8,
                    dim=8,
                    target_energy=1.2,
                    source_energy=0.9,
                    cross_energy=0.7,
                    noise_variance=0.5,
                    source_noise_variance=0.3,
                ),
                1.5,
                12_000,
                0.12,
                _tuned_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "labels of the source itself, not of its part along the target", instead(source_energy="cross_energy")
            ),
            Mutant(
                "(1−e)²t² for (1−e)t²",
                lambda **a: weighted_sample_worth(
                    **a | {"source_energy": a["source_energy"] - a["risk"] * (1 - a["risk"] / a["target_energy"])}
                ),
            ),
            Mutant("c for c²", lambda **a: weighted_sample_worth(**a) * a["target_energy"] / a["cross_energy"]),
        ),
    ),
    Theorem(
        name="bayes-sample-worth",
        kind="asymptotic",
        statement="c²(s²/t²)(σ² + R)/(σ_S² + s²(1 − c² + c²R/t²)): worth of the first source sample to the Bayes-optimal learner",
        formula=bayes_sample_worth,
        source="follows from transfer-floor (derivatives in both sample sizes at n_S = 0)",
        follows=("transfer-floor",),
        domain="Σ = I, Gaussian teachers of correlation c, R the Bayes risk before; error O(1/d)",
        derivation="derivations.tasks.sample_worth.bayes_sample_worth",
        limits=(
            Limit(
                "the slopes of the transfer floor",
                1.0,
                grid(n=[0, 8 * 10**8, 2 * 10**9], dim=10**9),
                rtol=1e-5,
                left=_share_of_floor,
            ),
            Limit(
                "one task, equal noise: 1",
                1.0,
                grid(
                    risk=[0.01, 0.9],
                    overlap=[1.0, -1.0],
                    target_energy=1.2,
                    source_energy=1.2,
                    noise_variance=0.5,
                    source_noise_variance=0.5,
                ),
            ),
        ),
        box={
            "risk": (1e-6, 1.0),
            "overlap": (-1.0, 1.0),
            "target_energy": (1.0, 4.0),
            "source_energy": (0.01, 4.0),
        }
        | _NOISES,
        experiments=(
            asymptotic(
                bayes_rows,
                growing(
                    n=8,
                    dim=8,
                    overlap=0.7,
                    target_energy=1.2,
                    source_energy=0.9,
                    noise_variance=0.5,
                    source_noise_variance=0.3,
                ),
                1.5,
                4_000,
                0.05,
                _tuned_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "the source is known up to R",
                lambda risk, overlap, noise_variance, source_noise_variance: (
                    overlap**2 * (noise_variance + risk) / (source_noise_variance + risk)
                ),
            ),
            swapped("noise_variance", "source_noise_variance"),
            Mutant("one task", instead(overlap=1.0)),
        ),
    ),
)
