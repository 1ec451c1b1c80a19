"""Rows: two tasks at once against one after the other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.joint_training import equal_overlap, on_both, on_target
from lintransfer.table.mutants import dropped, scaled, swapped
from lintransfer.table.points import grid
from lintransfer.table.row import NOT_FOUND, Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.finite_source import finite_source_risk
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.tasks import joint_training as formulas
from lintransfer.theory.tasks.pooling import pooled_min_norm_risk

_NOISES = {"noise_variance": 0.3, "source_noise_variance": 0.2}
_ENERGIES = {"displacement_energy": 1.1, "distance_squared": 0.4}
_BOTH = {"source_displacement_energy": 0.9, **_ENERGIES}
_FEW = "Σ = I, n + n_S ≤ d − 2, min-norm fits from one start"


def _sizes(n: int, n_source: int, dim: int) -> dict[str, int]:
    return {"n": n, "n_source": n_source, "dim": dim}


def _below(rng: np.random.Generator) -> dict[str, Any]:
    n, m = (int(x) for x in np.exp(rng.uniform(0, math.log(1e8), 2)))
    energies = dict(zip((*_ENERGIES, *_NOISES), rng.uniform(0, 4, 4).tolist(), strict=True))
    return {**_sizes(n, m, n + m + 2 + int(np.exp(rng.uniform(0, 20)))), **energies}


def _below_with_source(rng: np.random.Generator) -> dict[str, Any]:
    return _below(rng) | {"source_displacement_energy": float(rng.uniform(0, 4))}


def _pooled(n: int, n_source: int, dim: int, energy: float, distance: float, noise: float) -> float:
    """Risk of the pooled fit on the task of n rows."""
    return pooled_min_norm_risk(n + n_source, dim, energy, n_source**2 * distance, n_source * distance, noise)


def _on_target(n: int, n_source: int, dim: int) -> float:
    """The two risks themselves, from other rows: pooled, and fine-tuning from a fitted source (start 0)."""
    noise = 0.3 * n + 0.2 * n_source
    return _pooled(n, n_source, dim, 1.1, 0.4, noise) - finite_source_risk(n, n_source, dim, 1.1, 0.9, 1.1, 0.3, 0.2)


def _on_both(n: int, n_source: int, dim: int) -> float:
    """That of the target, with the source's risks: it learns its own rows, then those of another teacher."""
    noise, cross = 0.3 * n + 0.2 * n_source, (0.9 + 1.1 - 0.4) / 2
    target = _pooled(n, n_source, dim, 1.1, 0.4, noise) - finite_source_risk(
        n, n_source, dim, 0.9, cross, 1.1, 0.3, 0.2
    )
    learnt = min_norm_risk(n_source, dim, 0.9, 0.2)
    after = (1 - n / dim) * learnt + n / dim * 0.4 + min_norm_risk(n, dim, 0.0, 0.3)
    return target + _pooled(n_source, n, dim, 0.9, 0.4, noise) - after


_LATE = tuple(_sizes(*s) for s in ((3, 3, 7), (5, 2, 7), (2, 9, 7)))
_POINTS = ((3, 4, 14), (2, 2, 10), (5, 3, 13))

ROWS = (
    Theorem(
        name="pooled-minus-sequential",
        kind="exact",
        statement="R_pooled − R_fine-tuned = (n_Sn/d²){−‖θ_T−w0‖² + (2d−N−1)/(d−N−1)·[D² + dσ_S²/(d−n_S−1)] "
        "+ d²σ²/((d−N−1)(d−n−1))}",
        formula=formulas.pooled_minus_sequential,
        source="follows from pooled-min-norm-risk and finite-source-fine-tuning by substitution",
        follows=("pooled-min-norm-risk", "finite-source-fine-tuning"),
        see=("song2024",),
        domain=f"{_FEW}, else nan; risk on the target",
        derivation="derivations.tasks.joint_training.pooled_minus_sequential",
        limits=(
            Limit("the difference of the two risks", _on_target, tuple(_sizes(*s) for s in _POINTS), given={**_ENERGIES, **_NOISES}),
            Limit(
                "no rows of one task: the same fit",
                0.0,
                grid(n=[0, 5], n_source=0, dim=9) + grid(n=0, n_source=[1, 6], dim=9),
                given={**_ENERGIES, **_NOISES},
            ),
            Limit("more rows than the theorem speaks of", math.nan, _LATE, given={**_ENERGIES, **_NOISES}),
        ),
        sample=_below,
        experiments=(
            Experiment(
                on_target,
                tuple({**_sizes(*s), **_ENERGIES, **_NOISES} for s in _POINTS),
                resolution=0.1,
                unit=lambda displacement_energy, **_: displacement_energy,
            ),
        ),
        mutants=(
            Mutant(
                "d − N for d − N − 1",
                lambda n, n_source, dim, **a: formulas.pooled_minus_sequential(n, n_source - 1, dim, **a),
            ),
            swapped("n", "n_source"),
            dropped("noise_variance"),
            dropped("source_noise_variance"),
            dropped("displacement_energy"),
        ),
    ),
    Theorem(
        name="joint-minus-sequential",
        kind="exact",
        statement="both tasks, joint − sequential = (n_Sn/d²){−‖θ_S−w0‖² − ‖θ_T−w0‖² + D²(3d−N−1)/(d−N−1) "
        "+ 2d/(d−N−1)·[(2d−N−1)σ_S²/(d−n_S−1) + dσ²/(d−n−1)]}",
        formula=formulas.joint_minus_sequential,
        source=NOT_FOUND,
        domain=f"{_FEW}, else nan; risks on both tasks, summed",
        derivation="derivations.tasks.joint_training.joint_minus_sequential",
        limits=(
            Limit("the difference of the four risks", _on_both, tuple(_sizes(*s) for s in _POINTS), given={**_BOTH, **_NOISES}),
            Limit(
                "no rows of one task: the same fit",
                0.0,
                grid(n=[0, 5], n_source=0, dim=9) + grid(n=0, n_source=[1, 6], dim=9),
                given={**_BOTH, **_NOISES},
            ),
            Limit("more rows than the theorem speaks of", math.nan, _LATE, given={**_BOTH, **_NOISES}),
            Limit(
                "equal noise: 2σ²[N/(d−N−1) − (1−n/d)n_S/(d−n_S−1) − n/(d−n−1)]",
                lambda n, n_source, dim: (
                    0.6
                    * (
                        (n + n_source) / (dim - n - n_source - 1)
                        - (1 - n / dim) * n_source / (dim - n_source - 1)
                        - n / (dim - n - 1)
                    )
                ),
                tuple(_sizes(*s) for s in _POINTS),
                given={"source_displacement_energy": 0.0, "displacement_energy": 0.0, "distance_squared": 0.0,
                       "noise_variance": 0.3, "source_noise_variance": 0.3},
            ),
        ),
        sample=_below_with_source,
        experiments=(
            Experiment(
                on_both,
                tuple({**_sizes(*s), **_BOTH, **_NOISES} for s in _POINTS),
                resolution=0.1,
                unit=lambda displacement_energy, **_: displacement_energy,
            ),
        ),
        mutants=(
            Mutant(
                "the target's difference only",
                lambda source_displacement_energy, **a: formulas.pooled_minus_sequential(**a) + 0 * source_displacement_energy,
            ),
            swapped("n", "n_source"),
            dropped("source_noise_variance"),
            dropped("source_displacement_energy"),
            scaled(noise_variance=0.5),
        ),
    ),
    Theorem(
        name="joint-boundary-overlap",
        kind="exact",
        statement="unit teachers, no noise, from 0: joint training beats the sequence iff c > 2d/(3d−N−1)",
        formula=formulas.joint_boundary_overlap,
        source="follows from joint-minus-sequential by substitution (solved for the cosine)",
        follows=("joint-minus-sequential",),
        domain=f"{_FEW}, w0 = 0, equal norms, σ = σ_S = 0, else nan",
        derivation="derivations.tasks.joint_training.joint_boundary_overlap",
        limits=(
            Limit(
                "there joint training and the sequence tie",
                1.0,
                grid(total_size=[4, 8], dim=[10, 11, 50]),
                left=lambda formula, total_size, dim: (
                    1 + formulas.joint_minus_sequential(1, total_size - 1, dim, 1.0, 1.0, 2 - 2 * formula(total_size, dim), 0.0, 0.0)
                ),
            ),
            Limit(
                "many dimensions: 2/(3 − γ)",
                lambda gamma: 2 / (3 - gamma),
                ({"gamma": 0.1}, {"gamma": 0.9}),
                rtol=1e-8,
                left=lambda formula, gamma: formula(gamma * 1e9, 1e9),
            ),
            Limit("more rows than the theorem speaks of", math.nan, grid(total_size=[6, 7, 12], dim=7)),
        ),
        box={"total_size": (1, 10**6), "dim": (10**6 + 2, 10**9)},
        experiments=(
            Experiment(
                equal_overlap,
                tuple(_sizes(*s) for s in ((4, 3, 12), (2, 2, 7))),
                arguments=lambda n, n_source, dim: {"total_size": n + n_source, "dim": dim},
            ),
        ),
        mutants=(
            Mutant("the limit", lambda total_size, dim: 2 / (3 - total_size / dim)),
            Mutant("on the source alone", lambda total_size, dim: (dim + total_size + 1) / (2 * dim)),
            Mutant("twice the overlap of fine-tuning", lambda total_size, dim: 0.5 + 0 * total_size * dim),
        ),
    ),
)  # fmt: skip
