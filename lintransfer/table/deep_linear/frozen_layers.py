"""Rows: deep networks with frozen or lazy layers."""

from __future__ import annotations

import math
from typing import Any

from lintransfer.experiments.deep_linear.frozen_layers import head_risks, lazy
from lintransfer.experiments.deep_linear.trainings import energies
from lintransfer.table.mutants import instead, moved, scaled
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import frozen_layers as heads
from lintransfer.theory.deep_linear.risk import deep_fine_tuning_risk

_POINT = energies(1.0, 1.6, 0.5)


def _head_arguments(n: int, overlap: float = 0.6, **_: Any) -> dict[str, Any]:
    left = 1.5**2 * (1 - overlap**2)
    return {"n": n, "unexplained": left, "noise_variance": 0.25, "start_risk": 1 + 2.25 - 3 * overlap}


def _balanced_arguments(n: int, overlap: float = 0.6, **_: Any) -> dict[str, Any]:
    return {"n": n, "best_head": 1.5 * overlap, "unexplained": 1.5**2 * (1 - overlap**2), "noise_variance": 0.25}


ROWS = (
    Theorem(
        name="lazy-rank-one-risk",
        kind="asymptotic",
        statement="R = (1−γ)[t²(1−c²) + (tc−s)²/(1+(L−1)γ)²] + σ²γ/(1−γ)",
        formula=heads.lazy_rank_one_risk,
        source="not found in the literature (searched 2026-11-27)",
        domain="Σ = I, proportional limit; output scale → ∞ around the pretrained balanced rank-one network",
        derivation="derivations.deep_linear.frozen_layers.lazy_rank_one_risk",
        limits=(
            Limit(
                "one layer is linear",
                lambda gamma, **_: deep_fine_tuning_risk(gamma, 1, **_POINT, noise_variance=0.3),
                grid(gamma=[0.0, 0.4, 1.8], depth=1, **_POINT, noise_variance=0.3),
            ),
            Limit(
                "great depth learns the source direction at once",
                lambda gamma, **_: (1 - gamma) * 1.6**2 * 0.75,
                ({"gamma": 0.4, "depth": math.inf, **_POINT, "noise_variance": 0.0},),
            ),
        ),
        box={
            "gamma": (0.01, 3.0),
            "depth": (1.0, 50.0),
            "source_energy": (0.1, 4.0),
            "cross_energy": (-0.5, 0.5),
            "target_energy": (0.1, 4.0),
            "noise_variance": (0.0, 1.0),
        },
        experiments=(
            asymptotic(
                lazy,
                growing(n=4, dim=8, depth=3, noise_variance=0.1),
                4,
                600,
                0.15,
                lambda n, dim, depth, noise_variance: {
                    "gamma": n / dim,
                    "depth": depth,
                    **_POINT,
                    "noise_variance": noise_variance,
                },
            ),
        ),
        mutants=(
            Mutant("L for L − 1", moved(depth=1)),
            Mutant("no square", instead(depth=lambda gamma, depth: 1 + ((1 + (depth - 1) * gamma) ** 0.5 - 1) / gamma)),
        ),
    ),
    Theorem(
        name="frozen-first-layer-risk",
        kind="exact",
        statement="first layer frozen: E R = u(n−1)/(n−2) + σ²/(n−2); the floor u never vanishes",
        formula=heads.frozen_first_layer_risk,
        source="Shachaf, Brutzkus & Globerson (2021), deep part; Tahir, Ganguli & Rotskoff (2025), eq. 10",
        papers=("shachaf2021", "tahir2024"),
        domain="any Σ, n ≥ 3, at least one trained layer (with two or more, after they have left the saddle)",
        derivation="derivations.deep_linear.frozen_layers.frozen_first_layer_risk",
        limits=(
            Limit(
                "infinite for one or two samples",
                math.inf,
                grid(n=[1, 2], unexplained=0.3, noise_variance=0.2, start_risk=1.0),
            ),
        ),
        box={"n": (0, 10**9), "unexplained": (0.0, 4.0), "noise_variance": (0.0, 4.0), "start_risk": (0.0, 4.0)},
        experiments=(
            Experiment(
                head_risks,
                ({"n": 8, "trained": (False, True)}, {"n": 12, "trained": (False, True)}),
                "mean",
                4000,
                0.1,
                arguments=_head_arguments,
            ),
        ),
        mutants=(
            Mutant("n − 1 for n − 2", moved(n=1)),
            Mutant(
                "the floor vanishes", lambda n, unexplained, noise_variance: (unexplained + noise_variance) / (n - 2)
            ),
        ),
    ),
    Theorem(
        name="balanced-head-risk",
        kind="exact",
        statement="two or more exactly balanced layers on a frozen first one stop at the saddle: head max(a_LS, 0)",
        formula=heads.balanced_head_risk,
        source="not found in the literature (searched 2026-11-27)",
        covers="n = 4",
        domain="as frozen-first-layer-risk, n ≥ 3, σ² + u > 0, exact balance for all time",
        derivation="derivations.deep_linear.frozen_layers.balanced_head_risk",
        limits=(
            Limit(
                "a head far from 0 never sees the saddle",
                lambda n, unexplained, noise_variance, **_: heads.frozen_first_layer_risk(
                    n, unexplained, noise_variance, 1.0
                ),
                ({"n": 12, "best_head": 1e3, "unexplained": 0.3, "noise_variance": 0.2},),
                rtol=1e-9,
            ),
        ),
        box={"n": (3, 1000), "best_head": (-2.0, 2.0), "unexplained": (0.01, 4.0), "noise_variance": (0.01, 4.0)},
        experiments=(
            Experiment(
                head_risks,
                (
                    {"n": 8, "trained": (False, True, True), "overlap": 0.3},
                    {"n": 8, "trained": (False, True, True), "overlap": -0.3},
                ),
                "mean",
                4000,
                0.1,
                arguments=_balanced_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "no saddle",
                lambda n, unexplained, noise_variance: heads.frozen_first_layer_risk(
                    n, unexplained, noise_variance, 1.0
                ),
            ),
            Mutant("other side", scaled(best_head=-1)),
        ),
    ),
)
