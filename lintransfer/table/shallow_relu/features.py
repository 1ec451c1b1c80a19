"""Rows: one neuron's loss, and a head on frozen ReLU features."""

from __future__ import annotations

import math
from typing import Any

from lintransfer.experiments.shallow_relu.half_space import feature_draws, frozen_world, one_neuron_draws
from lintransfer.table.mutants import dropped, moved
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.shallow_relu.features import feature_loss, feature_risk, one_neuron_loss, residual_leverage


def _feature_arguments(n: int, noise_std: float) -> dict[str, Any]:
    world = frozen_world()
    return {
        "n": n,
        "n_features": 4,
        "unexplained": feature_loss(**world),
        "leverage": residual_leverage(**world),
        "noise_variance": noise_std**2,
    }


ROWS = (
    Theorem(
        name="relu-one-neuron-loss",
        kind="exact",
        statement="u = a²[½ − 2K₂(c)²]: what one frozen neuron cannot express of another",
        formula=one_neuron_loss,
        source="follows from relu-second-layer-kernel by projection",
        follows=("relu-second-layer-kernel",),
        domain="unit neurons at cosine c, x ~ N(0, I), n → ∞",
        derivation="derivations.shallow_relu.features.relu_one_neuron_loss",
        limits=(
            Limit("the same neuron: 0", 0.0, ({"cosine": 1.0, "head": 2.0},)),
            Limit("the opposite neuron: all of it", lambda cosine, head: head**2 / 2, ({"cosine": -1.0, "head": 2.0},)),
            Limit(
                "the general Schur complement",
                lambda cosine, head: feature_loss([[1.0, 0.0]], [[cosine, math.sqrt(1 - cosine**2)]], [head]),
                ({"cosine": 0.3, "head": -1.5},),
            ),
        ),
        box={"cosine": (-1.0, 0.9), "head": (0.1, 3.0)},
        experiments=(
            Experiment(
                one_neuron_draws,
                ({"cosine": 0.5, "head": 1.0}, {"cosine": -0.3, "head": 2.0}),
                "asymptotic",
                300,
                0.05,
                lambda cosine, head: 0.002,
            ),
        ),
        mutants=(
            Mutant("a linear feature's 1 − c²", lambda cosine, head: head * head * (1 - cosine * cosine) / 2),
            Mutant(
                "K₂ not squared",
                lambda cosine, head: head * head / 2 - head * head * (0.5 - one_neuron_loss(cosine, 1)) ** 0.5,
            ),
        ),
    ),
    Theorem(
        name="relu-feature-risk",
        kind="asymptotic",
        statement="R = u + (E[ρ²φᵀG⁻¹φ] + σ²r)/n + O(1/n²), u = aᵀG_WWa − aᵀG_WV G_VV⁺ G_VW a",
        formula=feature_risk,
        source="follows from White (1980) by substitution (least squares in a misspecified model)",
        follows=("white1980",),
        domain="head refitted on r frozen ReLU neurons, n ≥ r + 2",
        derivation="derivations.shallow_relu.features.relu_feature_risk",
        limits=(
            Limit(
                "many samples: the floor u",
                lambda n, n_features, unexplained, leverage, noise_variance: unexplained,
                ({"n": 1e14, "n_features": 3, "unexplained": 0.7, "leverage": 2.0, "noise_variance": 1.0},),
            ),
        ),
        box={
            "n": (10, 1000),
            "n_features": (1, 8),
            "unexplained": (0.0, 2.0),
            "leverage": (0.0, 10.0),
            "noise_variance": (0.0, 2.0),
        },
        experiments=(
            Experiment(
                feature_draws,
                grid(n=[40, 80, 160], noise_std=1.0),
                "asymptotic",
                6000,
                0.06,
                lambda n, noise_std: 100 / n**2,
                _feature_arguments,
            ),
        ),
        mutants=(
            dropped("noise_variance"),
            dropped("leverage"),
            moved(n_features=1),
        ),
    ),
)
