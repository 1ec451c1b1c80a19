"""Rows: gradient flow of deep linear networks: what is conserved, how fast, and where it ends."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.dynamics import (
    against,
    durations,
    orbits,
    polar,
    strengths,
    two_layer_strengths,
)
from lintransfer.experiments.deep_linear.flows import (
    imbalances,
    kept,
    small_allowance,
    small_arguments,
    small_start,
    velocities,
)
from lintransfer.table.mutants import instead, moved, scaled, swapped, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import dynamics as formulas

_TIMES = {"time": (0.01, 3.0), "initial": (0.05, 4.0), "teacher_norm": (0.1, 3.0)}


def _without_time(time: Any, initial: Any, angle: Any, teacher_norm: Any) -> Any:
    """1/a without the term t sin²φ."""
    strength, now = formulas.misaligned_two_layers(time, initial, angle, teacher_norm)
    return 1 / (1 / strength - time * np.sin(float(now)) ** 2)


_START = {"initial": 0.3, "teacher_norm": 1.4}
DEPTHS = ({"depth": 1}, {"depth": 2}, {"depth": 3}, {"depth": 5})


def _matrices(rng: np.random.Generator) -> dict[str, Any]:
    return {"layers": [rng.standard_normal(shape) for shape in ((4, 2), (2, 3), (3, 1))]}


def _point(rng: np.random.Generator) -> dict[str, Any]:
    return {"weights": rng.standard_normal(3), "gradient": rng.standard_normal(3), "depth": float(rng.uniform(1, 9))}


def _combined(layers: Any, here: float, after: float) -> list[Any]:
    pairs = pairwise(layers)
    return [here * np.swapaxes(a, -1, -2) @ a + after * b @ np.swapaxes(b, -1, -2) for a, b in pairs]


def _velocity(weights: Any, slope: Any, power: Any, factor: Any) -> Any:
    square = np.sum(weights * weights, axis=-1, keepdims=True)
    along = np.sum(weights * slope, axis=-1, keepdims=True) / square
    return -(square ** (power / 2)) * (slope + factor * along * weights)


ROWS = (
    Theorem(
        name="layer-balance",
        kind="identity",
        statement="W_lᵀW_l − W_{l+1}W_{l+1}ᵀ is conserved by gradient flow, l = 1 … L − 1",
        formula=formulas.layer_imbalances,
        source="Arora, Cohen & Hazan (2018); Saxe, McClelland & Ganguli (2014)",
        papers=("arora2018", "saxe2014"),
        covers="three layers of width 1",
        domain="any depth, widths and start, any loss of the product, no weight decay",
        derivation="derivations.deep_linear.dynamics.layer_balance",
        limits=(
            Limit(
                "balanced networks stay balanced",
                lambda **_: [np.zeros((1, 1)), np.zeros((1, 1))],
                ({"layers": [np.full((1, 1), 1.5), np.full((1, 1), -1.5), np.full((1, 1), 1.5)]},),
            ),
        ),
        sample=_matrices,
        experiments=(Experiment(imbalances, ({"depth": 2}, {"depth": 3}, {"depth": 5}), "identity", 4),),
        mutants=(
            Mutant("sum for difference", lambda layers: _combined(layers, 1, 1)),
            Mutant("twice the later layer", lambda layers: _combined(layers, 1, -2)),
        ),
    ),
    Theorem(
        name="rank-one-reduction",
        kind="identity",
        statement="w' = −‖w‖^{2−2/L}[∇ + (L−1)ŵŵᵀ∇]",
        formula=formulas.end_to_end_velocity,
        source="Arora, Cohen & Hazan (2018), Theorem 1, one output",
        papers=("arora2018",),
        covers="d = 2, weights along (3, 4)",
        domain="balanced rank-one network, every L ≥ 1",
        derivation="derivations.deep_linear.dynamics.rank_one_reduction",
        limits=(
            Limit(
                "one layer: plain gradient flow",
                lambda gradient, **_: -gradient,
                ({"weights": np.array([1.0, -2.0]), "gradient": np.array([0.5, 3.0]), "depth": 1},),
            ),
        ),
        sample=_point,
        experiments=(Experiment(velocities, DEPTHS, "identity", 5),),
        mutants=(
            Mutant("L for L − 1", lambda weights, gradient, depth: _velocity(weights, gradient, 2 - 2 / depth, depth)),
            Mutant(
                "1 − 1/L for 2 − 2/L",
                lambda weights, gradient, depth: _velocity(weights, gradient, 1 - 1 / depth, depth - 1),
            ),
        ),
    ),
    Theorem(
        name="retention-identity",
        kind="identity",
        statement="Qw(t) = ρ(t)Qw0, ρ(t) = (‖w(t)‖/‖w0‖)^{1−1/L}, at every time",
        formula=formulas.retention_along_flow,
        source="cf. Shachaf, Brutzkus & Globerson (2021), deep part",
        papers=("shachaf2021",),
        domain="balanced rank-one start, early stopping included, noise or not",
        derivation="derivations.deep_linear.dynamics.retention_identity",
        limits=(Limit("a linear network keeps all of it", 1.0, ({"norm": 3.0, "initial_norm": 0.5, "depth": 1.0},)),),
        box={"norm": (0.01, 100.0), "initial_norm": (0.01, 100.0), "depth": (1.0, 1e6)},
        experiments=(Experiment(kept, grid(depth=[1, 2, 3, 5], time=[0.1, 1.0]), "identity", 5),),
        mutants=(
            Mutant("exponent 1/L", lambda norm, initial_norm, depth: (norm / initial_norm) ** (1 / depth)),
            Mutant("ρ = 1", lambda norm: 1 + 0 * norm),
        ),
    ),
    Theorem(
        name="small-start",
        kind="asymptotic",
        statement="‖Qw_∞‖ ≃ √A‖m‖^{1−1/L}‖w0‖^{1/L} as ‖w0‖ → 0: scratch tends to min-norm",
        formula=formulas.small_start_residual,
        source="follows from norm-ratio by expansion in ‖w0‖; its limit is Theorem 3.5 of Tahir, Ganguli & Rotskoff (2025)",
        follows=("norm-ratio",),
        see=("tahir2024",),
        domain="balanced rank-one start, n < d, finite L; relative error O((‖w0‖/‖m‖)^{2/L})",
        derivation="derivations.deep_linear.dynamics.small_start",
        limits=(
            Limit(
                "one layer forgets nothing",
                lambda null_fraction, initial_norm, **_: null_fraction**0.5 * initial_norm,
                ({"depth": 1, "null_fraction": 0.3, "fit_norm": 2.0, "initial_norm": 0.01},),
            ),
        ),
        box={"depth": (1.0, 20.0), "null_fraction": (0.01, 1.0), "fit_norm": (0.1, 10.0), "initial_norm": (1e-6, 1e-2)},
        experiments=(
            Experiment(
                small_start,
                ({"depth": 2, "scale": 1e-2}, {"depth": 2, "scale": 1e-3}),
                "asymptotic",
                3,
                allowance=small_allowance,
                arguments=small_arguments,
            ),
            Experiment(
                small_start,
                ({"depth": 3, "scale": 1e-2}, {"depth": 3, "scale": 1e-3}),
                "asymptotic",
                3,
                allowance=small_allowance,
                arguments=small_arguments,
            ),
        ),
        mutants=(
            Mutant("A for √A", instead(null_fraction=lambda null_fraction: null_fraction**2)),
            swapped("fit_norm", "initial_norm"),
        ),
    ),
    Theorem(
        name="aligned-two-layers",
        kind="identity",
        statement="L = 2 along the teacher: a(t) = b/(1 + (b/a_0 − 1)e^{−2bt})",
        formula=formulas.aligned_strength_two_layers,
        source="Saxe, McClelland & Ganguli (2014)",
        papers=("saxe2014",),
        domain="whitened population, balanced rank-one start along the teacher",
        derivation="derivations.deep_linear.dynamics.aligned_two_layers",
        limits=(
            Limit("at the teacher nothing moves", 1.5, ({"time": 0.7, "initial": 1.5, "teacher_norm": 1.5},)),
            Limit("at last the teacher", 1.5, ({"time": 100.0, "initial": 1e-3, "teacher_norm": 1.5},)),
        ),
        box=_TIMES,
        experiments=(
            Experiment(
                two_layer_strengths,
                ({"time": 0.6, **_START}, {"time": 0.6, "initial": 3.0, "teacher_norm": 1.0}),
                "identity",
                2,
            ),
        ),
        mutants=(Mutant("b for 2b", scaled(time=0.5)),),
    ),
    Theorem(
        name="aligned-time",
        kind="identity",
        statement="t = ∫ da/(L a^{2−2/L}(b − a))",
        formula=formulas.aligned_time,
        source="Saxe, McClelland & Ganguli (2014)",
        papers=("saxe2014",),
        covers="depth = 4",
        domain="as aligned-two-layers, any finite L ≥ 1",
        derivation="derivations.deep_linear.dynamics.aligned_time",
        limits=(
            Limit(
                "one layer: a logarithm",
                lambda strength, initial, teacher_norm, **_: math.log(
                    (teacher_norm - initial) / (teacher_norm - strength)
                ),
                ({"strength": 1.0, "depth": 1, **_START},),
            ),
            Limit(
                "two layers: the logistic",
                0.6,
                ({"strength": float(formulas.aligned_strength_two_layers(0.6, **_START)), "depth": 2, **_START},),
            ),
        ),
        sample=lambda rng: {
            "strength": float(rng.uniform(0.3, 0.9)),
            "initial": float(rng.uniform(0.01, 0.2)),
            "teacher_norm": 1.0,
            "depth": float(rng.uniform(1, 9)),
        },
        experiments=(Experiment(durations, grid(depth=[1, 2, 3, 5], time=0.4, **_START), "identity", 2),),
        mutants=(
            Mutant("1 − 1/L for 2 − 2/L", instead(depth=lambda depth: 2 * depth / (depth + 1))),
            Mutant("L dropped", times(lambda depth: depth)),
        ),
    ),
    Theorem(
        name="aligned-strength",
        kind="implicit",
        statement="a(t) with a' = L a^{2−2/L}(b − a)",
        formula=formulas.aligned_strength,
        source="Saxe, McClelland & Ganguli (2014)",
        papers=("saxe2014",),
        domain="as aligned-time; from above the teacher too",
        derivation=None,
        limits=(
            Limit(
                "two layers",
                lambda time, initial, teacher_norm, **_: formulas.aligned_strength_two_layers(
                    time, initial, teacher_norm
                ),
                grid(time=[0.0, 0.3, 2.0], initial=[0.01, 4.0], teacher_norm=1.4, depth=2),
                rtol=1e-11,
            ),
            Limit(
                "one layer",
                lambda time, initial, teacher_norm, **_: teacher_norm + (initial - teacher_norm) * math.exp(-time),
                grid(time=[0.3, 2.0], initial=0.2, teacher_norm=1.4, depth=1),
            ),
        ),
        box={**_TIMES, "depth": (1.0, 9.0)},
        experiments=(Experiment(strengths, grid(depth=[1, 2, 3, 5], time=0.4, **_START), "identity", 2),),
        mutants=(Mutant("L dropped", instead(time=lambda time, depth: time / depth)),),
    ),
    Theorem(
        name="misaligned-two-layers",
        kind="identity",
        statement="tan(φ/2) = e^{−bt}tan(φ_0/2); 1/a = (1/a_0 − cos φ_0/b)sin²φ/sin²φ_0 + cos φ/b + t sin²φ",
        formula=formulas.misaligned_two_layers,
        source="Kunin et al. (2024)",
        papers=("kunin2024",),
        domain="whitened population, two balanced layers, 0 < φ_0 < π",
        derivation="derivations.deep_linear.dynamics.misaligned_two_layers",
        limits=(
            Limit(
                "a small angle: the aligned law",
                lambda **a: formulas.aligned_strength_two_layers(**a),
                ({"time": 0.6, **_START},),
                rtol=1e-11,
                left=lambda formula, **a: formula(angle=1e-7, **a)[0],
            ),
            Limit(
                "against the teacher: the saddle",
                lambda **a: formulas.anti_aligned_two_layers(**a),
                ({"time": 0.6, **_START},),
                rtol=1e-9,
                left=lambda formula, **a: formula(angle=math.pi - 1e-9, **a)[0],
            ),
        ),
        box={**_TIMES, "angle": (0.01, 3.1)},
        experiments=(Experiment(polar, grid(time=[0.3, 2.0], angle=[0.5, 2.8], **_START), "identity", 2),),
        mutants=(
            Mutant(
                "the angle fixed",
                lambda time, initial, angle, teacher_norm: (
                    formulas.aligned_strength_two_layers(time, initial, teacher_norm),
                    angle + 0 * time,
                ),
            ),
            Mutant(
                "t dropped",
                lambda time, initial, angle, teacher_norm: (
                    _without_time(time, initial, angle, teacher_norm),
                    formulas.misaligned_two_layers(time, initial, angle, teacher_norm)[1],
                ),
            ),
        ),
    ),
    Theorem(
        name="anti-aligned-two-layers",
        kind="identity",
        statement="exactly against the teacher: a(t) = b/((1 + b/a_0)e^{2bt} − 1), the saddle w = 0 at last",
        formula=formulas.anti_aligned_two_layers,
        source="Kunin et al. (2024)",
        papers=("kunin2024",),
        domain="as misaligned-two-layers, φ_0 = π; unstable",
        derivation="derivations.deep_linear.dynamics.anti_aligned_two_layers",
        limits=(
            Limit(
                "a_0 = b = 1",
                lambda time, **_: 1 / (2 * math.exp(2 * time) - 1),
                grid(time=[0.0, 1.0, 5.0], initial=1.0, teacher_norm=1.0),
            ),
        ),
        box=_TIMES,
        experiments=(Experiment(against, ({"time": 0.5, **_START}, {"time": 1.0, **_START}), "identity", 2),),
        mutants=(Mutant("b for 2b", scaled(time=0.5)),),
    ),
    Theorem(
        name="misaligned-orbit",
        kind="identity",
        statement="1/a = sin^Lφ[1/(a_0 sin^Lφ_0) + (L/b)∫_φ^{φ_0} sin^{−L−1}]",
        formula=formulas.misaligned_orbit,
        source="not found in the literature (searched 2026-11-27); two layers: Kunin et al. (2024)",
        see=("kunin2024",),
        covers="depth = 2",
        domain="whitened population, any finite L ≥ 1, 0 < φ ≤ φ_0 < π",
        derivation="derivations.deep_linear.dynamics.misaligned_orbit",
        limits=(
            Limit(
                "the start",
                lambda initial, **_: initial,
                grid(angle=1.1, initial_angle=1.1, depth=[1, 2, 5.5], **_START),
            ),
        ),
        sample=lambda rng: {
            "angle": float(rng.uniform(0.1, 1)),
            "initial": float(rng.uniform(0.1, 2)),
            "initial_angle": float(rng.uniform(1.1, 2.5)),
            "teacher_norm": 1.3,
            "depth": float(rng.uniform(1, 6)),
        },
        experiments=(
            Experiment(orbits, grid(depth=[1, 2, 3, 5], time=0.5, initial_angle=2.0, **_START), "identity", 2),
        ),
        mutants=(Mutant("one layer less", moved(depth=1)),),
    ),
)
