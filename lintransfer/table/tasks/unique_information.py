"""Rows: what one sample alone tells."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.unique_information import (
    drawn_divergences,
    leverage,
    one_divergence,
    weight_changes,
    without_each,
)
from lintransfer.table.mutants import dropped, instead, scaled, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.tasks.unique_information import (
    UniqueInformation,
    expected_information,
    min_norm_weight_change,
    posterior_information,
    unique_information,
)

_FEW = {
    "X": np.array([[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, -1.0, 2.0], [1.0, 1.0, 1.0, 0.5]]),
    "y": np.array([1.0, -2.0, 0.5]),
}
_DOMAIN = "any design, λ > 0, or λ = 0 with minimum-norm fits and a flat prior"


def _by_gram(X: Any, y: Any) -> Any:
    """α_i²/(K⁻¹)_ii with K = XXᵀ, α = K⁻¹y."""
    inverse = np.linalg.inv(X @ X.T)
    return (inverse @ y) ** 2 / np.diag(inverse)


def _stale(
    X: Any, y: Any, ridge: Any, noise_std: Any, weight_noise_std: Any, test_covariance: Any
) -> UniqueInformation:
    """G⁻¹x_i r without 1/(1 − h)."""
    found = unique_information(X, y, ridge, noise_std, weight_noise_std, test_covariance)
    shrunk = (1 - found.leverage) ** 2
    return found._replace(weight_change=found.weight_change * shrunk)


ROWS = (
    Theorem(
        name="unique-information",
        kind="identity",
        statement="w − w₋ᵢ = G⁻¹x_i r/(1−h), G = XᵀX + λ; KL of N(w, s²I): ‖w − w₋ᵢ‖²/(2s²); λ = 0, n ≤ d: ‖w − w₋ᵢ‖² = α_i²/(K⁻¹)_ii",
        formula=unique_information,
        source="Harutyunyan et al. (2021), for linear models exact; the leave-one-out identity is classical",
        papers=("harutyunyan2021",),
        covers="two samples in two dimensions",
        domain=_DOMAIN,
        derivation="derivations.tasks.unique_information.unique_information",
        limits=(
            Limit(
                "no ridge, n ≤ d: α_i²/(K⁻¹)_ii",
                lambda **design: list(_by_gram(**design)),
                (_FEW,),
                rtol=1e-10,
                left=lambda formula, **design: list(formula(**design).weight_change),
            ),
            Limit(
                "a vanishing ridge is none",
                lambda **design: list(unique_information(**design).target_change),
                (_FEW,),
                rtol=1e-8,
                left=lambda formula, **design: list(formula(ridge=1e-12, **design).target_change),
            ),
            Limit(
                "a row that no other supports is known from itself alone",
                [math.inf] * 3,
                (_FEW,),
                left=lambda formula, **design: list(formula(**design).expected_information),
            ),
        ),
        experiments=(
            Experiment(
                without_each,
                tuple(
                    {"n": n, "dim": dim, "ridge": ridge}
                    for n, dim, ridge in ((3, 5, 0.7), (9, 4, 0.7), (9, 4, 0.0), (1, 3, 0.2), (40, 6, 1e-3))
                ),
                "identity",
                replicates=1,
            ),
        ),
        mutants=(
            Mutant("not divided by 1 − h", _stale),
            Mutant("ridge on the mean loss", instead(ridge=lambda X, ridge: len(X) * ridge)),
            Mutant("another metric for the target", instead(test_covariance=None)),
            Mutant("σ² for σ", instead(noise_std=lambda noise_std: noise_std**2)),
            scaled(weight_noise_std=2),
        ),
    ),
    Theorem(
        name="posterior-information",
        kind="identity",
        statement="KL(posterior ‖ posterior without i) = ½[−h − ln(1−h) + r²h/(σ²(1−h))], prior N(0, σ²/λ)",
        formula=posterior_information,
        source="Harutyunyan et al. (2021), for linear models exact",
        papers=("harutyunyan2021",),
        domain="0 ≤ h < 1, σ > 0, any design",
        derivation="derivations.tasks.unique_information.posterior_information",
        limits=(
            Limit("no leverage: nothing", 0.0, ({"leverage": 0.0, "residual": 2.0, "noise_variance": 0.3},)),
            Limit(
                "little leverage: h²/4 + r²h/(2σ²)",
                lambda leverage, residual, noise_variance: (
                    leverage**2 / 4 + residual**2 * leverage / (2 * noise_variance) * (1 + leverage)
                ),
                grid(leverage=1e-6, residual=[0.0, 1e-3], noise_variance=0.3),
                rtol=1e-5,
            ),
        ),
        box={"leverage": (1e-9, 0.999), "residual": (-3.0, 3.0), "noise_variance": (0.01, 4.0)},
        experiments=(
            Experiment(
                one_divergence,
                tuple({"n": n, "dim": dim, "ridge": 0.4} for n, dim in ((2, 5), (9, 4), (30, 3))),
                "identity",
                replicates=1,
            ),
        ),
        mutants=(
            Mutant(
                "divergence the other way round",
                lambda leverage, residual, noise_variance: (
                    (
                        leverage / (1 - leverage)
                        + np.log(1 - leverage)
                        + residual**2 * leverage / (noise_variance * (1 - leverage) ** 2)
                    )
                    / 2
                ),
            ),
            Mutant(
                "residual of the fit without the row",
                lambda leverage, residual, noise_variance: posterior_information(
                    leverage, residual / (1 - leverage), noise_variance
                ),
            ),
            times(2),
        ),
    ),
    Theorem(
        name="expected-information",
        kind="identity",
        statement="E_y KL = I(θ; y_i | rest) = −½ ln(1−h), labels drawn with teachers of the prior N(0, σ²/λ)",
        formula=expected_information,
        source="Lindley (1956), expected information of one more observation",
        papers=("lindley1956",),
        domain="0 ≤ h < 1, any design; neither labels nor noise enter",
        derivation="derivations.tasks.unique_information.expected_information",
        limits=(
            Limit("no leverage: nothing", 0.0, ({"leverage": 0.0},)),
            Limit("little leverage: h/2", 0.5e-9, ({"leverage": 1e-9},), rtol=1e-8),
            Limit("half: ½ ln 2", math.log(2) / 2, ({"leverage": 0.5},)),
        ),
        box={"leverage": (1e-9, 0.999)},
        experiments=(
            Experiment(
                drawn_divergences,
                tuple({"n": n, "dim": dim, "ridge": 0.4} for n, dim in ((2, 3), (6, 3))),
                replicates=6_000,
                resolution=0.12,
                arguments=leverage,
            ),
        ),
        mutants=(
            Mutant("h/2", lambda leverage: leverage / 2),
            Mutant(
                "leverage before the row is added",
                lambda leverage: np.log(1 - leverage + leverage / (1 - leverage)) / 2 + leverage,
            ),
            times(1 / math.log(2)),
        ),
    ),
    Theorem(
        name="min-norm-weight-change",
        kind="exact",
        statement="E‖w − w₋ᵢ‖² = ‖θ‖²/d + σ²(d−1)/((d−n)(d−n−1)), minimum-norm fits of n ≤ d − 2 samples",
        formula=min_norm_weight_change,
        source="follows from Muirhead (1982) (inverse χ² and Wishart moments)",
        follows=("muirhead1982",),
        see=("harutyunyan2021",),
        domain="Σ = I, 1 ≤ n ≤ d; inf at n ≥ d − 1 with noise",
        derivation="derivations.tasks.unique_information.min_norm_weight_change",
        limits=(
            Limit(
                "one sample: the fit itself",
                lambda dim, target_energy, noise_variance, **_: target_energy / dim + noise_variance / (dim - 2),
                grid(n=1, dim=[3, 50], target_energy=1.3, noise_variance=0.7),
            ),
            Limit(
                "no noise: ‖θ‖²/d for every sample",
                0.25,
                grid(n=[1, 3, 5, 6], dim=6, target_energy=1.5, noise_variance=0.0),
            ),
            Limit("at the threshold", math.inf, grid(n=[5, 6], dim=6, target_energy=1.5, noise_variance=0.1)),
            Limit(
                "many samples: not this theorem",
                math.nan,
                ({"n": 7, "dim": 6, "target_energy": 1.5, "noise_variance": 0.1},),
            ),
        ),
        box={"n": (1, 10**6), "dim": (1, 10**9), "target_energy": (0.0, 4.0), "noise_variance": (0.0, 4.0)},
        experiments=(
            Experiment(
                weight_changes,
                tuple(
                    {"n": n, "dim": dim, "target_energy": 1.3, "noise_variance": 0.5}
                    for n, dim in ((1, 6), (3, 8), (6, 12))
                ),
                replicates=20_000,
            ),
        ),
        mutants=(
            Mutant(
                "limit: σ²d/(d−n)²",
                lambda n, dim, target_energy, noise_variance: (
                    target_energy / dim + noise_variance * dim / (dim - n) ** 2
                ),
            ),
            dropped("noise_variance"),
            Mutant(
                "a share 1 − n/d of the signal",
                lambda n, dim, target_energy, noise_variance: min_norm_weight_change(
                    n, dim, target_energy * (1 - n / dim), noise_variance
                ),
            ),
        ),
    ),
)
