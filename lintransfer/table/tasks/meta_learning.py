"""Rows: meta-learning with one inner gradient step."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.meta_learning import best_step, extreme_training_step, one_step, outer_fit
from lintransfer.table.mutants import dropped, moved, scaled
from lintransfer.table.points import asymptotic, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.tasks.meta_learning import (
    adapted_risk,
    best_adapted_risk,
    best_inner_step,
    best_training_step,
    meta_min_norm_risk,
    worst_training_step,
)

_TASK = {"start_energy": 1.2, "noise_variance": 0.5}
_TASK_BOX = {"n": (1, 10**9), "dim": (1, 10**9), "start_energy": (0.0, 4.0), "noise_variance": (0.0, 4.0)}
_STEP_BOX = {"n_inner": (1, 10**9), "dim": (1, 10**9)}
_OUTER = {"step": 0.4, "common_energy": 1.0, "task_variance": 0.5, "noise_variance": 0.4}
_PAPER = "Bernacchia (2021)"


def _random_outer(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(np.exp(rng.uniform(0, math.log(1e9))))
    near = [0, max(dim - 2, 0), max(dim - 1, 0), dim]
    n = int(rng.choice([*near, *rng.integers(0, dim + 1, 12)]))
    energies = {name: rng.uniform(0, 4) for name in ("common_energy", "task_variance", "noise_variance")}
    return {"n": n, "n_inner": int(np.exp(rng.uniform(0, 20))), "dim": dim, "step": rng.uniform(-2, 2), **energies}


def _noise(step: float, n_inner: int, dim: int) -> float:
    """How many times the label noise counts at this step."""
    return float(meta_min_norm_risk(dim // 2, n_inner, dim, step, 0.0, 0.0, 1.0) * (dim - dim // 2 - 1) / (dim // 2))


def _noise_at(formula: Any, n_inner: int, dim: int) -> float:
    return _noise(formula(n_inner=n_inner, dim=dim), n_inner, dim)


def _extreme(n_inner: int, dim: int, best: Any) -> float:
    """The extreme of the noise factor over a grid of steps refined around it three times."""
    low, high = -4.0, 4.0
    for _ in range(12):
        steps = np.linspace(low, high, 41)
        at = best([_noise(float(step), n_inner, dim) for step in steps])
        low, high = steps[max(at - 1, 0)], steps[min(at + 1, 40)]
    return _noise(float((low + high) / 2), n_inner, dim)


_SHAPES = tuple({"n_inner": n, "dim": d} for n, d in ((1, 8), (6, 20), (50, 30)))

ROWS = (
    Theorem(
        name="adapted-risk",
        kind="exact",
        statement="E R = [(1−a)² + a²(d+1)/n] L² + a²σ²d/n after one gradient step a on n samples",
        formula=adapted_risk,
        source=f"{_PAPER}; Ju, Liang & Shroff (2023)",
        papers=("bernacchia2021", "ju2023"),
        domain="Σ = I, L² = E‖w − θ_task‖², every n ≥ 1, d ≥ 1 and step",
        derivation="derivations.tasks.meta_learning.adapted_risk",
        limits=(
            Limit("no step", lambda start_energy, **_: start_energy, ({"step": 0.0, "n": 5, "dim": 9, **_TASK},)),
            Limit(
                "unlimited data, a = 1: the task's teacher",
                lambda dim, n, start_energy, noise_variance, **_: ((dim + 1) * start_energy + dim * noise_variance) / n,
                ({"step": 1.0, "n": 10**9, "dim": 9, **_TASK},),
            ),
            Limit(
                "one sample, d = 1: E(1 − x²)² = 2",
                2.0,
                ({"step": 1.0, "n": 1, "dim": 1, "start_energy": 1.0, "noise_variance": 0.0},),
            ),
        ),
        box={"step": (-2.0, 2.0)} | _TASK_BOX,
        experiments=(
            Experiment(
                one_step,
                tuple({"step": a, "n": n, "dim": d, **_TASK} for a, n, d in ((0.3, 5, 9), (-0.4, 3, 4), (0.8, 20, 6))),
                replicates=40_000,
            ),
        ),
        mutants=(
            dropped("noise_variance"),
            scaled(step=-1.0),
            Mutant(
                "d for d + 1: no fourth moment",
                lambda step, n, dim, start_energy, noise_variance: (
                    adapted_risk(step, n, dim, start_energy, noise_variance) - step**2 * start_energy / n
                ),
            ),
        ),
    ),
    Theorem(
        name="best-inner-step",
        kind="exact",
        statement="a* = nL²/((n+d+1)L² + σ²d) > 0",
        formula=best_inner_step,
        source=_PAPER,
        papers=("bernacchia2021",),
        domain="as adapted-risk; nan if L = σ = 0",
        derivation="derivations.tasks.meta_learning.best_inner_step",
        limits=(
            Limit("unlimited data", 1.0, ({"n": 2**53, "dim": 9, **_TASK},)),
            Limit(
                "the adapted risk is flat there",
                0.0,
                ({"n": 5, "dim": 9, **_TASK},),
                left=lambda formula, **point: round(
                    adapted_risk(formula(**point) + 1e-4, **point) - adapted_risk(formula(**point) - 1e-4, **point), 13
                ),
            ),
        ),
        box=_TASK_BOX,
        experiments=(
            Experiment(best_step, tuple({"n": n, "dim": d, **_TASK} for n, d in ((5, 9), (3, 4))), replicates=40_000),
        ),
        mutants=(dropped("noise_variance"), moved(dim=-1), moved(n=1)),
    ),
    Theorem(
        name="best-adapted-risk",
        kind="exact",
        statement="min_a E R = (1 − a*)L² < L²",
        formula=best_adapted_risk,
        source=_PAPER,
        papers=("bernacchia2021",),
        domain="as adapted-risk",
        derivation="derivations.tasks.meta_learning.best_adapted_risk",
        limits=(
            Limit(
                "the adapted risk at the best step",
                lambda **point: adapted_risk(best_inner_step(**point), **point),
                tuple({"n": n, "dim": d, **_TASK} for n, d in ((1, 1), (5, 9), (400, 30))),
            ),
        ),
        box=_TASK_BOX,
        experiments=(
            Experiment(
                lambda rng, replicates, **point: one_step(rng, replicates, best_inner_step(**point), **point),
                tuple({"n": n, "dim": d, **_TASK} for n, d in ((5, 9), (3, 4))),
                replicates=40_000,
            ),
        ),
        mutants=(dropped("noise_variance"), moved(dim=-1), moved(n=1)),
    ),
    Theorem(
        name="meta-min-norm-risk",
        kind="asymptotic",
        statement="E‖ŵ−w*‖² = (1−N/d)‖w*‖² + [ν² + σ²(1+a²d/n_t)/s_a] N/(d−N−1), s_a = (1−a)² + a²(d+1)/n_t",
        formula=meta_min_norm_risk,
        source=f"{_PAPER}; bounds: Ju, Liang & Shroff (2023)",
        papers=("bernacchia2021", "ju2023"),
        domain="Σ = I, N ≤ d − 2 outer rows, few of them a task (n_v/d → 0); the first term exact at every size",
        derivation="derivations.tasks.meta_learning.meta_min_norm_risk",
        limits=(
            Limit(
                "no inner step: min-norm with the tasks' deviations as noise",
                lambda n, dim, common_energy, task_variance, noise_variance, **_: min_norm_risk(
                    n, dim, common_energy, task_variance + noise_variance
                ),
                tuple({**_OUTER, "n": n, "n_inner": 6, "dim": 24, "step": 0.0} for n in (0, 8, 22, 23, 24)),
            ),
            Limit(
                "a = 1: of w* only what n_t samples leave out is seen",
                lambda n, n_inner, dim, common_energy, task_variance, noise_variance, **_: (
                    (1 - n / dim) * common_energy
                    + (task_variance + noise_variance * (n_inner + dim) / (dim + 1)) * n / (dim - n - 1)
                ),
                ({**_OUTER, "n": 8, "n_inner": 6, "dim": 24, "step": 1.0},),
            ),
        ),
        box={
            "n": (0, 30),
            "n_inner": (1, 30),
            "dim": (3, 40),
            "step": (-2.0, 2.0),
            "common_energy": (0.05, 4.0),
            "task_variance": (0.05, 4.0),
            "noise_variance": (0.05, 4.0),
        },
        sample=_random_outer,
        experiments=(
            asymptotic(outer_fit, growing("n_inner", n=5, n_inner=4, dim=16, **_OUTER), 1.6, 600, 0.1),
            asymptotic(
                outer_fit, growing("n_inner", n=8, n_inner=8, dim=16, **{**_OUTER, "step": -0.5}), 1.6, 600, 0.1
            ),
            Experiment(
                outer_fit,
                (
                    {
                        "n": 4,
                        "n_inner": 3,
                        "dim": 8,
                        "step": 0.4,
                        "common_energy": 1.0,
                        "task_variance": 0.0,
                        "noise_variance": 0.0,
                    },
                ),
                replicates=10_000,
            ),
        ),
        mutants=(
            Mutant(
                "the inner noise forgotten",
                lambda n, n_inner, dim, step, common_energy, task_variance, noise_variance: meta_min_norm_risk(
                    n, n_inner, dim, step, common_energy, task_variance, noise_variance / (1 + step**2 * dim / n_inner)
                ),
            ),
            dropped("task_variance"),
            dropped("noise_variance"),
            scaled(step=-1.0),
            Mutant(
                "rows of unit covariance: s_a = 1",
                lambda n, n_inner, dim, step, **o: meta_min_norm_risk(
                    n,
                    n_inner,
                    dim,
                    step,
                    **(o | {"noise_variance": o["noise_variance"] * ((1 - step) ** 2 + step**2 * (dim + 1) / n_inner)}),
                ),
            ),
        ),
    ),
    Theorem(
        name="best-training-step",
        kind="exact",
        statement="a = −(b+√(b²+4k))/(2k) < 0, k = d/n_t, b = 1 + 1/n_t; the noise counts 1/(1+|a|) times",
        formula=best_training_step,
        source=f"{_PAPER}, n_t → ∞ (b = 1)",
        papers=("bernacchia2021",),
        domain="minimises meta-min-norm-risk in its step, every n_t ≥ 1, d ≥ 1",
        derivation="derivations.tasks.meta_learning.best_training_step",
        limits=(
            Limit(
                "the noise counts 1/(1+|a|) times, and never less",
                lambda **shape: _extreme(best=np.argmin, **shape),
                _SHAPES,
                rtol=1e-9,
                left=_noise_at,
            ),
            Limit(
                "d, n_t → ∞: −(1+√(1+4k))/(2k)",
                lambda n_inner, dim: -(1 + math.sqrt(1 + 4 * dim / n_inner)) * n_inner / (2 * dim),
                ({"n_inner": 10**9, "dim": 3 * 10**9},),
                rtol=1e-8,
            ),
            Limit(
                "the other root, with the other sign",
                lambda n_inner, dim: -n_inner / dim,
                _SHAPES,
                left=lambda formula, **shape: formula(**shape) * worst_training_step(**shape),
            ),
        ),
        box=_STEP_BOX,
        experiments=(
            Experiment(
                extreme_training_step(False), ({"n_inner": 6, "dim": 12}, {"n_inner": 3, "dim": 4}), replicates=100_000
            ),
        ),
        mutants=(
            Mutant("the best step at test time", lambda n_inner, dim: best_inner_step(n_inner, dim, 1.0, 0.0)),
            Mutant("the positive root", worst_training_step),
            moved(n_inner=1),
        ),
    ),
    Theorem(
        name="worst-training-step",
        kind="exact",
        statement="a = 2/(b+√(b²+4k)) > 0, k = d/n_t, b = 1 + 1/n_t: the noise counts 1/(1−a) times, the most",
        formula=worst_training_step,
        source=f"{_PAPER}, n_t → ∞ (b = 1)",
        papers=("bernacchia2021",),
        domain="maximises meta-min-norm-risk in its step, every n_t ≥ 1, d ≥ 1",
        derivation="derivations.tasks.meta_learning.worst_training_step",
        limits=(
            Limit(
                "the noise counts 1/(1−a) times, and never more",
                lambda **shape: _extreme(best=np.argmax, **shape),
                _SHAPES,
                rtol=1e-9,
                left=_noise_at,
            ),
            Limit(
                "1/(1−a) times",
                lambda **shape: 1 / (1 - worst_training_step(**shape)),
                _SHAPES,
                left=_noise_at,
            ),
        ),
        box=_STEP_BOX,
        experiments=(
            Experiment(
                extreme_training_step(True), ({"n_inner": 6, "dim": 12}, {"n_inner": 3, "dim": 4}), replicates=100_000
            ),
        ),
        mutants=(
            Mutant("the best step at test time", lambda n_inner, dim: best_inner_step(n_inner, dim, 1.0, 0.0)),
            Mutant("the negative root", best_training_step),
            moved(n_inner=1),
        ),
    ),
)
