"""Rows: deep fine-tuning from fitted sources, from unbalanced starts, and from networks that were really pretrained."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.deep_linear import draw_sets
from lintransfer.simulate.deep_pretraining import flow_to_rest, product, random_network
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.table.deep_experiments import energies, gains, large_gains, large_risks, risks
from lintransfer.table.mutants import dropped, instead, moved, scaled
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory import deep_finite_source as fitted
from lintransfer.theory import unbalanced_risk as chains
from lintransfer.theory.deep_end_points import deep_end_point
from lintransfer.theory.deep_risk import (
    deep_fine_tuning_risk_closure,
    deep_transferability_closure,
    finite_source_deep_risk,
    finite_source_deep_transferability,
)
from lintransfer.theory.finite_source import finite_source_risk, finite_source_transferability
from lintransfer.theory.isotropic import min_norm_risk

_POINT = energies(1.0, 1.6, 0.5)
_LONG_SOURCE = energies(2.0, 1.0, 0.9)  # what the imbalances change of ρ is half the risk from scratch here
_FITTED = {**_POINT, "noise_variance": 0.04, "source_noise_variance": 0.09}


def _from_fit(rng: np.random.Generator, replicates: int, source_noise_variance: float, **point: Any) -> np.ndarray:
    return large_risks(rng, replicates, source_noise_std=math.sqrt(source_noise_variance), **point)


def _gains_from_fit(rng: np.random.Generator, replicates: int, source_noise_variance: float, **point: Any) -> np.ndarray:
    return large_gains(rng, replicates, source_noise_std=math.sqrt(source_noise_variance), **point)


def _unbalanced_gains(
    rng: np.random.Generator, replicates: int, imbalance: tuple[float, ...], **point: Any
) -> np.ndarray:
    how: dict[str, Any] = {"imbalance": imbalance, "method": "chain"}
    return gains(rng, replicates, depth=len(imbalance) + 1, **point, **how)


def _scratch(n: int, dim: int, target_energy: float, **_: Any) -> float:
    """The noiseless risk from scratch, which T is a difference of."""
    return (1 - n / dim) * target_energy


def _unbalanced(rng: np.random.Generator, replicates: int, imbalance: tuple[float, ...], **point: Any) -> np.ndarray:
    """Every weight of a network of width one."""
    how: dict[str, Any] = {"imbalance": imbalance, "method": "chain"}
    return risks(rng, replicates, depth=len(imbalance) + 1, **point, **how)


def pretrained(rng: np.random.Generator, replicates: int, depth: int, scale: float) -> tuple[Any, dict[str, Any]]:
    """Small random matrices, trained on a source population and then on a few target samples; and where they end."""
    source, target = teacher_pair(8, 0.5, 1.0, 1.5)
    design, labels = draw_sets(rng, replicates, 4, target, 0.2)
    ends, starts = [], []
    for inputs, answers in zip(design, labels, strict=True):
        small = random_network(rng, 8, depth, 4, scale)
        layers = flow_to_rest(small, np.eye(8), source, tolerance=1e-9, rtol=1e-11)
        starts.append(product(layers))
        ends.append(product(flow_to_rest(layers, inputs, answers, tolerance=1e-12, rtol=1e-13)))
    return np.array(ends), {"design": design, "labels": labels, "source": np.array(starts), "depth": depth}


def _chain_limit(imbalance: float) -> dict[str, Any]:
    return {"n": 5, "dim": 10, "imbalance": (imbalance,), **_POINT, "noise_variance": 0.3}


def _chain_sample(rng: np.random.Generator) -> dict[str, Any]:
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
        name="finite-source-deep-closure",
        kind="asymptotic",
        statement="deep-fine-tuning-closure at s² → W = s²n_S/d + σ_S²n_S/(d−n_S−1), stc → min(n_S/d, 1)stc",
        formula=fitted.finite_source_deep_closure,
        source="follows from deep-fine-tuning-closure and finite-source-displacement by substitution",
        follows=("deep-fine-tuning-closure", "finite-source-displacement"),
        domain="Σ = I, source fitted on n_S samples, balanced; exact for L = 1, n = 0 and n ≥ d, else O(1/d)",
        slow=True,
        derivation="derivations.deep_linear.finite_source_closure",
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
            "n": (0, 1000), "n_source": (1, 1000), "dim": (2, 1000), "depth": (1.0, 50.0), "source_energy": (0.1, 4.0),
            "cross_energy": (-0.5, 0.5), "target_energy": (0.1, 4.0), "noise_variance": (0.01, 1.0),
            "source_noise_variance": (0.01, 1.0),
        },
        experiments=(
            asymptotic(_from_fit, growing(n=6, n_source=6, dim=12, depth=3, **_FITTED), 4, 2000),
        ),
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
        derivation="derivations.deep_linear.finite_source_deep_gain",
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
                lambda n, dim, target_energy, noise_variance, **others: min_norm_risk(n, dim, target_energy, noise_variance)
                - fitted.finite_source_deep_closure(
                    n, dim=dim, target_energy=target_energy, noise_variance=noise_variance, **others
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
            "n": (0, 1000), "n_source": (1, 1000), "dim": (2, 1000), "depth": (1.0, 50.0), "source_energy": (0.1, 4.0),
            "cross_energy": (-0.5, 0.5), "target_energy": (0.1, 4.0), "noise_variance": (0.01, 1.0),
            "source_noise_variance": (0.01, 1.0),
        },
        experiments=(
            asymptotic(
                _gains_from_fit, growing(n=6, n_source=6, dim=12, depth=3, **_FITTED), 1.5, 2000, unit=_scratch
            ),
        ),
        mutants=(
            Mutant("ρ = 1: the published form", instead(depth=1)),
            Mutant("the source known", lambda n_source, source_noise_variance, **a: deep_transferability_closure(**a)),
            dropped("source_noise_variance"),
            scaled(cross_energy=0.5),
        ),
    ),
    Theorem(
        name="unbalanced-fine-tuning",
        kind="asymptotic",
        statement="deep-fine-tuning-closure with ρ from (Y−q)Π(Y−Δ_j) = ‖m‖², where max Δ_j ≤ q",
        formula=chains.unbalanced_fine_tuning_risk,
        source="follows from deep-fine-tuning-closure and unbalanced-retention by substitution",
        follows=("deep-fine-tuning-closure", "unbalanced-retention"), covers="three layers",
        domain="Σ = I, rank-one chain of any imbalances; silent where the sign of ρ is open; else O(1/d)",
        slow=True,
        derivation="derivations.deep_linear.unbalanced_risk",
        limits=(
            Limit(
                "balanced",
                lambda imbalance, **a: deep_fine_tuning_risk_closure(depth=len(imbalance) + 1, **a),
                tuple(
                    {"n": n, "dim": 10, "imbalance": (0.0,) * k, **_POINT, "noise_variance": v}
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
        sample=_chain_sample,
        experiments=(
            asymptotic(_unbalanced, growing(n=4, dim=8, imbalance=(-1.0, -0.3), **_POINT, noise_variance=0.2), 4, 1500),
        ),
        mutants=(
            Mutant("balanced", lambda imbalance, **a: deep_fine_tuning_risk_closure(depth=len(imbalance) + 1, **a)),
            Mutant("noise dropped in ‖m‖²", lambda n, dim, noise_variance, **a: (
                chains.unbalanced_fine_tuning_risk(n, dim, noise_variance=0.0, **a) + noise_variance * n / (dim - n - 1)
            )),
        ),
    ),
    Theorem(
        name="unbalanced-transferability",
        kind="asymptotic",
        statement="T = (1−n/d)₊(2ρ stc − ρ²s²), ρ as in unbalanced-fine-tuning",
        formula=chains.unbalanced_transferability,
        source="follows from min-norm-risk and unbalanced-fine-tuning by substitution (their difference)",
        follows=("min-norm-risk", "unbalanced-fine-tuning"), covers="three layers",
        domain="as unbalanced-fine-tuning, against min-norm scratch on the same data; nan at n = d − 1 if σ > 0",
        slow=True,
        derivation="derivations.deep_linear.unbalanced_transferability",
        limits=(
            Limit(
                "balanced",
                lambda imbalance, **a: deep_transferability_closure(depth=len(imbalance) + 1, **a),
                tuple(
                    {"n": n, "dim": 10, "imbalance": (0.0,) * k, **_POINT, "noise_variance": v}
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
                lambda n, dim, target_energy, noise_variance, **others: min_norm_risk(n, dim, target_energy, noise_variance)
                - chains.unbalanced_fine_tuning_risk(
                    n, dim, target_energy=target_energy, noise_variance=noise_variance, **others
                ),
                tuple(_chain_limit(imbalance) | {"n": n} for imbalance in (-2.0, -0.3) for n in (0, 4, 8, 12)),
            ),
        ),
        sample=_chain_sample,
        experiments=(
            asymptotic(
                _unbalanced_gains, growing(n=4, dim=8, imbalance=(-2.0, -1.0), **_LONG_SOURCE, noise_variance=0.2), 2,
                3000, 0.15, unit=_scratch,
            ),
        ),
        mutants=(
            Mutant("balanced", lambda imbalance, **a: deep_transferability_closure(depth=len(imbalance) + 1, **a)),
            Mutant("noise dropped in ‖m‖²", dropped("noise_variance")),
            scaled(cross_energy=0.5),
        ),
    ),
    Theorem(
        name="pretrained-end-point",
        kind="implicit",
        statement="W_1…W_L from small random weights, pretrained, then fine-tuned on n < d samples: w_∞ = m + ρQw_pre + O(ε²)",
        formula=deep_end_point,
        source="not found in the literature (searched 2026-11-27); pretraining: Tahir, Ganguli & Rotskoff (2025), Theorem 3.4",
        see=("tahir2024",),
        domain="initial weights of scale ε → 0, source population, gradient flow; w_pre the network's own end-to-end vector",
        slow=True,
        derivation=None,
        limits=(
            Limit(
                "one layer: the nearest interpolator",
                lambda design, labels, source, depth: source + np.linalg.pinv(design) @ (labels - design @ source),
                (
                    {
                        "design": np.eye(2, 4) + 0.1,
                        "labels": np.array([1.0, -0.5]),
                        "source": np.array([0.5, 0.5, 1.0, -2.0]),
                        "depth": 1,
                    },
                ),
            ),
        ),
        experiments=(
            # The rest is of the order ε²: 1e-8 relative wants ε = 3e-6, where a plateau of 1/ε is still passed at L = 3.
            Experiment(pretrained, grid(depth=[1, 2, 3], scale=3e-6), "identity", 3),
        ),
        mutants=(
            Mutant("ρ = 1", instead(depth=1)),
            moved(depth=1),
        ),
    ),
)
