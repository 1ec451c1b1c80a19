"""Rows: a ridge on the head of several frozen features, exact at every size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs
from lintransfer.table.head_experiments import head_risk, tuned_features_risk
from lintransfer.table.mutants import instead, moved
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.chi_square import shrinkage
from lintransfer.theory.frozen_features import frozen_features_risk
from lintransfer.theory.ridge_head import (
    optimal_head_ridge,
    optimal_ridge_features_risk,
    optimal_ridge_head_risk,
    ridge_features_risk,
    ridge_head_risk,
)
from lintransfer.theory.wishart_resolvent import mean_shrinkage, resolvent_trace

_POINT = {"explained": 0.6, "unexplained": 0.3, "noise_variance": 0.2}
_ENERGY = (0.0, 4.0)
_SIZES = {"n": (0, 40), "n_features": (1, 10)}
_SHAPES = ((2, 2), (3, 2), (5, 2), (3, 3), (2, 4), (7, 4))


def _traces(rng: np.random.Generator, replicates: int, n: int, n_features: int, ridge: float) -> np.ndarray:
    """tr(ZᵀZ + λ)⁻¹ of drawn designs."""
    design = draw_inputs(rng, (replicates, n, n_features))
    eigenvalues = np.linalg.eigvalsh(np.swapaxes(design, 1, 2) @ design)
    return np.sum(1 / (np.maximum(eigenvalues, 0.0) + ridge), axis=1)


def _at_mean(n: Any, n_features: Any, explained: Any, unexplained: Any, noise_variance: Any, ridge: Any) -> Any:
    """The risk if W were its mean nI."""
    miss = (explained * ridge**2 + n_features * (noise_variance + unexplained) * n) / (n + ridge) ** 2
    return unexplained + miss


def _points(*sizes: tuple[int, int], **rest: Any) -> tuple[dict[str, Any], ...]:
    return tuple({"n": n, "n_features": r, **rest} for n, r in sizes)


ROWS = (
    Theorem(
        name="wishart-resolvent",
        slow=True,
        kind="exact",
        statement="E tr(ZᵀZ+λ)⁻¹ from the exact density of one eigenvalue of a real Wishart matrix",
        formula=resolvent_trace,
        source="follows from Adler, Forrester, Nagao & van Moerbeke (2000) by integrating the density that they give",
        follows=("adler2000",),
        domain="Z n×r standard normal, min(n, r) ≤ 200, max(n, r) ≤ 10⁶, λ > 0",
        derivation="derivations.frozen_features.wishart_resolvent",
        limits=(
            Limit(
                "one feature: an expectation over χ²_n",
                lambda n, n_features, ridge: shrinkage(n, ridge) / ridge,
                grid(n=[1, 2, 9, 10**6], n_features=1, ridge=[1e-9, 0.7, 1e4]),
                rtol=1e-11,
            ),
            Limit(
                "n and r exchange roles but for |n − r| zero eigenvalues",
                lambda n, n_features, ridge: resolvent_trace(n_features, n, ridge) + (n_features - n) / ridge,
                _points((3, 8), (8, 3), (4, 5), ridge=0.7),
            ),
            Limit(
                "vanishing ridge: the mean inverse Wishart matrix",
                lambda n, n_features, ridge: n_features / (n - n_features - 1),
                _points((7, 2), (8, 3), (20, 10), (250, 200), (10**6, 199), ridge=1e-14),
                rtol=1e-11,
            ),
            Limit(
                "large ridge: three moments of W",
                lambda n, n_features, ridge: (
                    n_features / ridge * (1 - n / ridge + n * (n + n_features + 1) / ridge**2)
                ),
                _points((7, 2), (3, 9), (12, 12), ridge=1e7),
                rtol=1e-14,
            ),
            Limit("no samples", 1.5, _points((0, 3), ridge=2.0)),
        ),
        box={**_SIZES, "ridge": (1e-3, 1e4)},
        experiments=(Experiment(_traces, _points(*_SHAPES, ridge=0.7)),),
        mutants=(
            Mutant(
                "zero eigenvalues forgotten",
                instead(
                    n=lambda n, n_features: max(n, n_features), n_features=lambda n, n_features: min(n, n_features)
                ),
            ),
            moved(n=1),
            Mutant("W replaced by its mean", lambda n, n_features, ridge: n_features / (n + ridge)),
            Mutant(
                "eigenvalues as if independent χ²_n",
                lambda n, n_features, ridge: n_features * shrinkage(n, ridge) / ridge,
            ),
        ),
    ),
    Theorem(
        name="ridge-features",
        slow=True,
        kind="exact",
        statement="E R = u + (e/r) E tr λ²(W+λ)⁻² + (σ²+u) E tr W(W+λ)⁻², W = ZᵀZ",
        formula=ridge_features_risk,
        source="not found in the literature (searched 2026-11-27); n → ∞ at fixed λ/n: Tahir, Ganguli & Rotskoff (2025), eq. 13",
        see=("tahir2024", "adler2000"),
        domain="Σ = I, r orthonormal frozen features, every n ≥ 0, 0 ≤ λ ≤ ∞, min(n, r) ≤ 200",
        derivation="derivations.frozen_features.ridge_features",
        limits=(
            Limit(
                "one feature",
                lambda n, n_features, **rest: ridge_head_risk(n, **rest),
                _points(*((n, 1) for n in (0, 1, 2, 3, 50, 10**6)), ridge=0.7, **_POINT),
                rtol=1e-11,
            ),
            Limit(
                "no ridge: the least-squares or minimum-norm head, with its infinite mean at |n − r| ≤ 1",
                frozen_features_risk,
                _points(*((n, 4) for n in (0, 1, 2, 3, 4, 5, 6, 50)), (3, 1), (300, 200), **_POINT),
                rtol=1e-11,
                given={"ridge": 0.0},
            ),
            Limit(
                "infinite ridge: the head stays at 0",
                lambda explained, unexplained, **_: explained + unexplained,
                _points((0, 3), (2, 3), (9, 3), ridge=math.inf, **_POINT),
            ),
            Limit(
                "the deterministic ridge of the limit n → ∞ at fixed λ/n",
                _at_mean,
                _points((10**6, 3), ridge=5e5, **_POINT),
                rtol=1e-4,
            ),
        ),
        box={
            **_SIZES, "explained": _ENERGY, "unexplained": _ENERGY, "noise_variance": _ENERGY, "ridge": (1e-3, 1e4),
        },
        experiments=(Experiment(head_risk, _points((2, 2), (5, 3), (3, 5), ridge=0.7, **_POINT)),),
        mutants=(
            Mutant(
                "unexplained energy not in the noise",
                lambda noise_variance, unexplained, **rest: unexplained
                + ridge_features_risk(noise_variance=noise_variance, unexplained=0.0, **rest),
            ),
            Mutant(
                "all explained energy on every feature: e for e/r",
                instead(explained=lambda explained, n_features: n_features * explained),
            ),
            Mutant("W replaced by its mean", _at_mean),
            Mutant("mean-loss convention: λn for λ", instead(ridge=lambda n, ridge: n * ridge)),
        ),
    ),
    Theorem(
        name="optimal-ridge-features-risk",
        slow=True,
        kind="exact",
        statement="min over λ of E R is u + (σ²+u) E tr(W+λ*)⁻¹, at λ* = r(σ²+u)/e for every n",
        formula=optimal_ridge_features_risk,
        source="follows from Nakkiran et al. (2021), Lemma 2, and wishart-resolvent by substitution (noise σ² + u)",
        follows=("nakkiran2021", "wishart-resolvent"),
        domain="Σ = I, r orthonormal frozen features, every n ≥ 0, min(n, r) ≤ 200",
        derivation="derivations.frozen_features.optimal_ridge_features_risk",
        limits=(
            Limit(
                "one feature",
                lambda n, n_features, **rest: optimal_ridge_head_risk(n, **rest),
                _points(*((n, 1) for n in (0, 1, 2, 3, 50, 10**6)), **_POINT),
                rtol=1e-11,
            ),
            Limit(
                "the ridge head at its best ridge",
                lambda n, n_features, **rest: ridge_features_risk(
                    n, n_features, ridge=optimal_head_ridge(n_features, **rest), **rest
                ),
                _points((1, 2), (2, 2), (5, 4), (4, 9), (300, 200), **_POINT),
                rtol=1e-11,
            ),
            Limit(
                "no noise and nothing unexplained: the minimum-norm head",
                lambda n, n_features, explained, **_: max(1 - n / n_features, 0.0) * explained,
                _points((2, 5), (5, 5), (9, 5), explained=0.9, unexplained=0.0, noise_variance=0.0),
            ),
            Limit(
                "useless features: R* = t²",
                lambda unexplained, **_: unexplained,
                _points((5, 3), explained=0.0, unexplained=0.9, noise_variance=0.3),
            ),
        ),
        box={**_SIZES, "explained": (1e-3, 4.0), "unexplained": _ENERGY, "noise_variance": _ENERGY},
        experiments=(Experiment(tuned_features_risk, _points((2, 2), (5, 3), (3, 5), **_POINT)),),
        mutants=(
            Mutant(
                "the number of features forgotten in λ*",
                lambda n, n_features, explained, unexplained, noise_variance: ridge_features_risk(
                    n, n_features, explained, unexplained, noise_variance, (noise_variance + unexplained) / explained
                ),
            ),
            Mutant(
                "r independent features",
                lambda n, n_features, explained, unexplained, noise_variance: unexplained
                + explained * shrinkage(n, optimal_head_ridge(n_features, explained, unexplained, noise_variance)),
            ),
            Mutant(
                "the unexplained energy forgotten in λ*",
                lambda n, n_features, explained, unexplained, noise_variance: unexplained
                + explained * mean_shrinkage(n, n_features, n_features * noise_variance / explained),
            ),
        ),
    ),
)
