"""Rows: prediction error at other sample sizes from the one that was measured."""

from __future__ import annotations

import math

import numpy as np

from lintransfer.experiments.linear.leave_one_out import errors, measured
from lintransfer.table.mutants import swapped
from lintransfer.table.points import asymptotic, growing
from lintransfer.table.row import Limit, Mutant, Theorem
from lintransfer.theory.linear.leave_one_out import transported


def _arguments(n: int, rows: int, dim: int, ridge: float) -> dict[str, float]:
    found = measured(rows, dim, ridge)
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
        derivation="derivations.linear.leave_one_out.transported_error",
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
            "error": float(np.exp(rng.uniform(-5, 5))),
            "df2": float(rng.uniform(0, 9)),
            "rows": int(rng.integers(10, 10**6)),
            "n": int(rng.integers(10, 10**6)),
        },
        experiments=tuple(
            asymptotic(
                errors, growing("rows", "ridge", n=n, rows=rows, dim=12, ridge=1.0), 1.2, 3_000, 0.05, _arguments
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
