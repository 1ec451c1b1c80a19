"""What training does to a given design: filters of its singular values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.conditional import (
    conditional_arguments,
    direction_arguments,
    draw_conditional,
    draw_direction,
    draw_filter,
    draw_weights,
    isotropic_design,
    risk_sample,
    weights_sample,
)
from lintransfer.table.mutants import dropped, instead, scaled, swapped
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.conditional import (
    conditional_risk,
    direction_risk,
    ridge_filter,
    spectral_filter,
    spectral_fit,
)


def sum_over_directions(
    X: Any, displacement: Any, covariance: Any, noise_variance: Any, ridge: Any = 0.0, time: Any = math.inf
) -> Any:
    """`conditional_risk` at Σ = I from `direction_risk`, over all d directions."""
    n, dim = X.shape
    _, values, right = np.linalg.svd(X)
    values = np.pad(values, (0, dim - len(values)))
    return direction_risk(values, n, (right @ displacement) ** 2, noise_variance, ridge, time).sum()


ROWS = (
    Theorem(
        name="spectral-filter",
        kind="identity",
        statement="ŵ = w0 + V f(S) Uᵀ(y − Xw0), f(s) = s/(s²+λ)·(1 − e^(−(s²+λ)T/n)), f(0) = 0",
        formula=spectral_filter,
        source="Shachaf, Brutzkus & Globerson (2021), linear part, for λ = 0, T = ∞; for gradient flow Ali, Kolter & Tibshirani (2019)",
        papers=("shachaf2021", "ali2019"),
        domain="any design, λ ≥ 0, T ≥ 0 on the mean loss (1/2n)‖y − Xw‖²",
        derivation="derivations.linear.conditional.spectral_filter",
        limits=(
            Limit(
                "T = ∞: ridge",
                lambda singular_value, n, ridge, time: ridge_filter(singular_value, ridge),
                grid(singular_value=[0.0, 0.5], n=3, ridge=[0.0, 2.0], time=math.inf),
            ),
            Limit(
                "λ = 0: (1 − e^(−s²T/n))/s",
                lambda singular_value, n, ridge, time: -math.expm1(-(singular_value**2) * time / n) / singular_value,
                ({"singular_value": 0.5, "n": 3, "ridge": 0.0, "time": 7.0},),
            ),
            Limit("T = 0: nothing learnt", 0.0, ({"singular_value": 0.5, "n": 3, "ridge": 1.0, "time": 0.0},)),
        ),
        box={"singular_value": (1e-3, 1e3), "n": (1, 1000), "ridge": (0.0, 4.0), "time": (1e-3, 1e3)},
        experiments=(
            Experiment(
                draw_filter,
                tuple(
                    {"n": n, "dim": dim, "ridge": ridge, "time": time}
                    for n, dim in ((3, 5), (7, 4))
                    for ridge, time in ((0.0, math.inf), (0.7, math.inf), (0.0, 2.5), (0.7, 2.5))
                ),
                "identity",
                replicates=1,
            ),
        ),
        mutants=(
            Mutant("time of the sum loss", instead(n=1)),
            Mutant("ridge on the mean loss", instead(ridge=lambda n, ridge: n * ridge)),
            Mutant(
                "ridge missing in the rate",
                lambda singular_value, n, ridge, time: (
                    singular_value
                    / (singular_value**2 + ridge)
                    * (singular_value * spectral_filter(singular_value, n, 0, time))
                ),
            ),
        ),
    ),
    Theorem(
        name="conditional-weights",
        kind="identity",
        statement="ŵ = w0 + V f(S) Uᵀ(y − Xw0); λ = 0, T = ∞: ŵ = w0 + X⁺(y − Xw0)",
        formula=spectral_fit,
        source="Shachaf, Brutzkus & Globerson (2021), linear part",
        papers=("shachaf2021",),
        covers="n = 1, d = 2, T = ∞",
        domain="any design and rank, any start, λ ≥ 0, T ≥ 0",
        derivation="derivations.linear.conditional.conditional_weights",
        limits=(
            Limit(
                "no data: the start",
                lambda initial, **_: initial,
                ({"X": np.zeros((0, 2)), "y": np.zeros(0), "initial": np.array([1.0, 2.0])},),
            ),
        ),
        sample=weights_sample,
        experiments=(
            Experiment(
                draw_weights,
                tuple(
                    {"n": n, "dim": dim, "rank": rank, "ridge": ridge, "time": time}
                    for n, dim, rank in ((3, 5, None), (7, 4, None), (5, 5, None), (6, 5, 3))
                    for ridge, time in ((0.0, math.inf), (0.7, math.inf), (0.0, 2.5), (0.7, 2.5))
                ),
                "identity",
                replicates=1,
            ),
        ),
        mutants=(
            Mutant(
                "residual of zero weights, not of the start",
                lambda X, y, initial, ridge, time: initial + spectral_fit(X, y, None, ridge, time),
            ),
            Mutant("start forgotten", instead(initial=None)),
        ),
    ),
    Theorem(
        name="direction-risk",
        kind="identity",
        statement="E[R|X] = Σ_k (1 − s_k f(s_k))² δ_k² + σ² f(s_k)² over right-singular directions, Σ = I",
        formula=direction_risk,
        source="follows from conditional-risk by substitution (Σ = I)",
        follows=("conditional-risk",),
        domain="any design, λ ≥ 0, T ≥ 0",
        derivation="derivations.linear.conditional.direction_risk",
        limits=(
            Limit(
                "s = 0: δ²",
                lambda displacement_energy, **_: displacement_energy,
                ({"singular_value": 0.0, "n": 3, "displacement_energy": 2.0, "noise_variance": 0.5},),
            ),
            Limit(
                "interpolation: σ²/s²",
                lambda singular_value, noise_variance, **_: noise_variance / singular_value**2,
                ({"singular_value": 0.8, "n": 3, "displacement_energy": 2.0, "noise_variance": 0.5},),
            ),
        ),
        box={
            "singular_value": (0.1, 10.0),
            "n": (1, 100),
            "displacement_energy": (1e-3, 1e3),
            "noise_variance": (1e-3, 1e3),
            "ridge": (0.01, 4.0),
            "time": (0.1, 10.0),
        },
        experiments=(
            Experiment(
                draw_direction,
                tuple(
                    {"n": n, "dim": 6, "noise_std": 0.5, "ridge": ridge, "time": time}
                    for n in (4, 10)
                    for ridge, time in ((0.0, math.inf), (0.8, math.inf), (0.0, 3.0), (0.8, 3.0))
                ),
                arguments=direction_arguments,
            ),
        ),
        mutants=(
            dropped("noise_variance"),
            swapped("displacement_energy", "noise_variance"),
        ),
    ),
    Theorem(
        name="conditional-risk",
        slow=True,
        kind="identity",
        statement="E[R|X] = ‖(I − V f(S) S Vᵀ)δ‖²_Σ + σ² Σ_k f(s_k)² v_kᵀΣv_k; λ = 0, T = ∞: δᵀQΣQδ + σ² tr[(X⁺)ᵀΣX⁺]",
        formula=conditional_risk,
        source="Shachaf, Brutzkus & Globerson (2021), linear part, for min-norm fits; for gradient flow Ali, Kolter & Tibshirani (2019)",
        papers=("shachaf2021", "ali2019"),
        covers="n = 1, d = 2, T = ∞, Σ diagonal",
        domain="any design and rank, λ ≥ 0, T ≥ 0",
        derivation="derivations.linear.conditional.conditional_risk",
        limits=(
            Limit(
                "Σ = I: sum over singular directions",
                sum_over_directions,
                tuple(
                    {**isotropic_design(n, 5), "ridge": ridge, "time": time}
                    for n in (3, 9)
                    for ridge, time in ((0.0, math.inf), (0.5, math.inf), (0.0, 2.0), (0.5, 2.0))
                ),
            ),
        ),
        sample=risk_sample,
        experiments=(
            Experiment(
                draw_conditional,
                tuple(
                    {"n": n, "dim": 6, "noise_std": 0.5, "ridge": ridge, "time": time}
                    for n in (4, 10)
                    for ridge, time in ((0.0, math.inf), (0.8, math.inf), (0.0, 3.0))
                ),
                arguments=conditional_arguments,
            ),
        ),
        mutants=(
            dropped("noise_variance"),
            Mutant("covariance forgotten", instead(covariance=lambda covariance: 1 + 0 * covariance)),
            scaled(noise_variance=2),
        ),
    ),
)
