"""Rows: the risk of diagonal linear networks in the proportional limit."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.diagonal_linear import risk as draws
from lintransfer.table.mutants import dropped, instead, scaled
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.theory.diagonal_linear import risk as theory
from lintransfer.theory.linear.isotropic import min_norm_risk

_TARGET = np.array([1.0, 0.0, -0.5, 0.0, 0.3, 0.0, 0.0, 0.0])


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    d = int(rng.integers(5, 12))
    return {
        "n": int(rng.integers(1, d - 1)), "target": rng.standard_normal(d), "root_k": rng.uniform(0.1, 2, d),
        "noise_variance": float(rng.uniform(0, 0.5)),
    }  # fmt: skip


def _told(n: int, dim: int, scale: float, noise_variance: float) -> dict[str, Any]:
    target, root_k = draws.world(dim, scale)
    return {"n": n, "target": target, "root_k": root_k, "noise_variance": noise_variance}


ROWS = (
    Theorem(
        name="diagonal-risk",
        kind="asymptotic",
        statement="R = dE, ς² = E/γ + σ²/n, mean η'_k(b+ςξ) = γ, E = mean (η_k(b+ςξ)−b)²; η_k: x + (ω/2)asinh(2x/√k) = h",
        formula=theory.diagonal_risk,
        source="Anguita et al. (2026), the error of fine-tuning; the fixed point is checked here by training",
        papers=("anguita2026",),
        see=("lippl2024", "woodworth2020"),
        covers="√k → ∞, one scale (lazy)",
        domain="x ~ N(0, I), d → ∞ at γ = n/d < 1, coordinates (b, k) of any joint law, √k ~ |b|; O(1/d)",
        derivation="derivations.diagonal_linear.risk.diagonal_risk",
        limits=(
            Limit("one large scale: ridgeless regression at d → ∞", lambda n, noise_variance: (
                (1 - n / 8) * float(_TARGET @ _TARGET) + noise_variance * (n / 8) / (1 - n / 8)),
                grid(n=[1, 4, 7], noise_variance=[0.0, 0.3]), 1e-7, given={"target": _TARGET, "root_k": np.full(8, 1e6)}),
            Limit("without noise it is the exact mean", lambda n: min_norm_risk(n, 8, float(_TARGET @ _TARGET), 0.0),
                grid(n=[1, 4, 6]), 1e-7, given={"target": _TARGET, "root_k": np.full(8, 1e6), "noise_variance": 0.0}),
            Limit("no samples: the energy of the target", float(_TARGET @ _TARGET), ({"n": 0},),
                given={"target": _TARGET, "root_k": np.ones(8), "noise_variance": 0.3}),
            Limit("the units of the weights", lambda n, root: 9 * theory.diagonal_risk(n, _TARGET, root * np.ones(8), 0.2),
                grid(n=[2, 5], root=[0.1, 1.0]), 1e-8,
                left=lambda formula, n, root: formula(n, 3 * _TARGET, 3 * root * np.ones(8), 9 * 0.2)),
            Limit("signs do not matter", lambda n: theory.diagonal_risk(n, np.abs(_TARGET), np.ones(8), 0.2), grid(n=[2, 5]), 1e-10,
                given={"target": _TARGET, "root_k": np.ones(8), "noise_variance": 0.2}),
        ),
        sample=_sample,
        experiments=(
            asymptotic(draws.risks, growing(n=15, dim=30, scale=1.0, noise_variance=0.05), 6.0, replicates=300, arguments=_told),
            asymptotic(draws.risks, growing(n=12, dim=30, scale=4.0, noise_variance=0.0), 6.0, replicates=300, arguments=_told),
        ),
        mutants=(
            scaled(root_k=0.5),
            dropped("noise_variance"),
            Mutant("one scale for all", instead(root_k=lambda root_k: np.mean(np.asarray(root_k, float)) * np.ones(len(root_k)))),
            Mutant("σ² not divided by n", instead(noise_variance=lambda n, noise_variance: n * noise_variance)),
        ),
        slow=True,
    ),
)  # fmt: skip
