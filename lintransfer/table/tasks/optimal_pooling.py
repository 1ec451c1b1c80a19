"""Rows: the best weights and ridge of a pool of isotropic tasks."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.tasks.pooled_ridge import best_pool
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.row import NOT_FOUND, Experiment, Limit, Mutant, Theorem
from lintransfer.table.tasks.isotropic_pooling import isotropic_arguments, isotropic_sample
from lintransfer.theory.linear.proportional import tuned_ridge_risk
from lintransfer.theory.tasks.isotropic_pooling import isotropic_pool, isotropic_pooled_risk
from lintransfer.theory.tasks.optimal_pooling import optimal_pooling, optimal_pooling_risk

_NOISES = np.array([0.2, 0.5])


def _gram(cross: float, source: float = 1.0) -> np.ndarray:
    return np.array([[source, cross], [cross, 1.3]])


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    found = isotropic_sample(rng)
    del found["weights"], found["ridge"]
    return found


def _violation(formula: Any, sizes: Any, gram: Any, noise_variances: Any, dim: float = 30.0) -> float:
    """The largest miss of c_j = (n_j/d)min{1, (θ_j·h − μ)₊/(σ_j² + R(θ_j))}, at the shares that the weights give."""
    best = formula(sizes, dim, gram, noise_variances)
    pool = isotropic_pool(sizes, dim, gram, noise_variances, best.weights, best.ridge)
    c, full = pool.shares, sizes / dim
    q = c * c / full
    h = q - c
    h[-1] += 1 - q.sum()
    push, cost = gram @ h, noise_variances + pool.risks
    inside = (c > 1e-9) & (c < full * (1 - 1e-9))
    mu = (push - c / full * cost)[inside].mean() if 1 - c.sum() < 1e-9 else 0.0
    return float(np.abs(c / full - np.clip((push - mu) / cost, 0, 1)).max())


def _cell(seed: int, groups: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    theta = rng.standard_normal((groups, groups + 1)) * np.exp(rng.uniform(-1, 1, (groups, 1)))
    return {
        "sizes": rng.integers(1, 90, groups).astype(float), "gram": theta @ theta.T,
        "noise_variances": np.exp(rng.uniform(-3, 1, groups)),
    }  # fmt: skip


def _without_ridge(sizes: Any, dim: Any, gram: Any, noise_variances: Any) -> Any:
    return optimal_pooling_risk(sizes, dim, gram, noise_variances, ridge=0.0)


ROWS = (
    Theorem(
        name="optimal-pooling",
        kind="implicit",
        statement="R is convex in the shares; at its least c_j = (n_j/d)min{1,(θ_j·h−μ)₊/(σ_j²+R(θ_j))}, h = (1−Σq)θ_t+Σq_kθ_k−w̄; ω_k = c_k/(n_k−dc_k), λ = c_0",
        formula=optimal_pooling,
        source=NOT_FOUND,
        domain="Σ_k = I, every n_k ≥ 0; convexity proved for any number of groups, checked symbolically for two; for unequal Σ_k not proved",
        covers="two groups, one pair of teachers, optima inside the polytope",
        derivation="derivations.tasks.optimal_pooling.optimal_pooling",
        limits=(
            Limit(
                "one task: λ/ω = dσ²/‖θ‖² for every n",
                lambda n: {"ridge": 30 * 0.5 / 1.3, "risk": tuned_ridge_risk(n, 30.0, 1.3, 0.5)},
                tuple({"n": n} for n in (1.0, 10.0, 29.0, 30.0, 31.0, 300.0)),
                rtol=1e-9,
                left=lambda formula, n: (lambda best: {"ridge": best.ridge / best.weights[0], "risk": best.risk})(
                    formula([n], 30.0, np.full((1, 1), 1.3), [0.5])
                ),
            ),
            Limit(
                "the condition of stationarity, in cells that end on every kind of wall",
                0.0,
                tuple(_cell(seed, groups) for groups in (2, 3, 6) for seed in range(12)),
                rtol=1e-9,
                left=_violation,
            ),
            Limit(
                "a source that points away is not used",
                0.0,
                ({"cross": 0.0}, {"cross": -0.5}),
                left=lambda formula, cross: formula([50.0, 20.0], 30.0, _gram(cross), _NOISES).weights[0],
            ),
            Limit(
                "equal teachers: weights as 1/σ_k²",
                0.5 / 0.2,
                ({"sizes": [9.0, 12.0]}, {"sizes": [50.0, 40.0]}),
                rtol=1e-8,
                left=lambda formula, sizes: (lambda w: w[0] / w[1])(
                    formula(sizes, 30.0, _gram(1.3, 1.3), _NOISES).weights
                ),
            ),
        ),
        sample=_sample,
        experiments=(),
        mutants=(
            Mutant(
                "noise of the source taken for that of the target",
                instead(noise_variances=lambda noise_variances: noise_variances[::-1] + 0),
            ),
            Mutant("no ridge", instead(ridge=0.0)),
            Mutant("σ for σ²", instead(noise_variances=lambda noise_variances: np.asarray(noise_variances) ** 2)),
        ),
    ),
    Theorem(
        name="optimal-pooling-risk",
        kind="asymptotic",
        statement="R* = min over all weights and ridges of the isotropic pooled risk",
        formula=optimal_pooling_risk,
        source=NOT_FOUND,
        domain="Σ_k = I, every n_k ≥ 0; a source helps next to its target's best ridge iff (θ_S−w0)·(θ_T−w0) > 0",
        covers="two groups, one pair of teachers, optima inside the polytope",
        derivation="derivations.tasks.optimal_pooling.optimal_pooling_risk",
        limits=(
            Limit(
                "never above the risk at any weights and ridge",
                True,
                tuple({"cross": c, "ridge": ridge} for c in (-0.4, 0.3, 0.9) for ridge in (0.0, 1.0, 20.0)),
                left=lambda formula, cross, ridge: bool(
                    formula([40.0, 20.0], 30.0, _gram(cross), _NOISES)
                    <= isotropic_pooled_risk(
                        [40.0, 20.0],
                        30.0,
                        _gram(cross),
                        _NOISES,
                        np.stack([np.geomspace(1e-3, 1e3, 61), np.ones(61)], axis=1),
                        ridge,
                    ).min()
                    * (1 + 1e-12)
                ),
            ),
            Limit(
                "a source that points away: scratch with its best ridge",
                tuned_ridge_risk(20.0, 30.0, 1.3, 0.5),
                ({"cross": 0.0}, {"cross": -0.5}),
                rtol=1e-11,
                left=lambda formula, cross: formula([50.0, 20.0], 30.0, _gram(cross), _NOISES),
            ),
            Limit(
                "a source that points the same way helps, however far, noisy or small, and without ridge any source does",
                True,
                (
                    *tuple({"cross": 0.01, "noise": noise, "ridge": None} for noise in (0.1, 100.0)),
                    {"cross": -0.9, "noise": 0.1, "ridge": 0.0},
                ),
                left=lambda formula, cross, noise, ridge: bool(
                    formula([5.0, 40.0], 30.0, _gram(cross), np.array([noise, 0.5]), ridge=ridge)
                    < (tuned_ridge_risk(40.0, 30.0, 1.3, 0.5) if ridge is None else 0.5 * 30 / 10) * (1 - 1e-12)
                ),
            ),
            Limit(
                "equal teachers of equal noise: one task with all the data",
                tuned_ridge_risk(41.0, 30.0, 1.3, 0.5),
                rtol=1e-11,
                left=lambda formula: formula([20.0, 21.0], 30.0, _gram(1.3, 1.3), np.array([0.5, 0.5])),
            ),
        ),
        sample=_sample,
        experiments=(
            Experiment(
                best_pool,
                tuple({"sizes": (12 * k, 6 * k), "dim": 10 * k, "noises": (0.1, 0.4)} for k in (1, 2, 4)),
                "asymptotic",
                800,
                0.15,
                lambda dim, **_: 2 / dim,
                isotropic_arguments,
            ),
        ),
        mutants=(
            Mutant("no ridge", _without_ridge),
            Mutant(
                "equal weights",
                lambda sizes, dim, gram, noise_variances: isotropic_pooled_risk(
                    sizes, dim, gram, noise_variances, 1.0, 1.0
                ),
            ),
            dropped("noise_variances"),
        ),
    ),
)
