"""Rows: wide ReLU networks on Gaussian inputs of any covariance."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.shallow_relu.two_stage import gaussian_draws, ridge_draws, spectrum
from lintransfer.table.mutants import dropped, swapped
from lintransfer.table.points import asymptotic, grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.table.shallow_relu.learning_curves import TRAINED
from lintransfer.theory.shallow_relu.gaussian import equivalent_ridge, gaussian_risk
from lintransfer.theory.shallow_relu.proportional import nonlinearity, proportional_risk, trained_nonlinearity


def _gaussian_arguments(n: int, dim: int, trained: str) -> dict[str, Any]:
    return {
        "n": n,
        "eigenvalues": np.array([1.0, 0.5]),
        "multiplicities": np.array([dim / 2, dim / 2]),
        "displacement": np.array([0.5, 0.5]),
        "noise_variance": 1.0,
        "trained": trained,
    }


ROWS = (
    Theorem(
        name="relu-equivalent-ridge",
        kind="asymptotic",
        statement="a wide ReLU network is ridge regression with λ = ζ tr Σ + λ_0/K'(0)",
        formula=equivalent_ridge,
        source="cf. El Karoui (2010), Liang & Rakhlin (2020), Bartlett, Montanari & Rakhlin (2021), Montanari & Zhong (2022), Sahraee-Ardakan et al. (2022)",
        papers=("elkaroui2010", "liang2020", "bartlett2021", "montanari2022", "sahraee2022"),
        domain="x ~ N(0, Σ) with effective rank ≥ 20, linear teachers",
        derivation="derivations.shallow_relu.gaussian.relu_equivalent_ridge",
        limits=(
            Limit(
                "first layer, no explicit ridge: tr Σ",
                lambda trace, first, second: trace,
                ({"trace": 7.0, "first": 1, "second": 0},),
            ),
        ),
        box={"trace": (1.0, 1e4), "first": (0.1, 2.0), "second": (0.1, 2.0), "ridge": (0.0, 3.0)},
        experiments=(
            asymptotic(
                ridge_draws,
                grid(dim=[40, 80, 160], ridge=0.5),
                4,
                200,
                0.05,
                lambda dim, ridge: {"trace": float(spectrum(dim).sum()), "first": 1, "second": 1, "ridge": ridge},
            ),
        ),
        mutants=(
            swapped("first", "second"),
            Mutant(
                "explicit ridge not divided by K'(0)",
                lambda trace, first, second, ridge: nonlinearity(first, second) * trace + ridge,
            ),
        ),
    ),
    Theorem(
        name="relu-gaussian-risk",
        kind="asymptotic",
        slow=True,
        statement="R of a wide ReLU network on N(0, Σ) is that of ridge regression at λ = ζ tr Σ + λ_0/K'(0)",
        formula=gaussian_risk,
        source="cf. El Karoui (2010), Liang & Rakhlin (2020), Bartlett, Montanari & Rakhlin (2021), Montanari & Zhong (2022), Sahraee-Ardakan et al. (2022)",
        papers=("elkaroui2010", "liang2020", "bartlett2021", "montanari2022", "sahraee2022"),
        covers="two eigenvalues, first layer trained",
        domain="effective rank ≥ 20; low by (1 to 10)/r_eff",
        derivation="derivations.shallow_relu.gaussian.relu_gaussian_risk",
        limits=(
            Limit(
                "Σ = I is the proportional curve in units of the energy",
                lambda n, d: proportional_risk(n / d, 1.0, 0.3, trained_nonlinearity("second")),
                ({"n": 50.0, "d": 100.0}, {"n": 300.0, "d": 100.0}),
                1e-9,
                left=lambda formula, n, d: formula(n, np.ones(1), np.array([d]), np.ones(1), 0.3, "second"),
            ),
        ),
        sample=lambda rng: _gaussian_arguments(
            int(rng.integers(1, 300)), 2 * int(rng.integers(15, 500)), str(rng.choice(TRAINED))
        ),
        experiments=tuple(
            Experiment(
                gaussian_draws,
                tuple({"n": g * d, "dim": d, "trained": trained} for d in (24, 48, 96)),
                "asymptotic",
                100,
                0.3,
                lambda n, dim, trained: 10 / (0.9 * dim),
                _gaussian_arguments,
            )
            for trained, g in (("first", 1), ("both", 1))
        ),
        mutants=(
            dropped("noise_variance"),
            Mutant(
                "ridgeless linear regression",
                lambda **a: gaussian_risk(
                    **{
                        **a,
                        "trained": (1e-9, 1.0),
                        "ridge": -0.25 * (1 - 2 / np.pi) * np.sum(a["multiplicities"] * a["eigenvalues"]) * (1 - 1e-6),
                    }
                ),
            ),
        ),
    ),
)
