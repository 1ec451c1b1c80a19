"""Rows: how the head moves the features."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.two_layer_linear import head_motion as draws
from lintransfer.table.mutants import instead, scaled, swapped, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.two_layer_linear import head_motion as theory
from lintransfer.theory.two_layer_linear.end_points import one_feature_head

_NOT_FOUND = "not found in the literature (searched 2026-11-28)"
_X = np.array([[1.0, -0.4, 0.3], [0.2, 0.9, -1.1]])
_B = np.array([[0.3, -1.0, 0.4], [0.2, 0.5, -0.7]])
_V = np.array([0.8, -0.6])
_SIZES = ({"n": 3, "dim": 7, "n_features": 2}, {"n": 1, "dim": 4, "n_features": 3})


def _task(rng: np.random.Generator) -> dict[str, Any]:
    n, k, dim = (int(size) for size in rng.integers(1, 4, 3))
    return {
        "X": rng.standard_normal((n, dim)),
        "features": rng.standard_normal((k, dim)),
        "head": rng.standard_normal(k),
    }


def _step(rng: np.random.Generator) -> dict[str, Any]:
    given = _task(rng)
    return {
        "X": given["X"], "residual": rng.standard_normal(len(given["X"])), "head": given["head"],
        "step": float(rng.uniform(0.01, 1)), "inputs": rng.standard_normal((2, given["X"].shape[1])),
    }  # fmt: skip


def _motion(rng: np.random.Generator) -> dict[str, Any]:
    output, label = rng.uniform(0.1, 3, 2)
    return {
        "feature_energy": float(rng.uniform(0.1, 3)), "output_energy": float(output),
        "cross_energy": float(rng.uniform(-0.9, 0.9) * math.sqrt(output * label)), "label_energy": float(label),
        "head_energy": float(rng.uniform(0.1, 3)),
    }  # fmt: skip


def _sweep(rng: np.random.Generator) -> dict[str, Any]:
    scale, seen = float(rng.uniform(0.2, 3)), float(rng.uniform(0.1, 3))
    below = float(rng.uniform(-1, 1))
    above = 1 + float(rng.uniform(1.1, 3)) * math.sqrt(seen) / scale
    return {"energy": below if rng.random() < 0.6 else above, "scale": scale, "seen_energy": seen}


def _inner(motion: Any) -> float:
    return float(motion.inner)


def _cosines(motion: Any, feature_energy: float) -> float:
    """‖Z − Z_0‖² − ‖Z‖² − ‖Z_0‖² + 2⟨Z, Z_0⟩."""
    return float(motion.distance**2 - motion.square - feature_energy + 2 * motion.inner)


def _root(conserved: Any, four_fit: Any) -> Any:
    return np.sqrt((conserved + np.sqrt(conserved**2 + four_fit)) / 2)


def _motion_by(end: Any, scale: Any, seen_energy: Any) -> theory.EnergySweep:
    ratio = scale / end
    return theory.EnergySweep(abs(ratio - 1) * np.sqrt(seen_energy), ratio * seen_energy, ratio**2 * seen_energy)


ROWS = (
    Theorem(
        name="feature-step",
        kind="identity",
        statement="one step on B: z'(x_o) − z(x_o) = step Σ_i (x_o·x_i) v (y_i − f(x_i))",
        formula=theory.feature_step,
        source="Ren et al. (2023): backbone kernel × head direction × energy; exact for linear networks",
        papers=("ren2023",),
        covers="n = d = k = 2",
        domain="any linear backbone, loss ½Σe² (1/N for the mean)",
        derivation="derivations.two_layer_linear.head_motion.feature_step",
        limits=(
            Limit("nothing is left to learn", np.zeros((2, 2)), ({"X": _X, "head": _V, "step": 0.3, "inputs": _X},), given={"residual": np.zeros(2)}),
            Limit(
                "an input orthogonal to all samples does not move",
                np.zeros((1, 2)),
                ({"residual": np.array([0.4, -1.0]), "head": _V, "step": 0.3, "inputs": np.array([[0.0, 0.0, 2.0]])},),
                given={"X": np.array([[1.0, 0.3, 0.0], [0.4, 1.0, 0.0]])},
            ),
        ),
        sample=_step,
        experiments=(Experiment(draws.steps, tuple(size | {"step": 0.3} for size in _SIZES), compare="identity"),),
        mutants=(
            Mutant("the mean loss", instead(step=lambda step, X: step / (2 * len(X)))),
            times(-1),
        ),
    ),
    Theorem(
        name="uniform-energy",
        kind="identity",
        statement="average initial energy of a uniform prediction over K classes: √(1 − 1/K)",
        formula=theory.uniform_energy,
        source="Ren et al. (2023)",
        papers=("ren2023",),
        domain="cross-entropy, K ≥ 1 classes",
        derivation="derivations.two_layer_linear.head_motion.uniform_energy",
        limits=(
            Limit("one class: nothing to learn", 0.0, ({"classes": 1.0},)),
            Limit("two classes", math.sqrt(0.5), ({"classes": 2.0},)),
            Limit("very many", 1.0, ({"classes": 1e15},), rtol=1e-14),
        ),
        box={"classes": (1, 10**6)},
        experiments=(Experiment(draws.uniform, ({},), compare="identity", replicates=40),),
        mutants=(
            Mutant("1 − 1/K", lambda classes: 1 - 1 / classes),
            Mutant("K + 1 classes", instead(classes=lambda classes: classes + 1)),
        ),
    ),
    Theorem(
        name="first-layer-motion",
        kind="exact",
        statement="first layer alone: Z_∞−Z_0 = e_0vᵀ/‖v‖²: distance ‖e_0‖/‖v‖, ⟨Z_∞,Z_0⟩ = ‖Z_0‖² + e_0·f_0/‖v‖², ‖Z_∞‖² = ‖Z_0‖² + (‖y‖²−‖f_0‖²)/‖v‖²",
        formula=theory.first_layer_motion,
        source="follows from first-layer-end by substitution; the trend in the energy: Ren et al. (2023)",
        follows=("first-layer-end",),
        see=("ren2023",),
        domain="X of full row rank, any k and d, first layer alone to rest from v ≠ 0",
        derivation="derivations.two_layer_linear.head_motion.first_layer_motion",
        limits=(
            Limit(
                "nothing to learn: nothing moves",
                theory.FeatureMotion(0.0, 1.3, 1.3),
                ({"head_energy": 0.4}, {"head_energy": 2.0}),
                given={"feature_energy": 1.3, "output_energy": 0.7, "cross_energy": 0.7, "label_energy": 0.7},
            ),
            Limit(
                "the law of cosines",
                lambda **a: 0.0,
                ({"feature_energy": 1.1, "output_energy": 0.6, "cross_energy": 0.3, "label_energy": 2.0, "head_energy": 0.5},),
                left=lambda formula, **a: _cosines(formula(**a), a["feature_energy"]),
            ),
        ),
        sample=_motion,
        experiments=(Experiment(draws.first_layers, _SIZES, compare="identity"),),
        mutants=(
            Mutant("‖v‖ for ‖v‖²", instead(head_energy=lambda head_energy: head_energy**0.5)),
            swapped("output_energy", "label_energy"),
        ),
    ),
    Theorem(
        name="relative-energy-motion",
        kind="exact",
        statement="f_0 = (1−E)y at fixed ‖v‖: distance |E|‖y‖/‖v‖, dot product + E(1−E)‖y‖²/‖v‖², square + E(2−E)‖y‖²/‖v‖²",
        formula=theory.relative_energy_motion,
        source="follows from first-layer-motion by substitution; the trend: Ren et al. (2023)",
        follows=("first-layer-motion",),
        see=("ren2023",),
        domain="X of full row rank, first layer alone, f_0 a multiple of y, E signed",
        derivation="derivations.two_layer_linear.head_motion.relative_energy_motion",
        limits=(
            Limit(
                "the general motion",
                lambda energy, feature_energy, label_energy, head_energy: theory.first_layer_motion(
                    feature_energy, (1 - energy) ** 2 * label_energy, (1 - energy) * label_energy, label_energy,
                    head_energy,
                ),
                grid(energy=[-0.4, 0.5, 1.7], feature_energy=1.3, label_energy=0.8, head_energy=0.6),
            ),
            Limit(
                "the dot product peaks at E = ½",
                lambda feature_energy, label_energy, head_energy: feature_energy + label_energy / (4 * head_energy),
                grid(feature_energy=1.3, label_energy=0.8, head_energy=0.6),
                left=lambda formula, **a: max(_inner(formula(energy, **a)) for energy in (0.4, 0.5, 0.6)),
            ),
        ),
        box={"energy": (-1.0, 3.0), "feature_energy": (0.1, 3.0), "label_energy": (0.1, 3.0), "head_energy": (0.1, 3.0)},
        experiments=(
            Experiment(draws.relative, tuple(size | {"energy": e} for size in _SIZES for e in (-0.5, 0.4, 1.8)), compare="identity"),
        ),
        mutants=(
            Mutant("E(1 + E)", instead(energy=lambda energy: -energy)),
            Mutant("‖v‖ for ‖v‖²", instead(head_energy=lambda head_energy: head_energy**0.5)),
        ),
    ),
    Theorem(
        name="energy-sweep",
        kind="exact",
        statement="y = tXb_0, v_0 = (1−E)t, both layers: Pb_∞ = (t/v_∞)Pb_0; ⟨Pb_∞,Pb_0⟩ rises on [0,1], falls beyond, v_∞ < 0 for E > 1+‖Pb_0‖/t",
        formula=theory.energy_sweep,
        source=f"{_NOT_FOUND}; follows from one-feature-head; the trend: Ren et al. (2023)",
        see=("ren2023",),
        domain="any X, k = 1, t > 0; nan for 1 < E ≤ 1+‖Pb_0‖/t, where the sign of v_∞ depends on X",
        derivation="derivations.two_layer_linear.head_motion.energy_sweep",
        limits=(
            Limit("E = 0: nothing to learn", theory.EnergySweep(0.0, 0.8, 0.8), grid(energy=0.0, scale=[0.5, 2.0], seen_energy=0.8)),
            Limit(
                "E = 1: from a zero head",
                lambda energy, scale, seen_energy: scale * seen_energy / _root(-seen_energy, 4 * scale**2 * seen_energy),
                grid(energy=1.0, scale=[0.5, 2.0], seen_energy=0.8),
                left=lambda formula, **a: _inner(formula(**a)),
            ),
            Limit(
                "one sample",
                lambda **a: theory.isotropic_energy_sweep(**a),
                grid(energy=[-0.5, 0.3, 4.0], scale=1.3, seen_energy=0.8),
            ),
            Limit("between: silent", math.nan, grid(energy=[1.2], scale=1.3, seen_energy=0.8)),
        ),
        sample=_sweep,
        experiments=(
            Experiment(draws.sweeps, ({"n": 3, "dim": 7, "energies": (-0.5, 0.2, 0.7, 1.0, 1.3, 2.0)},), compare="identity"),
        ),
        mutants=(
            Mutant("C with a plus sign", lambda energy, scale, seen_energy: _motion_by(
                _root(((1 - energy) * scale) ** 2 + seen_energy, 4 * scale**2 * seen_energy), scale, seen_energy
            )),
            Mutant("t²‖Pb_0‖² for 4t²‖Pb_0‖²", lambda energy, scale, seen_energy: _motion_by(
                _root(((1 - energy) * scale) ** 2 - seen_energy, scale**2 * seen_energy), scale, seen_energy
            )),
            Mutant("the head never changes its sign", lambda energy, scale, seen_energy: _motion_by(
                abs(one_feature_head((1 - energy) * scale, seen_energy, scale**2 * seen_energy)), scale, seen_energy
            )),
        ),
    ),
    Theorem(
        name="isotropic-energy-sweep",
        kind="exact",
        statement="n = 1 or XXᵀ ∝ I: as energy-sweep, v_∞ > 0 for E < 1+‖Pb_0‖/t and v_∞ < 0 for E > 1+‖Pb_0‖/t",
        formula=theory.isotropic_energy_sweep,
        source="follows from one-sample-growth by substitution",
        follows=("one-sample-growth",),
        see=("ren2023",),
        domain="n = 1 or XXᵀ ∝ I, k = 1, t > 0; at E = 1+‖Pb_0‖/t the flow ends at the origin (nan)",
        derivation="derivations.two_layer_linear.head_motion.isotropic_energy_sweep",
        limits=(
            Limit("E = 0: nothing to learn", theory.EnergySweep(0.0, 0.8, 0.8), grid(energy=0.0, scale=[0.5, 2.0], seen_energy=0.8)),
            Limit(
                "symmetric about E = 1 until the sign turns",
                lambda energy, scale, seen_energy: theory.energy_sweep(2 - energy, scale, seen_energy),
                grid(energy=[1.1, 1.4], scale=1.3, seen_energy=0.8),
            ),
            Limit("where it turns: silent", math.nan, ({"energy": 3.0, "scale": 0.5, "seen_energy": 1.0},)),
        ),
        box={"energy": (-1.0, 4.0), "scale": (0.2, 3.0), "seen_energy": (0.1, 3.0)},
        experiments=(
            Experiment(draws.sweeps, ({"n": 1, "dim": 4, "energies": (-0.5, 0.2, 0.7, 1.0, 1.3, 2.0)},), compare="identity"),
        ),
        mutants=(
            Mutant("C with a plus sign", lambda energy, scale, seen_energy: _motion_by(
                _root(((1 - energy) * scale) ** 2 + seen_energy, 4 * scale**2 * seen_energy), scale, seen_energy
            )),
            Mutant("the head never changes its sign", lambda energy, scale, seen_energy: _motion_by(
                abs(one_feature_head((1 - energy) * scale, seen_energy, scale**2 * seen_energy)), scale, seen_energy
            )),
        ),
    ),
    Theorem(
        name="tangent-kernel-split",
        kind="identity",
        statement="Θ = ZZᵀ (the head, whatever v) + ‖v‖²XXᵀ (the first layer, quadratic in the norm of the head)",
        formula=theory.tangent_kernel,
        source="Tomihari & Sato (2024), for a linear network",
        papers=("tomihari2024",),
        covers="n = d = k = 2",
        domain="any X, k and d",
        derivation="derivations.two_layer_linear.head_motion.tangent_kernel",
        limits=(
            Limit(
                "no head: probing alone",
                np.array([_X @ _B.T @ _B @ _X.T, np.zeros((2, 2))]),
                ({"X": _X, "features": _B},),
                given={"head": np.zeros(2)},
                left=lambda formula, **a: np.array(formula(**a)),
            ),
            Limit(
                "twice the head: four times the part of the first layer",
                lambda X, features, head: 4 * (head @ head) * (X @ X.T),
                ({"X": _X, "features": _B, "head": _V},),
                left=lambda formula, X, features, head: formula(X, features, 2 * head)[1],
            ),
        ),
        sample=_task,
        experiments=(Experiment(draws.kernels, _SIZES, compare="identity"),),
        mutants=(
            Mutant("‖v‖ for ‖v‖²", instead(head=lambda head: head / np.sqrt(np.sqrt(np.sum(head * head))))),
            Mutant("the parts exchanged", lambda X, features, head: theory.tangent_kernel(X, features, head)[::-1]),
            scaled(features=2.0),
        ),
    ),
)  # fmt: skip
