"""Rows: upper bounds on the risk that hold for given designs or with high probability."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.bounds import draw_bound, draw_deviation, draw_projected
from lintransfer.experiments.linear.conditional import isotropic_design
from lintransfer.table.mutants import scaled, swapped, times
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.bounds import (
    best_shachaf_bound,
    deviation_rate,
    projected_bound,
    shachaf_bound,
    split_shachaf_bound,
)
from lintransfer.theory.linear.conditional import conditional_risk

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


def _projected_sample(rng: np.random.Generator) -> dict[str, Any]:
    n, dim = int(rng.integers(1, 4)), int(rng.integers(5, 8))
    return {
        "X": rng.standard_normal((n, dim)),
        "displacement": rng.standard_normal(dim),
        "covariance": rng.uniform(0.1, 4, dim),
    }


ROWS = (
    Theorem(
        name="shachaf-bound",
        kind="bound",
        statement="R ≤ g((g/λ_k)‖P_{≤k}δ‖ + ‖P_{>k}δ‖)², g = ‖Σ − XᵀX/n‖, for every k = 0 … d with λ_k > 0",
        formula=shachaf_bound,
        source="Shachaf, Brutzkus & Globerson (2021), linear part; in this form, with explicit constants, derived here",
        papers=("shachaf2021",),
        domain="every design and covariance, σ = 0 (with noise add σ² tr[(X⁺)ᵀΣX⁺])",
        derivation="derivations.linear.bounds.shachaf_bound",
        limits=(
            Limit(
                "k = 0: g‖δ‖²",
                lambda deviation, left_out, **_: deviation * left_out,
                ({"deviation": 0.4, "eigenvalue": math.inf, "captured": 0.0, "left_out": 2.5},),
            ),
            Limit(
                "best cut of [4, 1]: k = 1",
                lambda **_: best_shachaf_bound(0.1, np.array([4.0, 1.0]), np.array([16.0, 0.01])),
                ({"deviation": 0.1, "eigenvalue": 4.0, "captured": 16.0, "left_out": 0.01},),
            ),
        ),
        box={
            "deviation": (1e-3, 1e3),
            "eigenvalue": (1e-3, 1e3),
            "captured": (1e-3, 1e3),
            "left_out": (1e-3, 1e3),
        },
        experiments=(Experiment(draw_bound, _BOUND_POINTS, "bound", replicates=1000),),
        mutants=(
            scaled(deviation=0.5),
            Mutant("one power of g lost", times(lambda deviation: deviation)),
            swapped("captured", "left_out"),
        ),
    ),
    Theorem(
        name="shachaf-bound-split",
        kind="bound",
        statement="R ≤ (2g³/λ_k²)‖P_{≤k}δ‖² + 2g‖P_{>k}δ‖²",
        formula=split_shachaf_bound,
        source="Shachaf, Brutzkus & Globerson (2021), linear part; explicit constants derived here",
        papers=("shachaf2021",),
        domain="as shachaf-bound, which it exceeds by at most a factor 2",
        derivation="derivations.linear.bounds.shachaf_bound_split",
        limits=(
            Limit(
                "parts of equal size: the joint form",
                shachaf_bound,
                ({"deviation": 0.5, "eigenvalue": 2.0, "captured": 16.0, "left_out": 1.0},),
            ),
            Limit(
                "one part: twice the joint form",
                lambda **point: 2 * shachaf_bound(**point),
                ({"deviation": 0.5, "eigenvalue": 2.0, "captured": 16.0, "left_out": 0.0},),
            ),
        ),
        box={
            "deviation": (1e-3, 1e3),
            "eigenvalue": (1e-3, 1e3),
            "captured": (1e-3, 1e3),
            "left_out": (1e-3, 1e3),
        },
        experiments=(Experiment(draw_bound, _BOUND_POINTS, "bound", replicates=1000),),
        mutants=(
            times(0.5),
            Mutant(
                "λ_k for λ_k²",
                lambda deviation, eigenvalue, captured, left_out: (
                    2 * deviation * (deviation**2 / eigenvalue * captured + left_out)
                ),
            ),
        ),
    ),
    Theorem(
        name="projected-risk-bound",
        slow=True,
        kind="bound",
        statement="R = δᵀQΣQδ ≤ ‖QΣQ‖ ‖Qδ‖²",
        formula=projected_bound,
        source="follows from conditional-risk with the norm of QΣQ",
        follows=("conditional-risk",),
        covers="n = 1, d = 3, Σ diagonal",
        domain="every design and covariance, σ = 0",
        derivation="derivations.linear.bounds.projected_risk_bound",
        limits=(
            Limit(
                "Σ = I: equality with the risk",
                lambda X, displacement, covariance: conditional_risk(X, displacement, covariance, 0.0),
                tuple(
                    {key: value for key, value in isotropic_design(n, 6).items() if key != "noise_variance"}
                    for n in (1, 3, 5)
                ),
                rtol=1e-11,
            ),
        ),
        sample=_projected_sample,
        experiments=(
            Experiment(
                draw_projected,
                tuple({"n": n, "dim": dim, "exponent": 1.5} for n in (1, 3, 6) for dim in (n + 1, n + 2, 10)),
                "bound",
                replicates=1,
            ),
        ),
        mutants=(Mutant("trace norm per direction", times(lambda X: 1 / X.shape[1])),),
    ),
    Theorem(
        name="deviation-rate",
        kind="bound",
        statement="g ≤ C λ_1 max(√(r/n), r/n, √(log(1/η)/n), log(1/η)/n), r = trΣ/λ_1, with probability 1 − η",
        formula=deviation_rate,
        source="Koltchinskii & Lounici (2017), Theorem 2",
        papers=("koltchinskii2017",),
        domain="Gaussian inputs; the constant C is not specified (isotropic n = d → ∞ needs C ≥ 3); tried with C = 6",
        limits=(
            Limit(
                "isotropic, n = d: C",
                lambda constant, **_: constant,
                ({"n": 50, "eigenvalues": np.ones(50), "failure_probability": 0.5, "constant": 3.0},),
            ),
            Limit(
                "n < r: C trΣ/n",
                lambda n, eigenvalues, constant, **_: constant * eigenvalues.sum() / n,
                ({"n": 5, "eigenvalues": np.full(50, 0.2), "failure_probability": 0.5, "constant": 3.0},),
            ),
            Limit(
                "η → 0: log(1/η)/n",
                lambda n, constant, **_: constant * 100 * math.log(10) / n,
                ({"n": 5, "eigenvalues": np.ones(2), "failure_probability": 1e-100, "constant": 3.0},),
            ),
        ),
        sample=lambda rng: {
            "n": int(rng.integers(1, 1000)),
            "eigenvalues": np.sort(np.exp(rng.uniform(-5, 5, 6)))[::-1].copy(),
            "failure_probability": float(rng.uniform(1e-6, 0.9)),
            "constant": 3.0,
        },
        experiments=(
            Experiment(
                draw_deviation,
                tuple(
                    {"n": n, "dim": dim, "exponent": e} for e in (0.0, 2.0) for n, dim in ((2, 12), (12, 12), (48, 12))
                ),
                "bound",
                replicates=2000,
            ),
        ),
        mutants=(
            Mutant(
                "r/n dropped",
                lambda n, eigenvalues, failure_probability, constant: (
                    constant
                    * eigenvalues[0]
                    * max(
                        math.sqrt(sum(eigenvalues) / eigenvalues[0] / n), math.sqrt(-math.log(failure_probability) / n)
                    )
                ),
            ),
            Mutant("λ_1 forgotten", times(lambda eigenvalues: 1 / eigenvalues[0])),
        ),
    ),
)
