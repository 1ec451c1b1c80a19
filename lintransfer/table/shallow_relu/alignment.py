"""Rows: early alignment and growth of ReLU neurons from a small start."""

from __future__ import annotations

import math

from lintransfer.experiments.shallow_relu.alignment import TEACHER, fluctuation_draws, force_draws, motion
from lintransfer.table.mutants import dropped, instead, scaled
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.shallow_relu.alignment import (
    alignment_cosine,
    alignment_time,
    expected_force,
    force_fluctuation,
    growth_factor,
    growth_time,
)

_MOTION = {"time": (0.0, 8.0), "cosine": (-0.99, 0.99), "force": (0.1, 2.0), "sign": (-1, 1)}


ROWS = (
    Theorem(
        name="relu-expected-force",
        kind="exact",
        statement="E D_n(w) = Σβ/2 for every fixed w ≠ 0 at f = 0",
        formula=expected_force,
        source="Boursier & Flammarion (2024)",
        papers=("boursier2024",),
        domain="inputs symmetric about 0, linear teacher",
        derivation="derivations.shallow_relu.alignment.relu_expected_force",
        limits=(Limit("no displacement, no force", 0.0, ({"covariance_times_displacement": 0.0},)),),
        box={"covariance_times_displacement": (-3.0, 3.0)},
        experiments=(
            Experiment(
                force_draws,
                ({"n": 3}, {"n": 20}),
                replicates=20_000,
                arguments=lambda n: {"covariance_times_displacement": 1.0},
            ),
        ),
        mutants=(Mutant("ungated: Σβ", lambda covariance_times_displacement: covariance_times_displacement),),
    ),
    Theorem(
        name="relu-force-fluctuation",
        kind="exact",
        statement="E‖D_n − D‖² = (1/n)[((d+2)‖β‖² + σ²d)/2 − ‖β‖²/4]",
        formula=force_fluctuation,
        source="follows from Isserlis (1918) (moments of normal vectors)",
        follows=("isserlis1918",),
        domain="x ~ N(0, I), fixed w, n ≥ 1",
        derivation="derivations.shallow_relu.alignment.relu_force_fluctuation",
        limits=(
            Limit(
                "one dimension, one sample, no noise: 3/2 − 1/4",
                1.25,
                ({"n": 1, "dim": 1, "displacement_energy": 1.0, "noise_variance": 0.0},),
            ),
        ),
        box={"n": (1, 10**6), "dim": (1, 10**6), "displacement_energy": (0.1, 10.0), "noise_variance": (0.0, 10.0)},
        experiments=(
            Experiment(
                fluctuation_draws,
                ({"n": 1, "noise_std": 0.5}, {"n": 5, "noise_std": 1.5}),
                replicates=40_000,
                arguments=lambda n, noise_std: {
                    "n": n,
                    "dim": 5,
                    "displacement_energy": float(TEACHER @ TEACHER),
                    "noise_variance": noise_std**2,
                },
                resolution=0.08,
            ),
        ),
        mutants=(
            Mutant(
                "d + 1 in place of d + 2",
                lambda n, dim, displacement_energy, noise_variance: (
                    force_fluctuation(n, dim, displacement_energy, noise_variance) - displacement_energy / 2 / n
                ),
            ),
            dropped("noise_variance"),
            Mutant(
                "mean not subtracted",
                lambda n, dim, displacement_energy, noise_variance: (
                    force_fluctuation(n, dim, displacement_energy, noise_variance) + displacement_energy / 4 / n
                ),
            ),
        ),
    ),
    Theorem(
        name="relu-alignment-cosine",
        kind="exact",
        statement="cos∠(w(τ), D) = tanh(ς‖D‖τ + artanh cos∠(w(0), D))",
        formula=alignment_cosine,
        source="Kunin et al. (2024), the same equation; cf. Boursier, Pillaud-Vivien & Flammarion (2022), Boursier & Flammarion (2024)",
        papers=("kunin2024", "boursier2022", "boursier2024"),
        domain="balanced neuron under a constant force",
        derivation="derivations.shallow_relu.alignment.relu_alignment_cosine",
        limits=(
            Limit(
                "at the start",
                lambda time, cosine, force, sign: cosine,
                ({"time": 0.0, "cosine": -0.4, "force": 2.0, "sign": 1},),
            ),
            Limit(
                "in the end: the sign of the output weight",
                lambda time, cosine, force, sign: sign,
                ({"time": 40.0, "cosine": 0.4, "force": 2.0, "sign": -1},),
            ),
        ),
        box=_MOTION,
        experiments=(Experiment(motion("cosine"), ({"time": 1.0}, {"time": 5.0}), compare="identity", replicates=1),),
        mutants=(
            scaled(force=0.5),
            instead(sign=1),
        ),
    ),
    Theorem(
        name="relu-growth-factor",
        kind="exact",
        statement="‖w(τ)‖/‖w(0)‖ = cosh(ς‖D‖τ + b)/cosh b, b = artanh cos∠(w(0), D)",
        formula=growth_factor,
        source="Kunin et al. (2024), the same equation; cf. Boursier, Pillaud-Vivien & Flammarion (2022), Boursier & Flammarion (2024)",
        papers=("kunin2024", "boursier2022", "boursier2024"),
        domain="balanced neuron under a constant force, ς = ±1",
        derivation="derivations.shallow_relu.alignment.relu_growth_factor",
        limits=(
            Limit(
                "aligned from the start: exponential growth",
                lambda time, cosine, force, sign: math.exp(force * time),
                ({"time": 3.0, "cosine": 1.0, "force": 2.0, "sign": 1},),
            ),
        ),
        box=_MOTION,
        experiments=(Experiment(motion("growth"), ({"time": 1.0}, {"time": 5.0}), compare="identity", replicates=1),),
        mutants=(
            scaled(force=0.5),
            scaled(sign=-1),
        ),
    ),
    Theorem(
        name="relu-alignment-time",
        kind="exact",
        statement="τ = (1/‖D‖)[½ln((2−ε)/ε) − ςb] until ς cos∠(w, D) = 1 − ε",
        formula=alignment_time,
        source="Kunin et al. (2024), the same equation; cf. Boursier, Pillaud-Vivien & Flammarion (2022), Boursier & Flammarion (2024)",
        papers=("kunin2024", "boursier2022", "boursier2024"),
        covers="ς = 1",
        domain="balanced neuron under a constant force",
        derivation="derivations.shallow_relu.alignment.relu_alignment_time",
        limits=(
            Limit(
                "the cosine at that time is 1 − ε",
                lambda gap, cosine: gap - 1,
                ({"gap": 0.01, "cosine": 0.5}, {"gap": 0.3, "cosine": -0.5}),
                1e-10,
                left=lambda formula, gap, cosine: alignment_cosine(formula(gap, cosine, 0.7, -1), cosine, 0.7, -1),
            ),
            Limit("opposite to the force: never", math.inf, ({"gap": 0.1, "cosine": -1.0, "force": 1.0},)),
        ),
        box={"gap": (0.001, 0.9), "cosine": (-0.99, 0.99), "force": (0.1, 2.0)},
        experiments=(
            Experiment(motion("alignment time"), ({"time": 2.0}, {"time": 4.0}), compare="identity", replicates=1),
        ),
        mutants=(Mutant("without the start", dropped("cosine")),),
    ),
    Theorem(
        name="relu-growth-time",
        kind="exact",
        statement="τ = (1/‖D‖)[arcosh(cosh b/‖w(0)‖) − ςb] until ‖w‖ = 1",
        formula=growth_time,
        source="Kunin et al. (2024), the same equation; cf. Boursier, Pillaud-Vivien & Flammarion (2022), Boursier & Flammarion (2024)",
        papers=("kunin2024", "boursier2022", "boursier2024"),
        covers="ς = 1",
        domain="balanced neuron under a constant force, ‖w(0)‖ ≤ 1",
        derivation="derivations.shallow_relu.alignment.relu_growth_time",
        limits=(
            Limit(
                "the norm at that time is 1",
                1.0,
                ({"size": 1e-6, "cosine": 0.9}, {"size": 0.5, "cosine": -0.5}),
                1e-10,
                left=lambda formula, size, cosine: (
                    size * growth_factor(formula(size, cosine, 0.7, -1), cosine, 0.7, -1)
                ),
            ),
            Limit(
                "aligned: ln(1/‖w(0)‖)/‖D‖",
                lambda initial_norm, cosine, force: math.log(1 / initial_norm) / force,
                ({"initial_norm": 0.01, "cosine": 1.0, "force": 2.0},),
            ),
        ),
        box={"initial_norm": (1e-6, 0.9), "cosine": (-0.99, 0.99), "force": (0.1, 2.0)},
        experiments=(
            Experiment(motion("growth time"), ({"time": 6.0}, {"time": 10.0}), compare="identity", replicates=1),
        ),
        mutants=(Mutant("without the start", instead(cosine=lambda cosine: 1 + 0 * cosine)),),
    ),
)
