"""Rows: a block of a source fit is copied, other weights are fitted."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.transferred_block import block_errors, block_risks, energies
from lintransfer.table.mutants import dropped, instead, swapped
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.finite_source import finite_source_displacement
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.tasks import transferred_block as formulas

_NOISE = 0.2
_BLOCK = {"source_energy": 1.2, "source_block_energy": 0.5, "block_cross_energy": 0.3, "target_block_energy": 0.7}
_SOURCE_ONLY = ("source_energy", "source_block_energy", "block_cross_energy", "target_block_energy")


def _error_arguments(
    n_source: int, n_source_features: int, n_transferred: int, noise_variance: float
) -> dict[str, Any]:
    held = energies(n_source_features, n_transferred, 2, 2)
    return {
        "n_source": n_source, "n_source_features": n_source_features, "n_transferred": n_transferred,
        **{name: held[name] for name in _SOURCE_ONLY}, "source_noise_variance": noise_variance + held["source_off"],
    }  # fmt: skip


def _risk_arguments(n: int, n_free: int, noise_variance: float, **source: Any) -> dict[str, Any]:
    held = energies(source["n_source_features"], source["n_transferred"], n_free, 2)
    names = (*_SOURCE_ONLY, "free_energy", "rest_energy")
    return {
        "n": n, "n_free": n_free, **source, **{name: held[name] for name in names}, "noise_variance": noise_variance,
        "source_noise_variance": noise_variance + held["source_off"],
    }  # fmt: skip


def _any_block(rng: np.random.Generator) -> dict[str, Any]:
    features = 1 + int(np.exp(rng.uniform(0, math.log(1e9))))
    block = int(rng.integers(1, features + 1))
    few = rng.random() < 0.5
    n_source = int(rng.integers(0, features + 1)) if few else features + int(np.exp(rng.uniform(0, 20)))
    share, (s, t), cosine = rng.uniform(0, 1), rng.uniform(0.1, 2, 2), rng.uniform(-1, 1)
    held = {
        "source_energy": s * s, "source_block_energy": share * s * s, "target_block_energy": t * t,
        "block_cross_energy": cosine * s * t * math.sqrt(share), "source_noise_variance": rng.uniform(0, 4),
    }  # fmt: skip
    sizes = {"n_source": n_source, "n_source_features": features, "n_transferred": block}
    return sizes | {name: float(value) for name, value in held.items()}


def _any_risk(rng: np.random.Generator) -> dict[str, Any]:
    n, free = (int(np.exp(x)) for x in rng.uniform(0, math.log(1e9), 2))
    names = ("free_energy", "rest_energy", "noise_variance")
    return {"n": n, "n_free": free, **dict(zip(names, rng.uniform(0, 4, 3).tolist(), strict=True))} | _any_block(rng)


def _source(n_source: int, n_source_features: int, n_transferred: int) -> dict[str, int]:
    return {"n_source": n_source, "n_source_features": n_source_features, "n_transferred": n_transferred}


_REST = {"free_energy": 0.6, "rest_energy": 0.3, "noise_variance": 0.2, "source_noise_variance": 0.4}

ROWS = (
    Theorem(
        name="transferred-block-error",
        kind="exact",
        statement="E‖θ_{T,B}−ŵ_B‖² = ‖θ_{T,B}‖² − 2ρθ_{T,B}·θ_{S,B} + h_1‖θ_{S,B}‖² + h_2b‖θ_{S,A}‖² "
        "+ (bω²/d_A)·min(n_S,d_A)/(|n_S−d_A|−1)",
        formula=formulas.transferred_block_error,
        source="Dar & Baraniuk (2020)",
        papers=("dar2020",),
        domain="Σ = I, every n_S ≥ 0 and 1 ≤ b ≤ d_A; inf where |n_S − d_A| ≤ 1 ≤ n_S and ω > 0",
        derivation="derivations.tasks.transferred_block.transferred_block_error",
        limits=(
            Limit(
                "the whole source fit is copied: its distance to the target",
                lambda n_source, dim: finite_source_displacement(n_source, dim, 1.2, 0.3, 0.7, 0.4),
                grid(n_source=[0, 1, 4, 5, 6, 9], dim=5) + grid(n_source=[0, 1, 2, 5], dim=1),
                left=lambda formula, n_source, dim: formula(n_source, dim, dim, 1.2, 1.2, 0.3, 0.7, 0.4),
            ),
            Limit(
                "no noise, as many samples as features: the teachers' distance there",
                0.5 - 2 * 0.3 + 0.7,
                ({"n_source": 5}, {"n_source": 6}, {"n_source": 20}),
                given={"n_source_features": 5, "n_transferred": 2, **_BLOCK, "source_noise_variance": 0.0},
            ),
        ),
        sample=_any_block,
        experiments=(
            Experiment(
                block_errors,
                tuple({**_source(*s), "noise_variance": _NOISE} for s in ((3, 7, 3), (12, 7, 4), (5, 10, 1), (2, 6, 6))),
                arguments=_error_arguments,
            ),
        ),
        mutants=(
            dropped("source_noise_variance"),
            dropped("source_energy"),
            Mutant("the projector's mean for its second moment", instead(source_energy="source_block_energy")),
            swapped("source_block_energy", "target_block_energy"),
            Mutant(
                "all weights' noise in the block",
                lambda n_transferred, n_source_features, source_noise_variance, **a: formulas.transferred_block_error(
                    n_transferred=n_transferred,
                    n_source_features=n_source_features,
                    source_noise_variance=source_noise_variance * n_source_features / n_transferred,
                    **a,
                ),
            ),
        ),
    ),
    Theorem(
        name="transferred-block-risk",
        kind="exact",
        statement="E R + σ² = W(n−1)/(n−f−1) for n ≥ f+2, W(f−1)/(f−n−1) + (1−n/f)‖θ_{T,F}‖² for n ≤ f−2, "
        "W = σ² + ‖θ_{T,Z}‖² + E‖θ_{T,B}−ŵ_B‖²",
        formula=formulas.transferred_block_risk,
        source="Dar & Baraniuk (2020)",
        papers=("dar2020",),
        domain="Σ = I, one output, fits from 0; inf where |n − f| ≤ 1 ≤ n or |n_S − d_A| ≤ 1 ≤ n_S, with noise",
        derivation="derivations.tasks.transferred_block.transferred_block_risk",
        limits=(
            Limit(
                "no source samples: a regression on F, the copied block stays 0",
                lambda n, n_free: frozen_features_risk(n, n_free, 0.6, 0.3 + 0.7, 0.2),
                grid(n=[0, 2, 5, 6, 9], n_free=5),
                given={**_source(0, 6, 2), **_BLOCK, **_REST},
            ),
            Limit(
                "nothing to fit: the block's error and the rest",
                lambda n_source: formulas.transferred_block_error(n_source, 6, 2, **_BLOCK, source_noise_variance=0.4) + 0.3,
                ({"n_source": 3}, {"n_source": 9}),
                given={"n": 4, "n_free": 0, "n_source_features": 6, "n_transferred": 2, **_BLOCK, **_REST, "free_energy": 0.0},
            ),
            Limit(
                "two peaks",
                math.inf,
                ({"n": 5, "n_source": 12}, {"n": 6, "n_source": 2}, {"n": 9, "n_source": 6}, {"n": 2, "n_source": 7}),
                given={"n_free": 5, "n_source_features": 6, "n_transferred": 2, **_BLOCK, **_REST},
            ),
        ),
        sample=_any_risk,
        experiments=(
            Experiment(
                block_risks,
                tuple(
                    {"n": n, "n_free": f, **_source(*s), "noise_variance": _NOISE}
                    for n, f, s in ((10, 4, (3, 7, 3)), (9, 3, (12, 6, 2)), (3, 9, (12, 5, 2)), (2, 8, (2, 8, 3)))
                ),
                arguments=_risk_arguments,
            ),
        ),
        mutants=(
            dropped("source_noise_variance"),
            dropped("noise_variance"),
            dropped("rest_energy"),
            Mutant(
                "the copied block's error as a floor only, not as noise",
                lambda n, n_free, free_energy, rest_energy, noise_variance, **source: (
                    frozen_features_risk(n, n_free, free_energy, rest_energy, noise_variance)
                    + formulas.transferred_block_error(**source)
                ),
            ),
            swapped("n", "n_source"),
            swapped("free_energy", "rest_energy"),
        ),
    ),
)  # fmt: skip
