"""Rows: how long to probe before the rest is trained."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.two_layer_linear import probing as draws
from lintransfer.table.mutants import dropped, instead, scaled
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.two_layer_linear import probing as theory
from lintransfer.theory.two_layer_linear.head_motion import first_layer_motion
from lintransfer.theory.two_layer_linear.strategy_map import one_feature_risk, probe_then_first_layer_risk, rich_head

_NOT_FOUND = "not found in the literature (searched 2026-11-28)"
_MODES: dict[str, Any] = {
    "n": 5, "singular_values": np.array([2.0, 0.7]), "start": np.zeros(2), "coefficients": np.array([1.1, -0.4]),
}  # fmt: skip
_WORLD = {"feature_norm": 0.9, "overlap": 0.7, "target_norm": 1.1, "noise_variance": 0.05}
_SIZES = grid(n=[4], dim=9, n_features=[1, 3], time=[0.8, math.inf])


def _modes(rng: np.random.Generator) -> dict[str, Any]:
    k = int(rng.integers(1, 5))
    return {
        "time": float(rng.uniform(0.05, 5)), "n": int(rng.integers(k, 20)), "singular_values": rng.uniform(0.3, 3, k),
        "start": rng.standard_normal(k), "coefficients": rng.standard_normal(k),
    }  # fmt: skip


def _distances(rng: np.random.Generator) -> dict[str, Any]:
    return _modes(rng) | {"unexplained": float(rng.uniform(0, 3))}


def _rich(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "gamma": float(rng.uniform(0.01, 0.9)), "feature_norm": float(rng.uniform(0.3, 1.5)),
        "overlap": float(rng.uniform(0.1, 1)), "target_norm": float(rng.uniform(0.5, 2)),
        "noise_variance": float(rng.uniform(0, 0.5)),
    }  # fmt: skip


def _timed(rng: np.random.Generator) -> dict[str, Any]:
    return {"time": float(rng.uniform(0, 5))} | _rich(rng)


def _gamma(n: int, dim: int, **others: Any) -> dict[str, Any]:
    return {"gamma": n / dim, **others}


ROWS = (
    Theorem(
        name="probed-distance",
        kind="exact",
        statement="head alone for T, then the first layer: ‖Z_∞−Z_0‖ = ‖y−Z_0v(T)‖/‖v(T)‖, from ∞ (zero head) to ‖(I−P_Z)y‖/‖Z_0⁺y‖",
        formula=theory.probed_distance,
        source="follows from first-layer-motion by substitution (the probed head); the trend: Ren et al. (2023)",
        follows=("first-layer-motion",),
        see=("ren2023",),
        covers="k = 1",
        domain="any X of full row rank, any k, T on the mean loss",
        derivation="derivations.two_layer_linear.probing.probed_distance",
        limits=(
            Limit("from zero without probing: infinitely far", math.inf, grid(time=0.0, unexplained=0.3, **_MODES)),
            Limit(
                "probed to rest: what the features do not explain over the probed head",
                lambda time, n, singular_values, start, coefficients, unexplained: math.sqrt(
                    unexplained / np.sum((coefficients / singular_values) ** 2)
                ),
                grid(time=1e6, unexplained=[0.3, 2.0], **_MODES),
            ),
            Limit(
                "no probing: the motion under the head as it is",
                lambda n, singular_values, start, coefficients, unexplained: first_layer_motion(
                    np.sum(singular_values**2), np.sum((singular_values * start) ** 2),
                    np.sum(singular_values * start * coefficients), np.sum(coefficients**2) + unexplained,
                    np.sum(start**2),
                ).distance,
                grid(**{**_MODES, "start": np.array([0.3, 0.8])}, unexplained=0.4),
                given={"time": 0.0},
            ),
        ),
        sample=_distances,
        experiments=(Experiment(draws.distances, _SIZES, compare="identity"),),
        mutants=(
            Mutant("the time of the sum for the mean", instead(n=1)),
            dropped("unexplained"),
            Mutant("‖v‖² for ‖v‖", lambda **a: theory.probed_distance(**a) ** 2),
            Mutant("s for s²", instead(singular_values=lambda singular_values: np.sqrt(singular_values))),
        ),
    ),
    Theorem(
        name="probed-increment",
        kind="exact",
        statement="head alone for T, then the first layer: ⟨Z_∞,Z_0⟩ − ‖Z_0‖² = e·f/‖v‖² at v(T), from ∞ (zero head) to 0",
        formula=theory.probed_increment,
        source="follows from first-layer-motion by substitution (the probed head)",
        follows=("first-layer-motion",),
        see=("ren2023",),
        covers="k = 1",
        domain="any X of full row rank, any k; monotone in T for equal singular values, not in general",
        derivation="derivations.two_layer_linear.probing.probed_increment",
        limits=(
            Limit("from zero without probing", math.inf, grid(time=0.0, **_MODES)),
            Limit("probed to rest: nothing", 0.0, grid(time=1e6, **_MODES)),
            Limit(
                "no probing: the motion under the head as it is",
                lambda n, singular_values, start, coefficients: first_layer_motion(
                    0.0, np.sum((singular_values * start) ** 2), np.sum(singular_values * start * coefficients),
                    np.sum(coefficients**2), np.sum(start**2),
                ).inner,
                grid(**{**_MODES, "start": np.array([0.3, 0.8])}),
                given={"time": 0.0},
            ),
        ),
        sample=_modes,
        experiments=(Experiment(draws.increments, grid(n=[4], dim=9, n_features=[1, 3], time=[0.3, 0.8]), compare="identity"),),
        mutants=(
            Mutant("the time of the sum for the mean", instead(n=1)),
            Mutant("a rate half as large", scaled(time=0.5)),
            Mutant("‖v‖ held fixed", lambda time, n, singular_values, start, coefficients: (
                theory.probed_increment(0.0 * time, n, singular_values, start, coefficients)
            )),
        ),
    ),
    Theorem(
        name="probed-one-feature-risk",
        kind="asymptotic",
        statement="probe one feature from 0 for T, then both layers: one-feature-risk from v_0 = (tc/a)(1−e^{−a²T})",
        formula=theory.probed_one_feature_risk,
        source="follows from one-feature-risk by substitution (the probed head)",
        follows=("one-feature-risk",),
        see=("ren2023", "kumar2022"),
        domain="Σ = I, k = 1, c > 0, d → ∞ at γ = n/d < 1, T on the mean loss; O(1/d)",
        derivation="derivations.two_layer_linear.probing.probed_one_feature_risk",
        limits=(
            Limit("no probing: from a zero head", lambda gamma, **w: one_feature_risk(gamma, head=0.0, **w), grid(gamma=[0.2, 0.7], **_WORLD), given={"time": 0.0}),
            Limit(
                "LP-FT",
                lambda gamma, feature_norm, overlap, target_norm, noise_variance: one_feature_risk(
                    gamma, feature_norm, target_norm * overlap / feature_norm, overlap, target_norm, noise_variance
                ),
                grid(gamma=[0.2, 0.7], **_WORLD),
                given={"time": math.inf},
            ),
        ),
        sample=_timed,
        experiments=(
            asymptotic(draws.stopped, growing(n=12, dim=30, time=0.8, **_WORLD), 5.0, arguments=_gamma),
        ),
        mutants=(
            Mutant("a rate a for a²", instead(time=lambda time, feature_norm: time / feature_norm)),
            Mutant("a rate half as large", scaled(time=0.5)),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="optimal-probing-time",
        kind="asymptotic",
        statement="a²T* = −ln(1 − a v_0*/(tc)): neither none nor full; 0 iff γ(t²(1−c²)+σ²/(1−γ)) ≥ (tc/a)⁴",
        formula=theory.optimal_probing_time,
        source=_NOT_FOUND,
        see=("ren2023", "tomihari2024"),
        domain="Σ = I, k = 1, c > 0, d → ∞ at γ = n/d < 1; probing one feature from zero, then both layers; O(1/d)",
        derivation="derivations.two_layer_linear.probing.optimal_probing_time",
        limits=(
            Limit(
                "the head is then the best one",
                lambda gamma, **w: rich_head(gamma, **w),
                grid(gamma=[0.05, 0.2], **_WORLD),
                left=lambda formula, gamma, feature_norm, overlap, target_norm, noise_variance: (
                    target_norm * overlap / feature_norm
                    * (1 - math.exp(-(feature_norm**2) * formula(gamma, feature_norm, overlap, target_norm, noise_variance)))
                ),
                rtol=1e-10,
            ),
            Limit(
                "the risk is then that of probing and training the first layer",
                lambda gamma, feature_norm, overlap, target_norm, noise_variance: probe_then_first_layer_risk(
                    gamma, target_norm**2 * (1 - overlap**2), noise_variance
                ),
                grid(gamma=[0.05, 0.2], **_WORLD),
                left=lambda formula, **w: theory.probed_one_feature_risk(formula(**w), **w),
                rtol=1e-10,
            ),
            Limit("a large feature: do not probe", 0.0, grid(gamma=[0.3, 0.8], **{**_WORLD, "feature_norm": 2.0})),
            Limit("no samples: to rest", math.inf, grid(gamma=0.0, **{**_WORLD, "overlap": 0.5, "feature_norm": 1.0, "target_norm": 1.0})),
        ),
        sample=_rich,
        experiments=(
            asymptotic(
                draws.best_times,
                growing(n=12, dim=60, feature_norm=1.1, overlap=0.8, target_norm=1.1, noise_variance=0.05), 26.0,
                replicates=600, resolution=0.3, arguments=_gamma,
            ),
        ),
        mutants=(
            Mutant("a for a²", lambda gamma, feature_norm, **w: feature_norm * theory.optimal_probing_time(gamma, feature_norm, **w)),
            Mutant("half the time", lambda **w: theory.optimal_probing_time(**w) / 2),
            dropped("noise_variance"),
        ),
    ),
)  # fmt: skip
