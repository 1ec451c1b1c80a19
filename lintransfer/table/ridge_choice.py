"""Rows: how much ridge, under any covariance: the best one, and how far below zero it may go."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import paired_risk_samples
from lintransfer.table.covariance_experiments import (
    best_head_of_a_ladder,
    fine_tuning,
    modes,
    random_modes,
    random_noise,
    random_size,
    spectrum,
    teachers,
    tuned_head_arguments,
)
from lintransfer.table.mutants import dropped, instead, moved
from lintransfer.table.points import grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.covariance import feature_covariance_risk, ridge_risk
from lintransfer.theory.negative_ridge import critical_ridge
from lintransfer.theory.optimal_ridge import optimal_features_ridge_risk, optimal_ridge, optimal_ridge_risk
from lintransfer.theory.proportional import tuned_ridge, tuned_ridge_risk

_MODES = {"eigenvalues": np.array([2.0, 0.5]), "multiplicities": np.array([3.0, 5.0])}
_NINE = {"eigenvalues": np.array([2.0]), "multiplicities": np.array([9.0])}
_ENERGIES = np.array([0.7, 0.4])


def _critical_sample(rng: np.random.Generator) -> dict[str, Any]:
    drawn = random_modes(rng)
    return drawn | {"n": random_size(rng, int(drawn["multiplicities"].sum()))}


def _optimal_sample(rng: np.random.Generator) -> dict[str, Any]:
    drawn = random_modes(rng)
    return drawn | {
        "n": int(rng.integers(1, int(2 * drawn["multiplicities"].sum()) + 2)),
        "displacement": rng.uniform(0.1, 4, len(drawn["eigenvalues"])), "noise_variance": float(rng.uniform(0.01, 4)),
    }


def smallest_gram_eigenvalue(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, exponent: float
) -> np.ndarray:
    """Minus the smallest non-zero eigenvalue of XᵀX: the ridge at which a design stops to be invertible."""
    scales = np.sqrt(spectrum(dim, exponent))
    found = np.empty(replicates)
    for i in range(replicates):
        design = rng.standard_normal((n, dim)) * scales
        found[i] = -np.linalg.eigvalsh(design @ design.T if n < dim else design.T @ design)[0]
    return found


def _critical_arguments(n: int, dim: int, exponent: float) -> dict[str, Any]:
    return {"n": n, "eigenvalues": spectrum(dim, exponent), "multiplicities": np.ones(dim)}


def best_of_a_ladder(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, noise_variance: float
) -> np.ndarray:
    """Risks at the ridge, out of a fine ladder, whose mean over the same designs is least."""
    source, target = teachers(dim)
    ladder = [{"ridge": ridge} for ridge in np.geomspace(0.05, 20, 41)]
    risks = paired_risk_samples(
        rng, replicates, ladder, n=n, target=target, initial=source, covariance=spectrum(dim, 1.0),
        noise_std=noise_variance**0.5,
    )
    return risks[np.argmin(risks.mean(axis=1))]


def _ladder_arguments(n: int, dim: int, noise_variance: float) -> dict[str, Any]:
    return {"n": n, "noise_variance": noise_variance} | modes(dim, 1.0)


def _negative(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, exponent: float, noise_variance: float, depth: float
) -> np.ndarray:
    """Risks at a negative ridge, a fraction `depth` of the way to the critical one."""
    values = spectrum(dim, exponent)
    ridge = depth * float(critical_ridge(n, values, np.ones(dim)))
    return fine_tuning(
        rng, replicates, n=n, dim=dim, exponent=exponent, noise_variance=noise_variance, ridge=ridge
    )


def _negative_sample(rng: np.random.Generator) -> dict[str, Any]:
    drawn = random_modes(rng)
    rank = int(drawn["multiplicities"].sum())
    n = int(rng.choice([max(rank // 2, 1), 2 * rank, 5 * rank + 1]))
    floor = float(critical_ridge(n, drawn["eigenvalues"], drawn["multiplicities"]))
    return drawn | {
        "n": n, "displacement": rng.uniform(0, 4, len(drawn["eigenvalues"])),
        "noise_variance": float(rng.uniform(0, 4)), "ridge": float(rng.uniform(0.01, 0.9)) * floor,
    }


ROWS = (
    Theorem(
        name="critical-ridge",
        slow=True,
        kind="implicit",
        statement="λ_c = min over κ > −λ_min of κ(n − df1(κ)) = −κ_c²Σ m_i λ_i/(λ_i+κ_c)², df2(κ_c) = n; R = inf there",
        formula=critical_ridge,
        source="Patil, Du & Tibshirani (2024), LeJeune et al. (2022); negative ridges: Kobak, Lomond & Sanchez (2020), Wu & Xu (2020)",
        papers=("patil2024", "lejeune2022", "kobak2020", "wu2020"), covers="two eigenvalues",
        domain="any spectrum, n ≥ 0",
        derivation="derivations.covariance.critical_ridge",
        limits=(
            Limit(
                "equal eigenvalues λ: −λ(√n − √d)², the edge of the Marchenko–Pastur law",
                lambda n, **_: -2.0 * (np.sqrt(n) - 3.0) ** 2,
                tuple({"n": n} | _NINE for n in (0, 1, 4, 9, 16, 100)),
            ),
            Limit(
                "no data: −trΣ",
                lambda eigenvalues, multiplicities, **_: -float(eigenvalues @ multiplicities),
                ({"n": 0} | _MODES,),
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
        papers=("patil2024", "lejeune2022", "kobak2020", "wu2020"), covers="two eigenvalues",
        domain="any spectrum, n ≥ 0, λ_c(n) ≤ λ < 0 (inf at λ_c, nan below)",
        derivation="derivations.covariance.ridge_risk",
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
                    {"n": n, "displacement": _ENERGIES, "noise_variance": 0.5, "ridge": -1e-13} | _MODES
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
                arguments=lambda n, dim, exponent, noise_variance, depth: {
                    "n": n, "noise_variance": noise_variance,
                    "ridge": depth * float(critical_ridge(n, spectrum(dim, exponent), np.ones(dim))),
                } | modes(dim, exponent),
            )
            for n in (4, 40)
        ),
        sample=_negative_sample,
        mutants=(
            Mutant("the sign of the ridge ignored", instead(ridge=lambda ridge: abs(ridge))),
            Mutant("counted as no ridge", instead(ridge=lambda ridge: max(ridge, 0.0))),
        ),
    ),
    Theorem(
        name="optimal-ridge",
        kind="implicit",
        statement="λ* is a root of (n − df2)κΣeλ²/(λ+κ)³ = (σ² + b)Σmλ²/(λ+κ)³, b = κ²Σeλ/(λ+κ)², or 0",
        formula=optimal_ridge,
        source="cf. Wu & Xu (2020), Richards, Mourtada & Rosasco (2021)",
        papers=("wu2020", "richards2021"), covers="two eigenvalues",
        domain="any spectrum, n ≥ 0; λ* < 0 can win only where n < rank Σ",
        derivation="derivations.covariance.optimal_ridge",
        limits=(
            Limit(
                "equal eigenvalues: λ* = dσ²/‖δ‖² for every n",
                lambda n, displacement, noise_variance, **_: {
                    "ridge": tuned_ridge(40.0, displacement[0], noise_variance),
                    "risk": tuned_ridge_risk(n, 40.0, displacement[0], noise_variance),
                },
                grid(
                    n=[0, 1, 20, 40, 41, 400],
                    eigenvalues=np.ones(1),
                    multiplicities=np.full(1, 40.0),
                    displacement=np.full(1, 1.3),
                    noise_variance=[1e-3, 0.5],
                ),
                rtol=1e-11,
            ),
            Limit(
                "energies proportional to the multiplicities (an isotropic prior): λ* = σ²d/‖δ‖²",
                lambda noise_variance, **_: noise_variance / 0.2,
                tuple(
                    {"n": n, "displacement": 0.2 * _MODES["multiplicities"], "noise_variance": 0.3} | _MODES
                    for n in (1, 4, 8, 30)
                ),
                rtol=1e-10,
                left=lambda formula, **arguments: formula(**arguments).ridge,
            ),
            Limit(
                "nothing to learn: infinite ridge, no risk",
                lambda **_: {"ridge": np.inf, "risk": 0.0},
                ({"n": 5, "displacement": np.zeros(2), "noise_variance": 0.3} | _MODES,),
            ),
        ),
        sample=_optimal_sample,
        experiments=(),
        mutants=(
            Mutant(
                "the isotropic optimum",
                lambda n, eigenvalues, multiplicities, displacement, noise_variance: {
                    "ridge": noise_variance * multiplicities.sum() / displacement.sum(),
                    "risk": ridge_risk(
                        n, eigenvalues, multiplicities, displacement, noise_variance,
                        noise_variance * multiplicities.sum() / displacement.sum(),
                    ),
                },
            ),
            Mutant("σ for σ²", instead(noise_variance=lambda noise_variance: noise_variance**2)),
        ),
    ),
    Theorem(
        name="optimal-ridge-risk",
        kind="asymptotic",
        statement="R* = min over λ ≥ 0 of the ridge risk",
        formula=optimal_ridge_risk,
        source="cf. Wu & Xu (2020), Richards, Mourtada & Rosasco (2021)",
        papers=("wu2020", "richards2021"), covers="two eigenvalues",
        domain="any spectrum, n ≥ 0",
        derivation="derivations.covariance.optimal_ridge_risk",
        limits=(
            Limit(
                "never above the risk at any ridge",
                True,
                tuple({"n": n, "displacement": _ENERGIES, "noise_variance": 0.3} | _MODES for n in (1, 4, 8, 30)),
                left=lambda formula, **arguments: all(
                    formula(**arguments) <= ridge_risk(ridge=r, **arguments) for r in (0.01, 0.3, 3.0)
                ),
            ),
        ),
        sample=_optimal_sample,
        experiments=(
            Experiment(
                best_of_a_ladder,
                growing(n=6, dim=12, noise_variance=0.1),
                "asymptotic",
                1_500,
                allowance=lambda n, **_: 2 / n,
                arguments=_ladder_arguments,
            ),
        ),
        mutants=(
            Mutant("no ridge", lambda **arguments: ridge_risk(ridge=0.0, **arguments)),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="optimal-features-ridge-risk",
        kind="asymptotic",
        statement="R* = u + [least ridge risk over λ ≥ 0 on F = BᵀΣB with noise σ² + u and δ = a* − a_0]",
        formula=optimal_features_ridge_risk,
        source="follows from optimal-ridge-risk and feature-covariance-risk by substitution (features BᵀΣB, noise σ² + u)",
        follows=("optimal-ridge-risk", "feature-covariance-risk"), covers="two eigenvalues",
        domain="any Σ, any feature map, n ≥ 0; tested under the training covariance",
        derivation="derivations.covariance.optimal_features_ridge_risk",
        limits=(
            Limit(
                "features that explain everything: the optimal ridge risk on F",
                lambda n: optimal_ridge_risk(
                    n, _MODES["eigenvalues"], _MODES["multiplicities"], _ENERGIES, 0.3
                ),
                grid(n=[0, 1, 4, 8, 30]),
                left=lambda formula, n: formula(
                    n, displacement=_ENERGIES, unexplained=0.0, noise_variance=0.3, **_MODES
                ),
            ),
            Limit(
                "never above the risk at any ridge, and reached at one",
                1.0,
                tuple(
                    {"n": n, "displacement": _ENERGIES, "unexplained": 0.4, "noise_variance": 0.3} | _MODES
                    for n in (1, 4, 8, 30)
                ),
                rtol=1e-5,
                left=lambda formula, **arguments: formula(**arguments)
                / min(feature_covariance_risk(ridge=r, **arguments) for r in np.geomspace(0.1, 100, 2000)),
            ),
            Limit(
                "one level: the tuned ridge risk, u as noise and floor",
                lambda n, noise: 0.4 + tuned_ridge_risk(n, 40.0, 1.3, noise + 0.4),
                grid(n=[0, 1, 20, 40, 400], noise=[0.0, 0.5]),
                rtol=1e-11,
                left=lambda formula, n, noise: formula(n, np.ones(1), np.full(1, 40.0), np.full(1, 1.3), 0.4, noise),
            ),
            Limit(
                "no data: u + ‖a* − a_0‖²_F",
                0.4 + float(_MODES["eigenvalues"] @ _ENERGIES),
                ({"n": 0, "displacement": _ENERGIES, "unexplained": 0.4, "noise_variance": 0.3} | _MODES,),
            ),
        ),
        sample=lambda rng: _optimal_sample(rng) | {"unexplained": random_noise(rng)},
        experiments=(
            Experiment(
                best_head_of_a_ladder,
                growing(n=6, dim=24, n_features=12, noise_variance=0.1),
                "asymptotic",
                1_500,
                allowance=lambda n, **_: 2 / n,
                arguments=tuned_head_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "the unexplained part is not noise",
                lambda unexplained, **others: unexplained + optimal_ridge_risk(**others),
            ),
            Mutant(
                "the floor u dropped",
                lambda unexplained, noise_variance, **others: optimal_ridge_risk(
                    noise_variance=noise_variance + unexplained, **others
                ),
            ),
            Mutant("no ridge", lambda **arguments: feature_covariance_risk(ridge=0.0, **arguments)),
            dropped("noise_variance"),
        ),
    ),
)
