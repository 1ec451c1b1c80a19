"""Rows: ridge regression under any covariance, in deterministic equivalents explicit in κ."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.fixedpoint import effective_regularization
from lintransfer.table.covariance_experiments import (
    allowance,
    bias_arguments,
    draw_modes,
    draw_sized,
    fine_tuning,
    fine_tuning_arguments,
    growing,
    inverse_kernel_arguments,
    inverse_kernel_trace,
    random_noise,
    random_ridge,
    settled,
    variance_arguments,
)
from lintransfer.table.mutants import dropped, instead, moved
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.covariance import bias, degrees_of_freedom, ridge_risk, sample_size, variance
from lintransfer.theory.proportional import isotropic_kappa, proportional_ridge_risk

_ONE_MODE = {"eigenvalues": np.array([1.0]), "multiplicities": np.array([40.0])}
_TWO_MODES = {"eigenvalues": np.array([2.0, 0.5]), "multiplicities": np.array([3.0, 5.0])}
_TWO_ENERGIES = np.array([0.7, 0.4])
_REPLICATES = 6_000


def _kappa(rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(np.log(1e-6), np.log(1e4))))


def _risk_without_inflation(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, noise_variance: Any = 0.0, ridge: Any = 0.0
) -> Any:
    kappa = effective_regularization(n, eigenvalues, multiplicities, ridge)
    df2 = degrees_of_freedom(kappa, eigenvalues, multiplicities)[1]
    missed = np.sum(eigenvalues * displacement * (kappa / (eigenvalues + kappa)) ** 2)
    return missed + noise_variance * df2 / (n - df2)


ROWS = (
    Theorem(
        name="effective-regularization",
        kind="implicit",
        statement="n = Σ m_i λ_i/(λ_i+κ) + λ/κ; one root κ ≥ 0, between those of the harmonic and the arithmetic mean",
        formula=effective_regularization,
        source="standard: Dobriban & Wager (2018), Hastie et al. (2022), Simon et al. (2023); the bracket by convexity",
        papers=("dobriban2018", "hastie2022", "simon2023"), covers="two eigenvalues",
        domain="any spectrum, λ ≥ 0, n ≥ 0: inf at n = 0, 0 if λ = 0 and n ≥ rank Σ",
        derivation="derivations.covariance.effective_regularization",
        limits=(
            Limit(
                "equal eigenvalues: a quadratic equation",
                lambda n, ridge, **_: isotropic_kappa(n, 40.0, ridge),
                tuple({"n": n, "ridge": r} | _ONE_MODE for n in (0, 1, 39, 40, 41, 400) for r in (0.0, 1e-9, 3.0)),
            ),
            Limit(
                "one mode of multiplicity m is m modes",
                lambda n, ridge, eigenvalues, multiplicities: effective_regularization(
                    n, np.repeat(eigenvalues, multiplicities.astype(int)), np.ones(8), ridge
                ),
                tuple({"n": n, "ridge": 0.2} | _TWO_MODES for n in (1, 3, 7.5, 8, 9)),
            ),
            Limit(
                "κ(n) and n(κ) are inverse to each other",
                lambda n, **_: n,
                tuple({"n": n, "ridge": 0.3} | _TWO_MODES for n in (0.5, 1, 3, 7.5, 8, 9, 100)),
                left=lambda formula, n, eigenvalues, multiplicities, ridge: sample_size(
                    formula(n, eigenvalues, multiplicities, ridge), eigenvalues, multiplicities, ridge
                ),
            ),
        ),
        sample=draw_sized,
        experiments=tuple(
            Experiment(
                inverse_kernel_trace,
                growing(n=n, dim=12, exponent=exponent, ridge=ridge),
                "asymptotic",
                2_000,
                allowance=allowance,
                arguments=inverse_kernel_arguments,
            )
            for n, exponent, ridge in ((4, 1.0, 0.0), (8, 0.5, 0.5))
        ),
        mutants=(
            Mutant("mean convention of the ridge", instead(ridge=lambda n, ridge: n * ridge)),
            Mutant("multiplicities forgotten", instead(multiplicities=lambda multiplicities: multiplicities**0)),
            moved(n=1),
        ),
    ),
    Theorem(
        name="equivalent-bias",
        kind="asymptotic",
        statement="bias = κ² δᵀΣ(Σ+κ)⁻²δ / (1 − df2/n)",
        formula=bias,
        source="standard deterministic equivalent: Hastie et al. (2022), Simon et al. (2023)",
        papers=("hastie2022", "simon2023"), covers="two eigenvalues",
        domain="any spectrum, κ > 0; relative error O(1/n)",
        derivation="derivations.covariance.bias",
        limits=(
            Limit(
                "equal eigenvalues, no ridge: (1 − n/d)‖δ‖², exact",
                lambda kappa, displacement, **_: kappa / (1 + kappa) * displacement[0],
                tuple(
                    {"kappa": k, "displacement": np.full(1, 1.3), "ridge": 0.0} | _ONE_MODE for k in (0.01, 1.0, 9.0)
                ),
            ),
        ),
        sample=lambda rng: draw_modes(rng, "displacement", kappa=_kappa, ridge=random_ridge),
        experiments=(
            Experiment(
                fine_tuning,
                growing(n=6, dim=12, exponent=1.0, noise_variance=0.0, ridge=0.3),
                "asymptotic",
                _REPLICATES,
                allowance=allowance,
                arguments=bias_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "no inflation 1/(1 − df2/n)",
                lambda kappa, eigenvalues, displacement: (
                    eigenvalues * displacement * (kappa / (eigenvalues + kappa)) ** 2
                ).sum(),
            ),
            Mutant(
                "df1 for df2 in the inflation",
                lambda kappa, eigenvalues, multiplicities, displacement, ridge: (
                    (eigenvalues * displacement * (kappa / (eigenvalues + kappa)) ** 2).sum()
                    * sample_size(kappa, eigenvalues, multiplicities, ridge)
                    / (ridge / kappa)
                ),
            ),
        ),
    ),
    Theorem(
        name="equivalent-variance",
        kind="asymptotic",
        statement="variance = σ² df2/(n − df2)",
        formula=variance,
        source="standard deterministic equivalent: Dobriban & Wager (2018), Hastie et al. (2022)",
        papers=("hastie2022", "dobriban2018"), covers="two eigenvalues",
        domain="any spectrum, κ > 0; relative error O(1/n)",
        derivation="derivations.covariance.variance",
        limits=(
            Limit(
                "equal eigenvalues, no ridge: σ²n/(d − n) with n = d/(1 + κ)",
                lambda kappa, noise_variance, **_: noise_variance / kappa,
                tuple({"kappa": k, "noise_variance": 0.3, "ridge": 0.0} | _ONE_MODE for k in (0.01, 1.0, 30.0)),
            ),
        ),
        sample=lambda rng: draw_modes(rng, kappa=_kappa, ridge=random_ridge, noise_variance=random_noise),
        experiments=(
            Experiment(
                settled,
                growing(n=6, dim=12, exponent=1.0, noise_variance=0.5, ridge=0.3),
                "asymptotic",
                _REPLICATES,
                allowance=allowance,
                arguments=variance_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "σ² df2/n",
                lambda kappa, eigenvalues, multiplicities, noise_variance, ridge: noise_variance
                * degrees_of_freedom(kappa, eigenvalues, multiplicities)[1]
                / sample_size(kappa, eigenvalues, multiplicities, ridge),
            ),
            Mutant("σ for σ²", instead(noise_variance=lambda noise_variance: noise_variance**2)),
        ),
    ),
    Theorem(
        name="ridge-risk",
        kind="asymptotic",
        statement="R = κ²δᵀΣ(Σ+κ)⁻²δ/(1 − df2/n) + σ² df2/(n − df2), κ = κ(n, λ)",
        formula=ridge_risk,
        source="standard deterministic equivalent: Hastie et al. (2022), Simon et al. (2023); Σ = I, λ = 0: Tahir, Ganguli & Rotskoff (2025), eq. 8",
        papers=("hastie2022", "simon2023", "tahir2024"), covers="two eigenvalues",
        domain="any spectrum, n ≥ 0, λ ≥ λ_c(n); relative error O(1/n), none for Σ = I, σ = 0, λ = 0",
        derivation="derivations.covariance.ridge_risk",
        limits=(
            Limit(
                "equal eigenvalues: the proportional limit",
                lambda n, displacement, noise_variance, ridge, **_: proportional_ridge_risk(
                    n, 40.0, displacement[0], noise_variance, ridge
                ),
                tuple(
                    {"n": n, "displacement": np.array([1.3]), "noise_variance": 0.2, "ridge": r} | _ONE_MODE
                    for n in (0, 1, 20, 39, 41, 400)
                    for r in (0.0, 0.1, 25.0)
                ),
            ),
            Limit(
                "no data: the risk of the initial weights",
                lambda eigenvalues, displacement, **_: float(eigenvalues @ displacement),
                ({"n": 0, "displacement": _TWO_ENERGIES, "noise_variance": 0.5, "ridge": 0.0} | _TWO_MODES,),
            ),
            Limit(
                "infinite ridge: the same",
                lambda eigenvalues, displacement, **_: float(eigenvalues @ displacement),
                ({"n": 5, "displacement": _TWO_ENERGIES, "noise_variance": 0.5, "ridge": np.inf} | _TWO_MODES,),
            ),
            Limit(
                "least squares: σ²d/(n − d), whatever the spectrum",
                lambda n, noise_variance, **_: noise_variance * 8 / (n - 8),
                tuple(
                    {"n": n, "displacement": _TWO_ENERGIES, "noise_variance": 0.5, "ridge": 0.0} | _TWO_MODES
                    for n in (9, 16, 80)
                ),
            ),
            Limit(
                "a vanishing ridge is no ridge",
                lambda ridge, **others: ridge_risk(**others),
                tuple(
                    {"n": n, "displacement": _TWO_ENERGIES, "noise_variance": 0.5, "ridge": r} | _TWO_MODES
                    for n in (2, 6, 12)
                    for r in (1e-13, -1e-13)
                ),
                rtol=1e-11,
            ),
        ),
        sample=lambda rng: draw_sized(rng, "displacement", noise_variance=random_noise),
        experiments=tuple(
            Experiment(
                fine_tuning,
                growing(n=n, dim=12, exponent=exponent, noise_variance=0.1, ridge=ridge),
                "asymptotic",
                _REPLICATES,
                allowance=allowance,
                arguments=fine_tuning_arguments,
            )
            for n, exponent, ridge in ((4, 1.0, 0.0), (8, 0.5, 0.5), (24, 1.0, 0.0))
        ),
        mutants=(
            Mutant("the bias is not inflated", _risk_without_inflation),
            dropped("noise_variance"),
            Mutant("mean convention of the ridge", instead(ridge=lambda n, ridge: n * ridge)),
            moved(n=1),
        ),
    ),
)
