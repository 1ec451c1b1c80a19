"""Rows: the least risk on the target that any learner can reach, and what the data tell about its teacher."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.information_floor import (
    scratch_informations,
    scratch_shares,
    source_informations,
    target_informations,
    transfer_errors,
)
from lintransfer.table.mutants import dropped, instead, moved, swapped, times
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.theory.linear.proportional import tuned_ridge_risk
from lintransfer.theory.tasks.information_floor import (
    scratch_floor,
    scratch_information,
    source_information,
    target_information,
    transfer_floor,
)

EQUIVARIANT = (
    "for fixed teachers the floor of rotation-equivariant learners that know the norms, the overlap and the noise"
)
PAIR: dict[str, Any] = {
    "overlap": 0.7, "target_norm": 1.1, "source_norm": 0.9, "noise_variance": 0.5, "source_noise_variance": 0.2,
}  # fmt: skip
SIZES: dict[str, tuple[Any, Any]] = {"n": (0, 10**9), "dim": (1, 10**9)}
_SOURCE: dict[str, tuple[Any, Any]] = {
    "overlap": (-1.0, 1.0), "source_norm": (0.01, 4.0), "source_noise_variance": (1e-6, 4.0),
}  # fmt: skip
BOX: dict[str, tuple[Any, Any]] = (
    SIZES | _SOURCE | {"n_source": (0, 10**9), "target_norm": (0.01, 4.0), "noise_variance": (1e-6, 4.0)}
)


def _slope(formula: Any, n: int, dim: int, snr: float) -> float:
    """dI/dsnr by a five-point difference."""
    step = 1e-2 * snr
    values = [formula(n, dim, snr + k * step) for k in (-2, -1, 1, 2)]
    return float((values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * step))


def _added(n: int, n_source: int, dim: int, overlap: float, **others: float) -> float:
    """Information of both about θ_T when source and target are one task."""
    noise = others["noise_variance"]
    together, alone = (scratch_information(size, dim, 1 / noise) for size in (n + n_source, n_source))
    return float(together - alone)


ROWS = (
    Theorem(
        name="scratch-floor",
        kind="asymptotic",
        statement="e_0 = 2/(b + √(b² + 4snr)), b = 1 + snr(n/d − 1): Bayes risk ρ²e_0 of θ ~ N(0, (ρ²/d)I)",
        formula=scratch_floor,
        source="Dicker (2016), Dobriban & Wager (2018): the best ridge is the posterior mean",
        papers=("dicker2016", "dobriban2018"),
        domain="Σ = I, no source, every n ≥ 0 and snr ≥ 0; error O(1/d)",
        derivation="derivations.tasks.information_floor.scratch_floor",
        limits=(
            Limit(
                "the risk of ridge regression at its best ridge",
                lambda n, dim, snr: tuned_ridge_risk(n, dim, 1.0, 1 / snr),
                grid(n=[0, 5, 20, 400], dim=20, snr=[1e-3, 1.0, 1e5]),
                rtol=1e-11,
            ),
            Limit(
                "no noise: (1 − n/d)₊",
                lambda n, dim, snr: max(1 - n / dim, 0),
                grid(n=[0, 5, 20, 30], dim=20, snr=math.inf),
            ),
            Limit("unlimited data", 0.0, ({"n": math.inf, "dim": 20, "snr": 0.3},)),
            Limit("nothing but noise", 1.0, grid(n=[7, math.inf], dim=20, snr=0.0)),
        ),
        box=SIZES | {"snr": (1e-9, 1e9)},
        experiments=(asymptotic(scratch_shares, growing(n=10, dim=12, snr=3.0), 1.5, 500, 0.05),),
        mutants=(
            swapped("n", "dim"),
            Mutant("1/snr for snr", instead(snr=lambda snr: 1 / snr)),
            Mutant("least squares", lambda n, dim, snr: dim / (n * snr + (n == 0))),
        ),
    ),
    Theorem(
        name="scratch-information",
        kind="asymptotic",
        statement="I(θ; data) = (d/2)[(n/d) ln(1 + snr e_0) − ln e_0 + e_0 − 1] nats",
        formula=scratch_information,
        source="Verdú & Shamai (1999), a multi-access channel with random spreading; derivative Guo, Shamai & Verdú (2005)",
        papers=("verdu1999", "guo2005"),
        domain="Σ = I, no source, θ ~ N(0, (ρ²/d)I), every n ≥ 0; error O(1) nats",
        derivation="derivations.tasks.information_floor.scratch_information",
        limits=(
            Limit(
                "I-MMSE: dI/dsnr = (d/2)(1 − e_0)/snr",
                lambda n, dim, snr: dim / 2 * (1 - scratch_floor(n, dim, snr)) / snr,
                grid(n=[1, 15, 20, 80], dim=20, snr=[0.1, 3.0, 50.0]),
                rtol=1e-6,
                left=_slope,
            ),
            Limit(
                "one sample in many dimensions: ½ ln(1 + snr)",
                lambda snr, **_: math.log1p(snr) / 2,
                grid(n=1, dim=10**9, snr=[0.01, 4.0]),
                rtol=1e-8,
            ),
            Limit(
                "many samples: (d/2) ln(n snr/d)",
                lambda n, dim, snr: dim / 2 * math.log(n / dim * snr),
                grid(n=10**15, dim=1, snr=2.0),
                rtol=1e-12,
            ),
            Limit("no noise tells all", math.inf, ({"n": 1, "dim": 20, "snr": math.inf},)),
            Limit("no samples", 0.0, ({"n": 0, "dim": 20, "snr": math.inf},)),
        ),
        box=SIZES | {"snr": (1e-9, 1e9)},
        experiments=(asymptotic(scratch_informations, growing(n=12, dim=12, snr=3.0), 1.0, 400, 0.05),),
        mutants=(
            Mutant(
                "without e_0 − 1",
                lambda n, dim, snr: scratch_information(n, dim, snr) + dim / 2 * (1 - scratch_floor(n, dim, snr)),
            ),
            Mutant("every sample as the first", lambda n, snr: n / 2 * np.log1p(snr)),
            times(1 / math.log(2)),
        ),
    ),
    Theorem(
        name="transfer-floor",
        kind="asymptotic",
        statement="t²e: e = a/(1+ka) + c²e_0(snr', γ_S)/((1+ka)(1+k)), k = γ snr/(1+snr e), snr' = snr_S(1+ka)/(1+k), a = 1−c²",
        formula=transfer_floor,
        source="follows from family-floor by substitution (two tasks, solved for the source)",
        follows=("family-floor",),
        domain=f"Σ = I, Gaussian teachers of correlation c, n and n_S from 0 to ∞, noise ≥ 0; error O(1/d); {EQUIVARIANT}",
        derivation="derivations.tasks.information_floor.transfer_floor",
        limits=(
            Limit(
                "unrelated source: none",
                lambda n, dim, noise_variance, **_: scratch_floor(n, dim, 1.44 / noise_variance) * 1.44,
                grid(
                    n=[0, 5, 30],
                    n_source=[5, math.inf],
                    dim=20,
                    overlap=0.0,
                    target_norm=1.2,
                    noise_variance=[0.1, 2.0],
                ),
            ),
            Limit(
                "one task, equal noise: pooled samples",
                lambda n, n_source, dim, noise_variance, **_: scratch_floor(n + n_source, dim, 1 / noise_variance),
                grid(
                    n=[0, 5, 30],
                    n_source=[0, 15, 40],
                    dim=20,
                    overlap=[1.0, -1.0],
                    noise_variance=0.3,
                    source_noise_variance=0.3,
                ),
                rtol=1e-11,
            ),
            Limit(
                "one task, no noise: (1 − (n + n_S)/d)₊",
                lambda n, n_source, dim, **_: max(1 - (n + n_source) / dim, 0),
                grid(n=[0, 5, 12], n_source=[3, 8, 30], dim=20, overlap=1.0),
            ),
            Limit(
                "no target data: a + c²e_0",
                lambda n_source, dim, overlap, **_: 1 - overlap**2 + overlap**2 * scratch_floor(n_source, dim, 1 / 0.3),
                grid(
                    n=0, n_source=[0, 7, 90], dim=20, overlap=[0.2, -0.9], noise_variance=0.5, source_noise_variance=0.3
                ),
            ),
            Limit(
                "known source: a e_0(a snr)",
                lambda n, dim, overlap, noise_variance, **_: (
                    (1 - overlap**2) * scratch_floor(n, dim, (1 - overlap**2) / noise_variance)
                ),
                grid(n=[0, 7, 90], n_source=[20, math.inf], dim=20, overlap=[0.2, 0.9], noise_variance=0.5),
            ),
            Limit(
                "source samples without end approach a known source",
                lambda n, dim, **_: transfer_floor(n, math.inf, dim, **PAIR),
                ({"n": 9, "n_source": 1e13, "dim": 20} | PAIR,),
                rtol=1e-11,
            ),
        ),
        box=BOX,
        experiments=(
            asymptotic(transfer_errors, growing(n=8, n_source=12, dim=12, **PAIR), 1.5, 400, 0.05),
            asymptotic(transfer_errors, growing(n=16, n_source=6, dim=12, **PAIR | {"overlap": -0.95}), 1.5, 400, 0.06),
        ),
        mutants=(
            Mutant("the source is one more batch of target samples", instead(overlap=1.0)),
            Mutant("source forgotten", instead(n_source=0)),
            swapped("n", "n_source"),
            swapped("noise_variance", "source_noise_variance"),
            Mutant("c for c²", instead(overlap=lambda overlap: np.sqrt(abs(overlap)))),
        ),
    ),
    Theorem(
        name="source-information",
        kind="asymptotic",
        statement="I(θ_T; D_S) = (d/2)[V(snr_S, γ_S) − V((1−c²)snr_S, γ_S)], (d/2)V the scratch information",
        formula=source_information,
        source="follows from scratch-information (chain rule: D_S depends on θ_T through θ_S alone)",
        follows=("scratch-information",),
        domain="Σ = I, Gaussian teachers of correlation c, n_S from 0 to ∞; error O(1) nats",
        derivation="derivations.tasks.information_floor.source_information",
        limits=(
            Limit(
                "one task: all that the samples tell",
                lambda n_source, dim, source_norm, source_noise_variance, **_: scratch_information(
                    n_source, dim, source_norm**2 / source_noise_variance
                ),
                grid(
                    n_source=[1, 20, 90],
                    dim=20,
                    overlap=[1.0, -1.0],
                    source_norm=0.8,
                    source_noise_variance=[0.01, 3.0],
                ),
            ),
            Limit(
                "the difference of two informations",
                lambda n_source, dim, overlap, source_noise_variance, **_: (
                    scratch_information(n_source, dim, 1 / source_noise_variance)
                    - scratch_information(n_source, dim, (1 - overlap**2) / source_noise_variance)
                ),
                grid(
                    n_source=[5, 20, 90], dim=20, overlap=[0.5, 0.9], source_norm=1.0, source_noise_variance=[0.1, 3.0]
                ),
                rtol=1e-11,
            ),
            Limit(
                "noiseless source samples: −½ ln(1 − c²) each, up to d of them",
                lambda n_source, dim, overlap, **_: -min(n_source, dim) / 2 * math.log(1 - overlap**2),
                grid(n_source=[0, 7, 19, 20, math.inf], dim=20, overlap=[0.3, 0.9]),
            ),
            Limit("known source, one task", math.inf, ({"n_source": math.inf, "dim": 20, "overlap": 1.0},)),
            Limit("no overlap", 0.0, ({"n_source": 9, "dim": 20, "overlap": 0.0, "source_noise_variance": 0.1},)),
        ),
        box=_SOURCE | {"n_source": (0, 10**9), "dim": (1, 10**9)},
        experiments=(
            asymptotic(
                source_informations,
                growing(n_source=12, dim=12, overlap=0.8, source_norm=1.1, source_noise_variance=0.2),
                1.0,
                300,
                0.05,
            ),
        ),
        mutants=(
            Mutant("all that is told about θ_S", instead(overlap=1.0)),
            Mutant(
                "signal scaled by c²",
                lambda n_source, dim, overlap, source_norm, source_noise_variance: scratch_information(
                    n_source, dim, overlap**2 * source_norm**2 / source_noise_variance
                ),
            ),
        ),
    ),
    Theorem(
        name="target-information",
        kind="asymptotic",
        statement="I(θ_T; D_T | D_S) = (d/2)[γ ln(1+snr e) + ln(1+k) − ke − V(snr_S, γ_S) + V(snr', γ_S)], e, k, snr' of the floor",
        formula=target_information,
        source="follows from family-information and scratch-information (chain rule)",
        follows=("family-information", "scratch-information"),
        domain="Σ = I, Gaussian teachers of correlation c, n and n_S from 0 to ∞, noise ≥ 0; error O(1) nats",
        derivation="derivations.tasks.information_floor.target_information",
        covers="",
        limits=(
            Limit(
                "unrelated source, or none: the scratch information",
                lambda n, dim, **_: scratch_information(n, dim, 1.21 / 0.5),
                tuple(
                    PAIR | {"n": n, "n_source": m, "dim": 20, "overlap": c}
                    for n in (0, 9, 40)
                    for m, c in ((0, 0.7), (9, 0.0))
                ),
                rtol=1e-11,
            ),
            Limit(
                "one task: what more samples add",
                _added,
                grid(
                    n=[1, 9, 40], n_source=[3, 30], dim=20, overlap=1.0, noise_variance=0.5, source_noise_variance=0.5
                ),
                rtol=1e-10,
            ),
            Limit(
                "one sample in many dimensions: ½ ln(1 + snr e)",
                lambda dim, **_: math.log1p(transfer_floor(0, 2 * dim, dim, **PAIR) / PAIR["noise_variance"]) / 2,
                ({"n": 1, "n_source": 2 * 10**8, "dim": 10**8} | PAIR,),
                rtol=1e-6,
            ),
            Limit("no target noise", math.inf, ({"n": 1, "n_source": 5, "dim": 20, "overlap": 0.5},)),
            Limit("nothing left to tell", 0.0, ({"n": 1, "n_source": 25, "dim": 20, "overlap": 1.0},)),
        ),
        box=BOX,
        experiments=(asymptotic(target_informations, growing(n=8, n_source=12, dim=12, **PAIR), 1.0, 300, 0.05),),
        mutants=(
            Mutant("source forgotten", instead(n_source=0)),
            Mutant("the source is one more batch of target samples", instead(overlap=1.0)),
            moved(n=1),
            dropped("overlap"),
        ),
    ),
)
