"""Rows: weighted pooled ridge regression on groups with covariances of one basis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.pooled_ridge import known, pooled, spectra, teachers
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.covariance_shift import shifted_risk
from lintransfer.theory.tasks.isotropic_pooling import isotropic_pooled_risk
from lintransfer.theory.tasks.pooled_ridge import (
    pooled_gram_equivalent,
    pooled_gram_risk,
    pooled_ridge_equivalent,
    pooled_ridge_risk,
)

NOISES, WEIGHTS = (0.1, 0.3, 0.2), (0.5, 1.0, 2.0)
THREE = known((5, 3, 4), 16, NOISES) | {"weights": np.array(WEIGHTS)}
_SINGLE = {"eigenvalues": spectra(12, 3)[2:], "teachers": teachers(12, 1), "noise_variances": np.array([0.3])}
_UNSEEN = THREE["eigenvalues"] * np.where(np.arange(16) < 4, 1.0, np.array([[0.0], [1.0], [1.0]]))


def grown(sizes: tuple[int, ...], dim: int, ridge: float, **point: Any) -> tuple[dict[str, Any], ...]:
    """The same problem at d, 2d, 4d."""
    return tuple({"sizes": tuple(k * n for n in sizes), "dim": k * dim, "ridge": k * ridge} | point for k in (1, 2, 4))


def pooled_points() -> tuple[tuple[dict[str, Any], ...], ...]:
    """Few samples without ridge, a ridge, and many samples."""
    world = {"noises": NOISES, "weights": WEIGHTS}
    return grown((4, 3, 3), 16, 0.0, **world), grown((8, 4, 6), 16, 2.0, **world), grown((16, 10, 8), 16, 0.0, **world)


def pooled_arguments(sizes: tuple[int, ...], dim: int, noises: Any, weights: Any, ridge: float) -> Mapping[str, Any]:
    return known(sizes, dim, noises) | {"weights": np.array(weights), "ridge": ridge}


def _gram_arguments(**point: Any) -> Mapping[str, Any]:
    found = dict(pooled_arguments(**point))
    theta = found.pop("teachers")
    return found | {"gram": np.einsum("ki,li->ikl", theta, theta)}


def pooled_sample(rng: np.random.Generator) -> dict[str, Any]:
    """Any regime: K tasks on m modes, some without data, with and without ridge."""
    groups, modes = int(rng.integers(1, 4)), int(rng.integers(1, 5))
    return {
        "sizes": rng.integers(0, 60, groups).astype(float),
        "eigenvalues": np.exp(rng.uniform(-3, 3, (groups, modes))),
        "teachers": rng.standard_normal((groups, modes)),
        "noise_variances": rng.uniform(0, 2, groups),
        "weights": np.exp(rng.uniform(-2, 2, groups)),
        "ridge": float(rng.choice([0.0, np.exp(rng.uniform(-5, 5))])),
        "multiplicities": rng.integers(1, 20, modes).astype(float),
    }


def _gram_sample(rng: np.random.Generator) -> dict[str, Any]:
    found = pooled_sample(rng)
    theta = found.pop("teachers")
    return found | {"gram": np.einsum("ki,li->ikl", theta, theta)}


def many_dimensions(gamma: tuple[float, float], distance: float) -> float:
    """Pooled least squares and min-norm interpolation of two equal-noise tasks, isotropic, limit d → ∞ of the exact means:
    ‖θ_T‖² = 1, σ² = 0.3, D² = ‖θ_S − θ_T‖²."""
    source, target = gamma
    total = source + target
    if total > 1:
        weight = source / total  # the mean weights lie this far from the target
        return float((weight * weight + weight * (1 - weight) / (total - 1)) * distance + 0.3 / (total - 1))
    return float((1 - total) + (source - source * source) * distance / (1 - total) + total * 0.3 / (1 - total))


def two_tasks(dim: float, gamma: tuple[float, float], distance: float) -> dict[str, Any]:
    cross = 1 - distance / 2
    return {
        "sizes": dim * np.array(gamma), "eigenvalues": np.ones((2, 1)), "multiplicities": np.array([dim]),
        "gram": np.array([[[1.0, cross], [cross, 1.0]]]), "noise_variances": np.array([0.3, 0.3]),
    }  # fmt: skip


_FEW_OR_MANY = tuple(
    {"gamma": gamma, "distance": distance} for gamma in ((0.3, 0.2), (0.8, 0.6), (2.0, 0.1)) for distance in (0.0, 0.5)
)

ROWS = (
    Theorem(
        name="pooled-ridge-risk",
        kind="asymptotic",
        statement="R = ‖w̄−θ_t‖²_Σt + Σa'_k(ω_kσ_k² + ω_k‖θ_k−w̄‖²_Σk), e_k = tr S_kG, a_k = n_k/(1+e_k), a'_k = da_k/dμ at λ + μΣ_t",
        formula=pooled_ridge_risk,
        source="follows from Couillet, Debbah & Silverstein (2011) (the fixed point) and the envelope theorem",
        follows=("couillet2011",),
        domain="K groups, covariances of one basis, n_k ≥ 0, ω_k ≥ 0, λ ≥ 0; inf at a threshold without ridge; convexity in weights and ridge is not proved for unequal Σ_k",
        covers="two groups, two modes, λ > 0",
        derivation="derivations.tasks.pooled_ridge.pooled_ridge_risk",
        limits=(
            Limit(
                "one group: ridge regression, also tested under another covariance",
                lambda n, ridge, test: (
                    ridge_risk(n, _SINGLE["eigenvalues"][0], np.ones(12), _SINGLE["teachers"][0] ** 2, 0.3, ridge)
                    if test is None
                    else shifted_risk(
                        n, _SINGLE["eigenvalues"][0], np.ones(12), _SINGLE["teachers"][0] ** 2, test, 0.3, ridge
                    )
                ),
                tuple(
                    {"n": n, "ridge": ridge, "test": test}
                    for n in (0, 1, 6, 11, 12, 13, 40)
                    for ridge in (0.0, 0.4, np.inf)
                    for test in (None, np.linspace(0, 2, 12))
                ),
                rtol=1e-11,
                left=lambda formula, n, ridge, test: formula([n], ridge=ridge, test_eigenvalues=test, **_SINGLE),
            ),
            Limit(
                "one group cut in two: the same risk",
                lambda n, ridge: pooled_ridge_risk([n], ridge=ridge, **_SINGLE),
                tuple({"n": n, "ridge": ridge} for n in (5, 30) for ridge in (0.0, 0.4)),
                rtol=1e-11,
                left=lambda formula, n, ridge: formula(
                    [2, n - 2],
                    *(np.repeat(_SINGLE[name], 2, axis=0) for name in ("eigenvalues", "teachers", "noise_variances")),
                    ridge=ridge,
                ),
            ),
            Limit(
                "weights and ridge count relative to each other",
                lambda ridge: pooled_ridge_risk(ridge=ridge, **THREE),
                ({"ridge": 0.0}, {"ridge": 0.7}),
                rtol=1e-11,
                left=lambda formula, ridge: formula(ridge=3 * ridge, **THREE | {"weights": 3 * THREE["weights"]}),
            ),
            Limit(
                "a group that determines the few modes that it sees, others that do not: the limit of a small ridge",
                pooled_ridge_risk(ridge=1e-10, **THREE | {"eigenvalues": _UNSEEN}),
                rtol=1e-6,
                left=lambda formula: formula(ridge=0.0, **THREE | {"eigenvalues": _UNSEEN}),
            ),
        ),
        sample=pooled_sample,
        experiments=tuple(
            Experiment(pooled("modes"), points, "asymptotic", 1_500, 0.12, lambda dim, **_: 4 / dim, pooled_arguments)
            for points in pooled_points()
        ),
        mutants=(
            Mutant("the mean weights' risk alone", lambda **arguments: pooled_ridge_equivalent(**arguments).bias),
            Mutant("all weights equal", instead(weights=1.0)),
            Mutant(
                "every label as clean as the target's",
                instead(noise_variances=lambda noise_variances: noise_variances[..., -1:]),
            ),
            Mutant("σ for σ²", instead(noise_variances=lambda noise_variances: noise_variances**2)),
            Mutant(
                "tested under the first group's covariance",
                instead(test_eigenvalues=lambda eigenvalues: eigenvalues[0]),
            ),
        ),
    ),
    Theorem(
        name="pooled-gram-risk",
        kind="asymptotic",
        statement="the pooled ridge risk from (θ_k−w0)·(θ_l−w0) within each mode, whatever the dimension",
        formula=pooled_gram_risk,
        source="follows from pooled-ridge-risk (the risk depends on the teachers through their inner products within each mode)",
        follows=("pooled-ridge-risk",),
        domain="as pooled-ridge-risk",
        covers="two groups, two modes, λ > 0",
        derivation="derivations.tasks.pooled_ridge.pooled_gram_risk",
        limits=(
            Limit(
                "two isotropic tasks without ridge, d → ∞: pooled least squares and min-norm interpolation",
                many_dimensions,
                _FEW_OR_MANY,
                rtol=1e-9,
                left=lambda formula, **point: formula(**two_tasks(1e7, **point)),
            ),
            Limit(
                "isotropic: the closed form in shares",
                lambda weights, ridge: isotropic_pooled_risk(
                    [3e8, 1e8], 1e9, np.array([[1.0, 0.7], [0.7, 2.0]]), np.array([0.1, 0.4]), weights, ridge
                ),
                tuple({"weights": np.array([w, 1.0]), "ridge": r} for w in (0.2, 4.0) for r in (0.0, 1e7, 1e9)),
                rtol=1e-10,
                left=lambda formula, weights, ridge: formula(
                    [3e8, 1e8],
                    np.ones((2, 1)),
                    np.array([[[1.0, 0.7], [0.7, 2.0]]]),
                    np.array([0.1, 0.4]),
                    weights,
                    ridge,
                    np.array([1e9]),
                ),
            ),
        ),
        sample=_gram_sample,
        experiments=(
            Experiment(
                pooled("modes"),
                pooled_points()[1],
                "asymptotic",
                1_500,
                0.12,
                lambda dim, **_: 4 / dim,
                _gram_arguments,
            ),
        ),
        mutants=(
            Mutant("the mean weights' risk alone", lambda **arguments: pooled_gram_equivalent(**arguments).bias),
            Mutant(
                "teachers orthogonal",
                instead(gram=lambda gram: gram * np.array(np.eye(gram.shape[-1]), dtype=int)),
            ),
            dropped("noise_variances"),
        ),
    ),
)
