"""Rows: deep fine-tuning under any covariance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.finite_source import LEVELS, covariance_risks, two_levels
from lintransfer.simulate.deep_linear.layers import deep_gain_samples
from lintransfer.table.deep_linear.finite_source import POINT
from lintransfer.table.mutants import dropped, instead, moved
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import covariance as formulas
from lintransfer.theory.deep_linear.risk import deep_fine_tuning_risk, deep_transferability
from lintransfer.theory.linear.covariance import metric_transferability, ridge_risk

_ONE_MODE: dict[str, Any] = {name.removesuffix("_energy"): np.full(1, e) for name, e in POINT.items()}


def _covariance_gains(
    rng: np.random.Generator, replicates: int, dim: int, source_norm: float, noise_variance: float, **point: Any
) -> np.ndarray:
    world = two_levels(dim, source_norm)
    return deep_gain_samples(rng, replicates, method="reduced", noise_std=math.sqrt(noise_variance), **world, **point)


def _scratch_risk(n: int, dim: int, **_: Any) -> float:
    """About the risk from scratch, which T is a difference of: its share of the energy that n of d samples miss."""
    world = two_levels(dim)
    return (1 - n / dim) * float(world["covariance"] @ world["target"] ** 2)


def _covariance_arguments(dim: int, source_norm: float = 1.0, **point: Any) -> dict[str, Any]:
    world = two_levels(dim, source_norm)

    def halves(values: np.ndarray) -> np.ndarray:
        return np.array([values[: dim // 2].sum(), values[dim // 2 :].sum()])

    s, t = world["source"], world["target"]
    modes = {"eigenvalues": LEVELS, "multiplicities": np.array([dim // 2, dim - dim // 2], dtype=float)}
    shares = {"source": halves(s * s), "cross": halves(s * t), "target": halves(t * t)}
    return {**modes, **shares, **point}


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    s, t = rng.standard_normal((2, 3))
    return {
        "n": int(rng.integers(1, 30)),
        "depth": float(rng.uniform(1, 9)),
        "eigenvalues": rng.uniform(0.1, 4, 3),
        "multiplicities": rng.integers(1, 9, 3).astype(float),
        "source": s * s,
        "cross": s * t,
        "target": t * t,
        "noise_variance": float(rng.uniform(0.01, 1)),
    }


ROWS = (
    Theorem(
        name="deep-covariance-risk",
        slow=True,
        kind="asymptotic",
        statement="any Σ: A‖w0‖² = κ w0ᵀ(Σ+κ)⁻¹w0, ‖m‖² = θ_TᵀΣ(Σ+κ)⁻¹θ_T + σ²/κ, then linear regression with θ_T − ρθ_S",
        formula=formulas.deep_covariance_risk,
        source="not found in the literature (searched 2026-11-27)",
        covers="depth = 2, eigenvalues 3 (four) and 1 (seven)",
        domain="any Σ, n ≥ 0, balanced rank-one start, zero loss (n < rank Σ)",
        derivation="derivations.deep_linear.covariance.deep_covariance_risk",
        limits=(
            Limit(
                "Σ = I: the isotropic formula",
                lambda gamma, depth: deep_fine_tuning_risk(gamma, depth, **POINT, noise_variance=0.3),
                grid(gamma=[0.0, 0.3, 0.9, 1.5], depth=[1, 2, math.inf]),
                rtol=1e-11,
                left=lambda formula, gamma, depth: formula(
                    gamma * 100, depth, np.ones(1), np.full(1, 100.0), **_ONE_MODE, noise_variance=0.3
                ),
            ),
            Limit(
                "one layer: linear fine-tuning",
                lambda n, eigenvalues, multiplicities, source, cross, target, noise_variance: ridge_risk(
                    n,
                    eigenvalues,
                    multiplicities,
                    source - 2 * cross + target,
                    noise_variance,
                ),
                tuple(
                    {k: v for k, v in _covariance_arguments(10, noise_variance=0.2).items()} | {"n": n}
                    for n in (0, 4, 10, 13)
                ),
                given={"depth": 1},
            ),
        ),
        sample=_sample,
        experiments=(
            asymptotic(
                covariance_risks,
                growing(n=6, dim=12, depth=3, noise_variance=0.2),
                6,
                1500,
                arguments=_covariance_arguments,
            ),
        ),
        mutants=(
            Mutant("ρ = 1", instead(depth=1)),
            Mutant(
                "noise dropped in B",
                lambda n, noise_variance, **a: (
                    formulas.deep_covariance_risk(n, noise_variance=0.0, **a)
                    + ridge_risk(n, a["eigenvalues"], a["multiplicities"], 0 * a["eigenvalues"], noise_variance)
                ),
            ),
        ),
    ),
    Theorem(
        name="deep-covariance-transferability",
        slow=True,
        kind="asymptotic",
        statement="any Σ: T = 2ρ⟨θ_S,θ_T⟩_M − ρ²⟨θ_S,θ_S⟩_M, M = κ²Σ(Σ+κ)⁻²/(1 − df2/n), ρ as in deep-covariance-risk",
        formula=formulas.deep_covariance_transferability,
        source="follows from ridge-risk and deep-covariance-risk by substitution (their difference)",
        follows=("ridge-risk", "deep-covariance-risk"),
        covers="depth = 2, eigenvalues 3 (four) and 1 (seven)",
        domain="as deep-covariance-risk, against min-norm scratch on the same data",
        derivation="derivations.deep_linear.covariance.deep_covariance_transferability",
        limits=(
            Limit(
                "Σ = I: the isotropic formula",
                lambda gamma, depth: deep_transferability(gamma, depth, **POINT, noise_variance=0.3),
                grid(gamma=[0.0, 0.3, 0.9, 1.5], depth=[1, 2, math.inf]),
                rtol=1e-11,
                left=lambda formula, gamma, depth: formula(
                    gamma * 100, depth, np.ones(1), np.full(1, 100.0), **_ONE_MODE, noise_variance=0.3
                ),
            ),
            Limit(
                "one layer: the metric of linear transfer",
                lambda n, eigenvalues, multiplicities, source, cross, target, noise_variance: metric_transferability(
                    n, eigenvalues, multiplicities, source, cross
                ),
                tuple(_covariance_arguments(10, noise_variance=0.2) | {"n": n} for n in (0, 4, 10, 13)),
                given={"depth": 1},
            ),
            Limit(
                "it is the difference of the two risks",
                lambda n, depth, eigenvalues, multiplicities, source, cross, target, noise_variance: (
                    ridge_risk(n, eigenvalues, multiplicities, target, noise_variance)
                    - formulas.deep_covariance_risk(
                        n,
                        depth,
                        eigenvalues,
                        multiplicities,
                        source,
                        cross,
                        target,
                        noise_variance,
                    )
                ),
                tuple(
                    _covariance_arguments(10, noise_variance=0.2) | {"n": n, "depth": depth}
                    for n in (0, 4, 13)
                    for depth in (2, 5.5)
                ),
            ),
        ),
        sample=_sample,
        experiments=(
            asymptotic(
                _covariance_gains,
                growing(n=6, dim=12, depth=3, source_norm=3.0, noise_variance=0.2),
                2,
                2500,
                arguments=_covariance_arguments,
                unit=_scratch_risk,
            ),
        ),
        mutants=(
            Mutant("ρ = 1", instead(depth=1)),
            Mutant("noise dropped in B", dropped("noise_variance")),
            moved(depth=1),
        ),
    ),
)
