"""Rows: two-stage training of wide ReLU networks, and inputs of general covariance."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.simulate.relu_kernel import draw_inputs, kernel_risk_samples, plain_kernel
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.table.mutants import dropped, swapped
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.relu_curves import TRAINED, curve_sample, unit_target
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.relu.gaussian import equivalent_ridge, gaussian_risk
from lintransfer.theory.relu.learning_curves import sphere_kappa
from lintransfer.theory.relu.proportional import nonlinearity, proportional_risk, trained_nonlinearity
from lintransfer.theory.relu.spectrum import spectrum_tail, sphere_spectrum
from lintransfer.theory.relu.two_stage import critical_overlap_at, residual_energies, two_stage_risk


def _two_stage_draws(
    rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int, overlap: float, trained: str
) -> Any:
    source, target = teacher_pair(dim, overlap)
    noise = {"noise_std": (0.2 / dim) ** 0.5, "source_noise_std": (0.1 / dim) ** 0.5}
    return kernel_risk_samples(
        rng, replicates, n=n, target=target, source=source, n_source=n_source, trained=trained, **noise
    )[0]


def _two_stage_arguments(n: int, n_source: int, dim: int, overlap: float, trained: str) -> dict[str, Any]:
    return {
        "n": n, "n_source": n_source, "dim": dim, "source_energy": 1.0, "cross_energy": overlap, "target_energy": 1.0,
        "noise_variance": 0.2 / dim, "source_noise_variance": 0.1 / dim, "trained": trained,
    }


def _crossing_draws(rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int, trained: str) -> Any:
    """Overlaps at which fine-tuning and training from scratch tie, each from 50 trainings at overlaps 0 and 1 between
    which the expected gain is a straight line."""
    crossings = np.empty(replicates)
    for i in range(replicates):
        seed, gains = int(rng.integers(2**31)), []
        for overlap in (0.0, 1.0):
            source, target = teacher_pair(dim, overlap)
            tuned, scratch = kernel_risk_samples(
                np.random.default_rng(seed), 50, n=n, target=target, source=source, n_source=n_source, trained=trained,
                source_noise_std=(0.3 / dim) ** 0.5, learners=("start", "scratch"), test_points=100,
            )
            gains.append(np.mean(scratch - tuned))
        crossings[i] = gains[0] / (gains[0] - gains[1])
    return crossings


def _crossing_arguments(n: int, n_source: int, dim: int, trained: str) -> dict[str, Any]:
    spectrum = sphere_spectrum(dim, 20, trained)
    return {
        "kappa": float(sphere_kappa(n, dim, trained)), "kappa_source": float(sphere_kappa(n_source, dim, trained)),
        "eigenvalues": spectrum.eigenvalues, "multiplicities": spectrum.multiplicities, "source_energy": 1 / dim,
        "target_energy": 1 / dim, "source_noise_variance": 0.3 / dim, "ridge": float(spectrum_tail(dim, 20, trained)),
    }


def _gaussian_draws(rng: np.random.Generator, replicates: int, n: int, dim: int, trained: str) -> Any:
    return kernel_risk_samples(
        rng, replicates, n=n, target=unit_target(dim), noise_std=1.0, trained=trained, law="gaussian",
        covariance=_spectrum(dim),
    )[0]


def _spectrum(dim: int) -> np.ndarray:
    return np.where(np.arange(dim) % 2 == 0, 1.0, 0.5)


def _gaussian_arguments(n: int, dim: int, trained: str) -> dict[str, Any]:
    return {
        "n": n, "eigenvalues": np.array([1.0, 0.5]), "multiplicities": np.array([dim / 2, dim / 2]),
        "displacement": np.array([0.5, 0.5]), "noise_variance": 1.0, "trained": trained,
    }


def _ridge_draws(rng: np.random.Generator, replicates: int, dim: int, ridge: float) -> np.ndarray:
    """Excess of the diagonal of a Gram matrix, plus an explicit ridge, over the straight line through the rest of it,
    as a function of x·x', relative to the slope of that line."""
    inputs = draw_inputs(rng, (replicates, 30, dim), "gaussian", _spectrum(dim))
    kernel, product = plain_kernel(inputs, inputs), inputs @ np.ascontiguousarray(np.swapaxes(inputs, -1, -2))
    above = np.triu_indices(30, 1)
    values, products = kernel[:, above[0], above[1]], product[:, above[0], above[1]]
    centred = products - products.mean(axis=1, keepdims=True)
    slope = np.sum(centred * values, axis=1) / np.sum(centred**2, axis=1)
    level = values.mean(axis=1) - slope * products.mean(axis=1)
    excess = np.diagonal(kernel - slope[:, None, None] * product, 0, 1, 2)
    return (np.mean(excess, axis=1) + ridge - level) / slope


def _source_sample(rng: np.random.Generator) -> dict[str, Any]:
    arguments = curve_sample(rng)
    return {
        "kappa_source": arguments["kappa"], "eigenvalues": arguments["eigenvalues"],
        "multiplicities": arguments["multiplicities"], "source_energy": float(rng.uniform(0.1, 2)),
        "cross_energy": float(rng.uniform(0, 0.1)), "target_energy": float(rng.uniform(0.1, 2)),
        "source_noise_variance": float(rng.uniform(0, 1)), "ridge": arguments["ridge"],
    }


def _overlap_sample(rng: np.random.Generator) -> dict[str, Any]:
    arguments = _source_sample(rng)
    del arguments["cross_energy"]
    return {"kappa": float(np.exp(rng.uniform(-6, 2))), **arguments}


ROWS = (
    Theorem(
        name="relu-two-stage-energies", kind="asymptotic",
        statement="e_k = N_k s_kS² V_S/n_S + [k=1](e_T − 2 s_1S e_ST + s_1S² e_S)",
        formula=residual_energies,
        source="follows from Simon et al. (2023) by substitution (means and variances of learnt coefficients)",
        follows=("simon2023",), covers="degrees 0 and 1",
        domain="unit sphere, source stage from zero, linear teachers",
        derivation="derivations.relu.residual_energies",
        limits=(
            Limit(
                "infinite source set: e(θ_T − θ_S) in degree 1",
                1.2, rtol=1e-10,
                left=lambda formula: formula(
                    1e-14, np.array([0.1, 0.2]), np.array([1.0, 5.0]), 1.0, 0.3, 0.8, 0.5, 1e-3)[1],
            ),
        ),
        sample=_source_sample,
        mutants=(
            dropped("source_noise_variance"),
            swapped("source_energy", "target_energy"),
        ),
    ),
    Theorem(
        name="relu-two-stage-risk", kind="asymptotic",
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
            int(rng.integers(1, 300)), int(rng.integers(1, 300)), int(rng.integers(12, 200)),
            float(rng.uniform(-1, 1)), str(rng.choice(TRAINED))),
        experiments=(
            asymptotic(
                _two_stage_draws,
                growing(n=12, n_source=24, dim=12, overlap=0.8, trained="first"),
                2,
                200,
                0.25,
                _two_stage_arguments,
            ),
            asymptotic(
                _two_stage_draws,
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
        slow=True, kind="asymptotic",
        statement="c* = [(1−s_1T)² s_1S² e_S + (V_S/n_S)Σ(1−s_kT)²N_k s_kS²]/[2 s_1S (1−s_1T)² √(e_S e_T)]",
        formula=critical_overlap_at,
        source="not found in the literature (searched 2026-11-27)",
        covers="degrees 0 and 1, in units of the first eigenvalue and of the source energy",
        domain="unit sphere, finite source set, any target noise",
        derivation="derivations.relu.critical_overlap",
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
                _crossing_draws, growing(n=10, n_source=20, dim=10, trained="both"), 2, 20, 0.2, _crossing_arguments
            ),
        ),
        mutants=(
            Mutant("without degree 1 in the sum of fluctuations", lambda **a: critical_overlap_at(
                **{**a, "multiplicities": a["multiplicities"] * (np.arange(len(a["multiplicities"])) != 1)})),
            swapped("source_energy", "target_energy"),
            swapped("kappa", "kappa_source"),
        ),
    ),
    Theorem(
        name="relu-equivalent-ridge", kind="asymptotic",
        statement="a wide ReLU network is ridge regression with λ = ζ tr Σ + λ_0/K'(0)",
        formula=equivalent_ridge,
        source="cf. El Karoui (2010), Liang & Rakhlin (2020), Bartlett, Montanari & Rakhlin (2021), Montanari & Zhong (2022), Sahraee-Ardakan et al. (2022)",
        papers=("elkaroui2010", "liang2020", "bartlett2021", "montanari2022", "sahraee2022"),
        domain="x ~ N(0, Σ) with effective rank ≥ 20, linear teachers",
        derivation="derivations.relu.equivalent_ridge",
        limits=(
            Limit(
                "first layer, no explicit ridge: tr Σ", lambda trace, first, second: trace,
                ({"trace": 7.0, "first": 1, "second": 0},),
            ),
        ),
        box={"trace": (1.0, 1e4), "first": (0.1, 2.0), "second": (0.1, 2.0), "ridge": (0.0, 3.0)},
        experiments=(
            asymptotic(
                _ridge_draws,
                grid(dim=[40, 80, 160], ridge=0.5),
                4,
                200,
                0.05,
                lambda dim, ridge: {"trace": float(_spectrum(dim).sum()), "first": 1, "second": 1, "ridge": ridge},
            ),
        ),
        mutants=(
            swapped("first", "second"),
            Mutant("explicit ridge not divided by K'(0)", lambda trace, first, second, ridge: (
                nonlinearity(first, second) * trace + ridge)),
        ),
    ),
    Theorem(
        name="relu-gaussian-risk", kind="asymptotic", slow=True,
        statement="R of a wide ReLU network on N(0, Σ) is that of ridge regression at λ = ζ tr Σ + λ_0/K'(0)",
        formula=gaussian_risk,
        source="cf. El Karoui (2010), Liang & Rakhlin (2020), Bartlett, Montanari & Rakhlin (2021), Montanari & Zhong (2022), Sahraee-Ardakan et al. (2022)",
        papers=("elkaroui2010", "liang2020", "bartlett2021", "montanari2022", "sahraee2022"), covers="two eigenvalues, first layer trained",
        domain="effective rank ≥ 20; low by (1 to 10)/r_eff",
        derivation="derivations.relu.gaussian_risk",
        limits=(
            Limit(
                "Σ = I is the proportional curve in units of the energy",
                lambda n, d: proportional_risk(n / d, 1.0, 0.3, trained_nonlinearity("second")),
                ({"n": 50.0, "d": 100.0}, {"n": 300.0, "d": 100.0}), 1e-9,
                left=lambda formula, n, d: formula(n, np.ones(1), np.array([d]), np.ones(1), 0.3, "second"),
            ),
        ),
        sample=lambda rng: _gaussian_arguments(
            int(rng.integers(1, 300)), 2 * int(rng.integers(15, 500)), str(rng.choice(TRAINED))),
        experiments=tuple(
            Experiment(
                _gaussian_draws, tuple({"n": g * d, "dim": d, "trained": trained} for d in (24, 48, 96)),
                "asymptotic", 100, 0.3, lambda n, dim, trained: 10 / (0.9 * dim), _gaussian_arguments,
            )
            for trained, g in (("first", 1), ("both", 1))
        ),
        mutants=(
            dropped("noise_variance"),
            Mutant("ridgeless linear regression", lambda **a: gaussian_risk(
                **{**a, "trained": (1e-9, 1.0), "ridge": -0.25 * (1 - 2 / np.pi) * np.sum(
                    a["multiplicities"] * a["eigenvalues"]) * (1 - 1e-6)})),
        ),
    ),
)  # fmt: skip
