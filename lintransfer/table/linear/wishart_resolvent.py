"""Rows: the resolvent of a Wishart matrix."""

from __future__ import annotations

from lintransfer.experiments.linear.ridge_heads import traces
from lintransfer.table.linear.ridge_heads import SIZES, points
from lintransfer.table.mutants import instead, moved
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.ridge_heads import shrinkage
from lintransfer.theory.linear.wishart_resolvent import resolvent_trace

_SHAPES = ((2, 2), (3, 2), (5, 2), (3, 3), (2, 4), (7, 4))


ROWS = (
    Theorem(
        name="wishart-resolvent",
        slow=True,
        kind="exact",
        statement="E tr(ZᵀZ+λ)⁻¹ from the exact density of one eigenvalue of a real Wishart matrix",
        formula=resolvent_trace,
        source="follows from Adler, Forrester, Nagao & van Moerbeke (2000) by integrating the density that they give",
        follows=("adler2000",),
        domain="Z n×r standard normal, min(n, r) ≤ 200, max(n, r) ≤ 10⁶, λ > 0",
        derivation="derivations.linear.wishart_resolvent.wishart_resolvent",
        limits=(
            Limit(
                "one feature: an expectation over χ²_n",
                lambda n, n_features, ridge: shrinkage(n, ridge) / ridge,
                grid(n=[1, 2, 9, 10**6], n_features=1, ridge=[1e-9, 0.7, 1e4]),
                rtol=1e-11,
            ),
            Limit(
                "n and r exchange roles but for |n − r| zero eigenvalues",
                lambda n, n_features, ridge: resolvent_trace(n_features, n, ridge) + (n_features - n) / ridge,
                points((3, 8), (8, 3), (4, 5), ridge=0.7),
            ),
            Limit(
                "vanishing ridge: the mean inverse Wishart matrix",
                lambda n, n_features, ridge: n_features / (n - n_features - 1),
                points((7, 2), (8, 3), (20, 10), (250, 200), (10**6, 199), ridge=1e-14),
                rtol=1e-11,
            ),
            Limit(
                "large ridge: three moments of W",
                lambda n, n_features, ridge: n_features / ridge * (1 - n / ridge + n * (n + n_features + 1) / ridge**2),
                points((7, 2), (3, 9), (12, 12), ridge=1e7),
                rtol=1e-14,
            ),
            Limit("no samples", 1.5, points((0, 3), ridge=2.0)),
        ),
        box={**SIZES, "ridge": (1e-3, 1e4)},
        experiments=(Experiment(traces, points(*_SHAPES, ridge=0.7)),),
        mutants=(
            Mutant(
                "zero eigenvalues forgotten",
                instead(
                    n=lambda n, n_features: max(n, n_features), n_features=lambda n, n_features: min(n, n_features)
                ),
            ),
            moved(n=1),
            Mutant("W replaced by its mean", lambda n, n_features, ridge: n_features / (n + ridge)),
            Mutant(
                "eigenvalues as if independent χ²_n",
                lambda n, n_features, ridge: n_features * shrinkage(n, ridge) / ridge,
            ),
        ),
    ),
)
