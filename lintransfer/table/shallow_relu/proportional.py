"""Rows: wide ReLU networks in the proportional limit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.shallow_relu.kernels import straight_line_draws
from lintransfer.experiments.shallow_relu.proportional import sphere_draws
from lintransfer.table.mutants import dropped, instead, scaled, swapped
from lintransfer.table.points import asymptotic, grid
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.theory.shallow_relu.kernels import layer_weights
from lintransfer.theory.shallow_relu.proportional import (
    nonlinearity,
    proportional_risk,
    proportional_sample_complexity,
    sample_complexity_residual,
    trained_nonlinearity,
)


def _size_and_its_risk(residual: Any, risk: float, noise: float, zeta: float) -> tuple[float, float]:
    """n/d at the largest root below 1 of the residual, and the proportional risk there."""
    u = np.linspace(-1, 1, 4)
    roots = np.roots(np.polyfit(u, residual(u, risk, noise, zeta), 3))
    unlearnt = float(max(root.real for root in roots if abs(root.imag) < 1e-9 and root.real < 1 - 1e-9))
    gamma = 1 - unlearnt + zeta * (1 - unlearnt) / unlearnt
    return gamma, float(proportional_risk(gamma, 1.0, noise, zeta))


def mixed_up(formula: Any, **renamed: str) -> Any:
    """The formula with some arguments exchanged: a name → the name whose value it takes."""
    return lambda **arguments: formula(**{k: arguments[renamed.get(k, k)] for k in arguments})


def without(formula: Any, *names: str) -> Any:
    """The formula with some arguments set to 0."""
    return lambda **arguments: formula(**{k: 0 * v if k in names else v for k, v in arguments.items()})


ROWS = (
    Theorem(
        name="relu-nonlinearity",
        kind="exact",
        statement="ζ = (K(1) − K(0) − K'(0))/K'(0) = 1 − 2ω/(π(α+ω)) for the kernel αK₁ + ωK₂",
        formula=nonlinearity,
        source="kernels in high dimension: El Karoui (2010), Liang & Rakhlin (2020), Bartlett, Montanari & Rakhlin (2021), Montanari & Zhong (2022)",
        papers=("elkaroui2010", "liang2020", "bartlett2021", "montanari2022"),
        domain="α, ω ≥ 0, not both 0",
        derivation="derivations.shallow_relu.proportional.relu_nonlinearity",
        limits=(
            Limit("first layer: 1", 1.0, ({"first": 1, "second": 0},)),
            Limit("second layer: 1 − 2/π", 1 - 2 / math.pi, ({"first": 0, "second": 1},)),
            Limit("both layers: 1 − 1/π", 1 - 1 / math.pi, ({"first": 1, "second": 1},)),
        ),
        box={"first": (0.0, 2.0), "second": (0.1, 2.0)},
        experiments=tuple(
            asymptotic(
                straight_line_draws,
                grid(dim=[50, 100, 200], trained=trained),
                3,
                200,
                0.05,
                lambda dim, trained: dict(zip(("first", "second"), layer_weights(trained), strict=True)),
            )
            for trained in ("first", "second", "both")
        ),
        mutants=(
            swapped("first", "second"),
            Mutant("without K(0)", lambda first: 1 + 0 * first),
        ),
    ),
    Theorem(
        name="relu-proportional-risk",
        slow=True,
        kind="asymptotic",
        statement="R = {e(δ)[1/(1+y)+ζ] + σ²y}/{1+ζ(1+y)²}, γ = y/(1+y) + ζy",
        formula=proportional_risk,
        source="cf. El Karoui (2010), Liang & Rakhlin (2020), Bartlett, Montanari & Rakhlin (2021), Montanari & Zhong (2022), Sahraee-Ardakan et al. (2022)",
        papers=("elkaroui2010", "liang2020", "bartlett2021", "montanari2022", "sahraee2022"),
        domain="n/d = γ fixed, d → ∞, error up to 8/d",
        derivation="derivations.shallow_relu.proportional.relu_proportional_risk",
        limits=(
            Limit(
                "no samples: the starting error",
                lambda gamma, residual_energy, noise_variance, nonlinearity: residual_energy,
                ({"gamma": 0.0, "residual_energy": 0.7, "noise_variance": 1.0, "nonlinearity": 0.4},),
            ),
            Limit(
                "ζ → 0: linear regression, 1 − γ",
                lambda gamma, residual_energy, noise_variance, nonlinearity: residual_energy * (1 - gamma),
                ({"gamma": 0.4, "residual_energy": 0.7, "noise_variance": 0.0, "nonlinearity": 1e-9},),
                1e-7,
            ),
            Limit(
                "many samples: e ζ²/γ² + σ²/γ",
                lambda gamma, residual_energy, noise_variance, nonlinearity: (
                    residual_energy * nonlinearity**2 / gamma**2 + noise_variance / gamma
                ),
                ({"gamma": 1e7, "residual_energy": 0.7, "noise_variance": 0.5, "nonlinearity": 0.4},),
                1e-6,
            ),
        ),
        box={
            "gamma": (0.01, 100.0),
            "residual_energy": (0.1, 10.0),
            "noise_variance": (0.0, 2.0),
            "nonlinearity": (0.3, 2.0),
        },
        experiments=tuple(
            asymptotic(
                sphere_draws,
                tuple({"n": int(g * d), "dim": d, "noise": noise, "trained": trained} for d in (16, 32, 64)),
                8,
                200,
                0.3,
                lambda n, dim, noise, trained: {
                    "gamma": n / dim,
                    "residual_energy": 1.0,
                    "noise_variance": noise,
                    "nonlinearity": float(trained_nonlinearity(trained)),
                },
            )
            for trained, g, noise in (("first", 1, 0.3), ("second", 1, 0.0), ("both", 1, 0.3))
        ),
        mutants=(
            Mutant("linear regression", scaled(nonlinearity=1 / 1000)),
            scaled(nonlinearity=2),
            Mutant("d/n in place of n/d", instead(gamma=lambda gamma: 1 / gamma)),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="relu-sample-complexity",
        kind="implicit",
        slow=True,
        statement="n = d[y/(1+y) + ζy], y = (1−u)/u, u³ + (ζ−ρ−ε)u² + ρu − εζ = 0 (largest root below 1)",
        formula=sample_complexity_residual,
        source="follows from relu-proportional-risk by substitution (solved for n)",
        follows=("relu-proportional-risk",),
        domain="0 < ε = R/e(δ) < 1, ρ = σ²/e(δ), proportional limit",
        derivation="derivations.shallow_relu.proportional.relu_sample_complexity",
        limits=(
            Limit(
                "the risk at the sample complexity is the risk asked for",
                lambda risk, noise, zeta: (proportional_sample_complexity(risk, 1.0, 1.0, noise, zeta), risk),
                grid(risk=[0.01, 0.5, 0.99], noise=[0.0, 0.5], zeta=[0.36, 1.0]),
                1e-10,
                left=_size_and_its_risk,
            ),
            Limit(
                "ε = 1: no sample (u = 1)",
                0.0,
                ({"unlearnt": 1.0, "risk_ratio": 1.0, "noise_ratio": 0.5, "nonlinearity": 0.5},),
            ),
        ),
        box={
            "unlearnt": (0.01, 1.0),
            "risk_ratio": (0.01, 1.0),
            "noise_ratio": (0.0, 2.0),
            "nonlinearity": (0.3, 2.0),
        },
        mutants=(
            dropped("noise_ratio"),
            swapped("risk_ratio", "noise_ratio"),
        ),
    ),
)
