"""Rows: when pooling a source's rows with the target's helps, equal weights, no ridge."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.pooling_boundaries import critical_distances, critical_ratios, critical_sizes
from lintransfer.table.mutants import dropped, instead, moved, scaled, swapped, times
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.tasks import pooling_boundaries as formulas
from lintransfer.theory.tasks.pooling import pooled_risk

_NOISES = {"noise_variance": 0.3, "source_noise_variance": 0.2}
_EVEN = {"noise_variance": 1.0, "source_noise_variance": 1.0}
# Boxes of the points at which formula and derivation are compared: every kind of window is frequent there.
_START_BOX = {
    "gamma": (1.1, 5.1),
    "distance_squared": (0.0, 4.0),
    "noise_variance": (0.3, 1.0),
    "source_noise_variance": (1.0, 5.0),
}
_END_BOX = {
    "gamma": (3.0, 7.0),
    "distance_squared": (0.0, 2.0),
    "noise_variance": (0.2, 1.0),
    "source_noise_variance": (0.0, 1.0),
}
_FINITE = "Σ = I, equal weights, no ridge"
_LIMIT = "limit d → ∞ at γ = n/d > 1 and γ_S = n_S/d, Σ = I, equal weights, no ridge"


def _sizes(n: int, n_source: int, dim: int) -> dict[str, int]:
    return {"n": n, "n_source": n_source, "dim": dim}


def _any(rng: np.random.Generator) -> dict[str, Any]:
    n, m, dim = (int(x) for x in np.exp(rng.uniform(0, math.log(1e6), 3)))
    if rng.random() < 0.5:
        dim += n + m + 2
    energies = ("displacement_energy", "noise_variance", "source_noise_variance")
    return {"n": n, "n_source": m, "dim": dim, **dict(zip(energies, rng.uniform(0, 4, 3).tolist(), strict=True))}


def _few(rng: np.random.Generator) -> dict[str, Any]:
    n = int(np.exp(rng.uniform(0, math.log(1e8)))) - 1
    energy = float(rng.uniform(0, 4))
    noises = dict(zip(_NOISES, rng.uniform(0, 1, 2).tolist(), strict=True))
    dim = n + 3 + int(np.exp(rng.uniform(0, 20)))
    return {
        "n": n,
        "dim": dim,
        "displacement_energy": energy,
        "distance_squared": energy * rng.uniform(0, 0.9),
        **noises,
    }


def _beyond(late: bool) -> Any:
    """Targets of more rows than dimensions and a source that helps not only just: from some size on, or up to one."""

    def sample(rng: np.random.Generator) -> dict[str, float]:
        while True:
            gamma, (noise, source_noise) = 1 + math.exp(rng.uniform(-2, 2)), np.exp(rng.uniform(-1, 1.5, 2)).tolist()
            distance = noise / (gamma - 1) * math.exp(rng.uniform(-1.5, 1.5))
            variances = {"noise_variance": noise, "source_noise_variance": source_noise}
            point = {"gamma": gamma, "distance_squared": distance, **variances}
            start, end = formulas.pooling_start(**point), formulas.pooling_end(**point)
            if end > 1.1 * start and (start > 0 if late else end < math.inf):
                return point

    return sample


def _equal_risks(formula: Any, n: int, n_source: int, dim: int) -> float:
    """Pooled over lone risk at the critical distance."""
    distance = formula(n, n_source, dim, 0.9, **_NOISES)
    noise = n * _NOISES["noise_variance"] + n_source * _NOISES["source_noise_variance"]
    sums = n_source**2 * distance, n_source * distance, noise
    return pooled_risk(n + n_source, dim, 0.9, *sums) / min_norm_risk(n, dim, 0.9, _NOISES["noise_variance"])


def _searched(which: int) -> Any:
    def search(n: int, dim: int, distance_squared: float, noise_variance: float, source_noise_variance: float) -> float:
        """The first or last of all sizes up to 400 at which the pooled risk is below that of the target alone."""
        sizes = np.arange(1.0, 401.0)
        noise = n * noise_variance + sizes * source_noise_variance
        sums = sizes**2 * distance_squared, sizes * distance_squared, noise
        helps = pooled_risk(n + sizes, dim, 0.0, *sums) < min_norm_risk(n, dim, 0.0, noise_variance)
        if not helps.any():
            return math.nan
        return math.inf if which and helps[-1] else float(sizes[helps][-which])

    return search


def _in_limit(formula: Any, gamma: float, **energies: float) -> float:
    """The finite formula at d = 10⁷, in γ_S."""
    return float(formula(gamma * 10**7, 10**7, **energies) / 10**7)


def _window(**point: Any) -> dict[str, Any]:
    return {name: value for name, value in point.items() if name not in ("dim", "low", "high")}


def _without_window(**point: Any) -> dict[str, Any]:
    return {name: value for name, value in point.items() if name not in ("low", "high")}


_WINDOWS = (
    {"n": 6, "dim": 2, "distance_squared": 1.0, "noise_variance": 1.0, "source_noise_variance": 0.5},
    {"n": 20, "dim": 10, "distance_squared": 1.3, "noise_variance": 1.0, "source_noise_variance": 1.0},
    {"n": 20, "dim": 10, "distance_squared": 1.0, "noise_variance": 1.0, "source_noise_variance": 6.0},
    {"n": 40, "dim": 20, "distance_squared": 2.2, "noise_variance": 1.0, "source_noise_variance": 1.0},
    {"n": 12, "dim": 10, "distance_squared": 2.0, "noise_variance": 1.0, "source_noise_variance": 30.0},
    {"n": 9, "dim": 1, "distance_squared": 5.0, "noise_variance": 1.0, "source_noise_variance": 0.1},
)
_AT_ONCE = {"gamma": 2.0, "distance_squared": 1.5, **_EVEN}
_LATER = {"gamma": 2.0, "distance_squared": 0.5, "noise_variance": 1.0, "source_noise_variance": 4.0}
_BAND = {"gamma": 2.0, "distance_squared": 2.03, **_EVEN}
_NEVER = {"gamma": 2.0, "distance_squared": 2.5, **_EVEN}
_START = {"n": 16, "dim": 8, "distance_squared": 0.3, "noise_variance": 1.0, "source_noise_variance": 5.0}
_END = {"n": 16, "dim": 8, "distance_squared": 1.8, "noise_variance": 1.0, "source_noise_variance": 1.0}


def _ratios(low: float, high: float, **point: Any) -> tuple[dict[str, Any], ...]:
    return growing(dim=16, low=low, high=high, **point)


ROWS = (
    Theorem(
        name="pooling-critical-distance",
        kind="exact",
        statement="pooling beats the target alone iff D² < Nd[σ²(N+n−d−1)/(n−d−1) − σ_S²]/(n_S(N−d−1)+cn) (n ≥ d+2), "
        "[‖θ_T−w0‖²(d−N−1) − d(σ_S² + nσ²/(d−n−1))]/(d−n_S−1) (N ≤ d−2)",
        formula=formulas.pooling_critical_distance,
        source="follows from pooled-risk and min-norm-risk by substitution; cf. the limits of Yang et al. (2020) and Song, Bhattacharya & Sur (2024)",
        follows=("pooled-risk", "min-norm-risk"),
        see=("yang2020", "song2024"),
        domain=f"{_FINITE}, every n ≥ 0 and n_S ≥ 1; −inf or inf where one risk is infinite, nan where both are",
        derivation="derivations.tasks.pooling_boundaries.pooling_critical_distance",
        limits=(
            Limit(
                "at the critical distance both risks are equal",
                1.0,
                tuple(_sizes(*s) for s in ((2, 2, 9), (0, 4, 9), (7, 3, 4), (6, 5, 4), (2, 12, 5), (3, 1, 1), (1, 8, 4))),
                left=_equal_risks,
            ),
            Limit(
                "where only the target alone has infinite risk, pooling wins at every distance",
                math.inf,
                grid(n=[4, 5, 6], n_source=[5, 9], dim=5, displacement_energy=0.9, **_NOISES),
            ),
            Limit(
                "at the peak of the pooled fit it never wins",
                -math.inf,
                tuple(_sizes(2, m, 6) | {"displacement_energy": 0.9, **_NOISES} for m in (3, 4, 5)),
            ),
            Limit(
                "no source rows: a tie",
                math.nan,
                grid(n=[0, 3, 9], n_source=0, dim=5, displacement_energy=0.9, **_NOISES),
            ),
            Limit(
                "infinitely many source rows: the risk of the target alone",
                lambda n, dim: min_norm_risk(n, dim, 0.9, 0.3),
                ({"n": 7, "dim": 4}, {"n": 3, "dim": 9}),
                rtol=1e-7,
                left=lambda formula, n, dim: formula(n, 10**10, dim, 0.9, **_NOISES),
            ),
            Limit(
                "the first source row, γ = 2, many dimensions: 2σ² + R − σ_S²",
                0.6 + 0.3 - 0.2,
                rtol=1e-6,
                left=lambda formula: formula(2 * 10**7, 1, 10**7, 0.9, **_NOISES),
            ),
        ),
        sample=_any,
        experiments=(
            Experiment(
                critical_distances,
                tuple(
                    {**_sizes(*sizes), "displacement_energy": 1.2, **_NOISES}
                    for sizes in ((3, 2, 14), (9, 4, 4), (3, 11, 7), (0, 3, 9))
                ),
                resolution=0.12,
                replicates=40_000,
            ),
        ),
        mutants=(
            swapped("n", "n_source"),
            swapped("noise_variance", "source_noise_variance"),
            dropped("source_noise_variance"),
            dropped("displacement_energy"),
            moved(dim=-1),
            Mutant("the source's misfit taken for noise only", times(lambda n, n_source: n / (n + n_source))),
        ),
    ),
    Theorem(
        name="pooling-source-limit",
        kind="exact",
        statement="n + n_S ≤ d−2: pooling beats the min-norm fit alone iff "
        "n_S < d−1 − [n‖θ_T−w0‖² + d(σ_S² + nσ²/(d−n−1))]/(‖θ_T−w0‖² − D²), D² < ‖θ_T−w0‖²; never else",
        formula=formulas.pooling_source_limit,
        source="follows from pooling-critical-distance by substitution (solved for n_S)",
        follows=("pooling-critical-distance",),
        see=("song2024",),
        domain=f"{_FINITE}, n ≤ d − 3, before the peak of the pooled fit; −inf where D² ≥ ‖θ_T − w0‖²",
        derivation="derivations.tasks.pooling_boundaries.pooling_source_limit",
        limits=(
            Limit(
                "pooling the critical number of rows, the critical distance is D²",
                lambda distance_squared, **_: distance_squared,
                grid(n=[0, 3, 6], dim=40, displacement_energy=1.2, distance_squared=[0.1, 0.5], **_NOISES),
                left=lambda formula, n, dim, displacement_energy, distance_squared, **noises: (
                    formulas.pooling_critical_distance(
                        n,
                        formula(n, dim, displacement_energy, distance_squared, **noises),
                        dim,
                        displacement_energy,
                        **noises,
                    )
                ),
            ),
            Limit(
                "a source no nearer than the start never helps",
                -math.inf,
                grid(n=[0, 3], dim=40, displacement_energy=0.9, distance_squared=[0.9, 2.0], **_NOISES),
            ),
        ),
        sample=_few,
        experiments=(
            Experiment(
                critical_sizes,
                (
                    {"n": 3, "dim": 24, "displacement_energy": 1.5, "distance_squared": 0.3, "noise_variance": 0.1,
                     "source_noise_variance": 0.1, "low": 10, "high": 20},
                ),
                "asymptotic",
                20_000,
                0.1,
                allowance=lambda **_: 0.02,  # straight interpolation over three sizes
                arguments=_without_window,
            ),
        ),
        mutants=(
            swapped("noise_variance", "source_noise_variance"),
            swapped("displacement_energy", "distance_squared"),
            dropped("source_noise_variance"),
            Mutant("d for d − 1", lambda **a: formulas.pooling_source_limit(**a) + 1),
            dropped("distance_squared"),
        ),
    ),
    Theorem(
        name="pooling-start",
        kind="asymptotic",
        statement="(D²−R)γ_S² + [(γ−1)D²−2R−3σ²+σ_S²]γ_S + γ(D²+σ_S²−2σ²−R) < 0, R = σ²/(γ−1): from this γ_S on",
        formula=formulas.pooling_start,
        source="follows from pooling-critical-distance by substitution (limit, root of a quadratic); cf. Yang et al. (2020)",
        follows=("pooling-critical-distance",),
        see=("yang2020",),
        domain=f"{_LIMIT}; 0 if pooling helps from the first rows on, nan if it never helps",
        derivation="derivations.tasks.pooling_boundaries.pooling_start",
        limits=(
            Limit("the first rows help iff D² + σ_S² < 2σ² + R", 0.0, (_AT_ONCE, {**_AT_ONCE, "distance_squared": 1.99})),
            Limit("too far: never", math.nan, (_NEVER, {**_AT_ONCE, "gamma": 0.8})),
            Limit("hurts, helps, hurts", 0.031, (_BAND,), rtol=2e-3),
            Limit(
                "the exact sizes at d = 10⁷",
                lambda **point: _in_limit(formulas.pooling_first_size, **point),
                (_LATER, _BAND, {**_LATER, "gamma": 1.3}, {**_LATER, "distance_squared": 0.01}),
                rtol=1e-5,
            ),
        ),
        sample=_beyond(late=True),
        box=_START_BOX,
        experiments=(
            asymptotic(
                critical_ratios, _ratios(1.0, 2.5, **_LATER), 6, resolution=0.1, arguments=_window
            ),
        ),
        mutants=(
            Mutant("the other end", lambda **point: formulas.pooling_end(**point)),
            swapped("noise_variance", "source_noise_variance"),
            scaled(source_noise_variance=1.2),
            dropped("distance_squared"),
        ),
    ),
    Theorem(
        name="pooling-end",
        kind="asymptotic",
        statement="(D²−R)γ_S² + [(γ−1)D²−2R−3σ²+σ_S²]γ_S + γ(D²+σ_S²−2σ²−R) < 0, R = σ²/(γ−1): up to this γ_S",
        formula=formulas.pooling_end,
        source="follows from pooling-critical-distance by substitution (limit, root of a quadratic); cf. Yang et al. (2020)",
        follows=("pooling-critical-distance",),
        see=("yang2020",),
        domain=f"{_LIMIT}; inf if pooling helps for good (D² < R), nan if it never helps",
        derivation="derivations.tasks.pooling_boundaries.pooling_end",
        limits=(
            Limit("near sources help for good", math.inf, (_LATER, {**_AT_ONCE, "distance_squared": 0.99})),
            Limit("too far: never", math.nan, (_NEVER,)),
            Limit("hurts, helps, hurts", 1.882, (_BAND,), rtol=1e-3),
            Limit(
                "the exact sizes at d = 10⁷",
                lambda **point: _in_limit(formulas.pooling_last_size, **point),
                (_AT_ONCE, _BAND, {**_AT_ONCE, "gamma": 1.5, "distance_squared": 2.5}),
                rtol=1e-5,
            ),
        ),
        sample=_beyond(late=False),
        box=_END_BOX,
        experiments=(
            asymptotic(
                critical_ratios, _ratios(3.0, 8.0, **_AT_ONCE), 8, resolution=0.1, arguments=_window
            ),
        ),
        mutants=(
            Mutant("the other end", lambda **point: formulas.pooling_start(**point)),
            swapped("noise_variance", "source_noise_variance"),
            scaled(distance_squared=1.1),
            Mutant("γ for γ − 1", instead(gamma=lambda gamma: gamma + 1)),
        ),
    ),
    Theorem(
        name="pooling-first-size",
        kind="exact",
        statement="smallest n_S ≥ 1 with D² < D*²(n_S), D*² of pooling-critical-distance",
        formula=formulas.pooling_first_size,
        source="follows from pooling-critical-distance by substitution (searched in whole numbers)",
        follows=("pooling-critical-distance",),
        see=("yang2020",),
        domain=f"{_FINITE}, n ≥ d + 2; nan if pooling never helps; one interval of sizes, without exception in random cells",
        derivation="derivations.tasks.pooling_boundaries.pooling_first_size",
        limits=(Limit("all sizes looked at, one by one", _searched(0), _WINDOWS),),
        experiments=(
            Experiment(
                critical_sizes,
                (
                    {**_START, "low": 10, "high": 26},
                ),
                "asymptotic",
                10_000,
                0.15,
                allowance=lambda **_: 0.1,  # a whole number against a crossing between two
                arguments=_without_window,
            ),
        ),
        mutants=(
            Mutant("the other end", lambda **point: formulas.pooling_last_size(**point)),
            Mutant("the limit", lambda n, dim, **a: np.ceil(dim * formulas.pooling_start(n / dim, **a))),
            swapped("noise_variance", "source_noise_variance"),
            Mutant("one less", lambda **point: formulas.pooling_first_size(**point) - 1),
        ),
    ),
    Theorem(
        name="pooling-last-size",
        kind="exact",
        statement="largest n_S with D² < D*²(n_S), D*² of pooling-critical-distance; inf if D² < σ²d/(n−d−1)",
        formula=formulas.pooling_last_size,
        source="follows from pooling-critical-distance by substitution (searched in whole numbers)",
        follows=("pooling-critical-distance",),
        see=("yang2020",),
        domain=f"{_FINITE}, n ≥ d + 2; nan if pooling never helps; one interval of sizes, without exception in random cells",
        derivation="derivations.tasks.pooling_boundaries.pooling_last_size",
        limits=(
            Limit("all sizes looked at, one by one", _searched(1), _WINDOWS),
            Limit(
                "nearer than the target alone is off: for good",
                math.inf,
                tuple({"n": 20, "dim": 10, "distance_squared": d2, **_EVEN} for d2 in (0.0, 0.5, 1.11)),
            ),
        ),
        experiments=(
            Experiment(
                critical_sizes,
                (
                    {**_END, "low": 26, "high": 50},
                ),
                "asymptotic",
                20_000,
                0.2,
                allowance=lambda **_: 0.1,
                arguments=_without_window,
            ),
        ),
        mutants=(
            Mutant("the other end", lambda **point: formulas.pooling_first_size(**point)),
            Mutant("the limit", lambda n, dim, **a: np.floor(dim * formulas.pooling_end(n / dim, **a))),
            swapped("noise_variance", "source_noise_variance"),
            Mutant("one more", lambda **point: formulas.pooling_last_size(**point) + 1),
        ),
    ),
)  # fmt: skip
