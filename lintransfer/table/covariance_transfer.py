"""Rows: what a general covariance does to transfer: the metric of overlap, and heads on any frozen features."""

from __future__ import annotations

import numpy as np

from lintransfer.table.covariance_experiments import (
    allowance,
    draw_sized,
    gain,
    gain_arguments,
    growing,
    head,
    head_arguments,
    random_noise,
)
from lintransfer.table.mutants import dropped, scaled, swapped
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.covariance import feature_covariance_risk, metric_transferability, ridge_risk

_ONE_MODE = {"eigenvalues": np.array([1.0]), "multiplicities": np.array([40.0])}
_TWO_MODES = {"eigenvalues": np.array([2.0, 0.5]), "multiplicities": np.array([3.0, 5.0])}
_HEAD = _TWO_MODES | {"displacement": np.array([0.7, 0.4]), "noise_variance": 0.5, "ridge": 0.3}
_REPLICATES = 6_000

ROWS = (
    Theorem(
        name="metric-transferability",
        slow=True,
        kind="asymptotic",
        statement="T = 2⟨θ_S,θ_T⟩_M − ⟨θ_S,θ_S⟩_M, M = κ²Σ(Σ+κ)⁻²/(1 − df2/n)",
        formula=metric_transferability,
        source="Ghane, Akhtiamov & Hassibi (2024), cf. Dar, LeJeune & Baraniuk (2021), Hedges (2025); Σ = I: Tahir, Ganguli & Rotskoff (2025), eq. 15",
        papers=("ghane2024", "dar2021", "hedges2025", "tahir2024"), covers="two eigenvalues",
        domain="fine-tuning against scratch with one ridge λ ≥ 0, any spectrum, n ≥ 0; noise cancels",
        derivation="derivations.covariance.metric_transferability",
        limits=(
            Limit(
                "equal eigenvalues, no ridge: (1 − n/d)₊(2stc − s²), exact",
                lambda n, source_energy, cross_energy, **_: max(1 - n / 40, 0)
                * float(2 * cross_energy[0] - source_energy[0]),
                tuple(
                    _ONE_MODE
                    | {"n": n, "source_energy": np.full(1, 0.9), "cross_energy": np.full(1, 0.8), "ridge": 0.0}
                    for n in (0, 1, 20, 39, 40, 60)
                ),
            ),
        ),
        sample=lambda rng: draw_sized(rng, "source_energy", "cross_energy"),
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
                lambda eigenvalues, source_energy, cross_energy: (
                    eigenvalues * (2 * cross_energy - source_energy)
                ).sum(),
            ),
            swapped("source_energy", "cross_energy"),
            scaled(cross_energy=0.5),
        ),
    ),
    Theorem(
        name="feature-covariance-risk",
        kind="asymptotic",
        statement="R = u + [ridge risk on F = BᵀΣB with noise σ² + u and δ = a* − a_0]",
        formula=feature_covariance_risk,
        source="follows from ridge-risk by substitution (features BᵀΣB, noise σ² + u)",
        follows=("ridge-risk",), see=("tahir2024",), covers="two eigenvalues",
        domain="any Σ, any feature map, any λ ≥ 0, n below or above r; tested under the training covariance",
        derivation="derivations.covariance.feature_covariance_risk",
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
