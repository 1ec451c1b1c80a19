"""Rows: trajectories of deep linear networks on a whitened population."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.deep_flow import end_to_end, rank_one_layers, train_layers
from lintransfer.table.mutants import instead, moved, scaled, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory import deep_dynamics as formulas

_TIMES = {"time": (0.01, 3.0), "initial": (0.05, 4.0), "teacher_norm": (0.1, 3.0)}


def _trained(
    rng: np.random.Generator, replicates: int, depth: int, time: float, initial: float, angle: float, teacher: float
) -> np.ndarray:
    """End-to-end vectors (replicates, 3) of layers trained on the population: X = 1, y = θ = (b, 0, 0)."""
    start = initial * np.array([math.cos(angle), math.sin(angle), 0.0])
    layers = rank_one_layers(rng, np.repeat(start[:, None], replicates, axis=1), depth)
    inputs = np.repeat(np.eye(3)[..., None], replicates, axis=-1)
    labels = np.repeat(teacher * np.eye(3)[:, :1], replicates, axis=1)
    return end_to_end(train_layers(layers, inputs, labels, time=time, rtol=1e-12)).T


def _strengths(rng: np.random.Generator, replicates: int, depth: int = 2, angle: float = 0.0, **point: Any) -> Any:
    vectors = _trained(rng, replicates, depth, point["time"], point["initial"], angle, point["teacher_norm"])
    return np.linalg.norm(vectors, axis=1), {**point, "depth": depth}


def _two_layer_strengths(rng: np.random.Generator, replicates: int, **point: Any) -> tuple[Any, Any]:
    values, _ = _strengths(rng, replicates, **point)
    return values, point


def _polar(rng: np.random.Generator, replicates: int, **point: float) -> tuple[Any, Any]:
    vectors = _trained(rng, replicates, 2, point["time"], point["initial"], point["angle"], point["teacher_norm"])
    angles = np.arctan2(np.linalg.norm(vectors[:, 1:], axis=1), vectors[:, 0])
    arguments = {name: np.full(replicates, value) for name, value in point.items()}
    return np.stack([np.linalg.norm(vectors, axis=1), angles]), arguments


def _orbits(rng: np.random.Generator, replicates: int, depth: int, time: float, **point: float) -> tuple[Any, Any]:
    a, phi, b = point["initial"], point["initial_angle"], point["teacher_norm"]
    vectors = _trained(rng, replicates, depth, time, a, phi, b)
    angles = np.arctan2(np.linalg.norm(vectors[:, 1:], axis=1), vectors[:, 0])
    return np.linalg.norm(vectors, axis=1), {"angle": angles, **point, "depth": depth}


def _durations(rng: np.random.Generator, replicates: int, depth: int, time: float, **point: float) -> tuple[Any, Any]:
    vectors = _trained(rng, replicates, depth, time, point["initial"], 0.0, point["teacher_norm"])
    return np.full(replicates, time), {"strength": np.linalg.norm(vectors, axis=1), **point, "depth": depth}


def _against(rng: np.random.Generator, replicates: int, **point: Any) -> tuple[Any, Any]:
    values, _ = _strengths(rng, replicates, angle=math.pi, **point)
    return values, point


def _without_time(time: Any, initial: Any, angle: Any, teacher_norm: Any) -> Any:
    """1/a without the term t sin²φ."""
    strength, now = formulas.misaligned_two_layers(time, initial, angle, teacher_norm)
    return 1 / (1 / strength - time * np.sin(float(now)) ** 2)


_START = {"initial": 0.3, "teacher_norm": 1.4}

ROWS = (
    Theorem(
        name="aligned-two-layers",
        kind="identity",
        statement="L = 2 along the teacher: a(t) = b/(1 + (b/a_0 − 1)e^{−2bt})",
        formula=formulas.aligned_strength_two_layers,
        source="Saxe, McClelland & Ganguli (2014)",
        papers=("saxe2014",),
        domain="whitened population, balanced rank-one start along the teacher",
        derivation="derivations.deep_linear.aligned_two_layers",
        limits=(
            Limit("at the teacher nothing moves", 1.5, ({"time": 0.7, "initial": 1.5, "teacher_norm": 1.5},)),
            Limit("at last the teacher", 1.5, ({"time": 100.0, "initial": 1e-3, "teacher_norm": 1.5},)),
        ),
        box=_TIMES,
        experiments=(
            Experiment(
                _two_layer_strengths,
                ({"time": 0.6, **_START}, {"time": 0.6, "initial": 3.0, "teacher_norm": 1.0}),
                "identity",
                2,
            ),
        ),
        mutants=(
            Mutant("b for 2b", scaled(time=0.5)),
        ),
    ),
    Theorem(
        name="aligned-time",
        kind="identity",
        statement="t = ∫ da/(L a^{2−2/L}(b − a))",
        formula=formulas.aligned_time,
        source="Saxe, McClelland & Ganguli (2014)",
        papers=("saxe2014",), covers="depth = 4",
        domain="as aligned-two-layers, any finite L ≥ 1",
        derivation="derivations.deep_linear.aligned_time",
        limits=(
            Limit(
                "one layer: a logarithm",
                lambda strength, initial, teacher_norm, **_: math.log(
                    (teacher_norm - initial) / (teacher_norm - strength)
                ),
                ({"strength": 1.0, "depth": 1, **_START},),
            ),
            Limit("two layers: the logistic", 0.6,
                  ({"strength": float(formulas.aligned_strength_two_layers(0.6, **_START)), "depth": 2, **_START},)),
        ),
        sample=lambda rng: {"strength": float(rng.uniform(0.3, 0.9)), "initial": float(rng.uniform(0.01, 0.2)),
                            "teacher_norm": 1.0, "depth": float(rng.uniform(1, 9))},
        experiments=(
            Experiment(_durations, grid(depth=[1, 2, 3, 5], time=0.4, **_START), "identity", 2),
        ),
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
        experiments=(
            Experiment(_strengths, grid(depth=[1, 2, 3, 5], time=0.4, **_START), "identity", 2),
        ),
        mutants=(
            Mutant("L dropped", instead(time=lambda time, depth: time / depth)),
        ),
    ),
    Theorem(
        name="misaligned-two-layers",
        kind="identity",
        statement="tan(φ/2) = e^{−bt}tan(φ_0/2); 1/a = (1/a_0 − cos φ_0/b)sin²φ/sin²φ_0 + cos φ/b + t sin²φ",
        formula=formulas.misaligned_two_layers,
        source="Kunin et al. (2024)",
        papers=("kunin2024",),
        domain="whitened population, two balanced layers, 0 < φ_0 < π",
        derivation="derivations.deep_linear.misaligned_two_layers",
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
        experiments=(
            Experiment(_polar, grid(time=[0.3, 2.0], angle=[0.5, 2.8], **_START), "identity", 2),
        ),
        mutants=(
            Mutant("the angle fixed", lambda time, initial, angle, teacher_norm: (
                formulas.aligned_strength_two_layers(time, initial, teacher_norm), angle + 0 * time
            )),
            Mutant("t dropped", lambda time, initial, angle, teacher_norm: (
                _without_time(time, initial, angle, teacher_norm),
                formulas.misaligned_two_layers(time, initial, angle, teacher_norm)[1],
            )),
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
        derivation="derivations.deep_linear.anti_aligned",
        limits=(
            Limit("a_0 = b = 1", lambda time, **_: 1 / (2 * math.exp(2 * time) - 1),
                  grid(time=[0.0, 1.0, 5.0], initial=1.0, teacher_norm=1.0)),
        ),
        box=_TIMES,
        experiments=(
            Experiment(_against, ({"time": 0.5, **_START}, {"time": 1.0, **_START}), "identity", 2),
        ),
        mutants=(Mutant("b for 2b", scaled(time=0.5)),),
    ),
    Theorem(
        name="misaligned-orbit",
        kind="identity",
        statement="1/a = sin^Lφ[1/(a_0 sin^Lφ_0) + (L/b)∫_φ^{φ_0} sin^{−L−1}]",
        formula=formulas.misaligned_orbit,
        source="not found in the literature (searched 2026-11-27); two layers: Kunin et al. (2024)",
        see=("kunin2024",), covers="depth = 2",
        domain="whitened population, any finite L ≥ 1, 0 < φ ≤ φ_0 < π",
        derivation="derivations.deep_linear.misaligned_orbit",
        limits=(
            Limit("the start", lambda initial, **_: initial,
                  grid(angle=1.1, initial_angle=1.1, depth=[1, 2, 5.5], **_START)),
        ),
        sample=lambda rng: {
            "angle": float(rng.uniform(0.1, 1)),
            "initial": float(rng.uniform(0.1, 2)),
            "initial_angle": float(rng.uniform(1.1, 2.5)),
            "teacher_norm": 1.3,
            "depth": float(rng.uniform(1, 6)),
        },
        experiments=(
            Experiment(_orbits, grid(depth=[1, 2, 3, 5], time=0.5, initial_angle=2.0, **_START), "identity", 2),
        ),
        mutants=(
            Mutant("one layer less", moved(depth=1)),
        ),
    ),
)
