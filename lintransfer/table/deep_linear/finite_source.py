"""Rows: deep fine-tuning from a source that was fitted to finitely many samples."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.finite_source import from_fit, gains_from_fit
from lintransfer.experiments.deep_linear.trainings import energies, large_gains
from lintransfer.table.mutants import dropped, instead, scaled
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import finite_source as fitted
from lintransfer.theory.deep_linear.finite_source import (
    finite_source_deep_risk,
    finite_source_deep_transferability,
    fitted_source,
)
from lintransfer.theory.deep_linear.risk import (
    deep_fine_tuning_risk_closure,
    deep_transferability,
    deep_transferability_closure,
)
from lintransfer.theory.linear.finite_source import finite_source_risk, finite_source_transferability
from lintransfer.theory.linear.isotropic import min_norm_risk

POINT = energies(1.0, 1.6, 0.5)
_FITTED = {**POINT, "noise_variance": 0.04, "source_noise_variance": 0.09}


def _gains_from_fit(
    rng: np.random.Generator, replicates: int, source_noise_variance: float, **point: Any
) -> np.ndarray:
    return large_gains(rng, replicates, source_noise_std=math.sqrt(source_noise_variance), **point)


def scratch(n: int, dim: int, target_energy: float, **_: Any) -> float:
    """The noiseless risk from scratch, which T is a difference of."""
    return (1 - n / dim) * target_energy


ROWS = (
    Theorem(
        name="fitted-source",
        kind="asymptotic",
        statement="W = s²γ_S + σ_S²γ_S/(1−γ_S) or s² + σ_S²/(γ_S−1), and ŵ_S·θ_T = min(γ_S,1)·stc",
        formula=fitted_source,
        source="classical; the norm and bias of min-norm fits: Hastie et al. (2022)",
        papers=("hastie2022",),
        domain="Σ = I, proportional limit, min-norm or least-squares source fit",
        derivation="derivations.deep_linear.finite_source.fitted_source",
        limits=(
            Limit(
                "no noise, enough data: the teacher itself",
                lambda source_energy, cross_energy, **_: (source_energy, cross_energy),
                ({"gamma_source": 1.0, "source_energy": 1.3, "cross_energy": 0.4, "source_noise_variance": 0.0},),
            ),
        ),
        box={
            "gamma_source": (0.01, 3.0),
            "source_energy": (0.1, 4.0),
            "cross_energy": (-2.0, 2.0),
            "source_noise_variance": (0.0, 2.0),
        },
        mutants=(
            Mutant(
                "cross energy not shrunk",
                lambda gamma_source, source_energy, cross_energy, source_noise_variance: (
                    fitted_source(gamma_source, source_energy, cross_energy, source_noise_variance)[0],
                    cross_energy,
                ),
            ),
        ),
    ),
    Theorem(
        name="finite-source-deep-transferability",
        kind="asymptotic",
        statement="T = (1−γ)₊(2ρ min(γ_S,1)tsc − ρ²W); boundary c* = ρW/(2ts min(γ_S,1))",
        formula=finite_source_deep_transferability,
        source="follows from deep-transferability and fitted-source by substitution; ρ = 1 is Tahir, Ganguli & Rotskoff (2025), eq. 22",
        follows=("deep-transferability", "fitted-source"),
        see=("tahir2024",),
        domain="as deep-transferability, the source fitted on n_S = γ_S d samples with noise σ_S",
        derivation="derivations.deep_linear.finite_source.finite_source_deep_transferability",
        limits=(
            Limit(
                "a perfect source",
                lambda gamma, depth, gamma_source, source_noise_variance, **others: deep_transferability(
                    gamma, depth, **others
                ),
                (
                    {
                        "gamma": 0.4,
                        "gamma_source": 1.7,
                        "depth": 3,
                        **POINT,
                        "noise_variance": 0.2,
                        "source_noise_variance": 0.0,
                    },
                ),
            ),
            Limit(
                "great depth is blind to a source of infinite norm",
                lambda gamma, target_energy, noise_variance, **_: -(1 - gamma) * target_energy - noise_variance,
                (
                    {
                        "gamma": 0.4,
                        "gamma_source": 1.0,
                        "depth": math.inf,
                        **POINT,
                        "noise_variance": 0.2,
                        "source_noise_variance": 0.3,
                    },
                ),
            ),
        ),
        box={
            "gamma": (0.01, 2.0),
            "gamma_source": (0.01, 3.0),
            "depth": (1.0, 50.0),
            "source_energy": (0.1, 4.0),
            "cross_energy": (-0.5, 0.5),
            "target_energy": (0.1, 4.0),
            "noise_variance": (0.01, 1.0),
            "source_noise_variance": (0.01, 1.0),
        },
        experiments=(
            asymptotic(
                from_fit,
                growing(
                    n=6, dim=12, gamma_source=0.5, depth=3, **POINT, noise_variance=0.04, source_noise_variance=0.3
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
    Theorem(
        name="finite-source-deep-closure",
        kind="asymptotic",
        statement="deep-fine-tuning-closure at s² → W = s²n_S/d + σ_S²n_S/(d−n_S−1), stc → min(n_S/d, 1)stc",
        formula=fitted.finite_source_deep_closure,
        source="follows from deep-fine-tuning-closure and finite-source-displacement by substitution",
        follows=("deep-fine-tuning-closure", "finite-source-displacement"),
        domain="Σ = I, source fitted on n_S samples, balanced; exact for L = 1, n = 0 and n ≥ d, else O(1/d)",
        slow=True,
        derivation="derivations.deep_linear.finite_source.finite_source_deep_closure",
        limits=(
            Limit(
                "one layer: exact",
                lambda n, n_source, dim, depth, **others: finite_source_risk(n, n_source, dim, **others),
                grid(n=[0, 4, 8, 12], n_source=[0, 3, 8, 10, 12], dim=10, depth=1, **_FITTED),
            ),
            Limit(
                "large d: the proportional limit",
                lambda gamma, gamma_source: finite_source_deep_risk(gamma, gamma_source, 3, **_FITTED),
                ({"gamma": 0.25, "gamma_source": 0.5}, {"gamma": 0.5, "gamma_source": 1.75}),
                rtol=1e-9,
                left=lambda formula, gamma, gamma_source: formula(
                    gamma * 1e12, gamma_source * 1e12, 1e12, 3, **_FITTED
                ),
            ),
        ),
        box={
            "n": (0, 1000),
            "n_source": (1, 1000),
            "dim": (2, 1000),
            "depth": (1.0, 50.0),
            "source_energy": (0.1, 4.0),
            "cross_energy": (-0.5, 0.5),
            "target_energy": (0.1, 4.0),
            "noise_variance": (0.01, 1.0),
            "source_noise_variance": (0.01, 1.0),
        },
        experiments=(asymptotic(gains_from_fit, growing(n=6, n_source=6, dim=12, depth=3, **_FITTED), 4, 2000),),
        mutants=(
            Mutant("ρ = 1: the published form", instead(depth=1)),
            Mutant("the source known", lambda n_source, source_noise_variance, **a: deep_fine_tuning_risk_closure(**a)),
        ),
    ),
    Theorem(
        name="finite-source-deep-gain",
        kind="asymptotic",
        statement="T = (1−n/d)₊(2ρ min(n_S/d, 1)stc − ρ²W), W and ρ as in finite-source-deep-closure",
        formula=fitted.finite_source_deep_gain,
        source="follows from min-norm-risk and finite-source-deep-closure by substitution (their difference)",
        follows=("min-norm-risk", "finite-source-deep-closure"),
        domain="as finite-source-deep-closure, against min-norm scratch on the same data; nan at n = d − 1 if L > 1, σ > 0",
        slow=True,
        derivation="derivations.deep_linear.finite_source.finite_source_deep_gain",
        limits=(
            Limit(
                "one layer: exact",
                lambda n, n_source, dim, depth, noise_variance, **others: finite_source_transferability(
                    n, n_source, dim, **others
                ),
                grid(n=[0, 4, 8, 12], n_source=[0, 3, 8, 10, 12], dim=10, depth=1, **_FITTED),
            ),
            Limit(
                "it is the difference of the two risks",
                lambda n, dim, target_energy, noise_variance, **others: (
                    min_norm_risk(n, dim, target_energy, noise_variance)
                    - fitted.finite_source_deep_closure(
                        n, dim=dim, target_energy=target_energy, noise_variance=noise_variance, **others
                    )
                ),
                grid(n=[0, 4, 8, 12], n_source=[3, 8, 10, 12], dim=10, depth=[2, 3.5], **_FITTED),
            ),
            Limit(
                "large d: the proportional limit",
                lambda gamma, gamma_source: finite_source_deep_transferability(gamma, gamma_source, 3, **_FITTED),
                ({"gamma": 0.25, "gamma_source": 0.5}, {"gamma": 0.5, "gamma_source": 1.75}),
                rtol=1e-9,
                left=lambda formula, gamma, gamma_source: formula(
                    gamma * 1e12, gamma_source * 1e12, 1e12, 3, **_FITTED
                ),
            ),
            Limit(
                "a source set of about d noisy samples: fine-tuning always loses",
                -math.inf,
                grid(n=[0, 4], n_source=[9, 10, 11], dim=10, depth=[1, 3], **_FITTED),
            ),
        ),
        box={
            "n": (0, 1000),
            "n_source": (1, 1000),
            "dim": (2, 1000),
            "depth": (1.0, 50.0),
            "source_energy": (0.1, 4.0),
            "cross_energy": (-0.5, 0.5),
            "target_energy": (0.1, 4.0),
            "noise_variance": (0.01, 1.0),
            "source_noise_variance": (0.01, 1.0),
        },
        experiments=(
            asymptotic(_gains_from_fit, growing(n=6, n_source=6, dim=12, depth=3, **_FITTED), 1.5, 2000, unit=scratch),
        ),
        mutants=(
            Mutant("ρ = 1: the published form", instead(depth=1)),
            Mutant("the source known", lambda n_source, source_noise_variance, **a: deep_transferability_closure(**a)),
            dropped("source_noise_variance"),
            scaled(cross_energy=0.5),
        ),
    ),
)
