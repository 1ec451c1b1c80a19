"""Rows: training on new samples together with some of the source's rows again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.replay import replayed, source_world
from lintransfer.table.mutants import dropped, instead, moved, swapped
from lintransfer.table.points import grid
from lintransfer.table.row import NOT_FOUND, Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.tasks.replay import replay_equivalent, replay_source_risk, replay_target_risk
from lintransfer.theory.tasks.sequences import sequential_stage_risk

_TARGET = {
    "source_energy": 1.0, "target_energy": 1.3, "distance_energy": 0.7, "noise_variance": 0.2,
    "source_noise_variance": 0.4,
}  # fmt: skip
_SOURCE = source_world(**_TARGET)
_SIZES = tuple({"n": 3, "n_source": 6, "kept": kept, "dim": 14} for kept in (1, 3, 6))
_PUBLISHED = {  # noiseless unit teachers at cosine 0.8
    "n": 50, "n_source": 100, "dim": 200, "source_energy": 1.0, "distance_energy": 0.4, "noise_variance": 0.0,
    "source_noise_variance": 0.0,
}  # fmt: skip


def _pooled(
    n: int, n_source: int, kept: int, dim: int, start: float, distance_energy: float, shifted: int,
    noise_variance: float, source_noise_variance: float,
) -> float:  # fmt: skip
    """The min-norm fit to both sets at once, from its closed form: `shifted` samples are of another teacher."""
    total = n + n_source
    bias = (1 - total / dim) * start
    shift = distance_energy * ((dim - 1) * shifted - shifted**2) / (dim * (dim - total - 1))
    return bias + shift + (n * noise_variance + n_source * source_noise_variance) / (dim - total - 1)


def _random(rng: np.random.Generator, target: bool) -> dict[str, Any]:
    dim = int(np.exp(rng.uniform(0, math.log(1e9))))
    n_source = int(rng.choice([int(rng.integers(0, dim + 1)), max(dim - 2, 0), dim + 3, dim]))
    kept = int(rng.choice([0, int(rng.integers(0, n_source + 1)), n_source]))
    n = int(rng.choice([0, max(dim - kept - 2, 0), max(dim - kept - 1, 0), int(rng.integers(0, dim + 1)), dim + 5]))
    energies = ("source_energy", "target_energy", "distance_energy") if target else ("source_energy", "distance_energy")
    drawn = {name: rng.uniform(0, 4) for name in energies}
    noises = {name: float(rng.choice([0.0, rng.uniform(0, 4)])) for name in ("noise_variance", "source_noise_variance")}
    return {"n": n, "n_source": n_source, "kept": kept, "dim": dim, **drawn, **noises}


def _target_pooled(source_energy: float, target_energy: float, n_source: int, **others: Any) -> float:
    return _pooled(n_source=n_source, start=target_energy, shifted=n_source, **others)


def _source_pooled(source_energy: float, n: int, **others: Any) -> float:
    return _pooled(n=n, start=source_energy, shifted=n, **others)


def _target_in_turn(n: int, n_source: int, kept: int, dim: int, source_energy: float, target_energy: float,
                    distance_energy: float, noise_variance: float, source_noise_variance: float) -> Any:  # fmt: skip
    start = sequential_stage_risk(n_source, dim, target_energy, distance_energy, source_noise_variance)
    return min_norm_risk(n, dim, start, noise_variance)


def _source_in_turn(n: int, n_source: int, kept: int, dim: int, source_energy: float, distance_energy: float,
                    noise_variance: float, source_noise_variance: float) -> Any:  # fmt: skip
    start = min_norm_risk(n_source, dim, source_energy, source_noise_variance)
    return sequential_stage_risk(n, dim, start, distance_energy, noise_variance)


def _box(target: bool) -> dict[str, tuple[Any, Any]]:
    names = _TARGET if target else _SOURCE
    sizes = {"n": (0, 30), "n_source": (1, 30), "kept": (1, 30), "dim": (3, 40)}
    return sizes | {name: (0.05, 4.0) for name in names}


_CLAIM = f"{NOT_FOUND} in this form; that replay may increase forgetting: Mahdaviyeh et al. (2025)"
_DOMAIN = "Σ = I; m = 0: any n, n_S; m ≥ 1: m ≤ n_S ≤ d, m + n ≤ d (inf at m + n ≥ d − 1, n ≥ 1, with noise or a shift)"
_MUTANTS = (
    dropped("source_noise_variance"),
    dropped("noise_variance"),
    dropped("distance_energy"),
    moved(n=1),
    Mutant("kept rows as new rows of the target", instead(n=lambda n, kept: n + kept, kept=0)),
    Mutant("no replay", instead(kept=0)),
)


def _of_any_size(rng: np.random.Generator) -> dict[str, Any]:
    dim = float(np.round(np.exp(rng.uniform(4, 15))))
    n_source = np.round(dim * rng.uniform(1.2, 4))
    return {
        "n": np.round(dim * rng.uniform(0, 0.5)), "n_source": n_source, "kept": np.round(dim * rng.uniform(0, 0.4)),
        "dim": dim, "source_energy": rng.uniform(0.1, 2), "target_energy": rng.uniform(0.5, 2), "distance_energy": 0.5,
        "noise_variance": rng.uniform(0, 1), "source_noise_variance": rng.uniform(0, 1),
    }  # fmt: skip


ROWS = (
    Theorem(
        name="replay-target-risk",
        kind="exact",
        statement="R_T = h + (1−ρ)(F−h) + (h+σ²)n/(d−m−n−1), h = (m/d)D² + σ_S²m/(d−m−1), ρ = n/(d−m), F = E‖ŵ_S−θ_T‖²",
        formula=replay_target_risk,
        source=_CLAIM,
        see=("mahdaviyeh2025", "lin2023"),
        domain=_DOMAIN,
        derivation="derivations.tasks.replay.replay_target_risk",
        limits=(
            Limit(
                "all rows kept: the pooled min-norm fit",
                _target_pooled,
                tuple({**size, **_TARGET} for size in grid(n=[1, 3, 6], n_source=6, kept=6, dim=14)),
            ),
            Limit(
                "nothing kept: sequential training",
                _target_in_turn,
                tuple({**size, **_TARGET} for size in grid(n=[0, 3, 20], n_source=[0, 6, 18], kept=0, dim=14)),
            ),
            Limit(
                "no new samples: the source fit",
                lambda n_source, dim, target_energy, distance_energy, source_noise_variance, **_: sequential_stage_risk(
                    n_source, dim, target_energy, distance_energy, source_noise_variance
                ),
                tuple({**size, **_TARGET} for size in grid(n=0, n_source=6, kept=[1, 6], dim=14)),
            ),
            Limit(
                "a shift alone makes it infinite at m + n = d",
                math.inf,
                (
                    {
                        **_TARGET,
                        "n": 10,
                        "n_source": 6,
                        "kept": 4,
                        "dim": 14,
                        "noise_variance": 0.0,
                        "source_noise_variance": 0.0,
                    },
                ),
            ),
        ),
        box=_box(True),
        sample=lambda rng: _random(rng, True),
        experiments=(Experiment(replayed(0), tuple({**size, **_TARGET} for size in _SIZES), replicates=20_000),),
        mutants=(*_MUTANTS, swapped("source_energy", "target_energy")),
    ),
    Theorem(
        name="replay-source-risk",
        kind="exact",
        statement="R_S = z + (1−ρ)(E−z) + (n/d)D² + (h+σ²)n/(d−m−n−1), z = σ_S²m/(d−m−1), E = E‖ŵ_S−θ_S‖²",
        formula=replay_source_risk,
        source=_CLAIM,
        see=("mahdaviyeh2025", "lin2023"),
        domain=_DOMAIN,
        derivation="derivations.tasks.replay.replay_source_risk",
        limits=(
            Limit(
                "all rows kept: the pooled min-norm fit",
                _source_pooled,
                tuple({**size, **_SOURCE} for size in grid(n=[1, 3, 6], n_source=6, kept=6, dim=14)),
            ),
            Limit(
                "nothing kept: sequential training",
                _source_in_turn,
                tuple({**size, **_SOURCE} for size in grid(n=[0, 3, 20], n_source=[0, 6, 18], kept=0, dim=14)),
            ),
            Limit(
                "replay that increases forgetting, without noise: 0.475 at m = 0, 0.554 at m = 100",
                lambda kept, **_: {0: 0.475, 100: 0.55408163265306}[kept],
                tuple({**_PUBLISHED, "kept": kept} for kept in (0, 100)),
            ),
        ),
        box=_box(False),
        sample=lambda rng: _random(rng, False),
        experiments=(
            Experiment(
                replayed(1),
                tuple({**size, **_TARGET} for size in _SIZES),
                replicates=20_000,
                arguments=source_world,
            ),
        ),
        mutants=_MUTANTS,
    ),
    Theorem(
        name="replay-equivalent",
        kind="asymptotic",
        statement="R_T: cascade of two ridgeless stages on the rows dropped, kept and new, any n_S",
        formula=replay_equivalent,
        source="follows from cascade-risk",
        follows=("cascade-risk",),
        domain="Σ = I, 0 ≤ m ≤ n_S; not at n_S = d or m + n = d",
        limits=(
            Limit(
                "the exact risk where the source's fit meets all its rows, as d → ∞",
                lambda **point: replay_target_risk(**point),
                tuple(
                    {**size, **_TARGET}
                    for size in grid(n=10**6, n_source=5 * 10**6, kept=[0, 10**6, 5 * 10**6], dim=10**7)
                ),
                rtol=1e-5,
            ),
            Limit(
                "nothing kept: sequential training, n_S > d too, as d → ∞",
                _target_in_turn,
                tuple(
                    {**size, **_TARGET} for size in grid(n=[10**6, 3 * 10**7], n_source=2 * 10**7, kept=0, dim=10**7)
                ),
                rtol=1e-5,
            ),
        ),
        sample=_of_any_size,
        experiments=(
            Experiment(
                replayed(0),
                tuple({"n": 4 * k, "n_source": 36 * k, "kept": 6 * k, "dim": 24 * k, **_TARGET} for k in (1, 2, 4)),
                "asymptotic",
                2000,
                0.1,
                lambda dim, **_: 4 / dim,
            ),
        ),
        mutants=(
            Mutant("no replay", instead(kept=0)),
            Mutant("noise of the source forgotten", instead(source_noise_variance=0.0)),
        ),
    ),
)
