"""Rows: ReLU neurons that see half of the inputs."""

from __future__ import annotations

from typing import Any

from lintransfer.experiments.shallow_relu.half_space import half_space_draws, residual_draws, split_draws
from lintransfer.table.mutants import moved, times
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.shallow_relu.half_space import (
    half_space_risk,
    half_space_risk_given_split,
    half_space_training_error,
    large_sample_half_space_risk,
)


def _noisy(**point: Any) -> dict[str, Any]:
    return {**point, "noise_variance": 0.49}


ROWS = (
    Theorem(
        name="relu-half-space-risk-given-split",
        kind="exact",
        statement="R = (σ²d/2)[1/(n_+−d−1) + 1/(n−n_+−d−1)]",
        formula=half_space_risk_given_split,
        source="follows from least-squares-risk by substitution (one fit on each side)",
        follows=("least-squares-risk",),
        domain="x ~ N(0, I), oracle split, d + 2 ≤ n_+ ≤ n − d − 2",
        derivation="derivations.shallow_relu.half_space.relu_half_space_risk_given_split",
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
                split_draws,
                ({"n_positive": 10, "n": 25, "dim": 3}, {"n_positive": 8, "n": 16, "dim": 2}),
                replicates=10_000,
                arguments=_noisy,
                resolution=0.06,
            ),
        ),
        mutants=(
            Mutant("n − d in place of n − d − 1", moved(n_positive=1, n=2)),
            times(2),
        ),
    ),
    Theorem(
        name="relu-half-space-risk",
        kind="exact",
        statement="R = σ²E[d/(n_+−d−1) | d+2 ≤ n_+ ≤ n−d−2], n_+ ~ Bin(n, ½); about 2σ²d/(n−2d−2)",
        formula=half_space_risk,
        source="not found in the literature (searched 2026-11-27); end state of training: Boursier & Flammarion (2024)",
        see=("boursier2024",),
        domain="x ~ N(0, I), oracle split, n ≥ 2d + 4",
        derivation="derivations.shallow_relu.half_space.relu_half_space_risk",
        limits=(
            Limit(
                "many samples: 2σ²d/(n − 2d − 2)",
                large_sample_half_space_risk,
                ({"n": 10**8, "dim": 4, "noise_variance": 0.5},),
                1e-6,
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
                half_space_draws,
                ({"n": 40, "dim": 3}, {"n": 60, "dim": 8}),
                replicates=6000,
                arguments=_noisy,
                resolution=0.08,
            ),
        ),
        mutants=(
            Mutant("all data on one side", lambda n, dim, noise_variance: noise_variance * dim / (n - dim - 1)),
            Mutant("dropped noise", lambda n: 0.0 * n),
        ),
    ),
    Theorem(
        name="relu-half-space-training-error",
        kind="exact",
        statement="mean squared residual σ²(1 − 2d/n): the network does not interpolate",
        formula=half_space_training_error,
        source="follows from Anderson (2003) by substitution (2d degrees of freedom); end state of training: Boursier & Flammarion (2024)",
        follows=("anderson2003",),
        see=("boursier2024",),
        domain="at least d inputs on each side",
        derivation="derivations.shallow_relu.half_space.relu_half_space_training_error",
        limits=(Limit("n = 2d: interpolation", 0.0, ({"n": 8, "dim": 4, "noise_variance": 1.0},)),),
        box={"n": (20, 10**6), "dim": (1, 10), "noise_variance": (0.1, 2.0)},
        experiments=(
            Experiment(residual_draws, ({"n": 16, "dim": 2}, {"n": 30, "dim": 4}), replicates=4000, arguments=_noisy),
        ),
        mutants=(
            Mutant("one fit: 1 − d/n", lambda n, dim, noise_variance: noise_variance * (1 - dim / n)),
            Mutant("interpolation", lambda n: 0.0 * n),
        ),
    ),
)
