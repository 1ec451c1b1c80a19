"""Rows: risk, transferability and features under any covariance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.linear.covariance import (
    allowance,
    draw_modes,
    draw_sized,
    fine_tuning,
    fine_tuning_arguments,
    gain,
    gain_arguments,
    growing,
    head,
    head_arguments,
    modes,
    random_noise,
    random_ridge,
    settled,
)
from lintransfer.table.mutants import dropped, instead, moved, scaled, swapped
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance import (
    bias,
    degrees_of_freedom,
    feature_covariance_risk,
    metric_transferability,
    ridge_risk,
    sample_size,
    variance,
)
from lintransfer.theory.linear.effective_regularization import effective_regularization
from lintransfer.theory.linear.proportional import proportional_ridge_risk


def bias_arguments(n: int, dim: int, exponent: float, noise_variance: float, ridge: float) -> Mapping[str, Any]:
    """The arguments of the bias in κ; the noise of the experiment is 0."""
    known = modes(dim, exponent)
    kappa = effective_regularization(n, known["eigenvalues"], known["multiplicities"], ridge)
    return {"kappa": float(kappa), "ridge": ridge} | known


def variance_arguments(n: int, dim: int, exponent: float, noise_variance: float, ridge: float) -> Mapping[str, Any]:
    """The arguments of the variance in κ; source and target of the experiment agree."""
    known = bias_arguments(n, dim, exponent, noise_variance, ridge)
    return {name: v for name, v in known.items() if name != "displacement"} | {"noise_variance": noise_variance}


ONE_MODE = {"eigenvalues": np.array([1.0]), "multiplicities": np.array([40.0])}
TWO_MODES = {"eigenvalues": np.array([2.0, 0.5]), "multiplicities": np.array([3.0, 5.0])}
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


_ONE_MODE = {"eigenvalues": np.array([1.0]), "multiplicities": np.array([40.0])}
_TWO_MODES = {"eigenvalues": np.array([2.0, 0.5]), "multiplicities": np.array([3.0, 5.0])}
_HEAD = _TWO_MODES | {"displacement": np.array([0.7, 0.4]), "noise_variance": 0.5, "ridge": 0.3}


ROWS = (
    Theorem(
        name="equivalent-bias",
        kind="asymptotic",
        statement="bias = κ² δᵀΣ(Σ+κ)⁻²δ / (1 − df2/n)",
        formula=bias,
        source="standard deterministic equivalent: Hastie et al. (2022), Simon et al. (2023)",
        papers=("hastie2022", "simon2023"),
        covers="two eigenvalues",
        domain="any spectrum, κ > 0; relative error O(1/n)",
        derivation="derivations.linear.covariance.equivalent_bias",
        limits=(
            Limit(
                "equal eigenvalues, no ridge: (1 − n/d)‖δ‖², exact",
                lambda kappa, displacement, **_: kappa / (1 + kappa) * displacement[0],
                tuple({"kappa": k, "displacement": np.full(1, 1.3), "ridge": 0.0} | ONE_MODE for k in (0.01, 1.0, 9.0)),
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
        papers=("hastie2022", "dobriban2018"),
        covers="two eigenvalues",
        domain="any spectrum, κ > 0; relative error O(1/n)",
        derivation="derivations.linear.covariance.equivalent_variance",
        limits=(
            Limit(
                "equal eigenvalues, no ridge: σ²n/(d − n) with n = d/(1 + κ)",
                lambda kappa, noise_variance, **_: noise_variance / kappa,
                tuple({"kappa": k, "noise_variance": 0.3, "ridge": 0.0} | ONE_MODE for k in (0.01, 1.0, 30.0)),
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
                lambda kappa, eigenvalues, multiplicities, noise_variance, ridge: (
                    noise_variance
                    * degrees_of_freedom(kappa, eigenvalues, multiplicities)[1]
                    / sample_size(kappa, eigenvalues, multiplicities, ridge)
                ),
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
        papers=("hastie2022", "simon2023", "tahir2024"),
        covers="two eigenvalues",
        domain="any spectrum, n ≥ 0, λ ≥ λ_c(n); relative error O(1/n), none for Σ = I, σ = 0, λ = 0",
        derivation="derivations.linear.covariance.ridge_risk",
        limits=(
            Limit(
                "equal eigenvalues: the proportional limit",
                lambda n, displacement, noise_variance, ridge, **_: proportional_ridge_risk(
                    n, 40.0, displacement[0], noise_variance, ridge
                ),
                tuple(
                    {"n": n, "displacement": np.array([1.3]), "noise_variance": 0.2, "ridge": r} | ONE_MODE
                    for n in (0, 1, 20, 39, 41, 400)
                    for r in (0.0, 0.1, 25.0)
                ),
            ),
            Limit(
                "no data: the risk of the initial weights",
                lambda eigenvalues, displacement, **_: float(eigenvalues @ displacement),
                ({"n": 0, "displacement": _TWO_ENERGIES, "noise_variance": 0.5, "ridge": 0.0} | TWO_MODES,),
            ),
            Limit(
                "infinite ridge: the same",
                lambda eigenvalues, displacement, **_: float(eigenvalues @ displacement),
                ({"n": 5, "displacement": _TWO_ENERGIES, "noise_variance": 0.5, "ridge": np.inf} | TWO_MODES,),
            ),
            Limit(
                "least squares: σ²d/(n − d), whatever the spectrum",
                lambda n, noise_variance, **_: noise_variance * 8 / (n - 8),
                tuple(
                    {"n": n, "displacement": _TWO_ENERGIES, "noise_variance": 0.5, "ridge": 0.0} | TWO_MODES
                    for n in (9, 16, 80)
                ),
            ),
            Limit(
                "a vanishing ridge is no ridge",
                lambda ridge, **others: ridge_risk(**others),
                tuple(
                    {"n": n, "displacement": _TWO_ENERGIES, "noise_variance": 0.5, "ridge": r} | TWO_MODES
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
    Theorem(
        name="metric-transferability",
        slow=True,
        kind="asymptotic",
        statement="T = 2⟨θ_S,θ_T⟩_M − ⟨θ_S,θ_S⟩_M, M = κ²Σ(Σ+κ)⁻²/(1 − df2/n)",
        formula=metric_transferability,
        source="Ghane, Akhtiamov & Hassibi (2024), cf. Dar, LeJeune & Baraniuk (2021), Hedges (2025); Σ = I: Tahir, Ganguli & Rotskoff (2025), eq. 15",
        papers=("ghane2024", "dar2021", "hedges2025", "tahir2024"),
        covers="two eigenvalues",
        domain="fine-tuning against scratch with one ridge λ ≥ 0, any spectrum, n ≥ 0; noise cancels",
        derivation="derivations.linear.covariance.metric_transferability",
        limits=(
            Limit(
                "equal eigenvalues, no ridge: (1 − n/d)₊(2stc − s²), exact",
                lambda n, source, cross, **_: max(1 - n / 40, 0) * float(2 * cross[0] - source[0]),
                tuple(
                    _ONE_MODE | {"n": n, "source": np.full(1, 0.9), "cross": np.full(1, 0.8), "ridge": 0.0}
                    for n in (0, 1, 20, 39, 40, 60)
                ),
            ),
        ),
        sample=lambda rng: draw_sized(rng, "source", "cross"),
        experiments=tuple(
            Experiment(
                gain,
                growing(n=n, dim=12, exponent=1.0, ridge=ridge),
                "asymptotic",
                3 * _REPLICATES,
                allowance=allowance,
                arguments=gain_arguments,
            )
            for n, ridge in ((4, 0.0), (8, 0.5))
        ),
        mutants=(
            Mutant(
                "the overlap in the plain metric Σ",
                lambda eigenvalues, source, cross: (eigenvalues * (2 * cross - source)).sum(),
            ),
            swapped("source", "cross"),
            scaled(cross=0.5),
        ),
    ),
    Theorem(
        name="feature-covariance-risk",
        kind="asymptotic",
        statement="R = u + [ridge risk on F = BᵀΣB with noise σ² + u and δ = a* − a_0]",
        formula=feature_covariance_risk,
        source="follows from ridge-risk by substitution (features BᵀΣB, noise σ² + u)",
        follows=("ridge-risk",),
        see=("tahir2024",),
        covers="two eigenvalues",
        domain="any Σ, any feature map, any λ ≥ 0, n below or above r; tested under the training covariance",
        derivation="derivations.linear.covariance.feature_covariance_risk",
        limits=(
            Limit(
                "features that explain everything: the ridge risk on F",
                lambda unexplained, **others: ridge_risk(**others),
                ({"n": 5, "unexplained": 0.0} | _HEAD,),
            ),
            Limit(
                "no data: u + ‖a* − a_0‖²_F",
                lambda eigenvalues, displacement, unexplained, **_: unexplained + float(eigenvalues @ displacement),
                ({"n": 0, "unexplained": 0.4} | _HEAD,),
            ),
            Limit(
                "unlimited data: u",
                lambda unexplained, **_: unexplained,
                ({"n": 1e12, "unexplained": 0.4} | _HEAD,),
                rtol=1e-9,
            ),
        ),
        sample=lambda rng: draw_sized(rng, "displacement", noise_variance=random_noise, unexplained=random_noise),
        experiments=(
            Experiment(
                head,
                growing(n=16, dim=24, n_features=6, noise_variance=0.1, ridge=0.0),
                "asymptotic",
                _REPLICATES,
                allowance=lambda n, n_features, **_: 4 / abs(n - n_features),
                arguments=head_arguments,
            ),
            Experiment(
                head,
                growing(n=6, dim=24, n_features=12, noise_variance=0.1, ridge=0.1),
                "asymptotic",
                _REPLICATES,
                allowance=lambda n, n_features, **_: 4 / abs(n - n_features),
                arguments=head_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "the unexplained part is not noise", lambda unexplained, **others: unexplained + ridge_risk(**others)
            ),
            Mutant(
                "the floor u dropped",
                lambda unexplained, noise_variance=0.0, **others: ridge_risk(
                    noise_variance=noise_variance + unexplained, **others
                ),
            ),
            dropped("noise_variance"),
        ),
    ),
)
