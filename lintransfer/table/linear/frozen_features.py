"""Rows: a head on frozen features."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.linear.heads import head_risk, projection
from lintransfer.table.mutants import dropped, swapped
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.frozen_features import (
    frozen_features_risk,
    least_squares_head_risk,
    min_norm_head_risk,
    unexplained_energy,
)
from lintransfer.theory.linear.isotropic import min_norm_risk

_ENERGY = (0.0, 4.0)


def _below_features(rng: np.random.Generator) -> dict[str, Any]:
    n = int(rng.integers(0, 1000))
    energies = dict(zip(("explained", "unexplained", "noise_variance"), rng.uniform(0, 4, 3), strict=True))
    return {"n": n, "n_features": n + 2 + int(rng.integers(0, 10**4))} | energies


def _cosines(rng: np.random.Generator) -> dict[str, Any]:
    count = int(rng.integers(1, 5))
    return {"overlap": rng.uniform(0, 1, count), "n_outputs": count + int(rng.integers(0, 3))}


ROWS = (
    Theorem(
        name="frozen-features-risk",
        kind="exact",
        statement="E R = u + (1−n/r)₊e + (σ²+u) n/(r−n−1) for n ≤ r−2, (σ²+u) r/(n−r−1) for n ≥ r+2",
        formula=frozen_features_risk,
        source="Breiman & Freedman (1983) and Belkin, Hsu & Xu (2020), misspecified regression; r = 1, n → ∞: Tahir, Ganguli & Rotskoff (2025), eq. 10",
        papers=("breiman1983", "belkin2020", "tahir2024"),
        domain="Σ = I, r orthonormal frozen features, every n ≥ 0 and r ≥ 0; inf where |n − r| ≤ 1 ≤ n",
        derivation="derivations.linear.frozen_features.frozen_features_risk",
        limits=(
            Limit(
                "no target samples: the head stays at 0 and the risk is t² = e + u",
                lambda n, n_features, explained, unexplained, noise_variance: explained + unexplained,
                grid(n=0, n_features=[1, 2, 10**9], explained=0.7, unexplained=0.2, noise_variance=0.5),
            ),
            Limit(
                "features that span everything: training from scratch",
                lambda n, n_features, explained, unexplained, noise_variance: min_norm_risk(
                    n, n_features, explained, noise_variance
                ),
                grid(n=[0, 3, 5, 6, 7, 9], n_features=6, explained=0.7, unexplained=0.0, noise_variance=0.5),
            ),
            Limit(
                "no features: nothing is learnt",
                lambda unexplained, **_: unexplained,
                ({"n": 1, "n_features": 0, "explained": 0.0, "unexplained": 0.9, "noise_variance": 0.5},),
            ),
            Limit(
                "unlimited data: only the unexplained energy is left",
                lambda unexplained, **_: unexplained,
                ({"n": 10**9, "n_features": 1, "explained": 0.5, "unexplained": 0.5, "noise_variance": 0.1},),
                rtol=1e-8,
            ),
        ),
        box={
            "n": (0, 10**9),
            "n_features": (1, 10**9),
            "explained": _ENERGY,
            "unexplained": _ENERGY,
            "noise_variance": _ENERGY,
        },
        experiments=(
            Experiment(
                head_risk,
                (
                    {"n": 6, "n_features": 1, "explained": 0.6, "unexplained": 0.4, "noise_variance": 0.3},
                    {"n": 8, "n_features": 3, "explained": 0.5, "unexplained": 0.7, "noise_variance": 0.2},
                    {"n": 2, "n_features": 7, "explained": 1.0, "unexplained": 0.5, "noise_variance": 0.25},
                ),
            ),
        ),
        mutants=(
            Mutant(
                "n − r for n − r − 1",
                lambda n, n_features, unexplained, noise_variance: (
                    unexplained + (noise_variance + unexplained) * n_features / (n - n_features)
                ),
            ),
            Mutant(
                "the unexplained part does not act as noise",
                lambda n, n_features, explained, unexplained, noise_variance: (
                    unexplained + min_norm_risk(n, n_features, explained, noise_variance)
                ),
            ),
            Mutant(
                "the floor u dropped",
                lambda n, n_features, explained, unexplained, noise_variance: min_norm_risk(
                    n, n_features, explained, noise_variance + unexplained
                ),
            ),
            swapped("explained", "unexplained"),
        ),
    ),
    Theorem(
        name="min-norm-head-risk",
        kind="exact",
        statement="E R = u + (1−n/r)e + (σ²+u) n/(r−n−1)",
        formula=min_norm_head_risk,
        source="Belkin, Hsu & Xu (2020), more features than samples",
        papers=("belkin2020",),
        domain="Σ = I, r orthonormal frozen features, 0 ≤ n ≤ r − 2",
        derivation="derivations.linear.frozen_features.min_norm_head_risk",
        limits=(
            Limit(
                "n ≥ r + 2 is the same formula with n and r exchanged in the noise",
                least_squares_head_risk,
                ({"n": 9, "n_features": 4, "unexplained": 0.3, "noise_variance": 0.2},),
                left=lambda formula, n, n_features, unexplained, noise_variance: formula(
                    n_features, n, 0.0, unexplained, noise_variance
                ),
            ),
            Limit(
                "many more features than samples: the head learns nothing",
                lambda explained, unexplained, **_: explained + unexplained,
                ({"n": 3, "n_features": 10**12, "explained": 0.4, "unexplained": 0.3, "noise_variance": 0.2},),
                rtol=1e-10,
            ),
        ),
        sample=_below_features,
        experiments=(
            Experiment(
                head_risk,
                (
                    {"n": 2, "n_features": 6, "explained": 0.6, "unexplained": 0.4, "noise_variance": 0.3},
                    {"n": 5, "n_features": 10, "explained": 1.0, "unexplained": 0.2, "noise_variance": 0.1},
                ),
            ),
        ),
        mutants=(
            Mutant(
                "r − n for r − n − 1",
                lambda n, n_features, explained, unexplained, noise_variance: (
                    unexplained
                    + (1 - n / n_features) * explained
                    + (noise_variance + unexplained) * n / (n_features - n)
                ),
            ),
            Mutant(
                "r for n in the noise term",
                lambda n, n_features, explained, unexplained, noise_variance: (
                    unexplained
                    + (n_features - n) * explained / n_features
                    + (noise_variance + unexplained) * n_features / (n_features - n - 1)
                ),
            ),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="principal-angles",
        kind="identity",
        statement="u = ‖(I−UUᵀ)Θ_T‖² = k − Σ_j cos²φ_j",
        formula=unexplained_energy,
        source="classical (principal angles): Björck & Golub (1973); one direction: Tahir, Ganguli & Rotskoff (2025)",
        papers=("bjorck1973", "tahir2024"),
        covers="r = 2, k = 3, d = 5",
        domain="any r-dimensional feature space and k orthonormal target directions",
        derivation="derivations.linear.frozen_features.principal_angles",
        limits=(
            Limit(
                "one direction, one feature: the squared sine",
                lambda overlap, n_outputs: float(np.sin(np.arccos(overlap[0])) ** 2),
                ({"overlap": np.array([0.3]), "n_outputs": 1},),
            ),
            Limit("the features contain the target", 0.0, ({"overlap": np.ones(3), "n_outputs": 3},)),
        ),
        sample=_cosines,
        experiments=(
            Experiment(
                projection,
                tuple({"dim": 7, "n_features": r, "n_outputs": k} for r, k in ((1, 1), (3, 2), (2, 4))),
                compare="identity",
                replicates=200,
            ),
        ),
        mutants=(
            Mutant("cosines not squared", lambda overlap, n_outputs: n_outputs - np.sum(overlap, axis=-1)),
            Mutant(
                "directions beyond the features forgotten",
                lambda overlap: np.shape(overlap)[-1] - np.sum(overlap**2, axis=-1),
            ),
        ),
    ),
)
