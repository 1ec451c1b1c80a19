"""Rows: weights between a source and its fine-tuning, any covariance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.covariance import allowance, draw_sized, growing, random_noise
from lintransfer.experiments.linear.weight_averages import (
    covariance_arguments,
    covariance_interpolations,
    other_task_arguments,
    other_task_interpolations,
)
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.row import NOT_FOUND, Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.covariance_shift import shifted_risk
from lintransfer.theory.linear.weight_averages_covariance import (
    interpolation_equivalent,
    interpolation_task_equivalent,
    optimal_interpolation_equivalent,
    optimal_interpolation_equivalent_risk,
    optimal_interpolation_task_equivalent,
)

_MODES: dict[str, Any] = {
    "eigenvalues": np.array([2.0, 0.5]),
    "multiplicities": np.array([3.0, 5.0]),
    "displacement": np.array([0.7, 0.4]),
}
_SHIFT: dict[str, Any] = {"test_eigenvalues": np.array([0.3, 0.9])}
_FITS: tuple[dict[str, Any], ...] = tuple(
    {"n": n, "noise_variance": 0.5, "ridge": r} | _MODES | _SHIFT for n in (0, 3, 8, 20) for r in (0.0, 0.3)
)
_FINITE = tuple(point for point in _FITS if point["n"] in (3, 20))
_ENERGY = float(_SHIFT["test_eigenvalues"] @ _MODES["displacement"])
_ISOTROPIC = tuple(
    {"n": n, "noise_variance": v, "ridge": 0.0, "eigenvalues": np.ones(1), "multiplicities": np.full(1, 40.0),
     "displacement": np.full(1, 1.3)}
    for n in (1, 20, 39, 41, 400) for v in (0.0, 0.4)
)  # fmt: skip
_DOMAIN = "any spectrum, n ≥ 0, λ ≥ 0, any Σ' that commutes with Σ"
_TASK: dict[str, Any] = {"cross": np.array([0.5, -0.3]), "task_displacement": np.array([0.6, 0.5])}


def _sample(rng: np.random.Generator, *energies: str) -> dict[str, Any]:
    drawn = draw_sized(rng, "displacement", noise_variance=random_noise)
    size = len(drawn["eigenvalues"])
    return drawn | {"test_eigenvalues": rng.uniform(0.1, 4, size)}


def _with_weight(rng: np.random.Generator) -> dict[str, Any]:
    return _sample(rng) | {"weight": float(rng.uniform(-0.5, 1.5))}


def _with_task(rng: np.random.Generator) -> dict[str, Any]:
    drawn = _sample(rng)
    size = len(drawn["eigenvalues"])
    task = rng.uniform(0.1, 4, size)
    share = rng.uniform(-0.5, 0.5, size)
    return drawn | {"cross": share * np.sqrt(task * drawn["displacement"]), "task_displacement": task}


def _weighted_task(rng: np.random.Generator) -> dict[str, Any]:
    return _with_task(rng) | {"weight": float(rng.uniform(-0.5, 1.5))}


def _points(weight: float | None) -> tuple[tuple[dict[str, Any], ...], ...]:
    return tuple(
        growing(n=n, dim=12, exponent=exponent, noise_variance=0.1, ridge=ridge, weight=weight)
        for n, exponent, ridge in ((4, 1.0, 0.0), (8, 0.5, 0.5))
    )


def _experiments(draw: Any, arguments: Any, weight: float | None, replicates: int) -> tuple[Experiment, ...]:
    return tuple(
        Experiment(draw, points, "asymptotic", replicates, allowance=allowance, arguments=arguments)
        for points in _points(weight)
    )


def _is_least(risk: Any) -> Any:
    """The risk found is that at the weight found, and weights next to it are no better."""

    def holds(formula: Any, **point: Any) -> float:
        found = formula(**point)
        at, near = (
            (risk(weight=found.weight + s, **point) for s in (0.0, 1e-4)),
            risk(weight=found.weight - 1e-4, **point),
        )
        here, beyond = at
        return float(found.risk / here) if min(beyond, near) >= here else math.nan

    return holds


ROWS = (
    Theorem(
        name="interpolation-equivalent",
        kind="asymptotic",
        statement="R = ‖δ−aμ‖²_Σ' + a²[κ²δᵀΣ(Σ+κ)⁻²δ+σ²]tr(ΣΣ'(Σ+κ)⁻²)/(n−df2), μ = Σ(Σ+κ)⁻¹δ",
        formula=interpolation_equivalent,
        source=NOT_FOUND,
        see=("wortsman2022", "hastie2022"),
        covers="two eigenvalues",
        domain=_DOMAIN,
        derivation="derivations.linear.weight_averages_covariance.interpolation_equivalent",
        limits=(
            Limit("the fine-tuned end: the ridge risk under Σ'", shifted_risk, _FITS, given={"weight": 1.0}),
            Limit("the source end", lambda **_: _ENERGY, _FITS, given={"weight": 0.0}),
            Limit("equal eigenvalues, no ridge: ‖δ‖²[1−(2a−a²)p] + a²V with |n − d| for |n − d| − 1",
                  lambda n, noise_variance, **_: 1.3 * (1 - 0.75 * min(n / 40, 1))
                  + 0.25 * noise_variance * min(n, 40) / abs(n - 40), _ISOTROPIC, given={"weight": 0.5}),
        ),
        sample=_with_weight,
        experiments=_experiments(covariance_interpolations, covariance_arguments, 0.6, 4_000),
        mutants=(
            Mutant("the shift ignored", instead(test_eigenvalues="eigenvalues")),
            Mutant("the weight of the source", instead(weight=lambda weight: 1 - weight)),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="interpolation-task-equivalent",
        kind="asymptotic",
        statement="R' = ‖θ'−w0‖²_Σ' − 2a(θ'−w0)ᵀΣ'μ + a²E‖ŵ−w0‖²_Σ'",
        formula=interpolation_task_equivalent,
        source=NOT_FOUND,
        see=("wortsman2022",),
        covers="two eigenvalues",
        domain=_DOMAIN + ", any other task θ'",
        derivation="derivations.linear.weight_averages_covariance.interpolation_task_equivalent",
        limits=(
            Limit("the target itself", lambda cross, task_displacement, **point: interpolation_equivalent(**point),
                  tuple(p | {"cross": _MODES["displacement"], "task_displacement": _MODES["displacement"], "weight": a}
                        for p in _FINITE for a in (0.0, 0.4, 1.0))),
            Limit("nothing learnt: the start's risk on that task", float(_SHIFT["test_eigenvalues"] @ _TASK["task_displacement"]),
                  tuple(p | _TASK for p in _FITS), given={"weight": 0.0}),
        ),
        sample=_weighted_task,
        experiments=_experiments(other_task_interpolations, other_task_arguments, 0.6, 4_000),
        mutants=(
            Mutant("judged on the target", lambda cross, task_displacement, **point: interpolation_equivalent(**point)),
            instead(cross=lambda cross: 0 * cross),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="optimal-interpolation-equivalent",
        kind="asymptotic",
        statement="a* = δᵀΣ'μ/E‖ŵ−w0‖²_Σ'",
        formula=optimal_interpolation_equivalent,
        source="follows from interpolation-equivalent and best-scale by substitution",
        follows=("interpolation-equivalent", "best-scale"),
        covers="two eigenvalues",
        domain=_DOMAIN,
        derivation="derivations.linear.weight_averages_covariance.optimal_interpolation_equivalent",
        limits=(
            Limit("a minimum of the risk along the weight", 1.0, _FINITE, left=_is_least(interpolation_equivalent)),
            Limit("equal eigenvalues, no ridge: ‖δ‖²/(‖δ‖² + dσ²/|n−d|)",
                  lambda n, noise_variance, **_: 1.3 / (1.3 + 40 * noise_variance / abs(n - 40)), _ISOTROPIC,
                  left=lambda formula, **point: formula(**point).weight),
            Limit("n = rank, no ridge: the source as it is", lambda **_: {"weight": 0.0, "risk": _ENERGY},
                  tuple(p for p in _FITS if p["n"] == 8 and p["ridge"] == 0)),
        ),
        sample=_sample,
        mutants=(
            Mutant("the best weight under Σ", instead(test_eigenvalues="eigenvalues")),
            Mutant("fine-tuned all the way", lambda **point: {"weight": 1.0, "risk": shifted_risk(**point)}),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="optimal-interpolation-equivalent-risk",
        kind="asymptotic",
        statement="R* = δᵀΣ'δ − (δᵀΣ'μ)²/E‖ŵ−w0‖²_Σ'",
        formula=optimal_interpolation_equivalent_risk,
        source="follows from interpolation-equivalent and best-scale by substitution",
        follows=("interpolation-equivalent", "best-scale"),
        covers="two eigenvalues",
        domain=_DOMAIN,
        derivation="derivations.linear.weight_averages_covariance.optimal_interpolation_equivalent_risk",
        limits=(
            Limit("no data, or n = rank without ridge: the source as it is", lambda **_: _ENERGY,
                  tuple(p for p in _FITS if p["n"] == 0 or (p["n"] == 8 and p["ridge"] == 0))),
            Limit("equal eigenvalues, no noise: the min-norm risk", lambda **p: ridge_risk(**p),
                  tuple(p for p in _ISOTROPIC if p["noise_variance"] == 0 and p["n"] < 40)),
        ),
        sample=_sample,
        experiments=_experiments(covariance_interpolations, covariance_arguments, None, 8_000),
        mutants=(
            Mutant("fine-tuned all the way", lambda **point: shifted_risk(**point)),
            Mutant("the best weight under Σ", lambda test_eigenvalues, **point: interpolation_equivalent(
                weight=optimal_interpolation_equivalent(**point).weight, test_eigenvalues=test_eigenvalues, **point)),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="optimal-interpolation-task-equivalent",
        kind="asymptotic",
        statement="on (Σ', θ'): a* = (θ'−w0)ᵀΣ'μ/E‖ŵ−w0‖²_Σ'",
        formula=optimal_interpolation_task_equivalent,
        source="follows from interpolation-task-equivalent and best-scale by substitution",
        follows=("interpolation-task-equivalent", "best-scale"),
        covers="two eigenvalues",
        domain=_DOMAIN + ", any other task θ'",
        derivation="derivations.linear.weight_averages_covariance.optimal_interpolation_task_equivalent",
        limits=(
            Limit("the old task: do not move", lambda **_: {"weight": 0.0, "risk": 0.0},
                  tuple(p | {"cross": np.zeros(2), "task_displacement": np.zeros(2)} for p in _FINITE)),
            Limit("the target itself", lambda cross, task_displacement, **p: optimal_interpolation_equivalent(**p)._asdict(),
                  tuple(p | {"cross": _MODES["displacement"], "task_displacement": _MODES["displacement"]} for p in _FINITE),
                  rtol=1e-10, left=lambda formula, **p: formula(**p)._asdict()),
            Limit("a minimum of the risk along the weight", 1.0, tuple(p | _TASK for p in _FINITE),
                  left=_is_least(interpolation_task_equivalent)),
        ),
        sample=_with_task,
        mutants=(
            Mutant("the best weight on the target", lambda cross, task_displacement, **p: optimal_interpolation_equivalent(**p)),
            Mutant("the best weight under Σ", instead(test_eigenvalues="eigenvalues")),
            dropped("noise_variance"),
        ),
    ),
)  # fmt: skip
