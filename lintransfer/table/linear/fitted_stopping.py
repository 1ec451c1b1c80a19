"""Rows: gradient flow stopped early from a fitted source, and under covariance shift."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.fitted_source import (
    best_stopped_and_shifted,
    best_stopped_from_a_fit,
    stopped_and_shifted,
    stopped_from_a_fit,
    tilted_arguments,
)
from lintransfer.experiments.linear.source import SOURCE
from lintransfer.table.mutants import dropped, instead, scaled, swapped
from lintransfer.table.points import grid, growing, near_square
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance_shift import shifted_risk
from lintransfer.theory.linear.early_stopping import early_stopped_risk, optimally_stopped_risk
from lintransfer.theory.linear.finite_source import finite_source_risk
from lintransfer.theory.linear.fitted_stopping import (
    optimally_stopped_shifted_risk,
    optimally_stopped_two_stage_risk,
    shifted_stopped_risk,
    two_stage_stopped_risk,
)
from lintransfer.theory.linear.source_ridge import optimal_source_ridge_risk
from lintransfer.theory.linear.two_stage import two_stage_risk

_NOISES = {"noise_variance": 0.3, "source_noise_variance": 0.2}
_APART = SOURCE["source_energy"] - 2 * SOURCE["cross_energy"] + SOURCE["target_energy"]
_TILT = {"displacement_energy": 0.8, "test_energy": 1.3, "spread": 30.0, "noise_variance": 0.3}


def _modes(dim: float) -> dict[str, Any]:
    energies = {name.removesuffix("_energy"): np.full(1, value) for name, value in SOURCE.items()}
    return {"eigenvalues": np.ones(1), "multiplicities": np.full(1, float(dim))} | energies


def _stage_sample(rng: np.random.Generator) -> dict[str, Any]:
    s, t = rng.uniform(0.1, 2, 2)
    dim = int(np.exp(rng.uniform(0, np.log(10**6))))
    return {
        "n": int(np.exp(rng.uniform(0, np.log(10**6)))),
        "n_source": int(rng.choice([0, dim // 2, 3 * dim + 2])),
        "dim": dim,
        "source_energy": s * s,
        "cross_energy": s * t * float(rng.uniform(-1, 0.5)),
        "target_energy": t * t,
        "noise_variance": float(rng.uniform(0.01, 4)),
        "source_noise_variance": float(rng.uniform(0, 4)),
        "time": float(np.exp(rng.uniform(-6, 6))),
        "source_ridge": float(rng.choice([0.0, np.exp(rng.uniform(-4, 8))])),
    }


def _near_both(n: int, dim: int, n_source: int, **_: Any) -> float:
    return near_square(n, dim) + near_square(n_source, dim)


def _is_least(formula: Any, risk: Any, **given: Any) -> float:
    """The formula over the least risk on a ladder of times, 0 and inf."""
    ladder = np.concatenate([[0.0], np.geomspace(1e-3, 1e4, 1500), [np.inf]])
    return float(formula(**given) / np.min(risk(time=ladder, **given)))


ROWS = (
    Theorem(
        name="two-stage-stopped-risk",
        slow=True,
        kind="asymptotic",
        statement="R = early-stopped risk at ‖δ‖² = E‖θ_T − ŵ_S‖², the only number of an isotropic source fit that the target sees",
        formula=two_stage_stopped_risk,
        source="follows from early-stopped-risk and finite-source-displacement (with a source ridge: two-stage-risk) by substitution",
        follows=("early-stopped-risk", "finite-source-displacement", "two-stage-risk"),
        domain="Σ_S = Σ = I, flow on the mean loss, n, n_S ≥ 0, 0 ≤ T ≤ ∞, source ridge ≥ 0 or the best; error O(1/d)",
        limits=(
            Limit(
                "a perfect source fit: the known source",
                lambda n, dim, noise_variance, time: early_stopped_risk(n, dim, _APART, noise_variance, time),
                grid(n=[0, 5, 20, 90], dim=20, noise_variance=[0.0, 0.3], time=[0.0, 0.7, math.inf]),
                given={"n_source": 50, "source_noise_variance": 0.0} | SOURCE,
            ),
            Limit(
                "no source data: scratch",
                lambda n, time: early_stopped_risk(n, 20, SOURCE["target_energy"], 0.3, time),
                grid(n=[0, 5, 20, 90], time=[0.0, 0.7]),
                given={"n_source": 0, "dim": 20} | _NOISES | SOURCE,
            ),
            Limit(
                "trained to convergence, no noise: the exact risk",
                lambda n, n_source: finite_source_risk(
                    n, n_source, 20, noise_variance=0.0, source_noise_variance=0.2, **SOURCE
                ),
                grid(n=[0, 5, 90], n_source=[0, 5, 60]),
                given={"dim": 20, "noise_variance": 0.0, "source_noise_variance": 0.2, "time": math.inf} | SOURCE,
            ),
            Limit(
                "a source ridge, no target data: the two-stage risk",
                lambda n_source, source_ridge: two_stage_risk(
                    0, n_source, **_modes(20), source_noise_variance=0.2, source_ridge=source_ridge
                ),
                grid(n_source=[5, 20, 60], source_ridge=[0.5, 10.0]),
                given={"n": 0, "dim": 20, "time": 1.0} | _NOISES | SOURCE,
            ),
            Limit(
                "the best source ridge: that of any learner, at no target data",
                lambda n_source: early_stopped_risk(
                    9, 20, float(optimal_source_ridge_risk(0, n_source, **_modes(20), source_noise_variance=0.2)), 0.3, 0.7
                ),
                grid(n_source=[5, 20, 60]),
                given={"n": 9, "dim": 20, "time": 0.7, "tuned_source": True} | _NOISES | SOURCE,
            ),
        ),
        sample=_stage_sample,
        experiments=tuple(
            Experiment(
                stopped_from_a_fit,
                growing(n=n, n_source=n_source, dim=8, time=time, source_ridge=source_ridge, **_NOISES, **SOURCE),
                "asymptotic",
                2_000,
                0.08,
                allowance=_near_both,
            )
            for n, n_source, time, source_ridge in ((4, 16, 0.5, 0.0), (12, 12, 1.0, 3.0))
        ),
        mutants=(
            Mutant("perfect source", instead(n_source=10**12)),
            Mutant("time on the sum loss", instead(time=lambda n, time: n * time)),
            dropped("source_noise_variance"),
            swapped("n", "n_source"),
        ),
    ),
    Theorem(
        name="optimally-stopped-two-stage-risk",
        kind="asymptotic",
        statement="R = min over T of the early-stopped risk from a fitted source",
        formula=optimally_stopped_two_stage_risk,
        source="follows from two-stage-stopped-risk and optimal-stopping by substitution",
        follows=("two-stage-stopped-risk", "optimal-stopping"),
        domain="Σ_S = Σ = I, flow on the mean loss, n, n_S ≥ 0, source ridge ≥ 0 or the best; error O(1/d)",
        limits=(
            Limit(
                "a perfect source fit: the known source",
                lambda n, dim, noise_variance: optimally_stopped_risk(n, dim, _APART, noise_variance),
                grid(n=[0, 5, 20, 90], dim=20, noise_variance=[0.0, 0.3]),
                given={"n_source": 50, "source_noise_variance": 0.0} | SOURCE,
            ),
            Limit(
                "never above the risk at any time, and reached at one",
                1.0,
                grid(n=[5, 20, 90], n_source=[5, 60], dim=20, source_ridge=[0.0, 2.0], **_NOISES, **SOURCE),
                rtol=1e-4,
                left=lambda formula, **point: _is_least(formula, two_stage_stopped_risk, **point),
            ),
        ),
        experiments=(
            Experiment(
                best_stopped_from_a_fit,
                growing(n=8, n_source=24, dim=12, **_NOISES, **SOURCE),
                "asymptotic",
                1_500,
                resolution=0.08,
                allowance=_near_both,
            ),
        ),
        mutants=(
            Mutant("trained to convergence", lambda tuned_source=False, **point: two_stage_stopped_risk(time=math.inf, **point)),
            Mutant("perfect source", instead(n_source=10**12)),
            dropped("source_noise_variance"),
        ),
    ),
    Theorem(
        name="shifted-stopped-risk",
        slow=True,
        kind="asymptotic",
        statement="R = m₁²δᵀΣ'δ + (trΣ'/d)[(m₂ − m₁²)‖δ‖² + σ²a∫(1−e^(−Tx))²/x dμ], m_j = (1−1/a)₊ + ∫e^(−jTx)dμ",
        formula=shifted_stopped_risk,
        source="follows from early-stopped-risk by averaging over directions; spectrum: Marchenko & Pastur (1967)",
        follows=("early-stopped-risk",),
        see=("marchenko1967",),
        domain="Σ = I, any Σ' (through δᵀΣ'δ and trΣ'), flow on the mean loss, 0 ≤ T ≤ ∞, every n ≥ 0; error O(1/d)",
        derivation="derivations.linear.fitted_stopping.shifted_stopped_risk",
        limits=(
            Limit(
                "no shift: the early-stopped risk",
                lambda n, dim, displacement_energy, noise_variance, time, **_: early_stopped_risk(
                    n, dim, displacement_energy, noise_variance, time
                ),
                grid(n=[0, 5, 20, 90], dim=20, displacement_energy=0.8, test_energy=0.8, spread=20.0,
                     noise_variance=[0.0, 0.3], time=[0.0, 0.7, 20.0]),
            ),
            Limit(
                "not trained: the start under Σ'",
                1.3,
                grid(n=[0, 5, 20], dim=20, time=0.0),
                given=_TILT,
            ),
            Limit(
                "trained to convergence: the shifted ridge risk without ridge",
                lambda n: shifted_risk(
                    n, np.ones(2), np.array([8.0, 12.0]), np.array([0.5, 0.3]), np.array([2.3, 0.5]), 0.3
                ),
                grid(n=[0, 5, 15, 30, 90]),
                rtol=1e-10,
                given={
                    "dim": 20, "displacement_energy": 0.8, "test_energy": 0.5 * 2.3 + 0.3 * 0.5,
                    "spread": 8 * 2.3 + 12 * 0.5, "noise_variance": 0.3, "time": math.inf,
                },
            ),
        ),
        box={
            "n": (1, 10**9), "dim": (1, 10**9), "displacement_energy": (0.01, 4.0), "test_energy": (0.01, 4.0),
            "spread": (0.01, 4.0), "noise_variance": (0.01, 4.0), "time": (1e-3, 1e3),
        },
        experiments=tuple(
            Experiment(
                stopped_and_shifted,
                growing(n=n, dim=8, noise_variance=0.2, time=time),
                "asymptotic",
                2_000,
                0.08,
                allowance=near_square,
                arguments=tilted_arguments,
            )
            for n, time in ((4, 0.5), (12, 1.0))
        ),
        mutants=(
            Mutant("directions do not mix", lambda n, dim, test_energy, spread, noise_variance, time: (
                early_stopped_risk(n, dim, test_energy, spread / dim * noise_variance, time))),
            Mutant("time on the sum loss", instead(time=lambda n, time: n * time)),
            scaled(spread=0.5),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="optimally-stopped-shifted-risk",
        slow=True,
        kind="asymptotic",
        statement="R = min over 0 ≤ T ≤ ∞ of the early-stopped risk under another test covariance",
        formula=optimally_stopped_shifted_risk,
        source="follows from shifted-stopped-risk by minimisation",
        follows=("shifted-stopped-risk",),
        domain="Σ = I, any Σ', flow on the mean loss, every n ≥ 0; T* = 0 may win although there is something to learn",
        limits=(
            Limit(
                "no shift: the optimally stopped risk",
                lambda n, dim, displacement_energy, noise_variance, **_: optimally_stopped_risk(
                    n, dim, displacement_energy, noise_variance
                ),
                grid(n=[0, 5, 20, 90], dim=20, displacement_energy=0.8, test_energy=0.8, spread=20.0,
                     noise_variance=[0.01, 0.3]),
                rtol=1e-10,
            ),
            Limit(
                "never above the risk at any time, and reached at one",
                1.0,
                grid(n=[5, 20, 90], dim=20, test_energy=[0.1, 1.3], displacement_energy=0.8, spread=30.0,
                     noise_variance=0.3),
                rtol=1e-4,
                left=lambda formula, **point: _is_least(formula, shifted_stopped_risk, **point),
            ),
            Limit(
                "what is displaced is not tested: no training",
                0.0,
                grid(n=[5, 20, 90], dim=20),
                given=_TILT | {"test_energy": 0.0},
            ),
        ),
        experiments=(
            Experiment(
                best_stopped_and_shifted,
                growing(n=8, dim=12, noise_variance=0.3),
                "asymptotic",
                1_500,
                resolution=0.08,
                allowance=near_square,
                arguments=tilted_arguments,
            ),
        ),
        mutants=(
            Mutant("trained to convergence", lambda **point: shifted_stopped_risk(time=math.inf, **point)),
            scaled(spread=0.5),
            dropped("noise_variance"),
        ),
    ),
)  # fmt: skip
