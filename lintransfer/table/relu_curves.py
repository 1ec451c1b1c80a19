"""Rows: learning curves of wide ReLU networks on the sphere, sample complexity, the complexity term."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.simulate.relu_kernel import draw_inputs, kernel_risk_samples, plain_kernel
from lintransfer.table.mutants import dropped, instead, scaled, swapped
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.theory.relu.bounds import complexity_term
from lintransfer.theory.relu.learning_curves import kernel_risk, linear_energies, sphere_kappa, sphere_risk
from lintransfer.theory.relu.proportional import (
    proportional_risk,
    proportional_sample_complexity,
    sample_complexity_residual,
    trained_nonlinearity,
)
from lintransfer.theory.relu.spectrum import spectrum_tail, sphere_spectrum

TRAINED = ("first", "second", "both")


def unit_target(dim: int) -> np.ndarray:
    return np.full(dim, dim**-0.5)


def _sphere_draws(rng: np.random.Generator, replicates: int, n: int, dim: int, noise: float, trained: str) -> Any:
    """Kernel regression from scratch with a unit linear teacher and label noise of variance noise/d, in units 1/d."""
    std = (noise / dim) ** 0.5
    return dim * kernel_risk_samples(rng, replicates, n=n, target=unit_target(dim), noise_std=std, trained=trained)[0]


def _curve_arguments(n: int, dim: int, noise: float, trained: str) -> dict[str, Any]:
    """Arguments of `kernel_risk` for `_sphere_draws`: the spectrum in closed form, energies in units 1/d."""
    spectrum = sphere_spectrum(dim, 20, trained)
    return {
        "n": float(n), "kappa": float(sphere_kappa(n, dim, trained)), "eigenvalues": spectrum.eigenvalues,
        "multiplicities": spectrum.multiplicities, "residual_energies": linear_energies(1.0),
        "noise_variance": noise, "ridge": float(spectrum_tail(dim, 20, trained)),
    }


def _sphere_arguments(n: int, dim: int, noise: float, trained: str) -> dict[str, Any]:
    """Arguments of `sphere_risk` for `_sphere_draws`, whose unit is 1/d."""
    return {"n": n, "dim": dim, "displacement_energy": float(dim), "noise_variance": noise, "trained": trained}


def _sphere_sample(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(rng.integers(3, 1000))
    return {
        "n": int(np.exp(rng.uniform(0, np.log(5.0 * dim)))), "dim": dim,
        "displacement_energy": float(rng.uniform(0.1, 4)), "noise_variance": float(rng.uniform(0, 2)) / dim,
        "trained": str(rng.choice(TRAINED)), "ridge": float(rng.choice([0.0, np.exp(rng.uniform(-6, 2))])),
    }


def curve_sample(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(rng.integers(3, 1000))
    n = float(np.exp(rng.uniform(0, np.log(5.0 * dim))))
    return _curve_arguments(n, dim, float(rng.uniform(0, 2)), str(rng.choice(TRAINED)))  # type: ignore[arg-type]


def _complexity_draws(rng: np.random.Generator, replicates: int, n: int, dim: int) -> np.ndarray:
    inputs = draw_inputs(rng, (replicates, n, dim))
    labels = inputs @ unit_target(dim) + (0.1 / dim) ** 0.5 * rng.standard_normal((replicates, n))
    dual = np.linalg.solve(plain_kernel(inputs, inputs, "first"), labels[..., None])[..., 0]
    return np.sum(labels * dual, axis=-1)


def _complexity_arguments(n: int, dim: int) -> dict[str, Any]:
    return {
        "kappa": float(sphere_kappa(n, dim, "first")), "first_eigenvalue": 1 / (4 * dim), "residual_energy": 1 / dim,
        "noise_variance": 0.1 / dim,
    }


def _size_and_its_risk(residual: Any, risk: float, noise: float, zeta: float) -> tuple[float, float]:
    """n/d at the largest root below 1 of the residual, and the proportional risk there."""
    u = np.linspace(-1, 1, 4)
    roots = np.roots(np.polyfit(u, residual(u, risk, noise, zeta), 3))
    unlearnt = float(max(root.real for root in roots if abs(root.imag) < 1e-9 and root.real < 1 - 1e-9))
    gamma = 1 - unlearnt + zeta * (1 - unlearnt) / unlearnt
    return gamma, float(proportional_risk(gamma, 1.0, noise, zeta))


def mixed_up(formula: Any, **renamed: str) -> Any:
    """The formula with some arguments exchanged: a name → the name whose value it takes."""
    return lambda **arguments: formula(**{k: arguments[renamed.get(k, k)] for k in arguments})


def without(formula: Any, *names: str) -> Any:
    """The formula with some arguments set to 0."""
    return lambda **arguments: formula(**{k: 0 * v if k in names else v for k, v in arguments.items()})


ROWS = (
    Theorem(
        name="relu-learning-curve", kind="asymptotic",
        statement="R = [Σ(1−s_k)²e_k + σ² df₂/n]/(1 − df₂/n), s_k = μ_k/(μ_k+κ), n = ΣN_kμ_k/(μ_k+κ) + (tail+λ_0)/κ",
        formula=kernel_risk,
        source="Bordelon, Canatar & Pehlevan (2020), Simon et al. (2023); spectrum: Bietti & Mairal (2019)",
        papers=("bordelon2020", "simon2023", "bietti2019"), covers="degrees 0 and 1",
        domain="kernel regression of any residual; on the sphere to 10 % for d ≥ 12, n ≤ 3d",
        derivation="derivations.relu.kernel_risk",
        limits=(
            Limit(
                "one mode, no ridge mass: ordinary least squares σ²d/(n−d)",
                lambda n, d: d / (n - d),
                ({"n": 30.0, "d": 10.0},),
                1e-6,
                left=lambda formula, n, d: formula(
                    n, 1e-9, np.ones(1), np.array([d]), np.zeros(1), 1.0, 1e-9 * (n - d)
                ),
            ),
        ),
        sample=curve_sample,
        experiments=tuple(
            asymptotic(
                _sphere_draws,
                tuple({"n": int(g * d), "dim": d, "noise": noise, "trained": trained} for d in (12, 24, 48)),
                1.5,
                400,
                0.15,
                _curve_arguments,
            )
            for trained, g, noise in (("first", 1, 0.3), ("second", 1, 0.0), ("both", 2, 0.3))
        ),
        mutants=(
            dropped("noise_variance"),
            Mutant(
                "without the factor 1/(1 − df₂/n)",
                lambda **a: np.sum((a["kappa"] / (a["eigenvalues"] + a["kappa"])) ** 2 * a["residual_energies"]),
            ),
        ),
    ),
    Theorem(
        name="relu-sphere-risk",
        slow=True, kind="asymptotic",
        statement="relu-learning-curve on S^{d−1} for linear teachers: e_1 = ‖δ‖²/d alone, μ_k and N_k of the ReLU kernel, k ≤ 20",
        formula=sphere_risk,
        source="follows from relu-learning-curve and relu-sphere-spectrum by substitution (a linear residual lives in degree 1)",
        follows=("relu-learning-curve", "relu-sphere-spectrum"), covers="d = 13, degrees up to 6",
        domain="uniform inputs on S^{d−1}, infinite width, linear teachers, any ridge λ_0 ≥ 0; to 10 % for d ≥ 12, n ≤ 3d",
        derivation="derivations.relu.relu_sphere_risk",
        limits=(
            Limit(
                "no samples: ‖δ‖²/d",
                lambda dim, **_: 0.7 / dim,
                grid(dim=[3, 12, 100], trained=list(TRAINED)),
                given={"n": 0, "displacement_energy": 0.7, "noise_variance": 0.3},
            ),
            Limit(
                "an infinite ridge: the same",
                lambda n: 0.7 / 12,
                ({"n": 1}, {"n": 30}),
                rtol=1e-9,
                given={"dim": 12, "displacement_energy": 0.7, "noise_variance": 0.3, "ridge": 1e12},
            ),
            Limit(
                "large d: the proportional limit",
                lambda gamma, trained: float(proportional_risk(gamma, 1.0, 0.3, trained_nonlinearity(trained))),
                grid(gamma=[0.5, 2.0], trained=list(TRAINED)),
                rtol=1e-4,
                left=lambda formula, gamma, trained: formula(gamma * 1e6, 10**6, 1e6, 0.3, trained),
            ),
        ),
        sample=_sphere_sample,
        experiments=tuple(
            asymptotic(
                _sphere_draws,
                tuple({"n": int(g * d), "dim": d, "noise": noise, "trained": trained} for d in (12, 24, 48)),
                1.5,
                400,
                0.15,
                _sphere_arguments,
            )
            for trained, g, noise in (("first", 1, 0.3), ("second", 1, 0.0), ("both", 2, 0.3))
        ),
        mutants=(
            dropped("noise_variance"),
            dropped("ridge"),
            Mutant("‖δ‖² for ‖δ‖²/d", instead(displacement_energy=lambda displacement_energy, dim: dim * displacement_energy)),
            Mutant("the first layer alone", instead(trained="first")),
        ),
    ),
    Theorem(
        name="relu-proportional-risk",
        slow=True, kind="asymptotic",
        statement="R = {e(δ)[1/(1+y)+ζ] + σ²y}/{1+ζ(1+y)²}, γ = y/(1+y) + ζy",
        formula=proportional_risk,
        source="cf. El Karoui (2010), Liang & Rakhlin (2020), Bartlett, Montanari & Rakhlin (2021), Montanari & Zhong (2022), Sahraee-Ardakan et al. (2022)",
        papers=("elkaroui2010", "liang2020", "bartlett2021", "montanari2022", "sahraee2022"),
        domain="n/d = γ fixed, d → ∞, error up to 8/d",
        derivation="derivations.relu.proportional_risk",
        limits=(
            Limit(
                "no samples: the starting error",
                lambda gamma, residual_energy, noise_variance, nonlinearity: residual_energy,
                ({"gamma": 0.0, "residual_energy": 0.7, "noise_variance": 1.0, "nonlinearity": 0.4},),
            ),
            Limit(
                "ζ → 0: linear regression, 1 − γ",
                lambda gamma, residual_energy, noise_variance, nonlinearity: residual_energy * (1 - gamma),
                ({"gamma": 0.4, "residual_energy": 0.7, "noise_variance": 0.0, "nonlinearity": 1e-9},),
                1e-7,
            ),
            Limit(
                "many samples: e ζ²/γ² + σ²/γ", lambda gamma, residual_energy, noise_variance, nonlinearity: (
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
            asymptotic(
                _sphere_draws,
                tuple({"n": int(g * d), "dim": d, "noise": noise, "trained": trained} for d in (16, 32, 64)),
                8,
                200,
                0.3,
                lambda n, dim, noise, trained: {
                    "gamma": n / dim,
                    "residual_energy": 1.0,
                    "noise_variance": noise,
                    "nonlinearity": float(trained_nonlinearity(trained)),
                },
            )
            for trained, g, noise in (("first", 1, 0.3), ("second", 1, 0.0), ("both", 1, 0.3))
        ),
        mutants=(
            Mutant("linear regression", scaled(nonlinearity=1 / 1000)),
            scaled(nonlinearity=2),
            Mutant("d/n in place of n/d", instead(gamma=lambda gamma: 1 / gamma)),
            dropped("noise_variance"),
        ),
    ),
    Theorem(
        name="relu-sample-complexity", kind="implicit",
        slow=True,
        statement="n = d[y/(1+y) + ζy], y = (1−u)/u, u³ + (ζ−ρ−ε)u² + ρu − εζ = 0 (largest root below 1)",
        formula=sample_complexity_residual,
        source="follows from relu-proportional-risk by substitution (solved for n)",
        follows=("relu-proportional-risk",),
        domain="0 < ε = R/e(δ) < 1, ρ = σ²/e(δ), proportional limit",
        derivation="derivations.relu.sample_complexity",
        limits=(
            Limit(
                "the risk at the sample complexity is the risk asked for",
                lambda risk, noise, zeta: (proportional_sample_complexity(risk, 1.0, 1.0, noise, zeta), risk),
                grid(risk=[0.01, 0.5, 0.99], noise=[0.0, 0.5], zeta=[0.36, 1.0]), 1e-10,
                left=_size_and_its_risk,
            ),
            Limit(
                "ε = 1: no sample (u = 1)", 0.0,
                ({"unlearnt": 1.0, "risk_ratio": 1.0, "noise_ratio": 0.5, "nonlinearity": 0.5},),
            ),
        ),
        box={
            "unlearnt": (0.01, 1.0), "risk_ratio": (0.01, 1.0), "noise_ratio": (0.0, 2.0), "nonlinearity": (0.3, 2.0),
        },
        mutants=(
            dropped("noise_ratio"),
            swapped("risk_ratio", "noise_ratio"),
        ),
    ),
    Theorem(
        name="relu-complexity-term", kind="asymptotic",
        statement="E ỹᵀH⁻¹ỹ = e(δ)/(μ_1+κ) + σ²/κ",
        formula=complexity_term,
        source="follows from effective-regularization by substitution (quadratic form of the resolvent in the labels)",
        follows=("effective-regularization",),
        domain="unit sphere, first layer",
        derivation="derivations.relu.complexity_term",
        limits=(
            Limit(
                "κ → 0, noiseless: e/μ_1 = 4‖δ‖²", 4.0,
                ({"kappa": 1e-300, "first_eigenvalue": 0.025, "residual_energy": 0.1, "noise_variance": 0.0},),
            ),
        ),
        box={
            "kappa": (1e-4, 10.0), "first_eigenvalue": (1e-3, 0.1), "residual_energy": (1e-3, 1.0),
            "noise_variance": (0.0, 1.0),
        },
        experiments=(
            asymptotic(_complexity_draws, growing(n=24, dim=12), 1.5, 300, arguments=_complexity_arguments),
        ),
        mutants=(
            dropped("noise_variance"),
            Mutant("without κ beside μ_1", lambda kappa, first_eigenvalue, residual_energy, noise_variance: (
                residual_energy / first_eigenvalue + noise_variance / kappa)),
        ),
    ),
)  # fmt: skip
