"""Rows: two noiseless tasks fitted in turns, alternating projections."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.tasks.projections import alternating_fits, worst_angle, worst_fits
from lintransfer.table.mutants import moved
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.tasks.projections import alternating_projections_bound, alternating_projections_error

_PAIRS = {"overlaps": np.array([0.9, 0.5, 0.0]), "energies": np.array([0.7, 1.1, 0.4])}


def _random(rng: np.random.Generator) -> dict[str, Any]:
    count = int(rng.integers(1, 6))
    if rng.random() < 0.5:  # many fits at small angles
        fits, overlaps = int(np.exp(rng.uniform(0, 14))), 1 - 10.0 ** -rng.uniform(5, 12, count)
    else:
        fits, overlaps = int(rng.integers(1, 20)), rng.choice([0.0, 1.0, rng.uniform(), rng.uniform()], count)
    return {"fits": fits, "overlaps": overlaps, "energies": rng.uniform(0, 4, count)}


ROWS = (
    Theorem(
        name="alternating-projections-error",
        kind="identity",
        statement="‖P_other(w − θ)‖² after k fits = Σ_i cos^{2(k−1)}φ_i sin²φ_i (t_i·(w0 − θ))²",
        formula=alternating_projections_error,
        source="Evron, Moroshko, Ward, Srebro & Soudry (2022)",
        papers=("evron2022",),
        covers="two pairs of principal vectors",
        domain="two row spaces of any ranks, one teacher, no noise, k ≥ 1 fits from task 1 on; own directions of task 2: φ = π/2",
        derivation="derivations.tasks.projections.alternating_projections_error",
        limits=(
            Limit(
                "one fit: all that task 2 has beside task 1",
                lambda overlaps, energies, **_: float((1 - overlaps**2) @ energies),
                ({"fits": 1, **_PAIRS},),
            ),
            Limit(
                "orthogonal or equal row spaces: nothing is forgotten after the second fit",
                0.0,
                ({"fits": 3, "overlaps": np.array([0.0, 1.0]), "energies": np.ones(2)},),
            ),
        ),
        sample=_random,
        experiments=(
            Experiment(
                alternating_fits,
                (
                    *grid(fits=[1, 2, 3, 6], first_rows=4, second_rows=4, dim=12),
                    *grid(fits=[1, 2, 3], first_rows=4, second_rows=6, dim=12),
                    *grid(fits=[1, 2, 3], first_rows=6, second_rows=4, dim=12),
                    *grid(fits=[2, 3], first_rows=6, second_rows=6, dim=9),
                ),
                compare="identity",
            ),
        ),
        mutants=(
            moved(fits=1),
            Mutant(
                "cos φ for cos²φ a fit",
                lambda fits, overlaps, energies: float((overlaps ** (fits - 1) * (1 - overlaps**2)) @ energies),
            ),
            Mutant(
                "without sin²φ",
                lambda fits, overlaps, energies: float(overlaps ** (2 * (fits - 1)) @ energies),
            ),
        ),
    ),
    Theorem(
        name="alternating-projections-bound",
        kind="bound",
        statement="‖P_other(w − θ)‖² ≤ (1/k)(1 − 1/k)^{k−1} ‖w0 − θ‖² after k fits; the worst angle: cos²φ = (k−1)/k",
        formula=alternating_projections_bound,
        source="Evron, Moroshko, Ward, Srebro & Soudry (2022)",
        papers=("evron2022",),
        domain="two tasks of any rank, one teacher, no noise, k ≥ 1",
        derivation="derivations.tasks.projections.alternating_projections_bound",
        limits=(
            Limit("one fit", 1.0, ({"fits": 1},)),
            Limit(
                "many fits: 1/(ek)",
                lambda fits: float(np.exp(-1)) / fits,
                ({"fits": 10**9},),
                rtol=1e-8,
            ),
            Limit(
                "the error at the worst angle",
                lambda fits: float(
                    alternating_projections_error(fits, np.array([np.sqrt((fits - 1) / fits)]), np.array([1.0]))
                ),
                tuple({"fits": k} for k in (2, 3, 10, 100)),
            ),
        ),
        box={"fits": (1, 10**9)},
        experiments=(
            Experiment(worst_fits, grid(fits=[1, 2, 5], rows=3, dim=8), compare="bound", replicates=200),
            Experiment(worst_angle, grid(fits=[1, 2, 3, 7]), compare="bound"),
        ),
        mutants=(
            Mutant("1/(k(k+1)): too small", lambda fits: 1 / (fits * (fits + 1))),
            Mutant("half of it", lambda fits: alternating_projections_bound(fits) / 2),
            moved(fits=1),
        ),
    ),
)
