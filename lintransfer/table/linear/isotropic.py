"""Rows: moments of minimum-norm and least-squares fits on isotropic inputs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.isotropic import paired_gains, training_risks
from lintransfer.simulate.end_to_end import risk_samples
from lintransfer.table.mutants import dropped, instead, moved, scaled, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear import isotropic as formulas

_ENERGY = (0.0, 4.0)


def _few(n: int, dim: int) -> dict[str, Any]:
    return {"n": n, "dim": dim, "displacement_energy": 0.8, "noise_variance": 0.3}


def _many(n: int, dim: int) -> dict[str, Any]:
    return {"n": n, "dim": dim, "noise_variance": 0.3}


def _above(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(np.exp(rng.uniform(0, math.log(1e9))))
    return {"n": dim + 2 + int(np.exp(rng.uniform(0, 20))), "dim": dim, "noise_variance": rng.uniform(0, 4)}


def _determined(rng: np.random.Generator) -> dict[str, Any]:
    """One in four at the threshold, where the mean is infinite."""
    drawn = _above(rng)
    return drawn | {"n": drawn["dim"] + int(rng.integers(0, 2))} if rng.random() < 0.25 else drawn


def _below(rng: np.random.Generator) -> dict[str, Any]:
    n = int(np.exp(rng.uniform(0, math.log(1e9)))) - 1
    energies = {"displacement_energy": rng.uniform(0, 4), "noise_variance": rng.uniform(0, 4)}
    return {"n": n, "dim": n + 4 + int(np.exp(rng.uniform(0, 20))), **energies}


_BOX = {"n": (0, 10**9), "dim": (1, 10**9), "displacement_energy": _ENERGY, "noise_variance": _ENERGY}

ROWS = (
    Theorem(
        name="min-norm-risk",
        kind="exact",
        statement="E R = (1−n/d)₊‖δ‖² + σ² n/(d−n−1) for n ≤ d−2, σ² d/(n−d−1) for n ≥ d+2",
        formula=formulas.min_norm_risk,
        source="Breiman & Freedman (1983) and Belkin, Hsu & Xu (2020), every n and d; from a pretrained start, d → ∞: Tahir, Ganguli & Rotskoff (2025), eq. 8",
        papers=("breiman1983", "belkin2020", "tahir2024", "hastie2022"),
        domain="Σ = I, every n ≥ 0 and d ≥ 1; inf where |n − d| ≤ 1 ≤ n and σ > 0",
        derivation="derivations.linear.isotropic.min_norm_risk",
        limits=(
            Limit(
                "no samples: the energy of the displacement",
                lambda displacement_energy, **_: displacement_energy,
                tuple(_few(0, d) for d in (1, 2, 10, 10**9)),
            ),
            Limit(
                "no noise: (1 − n/d)₊‖δ‖², finite also at n = d",
                lambda n, dim: max(0.0, 0.7 * (dim - n) / dim),
                grid(n=range(9), dim=5),
                given={"displacement_energy": 0.7, "noise_variance": 0.0},
            ),
            Limit(
                "infinite mean around n = d",
                math.inf,
                ({"n": 4, "dim": 5}, {"n": 5, "dim": 5}, {"n": 6, "dim": 5}, {"n": 1, "dim": 1}, {"n": 2, "dim": 1}),
                given={"displacement_energy": 0.7, "noise_variance": 0.1},
            ),
            Limit(
                "large d at fixed n/d: (1 − γ)‖δ‖² + σ²γ/(1 − γ)",
                lambda gamma, dim: (1 - gamma) * 0.7 + 0.1 * gamma / (1 - gamma),
                ({"gamma": 0.25, "dim": 10**9}, {"gamma": 0.75, "dim": 10**9}),
                rtol=1e-8,
                left=lambda formula, gamma, dim: formula(gamma * dim, dim, 0.7, 0.1),
            ),
        ),
        box=_BOX,
        experiments=(Experiment(training_risks, (_few(2, 6), _few(4, 9), _few(10, 4), _few(1, 6), _few(0, 3))),),
        mutants=(
            Mutant(
                "d − n for d − n − 1",
                lambda n, dim, displacement_energy, noise_variance: (
                    (1 - n / dim) * displacement_energy + noise_variance * n / (dim - n)
                ),
            ),
            dropped("noise_variance"),
            scaled(noise_variance=2),
            Mutant("n and d swapped", instead(n="dim", dim=lambda n: max(n, 1))),
        ),
    ),
    Theorem(
        name="least-squares-risk",
        kind="exact",
        statement="E R = σ² d/(n−d−1) for n ≥ d+2, inf for |n−d| ≤ 1 and σ > 0, 0 without noise, whatever w0",
        formula=formulas.least_squares_risk,
        source="classical (mean of an inverse Wishart matrix): Breiman & Freedman (1983); Anderson (2003)",
        papers=("breiman1983", "anderson2003", "hastie2022"),
        domain="any Σ of rank d, n ≥ d (n ≥ d − 1 with noise), n ≥ 1",
        derivation="derivations.linear.isotropic.least_squares_risk",
        limits=(
            Limit(
                "the threshold: an infinite mean, which no noise makes 0",
                lambda noise_variance, **_: math.inf if noise_variance else 0.0,
                tuple(
                    {"n": n, "dim": dim, "noise_variance": noise}
                    for n, dim, noise in ((3, 4, 0.3), (4, 4, 0.3), (5, 4, 0.3), (1, 1, 0.3), (4, 4, 0.0), (5, 4, 0.0))
                ),
            ),
            Limit("no noise: learnt exactly", 0.0, grid(n=[4, 5, 6, 20], dim=4, noise_variance=0.0)),
            Limit("rank 0: nothing to fit", 0.0, grid(n=[1, 2, 9], dim=0, noise_variance=0.3)),
            Limit(
                "isotropic inputs: the min-norm risk",
                lambda n, dim, noise_variance: formulas.min_norm_risk(n, dim, 0.7, noise_variance),
                grid(n=[4, 5, 6, 20], dim=4, noise_variance=[0.0, 0.3]),
            ),
            Limit(
                "one dimension: σ²/(n − 2)",
                lambda n: 0.3 / (n - 2),
                ({"n": 3}, {"n": 10}),
                given={"dim": 1, "noise_variance": 0.3},
            ),
        ),
        sample=_determined,
        experiments=(
            Experiment(
                lambda rng, replicates, n, dim, noise_variance: risk_samples(
                    rng,
                    replicates,
                    n=n,
                    target=np.ones(dim),
                    covariance=np.arange(1.0, dim + 1) ** -2,
                    noise_std=math.sqrt(noise_variance),
                ),
                (_many(10, 4), _many(9, 3), _many(9, 1)),
            ),
        ),
        mutants=(
            Mutant("n − d for n − d − 1", lambda n, dim, noise_variance: noise_variance * dim / (n - dim)),
            Mutant("n for d", lambda n, dim, noise_variance: noise_variance * n / (n - dim - 1)),
            Mutant(
                "finite at the threshold",
                lambda n, dim, noise_variance: noise_variance * dim / max(n - dim - 1, 1),
            ),
            moved(n=1),
        ),
    ),
    Theorem(
        name="min-norm-variance",
        kind="exact",
        statement="Var R = ‖δ‖⁴ 2n(d−n)/(d²(d+2)) + σ⁴ 2n(d−1)/((d−n−1)²(d−n−3))",
        formula=formulas.overparameterized_risk_variance,
        source="follows from min-norm-law by substitution (variances of its two parts); cf. the limits of Li, Xie & Wang (2020) and Han & Xu (2026)",
        follows=("min-norm-law",),
        see=("li2020", "han2026"),
        domain="Σ = I, one output, n ≤ d − 4",
        derivation="derivations.linear.isotropic.min_norm_variance",
        limits=(
            Limit(
                "no samples: no randomness",
                0.0,
                ({"dim": 5}, {"dim": 10**9}),
                given={"n": 0, "displacement_energy": 0.7, "noise_variance": 0.4},
            ),
            Limit("the wrapper selects it", formulas.min_norm_risk_variance, (_few(2, 8), _few(5, 9))),
        ),
        sample=_below,
        experiments=(Experiment(training_risks, (_few(2, 12), _few(3, 15)), compare="variance", resolution=0.25),),
        mutants=(
            Mutant("noise averaged analytically (its own variance dropped)", dropped("noise_variance")),
            times(0.5),
        ),
    ),
    Theorem(
        name="least-squares-variance",
        kind="exact",
        statement="Var R = σ⁴ 2d(n−1)/((n−d−1)²(n−d−3))",
        formula=formulas.underparameterized_risk_variance,
        source="follows from least-squares-law by substitution (its variance); cf. Li, Xie & Wang (2020)",
        follows=("least-squares-law",),
        see=("li2020",),
        domain="any Σ of rank d, one output, n ≥ d + 4",
        derivation="derivations.linear.isotropic.least_squares_variance",
        limits=(
            Limit(
                "the wrapper selects it",
                lambda n, dim, noise_variance: formulas.min_norm_risk_variance(n, dim, 0.6, noise_variance),
                (_many(8, 4), _many(20, 4)),
            ),
        ),
        sample=lambda rng: {**(a := _above(rng)), "n": a["n"] + 2},
        experiments=(Experiment(training_risks, (_many(15, 4), _many(16, 3)), compare="variance", resolution=0.25),),
        mutants=(
            Mutant(
                "d − 1 for n − 1",
                lambda n, dim, noise_variance: (
                    2 * noise_variance**2 * n * (dim - 1) / ((n - dim - 1) ** 2 * (n - dim - 3))
                ),
            ),
            times(0.5),
        ),
    ),
    Theorem(
        name="paired-transferability",
        kind="exact",
        statement="E T = (1−n/d)₊(2stc − s²)",
        formula=formulas.fine_tuning_transferability,
        source="Tahir, Ganguli & Rotskoff (2025), eq. 15, for linear networks",
        papers=("tahir2024",),
        domain="Σ = I, linear fine-tuning against scratch on the same data, every n ≥ 0",
        derivation="derivations.linear.isotropic.paired_transferability",
        limits=(
            Limit(
                "it is the difference of the two mean risks",
                lambda n, dim, source_energy, cross_energy: (
                    formulas.min_norm_risk(n, dim, 1.5, 0.25)
                    - formulas.min_norm_risk(n, dim, 1.5 - 2 * cross_energy + source_energy, 0.25)
                ),
                grid(n=[0, 1, 5, 9], dim=7, source_energy=0.5, cross_energy=0.6),
            ),
            Limit(
                "half the source is at the boundary: T = 0 for s = 2tc",
                0.0,
                ({"n": 3}, {"n": 0}),
                given={"dim": 10, "source_energy": 1.0, "cross_energy": 0.5},
            ),
        ),
        box={"n": (0, 10**9), "dim": (1, 10**9), "source_energy": _ENERGY, "cross_energy": (-4.0, 4.0)},
        experiments=(
            Experiment(
                paired_gains,
                (
                    {"n": 3, "dim": 8, "source_energy": 1.0, "cross_energy": 0.9},
                    {"n": 5, "dim": 6, "source_energy": 1.0, "cross_energy": -0.4},
                ),
            ),
        ),
        mutants=(
            Mutant(
                "stc for 2stc",
                lambda n, dim, source_energy, cross_energy: (1 - n / dim) * (cross_energy - source_energy),
            ),
            Mutant("s² dropped", lambda n, dim, cross_energy: (1 - n / dim) * 2 * cross_energy),
            moved(n=-1),
        ),
    ),
    Theorem(
        name="paired-transferability-variance",
        kind="exact",
        statement="Var T = 2K[((u·v)² + ‖u‖²‖v‖²)/2 − (u·v)²/d], K = n(d−n)/(d(d−1)(d+2)), u = θ_S, v = 2θ_T−θ_S",
        formula=formulas.fine_tuning_transferability_variance,
        source="follows from paired-transferability-law by substitution (its variance)",
        follows=("paired-transferability-law",),
        domain="Σ = I, linear fine-tuning against scratch on the same data, every n ≥ 0",
        derivation="derivations.linear.isotropic.paired_transferability_variance",
        limits=(
            Limit(
                "identical tasks: the variance of a Beta variable",
                lambda n, dim: 2 * n * (dim - n) / (dim**2 * (dim + 2)),
                ({"n": 3, "dim": 8}, {"n": 0, "dim": 8}, {"n": 8, "dim": 8}),
                given={"source_energy": 1.0, "cross_energy": 1.0, "target_energy": 1.0},
            ),
        ),
        box={
            "n": (0, 10**9),
            "dim": (1, 10**9),
            "source_energy": _ENERGY,
            "cross_energy": (0.0, 1.0),
            "target_energy": _ENERGY,
        },
        experiments=(
            Experiment(
                paired_gains,
                (
                    {"n": 3, "dim": 8, "source_energy": 1.0, "cross_energy": 0.9, "target_energy": 1.5},
                    {"n": 5, "dim": 6, "source_energy": 1.0, "cross_energy": -0.4, "target_energy": 0.6},
                ),
                compare="variance",
                resolution=0.15,
            ),
        ),
        mutants=(
            Mutant("θ_T for 2θ_T", scaled(cross_energy=0.5, target_energy=0.25)),
            times(0.5),
        ),
    ),
    Theorem(
        name="several-outputs",
        kind="exact",
        statement="k outputs with noise σ² each: σ² → kσ² and ‖δ‖² → ‖δ‖²_F in the mean risks",
        formula=formulas.several_outputs_risk,
        source="follows from min-norm-risk, least-squares-risk and frozen-features-risk by summing over outputs; variances and laws do not follow it",
        follows=("min-norm-risk", "least-squares-risk", "frozen-features-risk"),
        domain="means of min-norm, least-squares and frozen-feature fits",
        derivation="derivations.linear.isotropic.several_outputs",
        limits=(
            Limit(
                "one output",
                lambda outputs, **a: formulas.min_norm_risk(**a),
                ({**_few(3, 7), "outputs": 1}, {**_few(12, 7), "outputs": 1}),
            ),
        ),
        box={**_BOX, "outputs": (1, 100)},
        experiments=(
            Experiment(
                lambda rng, replicates, n, dim, displacement_energy, noise_variance, outputs: risk_samples(
                    rng,
                    replicates,
                    n=n,
                    target=math.sqrt(displacement_energy / (dim * outputs)) * np.ones((dim, outputs)),
                    noise_std=math.sqrt(noise_variance),
                ),
                ({**_few(3, 8), "outputs": 3}, {**_few(11, 4), "outputs": 2}),
            ),
        ),
        mutants=(
            Mutant(
                "noise of one output only",
                lambda n, dim, displacement_energy, noise_variance: formulas.min_norm_risk(
                    n, dim, displacement_energy, noise_variance
                ),
            ),
        ),
    ),
)
