"""Rows: how far below zero a ridge may go, and the risk there."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.linear.covariance import fine_tuning, modes, random_modes, random_size, spectrum
from lintransfer.experiments.linear.negative_ridge import smallest_gram_eigenvalue
from lintransfer.table.mutants import instead, moved
from lintransfer.table.points import grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.negative_ridge import critical_ridge

MODES = {"eigenvalues": np.array([2.0, 0.5]), "multiplicities": np.array([3.0, 5.0])}
_NINE = {"eigenvalues": np.array([2.0]), "multiplicities": np.array([9.0])}
ENERGIES = np.array([0.7, 0.4])


def _critical_sample(rng: np.random.Generator) -> dict[str, Any]:
    drawn = random_modes(rng)
    return drawn | {"n": random_size(rng, int(drawn["multiplicities"].sum()))}


def _critical_arguments(n: int, dim: int, exponent: float) -> dict[str, Any]:
    return {"n": n, "eigenvalues": spectrum(dim, exponent), "multiplicities": np.ones(dim)}


def _negative(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, exponent: float, noise_variance: float, depth: float
) -> np.ndarray:
    """Risks at a negative ridge, a fraction `depth` of the way to the critical one."""
    values = spectrum(dim, exponent)
    ridge = depth * float(critical_ridge(n, values, np.ones(dim)))
    return fine_tuning(rng, replicates, n=n, dim=dim, exponent=exponent, noise_variance=noise_variance, ridge=ridge)


def _negative_sample(rng: np.random.Generator) -> dict[str, Any]:
    drawn = random_modes(rng)
    rank = int(drawn["multiplicities"].sum())
    n = int(rng.choice([max(rank // 2, 1), 2 * rank, 5 * rank + 1]))
    floor = float(critical_ridge(n, drawn["eigenvalues"], drawn["multiplicities"]))
    return drawn | {
        "n": n,
        "displacement": rng.uniform(0, 4, len(drawn["eigenvalues"])),
        "noise_variance": float(rng.uniform(0, 4)),
        "ridge": float(rng.uniform(0.01, 0.9)) * floor,
    }


ROWS = (
    Theorem(
        name="critical-ridge",
        slow=True,
        kind="implicit",
        statement="λ_c = min over κ > −λ_min of κ(n − df1(κ)) = −κ_c²Σ m_i λ_i/(λ_i+κ_c)², df2(κ_c) = n; R = inf there",
        formula=critical_ridge,
        source="Patil, Du & Tibshirani (2024), LeJeune et al. (2022); negative ridges: Kobak, Lomond & Sanchez (2020), Wu & Xu (2020)",
        papers=("patil2024", "lejeune2022", "kobak2020", "wu2020"),
        covers="two eigenvalues",
        domain="any spectrum, n ≥ 0",
        derivation="derivations.linear.negative_ridge.critical_ridge",
        limits=(
            Limit(
                "equal eigenvalues λ: −λ(√n − √d)², the edge of the Marchenko–Pastur law",
                lambda n, **_: -2.0 * (np.sqrt(n) - 3.0) ** 2,
                tuple({"n": n} | _NINE for n in (0, 1, 4, 9, 16, 100)),
            ),
            Limit(
                "no data: −trΣ",
                lambda eigenvalues, multiplicities, **_: -float(eigenvalues @ multiplicities),
                ({"n": 0} | MODES,),
            ),
        ),
        sample=_critical_sample,
        experiments=(
            Experiment(
                smallest_gram_eigenvalue,
                growing(n=5, dim=20, exponent=0.5),
                "asymptotic",
                1_000,
                allowance=lambda n, **_: 4 * n ** (-2 / 3),
                arguments=_critical_arguments,
            ),
        ),
        mutants=(
            Mutant("df1 for df2 at the critical point: κ_c from n + 1", moved(n=1)),
            Mutant("the smallest eigenvalue alone", lambda n, eigenvalues: -np.min(eigenvalues) * n),
        ),
    ),
    Theorem(
        name="negative-ridge-risk",
        slow=True,
        kind="asymptotic",
        statement="the ridge risk continues to λ_c < λ < 0 on the larger root of λ = κ(n − df1(κ))",
        formula=ridge_risk,
        source="Patil, Du & Tibshirani (2024), LeJeune et al. (2022); negative ridges: Kobak, Lomond & Sanchez (2020), Wu & Xu (2020)",
        papers=("patil2024", "lejeune2022", "kobak2020", "wu2020"),
        covers="two eigenvalues",
        domain="any spectrum, n ≥ 0, λ_c(n) ≤ λ < 0 (inf at λ_c, nan below)",
        derivation="derivations.linear.covariance.ridge_risk",
        limits=(
            Limit(
                "at the critical ridge the risk is infinite",
                0.0,
                grid(n=[1, 4, 16], displacement=np.array([1.0]), noise_variance=0.5),
                rtol=1e-4,
                left=lambda formula, n, **rest: (
                    1 / formula(n, ridge=-2 * (np.sqrt(n) - 3) ** 2 * (1 - 1e-12), **_NINE, **rest)
                ),
            ),
            Limit(
                "a vanishing ridge is no ridge",
                lambda ridge, **others: ridge_risk(**others),
                tuple(
                    {"n": n, "displacement": ENERGIES, "noise_variance": 0.5, "ridge": -1e-13} | MODES
                    for n in (2, 6, 12)
                ),
                rtol=1e-11,
            ),
        ),
        experiments=tuple(
            Experiment(
                _negative,
                tuple(
                    {"n": n * s, "dim": 16 * s, "exponent": 0.5, "noise_variance": 0.1, "depth": 0.3} for s in (1, 2, 4)
                ),
                "asymptotic",
                6_000,
                resolution=0.1,
                allowance=lambda n, dim, **_: 8 / (dim * abs(1 - n / dim)),
                arguments=lambda n, dim, exponent, noise_variance, depth: (
                    {
                        "n": n,
                        "noise_variance": noise_variance,
                        "ridge": depth * float(critical_ridge(n, spectrum(dim, exponent), np.ones(dim))),
                    }
                    | modes(dim, exponent)
                ),
            )
            for n in (4, 40)
        ),
        sample=_negative_sample,
        mutants=(
            Mutant("the sign of the ridge ignored", instead(ridge=lambda ridge: abs(ridge))),
            Mutant("counted as no ridge", instead(ridge=lambda ridge: max(ridge, 0.0))),
        ),
    ),
)
