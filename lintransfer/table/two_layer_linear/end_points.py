"""Rows: where two-layer linear networks end, and what they conserve."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.two_layer_linear import end_points as draws
from lintransfer.table.mutants import dropped, instead, scaled, swapped, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import unbalanced_chains
from lintransfer.theory.deep_linear.dynamics import layer_imbalances
from lintransfer.theory.linear.conditional import spectral_fit
from lintransfer.theory.two_layer_linear import end_points as theory

_NOT_FOUND = "not found in the literature (searched 2026-11-28)"
_SIZES = ({"n": 3, "dim": 7, "n_features": 2}, {"n": 6, "dim": 4, "n_features": 3})
_ONE = ({"n": 1, "dim": 3}, {"n": 4, "dim": 9}, {"n": 7, "dim": 9})
_FEATURES = np.array([[0.3, -1.0, 0.4], [0.2, 0.5, -0.7]])
_HEAD = np.array([0.8, -0.6])
_ENERGY = (0.01, 4.0)


def _network(rng: np.random.Generator) -> dict[str, Any]:
    k, dim = int(rng.integers(1, 4)), int(rng.integers(3, 6))
    return {"features": rng.standard_normal((k, dim)), "head": rng.standard_normal(k)}


def _with_rates(rng: np.random.Generator) -> dict[str, Any]:
    return _network(rng) | {"feature_rate": float(rng.uniform(0.1, 2)), "head_rate": float(rng.uniform(0.1, 2))}


def _gradients(rng: np.random.Generator) -> dict[str, Any]:
    given = _network(rng)
    step = float(rng.uniform(0.01, 1))
    return {"feature_gradient": given["features"], "head_gradient": given["head"], "step": step}


def _data(rng: np.random.Generator) -> dict[str, Any]:
    given = _network(rng)
    n = int(rng.integers(1, 5))
    return {
        "X": rng.standard_normal((n, given["features"].shape[1])), "y": rng.standard_normal(n), **given,
        "time": float(rng.uniform(0.1, 3)),
    }  # fmt: skip


def _shell(rng: np.random.Generator) -> dict[str, Any]:
    k, rank = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    return {"head": rng.standard_normal(k), "start": rng.standard_normal(k), "seen": rng.standard_normal((k, rank))}


def _kept_sign(rng: np.random.Generator) -> dict[str, Any]:
    seen = float(rng.uniform(0.01, 2))
    head = float(rng.choice([-1.0, 1.0])) * math.sqrt(seen) * float(rng.uniform(1.01, 3))
    return {"head": head, "seen_energy": seen, "kept_energy": float(rng.uniform(0.1, 2))}


def _perfect(rng: np.random.Generator) -> dict[str, Any]:
    return {"scale": float(rng.uniform(-2, 2))} | _kept_sign(rng)


def _shift(rng: np.random.Generator) -> dict[str, Any]:
    return _kept_sign(rng) | {"fit_energy": float(rng.uniform(0.01, 3))}


def _balanced(rng: np.random.Generator) -> dict[str, Any]:
    a, b = rng.uniform(0.2, 1.5, 2)
    return {
        "time": float(rng.uniform(0, 3)), "first": np.array([[a]]), "second": np.array([[b]]),
        "input_output": rng.uniform(0.2, 2, (1, 1)), "imbalance": float(b * b - a * a),
    }  # fmt: skip


def _root(conserved: Any, four_fit: Any) -> Any:
    return np.sqrt((conserved + np.sqrt(conserved**2 + four_fit)) / 2)


def _head_of(growth: Any, head: float, seen: float) -> float:
    """|v| of one feature whose modes have grown by e^φ and e^{−φ}."""
    up = math.sqrt(growth)
    return abs((head + seen) * up + (head - seen) / up) / 2


def _packed(end: Any) -> np.ndarray:
    return np.concatenate([np.ravel(end.features), end.head, end.weights])


def _first_layer(X: Any, y: Any, features: Any, head: Any, time: Any = math.inf) -> np.ndarray:
    """`first_layer_end` as one array: features, head, weights."""
    return _packed(theory.first_layer_end(X, y, features, head, time))


ROWS = (
    Theorem(
        name="two-layer-balance",
        kind="identity",
        statement="vvᵀ/η_v − BBᵀ/η_B is conserved by gradient flow with a learning rate for each layer",
        formula=theory.two_layer_balance,
        source="follows from layer-balance by rescaling the layers to equal rates",
        follows=("layer-balance",),
        covers="any k, d for the derivative; the numbers of k = d = 2",
        domain="any design, labels, k and d",
        derivation="derivations.two_layer_linear.end_points.two_layer_balance",
        limits=(
            Limit(
                "equal rates: minus the balance of two layers",
                lambda features, head: -np.asarray(layer_imbalances([features.T, head[:, None]])[0]),
                ({"features": _FEATURES, "head": _HEAD},),
            ),
            Limit(
                "features that are zero",
                lambda head, head_rate: np.outer(head, head) / head_rate,
                ({"head": _HEAD, "head_rate": 0.5},),
                given={"features": np.zeros((2, 3)), "feature_rate": 0.3},
            ),
        ),
        sample=_with_rates,
        experiments=(Experiment(draws.conserved, _SIZES, compare="identity"),),
        mutants=(
            swapped("feature_rate", "head_rate"),
            Mutant("a plus sign", lambda features, head, feature_rate, head_rate: (
                np.outer(head, head) / head_rate + features @ features.T / feature_rate
            )),
            Mutant("rates that multiply", lambda features, head, feature_rate, head_rate: (
                np.outer(head, head) * head_rate - features @ features.T * feature_rate
            )),
        ),
    ),
    Theorem(
        name="balance-drift",
        kind="identity",
        statement="one step of gradient descent adds step²(g_v g_vᵀ − g_B g_Bᵀ) to vvᵀ − BBᵀ",
        formula=theory.balance_drift,
        source="follows from layer-balance by expanding one step, whose terms linear in the step cancel",
        follows=("layer-balance",),
        covers="k = d = 2",
        domain="any design, labels, k and d; the same step for both layers",
        derivation="derivations.two_layer_linear.end_points.balance_drift",
        limits=(
            Limit(
                "an infinitesimal step: nothing",
                np.zeros((2, 2)),
                ({"feature_gradient": _FEATURES, "head_gradient": _HEAD, "step": 0.0},),
            ),
            Limit(
                "twice the step: four times the drift",
                lambda feature_gradient, head_gradient, step: 4 * theory.balance_drift(
                    feature_gradient, head_gradient, step / 2
                ),
                ({"feature_gradient": _FEATURES, "head_gradient": _HEAD, "step": 0.7},),
            ),
        ),
        sample=_gradients,
        experiments=(
            Experiment(draws.drift, tuple(size | {"step": 0.3} for size in _SIZES), compare="identity"),
        ),
        mutants=(
            Mutant("of first order in the step", instead(step=lambda step: step**0.5)),
            times(-1),
        ),
    ),
    Theorem(
        name="one-feature-head",
        kind="exact",
        statement="v_∞² = [C+√(C²+4‖m‖²)]/2, C = v_0²−‖Pb_0‖², w_∞ = m + v_∞Qb_0; v_∞ has the sign of v_0 if C ≥ 0, v_0 ≠ 0",
        formula=theory.one_feature_head,
        source=f"{_NOT_FOUND}, for any design; from a rank-one start with v_0 ≠ 0: Azulay et al. (2021), unbalanced-retention",
        see=("azulay2021", "kunin2024"),
        domain="any X and y, k = 1, both layers to rest; C < 0: only |v_∞| (one sample: the sign of y b_0·x)",
        derivation="derivations.two_layer_linear.end_points.one_feature_head",
        limits=(
            Limit(
                "two layers of an unbalanced chain: |v_∞/v_0| is the retention",
                lambda head, seen_energy, kept_energy, fit_energy: head * float(
                    unbalanced_chains.unbalanced_retention(
                        (seen_energy + kept_energy - head**2,), head**2 * (seen_energy + kept_energy),
                        kept_energy / (seen_energy + kept_energy), fit_energy,
                    ).retention
                ),
                grid(head=[0.3, 2.0], seen_energy=0.8, kept_energy=0.5, fit_energy=[0.2, 3.0]),
                left=lambda formula, head, seen_energy, kept_energy, fit_energy: formula(head, seen_energy, fit_energy),
            ),
            Limit("nothing to learn: v_0 stays", lambda head, seen_energy: head, grid(head=[0.4, 2.0], seen_energy=0.7),
                  left=lambda formula, head, seen_energy: formula(head, seen_energy, head**2 * seen_energy)),
            Limit("a very large head stays", 1e9, ({"head": 1e9, "seen_energy": 0.5, "fit_energy": 2.0},)),
        ),
        box={"head": (0.0, 3.0), "seen_energy": _ENERGY, "fit_energy": _ENERGY},
        experiments=(Experiment(draws.head_sizes, _ONE, compare="identity", replicates=6),),
        mutants=(
            Mutant("C with a plus sign", lambda head, seen_energy, fit_energy: _root(head**2 + seen_energy, 4 * fit_energy)),
            Mutant("‖m‖² for 4‖m‖²", lambda head, seen_energy, fit_energy: _root(head**2 - seen_energy, fit_energy)),
            Mutant("‖b_0‖² beyond the rows of X", instead(seen_energy=lambda seen_energy: seen_energy + 0.5)),
            Mutant("v for v²", lambda head, seen_energy, fit_energy: _root(head**2 - seen_energy, 4 * fit_energy) ** 2),
        ),
    ),
    Theorem(
        name="perfect-features-risk",
        kind="exact",
        statement="θ_T = t b_0, σ = 0: R = (t−v_∞)²‖Qb_0‖²; probing 0, first layer alone (t−v_0)²‖Qb_0‖²",
        formula=theory.perfect_features_risk,
        source=f"{_NOT_FOUND}; a sharp form, for one feature, of Theorem 3.1 of Kumar et al. (2022)",
        see=("kumar2022",),
        domain="any X, k = 1, no noise, v_0² ≥ ‖Pb_0‖² and v_0 ≠ 0; nan elsewhere",
        derivation="derivations.two_layer_linear.end_points.perfect_features_risk",
        limits=(
            Limit("the right head: nothing moves", 0.0, grid(scale=1.3, head=1.3, seen_energy=0.6, kept_energy=0.7)),
            Limit(
                "a very large head: the first layer alone",
                lambda scale, head, seen_energy, kept_energy: (scale - head) ** 2 * kept_energy,
                grid(scale=1.3, head=[-1e5, 1e5], seen_energy=0.6, kept_energy=0.7),
                rtol=1e-9,
            ),
            Limit("C < 0, or no head: silent", math.nan, grid(scale=1.3, head=[0.0, 0.5], seen_energy=0.6, kept_energy=0.7)),
        ),
        sample=_perfect,
        experiments=(Experiment(draws.distorted_features, _ONE, compare="identity", replicates=6),),
        mutants=(
            Mutant("as the first layer alone", lambda scale, head, kept_energy: (scale - head) ** 2 * kept_energy),
            Mutant(
                "C with a plus sign",
                lambda scale, head, seen_energy, kept_energy: (
                    scale - np.sign(head) * _root(head**2 + seen_energy, 4 * scale**2 * seen_energy)
                ) ** 2 * kept_energy,
            ),
            swapped("seen_energy", "kept_energy"),
        ),
    ),
    Theorem(
        name="input-shift-risk",
        kind="exact",
        statement="θ_T−θ_S in the rows of X, σ = 0: R = (v_∞−v_0)²‖Qb_0‖², the first layer alone 0",
        formula=theory.input_shift_risk,
        source=f"{_NOT_FOUND}; a sharp form, for one feature, of what Lee et al. (2023) show of input shifts",
        see=("lee2023",),
        domain="any X, k = 1, no noise, v_0² ≥ ‖Pb_0‖² and v_0 ≠ 0; nan elsewhere",
        derivation="derivations.two_layer_linear.end_points.input_shift_risk",
        limits=(
            Limit(
                "an orthogonal shift inside the rows of X leaves no gap",
                0.0,
                grid(head=[-1.4, 1.0], seen_energy=0.6, kept_energy=0.7),
                left=lambda formula, head, seen_energy, kept_energy: formula(
                    head, seen_energy, kept_energy, head**2 * seen_energy
                ),
            ),
            Limit(
                "perfect features: θ_T = t b_0 from v_0 = t' is such a shift if Qb_0 is as it was",
                lambda head, seen_energy, kept_energy: theory.perfect_features_risk(head, head, seen_energy, kept_energy),
                grid(head=[-1.4, 1.0], seen_energy=0.6, kept_energy=0.7),
                left=lambda formula, head, seen_energy, kept_energy: formula(
                    head, seen_energy, kept_energy, head**2 * seen_energy
                ),
            ),
            Limit(
                "features that X sees none of: v² = v_0²/2 + √(v_0⁴/4 + ‖m‖²)",
                lambda head, kept_energy, fit_energy: (
                    math.sqrt(head**2 / 2 + math.sqrt(head**4 / 4 + fit_energy)) - abs(head)
                ) ** 2 * kept_energy,
                grid(head=[-1.4, 0.2], kept_energy=0.7, fit_energy=2.0),
                given={"seen_energy": 0.0},
            ),
            Limit("C < 0, or no head: silent", math.nan, grid(head=[0.0, 0.5], seen_energy=0.6, kept_energy=0.7, fit_energy=2.0)),
        ),
        sample=_shift,
        experiments=(Experiment(draws.input_shifts, _ONE, compare="identity", replicates=6),),
        mutants=(
            Mutant(
                "C with a plus sign",
                lambda head, seen_energy, kept_energy, fit_energy: (
                    _root(head**2 + seen_energy, 4 * fit_energy) - abs(head)
                ) ** 2 * kept_energy,
            ),
            Mutant(
                "‖m‖² for 4‖m‖²",
                lambda head, seen_energy, kept_energy, fit_energy: (
                    _root(head**2 - seen_energy, fit_energy) - abs(head)
                ) ** 2 * kept_energy,
            ),
            swapped("seen_energy", "kept_energy"),
        ),
    ),
    Theorem(
        name="first-layer-end",
        kind="exact",
        statement="e(τ) = exp(−‖v‖²XXᵀτ)e_0, B(τ) = B_0 + v(X⁺(e_0−e(τ)))ᵀ/‖v‖², w_∞ = w_0 + X⁺e_0",
        formula=_first_layer,
        source="follows from spectral-filter by substitution (linear training in the time ‖v‖²τ); Ren et al. (2023), head held fixed",
        follows=("spectral-filter",),
        see=("ren2023",),
        covers="n = 1, d = k = 2",
        domain="any X and y, any k, first layer alone from v ≠ 0, at any time",
        derivation="derivations.two_layer_linear.end_points.first_layer_end",
        limits=(
            Limit(
                "no time: where it started",
                np.concatenate([_FEATURES.ravel(), _HEAD, _HEAD @ _FEATURES]),
                ({"X": np.array([[1.0, 2.0, 0.5]]), "y": np.array([0.7]), "features": _FEATURES, "head": _HEAD, "time": 0.0},),
            ),
            Limit(
                "one feature and v = 1: linear fine-tuning of b",
                lambda X, y, features, head, time: spectral_fit(X, y, features[0], 0.0, time),
                ({"X": np.array([[1.0, 2.0, 0.5]]), "y": np.array([0.7]), "features": _FEATURES[:1], "head": np.ones(1), "time": 0.4},),
                left=lambda formula, **a: formula(**a)[:3],
            ),
        ),
        sample=_data,
        experiments=(
            Experiment(
                draws.first_layers,
                ({"n": 3, "dim": 6, "n_features": 2, "time": 0.7}, {"n": 6, "dim": 4, "n_features": 3, "time": math.inf}),
                compare="identity",
            ),
        ),
        mutants=(
            Mutant("time not run faster by ‖v‖²", instead(time=lambda time, head: time / (head @ head))),
            Mutant(
                "without 1/‖v‖²",
                lambda X, y, features, head, time: np.concatenate([
                    (features + np.outer(head, spectral_fit(X, y - X @ (head @ features), None, 0.0, time * (head @ head)))).ravel(),
                    head, spectral_fit(X, y, head @ features, 0.0, time * (head @ head)),
                ]),
            ),
        ),
    ),
    Theorem(
        name="energy-shell",
        kind="identity",
        statement="at any interpolating end of both layers ‖v‖⁴ − vᵀC_Sv = ‖X⁺y‖², C_S = v_0v_0ᵀ − B_0PB_0ᵀ",
        formula=theory.energy_shell,
        source=f"{_NOT_FOUND}, as stated; it follows from layer-balance",
        see=("azulay2021", "domine2025"),
        covers="k = 2, two seen directions",
        domain="any X, y and k, zero loss (or least squares) reached; necessary only for k > 1",
        derivation="derivations.two_layer_linear.end_points.energy_shell",
        limits=(
            Limit(
                "one feature: what determines its head",
                lambda head, seen_energy, fit_energy: fit_energy,
                grid(head=[0.3, 2.0], seen_energy=[0.2, 1.5], fit_energy=[0.4, 3.0]),
                left=lambda formula, head, seen_energy, fit_energy: formula(
                    np.array([theory.one_feature_head(head, seen_energy, fit_energy)]), np.array([head]),
                    np.array([[math.sqrt(seen_energy)]]),
                ),
                rtol=1e-10,
            ),
            Limit(
                "where it starts, if that interpolates: ‖PB_0ᵀv_0‖²",
                float(np.sum((_HEAD @ _FEATURES) ** 2)),
                ({"head": _HEAD, "start": _HEAD, "seen": _FEATURES},),
            ),
        ),
        sample=_shell,
        experiments=(Experiment(draws.shells, _SIZES, compare="identity"),),
        mutants=(
            Mutant("C_S with a plus sign", lambda head, start, seen: (head @ head) ** 2 - (head @ start) ** 2 - np.sum((head @ seen) ** 2)),
            Mutant("‖v‖² for ‖v‖⁴", lambda head, start, seen: head @ head - (head @ start) ** 2 + np.sum((head @ seen) ** 2)),
            swapped("head", "start"),
        ),
    ),
    Theorem(
        name="one-sample-growth",
        kind="exact",
        statement="n = 1: v ± Bx/‖x‖ = p e^φ, q e^{−φ}; e^{2φ_∞} = [2y/‖x‖ + √(4y²/‖x‖² + ‖p‖²‖q‖²)]/‖p‖²",
        formula=theory.one_sample_growth,
        source=f"{_NOT_FOUND}, for n = 1 and any k; balanced or aligned starts: Saxe et al. (2014), Kunin et al. (2024)",
        see=("saxe2014", "kunin2024"),
        domain="n = 1, any k and d, both layers to rest; inf or 0 where the flow ends at the origin",
        derivation="derivations.two_layer_linear.end_points.one_sample_growth",
        limits=(
            Limit("the sample is fitted already", 1.0, grid(input_norm=[0.7, 2.0], plus_energy=1.5, minus_energy=0.4),
                  left=lambda formula, input_norm, plus_energy, minus_energy: formula(
                      input_norm * (plus_energy - minus_energy) / 4, input_norm, plus_energy, minus_energy)),
            Limit(
                "one feature: the head that is known for any design",
                lambda label, input_norm, head, seen: theory.one_feature_head(head, seen**2, label**2 / input_norm**2),
                grid(label=[-2.0, 1.3], input_norm=1.7, head=1.2, seen=[-0.4, 0.8]),
                left=lambda formula, label, input_norm, head, seen: _head_of(
                    formula(label, input_norm, (head + seen) ** 2, (head - seen) ** 2), head, seen
                ),
                rtol=1e-10,
            ),
            Limit("p = 0, y > 0: the origin", math.inf, ({"label": 1.0, "input_norm": 1.0, "plus_energy": 0.0, "minus_energy": 1.0},)),
            Limit("q = 0, y < 0: the origin", 0.0, ({"label": -1.0, "input_norm": 1.0, "plus_energy": 1.0, "minus_energy": 0.0},)),
        ),
        box={"label": (-3.0, 3.0), "input_norm": (0.1, 3.0), "plus_energy": _ENERGY, "minus_energy": _ENERGY},
        experiments=(
            Experiment(draws.one_sample, grid(dim=[3, 5], n_features=[1, 3]), compare="identity", replicates=6),
        ),
        mutants=(
            Mutant("y for 2y", scaled(label=0.5)),
            swapped("plus_energy", "minus_energy"),
            Mutant("‖x‖² for ‖x‖", instead(input_norm=lambda input_norm: input_norm**2)),
        ),
    ),
    Theorem(
        name="one-sample-growth-at",
        kind="exact",
        statement="g = e^{2φ}: g(τ) = (g_+−g_−r)/(1−r), r = (1−g_+)/(1−g_−)·exp(−½‖x‖²‖p‖²(g_+−g_−)τ)",
        formula=theory.one_sample_growth_at,
        source=f"{_NOT_FOUND}, for n = 1 and any k; balanced or aligned starts: Saxe et al. (2014), Kunin et al. (2024)",
        see=("saxe2014", "kunin2024"),
        domain="n = 1, any k and d, both layers, any time; nan where the flow ends at the origin",
        derivation="derivations.two_layer_linear.end_points.one_sample_growth_at",
        limits=(
            Limit("no time", 1.0, grid(time=0.0, label=[-1.0, 2.0], input_norm=1.3, plus_energy=0.7, minus_energy=1.9)),
            Limit("unlimited time: the end point", theory.one_sample_growth,
                  grid(label=[-1.0, 2.0], input_norm=1.3, plus_energy=0.7, minus_energy=1.9), given={"time": 1e3}),
            Limit(
                "v = Bx/‖x‖ (q = 0): the logistic law of balanced growth",
                lambda time, label, input_norm, plus_energy: 1 / (
                    input_norm * plus_energy / (4 * label)
                    + (1 - input_norm * plus_energy / (4 * label)) * math.exp(-2 * input_norm * label * time)
                ),
                grid(time=[0.2, 1.0], label=1.4, input_norm=0.8, plus_energy=0.3),
                given={"minus_energy": 0.0},
            ),
            Limit("towards the origin: silent", math.nan, ({"time": 1.0, "label": -1.0, "input_norm": 1.0, "plus_energy": 1.0, "minus_energy": 0.0},)),
        ),
        box={
            "time": (0.0, 3.0), "label": (-3.0, 3.0), "input_norm": (0.1, 2.0), "plus_energy": _ENERGY,
            "minus_energy": _ENERGY,
        },
        experiments=(
            Experiment(
                draws.one_sample_at, grid(dim=4, n_features=[1, 3], time=[0.1, 0.6]), compare="identity", replicates=6
            ),
        ),
        mutants=(
            Mutant("a rate half as large", scaled(time=0.5)),
            Mutant("the time of the mean of ½e² twice", scaled(time=2.0)),
            swapped("plus_energy", "minus_energy"),
        ),
    ),
    Theorem(
        name="lambda-balanced-products",
        kind="exact",
        statement="QQᵀ(τ) = e^{Fτ}Q_0[I + Q_0ᵀ(∫_0^τ e^{2Fs}ds)Q_0]⁻¹Q_0ᵀe^{Fτ}, Q = [W_1ᵀ; W_2]: no inverse of F",
        formula=theory.lambda_balanced_products,
        source="Braun et al. (2022), λ = 0; Dominé et al. (2025), any λ; from abstracts and secondary notes, without F⁻¹ here",
        papers=("braun2022", "domine2025"),
        covers="one input, one hidden unit, one output",
        domain="XᵀX = I (or n < d, XXᵀ = I, balanced in the rows of X), W_2ᵀW_2 − W_1W_1ᵀ = λI, several outputs",
        derivation="derivations.two_layer_linear.end_points.lambda_balanced_products",
        limits=(
            Limit(
                "no time",
                lambda first, second, **_: np.concatenate([first.T, second]) @ np.concatenate([first.T, second]).T,
                ({"first": np.array([[0.4, 0.0]]), "second": np.array([[0.9]]), "input_output": np.array([[1.0, -0.3]]), "imbalance": 0.65},),
                given={"time": 0.0},
            ),
            Limit(
                "unlimited time: the task is learnt",
                lambda first, second, input_output, imbalance: input_output,
                ({"first": np.array([[0.4]]), "second": np.array([[0.9]]), "input_output": np.array([[1.3]]), "imbalance": 0.65},),
                left=lambda formula, **a: np.asarray(formula(60.0, **a))[1:, :1],
            ),
        ),
        sample=_balanced,
        experiments=(
            Experiment(
                draws.balanced_products,
                (
                    {"n": 6, "dim": 4, "outputs": 3, "n_features": 2, "imbalance": 0.7, "time": 1.5},
                    {"n": 5, "dim": 5, "outputs": 3, "n_features": 2, "imbalance": -0.4, "time": 8.0},
                    {"n": 4, "dim": 7, "outputs": 3, "n_features": 3, "imbalance": 0.0, "time": 0.6},
                ),
                compare="identity",
            ),
        ),
        mutants=(
            Mutant("λ with the other sign", instead(imbalance=lambda imbalance: -imbalance)),
            Mutant("λ for λ/2", scaled(imbalance=2.0)),
            Mutant("a rate half as large", scaled(time=0.5)),
            dropped("imbalance"),
        ),
    ),
)  # fmt: skip
