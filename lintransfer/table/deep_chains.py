"""Rows: unbalanced chains, whose layer scale is a continuous depth, and weight decay."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.deep_flow import end_to_end, small_random_layers, train_layers
from lintransfer.simulate.deep_linear import draw_sets
from lintransfer.table.deep_experiments import fractions, well_conditioned_trainings
from lintransfer.table.mutants import instead, scaled
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory import retention
from lintransfer.theory import unbalanced_chains as chains
from lintransfer.theory import weight_decay as decay


def _size(imbalance: Any, source_energy: Any, null_fraction: Any, fit_energy: Any) -> Any:
    """|ρ| of an unbalanced chain."""
    return chains.unbalanced_retention(imbalance, source_energy, null_fraction, fit_energy).retention


def _chains(rng: np.random.Generator, replicates: int, imbalance: tuple[float, ...]) -> tuple[Any, dict[str, Any]]:
    """‖Qw_∞‖/‖Qw0‖ of width-one networks, every weight trained."""
    how: dict[str, Any] = {"method": "chain", "imbalance": imbalance}
    result = well_conditioned_trainings(rng, replicates, 4, 8, len(imbalance) + 1, **how)
    measured, square = fractions(result), np.sum(result.source**2, axis=1)
    null = np.eye(8) - np.linalg.pinv(result.design) @ result.design
    outside, before = (np.linalg.norm((null @ w[..., None])[..., 0], axis=1) for w in (result.weights, result.source))
    return outside / before, {
        "imbalance": imbalance,
        "source_energy": square,
        "null_fraction": measured["null_fraction"],
        "fit_energy": measured["fit_ratio"] * square,
    }


def _chain_sample(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "imbalance": tuple(float(d) for d in rng.uniform(-3, 3, rng.integers(1, 5))),
        "source_energy": float(rng.uniform(0.1, 4)),
        "null_fraction": float(rng.uniform(0, 1)),
        "fit_energy": float(rng.uniform(0.01, 4)),
    }


def _decayed(rng: np.random.Generator, replicates: int, depth: int, weight_decay: float) -> tuple[Any, dict[str, Any]]:
    """End point of all layers under weight decay, from starts large enough to leave the basin of 0."""
    design, labels = (a[0] for a in draw_sets(np.random.default_rng(5), 1, 4, np.ones(6), 0.3))
    start = small_random_layers(rng, 6, depth, replicates, width=3, scale=0.7)
    inputs = np.repeat(design[..., None], replicates, axis=-1)
    outputs = np.repeat(labels[:, None], replicates, axis=-1)
    final = train_layers(start, inputs, outputs, weight_decay=weight_decay, rtol=1e-13, tolerance=1e-12)
    arguments = {"design": design, "labels": labels, "depth": depth, "weight_decay": weight_decay}
    return end_to_end(final).T, arguments


def _ridge(design: np.ndarray, labels: np.ndarray, ridge: float) -> np.ndarray:
    return np.linalg.solve(design.T @ design + ridge * np.eye(design.shape[1]), design.T @ labels)


_DESIGN = np.array([[1.0, 0.5, -0.2], [0.0, 1.5, 0.4]])
_LABELS = np.array([1.0, -0.7])
_DATA: dict[str, Any] = {"design": _DESIGN, "labels": _LABELS}

ROWS = (
    Theorem(
        name="unbalanced-retention",
        kind="implicit",
        statement="Δ_j = ‖z‖² − a_j² conserved: (Y−q)Π(Y−Δ_j) = ‖m‖² above all edges, |ρ| = √(Π(Y−Δ_j)/Π(Y_0−Δ_j))",
        formula=_size,
        source="not found in the literature (searched 2026-11-27); for three layers or more; two layers: Azulay et al. (2021), Kunin et al. (2024)",
        see=("azulay2021", "kunin2024"), covers="three layers",
        domain="given X and y, rank-one chain of any imbalances, zero loss reached; ρ > 0 if max Δ_j ≤ q",
        derivation="derivations.deep_linear.chain_retention",
        limits=(
            Limit(
                "balanced: the retention factor",
                lambda imbalance, source_energy, null_fraction, fit_energy: retention.retention_factor(
                    len(imbalance) + 1, null_fraction, fit_energy / source_energy
                ),
                tuple(
                    {"imbalance": (0.0,) * k, "source_energy": 1.3, "null_fraction": a, "fit_energy": 2.0}
                    for k in (1, 2, 6)
                    for a in (0.2, 0.9)
                ),
            ),
            Limit(
                "two layers, a much larger head: linear fine-tuning",
                1.0,
                ({"imbalance": (-1e9,), "source_energy": 1.3, "null_fraction": 0.4, "fit_energy": 2.0},),
                rtol=1e-8,
            ),
            Limit(
                "two layers, a much larger first one: infinite depth",
                lambda source_energy, null_fraction, fit_energy, **_: retention.infinite_retention(
                    null_fraction, fit_energy / source_energy
                ),
                ({"imbalance": (1e9,), "source_energy": 1.3, "null_fraction": 0.4, "fit_energy": 2.0},),
                rtol=1e-8,
            ),
        ),
        sample=_chain_sample,
        experiments=(
            Experiment(
                _chains, grid(imbalance=[(-3.0,), (0.4,), (1.5,), (0.3, -1.0), (-1.0, -2.0, 0.2)]), "identity", 5
            ),
        ),
        mutants=(
            Mutant("balanced", instead(imbalance=lambda imbalance: tuple(0 * d for d in imbalance))),
            Mutant("other sign of Δ", instead(imbalance=lambda imbalance: tuple(-d for d in imbalance))),
            Mutant(
                "q = ‖Qw0‖²",
                instead(
                    null_fraction=lambda imbalance, source_energy, null_fraction: (
                        null_fraction * source_energy / chains.initial_scales(imbalance, source_energy)[0]
                    )
                ),
            ),
        ),
    ),
    Theorem(
        name="two-layer-head",
        kind="identity",
        statement="h² = [(q−Δ) + √((q−Δ)² + 4‖m‖²)]/2, ρ = h/h_0",
        formula=chains.two_layer_head,
        source="Azulay et al. (2021); Kunin et al. (2024)",
        papers=("azulay2021", "kunin2024"),
        domain="as unbalanced-retention, two layers",
        derivation="derivations.deep_linear.two_layer_head",
        limits=(
            Limit(
                "it is the second factor of the chain",
                lambda imbalance, kept, fit_energy: chains.chain_factors((kept, imbalance), fit_energy)[1],
                grid(imbalance=[-50.0, 0.0, 0.7, 3.0, 1e6], kept=0.7, fit_energy=2.0),
            ),
        ),
        box={"imbalance": (-3.0, 3.0), "kept": (0.0, 3.0), "fit_energy": (0.01, 4.0)},
        mutants=(
            Mutant("‖m‖² for 4‖m‖²", scaled(fit_energy=0.25)),
            Mutant("q + Δ", scaled(imbalance=-1)),
        ),
    ),
    Theorem(
        name="layer-penalty",
        kind="identity",
        statement="min Σ‖W_l‖_F² = L‖w‖^{2/L} over all L-layer networks that compute w",
        formula=decay.layer_penalty,
        source="cf. Gunasekar et al. (2018), Dai, Karzand & Srebro (2021)",
        papers=("gunasekar2018", "dai2021"),
        domain="w ≠ 0, any widths ≥ 1, one output",
        derivation="derivations.deep_linear.layer_penalty",
        limits=(Limit("one layer", lambda norm, **_: norm**2, ({"norm": 1.7, "depth": 1},)),),
        box={"norm": (0.01, 100.0), "depth": (1.0, 100.0)},
        mutants=(Mutant("no L", lambda norm, depth: norm ** (2 / depth)),),
    ),
    Theorem(
        name="weight-decay-ridge",
        kind="identity",
        statement="stationary points under weight decay μ are ridge solutions with λ = μ‖ŵ‖^{2/L−2}",
        formula=decay.weight_decay_ridge,
        source="stationarity; cf. Gunasekar et al. (2018), Dai, Karzand & Srebro (2021)",
        papers=("gunasekar2018", "dai2021"),
        domain="loss ½‖y − Xw‖² + (μ/2)Σ‖W_l‖_F², ŵ ≠ 0",
        derivation="derivations.deep_linear.weight_decay_ridge",
        limits=(
            Limit("one layer: λ = μ", 0.3, ({"norm": 2.0, "depth": 1, "weight_decay": 0.3},)),
        ),
        box={"norm": (0.01, 100.0), "depth": (1.0, 100.0), "weight_decay": (0.01, 10.0)},
        mutants=(
            Mutant("2/L − 1 for 2/L − 2", lambda norm, depth, weight_decay: weight_decay * norm ** (2 / depth - 1)),
            Mutant("factor L", lambda norm, depth, weight_decay: depth * weight_decay * norm ** (2 / depth - 2)),
        ),
    ),
    Theorem(
        name="weight-decay-end-point",
        kind="implicit",
        statement="argmin ½‖y − Xw‖² + (μL/2)‖w‖^{2/L}; L = 2: 0 iff μ ≥ ‖Xᵀy‖; L > 2: 0 is always a local minimum",
        formula=decay.weight_decay_end_point,
        source="follows from layer-penalty by substitution",
        follows=("layer-penalty",),
        domain="given X and y; L ≥ 1 real; of several local minima the one of lowest objective",
        derivation=None,
        slow=True,
        limits=(
            Limit(
                "one layer: ridge",
                lambda design, labels, weight_decay, **_: _ridge(design, labels, weight_decay),
                grid(**_DATA, depth=1, weight_decay=[0.1, 3.0]),
                rtol=1e-10,
            ),
            Limit(
                "no decay: min-norm",
                lambda design, labels, **_: np.linalg.pinv(design) @ labels,
                ({**_DATA, "depth": 3, "weight_decay": 0.0},),
                rtol=1e-10,
            ),
            Limit(
                "two layers beyond ‖Xᵀy‖, and infinite depth: 0",
                lambda **_: np.zeros(3),
                (
                    {**_DATA, "depth": 2, "weight_decay": 1.001 * float(np.linalg.norm(_DESIGN.T @ _LABELS))},
                    {**_DATA, "depth": math.inf, "weight_decay": 1e-3},
                ),
            ),
        ),
        experiments=(
            Experiment(
                _decayed,
                (
                    {"depth": 1, "weight_decay": 0.7},
                    {"depth": 2, "weight_decay": 0.7},
                    {"depth": 3, "weight_decay": 0.3},
                ),
                "identity",
                3,
            ),
        ),
        mutants=(
            Mutant("ridge with λ = μ", lambda design, labels, weight_decay: _ridge(design, labels, weight_decay)),
            Mutant("penalty without L", instead(weight_decay=lambda depth, weight_decay: weight_decay / depth)),
        ),
    ),
)
