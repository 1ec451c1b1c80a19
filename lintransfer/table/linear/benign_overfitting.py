"""Rows: effective ranks of a spectrum, and when interpolation of noise does little harm."""

from __future__ import annotations

import math

import numpy as np

from lintransfer.experiments.linear.benign_overfitting import (
    spectrum_arguments,
    spiked_arguments,
    spiked_risks,
    spiked_world,
    variances,
)
from lintransfer.table.mutants import instead, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.benign_overfitting import (
    EffectiveRanks,
    benign_variance,
    effective_ranks,
    self_induced_ridge_risk,
)
from lintransfer.theory.linear.covariance import ridge_risk

_PAPER = "Bartlett, Long, Lugosi & Tsigler (2020)"
_CONSTANT = 0.6  # the true variance lies within 1 ± this times the diagnostic, on the spectra tested


def _power(dim: int) -> np.ndarray:
    return np.arange(1.0, dim + 1) ** -1.0


def _by_hand(n: int, eigenvalues: np.ndarray, head: int) -> float:
    """k/n + n/R_k at a k that is checked to be the first with r_k ≥ n."""
    tails = [math.fsum(eigenvalues[k:]) / eigenvalues[k] for k in (head - 1, head)]
    squares = math.fsum(eigenvalues[head:] ** 2)
    return head / n + n * squares / math.fsum(eigenvalues[head:]) ** 2 if tails[0] < n <= tails[1] else math.nan


ROWS = (
    Theorem(
        name="effective-ranks",
        kind="identity",
        statement="r_k = Σ_{i>k} λ_i/λ_{k+1}, R_k = (Σ_{i>k} λ_i)²/Σ_{i>k} λ_i²",
        formula=effective_ranks,
        source=_PAPER,
        papers=("bartlett2020",),
        covers="three eigenvalues",
        domain="any spectrum",
        derivation="derivations.linear.benign_overfitting.effective_ranks",
        limits=(
            Limit(
                "equal eigenvalues: what is left of them",
                lambda eigenvalues: {"smaller": [4.0, 3.0, 2.0, 1.0], "larger": [4.0, 3.0, 2.0, 1.0]},
                ({"eigenvalues": np.full(4, 0.3)},),
            ),
            Limit(
                "geometric eigenvalues, infinitely many: 1/(1−a) and (1+a)/(1−a)",
                [2.0, 3.0],
                rtol=1e-12,
                left=lambda formula: [float(v[0]) for v in formula(0.5 ** np.arange(60))],
            ),
            Limit(
                "the order of the eigenvalues does not matter",
                lambda eigenvalues: effective_ranks(np.sort(eigenvalues)),
                ({"eigenvalues": np.array([0.1, 2.0, 0.7])},),
            ),
        ),
        mutants=(
            Mutant(
                "over the first eigenvalue of all",
                lambda eigenvalues: EffectiveRanks(
                    effective_ranks(eigenvalues).smaller * np.sort(eigenvalues)[::-1] / max(eigenvalues),
                    effective_ranks(eigenvalues).larger,
                ),
            ),
            Mutant(
                "one rank for both", lambda eigenvalues: EffectiveRanks(*[effective_ranks(eigenvalues).smaller] * 2)
            ),
        ),
    ),
    Theorem(
        name="benign-variance",
        kind="bound",
        statement="variance of interpolation ≍ σ²(k*/n + n/R_{k*}), k* = min{k: r_k ≥ bn}, up to constants that nobody knows",
        formula=benign_variance,
        source=f"{_PAPER}: upper and lower bounds with unknown constants",
        papers=("bartlett2020",),
        domain="a diagnostic, not a number: 0.4 to 1.6 times it on the spectra tested; nan where no k* exists; use ridge-risk for numbers",
        derivation=None,
        limits=(
            Limit("equal eigenvalues, d ≫ n: the exact n/d", 1e-4, ({"n": 10, "eigenvalues": np.ones(10**5)},)),
            Limit("no k*: nothing is said", math.nan, ({"n": 40, "eigenvalues": np.exp(-np.arange(2000) / 20)},)),
            Limit(
                "few large eigenvalues on a flat rest: k* counts them",
                3.0,
                ({"n": 50, "eigenvalues": np.r_[np.full(3, 100.0), np.full(2000, 0.1)]},),
                left=lambda formula, n, eigenvalues: round(
                    n * (formula(n, eigenvalues) - n / effective_ranks(eigenvalues).larger[3]), 9
                ),
            ),
            Limit(
                "λ_i = 1/i: never benign, k* is of the order of n",
                lambda n, eigenvalues: _by_hand(n, eigenvalues, 23),
                ({"n": 200, "eigenvalues": _power(10**5)},),
            ),
        ),
        experiments=tuple(
            Experiment(
                variances,
                ({"n": n, "dim": dim, "shape": shape},),
                "asymptotic",
                600,
                0.2,
                allowance=lambda **_: _CONSTANT,
                arguments=spectrum_arguments,
            )
            for shape, n, dim in (("spikes", 20, 400), ("power", 20, 400), ("flat", 20, 400), ("slow", 10, 600))
        ),
        mutants=(
            Mutant("the trace of all for the tail", lambda n, eigenvalues: n / effective_ranks(eigenvalues).larger[0]),
            Mutant("r_k for R_k", lambda n, eigenvalues: n / effective_ranks(eigenvalues).smaller[0]),
            times(5),
        ),
    ),
    Theorem(
        name="self-induced-ridge",
        kind="asymptotic",
        statement="min-norm risk ≈ [ridge risk of the k largest modes at λ = Σ_{i>k} λ_i, noise σ² + u] + u + (σ² + u)n/R_k",
        formula=self_induced_ridge_risk,
        source="Bartlett, Montanari & Rakhlin (2021)",
        papers=("bartlett2021",),
        domain="k ≪ n ≪ r_k; relative error O(n/r_k) to ridge-risk",
        derivation=None,
        limits=(
            Limit(
                "a long flat tail: the ridge risk of the whole spectrum",
                1.0,
                grid(n=[5, 20, 60], dim=10**5),
                rtol=3e-3,
                left=lambda formula, n, dim: float(
                    formula(n, noise_variance=0.5, **spiked_world(dim, 2))
                    / ridge_risk(
                        n, spiked_world(dim, 2)["eigenvalues"], np.ones(dim), spiked_world(dim, 2)["displacement"], 0.5
                    )
                ),
            ),
            Limit(
                "no head: label noise and teacher spread over the tail",
                lambda n, **_: 1.3 + (1.3 + 0.5) * n / 1000,
                (
                    {
                        "n": 7,
                        "eigenvalues": np.full(1000, 2.0),
                        "displacement": np.full(1000, 0.65e-3),
                        "noise_variance": 0.5,
                    },
                ),
            ),
        ),
        experiments=(
            Experiment(
                spiked_risks,
                tuple({"n": 20, "dim": dim, "head": 2, "noise_variance": 0.5} for dim in (200, 400, 800)),
                "asymptotic",
                1_200,
                0.12,
                allowance=lambda n, dim, **_: 2 * n / dim,
                arguments=spiked_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "no ridge on the head",
                lambda n, eigenvalues, displacement, noise_variance, head: noise_variance * head / (n - head - 1),
            ),
            Mutant(
                "the tail's teacher forgotten",
                instead(displacement=lambda displacement, head: displacement * (np.arange(len(displacement)) < head)),
            ),
            times(1.5),
        ),
    ),
)
