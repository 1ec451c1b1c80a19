"""Rows: two-stage training of wide ReLU networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.shallow_relu.two_stage import crossing_draws, two_stage_draws
from lintransfer.table.mutants import dropped, swapped
from lintransfer.table.points import asymptotic, growing
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.table.shallow_relu.learning_curves import TRAINED, curve_sample
from lintransfer.theory.shallow_relu.learning_curves import sphere_kappa
from lintransfer.theory.shallow_relu.spectrum import spectrum_tail, sphere_spectrum
from lintransfer.theory.shallow_relu.two_stage import critical_overlap_at, residual_energies, two_stage_risk


def _two_stage_arguments(n: int, n_source: int, dim: int, overlap: float, trained: str) -> dict[str, Any]:
    return {
        "n": n,
        "n_source": n_source,
        "dim": dim,
        "source_energy": 1.0,
        "cross_energy": overlap,
        "target_energy": 1.0,
        "noise_variance": 0.2 / dim,
        "source_noise_variance": 0.1 / dim,
        "trained": trained,
    }


def _crossing_arguments(n: int, n_source: int, dim: int, trained: str) -> dict[str, Any]:
    spectrum = sphere_spectrum(dim, 20, trained)
    return {
        "kappa": float(sphere_kappa(n, dim, trained)),
        "kappa_source": float(sphere_kappa(n_source, dim, trained)),
        "eigenvalues": spectrum.eigenvalues,
        "multiplicities": spectrum.multiplicities,
        "source_energy": 1 / dim,
        "target_energy": 1 / dim,
        "source_noise_variance": 0.3 / dim,
        "ridge": float(spectrum_tail(dim, 20, trained)),
    }


def _source_sample(rng: np.random.Generator) -> dict[str, Any]:
    arguments = curve_sample(rng)
    return {
        "kappa_source": arguments["kappa"],
        "eigenvalues": arguments["eigenvalues"],
        "multiplicities": arguments["multiplicities"],
        "source_energy": float(rng.uniform(0.1, 2)),
        "cross_energy": float(rng.uniform(0, 0.1)),
        "target_energy": float(rng.uniform(0.1, 2)),
        "source_noise_variance": float(rng.uniform(0, 1)),
        "ridge": arguments["ridge"],
    }


def _overlap_sample(rng: np.random.Generator) -> dict[str, Any]:
    arguments = _source_sample(rng)
    del arguments["cross_energy"]
    return {"kappa": float(np.exp(rng.uniform(-6, 2))), **arguments}


ROWS = (
    Theorem(
        name="relu-two-stage-energies",
        kind="asymptotic",
        statement="e_k = N_k s_kS² V_S/n_S + [k=1](e_T − 2 s_1S e_ST + s_1S² e_S)",
        formula=residual_energies,
        source="follows from Simon et al. (2023) by substitution (means and variances of learnt coefficients)",
        follows=("simon2023",),
        covers="degrees 0 and 1",
        domain="unit sphere, source stage from zero, linear teachers",
        derivation="derivations.shallow_relu.two_stage.relu_two_stage_energies",
        limits=(
            Limit(
                "infinite source set: e(θ_T − θ_S) in degree 1",
                1.2,
                rtol=1e-10,
                left=lambda formula: formula(
                    1e-14, np.array([0.1, 0.2]), np.array([1.0, 5.0]), 1.0, 0.3, 0.8, 0.5, 1e-3
                )[1],
            ),
        ),
        sample=_source_sample,
        mutants=(
            dropped("source_noise_variance"),
            swapped("source_energy", "target_energy"),
        ),
    ),
    Theorem(
        name="relu-two-stage-risk",
        kind="asymptotic",
        statement="R = [Σ(1−s_kT)² e_k + σ_T² df₂/n]/(1 − df₂/n) with the residual energies of a finite source",
        formula=two_stage_risk,
        source="follows from relu-learning-curve and relu-two-stage-energies by substitution",
        follows=("relu-learning-curve", "relu-two-stage-energies"),
        domain="unit sphere, d ≥ 12, n, n_S ≤ 3d to about 10 %",
        limits=(
            Limit(
                "no source sample: training from scratch",
                lambda n, n_source, dim, source_energy, cross_energy, target_energy: (
                    two_stage_risk(n, 50, dim, 0.0, 0.0, target_energy)
                    - two_stage_risk(n, 50, dim, 0.0, 0.0, 0.0)
                    + 0 * source_energy
                ),
                ({"n": 0, "n_source": 0, "dim": 20, "source_energy": 1.0, "cross_energy": 0.5, "target_energy": 2.0},),
            ),
            Limit(
                "no target sample: the residual itself",
                lambda n, n_source, dim, source_energy, cross_energy, target_energy: 1.5 / dim,
                (
                    {
                        "n": 0,
                        "n_source": 1e13,
                        "dim": 20,
                        "source_energy": 1.0,
                        "cross_energy": 0.75,
                        "target_energy": 2.0,
                    },
                ),
                1e-9,
            ),
        ),
        sample=lambda rng: _two_stage_arguments(
            int(rng.integers(1, 300)),
            int(rng.integers(1, 300)),
            int(rng.integers(12, 200)),
            float(rng.uniform(-1, 1)),
            str(rng.choice(TRAINED)),
        ),
        experiments=(
            asymptotic(
                two_stage_draws,
                growing(n=12, n_source=24, dim=12, overlap=0.8, trained="first"),
                2,
                200,
                0.25,
                _two_stage_arguments,
            ),
            asymptotic(
                two_stage_draws,
                growing(n=24, n_source=12, dim=12, overlap=0.5, trained="both"),
                2,
                200,
                0.25,
                _two_stage_arguments,
            ),
        ),
        mutants=(
            dropped("noise_variance"),
            Mutant("perfectly known source", lambda **a: two_stage_risk(**{**a, "n_source": 1e12})),
            swapped("n", "n_source"),
        ),
    ),
    Theorem(
        name="relu-critical-overlap",
        slow=True,
        kind="asymptotic",
        statement="c* = [(1−s_1T)² s_1S² e_S + (V_S/n_S)Σ(1−s_kT)²N_k s_kS²]/[2 s_1S (1−s_1T)² √(e_S e_T)]",
        formula=critical_overlap_at,
        source="not found in the literature (searched 2026-11-27)",
        covers="degrees 0 and 1, in units of the first eigenvalue and of the source energy",
        domain="unit sphere, finite source set, any target noise",
        derivation="derivations.shallow_relu.two_stage.relu_critical_overlap",
        limits=(
            Limit(
                "infinite source set: s/(2t)",
                1 / 3,
                rtol=1e-10,
                given={
                    "kappa": 0.3,
                    "kappa_source": 1e-14,
                    "eigenvalues": np.array([0.1, 0.2]),
                    "multiplicities": np.array([1.0, 5.0]),
                    "source_energy": 4.0,
                    "target_energy": 9.0,
                    "source_noise_variance": 0.5,
                    "ridge": 1e-3,
                },
            ),
        ),
        sample=_overlap_sample,
        experiments=(
            asymptotic(
                crossing_draws, growing(n=10, n_source=20, dim=10, trained="both"), 2, 20, 0.2, _crossing_arguments
            ),
        ),
        mutants=(
            Mutant(
                "without degree 1 in the sum of fluctuations",
                lambda **a: critical_overlap_at(
                    **{**a, "multiplicities": a["multiplicities"] * (np.arange(len(a["multiplicities"])) != 1)}
                ),
            ),
            swapped("source_energy", "target_energy"),
            swapped("kappa", "kappa_source"),
        ),
    ),
)
