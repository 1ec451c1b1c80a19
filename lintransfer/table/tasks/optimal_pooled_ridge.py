"""Rows: the best ridge of a pool whose weights are given."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.tasks.pooled_ridge import best_pool
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.table.tasks.isotropic_pooling import isotropic_arguments, isotropic_sample
from lintransfer.theory.linear.proportional import tuned_ridge_risk
from lintransfer.theory.tasks.isotropic_pooling import isotropic_pooled_risk
from lintransfer.theory.tasks.optimal_pooled_ridge import optimal_pooled_ridge, optimal_pooled_ridge_risk
from lintransfer.theory.tasks.optimal_pooling import optimal_pooling

_NOISES = np.array([0.2, 0.5])
_SOURCE = "follows from isotropic-pooled-risk, minimised over its ridge"


def _gram(cross: float, source: float = 1.0) -> np.ndarray:
    return np.array([[source, cross], [cross, 1.3]])


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    found = isotropic_sample(rng)
    del found["ridge"]
    return found


def _never_above(formula: Any, cross: float, sizes: tuple[float, float]) -> bool:
    found = formula(sizes, 30.0, _gram(cross), _NOISES)
    others = isotropic_pooled_risk(sizes, 30.0, _gram(cross), _NOISES, 1.0, np.geomspace(1e-6, 1e6, 400))
    return bool(found <= others.min() * (1 + 1e-12) and found >= others.min() * (1 - 1e-3))


def _with_best_weights(formula: Any, cross: float) -> float:
    best = optimal_pooling([50.0, 20.0], 30.0, _gram(cross), _NOISES)
    return float(formula([50.0, 20.0], 30.0, _gram(cross), _NOISES, best.weights) / best.risk)


ROWS = (
    Theorem(
        name="optimal-pooled-ridge",
        kind="implicit",
        statement="λ* = argmin over λ ≥ 0 of the isotropic pooled risk at given weights; one task: dσ²/‖θ‖²",
        formula=optimal_pooled_ridge,
        source=_SOURCE,
        follows=("isotropic-pooled-risk",),
        domain="Σ_k = I, every n_k ≥ 0, weights ω_k ≥ 0, finite",
        limits=(
            Limit(
                "one task: dσ²/‖θ‖² for every n",
                30 * 0.5 / 1.3,
                tuple({"n": n} for n in (1.0, 10.0, 29.0, 30.0, 31.0, 300.0)),
                rtol=1e-5,
                left=lambda formula, n: formula([n], 30.0, np.full((1, 1), 1.3), [0.5]).ridge,
            ),
            Limit(
                "a pool that points away stays at w0",
                np.inf,
                left=lambda formula: formula([50.0, 2.0], 30.0, _gram(-0.5), _NOISES).ridge,
            ),
        ),
        sample=_sample,
        mutants=(
            Mutant("σ for σ²", instead(noise_variances=lambda noise_variances: np.asarray(noise_variances) ** 2)),
            Mutant(
                "the noise of the source alone",
                instead(noise_variances=lambda noise_variances: 0.2 + 0 * np.asarray(noise_variances)),
            ),
        ),
    ),
    Theorem(
        name="optimal-pooled-ridge-risk",
        kind="asymptotic",
        statement="R* = min over λ ≥ 0 of the isotropic pooled risk at given weights",
        formula=optimal_pooled_ridge_risk,
        source=_SOURCE,
        follows=("isotropic-pooled-risk",),
        domain="Σ_k = I, every n_k ≥ 0, weights ω_k ≥ 0, finite",
        limits=(
            Limit(
                "one task: ridge regression at its best ridge",
                lambda n: tuned_ridge_risk(n, 30.0, 1.3, 0.5),
                tuple({"n": n} for n in (0.0, 1.0, 10.0, 29.0, 30.0, 31.0, 300.0)),
                rtol=1e-9,
                left=lambda formula, n: formula([n], 30.0, np.full((1, 1), 1.3), [0.5]),
            ),
            Limit(
                "never above the risk at any ridge, and as low as the lowest of many",
                True,
                tuple({"cross": c, "sizes": sizes} for c in (-0.4, 0.3, 0.9) for sizes in ((40.0, 20.0), (5.0, 10.0))),
                left=_never_above,
            ),
            Limit(
                "at the best weights: the best of both",
                1.0,
                ({"cross": 0.2}, {"cross": 0.9}),
                rtol=1e-9,
                left=_with_best_weights,
            ),
        ),
        sample=_sample,
        experiments=(
            Experiment(
                best_pool,
                tuple(
                    {"sizes": (12 * k, 6 * k), "dim": 10 * k, "noises": (0.1, 0.4), "lattice_weights": (0.6,)}
                    for k in (1, 2, 4)
                ),
                "asymptotic",
                800,
                0.15,
                lambda dim, **_: 2 / dim,
                lambda sizes, dim, noises, lattice_weights: (
                    dict(isotropic_arguments(sizes, dim, noises)) | {"weights": np.array([lattice_weights[0], 1.0])}
                ),
            ),
        ),
        mutants=(
            Mutant(
                "no ridge",
                lambda sizes, dim, gram, noise_variances, weights=1.0: isotropic_pooled_risk(
                    sizes, dim, gram, noise_variances, weights
                ),
            ),
            Mutant("equal weights", instead(weights=1.0)),
            dropped("noise_variances"),
        ),
    ),
)
