"""Row: stages of ridge regression, each towards earlier ones, on groups of samples that they may share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.pooled_ridge import cascade, known
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.row import NOT_FOUND, Experiment, Limit, Mutant, Theorem
from lintransfer.table.tasks.pooled_ridge import THREE, pooled_sample
from lintransfer.theory.linear.two_stage import two_stage_risk
from lintransfer.theory.tasks.cascades import cascade_equivalent, cascade_risk
from lintransfer.theory.tasks.pooled_ridge import pooled_ridge_risk

CHAIN = np.array([[0.0, 1.0], [0.0, 0.0]])
_WORLD = {name: THREE[name] for name in ("eigenvalues", "teachers", "noise_variances")}
_TWO = {name: value[1:] for name, value in _WORLD.items()}


def _arguments(sizes: Any, dim: int, noises: Any, weights: Any, ridges: Any, anchors: Any) -> Mapping[str, Any]:
    return known(sizes, dim, noises) | {
        "weights": np.array(weights), "ridges": np.array(ridges), "anchors": np.array(anchors)
    }  # fmt: skip


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    found = pooled_sample(rng)
    groups = len(found["sizes"])
    del found["ridge"]
    return found | {
        "weights": np.exp(rng.uniform(-2, 2, (groups, 2))),
        "ridges": np.exp(rng.uniform(-3, 3, 2)),
        "anchors": CHAIN,
    }


def _grown(sizes: tuple[int, ...], ridges: tuple[float, ...], **point: Any) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"sizes": tuple(k * n for n in sizes), "dim": 16 * k, "ridges": tuple(k * r for r in ridges)} | point
        for k in (1, 2, 4)
    )


def _two_stages(n: float, n_source: float, ridge: float, source_ridge: float) -> float:
    (source, target), levels = _TWO["teachers"], _TWO["eigenvalues"]
    return float(
        two_stage_risk(
            n, n_source, levels[1], np.ones(16), source**2, source * target, target**2, _TWO["noise_variances"][1],
            _TWO["noise_variances"][0], ridge, source_ridge, levels[0],
        )
    )  # fmt: skip


def _interpolating_chain(gammas: tuple[float, ...]) -> float:
    """‖w − θ_K‖² after isotropic min-norm fits one after the other, d → ∞, σ² = 0.3, teachers of unit norm at cosine ½."""
    squares = np.where(np.eye(len(gammas)) > 0, 0.0, 1.0)  # ‖θ_k − θ_j‖²
    error = np.ones(len(gammas))
    for k, gamma in enumerate(gammas):
        error = (1 - gamma) * error + gamma * squares[k] + 0.3 * gamma / (1 - gamma)
    return float(error[-1])


def _isotropic_chain(gammas: tuple[float, ...], dim: float = 1e7) -> dict[str, Any]:
    stages = len(gammas)
    theta = np.linalg.cholesky((np.eye(stages) + 1) / 2)
    return {
        "sizes": dim * np.array(gammas), "eigenvalues": np.ones((stages, stages + 1)),
        "teachers": np.concatenate([theta, np.zeros((stages, 1))], axis=1), "noise_variances": np.full(stages, 0.3),
        "weights": np.eye(stages), "ridges": np.zeros(stages), "anchors": np.eye(stages, k=1),
        "multiplicities": np.array([1.0] * stages + [dim - stages]),
    }  # fmt: skip


_REPLAY = {
    "weights": ((1.0, 0.0), (0.5, 1.0), (0.0, 1.0)),
    "anchors": ((0.0, 1.0), (0.0, 0.0)),
    "noises": (0.1, 0.3, 0.2),
}
_THRICE = {
    "weights": ((1.0, 0.5, 0.0), (0.0, 2.0, 1.0)), "anchors": ((0.0, 0.7, 0.3), (0.0, 0.0, 0.6), (0.0, 0.0, 0.0)),
    "noises": (0.1, 0.3),
}  # fmt: skip

ROWS = (
    Theorem(
        name="cascade-risk",
        kind="asymptotic",
        statement="R_j = Σ_is_ti[(W̄_ij−θ_ti)²+P_i,jj], W̄_i = Σ_ks_kiθ_ki1ᵀA_kχ_i, χ_i = (Σ_ks_kiA_k+L)⁻¹, A_k = n_k(I+E_k)⁻¹Ω_k, E_k = Ω_kΣ_is_kiχ_i",
        formula=cascade_risk,
        source=NOT_FOUND,
        domain="covariances of one basis, any sharing of groups between stages, λ_j ≥ 0; nan at a threshold without ridge",
        covers="two stages on the same isotropic data, λ > 0",
        derivation="derivations.tasks.cascades.cascade_risk",
        slow=True,
        limits=(
            Limit(
                "one stage: the pooled ridge fit",
                lambda scale, ridge: pooled_ridge_risk(scale * THREE["sizes"], **_WORLD, ridge=ridge),
                tuple({"scale": s, "ridge": r} for s in (1.0, 4.0) for r in (0.0, 0.7)),
                rtol=1e-10,
                left=lambda formula, scale, ridge: formula(
                    scale * THREE["sizes"], **_WORLD, weights=np.ones((3, 1)), ridges=[ridge], anchors=[[0.0]]
                ),
            ),
            Limit(
                "two stages on data of their own: a fitted source, then fine-tuning",
                _two_stages,
                tuple(
                    {"n": n, "n_source": m, "ridge": r, "source_ridge": s}
                    for n in (5.0, 30.0)
                    for m in (7.0, 40.0)
                    for r, s in ((0.0, 0.0), (0.4, 0.7))
                ),
                rtol=1e-9,
                left=lambda formula, n, n_source, ridge, source_ridge: formula(
                    [n_source, n], **_TWO, weights=np.eye(2), ridges=[source_ridge, ridge], anchors=CHAIN
                ),
            ),
            Limit(
                "isotropic min-norm fits one after the other, d → ∞",
                _interpolating_chain,
                ({"gammas": (0.4, 0.3)}, {"gammas": (0.2, 0.6, 0.3)}),
                rtol=1e-6,
                left=lambda formula, gammas: formula(**_isotropic_chain(gammas)),
            ),
            Limit(
                "the same min-norm fit twice: once",
                pooled_ridge_risk([5.0, 6.0], **_TWO),
                rtol=1e-9,
                left=lambda formula: formula(
                    [5.0, 6.0], **_TWO, weights=np.ones((2, 2)), ridges=np.array([1e-9, 0.0]), anchors=CHAIN
                ),
            ),
        ),
        sample=_sample,
        experiments=tuple(
            Experiment(cascade, points, "asymptotic", 1_500, 0.15, lambda dim, **_: 6 / dim, _arguments)
            for points in (
                _grown((6, 4, 5), (0.0, 0.0), **_REPLAY),
                _grown((6, 8), (1.0, 2.0, 0.5), **_THRICE),
            )
        ),
        mutants=(
            Mutant(
                "the mean weights' risk alone",
                lambda eigenvalues, teachers, **others: np.sum(
                    eigenvalues[-1]
                    * (
                        cascade_equivalent(eigenvalues=eigenvalues, teachers=teachers, **others).means[..., -1]
                        - teachers[-1]
                    )
                    ** 2
                ),
            ),
            Mutant("stages start from zero", instead(anchors=lambda anchors: 0 * np.asarray(anchors))),
            Mutant("every stage sees everything", instead(weights=lambda weights: 0 * np.asarray(weights) + 1.0)),
            dropped("noise_variances"),
        ),
    ),
)
