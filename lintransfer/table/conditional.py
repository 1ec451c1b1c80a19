"""What training does to a given design: filters of its singular values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, least_squares
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.conditional import (
    conditional_risk,
    direction_risk,
    ridge_filter,
    spectral_filter,
    spectral_fit,
)

_SHACHAF = "Shachaf, Brutzkus & Globerson (2107.01641), linear part"


def world(n: int, dim: int, exponent: float = 1.0, rank: int | None = None) -> tuple[Any, Any, Any]:
    """A design of the given rank, a displacement and a spectrum, the same for the same arguments."""
    rng = np.random.default_rng([n, dim])
    spectrum = np.arange(1, dim + 1.0) ** -exponent
    X = draw_inputs(rng, (n, dim), spectrum)
    if rank is not None:
        X = X[:, :rank] @ rng.standard_normal((rank, dim))
    return X, rng.standard_normal(dim), spectrum


def _relaxed(X: Any, y: Any, initial: Any, ridge: float, time: float) -> Any:
    """Weights by means that know no singular values: an augmented least-squares problem, or the flow step by step."""
    n, dim = X.shape
    if time == math.inf:
        stacked = np.vstack((X, math.sqrt(ridge) * np.eye(dim)))
        residual = np.concatenate((y - X @ initial, np.zeros(dim)))
        return initial + np.linalg.lstsq(stacked, residual, rcond=None)[0]
    # The flow z' = b − A z is affine: its step over T/2^k is a Taylor polynomial, composed with itself k times.
    doublings = 30
    step = time / 2**doublings
    generator = np.block(
        [[-(X.T @ X + ridge * np.eye(dim)), (X.T @ (y - X @ initial))[:, None]], [np.zeros((1, dim + 1))]]
    )
    generator *= step / n
    excess = (
        generator + generator @ generator / 2
    )  # of the step over the identity, kept apart: nothing is lost to 1
    for _ in range(doublings):
        excess = 2 * excess + excess @ excess
    return initial + excess[:dim, dim]


def _draw_weights(
    rng: Any, replicates: int, n: int, dim: int, rank: int | None, ridge: float, time: float
) -> Any:
    X, y, initial = _fit_arrays(n, dim, rank)
    return _relaxed(X, y, initial, ridge, time), {
        "X": X,
        "y": y,
        "initial": initial,
        "ridge": ridge,
        "time": time,
    }


def _fit_arrays(n: int, dim: int, rank: int | None) -> tuple[Any, Any, Any]:
    X, initial, _ = world(n, dim, rank=rank)
    return X, np.cos(np.arange(n)), initial


def _draw_conditional(
    rng: Any, replicates: int, n: int, dim: int, noise_std: float, ridge: float, time: float
) -> np.ndarray:
    X, displacement, spectrum = world(n, dim)
    labels = (X @ displacement)[:, None] + noise_std * rng.standard_normal((n, replicates))
    error = least_squares(X, labels, ridge=ridge, time=time) - displacement[:, None]
    return np.sum(spectrum[:, None] * error**2, axis=0)


def _conditional_arguments(n: int, dim: int, noise_std: float, ridge: float, time: float) -> dict[str, Any]:
    X, displacement, spectrum = world(n, dim)
    return {
        "X": X, "displacement": displacement, "covariance": spectrum, "noise_variance": noise_std**2, "ridge": ridge,
        "time": time,
    }  # fmt: skip


def _sum_over_directions(
    X: Any, displacement: Any, covariance: Any, noise_variance: Any, ridge: Any = 0.0, time: Any = math.inf
) -> Any:
    """`conditional_risk` at Σ = I from `direction_risk`, over all d directions."""
    n, dim = X.shape
    _, values, right = np.linalg.svd(X)
    values = np.pad(values, (0, dim - len(values)))
    return direction_risk(values, n, (right @ displacement) ** 2, noise_variance, ridge, time).sum()


def isotropic_design(n: int, dim: int) -> dict[str, Any]:
    X, displacement, _ = world(n, dim, exponent=0.0)
    return {"X": X, "displacement": displacement, "covariance": np.ones(dim), "noise_variance": 0.3}


ROWS = (
    Theorem(
        name="spectral-filter",
        kind="identity",
        statement="ŵ = w0 + V f(S) Uᵀ(y − Xw0), f(s) = s/(s²+λ)·(1 − e^(−(s²+λ)T/n)), f(0) = 0",
        formula=spectral_filter,
        source=_SHACHAF + " for λ = 0, T = ∞",
        domain="any design, λ ≥ 0, T ≥ 0 on the mean loss (1/2n)‖y − Xw‖²",
        papers=("shachaf2021",),
        derivation="derivations.conditional.filters",
        limits=(
            Limit(
                "T = ∞: ridge",
                spectral_filter,
                lambda singular_value, n, ridge, time: ridge_filter(singular_value, ridge),
                tuple(
                    {"singular_value": s, "n": 3, "ridge": r, "time": math.inf}
                    for s in (0.0, 0.5)
                    for r in (0.0, 2.0)
                ),
            ),
            Limit(
                "λ = 0: (1 − e^(−s²T/n))/s",
                spectral_filter,
                lambda singular_value, n, ridge, time: (
                    -math.expm1(-(singular_value**2) * time / n) / singular_value
                ),
                ({"singular_value": 0.5, "n": 3, "ridge": 0.0, "time": 7.0},),
            ),
            Limit(
                "T = 0: nothing learnt",
                spectral_filter,
                lambda **_: 0.0,
                ({"singular_value": 0.5, "n": 3, "ridge": 1.0, "time": 0.0},),
            ),
        ),
        box={"singular_value": (1e-3, 1e3), "n": (1, 1000), "ridge": (0.0, 4.0), "time": (1e-3, 1e3)},
        mutants=(
            Mutant(
                "time of the sum loss",
                lambda singular_value, n, ridge, time: spectral_filter(singular_value, 1, ridge, time),
            ),
            Mutant(
                "ridge on the mean loss",
                lambda singular_value, n, ridge, time: spectral_filter(singular_value, n, n * ridge, time),
            ),
            Mutant(
                "ridge missing in the rate",
                lambda singular_value, n, ridge, time: (
                    singular_value
                    / (singular_value**2 + ridge)
                    * (singular_value * spectral_filter(singular_value, n, 0, time))
                ),
            ),
        ),
    ),
    Theorem(
        name="conditional-weights",
        kind="identity",
        statement="ŵ = w0 + V f(S) Uᵀ(y − Xw0); λ = 0, T = ∞: ŵ = w0 + X⁺(y − Xw0)",
        formula=spectral_fit,
        source=_SHACHAF,
        domain="any design and rank, any start, λ ≥ 0, T ≥ 0",
        papers=("shachaf2021",),
        derivation="derivations.conditional.weights",
        limits=(
            Limit(
                "no data: the start",
                spectral_fit,
                lambda initial, **_: initial,
                ({"X": np.zeros((0, 2)), "y": np.zeros(0), "initial": np.array([1.0, 2.0])},),
            ),
        ),
        experiments=(
            Experiment(
                _draw_weights,
                tuple(
                    {"n": n, "dim": dim, "rank": rank, "ridge": ridge, "time": time}
                    for n, dim, rank in ((3, 5, None), (7, 4, None), (5, 5, None), (6, 5, 3))
                    for ridge, time in ((0.0, math.inf), (0.7, math.inf), (0.0, 2.5), (0.7, 2.5))
                ),
                "identity",
                replicates=1,
            ),
        ),
        mutants=(
            Mutant(
                "residual of zero weights, not of the start",
                lambda X, y, initial, ridge=0.0, time=math.inf: (
                    initial + spectral_fit(X, y, None, ridge, time)
                ),
            ),
            Mutant(
                "start forgotten",
                lambda X, y, initial, ridge=0.0, time=math.inf: spectral_fit(X, y, None, ridge, time),
            ),
        ),
    ),
    Theorem(
        name="direction-risk",
        kind="identity",
        statement="E[R|X] = Σ_k (1 − s_k f(s_k))² δ_k² + σ² f(s_k)² over right-singular directions, Σ = I",
        formula=direction_risk,
        source="new",
        domain="any design, λ ≥ 0, T ≥ 0",
        derivation="derivations.conditional.mean_risk",
        limits=(
            Limit(
                "s = 0: δ²",
                direction_risk,
                lambda displacement_energy, **_: displacement_energy,
                ({"singular_value": 0.0, "n": 3, "displacement_energy": 2.0, "noise_variance": 0.5},),
            ),
            Limit(
                "interpolation: σ²/s²",
                direction_risk,
                lambda singular_value, noise_variance, **_: noise_variance / singular_value**2,
                ({"singular_value": 0.8, "n": 3, "displacement_energy": 2.0, "noise_variance": 0.5},),
            ),
        ),
        box={
            "singular_value": (0.1, 10.0),
            "n": (1, 100),
            "displacement_energy": (1e-3, 1e3),
            "noise_variance": (1e-3, 1e3),
            "ridge": (0.01, 4.0),
            "time": (0.1, 10.0),
        },
        mutants=(
            Mutant(
                "noise dropped",
                lambda singular_value, n, displacement_energy, noise_variance, ridge=0.0, time=math.inf: (
                    direction_risk(singular_value, n, displacement_energy, 0, ridge, time)
                ),
            ),
            Mutant(
                "energies swapped",
                lambda singular_value, n, displacement_energy, noise_variance, ridge=0.0, time=math.inf: (
                    direction_risk(singular_value, n, noise_variance, displacement_energy, ridge, time)
                ),
            ),
        ),
    ),
    Theorem(
        name="conditional-risk",
        slow=True,
        kind="identity",
        statement="E[R|X] = ‖(I − V f(S) S Vᵀ)δ‖²_Σ + σ² Σ_k f(s_k)² v_kᵀΣv_k; λ = 0, T = ∞: δᵀQΣQδ + σ² tr[(X⁺)ᵀΣX⁺]",
        formula=conditional_risk,
        source=_SHACHAF + ", extended to filters",
        domain="any design and rank, λ ≥ 0, T ≥ 0",
        papers=("shachaf2021",),
        derivation="derivations.conditional.design_risk",
        limits=(
            Limit(
                "Σ = I: sum over singular directions",
                conditional_risk,
                _sum_over_directions,
                tuple(
                    {**isotropic_design(n, 5), "ridge": ridge, "time": time}
                    for n in (3, 9)
                    for ridge, time in ((0.0, math.inf), (0.5, math.inf), (0.0, 2.0), (0.5, 2.0))
                ),
            ),
        ),
        experiments=(
            Experiment(
                _draw_conditional,
                tuple(
                    {"n": n, "dim": 6, "noise_std": 0.5, "ridge": ridge, "time": time}
                    for n in (4, 10)
                    for ridge, time in ((0.0, math.inf), (0.8, math.inf), (0.0, 3.0))
                ),
                arguments=_conditional_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "noise dropped", lambda noise_variance, **rest: conditional_risk(noise_variance=0, **rest)
            ),
            Mutant(
                "covariance forgotten",
                lambda covariance, **rest: conditional_risk(covariance=1 + 0 * covariance, **rest),
            ),
            Mutant(
                "factor 2 in the noise",
                lambda noise_variance, **rest: conditional_risk(noise_variance=2 * noise_variance, **rest),
            ),
        ),
    ),
)
