"""Rows: sequences of tasks under single-pass SGD."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.sgd_sequences import (
    largest_stable_step,
    sgd_in_turn,
    stationary,
    without_steps,
)
from lintransfer.table.mutants import dropped, instead, moved, scaled, times
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.tasks.sgd_sequences import (
    critical_sgd_step,
    sgd_gain,
    sgd_risks,
    stationary_sgd_risk,
)

_LEVELS = np.array([[1.0, 0.5, 0.2], [0.3, 0.8, 1.2], [0.6, 0.0, 0.4]])
_TEACHERS = np.array([[1.0, 0.0, 0.5], [-0.5, 1.0, 0.2], [0.3, 0.3, -1.0]])
_WORLD = {
    "steps": np.array([3, 6, 4]), "eigenvalues": _LEVELS, "teachers": _TEACHERS, "initial": np.array([0.2, 0.1, -0.4]),
    "noise_variances": np.array([0.3, 0.1, 0.4]), "step_size": 0.3, "batch": 2, "order": (0, 1, 2, 0),
}  # fmt: skip
_TWO = {"eigenvalues": np.array([1.0, 0.4]), "multiplicities": np.array([2, 3]), "batch": 2}


def step_by_step(switch: Callable[..., Any], spread: Callable[[Any], Any] = lambda batch: 1 + 1 / batch) -> Any:
    """`sgd_risks` as a plain loop, with another rule for the switch of tasks or for E ĤCĤ: what mutants are made of."""

    def risks(
        steps: Any, eigenvalues: Any, teachers: Any, noise_variances: Any, step_size: Any, batch: Any, initial: Any = 0.0,
        order: Any = None, at: Any = None,
    ) -> Any:  # fmt: skip
        order = range(len(steps)) if order is None else [int(task) for task in order]
        here = teachers[0 if order is None else next(iter(order), 0)]
        mean = initial - here
        second = mean * mean
        history = []
        for task in (None, *order):
            if task is not None:
                second, mean = switch(second, mean, here - teachers[task])
                here, h = teachers[task], eigenvalues[task]
                for _ in range(int(steps[task])):
                    drive = step_size**2 / batch * h * ((h * second).sum() + noise_variances[task])
                    second = (1 - 2 * step_size * h + step_size**2 * spread(batch) * h * h) * second + drive
                    mean = (1 - step_size * h) * mean
            about = [switch(second, mean, here - teacher)[0] for teacher in teachers]
            history.append([(h * c).sum() for h, c in zip(eigenvalues, about, strict=True)])
        found = np.array(history)
        return found if at is None else found[int(at[0]), int(at[1])]

    return risks


def _right(second: Any, mean: Any, shift: Any) -> Any:
    return second + 2 * mean * shift + shift * shift, mean + shift


def _as_covariance(second: Any, mean: Any, shift: Any) -> Any:
    """The second moment taken for a covariance, which a switch of tasks leaves alone up to the new bias."""
    return second + shift * shift, mean + shift


def _new_mean(second: Any, mean: Any, shift: Any) -> Any:
    return second + 2 * (mean + shift) * shift + shift * shift, mean + shift


def _random_world(rng: np.random.Generator) -> dict[str, Any]:
    tasks, dim = int(rng.integers(1, 4)), int(rng.integers(1, 5))
    levels = rng.choice([0.0, 1.0, 1.0, 1.0], (tasks, dim)) * np.exp(rng.uniform(-7, 0, (tasks, dim)))
    return {
        "steps": np.array([int(rng.choice([0, 1, np.exp(rng.uniform(0, 8))])) for _ in range(tasks)]),
        "eigenvalues": levels,
        "teachers": rng.standard_normal((tasks, dim)),
        "noise_variances": rng.uniform(0, 4, tasks),
        "step_size": float(np.exp(rng.uniform(-4, 0)) / (dim + 1)),
        "batch": int(rng.integers(1, 50)),
        "initial": rng.standard_normal(dim),
    }


def _random_spectrum(rng: np.random.Generator) -> dict[str, Any]:
    count = int(rng.integers(1, 5))
    return {
        "eigenvalues": np.exp(rng.uniform(-7, 0, count)),
        "batch": int(np.exp(rng.uniform(0, 8))),
        "multiplicities": np.round(np.exp(rng.uniform(0, 10, count))),
    }


def _random_stable(rng: np.random.Generator) -> dict[str, Any]:
    drawn = _random_spectrum(rng)
    return drawn | {"step_size": float(critical_sgd_step(**drawn)) * float(rng.choice([rng.uniform(0.001, 0.98), 1.5]))}


def _fixed_point(eigenvalues: Any, noise_variance: Any, step_size: Any, batch: Any, multiplicities: Any) -> Any:
    world = [2**40], eigenvalues[None], np.zeros((1, len(eigenvalues))), [noise_variance], step_size, batch
    return sgd_risks(*world, 0.0, multiplicities, at=(1, 0))


def _negative(second: Any, mean: Any, shift: Any) -> Any:
    return _right(second, mean, -shift)


ROWS = (
    Theorem(
        name="sgd-risks",
        kind="exact",
        statement="C ← C−η(HC+CH)+η²[(1+1/B)HCH+(tr HC+σ²)H/B]; at a switch C += mΔᵀ+Δmᵀ+ΔΔᵀ (old m); R_j = tr H_jC about θ_j",
        formula=sgd_risks,
        source="follows from the moments of one SGD step: Jain et al. (2018), Ziyin et al. (2022); sequences, up to constants: Ding et al. (2024)",
        follows=("jain2018", "ziyin2022"),
        see=("ding2024",),
        covers="two tasks, two directions, one and two steps",
        domain="Gaussian inputs, fresh batches, H_k diagonal in one basis, any η > 0, B ≥ 1, n_k ≥ 0",
        derivation="derivations.tasks.sgd_sequences.sgd_risks",
        limits=(
            Limit(
                "step by step, three tasks in four stages",
                lambda **point: step_by_step(_right)(**point),
                (_WORLD,),
            ),
            Limit(
                "one task, for ever: the stationary risk",
                lambda eigenvalues, noise_variances, step_size, batch, **_: stationary_sgd_risk(
                    eigenvalues[0], noise_variances[0], step_size, batch
                ),
                (
                    {
                        "steps": np.array([2**53]),
                        "eigenvalues": _LEVELS[:1],
                        "teachers": _TEACHERS[:1],
                        "noise_variances": np.array([0.3]),
                        "step_size": 0.3,
                        "batch": 2,
                    },
                ),
                rtol=1e-11,
                given={"at": (1, 0)},
            ),
            Limit(
                "unlimited batches: gradient descent, no noise",
                lambda steps, eigenvalues, teachers, step_size, **_: float(
                    eigenvalues[0] @ (teachers[0] * (1 - step_size * eigenvalues[0]) ** int(steps[0])) ** 2
                ),
                (
                    {
                        "steps": np.array([5]),
                        "eigenvalues": _LEVELS[:1],
                        "teachers": _TEACHERS[:1],
                        "noise_variances": np.array([0.3]),
                        "step_size": 0.3,
                        "batch": 1e14,
                    },
                ),
                given={"at": (1, 0)},
            ),
            Limit(
                "unstable, after long: infinite",
                math.inf,
                (
                    {
                        "steps": np.array([10**9]),
                        "eigenvalues": np.ones((1, 2)),
                        "teachers": np.ones((1, 2)),
                        "noise_variances": np.array([0.3]),
                        "step_size": 3.0,
                        "batch": 2,
                    },
                ),
                given={"at": (1, 0)},
            ),
        ),
        box={"step_size": (0.05, 0.4), "batch": (1, 6)},
        sample=_random_world,
        experiments=(
            Experiment(
                sgd_in_turn,
                tuple({**_WORLD, "at": at} for at in ((1, 0), (2, 0), (3, 1), (4, 2))),
                replicates=40_000,
                resolution=0.06,
            ),
        ),
        mutants=(
            Mutant("the second moment taken for the covariance at a switch", step_by_step(_as_covariance)),
            Mutant("the new mean in mΔᵀ + Δmᵀ", step_by_step(_new_mean)),
            Mutant("Δ the other way round", step_by_step(_negative)),
            Mutant("no fourth moment: HCH for (1 + 1/B)HCH", step_by_step(_right, lambda batch: 1)),
            dropped("noise_variances"),
            instead(batch=lambda batch: batch + 1),
        ),
    ),
    Theorem(
        name="sgd-gain",
        kind="exact",
        statement="κ_η = (η/B)Σλ_i/(2−(1+1/B)ηλ_i): stable iff κ_η < 1 and ηλ_max(1+1/B) < 2",
        formula=sgd_gain,
        source="Ziyin, Liu, Mori & Ueda (2022)",
        papers=("ziyin2022",),
        covers="two eigenvalues",
        domain="Gaussian inputs, fresh batches of B ≥ 1; inf beyond ηλ_max(1+1/B) = 2",
        derivation="derivations.tasks.sgd_sequences.sgd_gain",
        limits=(
            Limit("small steps: η tr H/(2B)", 1e-9 * 3.2 / 4, ({**_TWO, "step_size": 1e-9},), rtol=1e-8),
            Limit("beyond the largest eigenvalue's own threshold", math.inf, ({**_TWO, "step_size": 1.34},)),
            Limit(
                "R = κ(R + σ²) at the stationary risk",
                lambda **point: (r := _fixed_point(noise_variance=0.5, **point)) / (r + 0.5),
                ({**_TWO, "step_size": 0.3},),
                rtol=1e-11,
            ),
        ),
        box={"step_size": (0.02, 0.3), "batch": (1, 6)},
        sample=_random_stable,
        experiments=(
            Experiment(
                lambda rng, replicates, **point: (
                    (risk := stationary(rng, replicates, noise_variance=0.5, **point)) / (risk.mean() + 0.5)
                ),
                ({**_TWO, "step_size": 0.3, "steps": 120},),
                replicates=40_000,
                arguments=without_steps,
            ),
        ),
        mutants=(
            moved(batch=1),
            scaled(step_size=1.1),
            Mutant(
                "no fourth moment: 2 − ηλ",
                lambda eigenvalues, step_size, batch, multiplicities: float(
                    (multiplicities * step_size * eigenvalues / batch / (2 - step_size * eigenvalues)).sum()
                ),
            ),
        ),
    ),
    Theorem(
        name="stationary-sgd-risk",
        kind="exact",
        statement="R_∞ = σ²κ_η/(1−κ_η); inf where unstable, κ_η ≥ 1",
        formula=stationary_sgd_risk,
        source="Ziyin, Liu, Mori & Ueda (2022)",
        papers=("ziyin2022",),
        covers="two eigenvalues",
        domain="Gaussian inputs, single pass, fresh batches of B ≥ 1",
        derivation="derivations.tasks.sgd_sequences.stationary_sgd_risk",
        limits=(
            Limit(
                "small steps: ησ² tr H/(2B)",
                0.5 * 1e-9 * 3.2 / 4,
                ({**_TWO, "noise_variance": 0.5, "step_size": 1e-9},),
                rtol=1e-8,
            ),
            Limit(
                "very many steps of sgd-risks",
                _fixed_point,
                ({**_TWO, "noise_variance": 0.5, "step_size": 0.3},),
                rtol=1e-11,
            ),
            Limit(
                "past the largest stable step",
                math.inf,
                tuple(
                    {**_TWO, "noise_variance": 0.5, "step_size": float(critical_sgd_step(**_TWO)) * by}
                    for by in (1 + 1e-9, 2)
                ),
            ),
        ),
        box={"step_size": (0.02, 0.2), "batch": (1, 6)},
        sample=lambda rng: _random_stable(rng) | {"noise_variance": rng.uniform(0, 4)},
        experiments=(
            Experiment(
                stationary,
                ({**_TWO, "noise_variance": 0.5, "step_size": 0.3, "steps": 120},),
                replicates=40_000,
                arguments=without_steps,
            ),
        ),
        mutants=(
            moved(batch=1),
            dropped("noise_variance"),
            Mutant(
                "small steps only: ησ² tr H/(2B)",
                lambda eigenvalues, noise_variance, step_size, batch, multiplicities: (
                    noise_variance * step_size * float((multiplicities * eigenvalues).sum()) / (2 * batch)
                ),
            ),
            Mutant("σ²κ_η", lambda noise_variance, **point: noise_variance * sgd_gain(**point)),
        ),
    ),
    Theorem(
        name="critical-sgd-step",
        kind="implicit",
        statement="the root η of κ_η = 1; equal eigenvalues: η = 2B/(λ(d + B + 1))",
        formula=critical_sgd_step,
        source="Ziyin, Liu, Mori & Ueda (2022)",
        papers=("ziyin2022",),
        covers="equal eigenvalues",
        domain="Gaussian inputs, any spectrum with one λ_i > 0, B ≥ 1",
        derivation="derivations.tasks.sgd_sequences.critical_sgd_step",
        limits=(
            Limit(
                "the gain is 1 there",
                1.0,
                (_TWO, {**_TWO, "batch": 400}),
                rtol=1e-11,
                left=lambda formula, **point: sgd_gain(step_size=formula(**point), **point),
            ),
            Limit("unlimited batches: 2/λ_max", 2.0, ({**_TWO, "batch": 10**12},), rtol=1e-9),
        ),
        box={"batch": (1, 50)},
        sample=_random_spectrum,
        experiments=(
            Experiment(
                largest_stable_step, tuple({**_TWO, "batch": b, "steps": 60} for b in (1, 3, 40)), compare="identity"
            ),
        ),
        mutants=(moved(batch=1), times(1.01), Mutant("2/λ_max", lambda eigenvalues: 2 / float(eigenvalues.max()))),
    ),
)
