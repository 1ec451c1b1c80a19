"""Rows: exact mean risks of one sample, and of one sample less than dimensions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.conditional import world
from lintransfer.experiments.linear.exact_moments import draw_exact
from lintransfer.table.mutants import instead
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.exact_moments import codimension_one_risk, one_sample_risk


def _exact_arguments(n: int, dim: int, exponent: float) -> dict[str, Any]:
    _, displacement, spectrum = world(n, dim, exponent)
    return {"eigenvalues": spectrum, "multiplicities": np.ones(dim), "displacement": displacement**2}


def _draw_modes(rng: Any) -> dict[str, Any]:
    """Two or three eigenvalues over eight decades, with multiplicities up to a thousand."""
    size = int(rng.integers(2, 4))
    return {
        "eigenvalues": np.exp(rng.uniform(-9, 9, size)),
        "multiplicities": np.rint(np.exp(rng.uniform(0, 7, size))),
        "displacement": np.exp(rng.uniform(-7, 7, size)),
    }


# Two dimensions, n = 1 = d − 1: half the geometric mean of the eigenvalues, at any condition number.
_ILL_CONDITIONED = Limit(
    "d = 2: √(λ₁λ₂)‖δ‖²/2",
    lambda eigenvalues, **_: math.sqrt(math.prod(eigenvalues)) / 2,
    tuple(
        {"eigenvalues": [1.0, small], "multiplicities": [1, 1], "displacement": [0.3, 0.7]}
        for small in (1.0, 0.1, 1e-8, 1e-20)
    ),
    1e-11,
)


def _isotropic(share: Any) -> Limit:
    return Limit(
        "Σ ∝ I: (1 − n/d)‖δ‖²",
        lambda multiplicities, **_: 3 * share(multiplicities[0]),
        tuple({"eigenvalues": [2.0], "multiplicities": [dim], "displacement": [1.5]} for dim in (2, 3, 50, 10**6)),
        rtol=1e-11,
    )


ROWS = (
    Theorem(
        name="one-sample-risk",
        slow=True,
        kind="exact",
        statement="n = 1, any Σ: E R = E Σ_i δ_i² [λ_i(1−p_i)² + p_i Σ_{k≠i} λ_k p_k], p_i = x_i²/‖x‖²",
        formula=one_sample_risk,
        source="not found in the literature (searched 2026-11-27)",
        covers="two eigenvalues, each twice",
        domain="n = 1, σ = 0, any d and Σ",
        derivation="derivations.linear.exact_moments.one_sample_risk",
        limits=(_ILL_CONDITIONED, _isotropic(lambda dim: 1 - 1 / dim)),
        sample=_draw_modes,
        experiments=(Experiment(draw_exact, grid(n=1, dim=[3, 8], exponent=[0.5, 2.0]), arguments=_exact_arguments),),
        mutants=(
            Mutant(
                "eigenvalues inverted", instead(eigenvalues=lambda eigenvalues: [1 / value for value in eigenvalues])
            ),
            Mutant(
                "one eigenvalue more",
                instead(multiplicities=lambda multiplicities: [multiplicities[0] + 1, *multiplicities[1:]]),
            ),
        ),
    ),
    Theorem(
        name="codimension-one-risk",
        slow=True,
        kind="exact",
        statement="n = d − 1: E R = Σ_i (δ_i²/λ_i) ∫ xΦ q_i (Σ_k q_k + 2q_i) dx, q = 1/(1+2x/λ), Φ = Π q^(1/2)",
        formula=codimension_one_risk,
        source="not found in the literature (searched 2026-11-27)",
        covers="two eigenvalues, each twice",
        domain="n = rank Σ − 1, σ = 0",
        derivation="derivations.linear.exact_moments.codimension_one_risk",
        limits=(_ILL_CONDITIONED, _isotropic(lambda dim: 1 / dim)),
        sample=_draw_modes,
        experiments=(
            Experiment(
                draw_exact,
                tuple({"n": dim - 1, "dim": dim, "exponent": e} for dim in (3, 8) for e in (0.5, 2.0)),
                arguments=_exact_arguments,
            ),
        ),
        mutants=(
            Mutant("n = 1 for n = d − 1", one_sample_risk),
            Mutant(
                "one eigenvalue more",
                instead(multiplicities=lambda multiplicities: [multiplicities[0] + 1, *multiplicities[1:]]),
            ),
        ),
    ),
)
