"""Rows: learning curves of wide ReLU networks on the sphere."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.shallow_relu.proportional import sphere_draws
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.points import asymptotic, grid
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.theory.shallow_relu.learning_curves import kernel_risk, linear_energies, sphere_kappa, sphere_risk
from lintransfer.theory.shallow_relu.proportional import proportional_risk, trained_nonlinearity
from lintransfer.theory.shallow_relu.spectrum import spectrum_tail, sphere_spectrum

TRAINED = ("first", "second", "both")


def _curve_arguments(n: int, dim: int, noise: float, trained: str) -> dict[str, Any]:
    """Arguments of `kernel_risk` for `_sphere_draws`: the spectrum in closed form, energies in units 1/d."""
    spectrum = sphere_spectrum(dim, 20, trained)
    return {
        "n": float(n),
        "kappa": float(sphere_kappa(n, dim, trained)),
        "eigenvalues": spectrum.eigenvalues,
        "multiplicities": spectrum.multiplicities,
        "residual_energies": linear_energies(1.0),
        "noise_variance": noise,
        "ridge": float(spectrum_tail(dim, 20, trained)),
    }


def _sphere_arguments(n: int, dim: int, noise: float, trained: str) -> dict[str, Any]:
    """Arguments of `sphere_risk` for `_sphere_draws`, whose unit is 1/d."""
    return {"n": n, "dim": dim, "displacement_energy": float(dim), "noise_variance": noise, "trained": trained}


def _sphere_sample(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(rng.integers(3, 1000))
    return {
        "n": int(np.exp(rng.uniform(0, np.log(5.0 * dim)))),
        "dim": dim,
        "displacement_energy": float(rng.uniform(0.1, 4)),
        "noise_variance": float(rng.uniform(0, 2)) / dim,
        "trained": str(rng.choice(TRAINED)),
        "ridge": float(rng.choice([0.0, np.exp(rng.uniform(-6, 2))])),
    }


def curve_sample(rng: np.random.Generator) -> dict[str, Any]:
    dim = int(rng.integers(3, 1000))
    n = float(np.exp(rng.uniform(0, np.log(5.0 * dim))))
    return _curve_arguments(n, dim, float(rng.uniform(0, 2)), str(rng.choice(TRAINED)))  # type: ignore[arg-type]


ROWS = (
    Theorem(
        name="relu-learning-curve",
        kind="asymptotic",
        statement="R = [Σ(1−s_k)²e_k + σ² df₂/n]/(1 − df₂/n), s_k = μ_k/(μ_k+κ), n = ΣN_kμ_k/(μ_k+κ) + (tail+λ_0)/κ",
        formula=kernel_risk,
        source="Bordelon, Canatar & Pehlevan (2020), Simon et al. (2023); spectrum: Bietti & Mairal (2019)",
        papers=("bordelon2020", "simon2023", "bietti2019"),
        covers="degrees 0 and 1",
        domain="kernel regression of any residual; on the sphere to 10 % for d ≥ 12, n ≤ 3d",
        derivation="derivations.shallow_relu.learning_curves.relu_learning_curve",
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
                sphere_draws,
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
        slow=True,
        kind="asymptotic",
        statement="relu-learning-curve on S^{d−1} for linear teachers: e_1 = ‖δ‖²/d alone, μ_k and N_k of the ReLU kernel, k ≤ 20",
        formula=sphere_risk,
        source="follows from relu-learning-curve and relu-sphere-spectrum by substitution (a linear residual lives in degree 1)",
        follows=("relu-learning-curve", "relu-sphere-spectrum"),
        covers="d = 13, degrees up to 6",
        domain="uniform inputs on S^{d−1}, infinite width, linear teachers, any ridge λ_0 ≥ 0; to 10 % for d ≥ 12, n ≤ 3d",
        derivation="derivations.shallow_relu.learning_curves.relu_sphere_risk",
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
                sphere_draws,
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
            Mutant(
                "‖δ‖² for ‖δ‖²/d",
                instead(displacement_energy=lambda displacement_energy, dim: dim * displacement_energy),
            ),
            Mutant("the first layer alone", instead(trained="first")),
        ),
    ),
)
