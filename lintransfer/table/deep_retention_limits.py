"""Rows: the retention factor at great depth, and from small starts."""

from __future__ import annotations

from lintransfer.table.deep_flow_experiments import (
    deep_arguments,
    deep_correction,
    deep_retention,
    small_allowance,
    small_arguments,
    small_start,
)
from lintransfer.table.mutants import instead, swapped
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory import deep_dynamics as dynamics
from lintransfer.theory import retention as formulas

ROWS = (
    Theorem(
        name="infinite-depth-retention",
        kind="identity",
        statement="L = ∞: ρ = ‖m‖/‖Pw0‖, blind to the norm of the source",
        formula=formulas.infinite_retention,
        source="cf. Shachaf, Brutzkus & Globerson (2021): at infinite depth only directions matter",
        papers=("shachaf2021",),
        domain="limit of retention-factor as L → ∞",
        derivation="derivations.deep_linear.infinite_depth",
        limits=(
            Limit(
                "reached by deep networks",
                lambda null_fraction, fit_ratio: formulas.retention_factor(1e12, null_fraction, fit_ratio),
                grid(null_fraction=[0.1, 0.7], fit_ratio=[0.2, 3.0]),
                rtol=1e-10,
            ),
        ),
        box={"null_fraction": (0.0, 0.99), "fit_ratio": (1e-3, 1e3)},
        experiments=(
            Experiment(
                deep_retention,
                ({"depth": 10.0}, {"depth": 50.0}),
                "asymptotic",
                2,
                allowance=lambda depth: 3 / depth,
                arguments=deep_arguments,
            ),
        ),
        mutants=(
            Mutant("A for 1 − A", lambda null_fraction, fit_ratio: (fit_ratio / null_fraction) ** 0.5),
            Mutant("no root", lambda null_fraction, fit_ratio: fit_ratio / (1 - null_fraction)),
        ),
    ),
    Theorem(
        name="depth-correction",
        kind="asymptotic",
        statement="ρ_L/ρ_∞ = 1 − ln ρ_∞/(L(1 − A)) + O(1/L²)",
        formula=formulas.deep_retention_correction,
        source="follows from norm-ratio by expansion in 1/L",
        follows=("norm-ratio",),
        domain="L ≫ 1/(1 − A)",
        derivation="derivations.deep_linear.depth_correction",
        limits=(
            Limit(
                "against the solved ρ at great depth",
                lambda depth, null_fraction, fit_ratio: (
                    formulas.retention_factor(depth, null_fraction, fit_ratio)
                    / formulas.infinite_retention(null_fraction, fit_ratio)
                ),
                grid(depth=1e7, null_fraction=[0.1, 0.7], fit_ratio=[0.2, 30.0]),
                rtol=1e-10,
            ),
        ),
        box={"depth": (10.0, 1e6), "null_fraction": (0.0, 0.99), "fit_ratio": (1e-3, 1e3)},
        experiments=(
            Experiment(
                deep_correction,
                ({"depth": 10.0}, {"depth": 50.0}),
                "asymptotic",
                2,
                allowance=lambda depth: 20 / depth**2,
                arguments=lambda depth: {"depth": depth, **deep_arguments(depth)},
            ),
        ),
        mutants=(
            Mutant("1 − A dropped", lambda depth, null_fraction, fit_ratio: (
                1 - (1 - null_fraction) * (1 - formulas.deep_retention_correction(depth, null_fraction, fit_ratio))
            )),
            Mutant("other sign", lambda **a: 2 - formulas.deep_retention_correction(**a)),
        ),
    ),
    Theorem(
        name="small-start",
        kind="asymptotic",
        statement="‖Qw_∞‖ ≃ √A‖m‖^{1−1/L}‖w0‖^{1/L} as ‖w0‖ → 0: scratch tends to min-norm",
        formula=dynamics.small_start_residual,
        source="follows from norm-ratio by expansion in ‖w0‖; its limit is Theorem 3.5 of Tahir, Ganguli & Rotskoff (2025)",
        follows=("norm-ratio",), see=("tahir2024",),
        domain="balanced rank-one start, n < d, finite L; relative error O((‖w0‖/‖m‖)^{2/L})",
        derivation="derivations.deep_linear.small_start",
        limits=(
            Limit(
                "one layer forgets nothing",
                lambda null_fraction, initial_norm, **_: null_fraction**0.5 * initial_norm,
                ({"depth": 1, "null_fraction": 0.3, "fit_norm": 2.0, "initial_norm": 0.01},),
            ),
        ),
        box={"depth": (1.0, 20.0), "null_fraction": (0.01, 1.0), "fit_norm": (0.1, 10.0), "initial_norm": (1e-6, 1e-2)},
        experiments=(
            Experiment(
                small_start,
                ({"depth": 2, "scale": 1e-2}, {"depth": 2, "scale": 1e-3}),
                "asymptotic",
                3,
                allowance=small_allowance,
                arguments=small_arguments,
            ),
            Experiment(
                small_start,
                ({"depth": 3, "scale": 1e-2}, {"depth": 3, "scale": 1e-3}),
                "asymptotic",
                3,
                allowance=small_allowance,
                arguments=small_arguments,
            ),
        ),
        mutants=(
            Mutant("A for √A", instead(null_fraction=lambda null_fraction: null_fraction**2)),
            swapped("fit_norm", "initial_norm"),
        ),
    ),
)

