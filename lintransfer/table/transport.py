"""Rows: prediction error at other sample sizes from the one that was measured."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from lintransfer.leave_one_out import transported
from lintransfer.simulate.end_to_end import draw_inputs, risk_samples
from lintransfer.table.mutants import swapped
from lintransfer.table.points import asymptotic, growing
from lintransfer.table.row import Limit, Mutant, Theorem

_NOISE_STD = 0.5
_TRAININGS = 4_000  # behind the error that is taken to other sizes


class _Measured(NamedTuple):
    error: float
    kappa: float
    df1: float
    df2: float


def _world(dim: int) -> dict[str, Any]:
    spectrum = np.arange(1, dim + 1.0) ** -1.0
    return {"covariance": spectrum, "target": np.cos(np.arange(dim)), "noise_std": _NOISE_STD}


@lru_cache(maxsize=16)
def _measured(rows: int, dim: int, ridge: float) -> _Measured:
    """Mean error of trainings on N rows, and κ, df1 and df2 from the mean traces of their kernel matrices."""
    rng, world = np.random.default_rng([rows, dim]), _world(dim)
    error = risk_samples(rng, _TRAININGS, n=rows, ridge=ridge, **world).mean() + _NOISE_STD**2
    design = draw_inputs(rng, (_TRAININGS // 4, rows, dim), world["covariance"])
    inverse = 1 / (np.maximum(np.linalg.eigvalsh(design @ np.swapaxes(design, 1, 2)), 0.0) + ridge)
    trace, squares = inverse.sum(1).mean(), (inverse**2).sum(1).mean()
    return _Measured(float(error), 1 / trace, rows - ridge * trace, rows - trace**2 / squares)


def _errors(rng: np.random.Generator, replicates: int, n: int, rows: int, dim: int, ridge: float) -> np.ndarray:
    """Prediction errors on n samples at the ridge that has the κ of N rows."""
    found = _measured(rows, dim, ridge)
    risks = risk_samples(rng, replicates, n=n, ridge=found.kappa * (n - found.df1), **_world(dim))
    return risks + _NOISE_STD**2


def _arguments(n: int, rows: int, dim: int, ridge: float) -> dict[str, float]:
    found = _measured(rows, dim, ridge)
    return {"error": found.error, "df2": found.df2, "rows": rows, "n": n}


ROWS = (
    Theorem(
        name="transported-error",
        slow=True,
        kind="asymptotic",
        statement="R_n + σ² = (R_N + σ²)(1 − df2/N)/(1 − df2/n) at one κ, the ridges being κ(N − df1) and κ(n − df1)",
        formula=transported,
        source="cf. Du, Patil & Kuchibhotla (2023), Atanasov, Zavatone-Veth & Pehlevan (2024): train-test gaps at one κ",
        papers=("du2023", "atanasov2024"),
        domain="any covariance and start, one κ, n > df2; error O(1/n)",
        derivation="derivations.leave_one_out.transported",
        limits=(
            Limit(
                "the same size: the same error",
                lambda error, **_: error,
                ({"error": 1.3, "df2": 4.0, "rows": 20.0, "n": 20.0},),
            ),
            Limit("n = df2: infinite", math.inf, ({"error": 1.3, "df2": 4.0, "rows": 20.0, "n": 4.0},)),
            Limit(
                "there and back",
                lambda error, **_: error,
                ({"error": 1.3, "df2": 4.0, "rows": 20.0, "n": 7.0},),
                left=lambda formula, error, df2, rows, n: formula(formula(error, df2, rows, n), df2, n, rows),
            ),
        ),
        sample=lambda rng: {
            "error": float(np.exp(rng.uniform(-5, 5))), "df2": float(rng.uniform(0, 9)), "rows": int(rng.integers(10, 10**6)),
            "n": int(rng.integers(10, 10**6)),
        },
        experiments=tuple(
            asymptotic(
                _errors, growing("rows", "ridge", n=n, rows=rows, dim=12, ridge=1.0), 1.2, 3_000, 0.05, _arguments
            )
            for n, rows in ((24, 12), (8, 16))
        ),
        mutants=(
            swapped("rows", "n"),
            Mutant("the error does not change", lambda error: error),
            Mutant("1/n", lambda error, rows, n: error * rows / n),
        ),
    ),
)
