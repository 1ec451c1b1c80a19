"""Rows: alike tasks merged with one coefficient, and when that beats specialists."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.stacking import symmetric_merges
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.points import grid
from lintransfer.table.row import NOT_FOUND, Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.weight_averages import optimal_interpolation_risk, optimal_interpolation_weight
from lintransfer.theory.tasks.merging import merging_noise_boundary, symmetric_merge_risk, symmetric_merge_scale
from lintransfer.theory.tasks.stacking import optimal_merge

_FAMILY = {"dim": 10, "displacement_energy": 1.3}
_BOX = {
    "n": (0, 10**9), "dim": (2, 10**9), "displacement_energy": (0.01, 4.0), "overlap": (0.0, 0.99),
    "noise_variance": (0.01, 4.0), "tasks": (1, 100),
}  # fmt: skip
_EVERY = grid(n=[1, 6, 10, 12, 40], **_FAMILY, overlap=[0.0, 0.6, 1.0], noise_variance=[0.0, 0.4], tasks=[2, 5])


def _by_system(n: int, dim: int, displacement_energy: float, overlap: float, noise_variance: float, tasks: int) -> Any:
    """The K×K system of the mean of all tasks, solved in general."""
    gram = displacement_energy * ((1 - overlap) * np.eye(tasks) + overlap * np.ones((tasks, tasks)))
    return optimal_merge(np.full(tasks, n), dim, gram, np.full(tasks, noise_variance), np.full(tasks, 1 / tasks))


def _apart(rng: np.random.Generator) -> dict[str, Any]:
    dim, tasks = int(rng.choice([8, 100, 10**6])), int(rng.integers(2, 20))
    least = 1 / (1 + math.sqrt(tasks))
    return {
        "n": dim + int(rng.choice([2, 5, dim, 10**9])),
        "dim": dim,
        "displacement_energy": float(rng.uniform(0.1, 4)),
        "overlap": float(least + (1 - least) * rng.uniform(0.05, 0.95)),
        "tasks": tasks,
    }


ROWS = (
    Theorem(
        name="symmetric-merge-scale",
        kind="exact",
        statement="α* = γm/(K(γ²m+v)), m = 1+(K−1)c, v = γ(1−γ)+V, ‖δ‖ = 1",
        formula=symmetric_merge_scale,
        source="follows from merged-risks and best-scale by substitution (equal norms, sizes and noise, one cosine c)",
        follows=("merged-risks", "best-scale"),
        see=("ilharco2023", "ortiz2023"),
        domain="Σ = I, K alike tasks of cosine c ≥ −1/(K−1), every n ≥ 0",
        derivation="derivations.tasks.merging.symmetric_merge_scale",
        limits=(
            Limit("no noise, orthogonal tasks: 1/K, whatever n", lambda tasks, **_: 1 / tasks,
                  grid(n=[1, 6, 10, 30], **_FAMILY, overlap=0.0, noise_variance=0.0, tasks=[2, 7])),
            Limit("one task: the best weight of its own fine-tuning", lambda overlap, tasks, **p: optimal_interpolation_weight(**p),
                  grid(n=[1, 6, 10, 12], **_FAMILY, overlap=0.3, noise_variance=[0.0, 0.4], tasks=1)),
            Limit("an infinite mean is not taken", 0.0,
                  grid(n=[9, 10, 11], **_FAMILY, overlap=0.3, noise_variance=0.4, tasks=3)),
        ),
        box=_BOX,
        mutants=(
            Mutant("added, not averaged", lambda tasks, **p: tasks * symmetric_merge_scale(tasks=tasks, **p)),
            instead(overlap=lambda overlap: 0 * overlap),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="symmetric-merge-risk",
        kind="exact",
        statement="R* = 1 − γ²m²/(K(γ²m+v)), m = 1+(K−1)c, ‖δ‖ = 1",
        formula=symmetric_merge_risk,
        source="follows from merged-risks and best-scale by substitution (equal norms, sizes and noise, one cosine c)",
        follows=("merged-risks", "best-scale"),
        see=("ilharco2023", "ortiz2023"),
        domain="Σ = I, K alike tasks of cosine c ≥ −1/(K−1), every n ≥ 0",
        derivation="derivations.tasks.merging.symmetric_merge_risk",
        limits=(
            Limit("the system of K tasks, solved in general", lambda **p: float(_by_system(**p).risk), _EVERY, rtol=1e-10),
            Limit("one task: its own fine-tuning at its best weight", lambda overlap, tasks, **p: optimal_interpolation_risk(**p),
                  grid(n=[1, 6, 10, 12], **_FAMILY, overlap=0.3, noise_variance=[0.0, 0.4], tasks=1)),
        ),
        box=_BOX,
        experiments=(
            Experiment(
                symmetric_merges,
                tuple({"n": n, "dim": 10, "displacement_energy": 1.3, "overlap": c, "noise_variance": 0.4, "tasks": k}
                      for n, c, k in ((5, 0.6, 3), (15, 0.3, 2), (6, 0.0, 3))),
                replicates=12_000,
            ),
        ),
        mutants=(
            Mutant("independent tasks", instead(overlap=lambda overlap: 0 * overlap)),
            Mutant("a specialist", instead(tasks=1)),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="merging-boundary",
        kind="exact",
        statement="merged beats every specialist on its task iff c > 1/(1+√K) and v/γ² > m(K−m)/(m²−K), m = 1+(K−1)c",
        formula=merging_noise_boundary,
        source=NOT_FOUND,
        see=("ilharco2023", "ortiz2023"),
        domain="Σ = I, K ≥ 2 alike tasks, n ≥ 1, each at its best scale; as the noise variance above which merging wins",
        derivation="derivations.tasks.merging.merging_noise_boundary",
        limits=(
            Limit(
                "merged and specialist have one risk there",
                lambda tasks, overlap, **point: optimal_interpolation_risk(
                    noise_variance=merging_noise_boundary(tasks=tasks, overlap=overlap, **point), **point
                ),
                grid(n=[12, 40], **_FAMILY, overlap=[0.5, 0.8], tasks=[4, 9]),
                left=lambda formula, **point: symmetric_merge_risk(noise_variance=formula(**point), **point),
            ),
            Limit("too little in common: never", math.inf, grid(n=[3, 40], **_FAMILY, overlap=[0.1, 0.33], tasks=4)),
            Limit("few samples: without noise already", 0.0, grid(n=[1, 2], **_FAMILY, overlap=0.8, tasks=4)),
        ),
        sample=_apart,
        mutants=(
            Mutant("m − 1 for m", lambda overlap, tasks, **p: merging_noise_boundary(
                overlap=overlap * (tasks - 2) / (tasks - 1), tasks=tasks, **p)),
            Mutant("one task fewer", instead(tasks=lambda tasks: tasks - 1)),
            Mutant("the projections' scatter forgotten", lambda n, dim, **p: merging_noise_boundary(n, dim, **p) * (
                1 if n >= dim else 2)),
        ),
    ),
)  # fmt: skip
