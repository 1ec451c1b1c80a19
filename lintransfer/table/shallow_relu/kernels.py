"""Rows: the kernels of wide ReLU networks and their slopes."""

from __future__ import annotations

import math

from lintransfer.experiments.shallow_relu.kernels import draws
from lintransfer.table.mutants import scaled, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.shallow_relu.kernels import (
    first_layer_kernel,
    first_layer_slope,
    second_layer_kernel,
    second_layer_slope,
)

_COSINES = grid(cosine=[-0.8, 0.0, 0.3, 0.9])


ROWS = (
    Theorem(
        name="relu-first-layer-kernel",
        kind="exact",
        statement="K₁(τ) = τ(π − arccos τ)/(2π)",
        formula=first_layer_kernel,
        source="Cho & Saul (2009); Arora et al. (2019), eq. (6)",
        papers=("cho2009", "arora2019"),
        domain="unit inputs, w ~ N(0, I), first layer trained, infinite width",
        derivation="derivations.shallow_relu.kernels.relu_first_layer_kernel",
        limits=(
            Limit("equal inputs: 1/2", 0.5, ({"cosine": 1.0},)),
            Limit("opposite inputs: 0", 0.0, ({"cosine": -1.0},)),
            Limit(
                "the odd part is linear",
                lambda cosine: cosine / 2,
                _COSINES,
                left=lambda formula, cosine: formula(cosine) - formula(-cosine),
            ),
        ),
        box={"cosine": (-1.0, 1.0)},
        experiments=(
            Experiment(draws("gates"), ({"cosine": -0.5}, {"cosine": 0.4}, {"cosine": 0.95}), replicates=4000),
        ),
        mutants=(
            times(2),
            Mutant("angle instead of its supplement", lambda cosine: -first_layer_kernel(-cosine)),
            Mutant("the other layer", second_layer_kernel),
        ),
    ),
    Theorem(
        name="relu-second-layer-kernel",
        kind="exact",
        statement="K₂(τ) = (√(1−τ²) + τ(π − arccos τ))/(2π)",
        formula=second_layer_kernel,
        source="Cho & Saul (2009), eq. (6)",
        papers=("cho2009",),
        domain="unit inputs, w ~ N(0, I), second layer trained, infinite width",
        derivation="derivations.shallow_relu.kernels.relu_second_layer_kernel",
        limits=(
            Limit("equal inputs: 1/2", 0.5, ({"cosine": 1.0},)),
            Limit("opposite inputs: 0", 0.0, ({"cosine": -1.0},)),
            Limit("orthogonal inputs: 1/(2π)", 0.5 / math.pi, ({"cosine": 0.0},)),
        ),
        box={"cosine": (-1.0, 1.0)},
        experiments=(
            Experiment(draws("outputs"), ({"cosine": -0.5}, {"cosine": 0.4}, {"cosine": 0.95}), replicates=4000),
        ),
        mutants=(
            Mutant("without the square root", first_layer_kernel),
            Mutant("w ~ N(0, I/3) in three dimensions", times(1 / 3)),
        ),
    ),
    Theorem(
        name="relu-first-layer-slope",
        kind="exact",
        statement="K₁'(τ) = [π − arccos τ + τ/√(1−τ²)]/(2π)",
        formula=first_layer_slope,
        source="follows from relu-first-layer-kernel by differentiation",
        follows=("relu-first-layer-kernel",),
        domain="−1 < τ < 1; infinite at ±1",
        derivation="derivations.shallow_relu.kernels.relu_first_layer_slope",
        limits=(
            Limit("orthogonal inputs: 1/4", 0.25, ({"cosine": 0.0},)),
            Limit("infinite at 1", math.inf, ({"cosine": 1.0},)),
        ),
        box={"cosine": (-1.0, 1.0)},
        mutants=(Mutant("without the cusp", second_layer_slope),),
    ),
    Theorem(
        name="relu-second-layer-slope",
        kind="exact",
        statement="K₂'(τ) = (π − arccos τ)/(2π), the probability that a random neuron sees both inputs",
        formula=second_layer_slope,
        source="Cho & Saul (2009), eq. (5)",
        papers=("cho2009",),
        domain="−1 ≤ τ ≤ 1",
        derivation="derivations.shallow_relu.kernels.relu_second_layer_slope",
        limits=(
            Limit("equal inputs: 1/2", 0.5, ({"cosine": 1.0},)),
            Limit("K₁ = τ K₂'", first_layer_kernel, _COSINES, left=lambda formula, cosine: cosine * formula(cosine)),
        ),
        box={"cosine": (-1.0, 1.0)},
        experiments=(Experiment(draws("probability"), _COSINES[1:], replicates=4000),),
        mutants=(scaled(cosine=-1),),
    ),
)
