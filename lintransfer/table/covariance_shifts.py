"""Rows: a second covariance enters, that of the test inputs or of the source task."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.table.covariance_experiments import (
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
    two_stage,
    two_stage_arguments,
    two_stage_dense,
    two_stage_dense_arguments,
)
from lintransfer.table.mutants import dropped, instead, scaled, swapped
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.covariance import ridge_risk
from lintransfer.theory.equivalent_shift import shifted_matrix_risk, shifted_risk
from lintransfer.theory.finite_source import finite_source_displacement
from lintransfer.theory.two_stage import two_stage_matrix_risk, two_stage_risk

_MODES = {"eigenvalues": np.array([2.0, 0.5]), "multiplicities": np.array([3.0, 5.0])}
_ENERGIES = np.array([0.7, 0.4])
_SINGLE = {"eigenvalues": np.array([2.0, 1.0, 0.5]), "multiplicities": np.ones(3)}
_SOURCE, _TARGET = np.array([0.5, -1.0, 0.3]), np.array([0.8, -0.4, -0.6])
_PAIR = {"source_energy": _SOURCE**2, "cross_energy": _SOURCE * _TARGET, "target_energy": _TARGET**2}
_EQUAL = {
    "eigenvalues": np.ones(1), "multiplicities": np.full(1, 30.0), "source_energy": np.full(1, 0.9),
    "cross_energy": np.full(1, 0.6), "target_energy": np.full(1, 1.1),
}
_QUIET = {"noise_variance": 0.0, "source_noise_variance": 0.0, "ridge": 0.0, "source_ridge": 0.0}


def _shift_sample(rng: np.random.Generator) -> dict[str, Any]:
    modes = random_modes(rng)
    size = len(modes["eigenvalues"])
    return modes | {
        "n": random_size(rng, int(modes["multiplicities"].sum())), "displacement": rng.uniform(0, 4, size),
        "test_eigenvalues": rng.uniform(0, 4, size), "noise_variance": random_noise(rng), "ridge": random_ridge(rng),
    }


def _stage_sample(rng: np.random.Generator) -> dict[str, Any]:
    modes = random_modes(rng)
    size, rank = len(modes["eigenvalues"]), int(modes["multiplicities"].sum())
    source, target, overlap = rng.uniform(0, 2, size), rng.uniform(0, 2, size), rng.uniform(-0.9, 0.9, size)
    return modes | {
        "n": random_size(rng, rank), "n_source": random_size(rng, rank), "source_energy": source**2,
        "cross_energy": overlap * source * target, "target_energy": target**2, "noise_variance": random_noise(rng),
        "source_noise_variance": random_noise(rng), "ridge": random_ridge(rng), "source_ridge": random_ridge(rng),
        "source_eigenvalues": np.exp(rng.uniform(np.log(1e-2), np.log(1e2), size)),
    }


def _random_covariance(rng: np.random.Generator, dim: int) -> np.ndarray:
    """A dense covariance with eigenvalues over two decades."""
    basis = np.linalg.qr(rng.standard_normal((dim, dim)))[0]
    return (basis * np.exp(rng.uniform(np.log(0.1), np.log(10.0), dim))) @ basis.T


def _matrix_sample(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(rng.integers(1, 5))
    return {
        "n": int(rng.choice([0, 1, dim + 1, int(rng.integers(0, 50))])), "covariance": _random_covariance(rng, dim),
        "displacement": rng.standard_normal(dim), "test_covariance": _random_covariance(rng, dim),
        "noise_variance": random_noise(rng), "ridge": random_ridge(rng),
    }


def _stage_matrix_sample(rng: np.random.Generator) -> dict[str, Any]:
    drawn = _matrix_sample(rng)
    dim = len(drawn.pop("displacement"))
    return drawn | {
        "n_source": int(rng.choice([0, 1, dim + 1, int(rng.integers(0, 50))])), "source": rng.standard_normal(dim),
        "target": rng.standard_normal(dim), "source_covariance": drawn.pop("test_covariance"),
        "source_noise_variance": random_noise(rng), "source_ridge": random_ridge(rng),
    }


def _turned(matrix: np.ndarray, angle: float) -> np.ndarray:
    """The same in a basis turned by an angle, columns (d,) or matrices (d, d); d = 3."""
    turn = np.array([
        [np.cos(angle), -np.sin(angle), 0.0], [0.6 * np.sin(angle), 0.6 * np.cos(angle), -0.8],
        [0.8 * np.sin(angle), 0.8 * np.cos(angle), 0.6],
    ])  # fmt: skip
    return turn @ matrix if matrix.ndim == 1 else turn @ matrix @ turn.T


def _stage_allowance(n: int, n_source: int, dim: int, **_: Any) -> float:
    return 6 / (dim * abs(1 - n / dim)) + 6 / (dim * abs(1 - n_source / dim))


ROWS = (
    Theorem(
        name="shifted-risk",
        kind="asymptotic",
        statement="R = κ²gᵀΣ'g + (κ²δᵀΣ(Σ+κ)⁻²δ + σ²) tr[ΣΣ'(Σ+κ)⁻²]/(n − df2), g = (Σ+κ)⁻¹δ",
        formula=shifted_risk,
        source="standard deterministic equivalent: Hastie et al. (2022); cf. Patil, Du & Tibshirani (2024)",
        papers=("hastie2022", "patil2024"), covers="two eigenvalues",
        domain="any Σ, any test covariance Σ' (here commuting; `shifted_matrix_risk` for all), n ≥ 0, λ ≥ 0",
        derivation="derivations.covariance.shifted_risk",
        limits=(
            Limit(
                "no shift: the ridge risk",
                lambda test_eigenvalues, **others: ridge_risk(**others),
                tuple(
                    {"n": n, "displacement": _ENERGIES, "test_eigenvalues": np.array([2.0, 0.5]), "noise_variance": 0.5,
                     "ridge": r} | _MODES
                    for n in (0, 3, 8, 20) for r in (0.0, 0.3)
                ),
            ),
            Limit(
                "least squares: σ² tr(Σ'Σ⁻¹)/(n − d)",
                lambda n, test_eigenvalues, **_: 0.5 * float(test_eigenvalues @ np.array([1.5, 10.0])) / (n - 8),
                tuple(
                    {"n": n, "displacement": _ENERGIES, "test_eigenvalues": np.array([0.3, 0.9]), "noise_variance": 0.5,
                     "ridge": 0.0} | _MODES
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
                    {"n": n, "displacement": _SOURCE**2, "test_eigenvalues": np.array([0.3, 0.9, 2.0]),
                     "noise_variance": 0.5, "ridge": r} | _SINGLE
                    for n in (0, 1, 2, 5) for r in (0.0, 0.3)
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
        name="two-stage-risk",
        slow=True,
        kind="asymptotic",
        statement="R = E‖θ_T − ŵ_S‖²_M + σ² df2/(n − df2), ŵ_S a ridge fit on n_S samples of N(0, Σ_S)",
        formula=two_stage_risk,
        source="Ghane, Akhtiamov & Hassibi (2024), cf. Dar, LeJeune & Baraniuk (2021), Hedges (2025); Σ = Σ_S = I: Tahir, Ganguli & Rotskoff (2025), eqs. 22–23",
        papers=("ghane2024", "dar2021", "hedges2025", "tahir2024"), covers="two eigenvalues",
        domain="any Σ, Σ_S (here commuting; `two_stage_matrix_risk` for all), n, n_S ≥ 0, both ridges ≥ 0",
        derivation="derivations.covariance.two_stage_risk",
        limits=(
            Limit(
                "a perfect source fit: fine-tuning from the source",
                lambda n, noise_variance, ridge, **_: ridge_risk(
                    n, displacement=(_TARGET - _SOURCE) ** 2, noise_variance=noise_variance, ridge=ridge, **_SINGLE
                ),
                tuple(
                    {"n": n, "n_source": 50, "noise_variance": 0.4, "source_noise_variance": 0.0, "ridge": 0.2,
                     "source_ridge": 0.0} | _SINGLE | _PAIR
                    for n in (0, 1, 2, 9)
                ),
            ),
            Limit(
                "no source data: scratch",
                lambda n, eigenvalues, multiplicities, target_energy, noise_variance, ridge, **_: ridge_risk(
                    n, eigenvalues, multiplicities, target_energy, noise_variance, ridge
                ),
                tuple(
                    {"n": n, "n_source": 0, "noise_variance": 0.4, "source_noise_variance": 0.3, "ridge": 0.2,
                     "source_ridge": r} | _SINGLE | _PAIR
                    for n in (0, 2, 9) for r in (0.0, 1.0)
                ),
            ),
            Limit(
                "equal eigenvalues, no noise: (1 − n/d)E‖θ_T − ŵ_S‖², exact",
                lambda n, n_source, source_energy, cross_energy, target_energy, **_: max(1 - n / 30, 0)
                * finite_source_displacement(n_source, 30, source_energy[0], cross_energy[0], target_energy[0], 0.0),
                tuple(
                    {"n": n, "n_source": m} | _EQUAL | _QUIET
                    for n in (0, 10, 40) for m in (0, 12, 60)
                ),
            ),
            Limit(
                "diagonal matrices: the commuting case",
                lambda n, n_source, eigenvalues, source_eigenvalues, noise_variance, source_noise_variance, ridge,
                source_ridge, **_: two_stage_matrix_risk(
                    n, n_source, np.diag(eigenvalues), _SOURCE, _TARGET, noise_variance, source_noise_variance, ridge,
                    source_ridge, np.diag(source_eigenvalues),
                ),
                tuple(
                    {"n": n, "n_source": m, "source_eigenvalues": np.array([0.2, 1.5, 1.0]), "noise_variance": 0.4,
                     "source_noise_variance": 0.3, "ridge": 0.2, "source_ridge": 0.1} | _SINGLE | _PAIR
                    for n in (0, 2, 9) for m in (1, 2, 20)
                ),
            ),
        ),
        sample=_stage_sample,
        experiments=tuple(
            Experiment(
                two_stage,
                growing(n=n, n_source=n_source, dim=12, ridge=ridge, source_ridge=source_ridge),
                "asymptotic",
                6_000,
                allowance=_stage_allowance,
                arguments=two_stage_arguments,
            )
            for n, n_source, ridge, source_ridge in ((4, 8, 0.0, 0.0), (6, 24, 0.3, 0.2))
        ),
        mutants=(
            Mutant("the source fit as good as the source", instead(n_source=1000000000000.0)),
            dropped("source_noise_variance"),
            swapped("n", "n_source"),
            scaled(cross_energy=0.5),
        ),
    ),
    Theorem(
        name="shifted-matrix-risk",
        kind="asymptotic",
        statement="R = κ²gᵀΣ'g + (κ²δᵀΣ(Σ+κ)⁻²δ + σ²) tr[ΣΣ'(Σ+κ)⁻²]/(n − df2), g = (Σ+κ)⁻¹δ, as matrices",
        formula=shifted_matrix_risk,
        source="standard deterministic equivalent: Hastie et al. (2022); cf. Patil, Du & Tibshirani (2024)",
        papers=("hastie2022", "patil2024"), covers="d = 2",
        domain="any Σ, any test covariance Σ' in any basis, n ≥ 0, λ ≥ 0",
        derivation="derivations.covariance.shifted_matrix_risk",
        limits=(
            Limit(
                "matrices that commute, in any basis: the formula in modes",
                lambda n, ridge, angle: shifted_risk(
                    n, displacement=_TARGET**2, test_eigenvalues=np.array([0.3, 0.9, 2.0]), noise_variance=0.5,
                    ridge=ridge, **_SINGLE,
                ),
                tuple({"n": n, "ridge": r, "angle": a} for n in (0, 1, 2, 5) for r in (0.0, 0.3) for a in (0.0, 0.7)),
                rtol=1e-11,
                left=lambda formula, n, ridge, angle: formula(
                    n, _turned(np.diag(_SINGLE["eigenvalues"]), angle), _turned(_TARGET, angle),
                    _turned(np.diag([0.3, 0.9, 2.0]), angle), 0.5, ridge,
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
                lambda n: 0.5 * float(np.trace(np.linalg.solve(mixed_spectrum(6, 0.5), np.diag(spectrum(6, 1.0))))) / (n - 6),
                ({"n": 7}, {"n": 40}),
                rtol=1e-11,
                left=lambda formula, n: formula(
                    n, mixed_spectrum(6, 0.5), np.linspace(-1, 1, 6), np.diag(spectrum(6, 1.0)), 0.5
                ),
            ),
        ),
        sample=_matrix_sample,
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
                instead(test_covariance=lambda test_covariance: test_covariance * np.eye(len(test_covariance), dtype=int)),
            ),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="two-stage-matrix-risk",
        slow=True,
        kind="asymptotic",
        statement="R = E‖θ_T − ŵ_S‖²_M + σ² df2/(n − df2), M = κ²Σ(Σ+κ)⁻²/(1 − df2/n), ŵ_S a ridge fit under any Σ_S, as matrices",
        formula=two_stage_matrix_risk,
        source="Ghane, Akhtiamov & Hassibi (2024), cf. Dar, LeJeune & Baraniuk (2021), Hedges (2025)",
        papers=("ghane2024", "dar2021", "hedges2025"), covers="d = 2",
        domain="any Σ, any Σ_S in any basis, n, n_S ≥ 0, both ridges ≥ 0",
        derivation="derivations.covariance.two_stage_matrix_risk",
        limits=(
            Limit(
                "matrices that commute, in any basis: the formula in modes",
                lambda n, n_source, angle: two_stage_risk(
                    n, n_source, noise_variance=0.4, source_noise_variance=0.3, ridge=0.2, source_ridge=0.1,
                    source_eigenvalues=np.array([0.2, 1.5, 1.0]), **_SINGLE, **_PAIR,
                ),
                tuple(
                    {"n": n, "n_source": m, "angle": a} for n in (0, 2, 9) for m in (0, 1, 2, 20) for a in (0.0, 0.7)
                ),
                rtol=1e-11,
                left=lambda formula, n, n_source, angle: formula(
                    n, n_source, _turned(np.diag(_SINGLE["eigenvalues"]), angle), _turned(_SOURCE, angle),
                    _turned(_TARGET, angle), 0.4, 0.3, 0.2, 0.1, _turned(np.diag([0.2, 1.5, 1.0]), angle),
                ),
            ),
            Limit(
                "a perfect source fit: fine-tuning from the source, whatever Σ_S",
                lambda n: ridge_risk(n, displacement=(_TARGET - _SOURCE) ** 2, noise_variance=0.4, ridge=0.2, **_SINGLE),
                ({"n": 0}, {"n": 1}, {"n": 2}, {"n": 9}),
                rtol=1e-11,
                left=lambda formula, n: formula(
                    n, 50, np.diag(_SINGLE["eigenvalues"]), _SOURCE, _TARGET, 0.4, 0.0, 0.2, 0.0, mixed_spectrum(3, 1.0)
                ),
            ),
            Limit(
                "no target data: the source fit tested under Σ",
                lambda n_source: shifted_matrix_risk(
                    n_source, mixed_spectrum(3, 1.0), _SOURCE, np.diag(_SINGLE["eigenvalues"]), 0.3, 0.1
                ),
                ({"n_source": 0}, {"n_source": 2}, {"n_source": 20}),
                rtol=1e-11,
                left=lambda formula, n_source: formula(
                    0, n_source, np.diag(_SINGLE["eigenvalues"]), _SOURCE, _SOURCE, 0.4, 0.3, 0.2, 0.1,
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
                allowance=_stage_allowance,
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
