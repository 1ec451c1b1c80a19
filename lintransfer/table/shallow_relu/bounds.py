"""Rows: bounds on the risk of wide ReLU networks from their Gram matrix."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.shallow_relu.kernels import (
    absolute_error_draws,
    gram_draws,
    sphere_risk_draws,
    two_point_draws,
)
from lintransfer.experiments.shallow_relu.proportional import complexity_draws
from lintransfer.simulate.shallow_relu.kernel import plain_kernel
from lintransfer.table.mutants import dropped, instead, times
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.shallow_relu.bounds import (
    complexity_term,
    generalization_bound,
    gram_bound,
    leading_bound,
    risk_bound,
)
from lintransfer.theory.shallow_relu.learning_curves import sphere_kappa


def _complexity_arguments(n: int, dim: int) -> dict[str, Any]:
    return {
        "kappa": float(sphere_kappa(n, dim, "first")),
        "first_eigenvalue": 1 / (4 * dim),
        "residual_energy": 1 / dim,
        "noise_variance": 0.1 / dim,
    }


def _grid_on_circle(n: int) -> float:
    angle = (np.arange(n) + 0.25) * 2 * math.pi / n
    inputs = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return float(inputs[:, 0] @ np.linalg.lstsq(plain_kernel(inputs, inputs, "first"), inputs[:, 0])[0])


ROWS = (
    Theorem(
        name="relu-gram-bound",
        kind="bound",
        statement="ỹᵀH⁻¹ỹ ≤ ‖Pδ‖²/K'(0) (4‖Pδ‖² for the first layer) for ỹ = Xδ; published with 9 in place of 4",
        formula=gram_bound,
        source="not found in the literature (searched 2026-11-27); published with constant 3 for the root: Arora et al. (2019), corollary 6.2",
        see=("arora2019", "shachaf2021"),
        domain="any inputs without parallel rows, any n",
        derivation="derivations.shallow_relu.bounds.relu_gram_bound",
        limits=(
            Limit("first layer: 4‖Pδ‖²", lambda projected_energy: 4 * projected_energy, ({"projected_energy": 0.7},)),
            Limit(
                "sharp: a fine grid on the circle comes close",
                lambda projected_energy: _grid_on_circle(400) * projected_energy,
                ({"projected_energy": 1.0},),
                0.01,
            ),
        ),
        box={"projected_energy": (1e-3, 1e3), "first": (0.1, 2.0), "second": (0.1, 2.0)},
        experiments=(
            Experiment(
                gram_draws,
                (
                    {"n": 5, "dim": 8, "trained": "first"},
                    {"n": 60, "dim": 2, "trained": "first"},
                    {"n": 40, "dim": 3, "trained": "second"},
                    {"n": 40, "dim": 3, "trained": "both"},
                ),
                compare="bound",
                replicates=50,
            ),
        ),
        mutants=(
            Mutant("constant 3 in place of 4", times(0.75)),
            times(0.5),
        ),
    ),
    Theorem(
        name="relu-generalization-bound",
        kind="bound",
        statement="E|f − y| ≤ √(2 ỹᵀH⁻¹ỹ/n) + C√(log(n/(λ_0η))/n), the first term at most ‖δ‖√(8/n); √R falls like d/n",
        formula=leading_bound,
        source="Arora et al. (2019), theorem 5.1; Shachaf, Brutzkus & Globerson (2021) for residual labels",
        papers=("arora2019", "shachaf2021"),
        covers="first layer trained",
        domain="unit inputs, 1-Lipschitz loss in [0, 1], first layer trained, noiseless",
        derivation="derivations.shallow_relu.bounds.relu_generalization_bound",
        limits=(
            Limit(
                "first term of the bound",
                lambda n, displacement_energy: generalization_bound(n, 4 * displacement_energy, 0.1, 0.05, 0.0),
                ({"n": 30, "displacement_energy": 0.4},),
            ),
        ),
        box={"n": (1, 10**6), "displacement_energy": (1e-3, 1e3)},
        experiments=(
            Experiment(
                absolute_error_draws, ({"n": 12, "dim": 12}, {"n": 60, "dim": 12}), compare="bound", replicates=100
            ),
        ),
        mutants=(
            Mutant(
                "n in place of √n",
                lambda n, displacement_energy, first, second: (
                    leading_bound(n, displacement_energy, first, second) ** 2 / 8
                ),
            ),
        ),
    ),
    Theorem(
        name="relu-risk-bound",
        kind="bound",
        statement="E R ≤ 2‖δ‖² min(1, 2/√n), whichever layers are trained",
        formula=risk_bound,
        source="not found in the literature (searched 2026-11-27); after Arora et al. (2019), theorem 5.1",
        see=("arora2019",),
        domain="any law of inputs on the unit sphere, noiseless labels, linear residual, infinite width, no ridge",
        derivation="derivations.shallow_relu.bounds.relu_risk_bound",
        limits=(
            Limit(
                "largest error times mean error, first layer",
                lambda n, displacement_energy: np.sqrt(2 * displacement_energy) * leading_bound(n, displacement_energy),
                ({"n": 30, "displacement_energy": 0.4},),
            ),
        ),
        box={"n": (1, 10**6), "displacement_energy": (1e-3, 1e3)},
        experiments=(
            Experiment(
                two_point_draws, ({"n": 20, "scale": 1.0}, {"n": 20, "scale": 100.0}), compare="bound", replicates=400
            ),
            Experiment(
                sphere_risk_draws,
                grid(n=6, dim=2, trained=["first", "second", "both"]),
                compare="bound",
                replicates=200,
            ),
        ),
        mutants=(
            Mutant("n² in place of √n", lambda n, displacement_energy: 4 * displacement_energy / n**2),
            Mutant(
                "norm in place of energy",
                instead(displacement_energy=lambda displacement_energy: displacement_energy**0.5),
            ),
        ),
    ),
    Theorem(
        name="relu-complexity-term",
        kind="asymptotic",
        statement="E ỹᵀH⁻¹ỹ = e(δ)/(μ_1+κ) + σ²/κ",
        formula=complexity_term,
        source="follows from effective-regularization by substitution (quadratic form of the resolvent in the labels)",
        follows=("effective-regularization",),
        domain="unit sphere, first layer",
        derivation="derivations.shallow_relu.bounds.relu_complexity_term",
        limits=(
            Limit(
                "κ → 0, noiseless: e/μ_1 = 4‖δ‖²",
                4.0,
                ({"kappa": 1e-300, "first_eigenvalue": 0.025, "residual_energy": 0.1, "noise_variance": 0.0},),
            ),
        ),
        box={
            "kappa": (1e-4, 10.0),
            "first_eigenvalue": (1e-3, 0.1),
            "residual_energy": (1e-3, 1.0),
            "noise_variance": (0.0, 1.0),
        },
        experiments=(asymptotic(complexity_draws, growing(n=24, dim=12), 1.5, 300, arguments=_complexity_arguments),),
        mutants=(
            dropped("noise_variance"),
            Mutant(
                "without κ beside μ_1",
                lambda kappa, first_eigenvalue, residual_energy, noise_variance: (
                    residual_energy / first_eigenvalue + noise_variance / kappa
                ),
            ),
        ),
    ),
)
