"""Rows: ridge regression to an anchor, and the best multiple of a source fit as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.pooled_ridge import anchored, teachers, to_anchor
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.points import grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.proportional import proportional_ridge_risk, tuned_ridge_risk
from lintransfer.theory.tasks.anchored_ridge import anchored_ridge_risk, anchored_source_risk, best_source_anchor

_SOURCE = {"source_energy": 1.7, "cross_energy": 0.8, "target_energy": 1.2, "source_noise_variance": 0.4}


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    source, target, cosine = rng.uniform(0.1, 3), rng.uniform(0.1, 3), rng.uniform(-0.95, 0.95)
    return {
        "n_source": int(rng.integers(1, 10**4)), "dim": int(rng.integers(1, 10**3)), "source_energy": source,
        "cross_energy": cosine * np.sqrt(source * target), "target_energy": target,
        "source_noise_variance": rng.uniform(0.01, 4),
    }  # fmt: skip


def _with_target(rng: np.random.Generator) -> dict[str, Any]:
    return _sample(rng) | {"n": int(rng.integers(1, 10**4)), "noise_variance": rng.uniform(0.01, 4)}


def _arguments(n: int, n_source: int, dim: int, noises: tuple[float, float]) -> Mapping[str, Any]:
    source, target = teachers(dim, 2)
    return {
        "n": n, "n_source": n_source, "dim": dim, "source_energy": source @ source, "cross_energy": source @ target,
        "target_energy": target @ target, "noise_variance": noises[1], "source_noise_variance": noises[0],
    }  # fmt: skip


ROWS = (
    Theorem(
        name="anchored-ridge-risk",
        kind="asymptotic",
        statement="R = ½[Δ+√(Δ²+4σ²D²)], Δ = D²(1−γ)−σ², at λ = dσ²/D², D² = E‖θ_T−anchor‖²",
        formula=anchored_ridge_risk,
        source="follows from tuned-ridge-risk by substitution (the risk is linear in the squared distance to the anchor)",
        follows=("tuned-ridge-risk",),
        see=("dar2021",),
        domain="Σ = I, an anchor independent of the target's data, every n ≥ 0",
        derivation="derivations.tasks.anchored_ridge.anchored_ridge_risk",
        limits=(
            Limit("no data: D²", 1.7, ({"n": 0, "dim": 40, "anchor_distance": 1.7, "noise_variance": 0.3},)),
            Limit(
                "ridge regression at λ = dσ²/D²",
                lambda n, dim, anchor_distance, noise_variance: proportional_ridge_risk(
                    n, dim, anchor_distance, noise_variance, dim * noise_variance / anchor_distance
                ),
                grid(n=[1, 30, 40, 90], dim=40, anchor_distance=1.7, noise_variance=0.3),
            ),
        ),
        box={"n": (0, 10**6), "dim": (1, 10**6), "anchor_distance": (0.01, 4.0), "noise_variance": (0.01, 4.0)},
        experiments=(
            Experiment(
                to_anchor,
                growing(n=8, dim=12, anchor_distance=0.9, noise_variance=0.3),
                "asymptotic",
                1_500,
                0.1,
                lambda dim, **_: 2 / dim,
            ),
        ),
        mutants=(
            dropped("noise_variance"),
            Mutant("D for D²", instead(anchor_distance=lambda anchor_distance: anchor_distance**0.5)),
            Mutant("σ for σ²", instead(noise_variance=lambda noise_variance: noise_variance**0.5)),
        ),
    ),
    Theorem(
        name="best-source-anchor",
        kind="asymptotic",
        statement="α = stc/s², D² = t²(1−c²) + t²c²e_0(s²/σ_S², n_S/d)",
        formula=best_source_anchor,
        source="follows from tuned-ridge-risk (mean and mean square of the best ridge fit: (1−e)θ_S and (1−e)s²)",
        follows=("tuned-ridge-risk",),
        domain="Σ = I, the source fitted from 0 with its best ridge, every n_S ≥ 0",
        derivation="derivations.tasks.anchored_ridge.best_source_anchor",
        limits=(
            Limit(
                "no source data: the target's own norm",
                1.2,
                ({"n_source": 0, "dim": 40} | _SOURCE,),
                left=lambda formula, **point: formula(**point).distance,
            ),
            Limit(
                "unlimited source data: what the source does not share",
                1.2 - 0.8**2 / 1.7,
                ({"n_source": 10**12, "dim": 40} | _SOURCE,),
                rtol=1e-9,
                left=lambda formula, **point: formula(**point).distance,
            ),
            Limit(
                "source = target: the fit itself",
                lambda n: {"multiple": 1.0, "distance": tuned_ridge_risk(n, 40, 1.7, 0.4)},
                ({"n": 5}, {"n": 70}),
                left=lambda formula, n: formula(n, 40, 1.7, 1.7, 1.7, 0.4),
            ),
        ),
        sample=_sample,
        experiments=(),
        mutants=(
            Mutant("the source's norm for the target's", instead(target_energy="source_energy")),
            Mutant("a perfect source fit", instead(source_noise_variance=0.0, n_source=10**12)),
            Mutant("the raw fit: multiple 1", lambda **a: best_source_anchor(**a)._replace(multiple=1.0)),
        ),
    ),
    Theorem(
        name="anchored-source-risk",
        kind="asymptotic",
        statement="R = D²e_0(D²/σ², n/d), D² = t²(1−c²) + t²c²e_0(s²/σ_S², n_S/d)",
        formula=anchored_source_risk,
        source="follows from anchored-ridge-risk and best-source-anchor by substitution",
        follows=("anchored-ridge-risk", "best-source-anchor"),
        see=("dar2021",),
        domain="Σ = I, both ridges and the multiple at their best, every n, n_S ≥ 0",
        limits=(
            Limit(
                "no source data, or an orthogonal source: scratch with its best ridge",
                tuned_ridge_risk(25, 40, 1.2, 0.3),
                ({"n_source": 0, "cross_energy": 0.8}, {"n_source": 90, "cross_energy": 0.0}),
                left=lambda formula, **point: formula(n=25, dim=40, noise_variance=0.3, **_SOURCE | point),
            ),
            Limit(
                "the source's teacher is the target's: its fit as the anchor",
                lambda n, n_source: anchored_ridge_risk(n, 40, tuned_ridge_risk(n_source, 40, 1.7, 0.4), 0.3),
                grid(n=[5, 60], n_source=[20, 90]),
                left=lambda formula, n, n_source: formula(n, n_source, 40, 1.7, 1.7, 1.7, 0.3, 0.4),
            ),
        ),
        sample=_with_target,
        experiments=(
            Experiment(
                anchored,
                growing(n=6, n_source=15, dim=12, noises=(0.2, 0.4)),
                "asymptotic",
                1_000,
                0.12,
                lambda dim, **_: 2 / dim,
                _arguments,
            ),
        ),
        mutants=(
            Mutant(
                "to the raw direction of the source",
                lambda n, dim, source_energy, cross_energy, target_energy, noise_variance: anchored_ridge_risk(
                    n, dim, source_energy - 2 * cross_energy + target_energy, noise_variance
                ),
            ),
            Mutant(
                "the noises swapped",
                instead(noise_variance="source_noise_variance", source_noise_variance="noise_variance"),
            ),
            dropped("source_noise_variance"),
        ),
    ),
)
