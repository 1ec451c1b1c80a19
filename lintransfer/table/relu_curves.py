"""Rows: learning curves of wide ReLU networks, sample complexity, two stages, general covariance."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.simulate.relu_kernel import draw_inputs, kernel_risk_samples, plain_kernel
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.relu.bounds import complexity_term
from lintransfer.theory.relu.gaussian import equivalent_ridge, gaussian_risk
from lintransfer.theory.relu.learning_curves import kernel_risk, linear_energies, sphere_kappa
from lintransfer.theory.relu.proportional import (
    nonlinearity,
    proportional_risk,
    proportional_sample_complexity,
    sample_complexity_residual,
    trained_nonlinearity,
)
from lintransfer.theory.relu.spectrum import spectrum_tail, sphere_spectrum
from lintransfer.theory.relu.two_stage import critical_overlap_at, residual_energies, two_stage_risk

_TRAINED = ("first", "second", "both")


def _target(dim: int) -> np.ndarray:
    return np.full(dim, dim**-0.5)


def _sphere_draws(rng: np.random.Generator, replicates: int, n: int, dim: int, noise: float, trained: str) -> Any:
    """Kernel regression from scratch with a unit linear teacher and label noise of variance noise/d, in units 1/d."""
    std = (noise / dim) ** 0.5
    return dim * kernel_risk_samples(rng, replicates, n=n, target=_target(dim), noise_std=std, trained=trained)[0]


def _curve_arguments(n: int, dim: int, noise: float, trained: str) -> dict[str, Any]:
    """Arguments of `kernel_risk` for `_sphere_draws`: the spectrum in closed form, energies in units 1/d."""
    spectrum = sphere_spectrum(dim, 20, trained)
    return {
        "n": float(n), "kappa": float(sphere_kappa(n, dim, trained)), "eigenvalues": spectrum.eigenvalues,
        "multiplicities": spectrum.multiplicities, "residual_energies": linear_energies(1.0),
        "noise_variance": noise, "ridge": float(spectrum_tail(dim, 20, trained)),
    }


def _curve_sample(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(rng.integers(3, 1000))
    n = float(np.exp(rng.uniform(0, np.log(5.0 * dim))))
    return _curve_arguments(n, dim, float(rng.uniform(0, 2)), str(rng.choice(_TRAINED)))  # type: ignore[arg-type]


def _source_sample(rng: np.random.Generator) -> dict[str, Any]:
    arguments = _curve_sample(rng)
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
        rng, replicates, n=n, target=_target(dim), noise_std=1.0, trained=trained, law="gaussian",
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


def _complexity_draws(rng: np.random.Generator, replicates: int, n: int, dim: int) -> np.ndarray:
    inputs = draw_inputs(rng, (replicates, n, dim))
    labels = inputs @ _target(dim) + (0.1 / dim) ** 0.5 * rng.standard_normal((replicates, n))
    dual = np.linalg.solve(plain_kernel(inputs, inputs, "first"), labels[..., None])[..., 0]
    return np.sum(labels * dual, axis=-1)


def _complexity_arguments(n: int, dim: int) -> dict[str, Any]:
    return {
        "kappa": float(sphere_kappa(n, dim, "first")), "first_eigenvalue": 1 / (4 * dim), "residual_energy": 1 / dim,
        "noise_variance": 0.1 / dim,
    }


def _mixed_up(formula: Any, **renamed: str) -> Any:
    """The formula with some arguments exchanged: a name → the name whose value it takes."""
    return lambda **arguments: formula(**{k: arguments[renamed.get(k, k)] for k in arguments})


def _without(formula: Any, *names: str) -> Any:
    """The formula with some arguments set to 0."""
    return lambda **arguments: formula(**{k: 0 * v if k in names else v for k, v in arguments.items()})


ROWS = (
    Theorem(
        name="relu-learning-curve", kind="asymptotic",
        statement="R = [Σ(1−s_k)²e_k + σ² df₂/n]/(1 − df₂/n), s_k = μ_k/(μ_k+κ), n = ΣN_kμ_k/(μ_k+κ) + (tail+λ_0)/κ",
        formula=kernel_risk, source="new (spectrum); Simon et al. 2023 for the framework",
        domain="kernel regression of any residual; on the sphere to 10 % for d ≥ 12, n ≤ 3d", papers=("simon2023",),
        derivation="derivations.relu.kernel_risk",
        limits=(
            Limit(
                "one mode, no ridge mass: ordinary least squares σ²d/(n−d)",
                lambda n, d: kernel_risk(n, 1e-9, np.ones(1), np.array([d]), np.zeros(1), 1.0, 1e-9 * (n - d)),
                lambda n, d: d / (n - d), ({"n": 30.0, "d": 10.0},), 1e-6,
            ),
        ),
        sample=_curve_sample,
        experiments=tuple(
            Experiment(
                _sphere_draws,
                tuple({"n": int(g * d), "dim": d, "noise": noise, "trained": trained} for d in (12, 24, 48)),
                "asymptotic", 400, 0.15, lambda n, dim, noise, trained: 1.5 / dim, _curve_arguments,
            )
            for trained, g, noise in (("first", 1, 0.3), ("second", 1, 0.0), ("both", 2, 0.3))
        ),
        mutants=(
            Mutant("dropped noise", _without(kernel_risk, "noise_variance")),
            Mutant(
                "without the factor 1/(1 − df₂/n)",
                lambda **a: np.sum((a["kappa"] / (a["eigenvalues"] + a["kappa"])) ** 2 * a["residual_energies"]),
            ),
        ),
    ),
    Theorem(
        name="relu-proportional-risk", kind="asymptotic",
        statement="R = {e(δ)[1/(1+y)+ζ] + σ²y}/{1+ζ(1+y)²}, γ = y/(1+y) + ζy",
        formula=proportional_risk, source="new", domain="n/d = γ fixed, d → ∞, error up to 8/d",
        derivation="derivations.relu.proportional_risk",
        limits=(
            Limit(
                "no samples: the starting error", proportional_risk,
                lambda gamma, residual_energy, noise_variance, nonlinearity: residual_energy,
                ({"gamma": 0.0, "residual_energy": 0.7, "noise_variance": 1.0, "nonlinearity": 0.4},),
            ),
            Limit(
                "ζ → 0: linear regression, 1 − γ", proportional_risk,
                lambda gamma, residual_energy, noise_variance, nonlinearity: residual_energy * (1 - gamma),
                ({"gamma": 0.4, "residual_energy": 0.7, "noise_variance": 0.0, "nonlinearity": 1e-9},), 1e-7,
            ),
            Limit(
                "many samples: e ζ²/γ² + σ²/γ", proportional_risk,
                lambda gamma, residual_energy, noise_variance, nonlinearity: (
                    residual_energy * nonlinearity**2 / gamma**2 + noise_variance / gamma
                ),
                ({"gamma": 1e7, "residual_energy": 0.7, "noise_variance": 0.5, "nonlinearity": 0.4},), 1e-6,
            ),
        ),
        box={
            "gamma": (0.01, 100.0), "residual_energy": (0.1, 10.0), "noise_variance": (0.0, 2.0),
            "nonlinearity": (0.3, 2.0),
        },
        experiments=tuple(
            Experiment(
                _sphere_draws,
                tuple({"n": int(g * d), "dim": d, "noise": noise, "trained": trained} for d in (16, 32, 64)),
                "asymptotic", 200, 0.3, lambda n, dim, noise, trained: 8 / dim,
                lambda n, dim, noise, trained: {
                    "gamma": n / dim, "residual_energy": 1.0, "noise_variance": noise,
                    "nonlinearity": float(trained_nonlinearity(trained)),
                },
            )
            for trained, g, noise in (("first", 1, 0.3), ("second", 1, 0.0), ("both", 1, 0.3))
        ),
        mutants=(
            Mutant("linear regression", lambda gamma, residual_energy, noise_variance, nonlinearity: proportional_risk(
                gamma, residual_energy, noise_variance, nonlinearity / 1000)),
            Mutant("twice the nonlinearity", lambda gamma, residual_energy, noise_variance, nonlinearity: (
                proportional_risk(gamma, residual_energy, noise_variance, 2 * nonlinearity))),
            Mutant("d/n in place of n/d", lambda gamma, residual_energy, noise_variance, nonlinearity: (
                proportional_risk(1 / gamma, residual_energy, noise_variance, nonlinearity))),
            Mutant("dropped noise", _without(proportional_risk, "noise_variance")),
        ),
    ),
    Theorem(
        name="relu-sample-complexity", kind="implicit",
        statement="n = d[y/(1+y) + ζy], y = (1−u)/u, u³ + (ζ−ρ−ε)u² + ρu − εζ = 0 (largest root below 1)",
        formula=sample_complexity_residual, source="new", domain="0 < ε = R/e(δ) < 1, ρ = σ²/e(δ), proportional limit",
        derivation="derivations.relu.sample_complexity",
        limits=(
            Limit(
                "the risk at the sample complexity is the risk asked for",
                lambda risk, noise, zeta: proportional_risk(
                    proportional_sample_complexity(risk, 100.0, 1.0, noise, zeta) / 100.0, 1.0, noise, zeta),
                lambda risk, noise, zeta: risk,
                tuple({"risk": r, "noise": s, "zeta": z} for r in (0.01, 0.5, 0.99) for s in (0.0, 0.5)
                      for z in (0.36, 1.0)), 1e-10,
            ),
            Limit(
                "ε = 1: no sample (u = 1)", sample_complexity_residual,
                lambda unlearnt, risk_ratio, noise_ratio, nonlinearity: 0.0,
                ({"unlearnt": 1.0, "risk_ratio": 1.0, "noise_ratio": 0.5, "nonlinearity": 0.5},),
            ),
        ),
        box={
            "unlearnt": (0.01, 1.0), "risk_ratio": (0.01, 1.0), "noise_ratio": (0.0, 2.0), "nonlinearity": (0.3, 2.0),
        },
        mutants=(
            Mutant("dropped noise", _without(sample_complexity_residual, "noise_ratio")),
            Mutant("swapped ε and ρ", _mixed_up(
                sample_complexity_residual, risk_ratio="noise_ratio", noise_ratio="risk_ratio")),
        ),
    ),
    Theorem(
        name="relu-two-stage-energies", kind="asymptotic",
        statement="e_k = N_k s_kS² V_S/n_S + [k=1](e_T − 2 s_1S e_ST + s_1S² e_S)",
        formula=residual_energies, source="new", domain="unit sphere, source stage from zero, linear teachers",
        derivation="derivations.relu.residual_energies",
        limits=(
            Limit(
                "infinite source set: e(θ_T − θ_S) in degree 1",
                lambda: residual_energies(
                    1e-14, np.array([0.1, 0.2]), np.array([1.0, 5.0]), 1.0, 0.3, 0.8, 0.5, 1e-3)[1],
                lambda: 1.2, rtol=1e-10,
            ),
        ),
        sample=_source_sample,
        mutants=(
            Mutant("dropped source noise", _without(residual_energies, "source_noise_variance")),
            Mutant("swapped teachers", _mixed_up(
                residual_energies, source_energy="target_energy", target_energy="source_energy")),
        ),
    ),
    Theorem(
        name="relu-two-stage-risk", kind="asymptotic",
        statement="R = [Σ(1−s_kT)² e_k + σ_T² df₂/n]/(1 − df₂/n) with the residual energies of a finite source",
        formula=two_stage_risk, source="new", domain="unit sphere, d ≥ 12, n, n_S ≤ 3d to about 10 %",
        limits=(
            Limit(
                "no source sample: training from scratch", two_stage_risk,
                lambda n, n_source, dim, source_energy, cross_energy, target_energy: two_stage_risk(
                    n, 50, dim, 0.0, 0.0, target_energy) - two_stage_risk(n, 50, dim, 0.0, 0.0, 0.0)
                    + 0 * source_energy,
                ({"n": 0, "n_source": 0, "dim": 20, "source_energy": 1.0, "cross_energy": 0.5, "target_energy": 2.0},),
            ),
            Limit(
                "no target sample: the residual itself", two_stage_risk,
                lambda n, n_source, dim, source_energy, cross_energy, target_energy: 1.5 / dim,
                ({"n": 0, "n_source": 1e13, "dim": 20, "source_energy": 1.0, "cross_energy": 0.75,
                  "target_energy": 2.0},), 1e-9,
            ),
        ),
        sample=lambda rng: _two_stage_arguments(
            int(rng.integers(1, 300)), int(rng.integers(1, 300)), int(rng.integers(12, 200)),
            float(rng.uniform(-1, 1)), str(rng.choice(_TRAINED))),
        experiments=(
            Experiment(
                _two_stage_draws,
                tuple({"n": d, "n_source": 2 * d, "dim": d, "overlap": 0.8, "trained": "first"} for d in (12, 24, 48)),
                "asymptotic", 200, 0.25, lambda n, n_source, dim, overlap, trained: 2 / dim, _two_stage_arguments,
            ),
            Experiment(
                _two_stage_draws,
                tuple({"n": 2 * d, "n_source": d, "dim": d, "overlap": 0.5, "trained": "both"} for d in (12, 24, 48)),
                "asymptotic", 200, 0.25, lambda n, n_source, dim, overlap, trained: 2 / dim, _two_stage_arguments,
            ),
        ),
        mutants=(
            Mutant("dropped noise", _without(two_stage_risk, "noise_variance")),
            Mutant("perfectly known source", lambda **a: two_stage_risk(**{**a, "n_source": 1e12})),
            Mutant("swapped sample sizes", _mixed_up(two_stage_risk, n="n_source", n_source="n")),
        ),
    ),
    Theorem(
        name="relu-critical-overlap", kind="asymptotic",
        statement="c* = [(1−s_1T)² s_1S² e_S + (V_S/n_S)Σ(1−s_kT)²N_k s_kS²]/[2 s_1S (1−s_1T)² √(e_S e_T)]",
        formula=critical_overlap_at, source="new", domain="unit sphere, finite source set, any target noise",
        derivation="derivations.relu.critical_overlap",
        limits=(
            Limit(
                "infinite source set: s/(2t)",
                lambda: critical_overlap_at(
                    0.3, 1e-14, np.array([0.1, 0.2]), np.array([1.0, 5.0]), 4.0, 9.0, 0.5, 1e-3),
                lambda: 1 / 3, rtol=1e-10,
            ),
        ),
        sample=_overlap_sample,
        experiments=(
            Experiment(
                _crossing_draws,
                tuple({"n": d, "n_source": 2 * d, "dim": d, "trained": "both"} for d in (10, 20, 40)), "asymptotic", 20,
                0.2, lambda n, n_source, dim, trained: 2 / dim, _crossing_arguments,
            ),
        ),
        mutants=(
            Mutant("without degree 1 in the sum of fluctuations", lambda **a: critical_overlap_at(
                **{**a, "multiplicities": a["multiplicities"] * (np.arange(len(a["multiplicities"])) != 1)})),
            Mutant("swapped teachers", _mixed_up(
                critical_overlap_at, source_energy="target_energy", target_energy="source_energy")),
            Mutant("swapped stages", _mixed_up(critical_overlap_at, kappa="kappa_source", kappa_source="kappa")),
        ),
    ),
    Theorem(
        name="relu-equivalent-ridge", kind="asymptotic",
        statement="a wide ReLU network is ridge regression with λ = ζ tr Σ + λ_0/K'(0)",
        formula=equivalent_ridge, source="new", domain="x ~ N(0, Σ) with effective rank ≥ 20, linear teachers",
        derivation="derivations.relu.equivalent_ridge",
        limits=(
            Limit(
                "first layer, no explicit ridge: tr Σ", equivalent_ridge, lambda trace, first, second: trace,
                ({"trace": 7.0, "first": 1, "second": 0},),
            ),
        ),
        box={"trace": (1.0, 1e4), "first": (0.1, 2.0), "second": (0.1, 2.0), "ridge": (0.0, 3.0)},
        experiments=(
            Experiment(
                _ridge_draws, tuple({"dim": d, "ridge": 0.5} for d in (40, 80, 160)), "asymptotic", 200,
                allowance=lambda dim, ridge: 4 / dim,
                arguments=lambda dim, ridge: {
                    "trace": float(_spectrum(dim).sum()), "first": 1, "second": 1, "ridge": ridge},
            ),
        ),
        mutants=(
            Mutant("swapped layers", _mixed_up(equivalent_ridge, first="second", second="first")),
            Mutant("explicit ridge not divided by K'(0)", lambda trace, first, second, ridge=0.0: (
                nonlinearity(first, second) * trace + ridge)),
        ),
    ),
    Theorem(
        name="relu-gaussian-risk", kind="asymptotic",
        statement="R of a wide ReLU network on N(0, Σ) is that of ridge regression at λ = ζ tr Σ + λ_0/K'(0)",
        formula=gaussian_risk, source="new", domain="effective rank ≥ 20; low by (1 to 10)/r_eff",
        limits=(
            Limit(
                "Σ = I is the proportional curve in units of the energy",
                lambda n, d: gaussian_risk(n, np.ones(1), np.array([d]), np.ones(1), 0.3, "second"),
                lambda n, d: proportional_risk(n / d, 1.0, 0.3, trained_nonlinearity("second")),
                ({"n": 50.0, "d": 100.0}, {"n": 300.0, "d": 100.0}), 1e-9,
            ),
        ),
        sample=lambda rng: _gaussian_arguments(
            int(rng.integers(1, 300)), 2 * int(rng.integers(15, 500)), str(rng.choice(_TRAINED))),
        experiments=tuple(
            Experiment(
                _gaussian_draws, tuple({"n": g * d, "dim": d, "trained": trained} for d in (24, 48, 96)),
                "asymptotic", 100, 0.3, lambda n, dim, trained: 10 / (0.9 * dim), _gaussian_arguments,
            )
            for trained, g in (("first", 1), ("both", 1))
        ),
        mutants=(
            Mutant("dropped noise", _without(gaussian_risk, "noise_variance")),
            Mutant("ridgeless linear regression", lambda **a: gaussian_risk(
                **{**a, "trained": (1e-9, 1.0), "ridge": -0.25 * (1 - 2 / np.pi) * np.sum(
                    a["multiplicities"] * a["eigenvalues"]) * (1 - 1e-6)})),
        ),
    ),
    Theorem(
        name="relu-complexity-term", kind="asymptotic",
        statement="E ỹᵀH⁻¹ỹ = e(δ)/(μ_1+κ) + σ²/κ",
        formula=complexity_term, source="new", domain="unit sphere, first layer",
        derivation="derivations.relu.complexity_term",
        limits=(
            Limit(
                "κ → 0, noiseless: e/μ_1 = 4‖δ‖²", complexity_term,
                lambda kappa, first_eigenvalue, residual_energy, noise_variance: 4.0,
                ({"kappa": 1e-300, "first_eigenvalue": 0.025, "residual_energy": 0.1, "noise_variance": 0.0},),
            ),
        ),
        box={
            "kappa": (1e-4, 10.0), "first_eigenvalue": (1e-3, 0.1), "residual_energy": (1e-3, 1.0),
            "noise_variance": (0.0, 1.0),
        },
        experiments=(
            Experiment(
                _complexity_draws, tuple({"n": 2 * d, "dim": d} for d in (12, 24, 48)), "asymptotic", 300, 0.1,
                lambda n, dim: 1.5 / dim, _complexity_arguments,
            ),
        ),
        mutants=(
            Mutant("dropped noise", _without(complexity_term, "noise_variance")),
            Mutant("without κ beside μ_1", lambda kappa, first_eigenvalue, residual_energy, noise_variance: (
                residual_energy / first_eigenvalue + noise_variance / kappa)),
        ),
    ),
)  # fmt: skip


