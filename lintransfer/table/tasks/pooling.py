"""Rows: one fit to the rows of several tasks, equal weights."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.pooling import pooled_risks, sums
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.isotropic import min_norm_risk, overparameterized_risk, underparameterized_risk
from lintransfer.theory.tasks import pooling as formulas


def _drawn(rng: np.random.Generator, low: int, high: int) -> dict[str, Any]:
    """Sums of two to five tasks of N rows, low ≤ N ≤ high, some of them empty, with teachers at any distance."""
    count, size = int(rng.integers(2, 6)), int(np.exp(rng.uniform(math.log(low), math.log(high))))
    sizes = rng.multinomial(size, rng.dirichlet(np.full(count, 0.5)))
    apart = rng.standard_normal((count, 6)) * 10 ** rng.uniform(-3, 0.5, (count, 1))
    apart[-1] = 0
    return {
        "displacement_energy": float(rng.uniform(0, 4)),
        "pull": float(np.sum((sizes @ apart) ** 2)),
        "misfit": float(sizes @ np.sum(apart**2, axis=1)),
        "noise": float(sizes @ rng.uniform(0, 4, count)),
        "total_size": int(sizes.sum()),
    }


def _few(rng: np.random.Generator) -> dict[str, Any]:
    drawn = _drawn(rng, 1, 10**8)
    return drawn | {"dim": drawn["total_size"] + 2 + int(np.exp(rng.uniform(0, 20)))}


def _many(rng: np.random.Generator) -> dict[str, Any]:
    drawn = _drawn(rng, 3, 2**53)
    del drawn["displacement_energy"]
    return drawn | {"dim": int(np.exp(rng.uniform(0, math.log(min(drawn["total_size"] - 2, 10**9)))))}


def _any(rng: np.random.Generator) -> dict[str, Any]:
    return _few(rng) if rng.random() < 0.5 else {**_many(rng), "displacement_energy": float(rng.uniform(0, 4))}


def _point(*sizes: int, dim: int, noise: tuple[float, ...] = ()) -> dict[str, Any]:
    return {"sizes": sizes, "dim": dim, "noise_variances": noise or (0.3,) * len(sizes)}


def _without_start(**point: Any) -> dict[str, Any]:
    found = sums(**point)
    del found["displacement_energy"]
    return found


def _least_squares_with(shift: int) -> Any:
    def mutant(total_size: Any, dim: Any, pull: Any, misfit: Any, noise: Any) -> Any:
        exact = formulas.pooled_least_squares_risk(total_size, dim, pull, misfit, noise)
        mean = pull / total_size**2
        return mean + (exact - mean) * (total_size - dim - 1) / (total_size - dim - 1 + shift)

    return mutant


def _other_rows(total_size: Any, pull: Any, misfit: Any) -> Any:
    """Rows of the target, if there is one source: n_S = pull/misfit."""
    return total_size - pull / misfit


_SWAPPED = Mutant(
    "target and source swapped",
    instead(
        pull=lambda total_size, pull, misfit: (_other_rows(total_size, pull, misfit) * misfit) ** 2 / pull,
        misfit=lambda total_size, pull, misfit: _other_rows(total_size, pull, misfit) * misfit * misfit / pull,
    ),
)

ROWS = (
    Theorem(
        name="pooled-least-squares-risk",
        kind="exact",
        statement="E R = ‖δ̄‖² + [cS + dΣn_kσ_k²]/(N(N−d−1)), δ̄ = Σn_kδ_k/N, S = Σn_k‖δ_k−δ̄‖², "
        "c = d+1+⅔(d−1)/(N−1)−8/3·(d+2)/(N+2)",
        formula=formulas.pooled_least_squares_risk,
        source="two groups in the limit: Yang et al. (2020); every size and number of groups: its derivation",
        papers=("yang2020",),
        domain="Σ = I (any common Σ: δ → Σ^½δ), any number of groups, equal weights, N ≥ d + 2",
        derivation="derivations.tasks.pooling.pooled_least_squares_risk",
        limits=(
            Limit(
                "one teacher, the target's: the risk of least squares",
                lambda n, dim: underparameterized_risk(n, dim, 0.3),
                ({"n": 12, "dim": 4}, {"n": 3, "dim": 1}, {"n": 2**53, "dim": 10**9}),
                left=lambda formula, n, dim: formula(n, dim, 0.0, 0.0, 0.3 * n),
            ),
            Limit(
                "one teacher, not the target's: its distance besides",
                lambda n, dim: 0.7 + underparameterized_risk(n, dim, 0.3),
                ({"n": 12, "dim": 4}, {"n": 3, "dim": 1}),
                left=lambda formula, n, dim: formula(n, dim, 0.7 * n**2, 0.7 * n, 0.3 * n),
            ),
            Limit(
                "one dimension, two rows of the source and one of the target: D²(1/5 + 1/3)",
                8 / 15,
                left=lambda formula: formula(3, 1, 4.0, 2.0, 0.0),
            ),
            Limit(
                "many dimensions, γ = 2, half the rows the source's: D²[1/4 + 1/4/(γ − 1)]",
                0.5,
                rtol=1e-8,
                left=lambda formula: formula(2e9, 1e9, 1e18, 1e9, 0.0),
            ),
        ),
        sample=_many,
        experiments=(
            Experiment(
                pooled_risks,
                (
                    _point(3, 2, 4, dim=4),
                    _point(5, 4, dim=2, noise=(0.9, 0.1)),
                    _point(4, 3, dim=1, noise=(0.0, 0.0)),
                    _point(12, 0, dim=3),
                ),
                arguments=_without_start,
            ),
        ),
        mutants=(
            Mutant("N − d for N − d − 1", _least_squares_with(1)),
            _SWAPPED,
            dropped("misfit"),
            dropped("pull"),
            dropped("noise"),
            Mutant(
                "limit at finite size: c = d",
                lambda total_size, dim, pull, misfit, noise: (
                    pull / total_size**2
                    + dim * (misfit - pull / total_size + noise) / total_size / (total_size - dim - 1)
                ),
            ),
        ),
    ),
    Theorem(
        name="pooled-min-norm-risk",
        kind="exact",
        statement="E R = (1−N/d)‖θ_t−w0‖² + [(d−1)Σn_k‖δ_k‖² − ‖Σn_kδ_k‖²]/(d(d−N−1)) + Σn_kσ_k²/(d−N−1)",
        formula=formulas.pooled_min_norm_risk,
        source="two groups in the limit: Song, Bhattacharya & Sur (2024); every size and number of groups: its derivation",
        papers=("song2024",),
        domain="Σ = I, any number of groups, equal weights, N ≤ d − 2",
        derivation="derivations.tasks.pooling.pooled_min_norm_risk",
        limits=(
            Limit(
                "no rows: the energy of the displacement",
                0.8,
                ({"dim": 2}, {"dim": 10**9}),
                left=lambda formula, dim: formula(0, dim, 0.8, 0.0, 0.0, 0.0),
            ),
            Limit(
                "one teacher, the target's: the min-norm risk",
                lambda n, dim: overparameterized_risk(n, dim, 0.8, 0.3),
                ({"n": 3, "dim": 9}, {"n": 7, "dim": 9}),
                left=lambda formula, n, dim: formula(n, dim, 0.8, 0.0, 0.0, 0.3 * n),
            ),
            Limit(
                "one row of another teacher, and no other: (1 − 1/d)‖θ_t − w0‖² + D²/d",
                lambda dim: 0.8 * (1 - 1 / dim) + 0.7 / dim,
                ({"dim": 3}, {"dim": 50}),
                left=lambda formula, dim: formula(1, dim, 0.8, 0.7, 0.7, 0.0),
            ),
        ),
        sample=_few,
        experiments=(
            Experiment(
                pooled_risks,
                (
                    _point(2, 1, 2, dim=10),
                    _point(1, 3, dim=8, noise=(1.5, 0.1)),
                    _point(3, 2, dim=12, noise=(0.0, 0.0)),
                    _point(4, 0, dim=9),
                ),
                arguments=sums,
            ),
        ),
        mutants=(
            Mutant(
                "d − N for d − N − 1",
                lambda total_size, dim, displacement_energy, pull, misfit, noise: (
                    (1 - total_size / dim) * displacement_energy
                    + (((dim - 1) * misfit - pull) / dim + noise) / (dim - total_size)
                ),
            ),
            _SWAPPED,
            dropped("misfit"),
            dropped("pull"),
            dropped("noise"),
            Mutant(
                "misfit as noise of every row, besides its pull",
                lambda total_size, dim, displacement_energy, pull, misfit, noise: formulas.pooled_min_norm_risk(
                    total_size, dim, displacement_energy, pull, misfit, noise
                )
                + misfit / (dim - total_size - 1),
            ),
        ),
    ),
    Theorem(
        name="pooled-risk",
        kind="exact",
        statement="pooled-min-norm-risk for N ≤ d−2, pooled-least-squares-risk for N ≥ d+2, inf between",
        formula=formulas.pooled_risk,
        source="follows from pooled-min-norm-risk and pooled-least-squares-risk, its two regimes",
        follows=("pooled-min-norm-risk", "pooled-least-squares-risk"),
        domain="Σ = I, equal weights, every N ≥ 0; inf where |N − d| ≤ 1 ≤ N and there is noise or two groups differ",
        derivation="derivations.tasks.pooling.pooled_risk",
        limits=(
            Limit(
                "no rows: the energy of the displacement",
                0.8,
                ({"dim": 1}, {"dim": 2}, {"dim": 10**9}),
                left=lambda formula, dim: formula(0, dim, 0.8, 0.0, 0.0, 0.0),
            ),
            Limit(
                "infinite mean around N = d",
                math.inf,
                tuple({"total_size": n, "pull": p, "misfit": m, "noise": v} for n in (4, 5, 6)
                      for p, m, v in ((0.0, 0.0, 0.1), (3.0, 0.9, 0.0), (3.0, 0.9, 0.1))),
                given={"dim": 5, "displacement_energy": 0.8},
            ),
            Limit(
                "one teacher for all rows and no noise: finite at every N, whatever the teacher",
                lambda n, dim: 0.8 * max(1 - n / dim, 0) + 0.7 * min(n / dim, 1),
                tuple({"n": n, "dim": d} for d in (1, 5, 7) for n in range(1, 10)),
                left=lambda formula, n, dim: formula(n, dim, 0.8, 0.7 * n**2, 0.7 * n, 0.0),
            ),
            Limit(
                "the target's own rows only: the min-norm risk",
                lambda n, dim: min_norm_risk(n, dim, 0.8, 0.3),
                tuple({"n": n, "dim": 5} for n in range(10)),
                left=lambda formula, n, dim: formula(n, dim, 0.8, 0.0, 0.0, 0.3 * n),
            ),
        ),
        sample=_any,
        experiments=(
            Experiment(
                pooled_risks,
                (_point(2, 2, dim=9), _point(6, 2, 3, dim=3), _point(0, 0, dim=4), _point(6, 0, dim=6, noise=(0.0, 1.0))),
                arguments=sums,
            ),
        ),
        mutants=(
            dropped("misfit"),
            dropped("pull"),
            dropped("noise"),
            dropped("displacement_energy"),
            Mutant(
                "finite at the threshold",
                lambda total_size, dim, **others: formulas.pooled_risk(
                    total_size + 2 * (abs(total_size - dim) <= 1), dim, **others
                ),
            ),
        ),
    ),
)  # fmt: skip
