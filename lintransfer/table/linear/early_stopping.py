"""Rows: gradient flow stopped early, and the best time to stop."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.early_stopping import best_stopped, slope_unit, slopes, stopped
from lintransfer.table.mutants import instead, swapped
from lintransfer.table.points import grid, growing, near_square
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.early_stopping import (
    early_stopped_risk,
    optimal_stopping_time,
    optimally_stopped_risk,
    stopping_slope,
)
from lintransfer.theory.linear.proportional import proportional_ridge_risk, tuned_ridge_risk

_BOX: dict[str, tuple[Any, Any]] = {
    "n": (1, 10**9),
    "dim": (1, 10**9),
    "displacement_energy": (0.01, 4.0),
    "noise_variance": (0.01, 4.0),
    "time": (1e-3, 1e3),
}


def _slope_scale(**point: Any) -> float:
    """What a slope may be off by, relatively: the risk over the time."""
    return slope_unit(**point) * float(early_stopped_risk(**point)) / point["time"]


def _bessel_risk(n: Any, displacement_energy: Any, noise_variance: Any, time: Any, **_: Any) -> float:
    """The risk at n = d, where ∫e^(−sx)dμ = e^(−2s)(I₀(2s) + I₁(2s)), and (1−e^(−Tx))²/x is its integral over s."""
    from scipy.integrate import quad
    from scipy.special import i0e, i1e

    def kept(s: float) -> float:
        return float(i0e(2 * s) + i1e(2 * s))

    heat = quad(lambda s: 2 * (kept(s) - kept(2 * s)), 0, time, epsabs=0, epsrel=1e-13)[0]
    return float(displacement_energy * kept(2 * time) + noise_variance * heat)


def _root(formula: Any, **point: Any) -> float:
    """The time at which a slope changes its sign, within a factor 2 of the library's; nan if it does not."""
    from scipy.optimize import brentq

    near = float(optimal_stopping_time(**point))
    low, high = (float(formula(k * near, **point)) for k in (0.5, 2.0))
    return brentq(lambda time: float(formula(time, **point)), near / 2, 2 * near) if low * high < 0 else math.nan


def _is_least(formula: Any, n: int, dim: int, displacement_energy: float, noise_variance: float) -> bool:
    """No time on a ladder is better than the optimal one."""
    ladder = np.geomspace(1e-3, 1e4, 400)
    risks = early_stopped_risk(n, dim, displacement_energy, noise_variance, ladder)
    best = float(formula(n, dim, displacement_energy, noise_variance))
    tuned = float(tuned_ridge_risk(n, dim, displacement_energy, noise_variance))
    return bool(tuned < best <= float(risks.min()) < best * 1.001)


ROWS = (
    Theorem(
        name="early-stopped-risk",
        slow=True,
        kind="asymptotic",
        statement="R = ‖δ‖²[(1−1/a)₊ + ∫e^(−2Tx)dμ] + σ²a∫(1−e^(−Tx))²/x dμ, μ Marchenko–Pastur, a = d/n",
        formula=early_stopped_risk,
        source="Ali, Kolter & Tibshirani (2019); spectrum: Marchenko & Pastur (1967)",
        papers=("ali2019", "marchenko1967", "dobriban2018"),
        domain="Σ = I, flow on the mean loss, 0 ≤ T ≤ ∞, every n ≥ 0; error O(1/d)",
        derivation="derivations.linear.early_stopping.early_stopped_risk",
        limits=(
            Limit(
                "trained to convergence: no ridge",
                lambda time, **others: proportional_ridge_risk(ridge=0.0, **others),
                grid(n=[0, 5, 90], dim=20, displacement_energy=0.8, noise_variance=0.3, time=[1e3, math.inf]),
                rtol=1e-10,
            ),
            Limit(
                "not trained: the initial risk",
                lambda displacement_energy, **_: displacement_energy,
                grid(n=[0, 5, 20, 90], dim=20, displacement_energy=0.8, noise_variance=0.3, time=0.0),
            ),
            Limit(
                "n = d: Bessel functions",
                _bessel_risk,
                grid(n=20, dim=20, displacement_energy=0.8, noise_variance=0.3, time=[0.1, 1.0, 7.0]),
                rtol=1e-11,
            ),
            Limit(
                "unlimited data: every direction follows e^(−T)",
                lambda displacement_energy, time, **_: displacement_energy * math.exp(-2 * time),
                ({"n": 10**13, "dim": 2, "displacement_energy": 0.8, "noise_variance": 0.3, "time": 0.7},),
                rtol=1e-6,
            ),
        ),
        box=_BOX,
        experiments=tuple(
            Experiment(
                stopped,
                growing(n=n, dim=8, displacement_energy=1.0, noise_variance=0.2, time=time),
                "asymptotic",
                2_000,
                0.08,
                allowance=near_square,
            )
            for n, time in ((4, 0.5), (12, 1.0))
        ),
        mutants=(
            Mutant("time on the sum loss", instead(time=lambda n, time: n * time)),
            Mutant("d/n for n/d", swapped("n", "dim")),
            Mutant(
                "e^(−Tx) for e^(−2Tx) in the bias",
                lambda n, dim, displacement_energy, noise_variance, time: (
                    early_stopped_risk(n, dim, displacement_energy, 0.0, time / 2)
                    + early_stopped_risk(n, dim, 0.0, noise_variance, time)
                ),
            ),
        ),
    ),
    Theorem(
        name="optimal-stopping",
        slow=True,
        kind="implicit",
        statement="σ²a∫e^(−Tx)(1−e^(−Tx))dμ = ‖δ‖²∫x e^(−2Tx)dμ at T*; log(1+cx)/x at x₊ and x₋ bracket it, c = ‖δ‖²/σ²a",
        formula=stopping_slope,
        source="follows from early-stopped-risk by differentiation; its bracket by comparing integrands",
        follows=("early-stopped-risk",),
        domain="Σ = I, flow on the mean loss, σ > 0, δ ≠ 0, n ≥ 1",
        derivation="derivations.linear.early_stopping.optimal_stopping",
        limits=(
            Limit(
                "zero at the optimal time",
                0.0,
                grid(n=[1, 19, 20, 90], dim=20, displacement_energy=0.8, noise_variance=0.3),
                rtol=1e-13,
                left=lambda formula, n, dim, displacement_energy, noise_variance: formula(
                    optimal_stopping_time(n, dim, displacement_energy, noise_variance),
                    n,
                    dim,
                    displacement_energy,
                    noise_variance,
                ),
            ),
            Limit(
                "unlimited data: log(1 + c), c = n‖δ‖²/(dσ²)",
                lambda n, dim, displacement_energy, noise_variance: math.log1p(
                    n * displacement_energy / (dim * noise_variance)
                ),
                ({"n": 10**13, "dim": 2, "displacement_energy": 0.8, "noise_variance": 0.3},),
                rtol=1e-6,
                left=_root,
            ),
        ),
        # A narrow spectrum makes the slope a small difference: eleven digits for 1e-3 ≤ n/d ≤ 1e3.
        box=_BOX | {"n": (10**3, 10**6), "dim": (10**3, 10**6), "time": (1e-2, 1e1)},
        experiments=tuple(
            Experiment(
                slopes,
                growing(n=n, dim=8, displacement_energy=1.0, noise_variance=0.3, time=time),
                "asymptotic",
                1_500,
                allowance=near_square,
                unit=_slope_scale,
            )
            for n, time in ((4, 0.5), (12, 2.0))
        ),
        mutants=(
            Mutant(
                "the noise heats from e^(−2Tx)",
                lambda time, n, dim, displacement_energy, noise_variance: (
                    stopping_slope(2 * time, n, dim, 0.0, noise_variance)
                    + stopping_slope(time, n, dim, displacement_energy, 0.0)
                ),
            ),
            Mutant("aspect forgotten", instead(noise_variance=lambda n, dim, noise_variance: noise_variance * n / dim)),
        ),
    ),
    Theorem(
        name="optimally-stopped-risk",
        kind="asymptotic",
        statement="R = min over T of the early-stopped risk",
        formula=optimally_stopped_risk,
        source="follows from early-stopped-risk and optimal-stopping by substitution",
        follows=("early-stopped-risk", "optimal-stopping"),
        domain="Σ = I, flow on the mean loss; above the tuned ridge; error O(1/d)",
        limits=(
            Limit(
                "nothing to learn: no risk",
                0.0,
                ({"n": 5, "dim": 20, "displacement_energy": 0.0, "noise_variance": 0.3},),
            ),
            Limit(
                "no noise: trained to convergence",
                lambda n, dim, displacement_energy, **_: max(1 - n / dim, 0) * displacement_energy,
                grid(n=[0, 5, 20, 60], dim=20, displacement_energy=0.8, noise_variance=0.0),
            ),
            Limit(
                "no other time is better, and the tuned ridge is not reached",
                True,
                grid(n=[5, 20, 90], dim=20, displacement_energy=0.8, noise_variance=0.3),
                left=_is_least,
            ),
        ),
        experiments=(
            Experiment(
                best_stopped,
                growing(n=8, dim=12, displacement_energy=1.0, noise_variance=0.3),
                "asymptotic",
                1_500,
                resolution=0.08,
                allowance=near_square,
            ),
        ),
        mutants=(
            Mutant(
                "stopped at the inverse signal-to-noise ratio",
                lambda n, dim, displacement_energy, noise_variance: early_stopped_risk(
                    n, dim, displacement_energy, noise_variance, displacement_energy / (noise_variance + 1e-9)
                ),
            ),
        ),
    ),
)
