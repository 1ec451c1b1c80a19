"""Rows: tasks learnt one after the other to their minimum-norm solutions, isotropic inputs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.sequences import (
    average_forgetting,
    risk_at_end,
    stage,
    stage_change,
)
from lintransfer.table.mutants import dropped, instead, moved, scaled, swapped
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.finite_source import finite_source_risk
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.tasks.sequences import (
    sequential_forgetting,
    sequential_risks,
    sequential_stage_risk,
    stage_forgetting,
)

_STAGE = {"risk_before": 0.9, "distance_energy": 0.6, "noise_variance": 0.3}
_SIZES = tuple({"n": n, "dim": 12} for n in (0, 4, 8, 10, 11, 12, 13, 14, 20))
_DRAWN = {"start_energy": 0.9, "cross_energy": 0.35, "distance_energy": 0.6, "noise_variance": 0.3}
_GRAM = np.array([[1.0, 0.5, 0.2], [0.5, 1.2, 0.3], [0.2, 0.3, 0.9]])
_NOISES = np.array([0.2, 0.5, 0.3])
_WORLD = {"sizes": np.array([6, 4, 18]), "dim": 12, "gram": _GRAM, "noise_variances": _NOISES}
_PAIR = np.array([[1.0, 0.7], [0.7, 1.3]])


def _stage_arguments(start_energy: float, cross_energy: float, **others: Any) -> Mapping[str, Any]:
    """The formula needs no inner product of start and shift: that is the claim."""
    return {"risk_before": start_energy, **others}


def _random_size(rng: np.random.Generator, dim: int) -> int:
    near = [max(dim + step, 0) for step in (-2, -1, 0, 1, 2)]
    return int(
        rng.choice([0, 1, *near, *rng.integers(0, dim + 1, 7), *(dim + 2 + np.exp(rng.uniform(0, 30, 6))).astype(int)])
    )


def _random_noise(rng: np.random.Generator) -> float:
    return float(rng.choice([0.0, rng.uniform(0, 4)]))


def _random_stage(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(np.exp(rng.uniform(0, math.log(1e9))))
    energies = {"risk_before": rng.uniform(0, 4), "distance_energy": rng.uniform(0, 4)}
    return {"n": _random_size(rng, dim), "dim": dim, **energies, "noise_variance": _random_noise(rng)}


def _random_tasks(rng: np.random.Generator) -> dict[str, Any]:
    dim, count = int(np.exp(rng.uniform(0, math.log(1e9)))), int(rng.integers(2, 5))
    teachers = rng.standard_normal((count, count))
    return {
        "sizes": np.array([_random_size(rng, dim) for _ in range(count)]),
        "dim": dim,
        "gram": teachers @ teachers.T,
        "noise_variances": np.array([_random_noise(rng) for _ in range(count)]),
    }


def _random_sequence(rng: np.random.Generator) -> dict[str, Any]:
    tasks = _random_tasks(rng)
    return tasks | {"order": tuple(int(k) for k in rng.integers(0, len(tasks["sizes"]), 4))}


def _two_in_turn(n: int, n_source: int) -> dict[str, Any]:
    return {"sizes": np.array([n_source, n]), "dim": 12, "gram": _PAIR, "noise_variances": np.array([0.3, 0.2])}


def _finite_source(sizes: Any, dim: int, gram: Any, noise_variances: Any) -> Any:
    energies = gram[0, 0], gram[0, 1], gram[1, 1]
    return finite_source_risk(sizes[1], sizes[0], dim, *energies, noise_variances[1], noise_variances[0])


def _shift_from_start(sizes: Any, dim: int, gram: Any, noise_variances: Any, **others: Any) -> Any:
    """Every teacher as far from every other as from the start."""
    lengths = np.asarray(gram).diagonal()
    wrong = np.diag(lengths) + (1 - np.eye(len(lengths), dtype=int)) * (lengths[:, None] + lengths) / 4
    return sequential_risks(sizes, dim, wrong, noise_variances, **others)


def _joint_inflation(n: int, dim: int, risk_before: Any, distance_energy: Any, noise_variance: Any) -> Any:
    """The shift as label noise, as it is where tasks are pooled."""
    return sequential_stage_risk(n, dim, risk_before, 0 * distance_energy, noise_variance + distance_energy)


_BOX = {"n": (0, 10**9), "dim": (2, 10**9), "risk_before": (0.0, 4.0), "distance_energy": (0.0, 4.0), "noise_variance": (0.0, 4.0)}  # fmt: skip
_LIN = "Lin, Ju, Liang & Shroff (2023), n_k ≤ d − 2"

ROWS = (
    Theorem(
        name="sequential-stage-risk",
        kind="exact",
        statement="L_j ← (1−n/d)₊L_j + min(n/d,1)‖θ_τ−θ_j‖² + σ²n/(d−n−1), n ≤ d−2; ‖θ_τ−θ_j‖² + σ²d/(n−d−1), n ≥ d+2",
        formula=sequential_stage_risk,
        source=_LIN,
        papers=("lin2023",),
        domain="Σ = I, fresh samples, every n ≥ 0; inf where |n − d| ≤ 1 ≤ n and σ > 0, whatever the shift",
        derivation="derivations.tasks.sequences.sequential_stage_risk",
        limits=(
            Limit(
                "on the task itself: the min-norm risk from where it starts",
                lambda n, dim, risk_before, noise_variance: min_norm_risk(n, dim, risk_before, noise_variance),
                tuple({**size, "risk_before": 0.9, "noise_variance": s} for size in _SIZES for s in (0.0, 0.3)),
                given={"distance_energy": 0.0},
            ),
            Limit("no samples", lambda risk_before, **_: risk_before, ({"n": 0, "dim": 12, **_STAGE},)),
            Limit(
                "no noise, n ≥ d: the task's own distance, even from an infinite risk",
                lambda distance_energy, **_: distance_energy,
                tuple(
                    {"n": n, "dim": 12, "risk_before": L, "distance_energy": 0.6, "noise_variance": 0.0}
                    for n in (12, 13, 2**53)
                    for L in (0.9, math.inf)
                ),
            ),
            Limit(
                "noise at the threshold",
                math.inf,
                tuple({"n": n, "dim": 12, **_STAGE} for n in (11, 12, 13)),
            ),
        ),
        box=_BOX,
        sample=_random_stage,
        experiments=(
            Experiment(
                stage,
                tuple({"n": n, "dim": dim, **_DRAWN} for n, dim in ((3, 8), (1, 6), (12, 8))),
                replicates=40_000,
                resolution=0.04,
                arguments=_stage_arguments,
            ),
        ),
        mutants=(
            Mutant("the shift as label noise, as where tasks are pooled", _joint_inflation),
            dropped("noise_variance"),
            dropped("distance_energy"),
            moved(n=1),
            Mutant(
                "d − n for d − n − 1",
                lambda n, dim, risk_before, distance_energy, noise_variance: (
                    sequential_stage_risk(n, dim, risk_before, distance_energy, 0 * noise_variance)
                    + noise_variance * n / max(abs(dim - n), 1)
                ),
            ),
            Mutant(
                "the old error is kept in full",
                lambda n, dim, risk_before, distance_energy, noise_variance: (
                    sequential_stage_risk(n, dim, risk_before, distance_energy, noise_variance)
                    + n * risk_before / dim * (n < dim)
                ),
            ),
        ),
    ),
    Theorem(
        name="stage-forgetting",
        kind="exact",
        statement="L_j(τ) − L_j(τ−1) = min(n/d,1)(‖θ_τ−θ_j‖² − L_j(τ−1)) + noise: < 0 iff ‖θ_τ−θ_j‖² + dσ²/(d−n−1) < L_j",
        formula=stage_forgetting,
        source="follows from sequential-stage-risk; negative forgetting: Lin, Ju, Liang & Shroff (2023)",
        follows=("sequential-stage-risk",),
        see=("lin2023",),
        domain="as sequential-stage-risk, a finite risk before",
        derivation="derivations.tasks.sequences.stage_forgetting",
        limits=(
            Limit(
                "the boundary of negative forgetting: L = ‖θ_τ−θ_j‖² + dσ²/(d−n−1)",
                0.0,
                tuple({"n": n, "dim": 12, "distance_energy": 0.6, "noise_variance": 0.3} for n in (1, 5, 10)),
                left=lambda formula, n, dim, distance_energy, noise_variance: round(
                    formula(
                        n, dim, distance_energy + dim * noise_variance / (dim - n - 1), distance_energy, noise_variance
                    ),
                    14,
                ),
            ),
            Limit(
                "risk after minus risk before",
                lambda **point: sequential_stage_risk(**point) - point["risk_before"],
                tuple({**size, **_STAGE} for size in _SIZES if size["n"] not in (11, 12, 13)),
            ),
        ),
        box=_BOX,
        sample=_random_stage,
        experiments=(
            Experiment(
                stage_change,
                tuple({"n": n, "dim": dim, **_DRAWN} for n, dim in ((3, 8), (1, 6), (12, 8))),
                replicates=40_000,
                arguments=_stage_arguments,
                unit=lambda start_energy, **_: start_energy,
            ),
        ),
        mutants=(
            dropped("noise_variance"),
            swapped("risk_before", "distance_energy"),
            moved(n=1),
            scaled(risk_before=0.9),
        ),
    ),
    Theorem(
        name="sequential-risks",
        kind="exact",
        statement="E‖w_τ − θ_j‖² after every stage τ on every task j: sequential-stage-risk, stage by stage",
        formula=sequential_risks,
        source=_LIN,
        papers=("lin2023",),
        covers="two tasks, n_k ≤ d − 2",
        domain="Σ = I, fresh samples at every stage, any order with repetitions, any n_k ≥ 0",
        derivation="derivations.tasks.sequences.sequential_risks",
        limits=(
            Limit(
                "two tasks, tested on the second: fine-tuning from a finite source",
                _finite_source,
                tuple(_two_in_turn(n, n_source) for n_source in (0, 5, 13, 20) for n in (0, 4, 10, 16)),
                given={"at": (2, 1)},
            ),
            Limit(
                "one teacher, no noise: the product of 1 − n_k/d",
                lambda sizes, dim, **_: 2.0 * math.prod(1 - n / dim for n in sizes),
                (
                    {
                        "sizes": np.array([3, 5, 2]),
                        "dim": 12,
                        "gram": np.full((3, 3), 2.0),
                        "noise_variances": np.zeros(3),
                    },
                ),
                given={"at": (3, 0)},
            ),
            Limit(
                "a threshold is forgotten once n_k ≥ d + 2",
                lambda gram, **_: gram[0, 0] + gram[1, 1] - 2 * gram[0, 1] + 0.2 * 12 / 7,
                (_two_in_turn(20, 12),),
                given={"at": (2, 0)},
            ),
        ),
        sample=_random_sequence,
        experiments=(
            Experiment(
                risk_at_end,
                tuple({**_WORLD, "order": (0, 1, 2, 0), "at": at} for at in ((2, 0), (2, 2), (4, 1), (4, 2))),
                replicates=20_000,
            ),
        ),
        mutants=(
            Mutant("distances between teachers without their overlap", _shift_from_start),
            dropped("noise_variances"),
            instead(sizes=lambda sizes: sizes + 1),
            Mutant(
                "the same samples again: a stage that comes twice changes nothing",
                lambda sizes, dim, gram, noise_variances, order=None, at=None: sequential_risks(
                    sizes,
                    dim,
                    gram,
                    noise_variances,
                    order=order if order is None else list(dict.fromkeys(order)),
                    at=at if at is None or order is None else (min(int(at[0]), len(set(order))), at[1]),
                ),
            ),
        ),
    ),
    Theorem(
        name="sequential-forgetting",
        kind="exact",
        statement="mean over j < J (or ≤ J) of R_j(w_J) − R_j(w_j), or mean of R_j(w_J), of sequential-risks",
        formula=sequential_forgetting,
        source=f"{_LIN}; the definitions: also Ding, Ji, Wang & Xu (2024), Evron et al. (2022)",
        papers=("lin2023",),
        see=("ding2024", "evron2022"),
        covers="two tasks, n_k ≤ d − 2, mean over j < J",
        domain="as sequential-risks; nan where both risks of a difference are infinite",
        derivation="derivations.tasks.sequences.sequential_forgetting",
        limits=(
            Limit(
                "two tasks: what the second stage adds to task 1",
                lambda sizes, dim, gram, noise_variances: stage_forgetting(
                    sizes[1],
                    dim,
                    min_norm_risk(sizes[0], dim, gram[0, 0], noise_variances[0]),
                    gram[0, 0] + gram[1, 1] - 2 * gram[0, 1],
                    noise_variances[1],
                ),
                tuple(_two_in_turn(n, n_source) for n_source in (0, 5, 20) for n in (0, 4, 10, 16)),
            ),
            Limit(
                "over j ≤ J: (J − 1)/J times that over j < J",
                lambda **point: 2 / 3 * sequential_forgetting(**point),
                (_WORLD,),
                given={"definition": "all"},
            ),
        ),
        sample=lambda rng: _random_tasks(rng) | {"definition": str(rng.choice(["past", "all", "final"]))},
        experiments=(
            Experiment(
                average_forgetting,
                tuple({**_WORLD, "sizes": np.array([6, 4, 5]), "definition": d} for d in ("past", "all", "final")),
                replicates=20_000,
                resolution=0.1,
            ),
        ),
        mutants=(
            Mutant(
                "another definition",
                instead(definition=lambda definition: {"past": "all", "all": "final", "final": "past"}[definition]),
            ),
            dropped("noise_variances"),
            instead(sizes=lambda sizes: sizes + 1),
        ),
    ),
)
