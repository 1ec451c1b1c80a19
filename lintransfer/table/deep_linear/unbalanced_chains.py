"""Rows: unbalanced chains, whose layer scale is a continuous depth."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.finite_source import unbalanced
from lintransfer.experiments.deep_linear.trainings import energies, gains
from lintransfer.experiments.deep_linear.weight_decay import chain_retentions
from lintransfer.table.deep_linear.finite_source import POINT, scratch
from lintransfer.table.mutants import dropped, instead, scaled
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import retention
from lintransfer.theory.deep_linear import unbalanced_chains as chains
from lintransfer.theory.deep_linear.risk import deep_fine_tuning_risk_closure, deep_transferability_closure
from lintransfer.theory.deep_linear.unbalanced_chains import unbalanced_retention_size
from lintransfer.theory.linear.isotropic import min_norm_risk


def _chain_sample(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "imbalance": tuple(float(d) for d in rng.uniform(-3, 3, rng.integers(1, 5))),
        "source_energy": float(rng.uniform(0.1, 4)),
        "null_fraction": float(rng.uniform(0, 1)),
        "fit_energy": float(rng.uniform(0.01, 4)),
    }


_LONG_SOURCE = energies(2.0, 1.0, 0.9)  # what the imbalances change of ρ is half the risk from scratch here


def _unbalanced_gains(
    rng: np.random.Generator, replicates: int, imbalance: tuple[float, ...], **point: Any
) -> np.ndarray:
    how: dict[str, Any] = {"imbalance": imbalance, "method": "chain"}
    return gains(rng, replicates, depth=len(imbalance) + 1, **point, **how)


def _chain_limit(imbalance: float) -> dict[str, Any]:
    return {"n": 5, "dim": 10, "imbalance": (imbalance,), **POINT, "noise_variance": 0.3}


def _chain_sample_deep_transfer(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(rng.integers(4, 200))
    return {
        "n": int(rng.integers(0, dim - 1)),
        "dim": dim,
        "imbalance": tuple(float(d) for d in -rng.uniform(0, 3, rng.integers(1, 4))),
        "source_energy": float(rng.uniform(0.1, 4)),
        "cross_energy": float(rng.uniform(-0.5, 0.5)),
        "target_energy": float(rng.uniform(0.1, 4)),
        "noise_variance": float(rng.uniform(0.01, 1)),
    }


ROWS = (
    Theorem(
        name="unbalanced-retention",
        kind="implicit",
        statement="Δ_j = ‖z‖² − a_j² conserved: (Y−q)Π(Y−Δ_j) = ‖m‖² above all edges, |ρ| = √(Π(Y−Δ_j)/Π(Y_0−Δ_j))",
        formula=unbalanced_retention_size,
        source="not found in the literature (searched 2026-11-27); for three layers or more; two layers: Azulay et al. (2021), Kunin et al. (2024)",
        see=("azulay2021", "kunin2024"),
        covers="three layers",
        domain="given X and y, rank-one chain of any imbalances, zero loss reached; ρ > 0 if max Δ_j ≤ q",
        derivation="derivations.deep_linear.unbalanced_chains.unbalanced_retention",
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
                chain_retentions,
                grid(imbalance=[(-3.0,), (0.4,), (1.5,), (0.3, -1.0), (-1.0, -2.0, 0.2)]),
                "identity",
                5,
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
        derivation="derivations.deep_linear.unbalanced_chains.two_layer_head",
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
        name="unbalanced-fine-tuning",
        kind="asymptotic",
        statement="deep-fine-tuning-closure with ρ from (Y−q)Π(Y−Δ_j) = ‖m‖², where max Δ_j ≤ q",
        formula=chains.unbalanced_fine_tuning_risk,
        source="follows from deep-fine-tuning-closure and unbalanced-retention by substitution",
        follows=("deep-fine-tuning-closure", "unbalanced-retention"),
        covers="three layers",
        domain="Σ = I, rank-one chain of any imbalances; silent where the sign of ρ is open; else O(1/d)",
        slow=True,
        derivation="derivations.deep_linear.unbalanced_chains.unbalanced_fine_tuning",
        limits=(
            Limit(
                "balanced",
                lambda imbalance, **a: deep_fine_tuning_risk_closure(depth=len(imbalance) + 1, **a),
                tuple(
                    {"n": n, "dim": 10, "imbalance": (0.0,) * k, **POINT, "noise_variance": v}
                    for n in (0, 4, 8, 9, 11, 14)
                    for k in (1, 2, 4)
                    for v in (0.1, 0.5)
                ),
            ),
            Limit(
                "a much larger head: linear fine-tuning",
                lambda imbalance, **a: deep_fine_tuning_risk_closure(depth=1, **a),
                (_chain_limit(-1e10),),
                rtol=1e-8,
            ),
        ),
        sample=_chain_sample_deep_transfer,
        experiments=(
            asymptotic(unbalanced, growing(n=4, dim=8, imbalance=(-1.0, -0.3), **POINT, noise_variance=0.2), 4, 1500),
        ),
        mutants=(
            Mutant("balanced", lambda imbalance, **a: deep_fine_tuning_risk_closure(depth=len(imbalance) + 1, **a)),
            Mutant(
                "noise dropped in ‖m‖²",
                lambda n, dim, noise_variance, **a: (
                    chains.unbalanced_fine_tuning_risk(n, dim, noise_variance=0.0, **a)
                    + noise_variance * n / (dim - n - 1)
                ),
            ),
        ),
    ),
    Theorem(
        name="unbalanced-transferability",
        kind="asymptotic",
        statement="T = (1−n/d)₊(2ρ stc − ρ²s²), ρ as in unbalanced-fine-tuning",
        formula=chains.unbalanced_transferability,
        source="follows from min-norm-risk and unbalanced-fine-tuning by substitution (their difference)",
        follows=("min-norm-risk", "unbalanced-fine-tuning"),
        covers="three layers",
        domain="as unbalanced-fine-tuning, against min-norm scratch on the same data; nan at n = d − 1 if σ > 0",
        slow=True,
        derivation="derivations.deep_linear.unbalanced_chains.unbalanced_transferability",
        limits=(
            Limit(
                "balanced",
                lambda imbalance, **a: deep_transferability_closure(depth=len(imbalance) + 1, **a),
                tuple(
                    {"n": n, "dim": 10, "imbalance": (0.0,) * k, **POINT, "noise_variance": v}
                    for n in (0, 4, 8, 9, 11, 14)
                    for k in (1, 2, 4)
                    for v in (0.1, 0.5)
                ),
            ),
            Limit(
                "a much larger head: linear fine-tuning",
                lambda imbalance, **a: deep_transferability_closure(depth=1, **a),
                (_chain_limit(-1e10),),
                rtol=1e-8,
            ),
            Limit(
                "it is the difference of the two risks",
                lambda n, dim, target_energy, noise_variance, **others: (
                    min_norm_risk(n, dim, target_energy, noise_variance)
                    - chains.unbalanced_fine_tuning_risk(
                        n, dim, target_energy=target_energy, noise_variance=noise_variance, **others
                    )
                ),
                tuple(_chain_limit(imbalance) | {"n": n} for imbalance in (-2.0, -0.3) for n in (0, 4, 8, 12)),
            ),
        ),
        sample=_chain_sample_deep_transfer,
        experiments=(
            asymptotic(
                _unbalanced_gains,
                growing(n=4, dim=8, imbalance=(-2.0, -1.0), **_LONG_SOURCE, noise_variance=0.2),
                2,
                3000,
                0.15,
                unit=scratch,
            ),
        ),
        mutants=(
            Mutant("balanced", lambda imbalance, **a: deep_transferability_closure(depth=len(imbalance) + 1, **a)),
            Mutant("noise dropped in ‖m‖²", dropped("noise_variance")),
            scaled(cross_energy=0.5),
        ),
    ),
)
