"""Rows: ridge regression on the features of one given random ReLU layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.shallow_relu.random_features import (
    averaged_arguments,
    averaged_head_risks,
    head_risks,
    layer_arguments,
)
from lintransfer.table.mutants import dropped, instead, swapped
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.shallow_relu.random_features import (
    RELU_LINEAR,
    RELU_REST,
    averaged_random_features_risk,
    random_features_risk,
)

_WIDE = np.vstack([np.eye(3)] * 2)


def _dense(n: Any, weights: Any, teacher: Any, noise_variance: Any, ridge: Any) -> float:
    """The same from Ω itself."""
    omega = RELU_LINEAR**2 * weights @ weights.T + RELU_REST * np.eye(len(weights))
    best = np.linalg.solve(omega, RELU_LINEAR * weights @ teacher)
    unexplained = teacher @ teacher - RELU_LINEAR * teacher @ weights.T @ best
    values, basis = np.linalg.eigh(omega)
    energy = (basis.T @ best) ** 2
    risk = ridge_risk(n, values, np.ones(len(values)), energy, noise_variance + unexplained, ridge)
    return float(unexplained + risk)


def _mean_over_layers(n: int, width: int, dim: int, target_energy: float, noise_variance: float, ridge: float) -> float:
    layers = np.random.default_rng(0).standard_normal((4, width, dim))
    layers /= np.linalg.norm(layers, axis=2, keepdims=True)
    teacher = np.full(dim, (target_energy / dim) ** 0.5)
    return float(np.mean([random_features_risk(n, W, teacher, noise_variance, ridge) for W in layers]))


ROWS = (
    Theorem(
        name="random-features-risk",
        slow=True,
        kind="asymptotic",
        statement="R = u + [ridge risk on Ω = ¼WWᵀ + (¼ − 1/(2π))I, δ = β, noise σ² + u], β = ½Ω⁻¹Wθ, u = ‖θ‖² − ½θᵀWᵀβ",
        formula=random_features_risk,
        source="Mei & Montanari (2022), Hu & Lu (2023), Bartlett, Montanari & Rakhlin (2021): Gaussian equivalence, here given W",
        papers=("mei2022", "hu2023", "bartlett2021"),
        covers="two features in two dimensions",
        domain="x ~ N(0, I), centred ReLU features, rows of W of length 1, linear teacher, λ > 0 or n ≠ N; error O(1/d)",
        derivation="derivations.shallow_relu.random_features.random_features_risk",
        limits=(
            Limit("no samples: the teacher", 3.0, ({"n": 0, "weights": _WIDE, "teacher": np.ones(3)},)),
            Limit(
                "the formula in Ω itself",
                _dense,
                tuple(
                    layer_arguments(n, width, dim, 0.3, ridge)
                    for n, width, dim, ridge in ((4, 6, 5, 0.2), (9, 6, 5, 0.0), (4, 3, 5, 0.2), (7, 5, 5, 1.0))
                ),
                rtol=1e-10,
            ),
            Limit(
                "linear activation: regression on x itself",
                lambda n, teacher, noise_variance, ridge: float(
                    ridge_risk(
                        n, np.full(1, 2.0), np.full(1, 3.0), np.full(1, teacher @ teacher / 2), noise_variance, ridge
                    )
                ),
                grid(n=[0, 2, 9], teacher=np.ones(3), noise_variance=0.2, ridge=0.7),
                left=lambda formula, **point: formula(weights=_WIDE, linear=1.0, rest=1e-14, **point),
                rtol=1e-9,
            ),
        ),
        experiments=(
            asymptotic(
                head_risks,
                growing("width", "ridge", n=20, width=16, dim=16, noise_variance=0.2, ridge=1.0),
                2.5,
                800,
                0.06,
                layer_arguments,
            ),
            asymptotic(
                head_risks,
                growing("width", "ridge", n=16, width=40, dim=16, noise_variance=0.2, ridge=1.0),
                2.5,
                800,
                0.06,
                layer_arguments,
            ),
        ),
        mutants=(
            dropped("noise_variance"),
            Mutant("a linear layer", instead(rest=0.0)),
            Mutant("features not centred: E relu² for its variance", instead(rest=0.25)),
            Mutant("ridge on the mean loss", instead(ridge=lambda n, ridge: n * ridge)),
        ),
    ),
    Theorem(
        name="averaged-random-features-risk",
        slow=True,
        kind="asymptotic",
        statement="random-features-risk averaged over W: N eigenvalues s of WWᵀ by Marchenko and Pastur, ω = ¼s + ¼ − 1/(2π), u = ‖θ‖²[1 − ¼Σ(s/ω)/d]",
        formula=averaged_random_features_risk,
        source="Mei & Montanari (2022); here through the spectrum of WWᵀ",
        papers=("mei2022",),
        domain="x ~ N(0, I), rows of W uniform on the sphere, linear teacher, λ > 0 or n ≠ N; error O(1/d)",
        limits=(
            Limit(
                "the mean over wide layers that are given",
                _mean_over_layers,
                grid(n=[200, 500], width=[300, 700], dim=400, target_energy=1.0, noise_variance=0.2, ridge=20.0),
                rtol=0.03,
            ),
            Limit(
                "linear activation, very wide: regression on x",
                lambda n, dim, target_energy, noise_variance, **_: ridge_risk(
                    n, np.full(1, 1.0), np.full(1, float(dim)), np.full(1, target_energy), noise_variance, 0.5
                ),
                grid(n=[20, 60], width=10**9, dim=40, target_energy=1.0, noise_variance=0.2, ridge=0.5 * 10**9 / 40),
                rtol=1e-3,
                left=lambda formula, **point: formula(linear=1.0, rest=1e-14, **point),
            ),
        ),
        experiments=(
            asymptotic(
                averaged_head_risks,
                growing("width", "ridge", n=20, width=24, dim=16, noise_variance=0.2, ridge=1.0),
                2.5,
                600,
                0.06,
                averaged_arguments,
            ),
        ),
        mutants=(
            dropped("noise_variance"),
            Mutant("a linear layer", instead(rest=0.0)),
            Mutant("d/N for N/d", swapped("width", "dim")),
        ),
    ),
)
