"""Rows: a new head on frozen features, without a ridge."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.table.head_experiments import head_risk, projection, shift_world, shifted_head, shifted_weights
from lintransfer.table.mutants import dropped, instead, moved, swapped
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.covariance_shift import shift_energies, shifted_head_risk, shifted_least_squares_risk
from lintransfer.theory.frozen_features import (
    frozen_features_risk,
    least_squares_head_risk,
    min_norm_head_risk,
    unexplained_energy,
)
from lintransfer.theory.isotropic import least_squares_risk, min_norm_risk, underparameterized_risk

_ENERGY = (0.0, 4.0)


def _below_features(rng: np.random.Generator) -> dict[str, Any]:
    n = int(rng.integers(0, 1000))
    energies = dict(zip(("explained", "unexplained", "noise_variance"), rng.uniform(0, 4, 3), strict=True))
    return {"n": n, "n_features": n + 2 + int(rng.integers(0, 10**4))} | energies


def _cosines(rng: np.random.Generator) -> dict[str, Any]:
    count = int(rng.integers(1, 5))
    return {"overlap": rng.uniform(0, 1, count), "n_outputs": count + int(rng.integers(0, 3))}


def _shift_arguments(n: int, dim: int, n_features: int, noise_variance: float) -> dict[str, Any]:
    energies = shift_energies(**shift_world(dim, n_features))
    return {"n": n, "n_features": n_features, "noise_variance": noise_variance} | energies._asdict()


def _above_features(rng: np.random.Generator) -> dict[str, Any]:
    r = int(rng.integers(1, 1000))
    energies = dict(zip(("misfit", "spread", "unexplained", "noise_variance"), rng.uniform(0, 4, 4), strict=True))
    return {"n": r + 2 + int(rng.integers(0, 10**4)), "n_features": r} | energies


def _spread_arguments(n: int, dim: int, noise_variance: float) -> dict[str, Any]:
    world = shift_world(dim, 1)
    spread = float(np.trace(np.linalg.solve(world["covariance"], world["test_covariance"])))
    return {"n": n, "dim": dim, "spread": spread, "noise_variance": noise_variance}


def _determined(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(rng.integers(1, 1000))
    n = dim + int(rng.choice([0, 1, 2 + int(rng.integers(0, 10**4))]))
    return {"n": n, "dim": dim, "spread": float(rng.uniform(0.01, 4)), "noise_variance": float(rng.uniform(0.01, 4))}


ROWS = (
    Theorem(
        name="frozen-features-risk",
        kind="exact",
        statement="E R = u + (1−n/r)₊e + (σ²+u) n/(r−n−1) for n ≤ r−2, (σ²+u) r/(n−r−1) for n ≥ r+2",
        formula=frozen_features_risk,
        source="Breiman & Freedman (1983) and Belkin, Hsu & Xu (2020), misspecified regression; r = 1, n → ∞: Tahir, Ganguli & Rotskoff (2025), eq. 10",
        papers=("breiman1983", "belkin2020", "tahir2024"),
        domain="Σ = I, r orthonormal frozen features, every n ≥ 0 and r ≥ 0; inf where |n − r| ≤ 1 ≤ n",
        derivation="derivations.frozen_features.frozen_features_risk",
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
            "n": (0, 10**9), "n_features": (1, 10**9), "explained": _ENERGY, "unexplained": _ENERGY,
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
                lambda n, n_features, unexplained, noise_variance: unexplained
                + (noise_variance + unexplained) * n_features / (n - n_features),
            ),
            Mutant(
                "the unexplained part does not act as noise",
                lambda n, n_features, explained, unexplained, noise_variance: unexplained
                + min_norm_risk(n, n_features, explained, noise_variance),
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
        derivation="derivations.frozen_features.min_norm_head",
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
                lambda n, n_features, explained, unexplained, noise_variance: unexplained
                + (1 - n / n_features) * explained
                + (noise_variance + unexplained) * n / (n_features - n),
            ),
            Mutant(
                "r for n in the noise term",
                lambda n, n_features, explained, unexplained, noise_variance: unexplained
                + (n_features - n) * explained / n_features
                + (noise_variance + unexplained) * n_features / (n_features - n - 1),
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
        papers=("bjorck1973", "tahir2024"), covers="r = 2, k = 3, d = 5",
        domain="any r-dimensional feature space and k orthonormal target directions",
        derivation="derivations.frozen_features.principal_angles",
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
    Theorem(
        name="covariance-shift",
        kind="exact",
        statement="E R = ‖Ba*−θ_T‖²_Σ' + (σ²+u) tr[BᵀΣ'B(BᵀΣB)⁻¹]/(n−r−1)",
        formula=shifted_head_risk,
        source="follows from Anderson (2003) by substitution (mean of an inverse Wishart matrix, noise σ² + u)",
        follows=("anderson2003",),
        domain="any Σ, Σ' and feature map B with BᵀΣB invertible, n ≥ r + 2",
        derivation="derivations.frozen_features.covariance_shift",
        limits=(
            Limit(
                "no shift: the misfit is u, the spread r",
                least_squares_head_risk,
                ({"n": 9, "n_features": 4, "unexplained": 0.3, "noise_variance": 0.2},),
                left=lambda formula, n, n_features, unexplained, noise_variance: formula(
                    n, n_features, unexplained, n_features, unexplained, noise_variance
                ),
            ),
            Limit(
                "no shift, all weights trained: ordinary least squares",
                underparameterized_risk,
                ({"n": 9, "dim": 4, "noise_variance": 0.2},),
                left=lambda formula, n, dim, noise_variance: formula(n, dim, 0.0, dim, 0.0, noise_variance),
            ),
            Limit(
                "nothing to fit wrongly: the misfit alone",
                lambda misfit, **_: misfit,
                grid(n=[3, 4, 9], n_features=3, misfit=0.5, spread=2.0, unexplained=0.0, noise_variance=0.0),
            ),
        ),
        sample=_above_features,
        experiments=(
            Experiment(
                shifted_head,
                (
                    {"n": 8, "dim": 5, "n_features": 2, "noise_variance": 0.2},
                    {"n": 6, "dim": 3, "n_features": 1, "noise_variance": 0.0},
                    {"n": 9, "dim": 3, "n_features": 3, "noise_variance": 0.5},
                ),
                arguments=_shift_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "n − r for n − r − 1",
                lambda n, n_features, misfit, spread, unexplained, noise_variance: misfit
                + (noise_variance + unexplained) * spread / (n - n_features),
            ),
            Mutant("shift ignored: r for the spread", instead(spread="n_features")),
            Mutant("the test misfit for the training one in the noise", instead(unexplained="misfit")),
        ),
    ),
    Theorem(
        name="shifted-least-squares",
        kind="exact",
        statement="E R = σ² tr(Σ'Σ⁻¹)/(n−d−1)",
        formula=shifted_least_squares_risk,
        source="follows from covariance-shift by substitution (all weights trained, B = I: no misfit, u = 0); classical (mean of an inverse Wishart matrix): Anderson (2003)",
        follows=("covariance-shift",), see=("anderson2003",),
        domain="any Σ of full rank d, any Σ', n ≥ d + 2; inf where |n − d| ≤ 1 ≤ n and σ > 0, 0 for n ≥ d without noise",
        derivation="derivations.frozen_features.shifted_least_squares",
        limits=(
            Limit(
                "no shift: the spread is d",
                lambda n, dim, noise_variance: least_squares_risk(n, dim, noise_variance),
                grid(n=[3, 4, 5, 6, 9], dim=4, noise_variance=0.2),
                left=lambda formula, n, dim, noise_variance: formula(n, dim, dim, noise_variance),
            ),
            Limit(
                "the threshold: an infinite mean", math.inf, grid(n=[3, 4, 5], dim=4, spread=2.0, noise_variance=0.2)
            ),
            Limit("no noise: learnt exactly", 0.0, grid(n=[4, 5, 6, 9], dim=4, spread=2.0, noise_variance=0.0)),
            Limit(
                "Σ' = cΣ: c times the risk",
                lambda c: c * least_squares_risk(9, 4, 0.2),
                ({"c": 0.3}, {"c": 5.0}),
                left=lambda formula, c: formula(9, 4, 4 * c, 0.2),
            ),
        ),
        sample=_determined,
        experiments=(
            Experiment(
                shifted_weights,
                (
                    {"n": 8, "dim": 3, "noise_variance": 0.2},
                    {"n": 12, "dim": 5, "noise_variance": 0.5},
                    {"n": 7, "dim": 1, "noise_variance": 0.3},
                ),
                arguments=_spread_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "n − d for n − d − 1",
                lambda n, dim, spread, noise_variance: noise_variance * spread / (n - dim),
            ),
            Mutant("shift ignored: d for the spread", instead(spread="dim")),
            Mutant("σ for σ²", instead(noise_variance=lambda noise_variance: noise_variance**2)),
            moved(n=1),
        ),
    ),
)
