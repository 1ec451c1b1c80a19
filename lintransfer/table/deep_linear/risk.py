"""Rows: risk of deep fine-tuning on isotropic inputs, in the proportional limit and at finite size."""

from __future__ import annotations

import math
from typing import Any

from lintransfer.experiments.deep_linear.trainings import energies, gains, in_gamma, large_gains, large_risks, risks
from lintransfer.table.mutants import dropped, instead, moved
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import risk as formulas
from lintransfer.theory.deep_linear.phases import published_transferability
from lintransfer.theory.deep_linear.retention import retention_factor
from lintransfer.theory.linear.isotropic import fine_tuning_transferability, min_norm_risk

_POINT = {"source_energy": 1.0, "cross_energy": 0.8, "target_energy": 2.56}
_BOX = {"depth": (1.0, 100.0), "source_energy": (0.1, 4.0), "cross_energy": (-0.5, 0.5), "target_energy": (0.1, 4.0)}
_NOISE = {"noise_variance": (0.01, 2.0)}
_AWAY = energies(1.0, 2.0, 0.3)  # the published form gives the wrong sign here, and at _NEAR
_NEAR = energies(2.0, 1.0, 0.9)
_HELPFUL = energies(1.0, 2.0, 0.9)  # and here it has the right sign, but is a sixth too low


def _with_retention(formula: Any, gamma: Any, depth: Any, source_energy: Any, target_energy: Any, noise: Any) -> Any:
    """limit_retention with a mistake in it: `formula` of (depth, null_fraction, fit_ratio)."""
    fit = (gamma * target_energy + noise * gamma / (1 - gamma)) / source_energy
    return formula(depth, 1 - gamma, fit)


def _mutant_risk(formula: Any, noise_in_fit: float = 1.0) -> Any:
    def risk(
        gamma: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0
    ) -> Any:
        rho = _with_retention(formula, gamma, depth, source_energy, target_energy, noise_in_fit * noise_variance)
        variance = noise_variance * gamma / (1 - gamma)
        return formulas.retained_risk(rho, 1 - gamma, source_energy, cross_energy, target_energy, variance)

    return risk


def _mutant_gain(formula: Any, noise_in_fit: float = 1.0) -> Any:
    def gain(
        gamma: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0
    ) -> Any:
        rho = _with_retention(formula, gamma, depth, source_energy, target_energy, noise_in_fit * noise_variance)
        return formulas.retained_gain(rho, 1 - gamma, source_energy, cross_energy)

    return gain


def _other_exponent(depth: Any, null: Any, fit: Any) -> Any:
    """The exponent 1/L in the equation for the growth and in ρ."""
    return retention_factor(depth / (depth - 1), null, fit)


def _unit(depth: Any, null: Any, fit: Any) -> Any:
    return 1 + 0 * fit


def _published(gamma: Any, source_energy: Any, cross_energy: Any, **_: Any) -> Any:
    return published_transferability(gamma, source_energy, cross_energy)


def _relative(dim: int, **_: Any) -> float:
    return 6 / dim


def _gain_allowance(dim: int, **_: Any) -> float:
    return 1.5 / dim


def _scratch(n: int, dim: int, target_energy: float, **_: Any) -> float:
    """The risk from scratch, which T is a difference of: T itself may be thirty times smaller."""
    return (1 - n / dim) * target_energy


ROWS = (
    Theorem(
        name="deep-fine-tuning-risk",
        kind="asymptotic",
        statement="R = (1−γ)(t² − 2ρ stc + ρ²s²) + σ²γ/(1−γ), ρ from A = 1−γ, B = (γt² + σ²γ/(1−γ))/s²; γ > 1: σ²/(γ−1)",
        formula=formulas.deep_fine_tuning_risk,
        source="not found in the literature (searched 2026-11-27); for L > 1; ρ = 1 is Tahir, Ganguli & Rotskoff (2025), eq. 15; end point: cf. Shachaf, Brutzkus & Globerson (2021)",
        see=("tahir2024", "shachaf2021"),
        domain="Σ = I, n, d → ∞ at γ = n/d ≥ 0, balanced rank-one start, zero loss; L ≥ 1 real, or ∞",
        derivation="derivations.deep_linear.risk.deep_fine_tuning_risk",
        limits=(
            Limit(
                "one layer: linear fine-tuning",
                lambda gamma, noise_variance=0.0, **_: min_norm_risk(1e12 * gamma, 1e12, 1.96, noise_variance),
                grid(gamma=[0.3, 0.8, 1.5], depth=1, **_POINT, noise_variance=[0, 0.4]),
                rtol=1e-10,
            ),
            Limit(
                "no data: the distance of the teachers, at every depth",
                1.96,
                grid(gamma=0.0, depth=[1, 2, 7.5, math.inf], **_POINT),
            ),
            Limit(
                "vanishing source: min-norm scratch",
                lambda gamma, target_energy, **_: (1 - gamma) * target_energy,
                grid(gamma=0.4, depth=2, source_energy=[0.0, 1e-40], cross_energy=0.0, target_energy=1.3),
            ),
            Limit(
                "the infinite depth is blind to the norm of the source",
                lambda **_: formulas.deep_fine_tuning_risk(0.4, math.inf, 1.0, 0.8, 2.56, 0.3),
                grid(s=[1e-8, 0.3, 1e8]),
                left=lambda formula, s: formula(0.4, math.inf, s * s, 0.8 * s, 2.56, 0.3),
            ),
            Limit(
                "n = d: infinite with noise, 0 without",
                lambda noise_variance: 0.0 if noise_variance else 1.0,
                ({"noise_variance": 0.1}, {"noise_variance": 0.0}),
                left=lambda formula, noise_variance: 1 / (1 + formula(1.0, 3, 1.0, 0.8, 2.56, noise_variance)),
            ),
        ),
        box={"gamma": (1e-6, 3.0), **_BOX, **_NOISE},
        experiments=(
            asymptotic(
                large_risks, growing(n=5, dim=10, depth=3, **_POINT, noise_variance=0.2), 6, 2000, arguments=in_gamma
            ),
        ),
        mutants=(
            Mutant("ρ = 1", _mutant_risk(_unit)),
            Mutant("exponent 1/L for 1 − 1/L", _mutant_risk(_other_exponent)),
            Mutant("noise dropped in B", _mutant_risk(retention_factor, noise_in_fit=0.0)),
            Mutant("one layer more", _mutant_risk(lambda depth, null, fit: retention_factor(depth + 1, null, fit))),
        ),
    ),
    Theorem(
        name="deep-transferability",
        slow=True,
        kind="asymptotic",
        statement="T = (1−γ)₊(2ρ stc − ρ²s²), positive iff c > ρs/(2t)",
        formula=formulas.deep_transferability,
        source="follows from deep-fine-tuning-risk by substitution; ρ = 1 is Tahir, Ganguli & Rotskoff (2025), eq. 15, where the factor is missing",
        follows=("deep-fine-tuning-risk",),
        see=("tahir2024",),
        domain="as deep-fine-tuning-risk, against min-norm scratch on the same data",
        derivation="derivations.deep_linear.risk.deep_transferability",
        limits=(
            Limit(
                "one layer, or s² = t² + σ²/(1−γ): the published form",
                _published,
                (
                    {"gamma": 0.4, "depth": 1, **_AWAY},
                    {
                        "gamma": 0.5,
                        "depth": 4,
                        "source_energy": 1.4,
                        "cross_energy": 0.5,
                        "target_energy": 1.0,
                        "noise_variance": 0.2,
                    },
                ),
            ),
            Limit(
                "it is the difference of the two risks",
                lambda gamma, target_energy, noise_variance, **others: (
                    formulas.deep_fine_tuning_risk(gamma, 1, 0.0, 0.0, target_energy, noise_variance)
                    - formulas.deep_fine_tuning_risk(
                        gamma, target_energy=target_energy, noise_variance=noise_variance, **others
                    )
                ),
                grid(gamma=[0.0, 0.2, 0.9, 1.6], depth=3, **_NEAR, noise_variance=0.3),
            ),
        ),
        box={"gamma": (1e-6, 3.0), **_BOX, **_NOISE},
        experiments=(
            *(
                asymptotic(
                    large_gains,
                    growing(n=5, dim=10, depth=depth, **teachers),
                    1.5,
                    1600,
                    0.08,
                    in_gamma,
                    unit=_scratch,
                )
                for depth, teachers in ((2, _AWAY), (2, _NEAR), (3, _HELPFUL))
            ),
            asymptotic(gains, ({"n": 16, "dim": 32, "depth": 2, **_NEAR},), 1.5, 400, 0.08, in_gamma, unit=_scratch),
        ),
        mutants=(
            Mutant("ρ = 1: the published form", _mutant_gain(_unit)),
            Mutant(
                "exponent 1/L for 1 − 1/L",
                _mutant_gain(lambda depth, null, fit: retention_factor(3 * depth / (3 * depth - 2), null, fit)),
            ),
            Mutant("noise dropped in B", _mutant_gain(retention_factor, noise_in_fit=0.0)),
            Mutant(
                "ρ for ρ²",
                lambda gamma, depth, source_energy, cross_energy, target_energy, noise_variance: (
                    formulas.limit_retention(gamma, depth, source_energy, target_energy, noise_variance)
                    * published_transferability(gamma, source_energy, cross_energy)
                ),
            ),
        ),
    ),
    Theorem(
        name="deep-fine-tuning-closure",
        slow=True,
        kind="asymptotic",
        statement="(1−n/d)(t² − 2ρ stc + ρ²s²) + σ²n/(d−n−1), ρ from the mean fractions; n ≥ d+2: σ²d/(n−d−1)",
        formula=formulas.deep_fine_tuning_risk_closure,
        source="not found in the literature (searched 2026-11-27)",
        domain="Σ = I, every n ≥ 0 and d ≥ 1; exact for L = 1, n = 0 and n ≥ d, else O(1/d)",
        derivation="derivations.deep_linear.risk.deep_fine_tuning_closure",
        limits=(
            Limit(
                "one layer: exact",
                lambda n, noise_variance, **_: min_norm_risk(n, 10, 1.96, noise_variance),
                grid(n=[0, 3, 8, 9, 10, 11, 14], dim=10, depth=1, **_POINT, noise_variance=[0.0, 0.3]),
            ),
            Limit(
                "large d: the proportional limit",
                lambda gamma: formulas.deep_fine_tuning_risk(gamma, 3, **_POINT, noise_variance=0.3),
                ({"gamma": 0.25}, {"gamma": 1.75}),
                rtol=1e-9,
                left=lambda formula, gamma: formula(gamma * 1e12, 1e12, 3, **_POINT, noise_variance=0.3),
            ),
        ),
        box={"n": (0, 10**9), "dim": (2, 10**9), **_BOX, **_NOISE},
        experiments=(
            asymptotic(large_risks, growing(n=5, dim=10, depth=3, **_POINT, noise_variance=0.2), 6, 2000),
            Experiment(risks, ({"n": 9, "dim": 4, "depth": 2, **_POINT, "noise_variance": 0.5},), "mean", 4000, 0.1),
        ),
        mutants=(
            Mutant("d − n for d − n − 1", lambda n, dim, **others: formulas.deep_fine_tuning_risk(n / dim, **others)),
            Mutant("ρ = 1", instead(depth=1)),
        ),
    ),
    Theorem(
        name="deep-transferability-closure",
        slow=True,
        kind="asymptotic",
        statement="T = (1−n/d)₊(2ρ stc − ρ²s²), ρ from the mean fractions at finite n and d",
        formula=formulas.deep_transferability_closure,
        source="follows from deep-fine-tuning-closure by substitution (min-norm scratch is its case L = 1, s = 0)",
        follows=("deep-fine-tuning-closure",),
        see=("tahir2024",),
        domain="as deep-fine-tuning-closure, against min-norm scratch on the same data; nan at n = d − 1 if L > 1, σ > 0",
        derivation="derivations.deep_linear.risk.deep_transferability_closure",
        limits=(
            Limit(
                "one layer: exact",
                lambda n, dim, source_energy, cross_energy, **_: fine_tuning_transferability(
                    n, dim, source_energy, cross_energy
                ),
                grid(n=[0, 3, 8, 10, 11, 14], dim=10, depth=1, **_POINT, noise_variance=[0.0, 0.3]),
            ),
            Limit(
                "it is the difference of the two closures",
                lambda n, dim, target_energy, noise_variance, **others: (
                    min_norm_risk(n, dim, target_energy, noise_variance)
                    - formulas.deep_fine_tuning_risk_closure(
                        n, dim, target_energy=target_energy, noise_variance=noise_variance, **others
                    )
                ),
                grid(n=[0, 3, 8, 12, 14], dim=10, depth=[2, 3.5], **_NEAR, noise_variance=0.3),
            ),
            Limit(
                "large d: the proportional limit",
                lambda gamma: formulas.deep_transferability(gamma, 3, **_POINT, noise_variance=0.3),
                ({"gamma": 0.25}, {"gamma": 0.75}, {"gamma": 1.75}),
                rtol=1e-9,
                left=lambda formula, gamma: formula(gamma * 1e12, 1e12, 3, **_POINT, noise_variance=0.3),
            ),
            Limit(
                "n = d − 1: the mean of ‖m‖² is infinite with noise, and the closure is silent",
                math.nan,
                grid(n=9, dim=10, depth=[2, 3], **_POINT, noise_variance=0.3),
            ),
        ),
        box={"n": (0, 10**9), "dim": (2, 10**9), **_BOX, **_NOISE},
        experiments=(
            asymptotic(large_gains, growing(n=5, dim=10, depth=2, **_AWAY), 1.5, 1600, 0.08, unit=_scratch),
            asymptotic(
                large_gains,
                growing(n=5, dim=10, depth=3, **_HELPFUL, noise_variance=0.2),
                1.5,
                1600,
                0.08,
                unit=_scratch,
            ),
        ),
        mutants=(
            Mutant("ρ = 1: the published form", instead(depth=1)),
            Mutant("noise dropped in B", dropped("noise_variance")),
            Mutant(
                "d − n for d − n − 1 in B", lambda n, dim, **others: formulas.deep_transferability(n / dim, **others)
            ),
            moved(depth=1),
        ),
    ),
)
