"""Rows: mean risks of the strategies on two-layer linear networks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.two_layer_linear import strategy_map as draws
from lintransfer.table.mutants import dropped, instead, scaled, swapped
from lintransfer.table.points import FEW_FEATURES, asymptotic, grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.deep_linear.unbalanced_chains import unbalanced_fine_tuning_risk
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.frozen_features import frozen_features_risk, unexplained_energy
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.linear.laws import min_norm_law
from lintransfer.theory.linear.laws.beta_ratio import BetaRatioLaw
from lintransfer.theory.two_layer_linear import strategy_map as theory

_ENERGY = (0.0, 4.0)
_NOT_FOUND = "not found in the literature (searched 2026-11-28)"
_HEAD = {"head_displacement": 0.6, "unexplained": 0.4, "noise_variance": 0.3}
_LAZY = {"head_energy": 0.7, "head_displacement": 0.3, "unexplained": 1.0, "noise_variance": 0.2}
_RICH = {"feature_norm": 1.2, "head": 0.7, "overlap": 0.6, "target_norm": 1.1, "noise_variance": 0.1}


def _gamma(n: int, dim: int, **others: Any) -> dict[str, Any]:
    return {"gamma": n / dim, **others}


def _below(rng: np.random.Generator) -> dict[str, Any]:
    """A probe with head to spare, and one without."""
    n = int(rng.integers(0, 1000))
    more = {"n_features": n + 2 + int(rng.integers(0, 10**4))}
    fewer = {"n": n + 3, "n_features": int(rng.integers(1, n + 2))}
    sizes = {"n": n, **more} if rng.random() < 0.5 else fewer
    return sizes | dict(zip(_HEAD, rng.uniform(0, 4, 3), strict=True))


def _inside(rng: np.random.Generator) -> dict[str, Any]:
    k = int(rng.integers(1, 200))
    n = k + 2 + int(rng.integers(0, 500))
    return {"n": n, "dim": n + 2 + int(rng.integers(0, 500)), "n_features": k}


def _small_head(rng: np.random.Generator) -> dict[str, Any]:
    return _inside(rng) | {"unexplained": float(rng.uniform(0, 4)), "noise_variance": float(rng.uniform(0, 4))}


def _lazy(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(rng.integers(4, 1000))
    sizes = {"n": int(rng.integers(0, dim - 2)), "dim": dim, "n_features": int(rng.integers(1, dim))}
    return sizes | dict(zip(_LAZY, [float(x) for x in rng.uniform(0.01, 4, 4)], strict=True))


def _rich(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "gamma": float(rng.uniform(0, 0.95)), "feature_norm": float(rng.uniform(0.1, 3)),
        "head": float(rng.uniform(0, 3)), "overlap": float(rng.uniform(0.05, 1)),
        "target_norm": float(rng.uniform(0.3, 3)), "noise_variance": float(rng.uniform(0, 2)),
    }  # fmt: skip


def _heads(rng: np.random.Generator) -> dict[str, Any]:
    return {name: value for name, value in _rich(rng).items() if name != "head"}


def _difference(overlap: float, n: int, dim: int, n_features: int) -> float:
    """Risk of the probe minus that of the first layer alone, input shift without noise."""
    energies = theory.strategy_map_energies(overlap, 0.0, 1.0)
    probe = theory.source_head_probe_risk(n, n_features, energies.head_displacement, energies.unexplained, 0.0)
    return float(probe - theory.first_layer_outputs_risk(n, dim, energies.displacement_energy, 0.0, 1, 0.0))


def _one_level(
    n: Any, dim: Any, n_features: Any, head_energy: Any, head_displacement: Any, unexplained: Any, noise_variance: Any
) -> Any:
    """Both eigenvalues the same: linear fine-tuning in its proportional limit."""
    left = dim - n
    return left * (head_displacement + unexplained) / dim + noise_variance * n / left


def _outside(n: Any, dim: Any, n_features: Any, unexplained: Any, noise_variance: Any) -> Any:
    return unexplained * (dim - n) / (dim - n_features) + noise_variance * (n - n_features) / (dim - n - 1)


def _rich_risk(
    conserved: Any, four: float, gamma: Any, feature_norm: Any, overlap: Any, target_norm: Any, noise_variance: Any
) -> Any:
    fit = gamma * target_norm**2 + noise_variance * gamma / (1 - gamma)
    end = math.sqrt((conserved + math.sqrt(conserved**2 + four * fit)) / 2)
    missed = target_norm**2 * (1 - overlap**2) + (feature_norm * end - target_norm * overlap) ** 2
    return (1 - gamma) * missed + noise_variance * gamma / (1 - gamma)


def _mean(law: Any) -> float:
    return float(law.mean())


ROWS = (
    Theorem(
        name="strategy-map-energies",
        kind="identity",
        statement="‖δ‖² = 2s²(1−c), u = s²(1−ρ)(1−c²), ‖Bθ_T‖² = s² − u, ‖Bδ‖² = s²[(1−c)² + ρ(1−c²)]",
        formula=theory.strategy_map_energies,
        source="follows from principal-angles by substitution (orthonormal features, ‖θ_T‖ = ‖θ_S‖)",
        follows=("principal-angles",),
        see=("lee2023",),
        domain="B with orthonormal rows, θ_T = cθ_S + s√(1−c²)[√ρ Bᵀe' + √(1−ρ)e], any d, k (k ≥ 2 if ρ > 0)",
        derivation="derivations.two_layer_linear.strategy_map.strategy_map_energies",
        limits=(
            Limit(
                "an input shift of one feature: the squared sine",
                lambda overlap, mix, head_norm: float(unexplained_energy(np.array([overlap]), 1)),
                grid(overlap=[-0.6, 0.0, 0.9], mix=0.0, head_norm=1.0),
                left=lambda formula, **a: formula(**a).unexplained,
            ),
            Limit(
                "an output shift: all of δ is seen",
                lambda overlap, mix, head_norm: 2 * head_norm**2 * (1 - overlap),
                grid(overlap=[-0.6, 0.9], mix=1.0, head_norm=[1.0, 2.0]),
                left=lambda formula, **a: formula(**a).head_displacement,
            ),
            Limit(
                "the same task",
                theory.StrategyEnergies(0.0, 0.0, 4.0, 0.0),
                ({"overlap": 1.0, "mix": 0.3, "head_norm": 2.0},),
            ),
        ),
        box={"overlap": (-1.0, 1.0), "mix": (0.0, 1.0), "head_norm": (0.1, 3.0)},
        experiments=(
            Experiment(
                draws.shifts, ({"dim": 5, "n_features": 2}, {"dim": 9, "n_features": 4}), compare="identity",
                replicates=200,
            ),
        ),
        mutants=(
            Mutant("mix taken for the unseen share", instead(mix=lambda mix: 1 - mix)),
            Mutant("s for s²", instead(head_norm=lambda head_norm: head_norm**0.5)),
        ),
    ),
    Theorem(
        name="source-head-probe-risk",
        kind="exact",
        statement="E R = u + (1−n/k)₊‖Bθ_T−v_0‖² + (σ²+u) n/(k−n−1) for n ≤ k−2, (σ²+u) k/(n−k−1) for n ≥ k+2",
        formula=theory.source_head_probe_risk,
        source="follows from frozen-features-risk by substitution (the head's displacement for its energy)",
        follows=("frozen-features-risk",),
        see=("kumar2022",),
        domain="Σ = I, k orthonormal frozen features, from any head v_0; inf where |n − k| ≤ 1 ≤ n",
        derivation="derivations.two_layer_linear.strategy_map.source_head_probe_risk",
        limits=(
            Limit(
                "no samples: the source as it is, ‖δ‖²",
                lambda n, n_features, head_displacement, unexplained, noise_variance: head_displacement + unexplained,
                grid(n=0, n_features=[1, 5], **_HEAD),
            ),
            Limit(
                "from a zero head: a new head on frozen features",
                lambda n, n_features, head_displacement, unexplained, noise_variance: frozen_features_risk(
                    n, n_features, head_displacement, unexplained, noise_variance
                ),
                grid(n=[2, 6, 7, 9, 20], n_features=7, **_HEAD),
            ),
            Limit(
                "more samples than features, an input shift without noise: u(n−1)/(n−k−1)",
                lambda n, n_features, unexplained, **_: unexplained * (n - 1) / (n - n_features - 1),
                grid(n=[6, 20], n_features=3, head_displacement=0.2, unexplained=0.4, noise_variance=0.0),
            ),
        ),
        sample=_below,
        experiments=(
            Experiment(
                draws.probed_from_source,
                ({"n": 2, "n_features": 6, **_HEAD}, {"n": 4, "n_features": 9, **_HEAD}, {"n": 8, "n_features": 3, **_HEAD}),
                replicates=40_000,
            ),
        ),
        mutants=(
            Mutant(
                "n − k for n − k − 1",
                lambda n, n_features, head_displacement, unexplained, noise_variance: (
                    unexplained
                    + max(1 - n / n_features, 0) * head_displacement
                    + (noise_variance + unexplained) * min(n, n_features) / abs(n - n_features)
                ),
            ),
            Mutant(
                "the unexplained part does not act as noise",
                lambda n, n_features, head_displacement, unexplained, noise_variance: (
                    unexplained + min_norm_risk(n, n_features, head_displacement, noise_variance)
                ),
            ),
            Mutant("a head that starts at zero", instead(head_displacement=lambda head_displacement: head_displacement + 1)),
            swapped("head_displacement", "unexplained"),
        ),
    ),
    Theorem(
        name="source-head-probe-law",
        kind="law",
        statement="R = u + ‖Bθ_T−v_0‖² Beta((k−n)/2, n/2) + (σ²+u) χ²_n/χ²_{k−n+1}, independent, 1 ≤ n < k",
        formula=theory.source_head_probe_law,
        source="follows from min-norm-head-law by substitution",
        follows=("min-norm-head-law",),
        domain="Σ = I, k orthonormal frozen features, one output, from any head; n ≥ k as from zero",
        derivation="derivations.two_layer_linear.strategy_map.source_head_probe_law",
        limits=(
            Limit(
                "its mean is the formula's",
                theory.source_head_probe_risk,
                grid(n=[0, 2, 6, 12], n_features=9, **_HEAD),
                left=lambda formula, **a: _mean(formula(**a)),
            ),
            Limit(
                "no samples: the source, surely",
                1.0,
                ({"n_features": 2}, {"n_features": 7}),
                left=lambda formula, n_features: formula(0, n_features, **_HEAD).ppf(0.3),
            ),
        ),
        sample=_below,
        experiments=(
            Experiment(
                draws.probed_from_source,
                ({"n": 2, "n_features": 6, **_HEAD}, {"n": 5, "n_features": 6, **_HEAD}, {"n": 5, "n_features": 2, **_HEAD}),
                compare="law",
            ),
        ),
        mutants=(
            swapped("head_displacement", "unexplained"),
            Mutant(
                "k − n degrees of freedom for k − n + 1",
                lambda n, n_features, head_displacement, unexplained, noise_variance: BetaRatioLaw(
                    unexplained, head_displacement, ((n_features - n) / 2, n / 2), noise_variance + unexplained,
                    (n, n_features - n),
                ),
            ),
        ),
    ),
    Theorem(
        name="first-layer-outputs-risk",
        kind="exact",
        statement="E R = ‖(I−Π_V)Δ‖² + (1−n/d)₊‖Π_VΔ‖² + rank(V)σ² n/(d−n−1), or d/(n−d−1) for n ≥ d+2",
        formula=theory.first_layer_outputs_risk,
        source=f"{_NOT_FOUND}, for several outputs; one output: min-norm-risk with displacement δ",
        see=("lee2023", "tahir2024"),
        domain="Σ = I, f = VBx with V frozen (any rank), first layer trained to rest; inf where |n − d| ≤ 1 ≤ n",
        derivation="derivations.two_layer_linear.strategy_map.first_layer_outputs_risk",
        limits=(
            Limit(
                "one output and a head that is not zero: linear fine-tuning",
                lambda n, dim, reachable, noise_variance, **_: min_norm_risk(n, dim, reachable, noise_variance),
                grid(n=[0, 3, 9, 10, 15], dim=10, reachable=0.8, unreachable=0.0, head_rank=1, noise_variance=0.3),
            ),
            Limit(
                "a zero head: nothing moves",
                lambda unreachable, **_: unreachable,
                grid(n=[0, 4, 20], dim=10, reachable=0.0, unreachable=1.7, head_rank=0, noise_variance=0.3),
            ),
            Limit(
                "unlimited data: what the head cannot reach",
                lambda unreachable, **_: unreachable,
                ({"n": 10**12, "dim": 5, "reachable": 0.5, "unreachable": 0.5, "head_rank": 2, "noise_variance": 0.1},),
                rtol=1e-10,
            ),
        ),
        box={
            "n": (0, 10**6), "dim": (1, 10**6), "reachable": _ENERGY, "unreachable": _ENERGY, "head_rank": (1, 50),
            "noise_variance": _ENERGY,
        },
        experiments=(
            Experiment(
                draws.first_layers,
                (
                    {"n": 3, "dim": 8, "reachable": 0.7, "unreachable": 0.4, "head_rank": 2, "noise_variance": 0.3},
                    {"n": 2, "dim": 8, "reachable": 1.0, "unreachable": 0.4, "head_rank": 1, "noise_variance": 0.5},
                    {"n": 8, "dim": 3, "reachable": 0.7, "unreachable": 0.2, "head_rank": 2, "noise_variance": 0.3},
                ),
            ),
        ),
        mutants=(
            Mutant("the number of outputs, 3, for rank(V)", instead(head_rank=3)),
            Mutant("the number of features, 4, for rank(V)", instead(head_rank=4)),
            Mutant("the noise counted once", instead(head_rank=1)),
            dropped("unreachable"),
            Mutant(
                "d − n for d − n − 1",
                lambda n, dim, reachable, unreachable, head_rank, noise_variance: (
                    unreachable + (1 - n / dim) * reachable + head_rank * noise_variance * n / (dim - n)
                ),
            ),
        ),
    ),
    Theorem(
        name="first-layer-law",
        kind="law",
        statement="R = ‖δ‖² Beta((d−n)/2, n/2) + σ² χ²_n/χ²_{d−n+1}, whatever ‖v‖ > 0",
        formula=theory.first_layer_law,
        source="follows from min-norm-law by substitution (time runs ‖v‖² times as fast)",
        follows=("min-norm-law",),
        domain="Σ = I, one output, first layer alone to rest from v ≠ 0; n ≥ d: σ² χ²_d/χ²_{n−d+1}",
        derivation="derivations.two_layer_linear.strategy_map.first_layer_law",
        limits=(
            Limit(
                "its mean is that of linear fine-tuning",
                min_norm_risk,
                grid(n=[0, 2, 6, 12], dim=8, displacement_energy=0.8, noise_variance=0.3),
                left=lambda formula, **a: _mean(formula(**a)),
            ),
            Limit(
                "half of the time below the median of linear fine-tuning",
                0.5,
                grid(n=[2, 6, 12], dim=8, displacement_energy=0.8, noise_variance=0.3),
                left=lambda formula, **a: float(formula(**a).cdf(min_norm_law(**a).median())),
                rtol=1e-9,
            ),
        ),
        box={"n": (1, 10**9), "dim": (1, 10**9), "displacement_energy": _ENERGY, "noise_variance": _ENERGY},
        experiments=(
            Experiment(
                draws.first_layer,
                grid(n=[3, 7], dim=8, displacement_energy=0.8, noise_variance=0.3),
                compare="law",
            ),
        ),
        mutants=(
            Mutant("the norm 3 of the head divides the noise", scaled(noise_variance=1 / 9)),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="first-layer-boundary",
        kind="exact",
        statement="noiseless input shift: first layer beats probe iff c > 2(1−n/d)(n−k−1)/(n−1) − 1",
        formula=theory.first_layer_boundary,
        source=_NOT_FOUND,
        see=("lee2023", "kumar2022"),
        domain="Σ = I, σ = 0, ‖θ_T‖ = ‖θ_S‖, c < 1, k + 2 ≤ n < d; nan elsewhere",
        derivation="derivations.two_layer_linear.strategy_map.first_layer_boundary",
        limits=(
            Limit(
                "both risks agree there",
                lambda n, dim, n_features: 0.0,
                grid(n=[6, 9], dim=12, n_features=[1, 3]),
                left=lambda formula, n, dim, n_features: _difference(formula(n, dim, n_features), n, dim, n_features),
            ),
            Limit("n = d: the first layer has learnt all", -1.0, ({"n": 10**6, "dim": 10**6 + 1, "n_features": 1},), rtol=1e-5),
            Limit("outside k + 2 ≤ n < d it is silent", math.nan, grid(n=[1, 4, 12, 20], dim=12, n_features=3)),
        ),
        sample=_inside,
        experiments=(
            Experiment(
                draws.boundary_gap,
                ({"n": 8, "dim": 12, "n_features": 2}, {"n": 9, "dim": 20, "n_features": 3}),
                replicates=40_000,
                unit=lambda **_: 1.0,
            ),
        ),
        mutants=(
            Mutant(
                "n − k for n − k − 1",
                lambda n, dim, n_features: 2 * (1 - n / dim) * (n - n_features) / (n - 1) - 1,
            ),
            Mutant(
                "n for n − 1",
                lambda n, dim, n_features: 2 * (1 - n / dim) * (n - n_features - 1) / n - 1,
            ),
            Mutant("without the factor 2", lambda n, dim, n_features: (1 - n / dim) * (n - n_features - 1) / (n - 1) - 1),
        ),
    ),
    Theorem(
        name="lazy-two-layer-risk",
        kind="asymptotic",
        statement="R = [κ²(‖Bδ‖²/(m_1+κ)² + u/(m_2+κ)²) + σ²]/(1 − df2/n) − σ², m_1 = 1+‖v‖² (k), m_2 = ‖v‖² (d−k)",
        formula=theory.lazy_two_layer_risk,
        source="follows from ridge-risk by substitution (tangent kernel xᵀ(BᵀB + ‖v‖²I)x', Tomihari & Sato 2024)",
        follows=("ridge-risk",),
        see=("tomihari2024", "lee2019"),
        domain="Σ = I, B with orthonormal rows, ‖v‖ > 0, output scale → ∞; relative error O(1/d) for 0 < n < d, else exact",
        derivation="derivations.two_layer_linear.strategy_map.lazy_two_layer_risk",
        limits=(
            Limit("no samples: ‖δ‖²", 1.3, grid(n=0, dim=[5, 10**6], n_features=[1, 4], **_LAZY)),
            Limit(
                "the standard equivalent with two eigenvalues",
                lambda n, dim, n_features, head_energy, head_displacement, unexplained, noise_variance: ridge_risk(
                    n, np.array([1 + head_energy, head_energy]), np.array([n_features, dim - n_features]),
                    np.array([head_displacement / (1 + head_energy), unexplained / head_energy]), noise_variance,
                ),
                grid(n=[1, 5, 30, 60], dim=80, n_features=[2, 20, 79], **_LAZY),
                rtol=1e-9,
            ),
            Limit(
                "a very large head: the first layer alone, up to 1/d",
                lambda n, dim, n_features, head_energy, head_displacement, unexplained, noise_variance: min_norm_risk(
                    n, dim, head_displacement + unexplained, noise_variance
                ),
                grid(n=5 * 10**8, dim=10**9, n_features=10**8, **{**_LAZY, "head_energy": 1e12}),
                rtol=1e-7,
            ),
            Limit(
                "a very small head and n < k: the probe, up to 1/d",
                lambda n, dim, n_features, head_energy, head_displacement, unexplained, noise_variance: (
                    theory.source_head_probe_risk(n, n_features, head_displacement, unexplained, noise_variance)
                ),
                grid(n=2 * 10**8, dim=10**9, n_features=4 * 10**8, **{**_LAZY, "head_energy": 1e-12}),
                rtol=1e-7,
            ),
            Limit(
                "more samples than dimensions: least squares",
                lambda n, dim, noise_variance, **_: min_norm_risk(n, dim, 0.0, noise_variance),
                grid(n=[10, 11, 12, 30], dim=10, n_features=4, **_LAZY),
            ),
        ),
        sample=_lazy,
        experiments=(
            asymptotic(
                draws.lazy_layers, growing("n_features", n=10, dim=20, n_features=2, **_LAZY), 1.0, replicates=300,
                resolution=0.15,
            ),
        ),
        mutants=(
            Mutant("m_1 = ‖v‖² for 1 + ‖v‖²", lambda **a: _one_level(**a)),
            swapped("head_displacement", "unexplained"),
            Mutant("‖v‖ for ‖v‖²", instead(head_energy=lambda head_energy: head_energy**0.5)),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="lazy-small-head-risk",
        kind="exact",
        statement="E R = E_⊥ + (E_⊥+σ²) k/(n−k−1), E_⊥ = u(d−n)/(d−k) + σ²(n−k)/(d−n−1)",
        formula=theory.lazy_small_head_risk,
        source=_NOT_FOUND,
        see=("kumar2022", "tomihari2024"),
        domain="Σ = I, B with orthonormal rows, lazy limit and then ‖v‖ → 0, k + 2 ≤ n ≤ d − 2; nan elsewhere",
        derivation="derivations.two_layer_linear.strategy_map.lazy_small_head_risk",
        limits=(
            Limit(
                "no noise, large sizes: u n(d−n)/((d−k)(n−k))",
                lambda n, dim, n_features, unexplained, noise_variance: (
                    unexplained * n * (dim - n) / ((dim - n_features) * (n - n_features))
                ),
                ({"n": 4 * 10**8, "dim": 10**9, "n_features": 10**8, "unexplained": 0.7, "noise_variance": 0.0},),
                rtol=1e-7,
            ),
            Limit(
                "the lazy equivalent with a vanishing head, up to 1/d",
                lambda n, dim, n_features, unexplained, noise_variance: theory.lazy_two_layer_risk(
                    n, dim, n_features, 1e-12, 0.4, unexplained, noise_variance
                ),
                ({"n": 4 * 10**8, "dim": 10**9, "n_features": 10**8, "unexplained": 0.7, "noise_variance": 0.2},),
                rtol=1e-7,
            ),
            Limit("outside k + 2 ≤ n ≤ d − 2 it is silent", math.nan, grid(n=[3, 5, 19, 30], dim=20, n_features=4, unexplained=0.7, noise_variance=0.2)),
        ),
        sample=_small_head,
        experiments=(
            Experiment(
                draws.lazy_small_heads,
                (
                    {"n": 10, "dim": 18, "n_features": 3, "unexplained": 0.8, "noise_variance": 0.3},
                    {"n": 7, "dim": 14, "n_features": 1, "unexplained": 0.8, "noise_variance": 0.1},
                ),
            ),
        ),
        mutants=(
            Mutant(
                "n − k for n − k − 1",
                lambda n, dim, n_features, unexplained, noise_variance: (
                    _outside(n, dim, n_features, unexplained, noise_variance) * n / (n - n_features)
                    + noise_variance * n_features / (n - n_features)
                ),
            ),
            Mutant(
                "probing first: the head's error without that outside",
                lambda n, dim, n_features, unexplained, noise_variance: (
                    _outside(n, dim, n_features, unexplained, noise_variance)
                    + noise_variance * n_features / (n - n_features - 1)
                ),
            ),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="one-feature-risk",
        kind="asymptotic",
        statement="R = (1−γ)[t²(1−c²) + (av_∞−tc)²] + σ²γ/(1−γ), v_∞² = [C+√(C²+4A²)]/2, C = v_0²−γa², A² = γt²+σ²γ/(1−γ)",
        formula=theory.one_feature_risk,
        source=f"{_NOT_FOUND}; v_0² ≥ γa²: follows from unbalanced-fine-tuning (two layers)",
        see=("azulay2021", "kunin2024", "kumar2022"),
        domain="Σ = I, k = 1, both layers to rest, d → ∞ at γ = n/d < 1; v_0² ≥ γa², v_0 ≠ 0, or v_0 ≥ 0 and c > 0; O(1/d)",
        derivation="derivations.two_layer_linear.strategy_map.one_feature_risk",
        limits=(
            Limit(
                "no samples: the source",
                lambda gamma, feature_norm, head, overlap, target_norm, noise_variance: (
                    (feature_norm * head) ** 2 - 2 * feature_norm * head * target_norm * overlap + target_norm**2
                ),
                grid(gamma=0.0, **_RICH),
            ),
            Limit(
                "two layers of an unbalanced chain",
                lambda gamma, feature_norm, head, overlap, target_norm, noise_variance: unbalanced_fine_tuning_risk(
                    gamma * 10**9, 10**9, (feature_norm**2 - head**2,), (feature_norm * head) ** 2,
                    feature_norm * head * target_norm * overlap, target_norm**2, noise_variance,
                ),
                grid(gamma=[0.1, 0.5, 0.8], **{**_RICH, "head": 1.4, "overlap": [-0.4, 0.6]}),
                rtol=1e-7,
            ),
            Limit(
                "LP-FT of a vanishing feature: probing, then the first layer",
                lambda gamma, overlap, target_norm, noise_variance: theory.probe_then_first_layer_risk(
                    gamma, target_norm**2 * (1 - overlap**2), noise_variance
                ),
                grid(gamma=[0.2, 0.7], overlap=0.6, target_norm=1.1, noise_variance=0.1),
                rtol=1e-7,
                left=lambda formula, gamma, overlap, target_norm, noise_variance: formula(
                    gamma, 1e-5, target_norm * overlap / 1e-5, overlap, target_norm, noise_variance
                ),
            ),
            Limit(
                "a very large feature",
                lambda gamma, overlap, noise_variance: (
                    (1 - gamma) * (1 - overlap**2 + (math.sqrt(1 + noise_variance / (1 - gamma)) - overlap) ** 2)
                    + noise_variance * gamma / (1 - gamma)
                ),
                grid(gamma=[0.2, 0.7], overlap=0.6, noise_variance=0.1),
                rtol=1e-7,
                left=lambda formula, gamma, overlap, noise_variance: formula(
                    gamma, 1e5, 0.4, overlap, 1.0, noise_variance
                ),
            ),
            Limit("the sign of the head is open", math.nan, grid(gamma=0.5, **{**_RICH, "head": 0.3, "overlap": -0.6})),
        ),
        sample=_rich,
        experiments=(
            asymptotic(
                draws.one_feature, growing(n=12, dim=30, **{**_RICH, "head": 0.9}), 4.0, arguments=_gamma
            ),
            asymptotic(
                draws.one_feature, growing(n=12, dim=30, **{**_RICH, "head": 0.2, "overlap": 0.8}), 4.0,
                arguments=_gamma,
            ),
        ),
        mutants=(
            Mutant(
                "C with a plus sign",
                lambda gamma, feature_norm, head, overlap, target_norm, noise_variance: _rich_risk(
                    head**2 + gamma * feature_norm**2, 4.0, gamma, feature_norm, overlap, target_norm, noise_variance
                ),
            ),
            Mutant(
                "A² for 4A²",
                lambda gamma, feature_norm, head, overlap, target_norm, noise_variance: _rich_risk(
                    head**2 - gamma * feature_norm**2, 1.0, gamma, feature_norm, overlap, target_norm, noise_variance
                ),
            ),
            dropped("noise_variance"),
            Mutant("the head keeps its value", lambda gamma, feature_norm, head, overlap, target_norm, noise_variance: (
                (1 - gamma) * (target_norm**2 * (1 - overlap**2) + (feature_norm * head - target_norm * overlap) ** 2)
                + noise_variance * gamma / (1 - gamma)
            )),
        ),
    ),
    Theorem(
        name="probe-then-first-layer-risk",
        kind="asymptotic",
        statement="R = (1−γ)u + σ²γ/(1−γ)",
        formula=theory.probe_then_first_layer_risk,
        source=_NOT_FOUND,
        see=("kumar2022", "tomihari2024"),
        domain=FEW_FEATURES + ", γ < 1, probing to rest and then the first layer alone; O(1/d)",
        derivation="derivations.two_layer_linear.strategy_map.probe_then_first_layer_risk",
        limits=(
            Limit(
                "linear fine-tuning from the best head, up to 1/d",
                lambda gamma, unexplained, noise_variance: min_norm_risk(
                    round(gamma * 10**9), 10**9, unexplained, noise_variance
                ),
                grid(gamma=[0.0, 0.2, 0.9], unexplained=0.4, noise_variance=0.1),
                rtol=1e-7,
            ),
            Limit("γ ≥ 1: silent", math.nan, grid(gamma=[1.0, 1.5], unexplained=0.4, noise_variance=0.1)),
        ),
        box={"gamma": (0.0, 0.99), "unexplained": _ENERGY, "noise_variance": _ENERGY},
        experiments=(
            asymptotic(
                draws.probed_then_first, growing(n=15, dim=30, unexplained=0.64, noise_variance=0.1), 4.0,
                arguments=_gamma,
            ),
        ),
        mutants=(
            dropped("noise_variance"),
            Mutant("as probing alone", lambda gamma, unexplained, noise_variance: unexplained + 0 * gamma),
            Mutant(
                "noise as of the head",
                lambda gamma, unexplained, noise_variance: (1 - gamma) * unexplained + noise_variance * gamma,
            ),
        ),
    ),
    Theorem(
        name="rich-head",
        kind="asymptotic",
        statement="v_0*² = (h² + γa² − A²/h²)₊, h = tc/a, A² = γt² + σ²γ/(1−γ): below the probed head h",
        formula=theory.rich_head,
        source=_NOT_FOUND,
        see=("ren2023", "tomihari2024"),
        domain="as one-feature-risk, c > 0; 0 (no probing) iff γ(t²(1−c²)+σ²/(1−γ)) ≥ h⁴; O(1/d)",
        derivation="derivations.two_layer_linear.strategy_map.rich_head",
        limits=(
            Limit("no samples: the probed head", 0.55, ({"gamma": 0.0, "feature_norm": 1.2, "overlap": 0.6, "target_norm": 1.1, "noise_variance": 0.1},)),
            Limit(
                "what it leads to: the risk of probing, then the first layer",
                lambda gamma, feature_norm, overlap, target_norm, noise_variance: theory.probe_then_first_layer_risk(
                    gamma, target_norm**2 * (1 - overlap**2), noise_variance
                ),
                grid(gamma=[0.1, 0.3], feature_norm=0.5, overlap=0.7, target_norm=1.1, noise_variance=0.1),
                left=lambda formula, gamma, feature_norm, overlap, target_norm, noise_variance: theory.one_feature_risk(
                    gamma, feature_norm,
                    formula(gamma, feature_norm, overlap, target_norm, noise_variance),
                    overlap, target_norm, noise_variance,
                ),
                rtol=1e-10,
            ),
            Limit(
                "no probing at the threshold γ(1−c²+σ²/(1−γ)) = c⁴/a⁴, and beyond",
                0.0,
                ({"factor": 0.9}, {"factor": 0.2}),
                left=lambda formula, factor: formula(0.5, (0.6**4 / (0.5 * (0.64 + 0.2))) ** 0.25 / factor, 0.6, 1.0, 0.1),
            ),
            Limit("γ ≥ 1 or c ≤ 0: silent", math.nan, grid(gamma=[0.5, 1.0], feature_norm=1.0, overlap=[-0.3, 0.0])),
        ),
        sample=_heads,
        experiments=(
            asymptotic(
                draws.best_heads,
                growing(n=12, dim=40, feature_norm=0.8, overlap=0.7, target_norm=1.1, noise_variance=0.05), 12.0,
                replicates=300, resolution=0.15, arguments=_gamma,
            ),
        ),
        mutants=(
            Mutant("the probed head", lambda gamma, feature_norm, overlap, target_norm: target_norm * overlap / feature_norm),
            dropped("noise_variance"),
            Mutant(
                "γa² with a minus sign",
                lambda gamma, feature_norm, overlap, target_norm, noise_variance: math.sqrt(max(0.0,
                    (target_norm * overlap / feature_norm) ** 2 - gamma * feature_norm**2
                    - gamma * (target_norm**2 + noise_variance / (1 - gamma)) / (target_norm * overlap / feature_norm) ** 2
                )),
            ),
        ),
    ),
)  # fmt: skip
