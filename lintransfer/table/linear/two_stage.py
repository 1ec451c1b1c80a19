"""Rows: fine-tuning with ridge from a source that was fitted with ridge, under any covariance."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.linear.covariance import (
    growing,
    mixed_spectrum,
    random_modes,
    random_noise,
    random_ridge,
    random_size,
    two_stage,
    two_stage_arguments,
    two_stage_dense,
    two_stage_dense_arguments,
)
from lintransfer.table.linear.covariance_shift import SINGLE, SOURCE, TARGET, matrix_sample, turned
from lintransfer.table.mutants import dropped, instead, scaled, swapped
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.covariance_shift import shifted_matrix_risk
from lintransfer.theory.linear.finite_source import finite_source_displacement
from lintransfer.theory.linear.two_stage import two_stage_matrix_risk, two_stage_risk

PAIR: dict[str, Any] = {"source": SOURCE**2, "cross": SOURCE * TARGET, "target": TARGET**2}
_EQUAL = {
    "eigenvalues": np.ones(1),
    "multiplicities": np.full(1, 30.0),
    "source": np.full(1, 0.9),
    "cross": np.full(1, 0.6),
    "target": np.full(1, 1.1),
}
_QUIET = {"noise_variance": 0.0, "source_noise_variance": 0.0, "ridge": 0.0, "source_ridge": 0.0}


def stage_sample(rng: np.random.Generator) -> dict[str, Any]:
    """A point of the two-stage risk, of any size."""
    modes = random_modes(rng)
    size, rank = len(modes["eigenvalues"]), int(modes["multiplicities"].sum())
    source, target, overlap = rng.uniform(0, 2, size), rng.uniform(0, 2, size), rng.uniform(-0.9, 0.9, size)
    return modes | {
        "n": random_size(rng, rank),
        "n_source": random_size(rng, rank),
        "source": source**2,
        "cross": overlap * source * target,
        "target": target**2,
        "noise_variance": random_noise(rng),
        "source_noise_variance": random_noise(rng),
        "ridge": random_ridge(rng),
        "source_ridge": random_ridge(rng),
        "source_eigenvalues": np.exp(rng.uniform(np.log(1e-2), np.log(1e2), size)),
    }


def _stage_matrix_sample(rng: np.random.Generator) -> dict[str, Any]:
    drawn = matrix_sample(rng)
    dim = len(drawn.pop("displacement"))
    return drawn | {
        "n_source": int(rng.choice([0, 1, dim + 1, int(rng.integers(0, 50))])),
        "source": rng.standard_normal(dim),
        "target": rng.standard_normal(dim),
        "source_covariance": drawn.pop("test_covariance"),
        "source_noise_variance": random_noise(rng),
        "source_ridge": random_ridge(rng),
    }


def stage_allowance(n: int, n_source: int, dim: int, **_: Any) -> float:
    """The relative error of order 1/(d|1 − γ|), of either stage, that a deterministic equivalent may have."""
    return 6 / (dim * abs(1 - n / dim)) + 6 / (dim * abs(1 - n_source / dim))


ROWS = (
    Theorem(
        name="two-stage-risk",
        slow=True,
        kind="asymptotic",
        statement="R = E‖θ_T − ŵ_S‖²_M + σ² df2/(n − df2), ŵ_S a ridge fit on n_S samples of N(0, Σ_S)",
        formula=two_stage_risk,
        source="Ghane, Akhtiamov & Hassibi (2024), cf. Dar, LeJeune & Baraniuk (2021), Hedges (2025); Σ = Σ_S = I: Tahir, Ganguli & Rotskoff (2025), eqs. 22–23",
        papers=("ghane2024", "dar2021", "hedges2025", "tahir2024"),
        covers="two eigenvalues",
        domain="any Σ, Σ_S (here commuting; `two_stage_matrix_risk` for all), n, n_S ≥ 0, both ridges ≥ 0",
        derivation="derivations.linear.two_stage.two_stage_risk",
        limits=(
            Limit(
                "a perfect source fit: fine-tuning from the source",
                lambda n, noise_variance, ridge, **_: ridge_risk(
                    n, displacement=(TARGET - SOURCE) ** 2, noise_variance=noise_variance, ridge=ridge, **SINGLE
                ),
                tuple(
                    {
                        "n": n,
                        "n_source": 50,
                        "noise_variance": 0.4,
                        "source_noise_variance": 0.0,
                        "ridge": 0.2,
                        "source_ridge": 0.0,
                    }
                    | SINGLE
                    | PAIR
                    for n in (0, 1, 2, 9)
                ),
            ),
            Limit(
                "no source data: scratch",
                lambda n, eigenvalues, multiplicities, target, noise_variance, ridge, **_: ridge_risk(
                    n, eigenvalues, multiplicities, target, noise_variance, ridge
                ),
                tuple(
                    {
                        "n": n,
                        "n_source": 0,
                        "noise_variance": 0.4,
                        "source_noise_variance": 0.3,
                        "ridge": 0.2,
                        "source_ridge": r,
                    }
                    | SINGLE
                    | PAIR
                    for n in (0, 2, 9)
                    for r in (0.0, 1.0)
                ),
            ),
            Limit(
                "equal eigenvalues, no noise: (1 − n/d)E‖θ_T − ŵ_S‖², exact",
                lambda n, n_source, source, cross, target, **_: (
                    max(1 - n / 30, 0) * finite_source_displacement(n_source, 30, source[0], cross[0], target[0], 0.0)
                ),
                tuple({"n": n, "n_source": m} | _EQUAL | _QUIET for n in (0, 10, 40) for m in (0, 12, 60)),
            ),
            Limit(
                "diagonal matrices: the commuting case",
                lambda n, n_source, eigenvalues, source_eigenvalues, noise_variance, source_noise_variance, ridge, source_ridge, **_: (
                    two_stage_matrix_risk(
                        n,
                        n_source,
                        np.diag(eigenvalues),
                        SOURCE,
                        TARGET,
                        noise_variance,
                        source_noise_variance,
                        ridge,
                        source_ridge,
                        np.diag(source_eigenvalues),
                    )
                ),
                tuple(
                    {
                        "n": n,
                        "n_source": m,
                        "source_eigenvalues": np.array([0.2, 1.5, 1.0]),
                        "noise_variance": 0.4,
                        "source_noise_variance": 0.3,
                        "ridge": 0.2,
                        "source_ridge": 0.1,
                    }
                    | SINGLE
                    | PAIR
                    for n in (0, 2, 9)
                    for m in (1, 2, 20)
                ),
            ),
        ),
        sample=stage_sample,
        experiments=tuple(
            Experiment(
                two_stage,
                growing(n=n, n_source=n_source, dim=12, ridge=ridge, source_ridge=source_ridge),
                "asymptotic",
                6_000,
                allowance=stage_allowance,
                arguments=two_stage_arguments,
            )
            for n, n_source, ridge, source_ridge in ((4, 8, 0.0, 0.0), (6, 24, 0.3, 0.2))
        ),
        mutants=(
            Mutant("the source fit as good as the source", instead(n_source=1000000000000.0)),
            dropped("source_noise_variance"),
            swapped("n", "n_source"),
            scaled(cross=0.5),
        ),
    ),
    Theorem(
        name="two-stage-matrix-risk",
        slow=True,
        kind="asymptotic",
        statement="R = E‖θ_T − ŵ_S‖²_M + σ² df2/(n − df2), M = κ²Σ(Σ+κ)⁻²/(1 − df2/n), ŵ_S a ridge fit under any Σ_S, as matrices",
        formula=two_stage_matrix_risk,
        source="Ghane, Akhtiamov & Hassibi (2024), cf. Dar, LeJeune & Baraniuk (2021), Hedges (2025)",
        papers=("ghane2024", "dar2021", "hedges2025"),
        covers="d = 2",
        domain="any Σ, any Σ_S in any basis, n, n_S ≥ 0, both ridges ≥ 0",
        derivation="derivations.linear.two_stage.two_stage_matrix_risk",
        limits=(
            Limit(
                "matrices that commute, in any basis: the formula in modes",
                lambda n, n_source, angle: two_stage_risk(
                    n,
                    n_source,
                    noise_variance=0.4,
                    source_noise_variance=0.3,
                    ridge=0.2,
                    source_ridge=0.1,
                    source_eigenvalues=np.array([0.2, 1.5, 1.0]),
                    **SINGLE,
                    **PAIR,
                ),
                tuple(
                    {"n": n, "n_source": m, "angle": a} for n in (0, 2, 9) for m in (0, 1, 2, 20) for a in (0.0, 0.7)
                ),
                rtol=1e-11,
                left=lambda formula, n, n_source, angle: formula(
                    n,
                    n_source,
                    turned(np.diag(SINGLE["eigenvalues"]), angle),
                    turned(SOURCE, angle),
                    turned(TARGET, angle),
                    0.4,
                    0.3,
                    0.2,
                    0.1,
                    turned(np.diag([0.2, 1.5, 1.0]), angle),
                ),
            ),
            Limit(
                "a perfect source fit: fine-tuning from the source, whatever Σ_S",
                lambda n: ridge_risk(n, displacement=(TARGET - SOURCE) ** 2, noise_variance=0.4, ridge=0.2, **SINGLE),
                ({"n": 0}, {"n": 1}, {"n": 2}, {"n": 9}),
                rtol=1e-11,
                left=lambda formula, n: formula(
                    n, 50, np.diag(SINGLE["eigenvalues"]), SOURCE, TARGET, 0.4, 0.0, 0.2, 0.0, mixed_spectrum(3, 1.0)
                ),
            ),
            Limit(
                "no target data: the source fit tested under Σ",
                lambda n_source: shifted_matrix_risk(
                    n_source, mixed_spectrum(3, 1.0), SOURCE, np.diag(SINGLE["eigenvalues"]), 0.3, 0.1
                ),
                ({"n_source": 0}, {"n_source": 2}, {"n_source": 20}),
                rtol=1e-11,
                left=lambda formula, n_source: formula(
                    0,
                    n_source,
                    np.diag(SINGLE["eigenvalues"]),
                    SOURCE,
                    SOURCE,
                    0.4,
                    0.3,
                    0.2,
                    0.1,
                    mixed_spectrum(3, 1.0),
                ),
            ),
        ),
        sample=_stage_matrix_sample,
        experiments=tuple(
            Experiment(
                two_stage_dense,
                growing(n=n, n_source=n_source, dim=12, ridge=ridge, source_ridge=source_ridge),
                "asymptotic",
                6_000,
                allowance=stage_allowance,
                arguments=two_stage_dense_arguments,
            )
            for n, n_source, ridge, source_ridge in ((4, 8, 0.0, 0.0), (6, 24, 0.3, 0.2))
        ),
        mutants=(
            Mutant("the source fit as good as the source", instead(n_source=1000000000000.0)),
            Mutant("source inputs like the target's", instead(source_covariance="covariance")),
            dropped("source_noise_variance"),
            swapped("n", "n_source"),
        ),
    ),
)
