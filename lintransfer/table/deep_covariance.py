"""Rows: deep fine-tuning under any covariance and from a fitted source."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.deep_linear import deep_gain_samples, deep_risk_samples
from lintransfer.table.deep_experiments import energies, transfer
from lintransfer.table.mutants import dropped, instead, moved
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.theory import deep_covariance as formulas
from lintransfer.theory.covariance import metric_transferability, ridge_risk
from lintransfer.theory.deep_risk import (
    deep_fine_tuning_risk,
    deep_transferability,
    finite_source_deep_transferability,
    fitted_source,
)

_POINT = energies(1.0, 1.6, 0.5)
_ONE_MODE: dict[str, Any] = {name: np.full(1, energy) for name, energy in _POINT.items()}
_LEVELS = np.array([3.0, 1.0])


def _two_levels(dim: int, source_norm: float = 1.0) -> dict[str, Any]:
    """Teachers with different shares in the two halves of a two-level spectrum."""
    source, target = np.cos(np.arange(dim)), np.cos(np.arange(dim)) + np.sin(3 + 2 * np.arange(dim))
    source[dim // 2 :] *= 0.5
    return {
        "covariance": np.repeat(_LEVELS, [dim // 2, dim - dim // 2]),
        "source": source_norm * source / np.linalg.norm(source),
        "target": 2 * target / np.linalg.norm(target),
    }


def _covariance_risks(rng: np.random.Generator, replicates: int, dim: int, **point: Any) -> np.ndarray:
    point["noise_std"] = math.sqrt(point.pop("noise_variance"))
    return deep_risk_samples(rng, replicates, method="reduced", **_two_levels(dim), **point)


def _covariance_gains(
    rng: np.random.Generator, replicates: int, dim: int, source_norm: float, noise_variance: float, **point: Any
) -> np.ndarray:
    world = _two_levels(dim, source_norm)
    return deep_gain_samples(rng, replicates, method="reduced", noise_std=math.sqrt(noise_variance), **world, **point)


def _scratch_risk(n: int, dim: int, **_: Any) -> float:
    """About the risk from scratch, which T is a difference of: its share of the energy that n of d samples miss."""
    world = _two_levels(dim)
    return (1 - n / dim) * float(world["covariance"] @ world["target"] ** 2)


def _covariance_arguments(dim: int, source_norm: float = 1.0, **point: Any) -> dict[str, Any]:
    world = _two_levels(dim, source_norm)

    def halves(values: np.ndarray) -> np.ndarray:
        return np.array([values[: dim // 2].sum(), values[dim // 2 :].sum()])

    s, t = world["source"], world["target"]
    modes = {"eigenvalues": _LEVELS, "multiplicities": np.array([dim // 2, dim - dim // 2], dtype=float)}
    shares = {"source_energy": halves(s * s), "cross_energy": halves(s * t), "target_energy": halves(t * t)}
    return {**modes, **shares, **point}


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    s, t = rng.standard_normal((2, 3))
    return {
        "n": int(rng.integers(1, 30)),
        "depth": float(rng.uniform(1, 9)),
        "eigenvalues": rng.uniform(0.1, 4, 3),
        "multiplicities": rng.integers(1, 9, 3).astype(float),
        "source_energy": s * s,
        "cross_energy": s * t,
        "target_energy": t * t,
        "noise_variance": float(rng.uniform(0.01, 1)),
    }


def _from_fit(rng: np.random.Generator, replicates: int, n: int, dim: int, gamma_source: float, **point: Any) -> np.ndarray:
    noise = math.sqrt(point.pop("source_noise_variance"))
    sizes = {"n_source": round(gamma_source * dim), "source_noise_std": noise}
    return transfer(deep_gain_samples, rng, replicates, n=n, dim=dim, method="reduced", **sizes, **point)


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
        derivation="derivations.deep_linear.covariance_risk",
        limits=(
            Limit(
                "Σ = I: the isotropic formula",
                lambda gamma, depth: deep_fine_tuning_risk(gamma, depth, **_POINT, noise_variance=0.3),
                grid(gamma=[0.0, 0.3, 0.9, 1.5], depth=[1, 2, math.inf]),
                rtol=1e-11,
                left=lambda formula, gamma, depth: formula(
                    gamma * 100, depth, np.ones(1), np.full(1, 100.0), **_ONE_MODE, noise_variance=0.3
                ),
            ),
            Limit(
                "one layer: linear fine-tuning",
                lambda n, eigenvalues, multiplicities, source_energy, cross_energy, target_energy, noise_variance: (
                    ridge_risk(
                        n,
                        eigenvalues,
                        multiplicities,
                        source_energy - 2 * cross_energy + target_energy,
                        noise_variance,
                    )
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
                _covariance_risks,
                growing(n=6, dim=12, depth=3, noise_variance=0.2),
                6,
                1500,
                arguments=_covariance_arguments,
            ),
        ),
        mutants=(
            Mutant("ρ = 1", instead(depth=1)),
            Mutant("noise dropped in B", lambda n, noise_variance, **a: (
                formulas.deep_covariance_risk(n, noise_variance=0.0, **a)
                + ridge_risk(n, a["eigenvalues"], a["multiplicities"], 0 * a["eigenvalues"], noise_variance)
            )),
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
        derivation="derivations.deep_linear.deep_covariance_transferability",
        limits=(
            Limit(
                "Σ = I: the isotropic formula",
                lambda gamma, depth: deep_transferability(gamma, depth, **_POINT, noise_variance=0.3),
                grid(gamma=[0.0, 0.3, 0.9, 1.5], depth=[1, 2, math.inf]),
                rtol=1e-11,
                left=lambda formula, gamma, depth: formula(
                    gamma * 100, depth, np.ones(1), np.full(1, 100.0), **_ONE_MODE, noise_variance=0.3
                ),
            ),
            Limit(
                "one layer: the metric of linear transfer",
                lambda n, eigenvalues, multiplicities, source_energy, cross_energy, target_energy, noise_variance: (
                    metric_transferability(n, eigenvalues, multiplicities, source_energy, cross_energy)
                ),
                tuple(_covariance_arguments(10, noise_variance=0.2) | {"n": n} for n in (0, 4, 10, 13)),
                given={"depth": 1},
            ),
            Limit(
                "it is the difference of the two risks",
                lambda n, depth, eigenvalues, multiplicities, source_energy, cross_energy, target_energy, noise_variance: (
                    ridge_risk(n, eigenvalues, multiplicities, target_energy, noise_variance)
                    - formulas.deep_covariance_risk(
                        n, depth, eigenvalues, multiplicities, source_energy, cross_energy, target_energy, noise_variance
                    )
                ),
                tuple(
                    _covariance_arguments(10, noise_variance=0.2) | {"n": n, "depth": depth}
                    for n in (0, 4, 13) for depth in (2, 5.5)
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
    Theorem(
        name="fitted-source",
        kind="asymptotic",
        statement="W = s²γ_S + σ_S²γ_S/(1−γ_S) or s² + σ_S²/(γ_S−1), and ŵ_S·θ_T = min(γ_S,1)·stc",
        formula=fitted_source,
        source="classical; the norm and bias of min-norm fits: Hastie et al. (2022)",
        papers=("hastie2022",),
        domain="Σ = I, proportional limit, min-norm or least-squares source fit",
        derivation="derivations.deep_linear.fitted_source",
        limits=(
            Limit(
                "no noise, enough data: the teacher itself",
                lambda source_energy, cross_energy, **_: (source_energy, cross_energy),
                ({"gamma_source": 1.0, "source_energy": 1.3, "cross_energy": 0.4, "source_noise_variance": 0.0},),
            ),
        ),
        box={
            "gamma_source": (0.01, 3.0), "source_energy": (0.1, 4.0), "cross_energy": (-2.0, 2.0),
            "source_noise_variance": (0.0, 2.0),
        },
        mutants=(
            Mutant("cross energy not shrunk", lambda gamma_source, source_energy, cross_energy, source_noise_variance: (
                fitted_source(gamma_source, source_energy, cross_energy, source_noise_variance)[0], cross_energy
            )),
        ),
    ),
    Theorem(
        name="finite-source-deep-transferability",
        kind="asymptotic",
        statement="T = (1−γ)₊(2ρ min(γ_S,1)tsc − ρ²W); boundary c* = ρW/(2ts min(γ_S,1))",
        formula=finite_source_deep_transferability,
        source="follows from deep-transferability and fitted-source by substitution; ρ = 1 is Tahir, Ganguli & Rotskoff (2025), eq. 22",
        follows=("deep-transferability", "fitted-source"), see=("tahir2024",),
        domain="as deep-transferability, the source fitted on n_S = γ_S d samples with noise σ_S",
        derivation="derivations.deep_linear.finite_source_gain",
        limits=(
            Limit(
                "a perfect source",
                lambda gamma, depth, gamma_source, source_noise_variance, **others: deep_transferability(
                    gamma, depth, **others
                ),
                ({"gamma": 0.4, "gamma_source": 1.7, "depth": 3, **_POINT, "noise_variance": 0.2,
                  "source_noise_variance": 0.0},),
            ),
            Limit(
                "great depth is blind to a source of infinite norm",
                lambda gamma, target_energy, noise_variance, **_: -(1 - gamma) * target_energy - noise_variance,
                ({"gamma": 0.4, "gamma_source": 1.0, "depth": math.inf, **_POINT, "noise_variance": 0.2,
                  "source_noise_variance": 0.3},),
            ),
        ),
        box={
            "gamma": (0.01, 2.0), "gamma_source": (0.01, 3.0), "depth": (1.0, 50.0), "source_energy": (0.1, 4.0),
            "cross_energy": (-0.5, 0.5), "target_energy": (0.1, 4.0), "noise_variance": (0.01, 1.0),
            "source_noise_variance": (0.01, 1.0),
        },
        experiments=(
            asymptotic(
                _from_fit,
                growing(
                    n=6, dim=12, gamma_source=0.5, depth=3, **_POINT, noise_variance=0.04, source_noise_variance=0.3
                ),
                12,
                2000,
                0.6,
                lambda n, dim, **others: {"gamma": n / dim, **others},
            ),
        ),
        mutants=(
            Mutant("ρ = 1: the published form", instead(depth=1)),
            dropped("source_noise_variance"),
        ),
    ),
)
