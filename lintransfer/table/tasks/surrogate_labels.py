"""Rows: the best labels that a model can make for ridge training."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.linear.covariance import draw_sized, random_noise
from lintransfer.experiments.tasks.pooled_ridge import spectra, surrogate, teachers
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.points import grid, growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance import degrees_of_freedom, ridge_risk
from lintransfer.theory.linear.effective_regularization import effective_regularization
from lintransfer.theory.tasks.surrogate_labels import surrogate_factors, surrogate_risk

_MODES = {"eigenvalues": np.array([2.0, 0.5]), "multiplicities": np.array([3.0, 5.0])}
_FLAT = {"eigenvalues": np.array([1.5]), "multiplicities": np.array([8.0])}
_ENERGIES = np.array([0.7, 0.4])


def _arguments(n: int, dim: int, noise_variance: float, ridge: float) -> dict[str, Any]:
    return {
        "n": n, "eigenvalues": spectra(dim, 3)[2], "multiplicities": np.ones(dim),
        "displacement": teachers(dim, 1)[0] ** 2, "noise_variance": noise_variance, "ridge": ridge,
    }  # fmt: skip


def _amplifies(formula: Any, n: int, ridge: float) -> bool:
    kappa = effective_regularization(n, _MODES["eigenvalues"], _MODES["multiplicities"], ridge)
    learnt = _MODES["eigenvalues"] / (_MODES["eigenvalues"] + kappa)
    spread = degrees_of_freedom(kappa, **_MODES)[1]
    return bool(((formula(n, ridge=ridge, **_MODES) > 1) == (learnt > spread / n)).all())


def _without_energies(rng: np.random.Generator) -> dict[str, Any]:
    return draw_sized(rng)


ROWS = (
    Theorem(
        name="surrogate-factors",
        kind="asymptotic",
        statement="θˢ_i/θ_i = f_i/(f_i² + q(1−f_i)²), f_i = λ_i/(λ_i+κ), q = df2/(n−df2)",
        formula=surrogate_factors,
        source="Ildiz et al. (2025), min-norm training; any ridge by the same parabola",
        papers=("ildiz2025",),
        covers="two eigenvalues, λ > 0",
        domain="any spectrum, n ≥ 0, λ ≥ 0, labels without noise or with any",
        derivation="derivations.tasks.surrogate_labels.surrogate_factors",
        limits=(
            Limit(
                "equal eigenvalues, no ridge: the true teacher",
                1.0,
                grid(n=[1, 4, 7, 8, 20], ridge=0.0, **_FLAT),
            ),
            Limit("all is learnt: the true teacher", 1.0, grid(n=[8, 9, 40], ridge=0.0, **_MODES)),
            Limit(
                "above 1 iff f_i > df2/n",
                True,
                grid(n=[1, 4, 7], ridge=[0.0, 0.4, 30.0]) + grid(n=[30], ridge=[0.4]),
                left=_amplifies,
            ),
            Limit(
                "no data: in proportion to λ_i, trΣ/trΣ² of it",
                lambda ridge: {"0": 2.0 * (8.5 + ridge) / 13.25, "1": 0.5 * (8.5 + ridge) / 13.25},
                ({"ridge": 0.0}, {"ridge": 3.0}),
                rtol=1e-6,
                left=lambda formula, ridge: (lambda f: {"0": f[0], "1": f[1]})(formula(1e-8, ridge=ridge, **_MODES)),
            ),
        ),
        sample=_without_energies,
        experiments=(),
        mutants=(
            Mutant(
                "the inverse of what is learnt: no amplified rest",
                lambda n, eigenvalues, multiplicities, ridge: (
                    1 + effective_regularization(n, eigenvalues, multiplicities, ridge) / eigenvalues
                ),
            ),
            Mutant("the true teacher", lambda eigenvalues: np.ones(np.shape(eigenvalues))),
            dropped("ridge"),
        ),
    ),
    Theorem(
        name="surrogate-risk",
        kind="asymptotic",
        statement="R = Σλ_ie_i q(1−f_i)²/(f_i²+q(1−f_i)²) + σ²q",
        formula=surrogate_risk,
        source="Ildiz et al. (2025), min-norm training; any ridge by the same parabola",
        papers=("ildiz2025",),
        covers="two eigenvalues, λ > 0",
        domain="any spectrum, n ≥ 0, λ ≥ 0; label noise leaves the surrogate unchanged",
        derivation="derivations.tasks.surrogate_labels.surrogate_risk",
        limits=(
            Limit(
                "equal eigenvalues, no ridge: no gain over true labels",
                lambda n: ridge_risk(n, displacement=np.array([0.9]), noise_variance=0.3, **_FLAT),
                grid(n=[0, 1, 4, 7, 20]),
                left=lambda formula, n: formula(n, displacement=np.array([0.9]), noise_variance=0.3, **_FLAT),
            ),
            Limit(
                "never above the risk on true labels",
                True,
                grid(
                    n=[0, 1, 4, 7, 8, 30],
                    ridge=[0.0, 0.4, 30.0],
                    noise_variance=[0.0, 0.3],
                    displacement=_ENERGIES,
                    **_MODES,
                ),
                left=lambda formula, **point: bool(formula(**point) <= ridge_risk(**point) * (1 + 1e-12)),
            ),
        ),
        sample=lambda rng: draw_sized(rng, "displacement", noise_variance=random_noise),
        experiments=tuple(
            Experiment(
                surrogate,
                growing(n=6, dim=16, noise_variance=0.2, ridge=ridge),
                "asymptotic",
                1_500,
                0.1,
                lambda dim, **_: 4 / dim,
                _arguments,
            )
            for ridge in (0.0,)
        ),
        mutants=(
            Mutant("true labels", lambda **arguments: ridge_risk(**arguments)),
            dropped("noise_variance"),
            Mutant("σ for σ²", instead(noise_variance=lambda noise_variance: noise_variance**2)),
        ),
    ),
)
