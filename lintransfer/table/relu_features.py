"""Rows: frozen ReLU features, and least squares on half-spaces."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.half_space import half_space_risk_samples
from lintransfer.simulate.relu_transfer import feature_risk_samples
from lintransfer.table.mutants import dropped, moved, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.relu.features import feature_loss, feature_risk, one_neuron_loss, residual_leverage
from lintransfer.theory.relu.half_space import (
    half_space_risk,
    half_space_risk_given_split,
    half_space_training_error,
    large_sample_half_space_risk,
)


def _frozen_world() -> dict[str, Any]:
    """Four neurons against a target of three that shares one of them."""
    rng = np.random.default_rng(5)
    neurons, wanted = rng.standard_normal((4, 5)), rng.standard_normal((3, 5))
    wanted[0] = 2 * neurons[0]
    return {"neurons": neurons, "target_neurons": wanted, "target_head": np.array([1.0, -1.0, 0.5])}


def _feature_draws(rng: np.random.Generator, replicates: int, n: int, noise_std: float) -> np.ndarray:
    return feature_risk_samples(rng, replicates, n=n, noise_std=noise_std, **_frozen_world())


def _feature_arguments(n: int, noise_std: float) -> dict[str, Any]:
    world = _frozen_world()
    return {
        "n": n, "n_features": 4, "unexplained": feature_loss(**world), "leverage": residual_leverage(**world),
        "noise_variance": noise_std**2,
    }


def _one_neuron_draws(rng: np.random.Generator, replicates: int, cosine: float, head: float) -> np.ndarray:
    """Squared errors of the best multiple of one neuron, least squares on 2000 inputs, tested on fresh ones."""
    pair = np.array([[1.0, 0.0], [cosine, math.sqrt(1 - cosine**2)]])
    return feature_risk_samples(
        rng, replicates, n=2000, neurons=pair[:1], target_neurons=pair[1:], target_head=np.array([head])
    )


def _split_draws(rng: np.random.Generator, replicates: int, n_positive: int, n: int, dim: int) -> np.ndarray:
    return half_space_risk_samples(rng, replicates, n=n, dim=dim, noise_std=0.7, n_positive=n_positive)


def _half_space_draws(rng: np.random.Generator, replicates: int, n: int, dim: int) -> np.ndarray:
    return half_space_risk_samples(rng, replicates, n=n, dim=dim, noise_std=0.7)


def _residual_draws(rng: np.random.Generator, replicates: int, n: int, dim: int) -> np.ndarray:
    return half_space_risk_samples(rng, replicates, n=n, dim=dim, noise_std=0.7, training_error=True)


def _noisy(**point: Any) -> dict[str, Any]:
    return {**point, "noise_variance": 0.49}


ROWS = (
    Theorem(
        name="relu-one-neuron-loss", kind="exact",
        statement="u = a²[½ − 2K₂(c)²]: what one frozen neuron cannot express of another",
        formula=one_neuron_loss,
        source="follows from relu-second-layer-kernel by projection",
        follows=("relu-second-layer-kernel",),
        domain="unit neurons at cosine c, x ~ N(0, I), n → ∞",
        derivation="derivations.relu.one_neuron_loss",
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
                _one_neuron_draws, ({"cosine": 0.5, "head": 1.0}, {"cosine": -0.3, "head": 2.0}), "asymptotic", 300,
                0.05, lambda cosine, head: 0.002,
            ),
        ),
        mutants=(
            Mutant("a linear feature's 1 − c²", lambda cosine, head: head * head * (1 - cosine * cosine) / 2),
            Mutant("K₂ not squared", lambda cosine, head: head * head / 2 - head * head * (
                0.5 - one_neuron_loss(cosine, 1)) ** 0.5),
        ),
    ),
    Theorem(
        name="relu-feature-risk", kind="asymptotic",
        statement="R = u + (E[ρ²φᵀG⁻¹φ] + σ²r)/n + O(1/n²), u = aᵀG_WWa − aᵀG_WV G_VV⁺ G_VW a",
        formula=feature_risk,
        source="follows from White (1980) by substitution (least squares in a misspecified model)",
        follows=("white1980",),
        domain="head refitted on r frozen ReLU neurons, n ≥ r + 2",
        derivation="derivations.relu.feature_risk",
        limits=(
            Limit(
                "many samples: the floor u", lambda n, n_features, unexplained, leverage, noise_variance: unexplained,
                ({"n": 1e14, "n_features": 3, "unexplained": 0.7, "leverage": 2.0, "noise_variance": 1.0},),
            ),
        ),
        box={
            "n": (10, 1000), "n_features": (1, 8), "unexplained": (0.0, 2.0), "leverage": (0.0, 10.0),
            "noise_variance": (0.0, 2.0),
        },
        experiments=(
            Experiment(
                _feature_draws, grid(n=[40, 80, 160], noise_std=1.0), "asymptotic", 6000, 0.06,
                lambda n, noise_std: 100 / n**2, _feature_arguments,
            ),
        ),
        mutants=(
            dropped("noise_variance"),
            dropped("leverage"),
            moved(n_features=1),
        ),
    ),
    Theorem(
        name="relu-half-space-risk-given-split", kind="exact",
        statement="R = (σ²d/2)[1/(n_+−d−1) + 1/(n−n_+−d−1)]",
        formula=half_space_risk_given_split,
        source="follows from least-squares-risk by substitution (one fit on each side)",
        follows=("least-squares-risk",),
        domain="x ~ N(0, I), oracle split, d + 2 ≤ n_+ ≤ n − d − 2",
        derivation="derivations.relu.half_space_risk",
        limits=(
            Limit(
                "an even split: 2σ²d/(n − 2d − 2)",
                lambda n_positive, n, dim, noise_variance: large_sample_half_space_risk(n, dim, noise_variance),
                ({"n_positive": 30, "n": 60, "dim": 4, "noise_variance": 0.5},),
            ),
        ),
        box={"n_positive": (12, 20), "n": (34, 60), "dim": (1, 10), "noise_variance": (0.1, 2.0)},
        experiments=(
            Experiment(
                _split_draws, ({"n_positive": 10, "n": 25, "dim": 3}, {"n_positive": 8, "n": 16, "dim": 2}),
                replicates=10_000, arguments=_noisy, resolution=0.06,
            ),
        ),
        mutants=(
            Mutant("n − d in place of n − d − 1", moved(n_positive=1, n=2)),
            times(2),
        ),
    ),
    Theorem(
        name="relu-half-space-risk", kind="exact",
        statement="R = σ²E[d/(n_+−d−1) | d+2 ≤ n_+ ≤ n−d−2], n_+ ~ Bin(n, ½); about 2σ²d/(n−2d−2)",
        formula=half_space_risk,
        source="not found in the literature (searched 2026-11-27); end state of training: Boursier & Flammarion (2024)",
        see=("boursier2024",),
        domain="x ~ N(0, I), oracle split, n ≥ 2d + 4",
        derivation="derivations.relu.half_space_mean_risk",
        limits=(
            Limit(
                "many samples: 2σ²d/(n − 2d − 2)", large_sample_half_space_risk,
                ({"n": 10**8, "dim": 4, "noise_variance": 0.5},), 1e-6,
            ),
            Limit(
                "the only split",
                lambda n, dim, noise_variance: half_space_risk_given_split(n // 2, n, dim, noise_variance),
                ({"n": 10, "dim": 3, "noise_variance": 0.5},),
            ),
        ),
        box={"n": (24, 60), "dim": (1, 9), "noise_variance": (0.1, 2.0)},
        experiments=(
            Experiment(
                _half_space_draws, ({"n": 40, "dim": 3}, {"n": 60, "dim": 8}), replicates=6000, arguments=_noisy,
                resolution=0.08,
            ),
        ),
        mutants=(
            Mutant("all data on one side", lambda n, dim, noise_variance: noise_variance * dim / (n - dim - 1)),
            Mutant("dropped noise", lambda n: 0.0 * n),
        ),
    ),
    Theorem(
        name="relu-half-space-training-error", kind="exact",
        statement="mean squared residual σ²(1 − 2d/n): the network does not interpolate",
        formula=half_space_training_error,
        source="follows from Anderson (2003) by substitution (2d degrees of freedom); end state of training: Boursier & Flammarion (2024)",
        follows=("anderson2003",), see=("boursier2024",),
        domain="at least d inputs on each side",
        derivation="derivations.relu.half_space_training_error",
        limits=(
            Limit("n = 2d: interpolation", 0.0, ({"n": 8, "dim": 4, "noise_variance": 1.0},)),
        ),
        box={"n": (20, 10**6), "dim": (1, 10), "noise_variance": (0.1, 2.0)},
        experiments=(
            Experiment(_residual_draws, ({"n": 16, "dim": 2}, {"n": 30, "dim": 4}), replicates=4000, arguments=_noisy),
        ),
        mutants=(
            Mutant("one fit: 1 − d/n", lambda n, dim, noise_variance: noise_variance * (1 - dim / n)),
            Mutant("interpolation", lambda n: 0.0 * n),
        ),
    ),
)  # fmt: skip
