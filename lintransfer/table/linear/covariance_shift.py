"""Rows: training under one covariance, testing under another."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.covariance import (
    allowance,
    growing,
    mixed_spectrum,
    random_modes,
    random_noise,
    random_ridge,
    random_size,
    shifted,
    shifted_arguments,
    shifted_dense,
    shifted_dense_arguments,
    spectrum,
)
from lintransfer.experiments.linear.heads import shift_world, shifted_head, shifted_weights
from lintransfer.table.mutants import dropped, instead, moved, swapped
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.covariance_shift import (
    shift_energies,
    shifted_head_risk,
    shifted_least_squares_risk,
    shifted_matrix_risk,
    shifted_risk,
)
from lintransfer.theory.linear.frozen_features import least_squares_head_risk
from lintransfer.theory.linear.isotropic import least_squares_risk, underparameterized_risk

_MODES = {"eigenvalues": np.array([2.0, 0.5]), "multiplicities": np.array([3.0, 5.0])}
_ENERGIES = np.array([0.7, 0.4])
SINGLE: dict[str, Any] = {"eigenvalues": np.array([2.0, 1.0, 0.5]), "multiplicities": np.ones(3)}
SOURCE, TARGET = np.array([0.5, -1.0, 0.3]), np.array([0.8, -0.4, -0.6])


def _shift_sample(rng: np.random.Generator) -> dict[str, Any]:
    modes = random_modes(rng)
    size = len(modes["eigenvalues"])
    return modes | {
        "n": random_size(rng, int(modes["multiplicities"].sum())),
        "displacement": rng.uniform(0, 4, size),
        "test_eigenvalues": rng.uniform(0, 4, size),
        "noise_variance": random_noise(rng),
        "ridge": random_ridge(rng),
    }


def _random_covariance(rng: np.random.Generator, dim: int) -> np.ndarray:
    """A dense covariance with eigenvalues over two decades."""
    basis = np.linalg.qr(rng.standard_normal((dim, dim)))[0]
    return (basis * np.exp(rng.uniform(np.log(0.1), np.log(10.0), dim))) @ basis.T


def matrix_sample(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(rng.integers(1, 5))
    return {
        "n": int(rng.choice([0, 1, dim + 1, int(rng.integers(0, 50))])),
        "covariance": _random_covariance(rng, dim),
        "displacement": rng.standard_normal(dim),
        "test_covariance": _random_covariance(rng, dim),
        "noise_variance": random_noise(rng),
        "ridge": random_ridge(rng),
    }


def turned(matrix: np.ndarray, angle: float) -> np.ndarray:
    """The same in a basis turned by an angle, columns (d,) or matrices (d, d); d = 3."""
    turn = np.array([
        [np.cos(angle), -np.sin(angle), 0.0], [0.6 * np.sin(angle), 0.6 * np.cos(angle), -0.8],
        [0.8 * np.sin(angle), 0.8 * np.cos(angle), 0.6],
    ])  # fmt: skip
    return turn @ matrix if matrix.ndim == 1 else turn @ matrix @ turn.T


def _shift_arguments(n: int, dim: int, n_features: int, noise_variance: float) -> dict[str, Any]:
    energies = shift_energies(**shift_world(dim, n_features))
    return {"n": n, "n_features": n_features, "noise_variance": noise_variance} | energies._asdict()


def _above_features(rng: np.random.Generator) -> dict[str, Any]:
    r = int(rng.integers(1, 1000))
    energies = dict(zip(("misfit", "spread", "unexplained", "noise_variance"), rng.uniform(0, 4, 4), strict=True))
    return {"n": r + 2 + int(rng.integers(0, 10**4)), "n_features": r} | energies


def _spread_arguments(n: int, dim: int, noise_variance: float) -> dict[str, Any]:
    world = shift_world(dim, 1)
    spread = float(np.trace(np.linalg.solve(world["covariance"], world["test_covariance"])))
    return {"n": n, "dim": dim, "spread": spread, "noise_variance": noise_variance}


def _determined(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(rng.integers(1, 1000))
    n = dim + int(rng.choice([0, 1, 2 + int(rng.integers(0, 10**4))]))
    return {"n": n, "dim": dim, "spread": float(rng.uniform(0.01, 4)), "noise_variance": float(rng.uniform(0.01, 4))}


ROWS = (
    Theorem(
        name="covariance-shift",
        kind="exact",
        statement="E R = ‖Ba*−θ_T‖²_Σ' + (σ²+u) tr[BᵀΣ'B(BᵀΣB)⁻¹]/(n−r−1)",
        formula=shifted_head_risk,
        source="follows from Anderson (2003) by substitution (mean of an inverse Wishart matrix, noise σ² + u)",
        follows=("anderson2003",),
        domain="any Σ, Σ' and feature map B with BᵀΣB invertible, n ≥ r + 2",
        derivation="derivations.linear.covariance_shift.covariance_shift",
        limits=(
            Limit(
                "no shift: the misfit is u, the spread r",
                least_squares_head_risk,
                ({"n": 9, "n_features": 4, "unexplained": 0.3, "noise_variance": 0.2},),
                left=lambda formula, n, n_features, unexplained, noise_variance: formula(
                    n, n_features, unexplained, n_features, unexplained, noise_variance
                ),
            ),
            Limit(
                "no shift, all weights trained: ordinary least squares",
                underparameterized_risk,
                ({"n": 9, "dim": 4, "noise_variance": 0.2},),
                left=lambda formula, n, dim, noise_variance: formula(n, dim, 0.0, dim, 0.0, noise_variance),
            ),
            Limit(
                "nothing to fit wrongly: the misfit alone",
                lambda misfit, **_: misfit,
                grid(n=[3, 4, 9], n_features=3, misfit=0.5, spread=2.0, unexplained=0.0, noise_variance=0.0),
            ),
        ),
        sample=_above_features,
        experiments=(
            Experiment(
                shifted_head,
                (
                    {"n": 8, "dim": 5, "n_features": 2, "noise_variance": 0.2},
                    {"n": 6, "dim": 3, "n_features": 1, "noise_variance": 0.0},
                    {"n": 9, "dim": 3, "n_features": 3, "noise_variance": 0.5},
                ),
                arguments=_shift_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "n − r for n − r − 1",
                lambda n, n_features, misfit, spread, unexplained, noise_variance: (
                    misfit + (noise_variance + unexplained) * spread / (n - n_features)
                ),
            ),
            Mutant("shift ignored: r for the spread", instead(spread="n_features")),
            Mutant("the test misfit for the training one in the noise", instead(unexplained="misfit")),
        ),
    ),
    Theorem(
        name="shifted-risk",
        kind="asymptotic",
        statement="R = κ²gᵀΣ'g + (κ²δᵀΣ(Σ+κ)⁻²δ + σ²) tr[ΣΣ'(Σ+κ)⁻²]/(n − df2), g = (Σ+κ)⁻¹δ",
        formula=shifted_risk,
        source="standard deterministic equivalent: Hastie et al. (2022); cf. Patil, Du & Tibshirani (2024)",
        papers=("hastie2022", "patil2024"),
        covers="two eigenvalues",
        domain="any Σ, any test covariance Σ' (here commuting; `shifted_matrix_risk` for all), n ≥ 0, λ ≥ 0",
        derivation="derivations.linear.covariance_shift.shifted_risk",
        limits=(
            Limit(
                "no shift: the ridge risk",
                lambda test_eigenvalues, **others: ridge_risk(**others),
                tuple(
                    {
                        "n": n,
                        "displacement": _ENERGIES,
                        "test_eigenvalues": np.array([2.0, 0.5]),
                        "noise_variance": 0.5,
                        "ridge": r,
                    }
                    | _MODES
                    for n in (0, 3, 8, 20)
                    for r in (0.0, 0.3)
                ),
            ),
            Limit(
                "least squares: σ² tr(Σ'Σ⁻¹)/(n − d)",
                lambda n, test_eigenvalues, **_: 0.5 * float(test_eigenvalues @ np.array([1.5, 10.0])) / (n - 8),
                tuple(
                    {
                        "n": n,
                        "displacement": _ENERGIES,
                        "test_eigenvalues": np.array([0.3, 0.9]),
                        "noise_variance": 0.5,
                        "ridge": 0.0,
                    }
                    | _MODES
                    for n in (9, 40)
                ),
            ),
            Limit(
                "diagonal matrices: the commuting case",
                lambda n, eigenvalues, multiplicities, displacement, test_eigenvalues, noise_variance, ridge: (
                    shifted_matrix_risk(
                        n, np.diag(eigenvalues), np.sqrt(displacement), np.diag(test_eigenvalues), noise_variance, ridge
                    )
                ),
                tuple(
                    {
                        "n": n,
                        "displacement": SOURCE**2,
                        "test_eigenvalues": np.array([0.3, 0.9, 2.0]),
                        "noise_variance": 0.5,
                        "ridge": r,
                    }
                    | SINGLE
                    for n in (0, 1, 2, 5)
                    for r in (0.0, 0.3)
                ),
            ),
        ),
        sample=_shift_sample,
        experiments=tuple(
            Experiment(
                shifted,
                growing(n=n, dim=12, exponent=exponent, noise_variance=0.1, ridge=ridge),
                "asymptotic",
                6_000,
                allowance=allowance,
                arguments=shifted_arguments,
            )
            for n, exponent, ridge in ((4, 1.0, 0.0), (8, 0.5, 0.5))
        ),
        mutants=(
            Mutant("the shift ignored", lambda test_eigenvalues, **others: ridge_risk(**others)),
            Mutant("trained under Σ', tested under Σ", swapped("eigenvalues", "test_eigenvalues")),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="shifted-least-squares",
        kind="exact",
        statement="E R = σ² tr(Σ'Σ⁻¹)/(n−d−1)",
        formula=shifted_least_squares_risk,
        source="follows from covariance-shift by substitution (all weights trained, B = I: no misfit, u = 0); classical (mean of an inverse Wishart matrix): Anderson (2003)",
        follows=("covariance-shift",),
        see=("anderson2003",),
        domain="any Σ of full rank d, any Σ', n ≥ d + 2; inf where |n − d| ≤ 1 ≤ n and σ > 0, 0 for n ≥ d without noise",
        derivation="derivations.linear.covariance_shift.shifted_least_squares",
        limits=(
            Limit(
                "no shift: the spread is d",
                lambda n, dim, noise_variance: least_squares_risk(n, dim, noise_variance),
                grid(n=[3, 4, 5, 6, 9], dim=4, noise_variance=0.2),
                left=lambda formula, n, dim, noise_variance: formula(n, dim, dim, noise_variance),
            ),
            Limit(
                "the threshold: an infinite mean", math.inf, grid(n=[3, 4, 5], dim=4, spread=2.0, noise_variance=0.2)
            ),
            Limit("no noise: learnt exactly", 0.0, grid(n=[4, 5, 6, 9], dim=4, spread=2.0, noise_variance=0.0)),
            Limit(
                "Σ' = cΣ: c times the risk",
                lambda c: c * least_squares_risk(9, 4, 0.2),
                ({"c": 0.3}, {"c": 5.0}),
                left=lambda formula, c: formula(9, 4, 4 * c, 0.2),
            ),
        ),
        sample=_determined,
        experiments=(
            Experiment(
                shifted_weights,
                (
                    {"n": 8, "dim": 3, "noise_variance": 0.2},
                    {"n": 12, "dim": 5, "noise_variance": 0.5},
                    {"n": 7, "dim": 1, "noise_variance": 0.3},
                ),
                arguments=_spread_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "n − d for n − d − 1",
                lambda n, dim, spread, noise_variance: noise_variance * spread / (n - dim),
            ),
            Mutant("shift ignored: d for the spread", instead(spread="dim")),
            Mutant("σ for σ²", instead(noise_variance=lambda noise_variance: noise_variance**2)),
            moved(n=1),
        ),
    ),
    Theorem(
        name="shifted-matrix-risk",
        kind="asymptotic",
        statement="R = κ²gᵀΣ'g + (κ²δᵀΣ(Σ+κ)⁻²δ + σ²) tr[ΣΣ'(Σ+κ)⁻²]/(n − df2), g = (Σ+κ)⁻¹δ, as matrices",
        formula=shifted_matrix_risk,
        source="standard deterministic equivalent: Hastie et al. (2022); cf. Patil, Du & Tibshirani (2024)",
        papers=("hastie2022", "patil2024"),
        covers="d = 2",
        domain="any Σ, any test covariance Σ' in any basis, n ≥ 0, λ ≥ 0",
        derivation="derivations.linear.covariance_shift.shifted_matrix_risk",
        limits=(
            Limit(
                "matrices that commute, in any basis: the formula in modes",
                lambda n, ridge, angle: shifted_risk(
                    n,
                    displacement=TARGET**2,
                    test_eigenvalues=np.array([0.3, 0.9, 2.0]),
                    noise_variance=0.5,
                    ridge=ridge,
                    **SINGLE,
                ),
                tuple({"n": n, "ridge": r, "angle": a} for n in (0, 1, 2, 5) for r in (0.0, 0.3) for a in (0.0, 0.7)),
                rtol=1e-11,
                left=lambda formula, n, ridge, angle: formula(
                    n,
                    turned(np.diag(SINGLE["eigenvalues"]), angle),
                    turned(TARGET, angle),
                    turned(np.diag([0.3, 0.9, 2.0]), angle),
                    0.5,
                    ridge,
                ),
            ),
            Limit(
                "no data: δᵀΣ'δ",
                lambda dim: float(np.sum(spectrum(dim, 1.0) * np.linspace(-1, 1, dim) ** 2)),
                ({"dim": 3}, {"dim": 6}),
                left=lambda formula, dim: formula(
                    0, mixed_spectrum(dim, 0.5), np.linspace(-1, 1, dim), np.diag(spectrum(dim, 1.0)), 0.5, 0.2
                ),
            ),
            Limit(
                "least squares: σ² tr(Σ'Σ⁻¹)/(n − d)",
                lambda n: (
                    0.5 * float(np.trace(np.linalg.solve(mixed_spectrum(6, 0.5), np.diag(spectrum(6, 1.0))))) / (n - 6)
                ),
                ({"n": 7}, {"n": 40}),
                rtol=1e-11,
                left=lambda formula, n: formula(
                    n, mixed_spectrum(6, 0.5), np.linspace(-1, 1, 6), np.diag(spectrum(6, 1.0)), 0.5
                ),
            ),
        ),
        sample=matrix_sample,
        experiments=tuple(
            Experiment(
                shifted_dense,
                growing(n=n, dim=12, exponent=exponent, noise_variance=0.1, ridge=ridge),
                "asymptotic",
                6_000,
                allowance=allowance,
                arguments=shifted_dense_arguments,
            )
            for n, exponent, ridge in ((4, 1.0, 0.0), (8, 0.5, 0.5))
        ),
        mutants=(
            Mutant("the shift ignored", instead(test_covariance="covariance")),
            Mutant("trained under Σ', tested under Σ", swapped("covariance", "test_covariance")),
            Mutant(
                "the diagonal of Σ' alone",
                instead(
                    test_covariance=lambda test_covariance: test_covariance * np.eye(len(test_covariance), dtype=int)
                ),
            ),
            dropped("noise_variance"),
        ),
    ),
)
