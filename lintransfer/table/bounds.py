"""Results for a given design, bounds from them, and the two sample sizes where any covariance is exact."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, least_squares, risk_samples
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.bounds import (
    best_shachaf_bound,
    deviation_rate,
    projected_bound,
    shachaf_bound,
    split_shachaf_bound,
)
from lintransfer.theory.conditional import (
    conditional_risk,
    direction_risk,
    ridge_filter,
    spectral_filter,
    spectral_fit,
)
from lintransfer.theory.exact_moments import codimension_one_risk, one_sample_risk

_SHACHAF = "Shachaf, Brutzkus & Globerson (2107.01641), linear part"


def _world(n: int, dim: int, exponent: float = 1.0, rank: int | None = None) -> tuple[Any, Any, Any]:
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
    excess = generator + generator @ generator / 2  # of the step over the identity, kept apart: nothing is lost to 1
    for _ in range(doublings):
        excess = 2 * excess + excess @ excess
    return initial + excess[:dim, dim]


def _draw_weights(rng: Any, replicates: int, n: int, dim: int, rank: int | None, ridge: float, time: float) -> Any:
    X, y, initial = _fit_arrays(n, dim, rank)
    return _relaxed(X, y, initial, ridge, time), {"X": X, "y": y, "initial": initial, "ridge": ridge, "time": time}


def _fit_arrays(n: int, dim: int, rank: int | None) -> tuple[Any, Any, Any]:
    X, initial, _ = _world(n, dim, rank=rank)
    return X, np.cos(np.arange(n)), initial


def _draw_conditional(
    rng: Any, replicates: int, n: int, dim: int, noise_std: float, ridge: float, time: float
) -> np.ndarray:
    X, displacement, spectrum = _world(n, dim)
    labels = (X @ displacement)[:, None] + noise_std * rng.standard_normal((n, replicates))
    error = least_squares(X, labels, ridge=ridge, time=time) - displacement[:, None]
    return np.sum(spectrum[:, None] * error**2, axis=0)


def _conditional_arguments(n: int, dim: int, noise_std: float, ridge: float, time: float) -> dict[str, Any]:
    X, displacement, spectrum = _world(n, dim)
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


def _isotropic_design(n: int, dim: int) -> dict[str, Any]:
    X, displacement, _ = _world(n, dim, exponent=0.0)
    return {"X": X, "displacement": displacement, "covariance": np.ones(dim), "noise_variance": 0.3}


def _draw_bound(rng: Any, replicates: int, n: int, dim: int, exponent: float, k: int, worst: bool) -> Any:
    """Noiseless risks of designs with their deviations; the displacement random, or the worst for each design."""
    spectrum = np.arange(1, dim + 1.0) ** -exponent
    designs = draw_inputs(rng, (replicates, n, dim), spectrum)
    deviation = np.linalg.norm(np.diag(spectrum) - np.swapaxes(designs, -1, -2) @ designs / n, 2, axis=(-2, -1))
    displacement = rng.standard_normal((replicates, dim))
    if worst:
        off = np.eye(dim) - np.linalg.pinv(designs) @ designs
        displacement = np.linalg.eigh(off * spectrum @ off)[1][..., -1]
    start = least_squares(designs, designs @ displacement[..., None])[..., 0]
    energy = displacement**2
    arguments = {
        "deviation": deviation,
        "eigenvalue": spectrum[k - 1] if k else math.inf,
        "captured": energy[:, :k].sum(axis=1),
        "left_out": energy[:, k:].sum(axis=1),
    }
    return (spectrum * (start - displacement) ** 2).sum(axis=1), arguments


_BOUND_POINTS = tuple(
    {"n": n, "dim": dim, "exponent": exponent, "k": k, "worst": worst}
    for n, dim, exponent, k, worst in (
        (1, 3, 0.0, 0, True),
        (3, 6, 0.5, 0, True),
        (5, 6, 1.0, 1, True),
        (12, 16, 1.0, 2, False),
        (30, 32, 2.0, 3, False),
        (3, 8, 2.0, 8, False),
    )
)


def _draw_projected(rng: Any, replicates: int, n: int, dim: int, exponent: float) -> Any:
    X, displacement, spectrum = _world(n, dim, exponent)
    risk = risk_of_design(X, displacement, spectrum)
    return risk, {"X": X, "displacement": displacement, "covariance": spectrum}


def risk_of_design(X: Any, displacement: Any, spectrum: Any) -> Any:
    """Noiseless risk of training on one design from zero, by least squares."""
    error = np.linalg.lstsq(X, X @ displacement, rcond=None)[0] - displacement
    return np.sum(spectrum * error**2)


def _draw_deviation(rng: Any, replicates: int, n: int, dim: int, exponent: float) -> Any:
    spectrum = np.arange(1, dim + 1.0) ** -exponent
    designs = draw_inputs(rng, (replicates, n, dim), spectrum)
    deviation = np.linalg.norm(np.diag(spectrum) - np.swapaxes(designs, -1, -2) @ designs / n, 2, axis=(-2, -1))
    # C = 4 serves every case that was tried; one draw in `replicates` may miss, so η is far below that.
    return deviation, {"n": n, "eigenvalues": spectrum, "failure_probability": 1e-6, "constant": 4.0}


def _draw_exact(rng: Any, replicates: int, n: int, dim: int, exponent: float) -> np.ndarray:
    _, displacement, spectrum = _world(n, dim, exponent)
    return risk_samples(rng, replicates, n=n, target=displacement, covariance=spectrum)


def _exact_arguments(n: int, dim: int, exponent: float) -> dict[str, Any]:
    _, displacement, spectrum = _world(n, dim, exponent)
    return {"eigenvalues": spectrum, "multiplicities": np.ones(dim), "displacement_energy": displacement**2}


def _draw_modes(rng: Any) -> dict[str, Any]:
    """Two to four eigenvalues over twelve decades, with multiplicities up to a thousand."""
    size = int(rng.integers(2, 5))
    return {
        "eigenvalues": np.exp(rng.uniform(-14, 14, size)),
        "multiplicities": np.rint(np.exp(rng.uniform(0, 7, size))),
        "displacement_energy": np.exp(rng.uniform(-7, 7, size)),
    }


def _ill_conditioned(risk: Any) -> tuple[Limit, ...]:
    """Two dimensions, n = 1 = d − 1: half the geometric mean of the eigenvalues, at any condition number."""
    points = tuple(
        {"eigenvalues": [1.0, small], "multiplicities": [1, 1], "displacement_energy": [0.3, 0.7]}
        for small in (1.0, 0.1, 1e-8, 1e-20)
    )
    return (
        Limit(
            "d = 2: √(λ₁λ₂)‖δ‖²/2", risk, lambda eigenvalues, **_: math.sqrt(math.prod(eigenvalues)) / 2, points, 1e-11
        ),
    )


def _isotropic(risk: Any, share: Any) -> Limit:
    points = tuple(
        {"eigenvalues": [2.0], "multiplicities": [dim], "displacement_energy": [1.5]} for dim in (2, 3, 50, 10**6)
    )
    return Limit(
        "Σ ∝ I: (1 − n/d)‖δ‖²", risk, lambda multiplicities, **_: 3 * share(multiplicities[0]), points, rtol=1e-11
    )


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
                "T = ∞: ridge", spectral_filter, lambda singular_value, n, ridge, time: ridge_filter(singular_value, ridge),
                tuple({"singular_value": s, "n": 3, "ridge": r, "time": math.inf} for s in (0.0, 0.5) for r in (0.0, 2.0)),
            ),
            Limit(
                "λ = 0: (1 − e^(−s²T/n))/s", spectral_filter,
                lambda singular_value, n, ridge, time: -math.expm1(-(singular_value**2) * time / n) / singular_value,
                ({"singular_value": 0.5, "n": 3, "ridge": 0.0, "time": 7.0},),
            ),
            Limit(
                "T = 0: nothing learnt", spectral_filter, lambda **_: 0.0,
                ({"singular_value": 0.5, "n": 3, "ridge": 1.0, "time": 0.0},),
            ),
        ),
        box={"singular_value": (1e-3, 1e3), "n": (1, 1000), "ridge": (0.0, 4.0), "time": (1e-3, 1e3)},
        mutants=(
            Mutant(
                "time of the sum loss", lambda singular_value, n, ridge, time: spectral_filter(
                    singular_value, 1, ridge, time
                ),
            ),
            Mutant(
                "ridge on the mean loss", lambda singular_value, n, ridge, time: spectral_filter(
                    singular_value, n, n * ridge, time
                ),
            ),
            Mutant(
                "ridge missing in the rate", lambda singular_value, n, ridge, time: singular_value
                / (singular_value**2 + ridge) * (singular_value * spectral_filter(singular_value, n, 0, time)),
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
        limits=(
            Limit(
                "no data: the start", spectral_fit, lambda initial, **_: initial,
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
                lambda X, y, initial, ridge=0.0, time=math.inf: initial + spectral_fit(X, y, None, ridge, time),
            ),
            Mutant("start forgotten", lambda X, y, initial, ridge=0.0, time=math.inf: spectral_fit(X, y, None, ridge, time)),
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
                "s = 0: δ²", direction_risk, lambda displacement_energy, **_: displacement_energy,
                ({"singular_value": 0.0, "n": 3, "displacement_energy": 2.0, "noise_variance": 0.5},),
            ),
            Limit(
                "interpolation: σ²/s²", direction_risk, lambda singular_value, noise_variance, **_: noise_variance
                / singular_value**2,
                ({"singular_value": 0.8, "n": 3, "displacement_energy": 2.0, "noise_variance": 0.5},),
            ),
        ),
        box={
            "singular_value": (0.1, 10.0), "n": (1, 100), "displacement_energy": (1e-3, 1e3),
            "noise_variance": (1e-3, 1e3), "ridge": (0.01, 4.0), "time": (0.1, 10.0),
        },
        mutants=(
            Mutant(
                "noise dropped", lambda singular_value, n, displacement_energy, noise_variance, ridge=0.0, time=math.inf:
                direction_risk(singular_value, n, displacement_energy, 0, ridge, time),
            ),
            Mutant(
                "energies swapped", lambda singular_value, n, displacement_energy, noise_variance, ridge=0.0, time=math.inf:
                direction_risk(singular_value, n, noise_variance, displacement_energy, ridge, time),
            ),
        ),
    ),
    Theorem(
        name="conditional-risk",
        kind="identity",
        statement="E[R|X] = ‖(I − V f(S) S Vᵀ)δ‖²_Σ + σ² Σ_k f(s_k)² v_kᵀΣv_k; λ = 0, T = ∞: δᵀQΣQδ + σ² tr[(X⁺)ᵀΣX⁺]",
        formula=conditional_risk,
        source=_SHACHAF + ", extended to filters",
        domain="any design and rank, λ ≥ 0, T ≥ 0",
        papers=("shachaf2021",),
        limits=(
            Limit(
                "Σ = I: sum over singular directions", conditional_risk, _sum_over_directions,
                tuple(
                    {**_isotropic_design(n, 5), "ridge": ridge, "time": time}
                    for n in (3, 9) for ridge, time in ((0.0, math.inf), (0.5, math.inf), (0.0, 2.0), (0.5, 2.0))
                ),
            ),
        ),
        experiments=(
            Experiment(
                _draw_conditional,
                tuple(
                    {"n": n, "dim": 6, "noise_std": 0.5, "ridge": ridge, "time": time}
                    for n in (4, 10) for ridge, time in ((0.0, math.inf), (0.8, math.inf), (0.0, 3.0))
                ),
                arguments=_conditional_arguments,
            ),
        ),
        mutants=(
            Mutant("noise dropped", lambda noise_variance, **rest: conditional_risk(noise_variance=0, **rest)),
            Mutant(
                "covariance forgotten", lambda covariance, **rest: conditional_risk(covariance=1 + 0 * covariance, **rest)
            ),
            Mutant(
                "factor 2 in the noise", lambda noise_variance, **rest: conditional_risk(
                    noise_variance=2 * noise_variance, **rest
                ),
            ),
        ),
    ),
    Theorem(
        name="shachaf-bound",
        kind="bound",
        statement="R ≤ g((g/λ_k)‖P_{≤k}δ‖ + ‖P_{>k}δ‖)², g = ‖Σ − XᵀX/n‖, for every k = 0 … d with λ_k > 0",
        formula=shachaf_bound,
        source=_SHACHAF + "; this form, with constants, new",
        domain="every design and covariance, σ = 0 (with noise add σ² tr[(X⁺)ᵀΣX⁺])",
        papers=("shachaf2021",),
        derivation="derivations.bounds.cut",
        limits=(
            Limit(
                "k = 0: g‖δ‖²", shachaf_bound, lambda deviation, left_out, **_: deviation * left_out,
                ({"deviation": 0.4, "eigenvalue": math.inf, "captured": 0.0, "left_out": 2.5},),
            ),
            Limit(
                "best cut of [4, 1]: k = 1",
                lambda: best_shachaf_bound(0.1, np.array([4.0, 1.0]), np.array([16.0, 0.01])),
                lambda: shachaf_bound(0.1, 4.0, 16.0, 0.01),
            ),
        ),
        box={"deviation": (1e-3, 1e3), "eigenvalue": (1e-3, 1e3), "captured": (1e-3, 1e3), "left_out": (1e-3, 1e3)},
        experiments=(Experiment(_draw_bound, _BOUND_POINTS, "bound", replicates=1000),),
        mutants=(
            Mutant(
                "half the deviation", lambda deviation, eigenvalue, captured, left_out: shachaf_bound(
                    deviation / 2, eigenvalue, captured, left_out
                ),
            ),
            Mutant(
                "one power of g lost", lambda deviation, eigenvalue, captured, left_out: shachaf_bound(
                    deviation, eigenvalue, captured, left_out
                ) * deviation,
            ),
            Mutant(
                "parts of δ swapped", lambda deviation, eigenvalue, captured, left_out: shachaf_bound(
                    deviation, eigenvalue, left_out, captured
                ),
            ),
        ),
    ),
    Theorem(
        name="shachaf-bound-split",
        kind="bound",
        statement="R ≤ (2g³/λ_k²)‖P_{≤k}δ‖² + 2g‖P_{>k}δ‖²",
        formula=split_shachaf_bound,
        source=_SHACHAF + "; constants new",
        domain="as shachaf-bound, which it exceeds by at most a factor 2",
        papers=("shachaf2021",),
        derivation="derivations.bounds.split",
        limits=(
            Limit(
                "parts of equal size: the joint form", split_shachaf_bound, shachaf_bound,
                ({"deviation": 0.5, "eigenvalue": 2.0, "captured": 16.0, "left_out": 1.0},),
            ),
            Limit(
                "one part: twice the joint form", split_shachaf_bound, lambda **point: 2 * shachaf_bound(**point),
                ({"deviation": 0.5, "eigenvalue": 2.0, "captured": 16.0, "left_out": 0.0},),
            ),
        ),
        box={"deviation": (1e-3, 1e3), "eigenvalue": (1e-3, 1e3), "captured": (1e-3, 1e3), "left_out": (1e-3, 1e3)},
        experiments=(Experiment(_draw_bound, _BOUND_POINTS, "bound", replicates=1000),),
        mutants=(
            Mutant(
                "factor 2 dropped", lambda deviation, eigenvalue, captured, left_out: split_shachaf_bound(
                    deviation, eigenvalue, captured, left_out
                ) / 2,
            ),
            Mutant(
                "λ_k for λ_k²", lambda deviation, eigenvalue, captured, left_out: 2 * deviation
                * (deviation**2 / eigenvalue * captured + left_out),
            ),
        ),
    ),
    Theorem(
        name="projected-risk-bound",
        kind="bound",
        statement="R = δᵀQΣQδ ≤ ‖QΣQ‖ ‖Qδ‖²",
        formula=projected_bound,
        source="new",
        domain="every design and covariance, σ = 0",
        limits=(
            Limit(
                "Σ = I: equality with the risk", projected_bound,
                lambda X, displacement, covariance: conditional_risk(X, displacement, covariance, 0.0),
                tuple(
                    {key: value for key, value in _isotropic_design(n, 6).items() if key != "noise_variance"}
                    for n in (1, 3, 5)
                ),
                rtol=1e-11,
            ),
        ),
        experiments=(
            Experiment(
                _draw_projected,
                tuple({"n": n, "dim": dim, "exponent": 1.5} for n in (1, 3, 6) for dim in (n + 1, n + 2, 10)),
                "bound",
                replicates=1,
            ),
        ),
        mutants=(
            Mutant(
                "trace norm per direction", lambda X, displacement, covariance: projected_bound(X, displacement, covariance)
                / X.shape[1],
            ),
        ),
    ),
    Theorem(
        name="deviation-rate",
        kind="bound",
        statement="g ≤ C λ_1 max(√(r/n), r/n, √(log(1/η)/n), log(1/η)/n), r = trΣ/λ_1, with probability 1 − η",
        formula=deviation_rate,
        source="Koltchinskii & Lounici (1405.2468), Theorem 2",
        domain="Gaussian inputs; the constant C is not specified (isotropic n = d → ∞ needs C ≥ 3); tried with C = 4",
        papers=("koltchinskii2017",),
        limits=(
            Limit(
                "isotropic, n = d: C", deviation_rate, lambda constant, **_: constant,
                ({"n": 50, "eigenvalues": np.ones(50), "failure_probability": 0.5, "constant": 3.0},),
            ),
            Limit(
                "n < r: C trΣ/n", deviation_rate, lambda n, eigenvalues, constant, **_: constant * eigenvalues.sum() / n,
                ({"n": 5, "eigenvalues": np.full(50, 0.2), "failure_probability": 0.5, "constant": 3.0},),
            ),
            Limit(
                "η → 0: log(1/η)/n", deviation_rate, lambda n, constant, **_: constant * 100 * math.log(10) / n,
                ({"n": 5, "eigenvalues": np.ones(2), "failure_probability": 1e-100, "constant": 3.0},),
            ),
        ),
        sample=lambda rng: {
            "n": int(rng.integers(1, 1000)), "eigenvalues": np.sort(np.exp(rng.uniform(-5, 5, 6)))[::-1].copy(),
            "failure_probability": float(rng.uniform(1e-6, 0.9)), "constant": 3.0,
        },
        experiments=(
            Experiment(
                _draw_deviation,
                tuple({"n": n, "dim": dim, "exponent": e} for e in (0.0, 2.0) for n, dim in ((2, 12), (12, 12), (48, 12))),
                "bound",
                replicates=2000,
            ),
        ),
        mutants=(
            Mutant(
                "r/n dropped", lambda n, eigenvalues, failure_probability, constant: constant * eigenvalues[0]
                * max(math.sqrt(sum(eigenvalues) / eigenvalues[0] / n), math.sqrt(-math.log(failure_probability) / n)),
            ),
            Mutant(
                "λ_1 forgotten", lambda n, eigenvalues, failure_probability, constant: deviation_rate(
                    n, eigenvalues, failure_probability, constant
                ) / eigenvalues[0],
            ),
        ),
    ),
    Theorem(
        name="one-sample-risk",
        kind="exact",
        statement="E R at n = 1 for any Σ: E Σ_i δ_i² [λ_i(1−p_i)² + p_i Σ_{k≠i} λ_k p_k], p_i = x_i²/‖x‖², as one integral",
        formula=one_sample_risk,
        source="new",
        domain="n = 1, σ = 0, any d and Σ",
        derivation="derivations.exact_moments.one_sample",
        limits=(*_ill_conditioned(one_sample_risk), _isotropic(one_sample_risk, lambda dim: 1 - 1 / dim)),
        sample=_draw_modes,
        experiments=(
            Experiment(
                _draw_exact,
                tuple({"n": 1, "dim": dim, "exponent": e} for dim in (3, 8) for e in (0.5, 2.0)),
                arguments=_exact_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "eigenvalues inverted", lambda eigenvalues, multiplicities, displacement_energy: one_sample_risk(
                    [1 / value for value in eigenvalues], multiplicities, displacement_energy
                ),
            ),
            Mutant(
                "one eigenvalue more", lambda eigenvalues, multiplicities, displacement_energy: one_sample_risk(
                    eigenvalues, [multiplicities[0] + 1, *multiplicities[1:]], displacement_energy
                ),
            ),
        ),
    ),
    Theorem(
        name="codimension-one-risk",
        kind="exact",
        statement="E R at n = d − 1 for any Σ: Σ_i (δ_i²/λ_i) ∫ xΦ q_i (Σ_k q_k + 2q_i) dx, q = 1/(1+2x/λ), Φ = Π q^(1/2)",
        formula=codimension_one_risk,
        source="new",
        domain="n = rank Σ − 1, σ = 0",
        derivation="derivations.exact_moments.codimension_one",
        limits=(*_ill_conditioned(codimension_one_risk), _isotropic(codimension_one_risk, lambda dim: 1 / dim)),
        sample=_draw_modes,
        experiments=(
            Experiment(
                _draw_exact,
                tuple({"n": dim - 1, "dim": dim, "exponent": e} for dim in (3, 8) for e in (0.5, 2.0)),
                arguments=_exact_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "n = 1 for n = d − 1", one_sample_risk,
            ),
            Mutant(
                "one eigenvalue more", lambda eigenvalues, multiplicities, displacement_energy: codimension_one_risk(
                    eigenvalues, [multiplicities[0] + 1, *multiplicities[1:]], displacement_energy
                ),
            ),
        ),
    ),
)
