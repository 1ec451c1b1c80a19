"""Rows: the retention factor at great depth, and from small starts."""

from __future__ import annotations

import math

from lintransfer.experiments.deep_linear.flows import (
    deep_arguments,
    deep_correction,
    deep_retention,
    retained,
    retained_two,
)
from lintransfer.experiments.deep_linear.trainings import growths
from lintransfer.table.deep_linear.dynamics import DEPTHS
from lintransfer.table.mutants import instead, moved, scaled
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import retention as formulas

_BOX = {"null_fraction": (0.0, 1.0), "fit_ratio": (1e-3, 1e3)}


ROWS = (
    Theorem(
        name="norm-ratio",
        kind="implicit",
        statement="x = ‖w_∞‖²/‖w0‖² is the one positive root of x = B + A x^{1−1/L}",
        formula=formulas.norm_ratio,
        source="follows from retention-identity by taking norms at the end point",
        follows=("retention-identity",),
        domain="given X and y, noise included; n < d and Qw0 ≠ 0, balanced rank-one start, zero loss",
        derivation="derivations.deep_linear.retention.norm_ratio",
        limits=(
            Limit(
                "one layer: Pythagoras",
                lambda null_fraction, fit_ratio, **_: null_fraction + fit_ratio,
                grid(depth=[1, 1.0], null_fraction=0.3, fit_ratio=2.0),
            ),
            Limit(
                "two layers: a quadratic",
                lambda null_fraction, fit_ratio, **_: formulas.two_layer_norm_ratio(null_fraction, fit_ratio),
                grid(depth=2, null_fraction=[0.0, 0.4, 1.0], fit_ratio=[0.0, 2.0]),
            ),
            Limit(
                "infinitely many: linear",
                lambda null_fraction, fit_ratio, **_: formulas.infinite_norm_ratio(null_fraction, fit_ratio),
                grid(depth=math.inf, null_fraction=[0.0, 0.4, 1.0], fit_ratio=2.0),
            ),
            Limit(
                "source of infinite norm, B → 0: A^L",
                lambda depth, null_fraction, **_: null_fraction**depth,
                grid(depth=[1.5, 3, 7], null_fraction=0.4, fit_ratio=[0.0, 1e-16]),
            ),
            Limit(
                "source of vanishing norm, B → ∞: everything is learnt",
                1.0,
                ({"depth": 1.5}, {"depth": 3}, {"depth": 4}),
                left=lambda formula, depth: formula(depth, 0.4, 1e60) / 1e60,
            ),
            Limit(
                "A + B = 1: the norm stays", 1.0, grid(depth=[1, 2, 9.5, math.inf], null_fraction=0.25, fit_ratio=0.75)
            ),
        ),
        box={"depth": (1.0, 1e4), **_BOX},
        experiments=(Experiment(growths, DEPTHS, "identity", 5),),
        mutants=(
            Mutant(
                "exponent 1/L for 1 − 1/L", instead(depth=lambda depth: depth / (depth - 1) if depth > 1 else math.inf)
            ),
            Mutant("ρ = 1", lambda null_fraction, fit_ratio: null_fraction + fit_ratio),
            moved(depth=1),
            Mutant(
                "A and B swapped",
                instead(
                    null_fraction="fit_ratio",
                    fit_ratio="null_fraction",
                    row_fraction=lambda fit_ratio: 0 * fit_ratio + 0.5,
                ),
            ),
        ),
    ),
    Theorem(
        name="retention-factor",
        kind="implicit",
        statement="w_∞ = m + ρQw0, ρ = x^{(1−1/L)/2}, x = B + A x^{1−1/L}",
        formula=formulas.retention_factor,
        source="cf. Shachaf, Brutzkus & Globerson (2021), deep part; set to 1 in Tahir, Ganguli & Rotskoff (2025), eqs. 15 and 22",
        papers=("shachaf2021", "tahir2024"),
        domain="given X and y, noise included; n < d and Qw0 ≠ 0, balanced rank-one start, zero loss",
        derivation="derivations.deep_linear.retention.retention_factor",
        limits=(
            Limit("one layer keeps everything", 1.0, ({"depth": 1, "null_fraction": 0.3, "fit_ratio": 2.0},)),
            Limit(
                "huge source: A^{(L−1)/2}",
                lambda depth, null_fraction, **_: null_fraction ** ((depth - 1) / 2),
                grid(depth=[1.5, 3, 7], null_fraction=0.4, fit_ratio=0.0),
            ),
        ),
        box={"depth": (1.0, 1e4), **_BOX},
        experiments=(Experiment(retained, DEPTHS, "identity", 5),),
        mutants=(
            Mutant("ρ = 1", lambda fit_ratio: 1 + 0 * fit_ratio),
            Mutant("ρ² for ρ", lambda **a: formulas.retention_factor(**a) ** 2),
            Mutant("1/ρ for ρ", lambda **a: 1 / formulas.retention_factor(**a)),
        ),
    ),
    Theorem(
        name="two-layer-retention",
        kind="identity",
        statement="L = 2: ρ² = [A + √(A² + 4B)]/2",
        formula=formulas.two_layer_retention,
        source="Azulay et al. (2021); Kunin et al. (2024)",
        papers=("azulay2021", "kunin2024"),
        domain="as retention-factor, two layers",
        derivation="derivations.deep_linear.retention.two_layer_retention",
        limits=(
            Limit(
                "nothing seen: ρ² = A",
                lambda null_fraction, **_: null_fraction**0.5,
                ({"null_fraction": 0.3, "fit_ratio": 0.0},),
            ),
        ),
        box=_BOX,
        experiments=(Experiment(retained_two, ({},), "identity", 5),),
        mutants=(
            Mutant("B for 4B", scaled(fit_ratio=0.25)),
            Mutant("no root", lambda **a: formulas.two_layer_retention(**a) ** 2),
        ),
    ),
    Theorem(
        name="infinite-depth-retention",
        kind="identity",
        statement="L = ∞: ρ = ‖m‖/‖Pw0‖, blind to the norm of the source",
        formula=formulas.infinite_retention,
        source="cf. Shachaf, Brutzkus & Globerson (2021): at infinite depth only directions matter",
        papers=("shachaf2021",),
        domain="limit of retention-factor as L → ∞",
        derivation="derivations.deep_linear.retention.infinite_depth_retention",
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
        derivation="derivations.deep_linear.retention.depth_correction",
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
            Mutant(
                "1 − A dropped",
                lambda depth, null_fraction, fit_ratio: (
                    1 - (1 - null_fraction) * (1 - formulas.deep_retention_correction(depth, null_fraction, fit_ratio))
                ),
            ),
            Mutant("other sign", lambda **a: 2 - formulas.deep_retention_correction(**a)),
        ),
    ),
)
