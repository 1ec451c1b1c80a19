"""Rows: the moment that reveals a subspace shared by many tasks."""

from __future__ import annotations

from typing import Any

from lintransfer.experiments.tasks.shared_subspace import label_weighted_squares
from lintransfer.table.mutants import dropped, scaled
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.tasks.shared_subspace import label_weighted_moment


def _without_dim(dim: int, **point: Any) -> dict[str, Any]:
    return point


ROWS = (
    Theorem(
        name="label-weighted-moment",
        kind="exact",
        statement="E y²(v·x)² = ‖θ‖² + σ² + 2(θ·v)², ‖v‖ = 1: E y²xxᵀ = (‖θ‖²+σ²)I + 2θθᵀ",
        formula=label_weighted_moment,
        source="follows from Isserlis (1918) (moments of normal vectors); learning a subspace from it: Tripuraneni, Jin & Jordan (2021)",
        follows=("isserlis1918",),
        see=("tripuraneni2021",),
        domain="Σ = I, every d; a mean over tasks if its arguments are",
        derivation="derivations.tasks.shared_subspace.label_weighted_moment",
        limits=(
            Limit(
                "along the teacher, no noise: the fourth moment of a normal variable",
                3.0,
                ({"target_energy": 1.0, "along_energy": 1.0, "noise_variance": 0.0},),
            ),
            Limit(
                "all directions of an orthonormal basis: E y²‖x‖² = (d + 2)‖θ‖² + dσ²",
                lambda dim: (dim + 2) * 0.8 + dim * 0.3,
                ({"dim": 1}, {"dim": 7}),
                left=lambda formula, dim: sum(formula(0.8, 0.8 * (i == 0), 0.3) for i in range(dim)),
            ),
        ),
        box={"target_energy": (0.0, 4.0), "along_energy": (0.0, 4.0), "noise_variance": (0.0, 4.0)},
        experiments=(
            Experiment(
                label_weighted_squares,
                (
                    {"dim": 5, "target_energy": 1.0, "along_energy": 0.64, "noise_variance": 0.3},
                    {"dim": 2, "target_energy": 1.2, "along_energy": 0.0, "noise_variance": 0.5},
                ),
                arguments=_without_dim,
                replicates=200_000,
            ),
        ),
        mutants=(
            Mutant(
                "independent squares: E y² E(v·x)²",
                lambda target_energy, noise_variance: target_energy + noise_variance,
            ),
            scaled(along_energy=0.5),
            dropped("noise_variance"),
        ),
    ),
)
