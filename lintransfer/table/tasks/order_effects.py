"""Rows: what the order of two tasks changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.tasks.order_effects import fitted_difference, full_batch_difference, sgd_difference
from lintransfer.table.mutants import dropped, instead, moved, swapped
from lintransfer.table.row import NOT_FOUND, Experiment, Limit, Mutant, Theorem
from lintransfer.theory.tasks.order_effects import gd_order_gap, larger_last_is_worse, order_gap, sgd_order_gap
from lintransfer.theory.tasks.sgd_sequences import sgd_risks

_FITTED = {
    "first_n": 5, "second_n": 3, "dim": 12, "first_eigenvalue": 1.0, "second_eigenvalue": 2.5,
    "first_noise_variance": 0.5, "second_noise_variance": 0.3,
}  # fmt: skip
_SGD = {"n": 4, "first_eigenvalue": 1.0, "second_eigenvalue": 2.0, "noise_variance": 1.0, "step_size": 0.25, "batch": 2}
_GD = {"first_eigenvalue": 1.0, "second_eigenvalue": 2.0, "distance_energy": 0.7, "step_size": 0.2}


def _sgd_peak(formula: Any) -> float:
    """The ηnλ at which two nearby eigenvalues change places: the sign change of the gap."""
    eta, low, high = 1e-6, 0.5, 3.0
    for _ in range(60):
        middle = (low + high) / 2
        gap = formula(round(middle / eta), 1.0, 1.000001, 1.0, eta)
        low, high = (middle, high) if gap > 0 else (low, middle)
    return low


ROWS = (
    Theorem(
        name="order-gap",
        kind="exact",
        statement="after 1, 2 minus after 2, 1: (n_1/d)ν_2/λ_2 − (n_2/d)ν_1/λ_1, ν = σ²n/(d−n−1); equal n: ν(n/d)(1/λ_2 − 1/λ_1)",
        formula=order_gap,
        source="follows from sequential-stage-risk; of SGD the opposite is said: Ding, Ji, Wang & Xu (2024)",
        follows=("sequential-stage-risk",),
        see=("ding2024", "lin2023"),
        domain="Σ_k = λ_kI, one teacher, E‖w − θ‖²; n_k ≤ d − 2 or ≥ d + 2 (n_k/d → 1, ν = σ²d/(n−d−1))",
        derivation="derivations.tasks.order_effects.order_gap",
        limits=(
            Limit(
                "equal n and σ: ν(n/d)(1/λ_2 − 1/λ_1), < 0 if the larger eigenvalue comes last",
                -0.5 * 4 / 7 * 4 / 12 * 0.6,
                ({**_FITTED, "first_n": 4, "second_n": 4, "second_noise_variance": 0.5},),
            ),
            Limit(
                "over-determined: the last task decides",
                0.3 * 12 / 7 / 2.5 - 0.5 * 12 / 27,
                ({**_FITTED, "first_n": 40, "second_n": 20},),
            ),
            Limit(
                "no noise: the projections of a stage shrink the error alike in any order",
                0.0,
                ({**_FITTED, "first_noise_variance": 0.0, "second_noise_variance": 0.0},),
            ),
        ),
        box={
            "first_n": (0, 10**6),
            "second_n": (0, 10**6),
            "dim": (2, 10**6),
            "first_eigenvalue": (0.1, 4.0),
            "second_eigenvalue": (0.1, 4.0),
            "first_noise_variance": (0.1, 4.0),
            "second_noise_variance": (0.1, 4.0),
        },
        experiments=(
            Experiment(
                fitted_difference,
                (
                    _FITTED,
                    {**_FITTED, "first_n": 4, "second_n": 4, "second_noise_variance": 0.5},
                    {**_FITTED, "first_n": 18},
                ),
                replicates=60_000,
                resolution=0.1,
            ),
        ),
        mutants=(
            Mutant(
                "risks tr Σ_k(·) instead of distances",
                lambda first_eigenvalue, second_eigenvalue, **o: order_gap(
                    first_eigenvalue=1.0, second_eigenvalue=1.0, **o
                ),
            ),
            swapped("first_eigenvalue", "second_eigenvalue"),
            swapped("first_n", "second_n"),
            dropped("first_noise_variance"),
        ),
    ),
    Theorem(
        name="sgd-order-gap",
        kind="exact",
        statement="after 1, 2 minus after 2, 1: (1−ρ_1)(1−ρ_2)(v_2−v_1) > 0 iff λ_2 > λ_1, ρ = a(λ)ⁿ, v = (ησ²/B)/(2−ηλ(1+2/B))",
        formula=sgd_order_gap,
        source="follows from sgd-risks; the trend: Ding, Ji, Wang & Xu (2024)",
        follows=("sgd-risks",),
        see=("ding2024",),
        domain="d = 1, one optimum, n steps each, ηλ(1+2/B) < 2",
        derivation="derivations.tasks.order_effects.sgd_order_gap",
        limits=(
            Limit(
                "sgd-risks in both orders",
                lambda n, first_eigenvalue, second_eigenvalue, noise_variance, step_size, batch: float(
                    np.subtract(
                        *(
                            sgd_risks(
                                [n, n],
                                np.array([[a], [b]]),
                                np.zeros((2, 1)),
                                [noise_variance] * 2,
                                step_size,
                                batch,
                                at=(2, 1),
                            )
                            / b
                            for a, b in ((first_eigenvalue, second_eigenvalue), (second_eigenvalue, first_eigenvalue))
                        )
                    )
                ),
                tuple({**_SGD, "n": n, "second_eigenvalue": b} for n in (1, 4, 40) for b in (0.3, 2.0)),
                rtol=1e-9,
            ),
            Limit("long training: v_2 − v_1", 0.125 * (1 / 1.0 - 1 / 1.5), ({**_SGD, "n": 10**6},)),
            Limit(
                "the larger eigenvalue last is worse at every n, and better in order-gap",
                False,
                tuple(
                    {**_SGD, "n": n, "first_eigenvalue": a, "second_eigenvalue": b}
                    for n in (1, 9, 90)
                    for a, b in ((1.0, 2.0), (2.0, 0.5))
                ),
                left=lambda formula, n, first_eigenvalue, second_eigenvalue, **others: (
                    not larger_last_is_worse(
                        formula(n=n, first_eigenvalue=first_eigenvalue, second_eigenvalue=second_eigenvalue, **others),
                        first_eigenvalue,
                        second_eigenvalue,
                    )
                    or larger_last_is_worse(
                        order_gap(n, n, n + 5, first_eigenvalue, second_eigenvalue, 1.0, 1.0),
                        first_eigenvalue,
                        second_eigenvalue,
                    )
                ),
            ),
        ),
        box={
            "n": (1, 10**6),
            "first_eigenvalue": (0.05, 2.0),
            "second_eigenvalue": (0.05, 2.0),
            "noise_variance": (0.0, 4.0),
            "step_size": (0.001, 0.3),
            "batch": (1, 100),
        },
        experiments=(
            Experiment(
                sgd_difference,
                (_SGD, {**_SGD, "n": 12, "second_eigenvalue": 0.3}),
                replicates=200_000,
                resolution=0.12,
            ),
        ),
        mutants=(
            swapped("first_eigenvalue", "second_eigenvalue"),
            moved(batch=1),
            moved(n=1),
            Mutant("v_2 − v_1 from the first step on", instead(n=10**9)),
        ),
    ),
    Theorem(
        name="gd-order-gap",
        kind="exact",
        statement="forgetting after 1, 2 minus after 2, 1: λ_1λ_2D²[g(λ_2)−g(λ_1)], g = (1−(1−ηλ)ⁿ)²/λ, peak at ηnλ ≈ 1.2564",
        formula=gd_order_gap,
        source=f"{NOT_FOUND}; trend of short training: Ding, Ji, Wang & Xu (2024)",
        see=("ding2024",),
        domain="d = 1, no noise, full batches, from the optimum of the one before, ηλ < 2",
        derivation="derivations.tasks.order_effects.gd_order_gap",
        limits=(
            Limit("long training: (λ_1 − λ_2)D², the larger eigenvalue last is better", -0.7, ({**_GD, "n": 10**6},)),
            Limit(
                "nearby eigenvalues change places at ηnλ = 1.2564, eˣ = 1 + 2x",
                1.25643120862617,
                ({},),
                rtol=1e-5,
                left=lambda formula: _sgd_peak(formula),
            ),
            Limit("no training", 0.0, ({**_GD, "n": 0},)),
        ),
        box={
            "n": (0, 1000),
            "first_eigenvalue": (0.1, 2.0),
            "second_eigenvalue": (0.1, 2.0),
            "distance_energy": (0.1, 4.0),
            "step_size": (0.001, 0.9),
        },
        experiments=(
            Experiment(full_batch_difference, tuple({**_GD, "n": n} for n in (1, 3, 30)), compare="identity"),
        ),
        mutants=(
            swapped("first_eigenvalue", "second_eigenvalue"),
            Mutant(
                "without the squares",
                lambda n, first_eigenvalue, second_eigenvalue, distance_energy, step_size: (
                    distance_energy
                    * (
                        first_eigenvalue * (1 - (1 - step_size * second_eigenvalue) ** n)
                        - second_eigenvalue * (1 - (1 - step_size * first_eigenvalue) ** n)
                    )
                ),
            ),
            moved(n=1),
        ),
    ),
)
