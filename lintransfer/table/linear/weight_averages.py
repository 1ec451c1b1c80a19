"""Rows: weights between a source and its fine-tuning, isotropic inputs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.source import SOURCE
from lintransfer.experiments.linear.weight_averages import (
    best_interpolations,
    fitted_interpolation_source_risks,
    fitted_interpolations,
    interpolation_source_risks,
    interpolations,
)
from lintransfer.table.mutants import dropped, instead, swapped
from lintransfer.table.points import grid
from lintransfer.table.row import NOT_FOUND, Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.finite_source import finite_source_displacement, finite_source_risk
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.linear.weight_averages import (
    fitted_interpolation_risk,
    fitted_interpolation_source_risk,
    interpolation_distance,
    interpolation_risk,
    optimal_fitted_interpolation_risk,
    optimal_fitted_interpolation_weight,
    optimal_interpolation_risk,
    optimal_interpolation_weight,
)
from lintransfer.theory.tasks.averages import best_scale

_KNOWN = "Σ = I, w0 known, ŵ min-norm or least squares from w0, every n ≥ 0"
_FITTED = "Σ_S = Σ = I, source and target fitted by min-norm or least squares, every n_S, n ≥ 0"
_BOX = {"n": (0, 10**9), "dim": (2, 10**9), "displacement_energy": (0.01, 4.0), "noise_variance": (0.01, 4.0)}
_SIZES = [0, 1, 6, 8, 9, 10, 11, 12, 40]
_EVERY = grid(n=_SIZES, dim=10, displacement_energy=1.3, noise_variance=[0.0, 0.4])
_FINITE = grid(n=[1, 6, 12, 40], dim=10, displacement_energy=1.3, noise_variance=[0.0, 0.4])
_THRESHOLD = grid(n=[9, 10, 11], dim=10, displacement_energy=1.3, noise_variance=0.4)
_FEW = {"n": 8, "dim": 16, "displacement_energy": 1.3, "noise_variance": 0.4}
_MANY = {"n": 14, "dim": 8, "displacement_energy": 1.3, "noise_variance": 0.4}
_SOURCES = tuple(
    {"n": n, "n_source": n_source, "dim": 10, "noise_variance": 0.4, "source_noise_variance": 0.3} | SOURCE
    for n, n_source in ((4, 5), (15, 5), (5, 20))
)


def _moments(n: int, dim: int, displacement_energy: float, noise_variance: float) -> tuple[float, float, float]:
    """‖δ‖², m and e, from the risks of the whole update."""
    aligned = min(n / dim, 1) * displacement_energy
    return displacement_energy, aligned, aligned + float(min_norm_risk(n, dim, 0, noise_variance))


def _any(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(np.exp(rng.uniform(np.log(2), np.log(1e9))))
    sizes = [int(rng.choice([0, 1, max(dim - 3, 0), dim + 2, 3 * dim, dim // 2])) for _ in range(2)]
    source, target = rng.standard_normal((2, 3))
    energies = float(source @ source), float(source @ target), float(target @ target)
    names = ("source_energy", "cross_energy", "target_energy")
    noises = {name: float(rng.uniform(0.01, 4)) for name in ("noise_variance", "source_noise_variance")}
    return {"n": sizes[0], "n_source": sizes[1], "dim": dim} | dict(zip(names, energies, strict=True)) | noises


def _any_weight(rng: np.random.Generator) -> dict[str, Any]:
    return _any(rng) | {"weight": float(rng.uniform(-0.5, 1.5))}


def _from_distance(formula: Any) -> Any:
    """The formula for a known source, at the mean squared distance of the fitted one."""

    def value(
        n: int, n_source: int, dim: int, noise_variance: float, source_noise_variance: float, **energies: Any
    ) -> Any:
        weight = {name: energies.pop(name) for name in ("weight",) if name in energies}
        start = finite_source_displacement(n_source, dim, source_noise_variance=source_noise_variance, **energies)
        return formula(n, dim, start, noise_variance, **weight)

    return value


def _sheet_form(
    n: int, n_source: int, dim: int, source_energy: float, cross_energy: float, target_energy: float,
    noise_variance: float, source_noise_variance: float, weight: float,
) -> float:  # fmt: skip
    """R_S = ε − 2apg + a²(pf + V)."""
    error = float(min_norm_risk(n_source, dim, source_energy, source_noise_variance))
    left = max(1 - n_source / dim, 0) * (source_energy - cross_energy)
    far = error - 2 * left + source_energy - 2 * cross_energy + target_energy
    p, noise = min(n / dim, 1), float(min_norm_risk(n, dim, 0, noise_variance))
    return error - 2 * weight * p * (error - left) + weight**2 * (p * far + noise)


def _weighted(points: Any, *weights: float) -> Any:
    return tuple(point | {"weight": a} for point in points for a in weights)


ROWS = (
    Theorem(
        name="interpolation-risk",
        kind="exact",
        statement="R((1−a)w0 + aŵ) = ‖δ‖²[1−(2a−a²)p] + a²V, p = min(n/d, 1)",
        formula=interpolation_risk,
        source=NOT_FOUND,
        see=("wortsman2022",),
        domain=_KNOWN + "; inf where |n − d| ≤ 1 ≤ n, σ > 0, a ≠ 0",
        derivation="derivations.linear.weight_averages.interpolation_risk",
        limits=(
            Limit("the fine-tuned end: the min-norm risk", min_norm_risk, _EVERY, given={"weight": 1.0}),
            Limit("the source end: ‖δ‖², also where fine-tuning has an infinite mean",
                  lambda displacement_energy, **_: displacement_energy, _EVERY, given={"weight": 0.0}),
        ),
        box=_BOX | {"weight": (-1.0, 2.0)},
        experiments=(Experiment(interpolations, _weighted((_FEW, _MANY), 0.5, 0.8)),),
        mutants=(
            Mutant("the mean of the two risks", lambda n, dim, displacement_energy, noise_variance, weight: (
                (1 - weight) * displacement_energy + weight * min_norm_risk(n, dim, displacement_energy, noise_variance))),
            Mutant("the weight of the source", instead(weight=lambda weight: 1 - weight)),
            Mutant("aV for a²V", lambda n, dim, displacement_energy, noise_variance, weight: (
                interpolation_risk(n, dim, displacement_energy, 0.0, weight) + weight * min_norm_risk(n, dim, 0, noise_variance))),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="interpolation-distance",
        kind="exact",
        statement="E‖(1−a)w0 + aŵ − w0‖² = a²(p‖δ‖² + V): risk on a known source",
        formula=interpolation_distance,
        source=NOT_FOUND,
        see=("wortsman2022",),
        domain=_KNOWN + "; inf where |n − d| ≤ 1 ≤ n, σ > 0, a ≠ 0",
        derivation="derivations.linear.weight_averages.interpolation_distance",
        limits=(
            Limit("nothing learnt, nothing forgotten", 0.0, _EVERY, given={"weight": 0.0}),
            Limit("no noise: ‖δ‖² is split between what is learnt and what is left",
                  lambda n, dim, displacement_energy: displacement_energy - min_norm_risk(n, dim, displacement_energy, 0.0),
                  grid(n=_SIZES[1:], dim=10, displacement_energy=1.3), given={"weight": 1.0, "noise_variance": 0.0}),
        ),
        box=_BOX | {"weight": (-1.0, 2.0)},
        experiments=(Experiment(interpolation_source_risks, _weighted((_FEW, _MANY), 0.5, 1.0)),),
        mutants=(
            Mutant("a for a²", instead(weight=lambda weight: weight**0.5)),
            dropped("noise_variance"),
            dropped("displacement_energy"),
        ),
    ),
    Theorem(
        name="optimal-interpolation-weight",
        kind="exact",
        statement="a* = ‖δ‖²/(‖δ‖² + dσ²/(|n−d|−1))",
        formula=optimal_interpolation_weight,
        source="follows from interpolation-risk and best-scale by substitution",
        follows=("interpolation-risk", "best-scale"),
        see=("wortsman2022",),
        domain=_KNOWN + "; 0 where |n − d| ≤ 1, σ > 0",
        derivation="derivations.linear.weight_averages.optimal_interpolation_weight",
        limits=(
            Limit("the best scale of the update", lambda **point: best_scale(*_moments(**point)).scale, _FINITE),
            Limit("an infinite mean is not taken", 0.0, _THRESHOLD),
            Limit("as many samples above d as below", lambda excess, **p: optimal_interpolation_weight(n=10 + excess, **p),
                  grid(excess=[2, 5, 9], dim=10, displacement_energy=1.3, noise_variance=0.4),
                  left=lambda formula, excess, **p: formula(n=10 - excess, **p)),
        ),
        box=_BOX,
        mutants=(
            Mutant("|n − d| for |n − d| − 1", lambda n, dim, displacement_energy, noise_variance: (
                optimal_interpolation_weight(n, dim, displacement_energy, noise_variance * (1 - 1 / max(abs(n - dim), 1))))),
            Mutant("the weight of the source", lambda **point: 1 - optimal_interpolation_weight(**point)),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="optimal-interpolation-risk",
        kind="exact",
        statement="R* = ‖δ‖²(1 − pa*): never above ‖δ‖², no peak at n = d",
        formula=optimal_interpolation_risk,
        source="follows from interpolation-risk and best-scale by substitution",
        follows=("interpolation-risk", "best-scale"),
        see=("wortsman2022",),
        domain=_KNOWN,
        derivation="derivations.linear.weight_averages.optimal_interpolation_risk",
        limits=(
            Limit("the best scale of the update", lambda **point: best_scale(*_moments(**point)).risk, _FINITE, rtol=1e-11),
            Limit("the threshold: the source as it is", 1.3, _THRESHOLD),
            Limit("no noise: the min-norm risk", min_norm_risk,
                  grid(n=_SIZES, dim=10, displacement_energy=1.3, noise_variance=0.0)),
        ),
        box=_BOX,
        experiments=(Experiment(best_interpolations, (_FEW, _MANY), replicates=16_000),),
        mutants=(
            Mutant("half and half", lambda **point: interpolation_risk(weight=0.5, **point)),
            Mutant("fine-tuned all the way", min_norm_risk),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="fitted-interpolation-risk",
        kind="exact",
        statement="R_T = f[1−(2a−a²)p] + a²V, f = E‖θ_T−ŵ_S‖²",
        formula=fitted_interpolation_risk,
        source="follows from interpolation-risk and finite-source-displacement by substitution",
        follows=("interpolation-risk", "finite-source-displacement"),
        see=("wortsman2022",),
        domain=_FITTED,
        derivation="derivations.linear.weight_averages.fitted_interpolation_risk",
        limits=(
            Limit("the fine-tuned end", finite_source_risk, _SOURCES, given={"weight": 1.0}),
            Limit("a source of infinite energy: forgotten only at n ≥ d, a = 1", lambda n, weight, **_: (
                0.4 * 10 / (n - 11) if weight == 1 and n > 11 else math.inf),
                  grid(n=[4, 15], n_source=[9, 10, 11], weight=[0.5, 1.0], dim=10),
                  given={"noise_variance": 0.4, "source_noise_variance": 0.3, **SOURCE}),
        ),
        sample=_any_weight,
        experiments=(Experiment(fitted_interpolations, _weighted(_SOURCES, 0.6)),),
        mutants=(
            Mutant("the source taken for known", instead(n_source=lambda n_source: 10**12 + 0 * n_source)),
            Mutant("the weight of the source", instead(weight=lambda weight: 1 - weight)),
            dropped("source_noise_variance"),
        ),
    ),
    Theorem(
        name="fitted-interpolation-source-risk",
        kind="exact",
        statement="R_S = ε − 2apg + a²(pf + V), g = ε−b, f = ε−2b+D², b = (1−n_S/d)₊θ_S·(θ_S−θ_T)",
        formula=fitted_interpolation_source_risk,
        source=NOT_FOUND,
        see=("wortsman2022", "dar2020"),
        domain=_FITTED,
        derivation="derivations.linear.weight_averages.fitted_interpolation_source_risk",
        limits=(
            Limit("nothing learnt: the source fit's own risk", lambda n_source, **_: min_norm_risk(n_source, 10, 1.44, 0.3),
                  _SOURCES, given={"weight": 0.0}),
            Limit("the parabola multiplied out", _sheet_form, _weighted(_SOURCES, -0.3, 0.4, 1.0)),
            Limit("a source known exactly: the distance from it",
                  lambda n, weight, **_: interpolation_distance(n, 10, 1.44 - 1.8 + 1.0, 0.4, weight),
                  _weighted(tuple(point | {"n_source": 20, "source_noise_variance": 0.0} for point in _SOURCES), 0.5, 1.0)),
        ),
        sample=_any_weight,
        experiments=(Experiment(fitted_interpolation_source_risks, _weighted(_SOURCES, 0.6)),),
        mutants=(
            Mutant("start and shift uncorrelated: b = 0", lambda n, n_source, dim, source_energy, cross_energy, target_energy,
                   noise_variance, source_noise_variance, weight: (
                       min_norm_risk(n_source, dim, source_energy, source_noise_variance)
                       * (1 - (2 * weight - weight**2) * min(n / dim, 1))
                       + interpolation_distance(
                           n, dim, source_energy - 2 * cross_energy + target_energy, noise_variance, weight))),
            Mutant("the risk on the target", fitted_interpolation_risk),
            dropped("source_noise_variance"),
        ),
    ),
    Theorem(
        name="optimal-fitted-interpolation-weight",
        kind="exact",
        statement="a* = f/(f + dσ²/(|n−d|−1)), f = E‖θ_T−ŵ_S‖²",
        formula=optimal_fitted_interpolation_weight,
        source="follows from optimal-interpolation-weight and finite-source-displacement by substitution",
        follows=("optimal-interpolation-weight", "finite-source-displacement"),
        domain=_FITTED,
        derivation="derivations.linear.weight_averages.optimal_fitted_interpolation_weight",
        limits=(
            Limit("the weight from that distance", _from_distance(optimal_interpolation_weight), _SOURCES),
            Limit("a source of infinite energy: all the way", 1.0, grid(n=[4, 15], n_source=[9, 10, 11], dim=10),
                  given={"noise_variance": 0.4, "source_noise_variance": 0.3, **SOURCE}),
        ),
        sample=_any,
        mutants=(dropped("source_noise_variance"), swapped("n", "n_source"), swapped("source_energy", "target_energy")),
    ),
    Theorem(
        name="optimal-fitted-interpolation-risk",
        kind="exact",
        statement="R_T* = f(1 − pa*), f = E‖θ_T−ŵ_S‖²",
        formula=optimal_fitted_interpolation_risk,
        source="follows from optimal-interpolation-risk and finite-source-displacement by substitution",
        follows=("optimal-interpolation-risk", "finite-source-displacement"),
        domain=_FITTED,
        derivation="derivations.linear.weight_averages.optimal_fitted_interpolation_risk",
        limits=(
            Limit("the risk from that distance", _from_distance(optimal_interpolation_risk), _SOURCES),
            Limit("a source of infinite energy: least squares, or no mean", lambda n, **_: (
                0.4 * 10 / (n - 11) if n > 11 else math.inf), grid(n=[4, 15], n_source=[9, 10, 11], dim=10),
                  given={"noise_variance": 0.4, "source_noise_variance": 0.3, **SOURCE}),
        ),
        sample=_any,
        experiments=(Experiment(fitted_interpolations, _SOURCES, replicates=16_000),),
        mutants=(
            Mutant("fine-tuned all the way", finite_source_risk),
            dropped("source_noise_variance"),
            swapped("n", "n_source"),
        ),
    ),
)  # fmt: skip
