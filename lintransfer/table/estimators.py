"""Rows: norms, noise and overlap estimated from target data.

That an estimate is unbiased is checked without sampling error: the mean over all data of a polynomial of degree 4 is a
finite sum over Gauss–Hermite nodes, and the estimates are linear in the averages they are made of.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.table.mutants import dropped, times
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.estimators import (
    cross_energy_estimate,
    cross_energy_variance,
    noise_variance_estimate,
    target_energy_estimate,
    target_energy_variance,
)

_SIZES = ({"n": 2, "dim": 2}, {"n": 1, "dim": 4}, {"n": 3, "dim": 1})
_WORLD = {"target_energy": 1.3, "noise_variance": 0.7}


def _exact_means(n: int, dim: int, target: np.ndarray, source: np.ndarray, noise_variance: float) -> dict[str, Any]:
    """Means of ‖Xᵀy‖², ‖y‖² and θ_S·Xᵀy over all data, by three Gauss–Hermite nodes per standard normal."""
    nodes, weights = np.array([-math.sqrt(3), 0.0, math.sqrt(3)]), np.array([1 / 6, 2 / 3, 1 / 6])
    count = n * (dim + 1)
    grid = np.array(list(itertools.product(range(3), repeat=count)))
    weight = np.prod(weights[grid], axis=1)
    design = nodes[grid[:, : n * dim]].reshape(-1, n, dim)
    labels = design @ target + math.sqrt(noise_variance) * nodes[grid[:, n * dim :]]
    scores = np.einsum("bni,bn->bi", design, labels)
    return {
        "score_energy": float(weight @ np.sum(scores**2, axis=1)),
        "label_energy": float(weight @ np.sum(labels**2, axis=1)),
        "source_score": float(weight @ (scores @ source)),
    }


def _unbiased(what: str) -> Any:
    """A draw for the truth named `what` and the averages from which the estimate must return it."""

    def draw(
        rng: np.random.Generator, replicates: int, n: int, dim: int, target_energy: float, noise_variance: float
    ) -> tuple[np.ndarray, Mapping[str, Any]]:
        source, target = rng.standard_normal((2, dim))
        target *= math.sqrt(target_energy) / np.linalg.norm(target)
        means = _exact_means(n, dim, target, source, noise_variance)
        truth = {
            "target_energy": target_energy, "noise_variance": noise_variance, "cross_energy": float(source @ target),
        }  # fmt: skip
        if what == "cross_energy":
            return np.array([truth[what]]), {"n": n, "source_score": means["source_score"]}
        del means["source_score"]
        return np.array([truth[what]]), {"n": n, "dim": dim} | means

    return draw


def _data(
    rng: np.random.Generator, replicates: int, n: int, dim: int, target: np.ndarray, noise_variance: float
) -> tuple[np.ndarray, np.ndarray]:
    design = draw_inputs(rng, (replicates, n, dim))
    return design, design @ target + math.sqrt(noise_variance) * rng.standard_normal((replicates, n))


def _target_energies(
    rng: np.random.Generator, replicates: int, n: int, dim: int, target_energy: float, noise_variance: float
) -> np.ndarray:
    """Estimates of t², as an average of y_i y_j x_i·x_j over pairs that corrects the pairs i = j."""
    target = teacher_pair(dim, 1.0, target_norm=math.sqrt(target_energy))[1]
    design, labels = _data(rng, replicates, n, dim, target, noise_variance)
    products = np.einsum("bni,bmi,bn,bm->bnm", design, design, labels, labels)
    own = np.sum(dim * labels**2, axis=1)
    return (products.sum(axis=(1, 2)) - own) / (n * (n + 1))


def _cross_energies(
    rng: np.random.Generator, replicates: int, n: int, dim: int, source_energy: float, cross_energy: float,
    target_energy: float, noise_variance: float,
) -> np.ndarray:  # fmt: skip
    s, t = math.sqrt(source_energy), math.sqrt(target_energy)
    source, target = teacher_pair(dim, cross_energy / (s * t), s, t)
    design, labels = _data(rng, replicates, n, dim, target, noise_variance)
    return np.mean((design @ source) * labels, axis=1)


def _without_dim(dim: int, **point: Any) -> dict[str, Any]:
    return point


def _true_averages(n: int, dim: int, target_energy: float, noise_variance: float) -> dict[str, Any]:
    """Averages of very many repetitions of the same n samples: h → nθ_T and ‖y‖² → n(t² + σ²) as n → ∞."""
    labels = n * (target_energy + noise_variance)
    return {"n": n, "dim": dim, "score_energy": n * n * target_energy + dim * labels, "label_energy": labels}


ROWS = (
    Theorem(
        name="target-norm-estimator",
        kind="exact",
        statement="E (‖Xᵀy‖² − d‖y‖²)/(n(n+1)) = ‖θ_T‖²",
        formula=target_energy_estimate,
        source="Dicker (2014)",
        papers=("dicker2014",),
        domain="Σ = I, every n ≥ 1 and d ≥ 1, any noise",
        derivation="derivations.estimators.target_energy",
        limits=(
            Limit(
                "unlimited data: Xᵀy = nθ_T",
                lambda target_energy, **_: target_energy,
                ({"n": 10**9, "dim": 5, **_WORLD},),
                rtol=1e-8,
                left=lambda formula, **point: formula(**_true_averages(**point)),
            ),
        ),
        box={"n": (1, 10**6), "dim": (1, 10**6), "score_energy": (0.0, 1e6), "label_energy": (0.0, 1e3)},
        experiments=(
            Experiment(_unbiased("target_energy"), tuple({**size, **_WORLD} for size in _SIZES), compare="identity"),
        ),
        mutants=(
            Mutant(
                "n² for n(n + 1)",
                lambda n, dim, score_energy, label_energy: (score_energy - dim * label_energy) / (n * n),
            ),
            Mutant("noise not subtracted", lambda n, score_energy: score_energy / (n * (n + 1))),
            Mutant(
                "d − 1 for d",
                lambda n, dim, score_energy, label_energy: (score_energy - (dim - 1) * label_energy) / (n * (n + 1)),
            ),
        ),
    ),
    Theorem(
        name="target-norm-estimator-variance",
        kind="exact",
        statement="Var t̂² = [2(n+2)dv² + 4(n+2)(n+3)vt² + 2(n+1)(2n+3)t⁴]/(n(n+1)²), v = t²+σ²",
        formula=target_energy_variance,
        source="follows from Isserlis (1918) (moments of normal vectors); leading order: Dicker (2014)",
        follows=("isserlis1918",), see=("dicker2014",),
        domain="Σ = I, one output, every n ≥ 1 and d ≥ 1",
        derivation="derivations.estimators.target_energy_variance",
        limits=(
            Limit(
                "nothing but noise: 2dσ⁴(n+2)/(n(n+1)²)",
                lambda n, dim, noise_variance, **_: 2 * dim * noise_variance**2 * (n + 2) / (n * (n + 1) ** 2),
                ({"n": 7, "dim": 30, "target_energy": 0.0, "noise_variance": 0.6},),
            ),
            Limit(
                "n ≫ √d decides: relative variance 2d/n² at n ≪ d",
                1.0,
                ({"n": 10**4, "dim": 10**9},),
                rtol=1e-3,
                left=lambda formula, n, dim: formula(n, dim, 1.0, 0.0) * n**2 / (2 * dim),
            ),
        ),
        box={"n": (1, 10**6), "dim": (1, 10**6), "target_energy": (0.0, 4.0), "noise_variance": (0.0, 4.0)},
        experiments=(
            Experiment(
                _target_energies,
                ({"n": 4, "dim": 6, **_WORLD}, {"n": 12, "dim": 3, **_WORLD}),
                compare="variance",
                replicates=100_000,
                resolution=0.3,
            ),
        ),
        mutants=(
            Mutant("n for n + 1", times(lambda n: ((n + 1) / n) ** 2)),
            Mutant(
                "signal's own variance forgotten",
                lambda n, dim, target_energy, noise_variance: (
                    2 * (n + 2) * dim * (target_energy + noise_variance) ** 2 / (n * (n + 1) ** 2)
                ),
            ),
        ),
    ),
    Theorem(
        name="noise-estimator",
        kind="exact",
        statement="E [‖y‖²/n − t̂²] = σ², t̂² = (‖Xᵀy‖² − d‖y‖²)/(n(n+1))",
        formula=noise_variance_estimate,
        source="Dicker (2014)",
        papers=("dicker2014",),
        domain="Σ = I, every n ≥ 1 and d ≥ 1, also n < d",
        derivation="derivations.estimators.noise_variance",
        limits=(
            Limit(
                "unlimited data",
                lambda noise_variance, **_: noise_variance,
                ({"n": 10**9, "dim": 5, **_WORLD},),
                rtol=1e-8,
                left=lambda formula, **point: formula(**_true_averages(**point)),
            ),
        ),
        box={"n": (1, 10**6), "dim": (1, 10**6), "score_energy": (0.0, 1e6), "label_energy": (0.0, 1e3)},
        experiments=(
            Experiment(_unbiased("noise_variance"), tuple({**size, **_WORLD} for size in _SIZES), compare="identity"),
        ),
        mutants=(
            Mutant(
                "the norm's bias left in",
                lambda n, score_energy, label_energy: label_energy / n - score_energy / (n * (n + 1)),
            ),
            Mutant(
                "‖y‖² not divided by n",
                lambda n, dim, score_energy, label_energy: noise_variance_estimate(n, dim, score_energy, label_energy)
                + label_energy * (1 - 1 / n),
            ),
        ),
    ),
    Theorem(
        name="overlap-estimator",
        kind="exact",
        statement="E θ_S·Xᵀy/n = θ_S·θ_T",
        formula=cross_energy_estimate,
        source="follows from Isserlis (1918) (moments of normal vectors)",
        follows=("isserlis1918",),
        domain="Σ = I, every n ≥ 1",
        derivation="derivations.estimators.cross_energy",
        limits=(
            Limit("unlimited data: Xᵀy = nθ_T", 0.25, ({"n": 10**6, "source_score": 0.25e6},)),
        ),
        box={"n": (1, 10**6), "source_score": (-1e3, 1e3)},
        experiments=(
            Experiment(_unbiased("cross_energy"), tuple({**size, **_WORLD} for size in _SIZES), compare="identity"),
        ),
        mutants=(
            Mutant("n + 1 for n", lambda n, source_score: source_score / (n + 1)),
            Mutant("not divided by n", lambda source_score: source_score),
        ),
    ),
    Theorem(
        name="overlap-estimator-variance",
        kind="exact",
        statement="Var θ_S·Xᵀy/n = [s²(t²+σ²) + (stc)²]/n, whatever d",
        formula=cross_energy_variance,
        source="follows from Isserlis (1918) (moments of normal vectors)",
        follows=("isserlis1918",),
        domain="Σ = I, one output, every n ≥ 1 and d ≥ 1",
        derivation="derivations.estimators.cross_energy_variance",
        limits=(
            Limit(
                "no source: nothing varies",
                0.0,
                ({"n": 3, "source_energy": 0.0, "cross_energy": 0.0, "target_energy": 1.0, "noise_variance": 0.4},),
            ),
            Limit(
                "source = target, one sample, no noise: the variance of a squared normal",
                2.0,
                ({"n": 1, "source_energy": 1.0, "cross_energy": 1.0, "target_energy": 1.0, "noise_variance": 0.0},),
            ),
        ),
        box={
            "n": (1, 10**9), "source_energy": (0.0, 4.0), "cross_energy": (-4.0, 4.0), "target_energy": (0.0, 4.0),
            "noise_variance": (0.0, 4.0),
        },
        experiments=(
            Experiment(
                _cross_energies,
                tuple(
                    {"n": n, "dim": d, "source_energy": 1.44, "cross_energy": 0.9, **_WORLD}
                    for n, d in ((2, 2), (5, 10))
                ),
                compare="variance",
                replicates=40_000,
                resolution=0.1,
                arguments=_without_dim,
            ),
        ),
        mutants=(
            Mutant(
                "the teachers' product forgotten",
                lambda n, source_energy, target_energy, noise_variance: source_energy
                * (target_energy + noise_variance)
                / n,
            ),
            dropped("noise_variance"),
            Mutant("n − 1 for n", times(lambda n: n / (n - 1 + (n == 1)))),
        ),
    ),
)
