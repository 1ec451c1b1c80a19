"""Rows: the effective regularisation κ of a sample size and a ridge."""

from __future__ import annotations

import numpy as np

from lintransfer.experiments.linear.covariance import (
    allowance,
    draw_sized,
    growing,
    inverse_kernel_arguments,
    inverse_kernel_trace,
)
from lintransfer.experiments.linear.proportional import draw_kappas
from lintransfer.table.linear.covariance import ONE_MODE, TWO_MODES
from lintransfer.table.mutants import instead, moved, swapped
from lintransfer.table.points import grid, near_square
from lintransfer.table.points import growing as points_growing
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance import sample_size
from lintransfer.theory.linear.effective_regularization import effective_regularization
from lintransfer.theory.linear.proportional import isotropic_kappa

ROWS = (
    Theorem(
        name="isotropic-kappa",
        kind="asymptotic",
        statement="κ > 0 with γ − λ/(dκ) = 1/(1+κ)",
        formula=isotropic_kappa,
        source="Dar, LeJeune & Baraniuk (2021); the transform of Marchenko & Pastur (1967)",
        papers=("dar2021", "marchenko1967"),
        domain="Σ = I, n ≥ 0, λ ≥ 0: inf at n = 0, 0 at λ = 0, n ≥ d",
        derivation="derivations.linear.effective_regularization.isotropic_kappa",
        limits=(
            Limit(
                "no ridge: (d − n)₊/n",
                lambda n, dim, ridge: max(dim - n, 0) / n,
                grid(n=[1, 19, 20, 21, 400], dim=20, ridge=0.0),
            ),
        ),
        box={"n": (1, 10**9), "dim": (1, 10**9), "ridge": (1e-9, 1e9)},
        experiments=tuple(
            Experiment(
                draw_kappas,
                points_growing("ridge", n=n, dim=8, ridge=ridge),
                "asymptotic",
                1_000,
                allowance=near_square,
            )
            for n, ridge in ((4, 1.0), (16, 2.0))
        ),
        mutants=(
            Mutant("the other root", lambda n, dim, ridge: -ridge / (n * isotropic_kappa(n, dim, ridge))),
            Mutant("d/n for n/d", swapped("n", "dim")),
        ),
    ),
    Theorem(
        name="effective-regularization",
        kind="implicit",
        statement="n = Σ m_i λ_i/(λ_i+κ) + λ/κ; one root κ ≥ 0, between those of the harmonic and the arithmetic mean",
        formula=effective_regularization,
        source="standard: Dobriban & Wager (2018), Hastie et al. (2022), Simon et al. (2023); the bracket by convexity",
        papers=("dobriban2018", "hastie2022", "simon2023"),
        covers="two eigenvalues",
        domain="any spectrum, λ ≥ 0, n ≥ 0: inf at n = 0, 0 if λ = 0 and n ≥ rank Σ",
        derivation="derivations.linear.effective_regularization.effective_regularization",
        limits=(
            Limit(
                "equal eigenvalues: a quadratic equation",
                lambda n, ridge, **_: isotropic_kappa(n, 40.0, ridge),
                tuple({"n": n, "ridge": r} | ONE_MODE for n in (0, 1, 39, 40, 41, 400) for r in (0.0, 1e-9, 3.0)),
            ),
            Limit(
                "one mode of multiplicity m is m modes",
                lambda n, ridge, eigenvalues, multiplicities: effective_regularization(
                    n, np.repeat(eigenvalues, multiplicities.astype(int)), np.ones(8), ridge
                ),
                tuple({"n": n, "ridge": 0.2} | TWO_MODES for n in (1, 3, 7.5, 8, 9)),
            ),
            Limit(
                "κ(n) and n(κ) are inverse to each other",
                lambda n, **_: n,
                tuple({"n": n, "ridge": 0.3} | TWO_MODES for n in (0.5, 1, 3, 7.5, 8, 9, 100)),
                left=lambda formula, n, eigenvalues, multiplicities, ridge: sample_size(
                    formula(n, eigenvalues, multiplicities, ridge), eigenvalues, multiplicities, ridge
                ),
            ),
        ),
        sample=draw_sized,
        experiments=tuple(
            Experiment(
                inverse_kernel_trace,
                growing(n=n, dim=12, exponent=exponent, ridge=ridge),
                "asymptotic",
                2_000,
                allowance=allowance,
                arguments=inverse_kernel_arguments,
            )
            for n, exponent, ridge in ((4, 1.0, 0.0), (8, 0.5, 0.5))
        ),
        mutants=(
            Mutant("mean convention of the ridge", instead(ridge=lambda n, ridge: n * ridge)),
            Mutant("multiplicities forgotten", instead(multiplicities=lambda multiplicities: multiplicities**0)),
            moved(n=1),
        ),
    ),
)
