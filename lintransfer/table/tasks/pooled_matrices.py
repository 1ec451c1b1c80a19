"""Row: weighted pooled ridge regression under covariances that share no basis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.pooled_ridge import covariances, known, pooled, turned
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.table.tasks.pooled_ridge import THREE, grown
from lintransfer.theory.linear.covariance_shift import shifted_matrix_risk
from lintransfer.theory.tasks.pooled_matrices import pooled_matrix_equivalent, pooled_matrix_risk
from lintransfer.theory.tasks.pooled_ridge import pooled_ridge_risk

_NOISES = (0.1, 0.3)


def _arguments(sizes: tuple[int, ...], dim: int, noises: Any, weights: Any, ridge: float) -> Mapping[str, Any]:
    found = dict(known(sizes, dim, noises))
    del found["eigenvalues"]
    return found | {"covariances": covariances(dim, len(sizes)), "weights": np.array(weights), "ridge": ridge}


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    groups, dim = int(rng.integers(1, 4)), int(rng.integers(1, 6))
    roots = rng.standard_normal((groups, dim, 2 * dim))
    return {
        "sizes": rng.integers(0, 3 * dim + 2, groups).astype(float),
        "covariances": roots @ roots.transpose(0, 2, 1),
        "teachers": rng.standard_normal((groups, dim)),
        "noise_variances": rng.uniform(0, 2, groups),
        "weights": np.exp(rng.uniform(-2, 2, groups)),
        "ridge": float(rng.choice([0.0, np.exp(rng.uniform(-5, 5))])),
    }


def _turned_three(sizes: Any, basis: Any, ridge: Any) -> dict[str, Any]:
    return {
        "sizes": sizes,
        "covariances": np.array([(basis * level) @ basis.T for level in THREE["eigenvalues"]]),
        "teachers": THREE["teachers"] @ basis.T,
        "noise_variances": THREE["noise_variances"],
        "weights": THREE["weights"],
        "ridge": ridge,
    }


ROWS = (
    Theorem(
        name="pooled-matrix-risk",
        kind="asymptotic",
        statement="R = ‖w̄−θ_t‖²_Σt + Σa'_k(ω_kσ_k² + ω_k‖θ_k−w̄‖²_Σk), as matrices: e_k = tr S_kG, G = (Σa_kS_k+λ)⁻¹",
        formula=pooled_matrix_risk,
        source="follows from Couillet, Debbah & Silverstein (2011) (the fixed point) and the envelope theorem",
        follows=("couillet2011",),
        domain="K groups, any Σ_k and Σ_t, n_k ≥ 0, λ ≥ 0; convexity in weights and ridge is not proved",
        covers="two groups, d = 2, one first and one test covariance, λ > 0",
        derivation="derivations.tasks.pooled_matrices.pooled_matrix_risk",
        limits=(
            Limit(
                "covariances that commute, in any basis: mode by mode",
                lambda sizes, ridge: pooled_ridge_risk(**THREE | {"sizes": sizes}, ridge=ridge),
                tuple(
                    {"sizes": np.array(sizes), "ridge": ridge}
                    for sizes in ((5.0, 3.0, 4.0), (0.0, 7.0, 9.0), (9.0, 9.0, 12.0))
                    for ridge in (0.0, 0.6, np.inf)
                ),
                rtol=1e-10,
                left=lambda formula, sizes, ridge: formula(**_turned_three(sizes, turned(16, 1), ridge)),
            ),
            Limit(
                "one group, tested elsewhere: covariance shift",
                lambda n, ridge: shifted_matrix_risk(
                    n, covariances(8, 2)[1], THREE["teachers"][2, :8], covariances(8, 2)[0], 0.3, ridge
                ),
                tuple({"n": n, "ridge": ridge} for n in (0, 3, 12) for ridge in (0.0, 0.6)),
                rtol=1e-10,
                left=lambda formula, n, ridge: formula(
                    [n], covariances(8, 2)[1:], THREE["teachers"][2:, :8], [0.3], 1.0, ridge, covariances(8, 2)[0]
                ),
            ),
        ),
        sample=_sample,
        experiments=tuple(
            Experiment(pooled("turned"), points, "asymptotic", 3_000, 0.15, lambda dim, **_: 4 / dim, _arguments)
            for points in (
                grown((3, 3), 12, 0.0, noises=_NOISES, weights=(0.5, 1.0)),
                grown((9, 6), 12, 2.0, noises=_NOISES, weights=(2.0, 1.0)),
            )
        ),
        mutants=(
            Mutant("the mean weights' risk alone", lambda **arguments: pooled_matrix_equivalent(**arguments).bias),
            Mutant(
                "only the diagonals of the covariances",
                instead(
                    covariances=lambda covariances: covariances * np.array(np.eye(covariances.shape[-1]), dtype=int)
                ),
            ),
            Mutant("all weights equal", instead(weights=1.0)),
            dropped("noise_variances"),
        ),
    ),
)
