"""Rows: the best multiple of an update, soups of fine-tunings, two least-squares fits mixed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.averages import best_mixtures, best_of_ensembles, best_soups, scaled_ensembles, soups
from lintransfer.table.mutants import dropped, instead, swapped
from lintransfer.table.points import grid
from lintransfer.table.row import NOT_FOUND, Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.isotropic import least_squares_risk, min_norm_risk, overparameterized_risk
from lintransfer.theory.tasks.averages import (
    averaged_fits_risk,
    averaged_fits_weight,
    best_scale,
    optimal_soup_risk,
    optimal_soup_stretch,
    scaled_update_risk,
    soup_risk,
)

_GRADIENT = grid(n=[1, 7, 400], dim=[1, 20], energy=1.7, noise=[0.0, 0.4])
_SOUP = {"n": (0, 10**9), "dim": (2, 10**9), "displacement_energy": (0.01, 4.0), "noise_variance": (0.01, 4.0)}
_MEMBERS = _SOUP | {"members": (1, 1000)}
_FEW = {"n": 8, "dim": 16, "displacement_energy": 1.3, "noise_variance": 0.4}
_MANY = {"n": 14, "dim": 8, "displacement_energy": 1.3, "noise_variance": 0.4}


def _one_gradient_step(formula: Any, n: int, dim: int, energy: float, noise: float) -> Any:
    """τ = Xᵀ(y − Xw0)/n: m = ‖δ‖², e = [(n+d+1)‖δ‖² + dσ²]/n."""
    return formula(energy, energy, ((n + dim + 1) * energy + dim * noise) / n).risk


def _stretch_boundary(n: int, dim: int, displacement_energy: float, members: int) -> float:
    """σ² at which dσ²/(d−n−1) = (K−1)(1−p)‖δ‖²."""
    return (members - 1) * (1 - n / dim) * displacement_energy * (dim - n - 1) / dim


def _mixing(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(np.exp(rng.uniform(0, np.log(1e9))))
    n, n_source = (dim + 2 + int(np.exp(rng.uniform(0, np.log(1e12)))) for _ in range(2))
    energies = ("displacement_energy", "noise_variance", "source_noise_variance")
    return {"n": n, "n_source": n_source, "dim": dim} | {name: float(rng.uniform(0.01, 4)) for name in energies}


def _errors(
    n: int, n_source: int, dim: int, displacement_energy: float, noise_variance: float, source_noise_variance: float
) -> tuple[float, float]:
    """A and B + D², from the risks of the two fits."""
    own, other = least_squares_risk(n, dim, noise_variance), least_squares_risk(n_source, dim, source_noise_variance)
    return float(own), float(other) + displacement_energy


_MIXTURES = grid(
    n=[7, 30], n_source=[9, 200], dim=5, displacement_energy=0.4, noise_variance=0.5, source_noise_variance=0.3
)


ROWS = (
    Theorem(
        name="scaled-update-risk",
        kind="identity",
        statement="R(w0 + ατ) = ‖δ‖² − 2αm + α²e, m = E⟨τ,δ⟩_Σ, e = E‖τ‖²_Σ",
        formula=scaled_update_risk,
        source="a square multiplied out; scalar multiples of a fit: Mayer & Willke (1973)",
        papers=("mayer1973",),
        domain="any update τ, any metric Σ, any start w0 (random: ‖δ‖² its mean)",
        derivation="derivations.tasks.averages.scaled_update_risk",
        limits=(
            Limit(
                "the whole update of a min-norm fit: its risk",
                lambda n, dim, energy, noise: overparameterized_risk(n, dim, energy, noise),
                grid(n=[1, 5, 8], dim=10, energy=1.7, noise=[0.0, 0.4]),
                left=lambda formula, n, dim, energy, noise: formula(
                    energy, n / dim * energy, n / dim * energy + noise * n / (dim - n - 1), 1.0
                ),
            ),
            Limit("no step: the start, whatever the update's energy", 1.7, ({"alignment": 0.3, "update_energy": math.inf},),
                  given={"displacement_energy": 1.7, "scale": 0.0}),
        ),
        box={"displacement_energy": (0.0, 4.0), "alignment": (-2.0, 2.0), "update_energy": (0.0, 4.0), "scale": (-2.0, 2.0)},
        experiments=(Experiment(scaled_ensembles, grid(scale=[-0.7, 0.3, 1.0, 1.6]), compare="identity"),),
        mutants=(
            Mutant(
                "no factor 2",
                lambda displacement_energy, alignment, update_energy, scale: (
                    displacement_energy - scale * alignment + scale**2 * update_energy
                ),
            ),
            dropped("alignment"),
            instead(scale=lambda scale: 1 - scale),
        ),
    ),
    Theorem(
        name="best-scale",
        kind="identity",
        statement="(1−μ)R + μE‖ατ‖² is least at α* = (1−μ)m/e, where R = ‖δ‖² − (1−μ²)m²/e",
        formula=best_scale,
        source="deterministic shrinkage of a fit: Mayer & Willke (1973)",
        papers=("mayer1973",),
        domain="any update τ, any metric Σ, 0 ≤ μ ≤ 1; e = ∞: α* = 0",
        derivation="derivations.tasks.averages.best_scale",
        limits=(
            Limit(
                "one gradient step from w0: ‖δ‖²[1 − n/(n+d+1+dσ²/‖δ‖²)]",
                lambda n, dim, energy, noise: energy * (1 - n / (n + dim + 1 + dim * noise / energy)),
                _GRADIENT,
                left=_one_gradient_step,
            ),
            Limit("an update of infinite energy is not taken", lambda **_: {"scale": 0.0, "risk": 1.7},
                  ({"displacement_energy": 1.7, "alignment": 0.3, "update_energy": math.inf},)),
            Limit("only the distance counts: stay", lambda **_: {"scale": 0.0, "risk": 1.7},
                  ({"displacement_energy": 1.7, "alignment": 0.3, "update_energy": 0.4, "forgetting": 1.0},)),
        ),
        box={
            "displacement_energy": (1.0, 4.0), "alignment": (-0.5, 0.5), "update_energy": (0.5, 4.0), "forgetting": (0.0, 1.0)
        },
        experiments=(Experiment(best_of_ensembles, grid(forgetting=[0.0, 0.2, 0.5, 0.9]), compare="identity"),),
        mutants=(
            Mutant(
                "the whole update",
                lambda displacement_energy, alignment, update_energy: {
                    "scale": 1.0, "risk": displacement_energy - 2 * alignment + update_energy
                },
            ),
            Mutant(
                "(1 − μ)² for 1 − μ²",
                lambda displacement_energy, alignment, update_energy, forgetting: {
                    "scale": (1 - forgetting) * alignment / update_energy,
                    "risk": displacement_energy - (1 - forgetting) ** 2 * alignment**2 / update_energy,
                },
            ),
            dropped("forgetting"),
        ),
    ),
    Theorem(
        name="soup-risk",
        kind="exact",
        statement="R = ‖δ‖²(1−ap)² + a²[p(1−p)‖δ‖² + V]/K, p = min(n/d, 1)",
        formula=soup_risk,
        source=NOT_FOUND,
        see=("wortsman2022soups",),
        domain="Σ = I, K independent fits of n rows from one w0, every n ≥ 0; inf where |n − d| ≤ 1 ≤ n, σ > 0, a ≠ 0",
        derivation="derivations.tasks.averages.soup_risk",
        limits=(
            Limit(
                "one member, not stretched: the min-norm risk",
                min_norm_risk,
                grid(n=[0, 1, 6, 8, 9, 10, 11, 12, 40], dim=10, displacement_energy=1.3, noise_variance=[0.0, 0.4]),
                left=lambda formula, **point: formula(members=1, **point),
            ),
            Limit(
                "least squares: V/K, not the σ²d/(Kn−d−1) of one fit on all rows",
                lambda n, dim, noise_variance, members, **_: noise_variance * dim / (n - dim - 1) / members,
                grid(n=[12, 40], dim=10, displacement_energy=1.3, noise_variance=0.4, members=[2, 9]),
            ),
            Limit(
                "very many members: the mean fit, (1 − ap)²‖δ‖²",
                lambda n, stretch, **_: 1.3 * (1 - stretch * n / 10) ** 2,
                grid(n=[1, 6], dim=10, displacement_energy=1.3, noise_variance=0.4, members=10**12, stretch=[0.5, 1.0]),
                rtol=1e-9,
            ),
        ),
        box=_MEMBERS | {"stretch": (-1.0, 3.0)},
        experiments=(
            Experiment(
                soups,
                (_FEW | {"members": 3, "stretch": 1.0}, _FEW | {"members": 2, "stretch": 1.6},
                 _MANY | {"members": 3, "stretch": 0.7}),
            ),
        ),
        mutants=(
            Mutant(
                "the projections' scatter forgotten",
                lambda n, dim, displacement_energy, noise_variance, members, stretch: (
                    displacement_energy * (1 - stretch * min(n / dim, 1)) ** 2
                    + stretch**2 * min_norm_risk(n, dim, 0, noise_variance) / members
                ),
            ),
            Mutant("one fit on all rows", lambda n, dim, displacement_energy, noise_variance, members: (
                min_norm_risk(members * n, dim, displacement_energy, noise_variance))),
            instead(members=lambda members: members**2),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="optimal-soup-stretch",
        kind="exact",
        statement="a* = K‖δ‖²/(Kp‖δ‖² + (1−p)‖δ‖² + dσ²/(|n−d|−1))",
        formula=optimal_soup_stretch,
        source="follows from soup-risk and best-scale by substitution",
        follows=("soup-risk", "best-scale"),
        see=("wortsman2022soups",),
        domain="Σ = I, every n ≥ 0",
        derivation="derivations.tasks.averages.optimal_soup_stretch",
        limits=(
            Limit(
                "the boundary of extrapolation: dσ²/(d−n−1) = (K−1)(1−p)‖δ‖²",
                1.0,
                grid(n=[1, 5, 8], dim=10, displacement_energy=1.3, members=[2, 5]),
                left=lambda formula, **point: formula(noise_variance=_stretch_boundary(**point), **point),
            ),
            Limit("very many members: 1/p", lambda n, **_: 10 / n,
                  grid(n=[1, 6], dim=10, displacement_energy=1.3, noise_variance=0.4, members=10**12), rtol=1e-9),
            Limit("an infinite mean is not taken", 0.0,
                  grid(n=[9, 10, 11], dim=10, displacement_energy=1.3, noise_variance=0.4, members=3)),
        ),
        box=_MEMBERS,
        mutants=(
            Mutant("as for one member", instead(members=1)),
            Mutant("|n − d| for |n − d| − 1", lambda n, dim, displacement_energy, noise_variance, members: (
                optimal_soup_stretch(n, dim, displacement_energy, noise_variance * (1 - 1 / abs(n - dim)), members))),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="optimal-soup-risk",
        kind="exact",
        statement="R* = ‖δ‖² v/(v + Kp²‖δ‖²), v = p(1−p)‖δ‖² + V",
        formula=optimal_soup_risk,
        source="follows from soup-risk and best-scale by substitution",
        follows=("soup-risk", "best-scale"),
        see=("wortsman2022soups",),
        domain="Σ = I, every n ≥ 0",
        derivation="derivations.tasks.averages.optimal_soup_risk",
        limits=(
            Limit(
                "the soup at its best stretch",
                lambda **point: soup_risk(stretch=optimal_soup_stretch(**point), **point),
                grid(n=[0, 1, 6, 10, 12, 40], dim=10, displacement_energy=1.3, noise_variance=[0.0, 0.4], members=[1, 3]),
                rtol=1e-11,
            ),
            Limit("an infinite mean: the start", 1.3,
                  grid(n=[9, 10, 11], dim=10, displacement_energy=1.3, noise_variance=0.4, members=3)),
        ),
        box=_MEMBERS,
        experiments=(Experiment(best_soups, (_FEW | {"members": 3}, _MANY | {"members": 2}), replicates=16_000),),
        mutants=(
            Mutant("not stretched", lambda **point: soup_risk(**point)),
            instead(members=1),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="averaged-fits-weight",
        kind="exact",
        statement="a* = A/(A+B+D²), A = σ_T²d/(n_T−d−1), B = σ_S²d/(n_S−d−1)",
        formula=averaged_fits_weight,
        source="follows from best-scale by substitution (start ŵ_T, update ŵ_S − ŵ_T); combined forecasts: Bates & Granger (1969)",
        follows=("best-scale",),
        see=("bates1969",),
        domain="Σ = I, two least-squares fits with weights of sum 1, n_T, n_S ≥ d; A or B infinite at n ≤ d + 1",
        derivation="derivations.tasks.averages.averaged_fits_weight",
        limits=(
            Limit("the errors' shares", lambda **point: _errors(**point)[0] / sum(_errors(**point)), _MIXTURES),
            Limit("a target fit of infinite error", 1.0,
                  grid(n=[5, 6], n_source=9, dim=5, displacement_energy=0.4, noise_variance=0.5, source_noise_variance=0.3)),
            Limit("a source fit of infinite error", 0.0,
                  grid(n=9, n_source=[5, 6], dim=5, displacement_energy=0.4, noise_variance=0.5, source_noise_variance=0.3)),
        ),
        sample=_mixing,
        mutants=(swapped("n", "n_source"), dropped("displacement_energy"), dropped("source_noise_variance")),
    ),
    Theorem(
        name="averaged-fits-risk",
        kind="exact",
        statement="R = A(B+D²)/(A+B+D²) ≤ A",
        formula=averaged_fits_risk,
        source="follows from best-scale by substitution (start ŵ_T, update ŵ_S − ŵ_T); combined forecasts: Bates & Granger (1969)",
        follows=("best-scale",),
        see=("bates1969",),
        domain="Σ = I, two least-squares fits with weights of sum 1, n_T, n_S ≥ d",
        derivation="derivations.tasks.averages.averaged_fits_risk",
        limits=(
            Limit("precisions add", lambda **point: 1 / sum(1 / error for error in _errors(**point)), _MIXTURES),
            Limit("a target fit of infinite error: the source fit's", lambda **point: _errors(**point)[1],
                  grid(n=[5, 6], n_source=9, dim=5, displacement_energy=0.4, noise_variance=0.5, source_noise_variance=0.3)),
            Limit("a source fit of infinite error: the target fit's", lambda **point: _errors(**point)[0],
                  grid(n=9, n_source=[5, 6], dim=5, displacement_energy=0.4, noise_variance=0.5, source_noise_variance=0.3)),
        ),
        sample=_mixing,
        experiments=(
            Experiment(
                best_mixtures,
                grid(n=10, n_source=[11, 25], dim=5, displacement_energy=[0.2, 1.0], noise_variance=0.5,
                     source_noise_variance=0.3),
                replicates=16_000,
            ),
        ),
        mutants=(
            Mutant("the plain mean", lambda **point: sum(_errors(**point)) / 4),
            dropped("displacement_energy"),
            swapped("n", "n_source"),
        ),
    ),
)  # fmt: skip
