"""Rows: what gradient flow of deep linear networks conserves, and how much of the source it keeps."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from lintransfer.table.deep_experiments import growths
from lintransfer.table.deep_flow_experiments import (
    imbalances,
    kept,
    retained,
    retained_two,
    velocities,
)
from lintransfer.table.mutants import instead, moved, scaled
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory import deep_dynamics as dynamics
from lintransfer.theory import retention as formulas

_DEPTHS = ({"depth": 1}, {"depth": 2}, {"depth": 3}, {"depth": 5})
_BOX = {"null_fraction": (0.0, 1.0), "fit_ratio": (1e-3, 1e3)}


def _matrices(rng: np.random.Generator) -> dict[str, Any]:
    return {"layers": [rng.standard_normal(shape) for shape in ((4, 2), (2, 3), (3, 1))]}


def _point(rng: np.random.Generator) -> dict[str, Any]:
    return {"weights": rng.standard_normal(3), "gradient": rng.standard_normal(3), "depth": float(rng.uniform(1, 9))}


def _combined(layers: Any, here: float, after: float) -> list[Any]:
    pairs = pairwise(layers)
    return [here * np.swapaxes(a, -1, -2) @ a + after * b @ np.swapaxes(b, -1, -2) for a, b in pairs]


def _velocity(weights: Any, slope: Any, power: Any, factor: Any) -> Any:
    square = np.sum(weights * weights, axis=-1, keepdims=True)
    along = np.sum(weights * slope, axis=-1, keepdims=True) / square
    return -(square ** (power / 2)) * (slope + factor * along * weights)


ROWS = (
    Theorem(
        name="layer-balance",
        kind="identity",
        statement="W_lᵀW_l − W_{l+1}W_{l+1}ᵀ is conserved by gradient flow, l = 1 … L − 1",
        formula=dynamics.layer_imbalances,
        source="Arora, Cohen & Hazan (2018); Saxe, McClelland & Ganguli (2014)",
        papers=("arora2018", "saxe2014"), covers="three layers of width 1",
        domain="any depth, widths and start, any loss of the product, no weight decay",
        derivation="derivations.deep_linear.conservation",
        limits=(
            Limit(
                "balanced networks stay balanced",
                lambda **_: [np.zeros((1, 1)), np.zeros((1, 1))],
                ({"layers": [np.full((1, 1), 1.5), np.full((1, 1), -1.5), np.full((1, 1), 1.5)]},),
            ),
        ),
        sample=_matrices,
        experiments=(Experiment(imbalances, ({"depth": 2}, {"depth": 3}, {"depth": 5}), "identity", 4),),
        mutants=(
            Mutant("sum for difference", lambda layers: _combined(layers, 1, 1)),
            Mutant("twice the later layer", lambda layers: _combined(layers, 1, -2)),
        ),
    ),
    Theorem(
        name="rank-one-reduction",
        kind="identity",
        statement="w' = −‖w‖^{2−2/L}[∇ + (L−1)ŵŵᵀ∇]",
        formula=dynamics.end_to_end_velocity,
        source="Arora, Cohen & Hazan (2018), Theorem 1, one output",
        papers=("arora2018",), covers="d = 2, weights along (3, 4)",
        domain="balanced rank-one network, every L ≥ 1",
        derivation="derivations.deep_linear.rank_one_reduction",
        limits=(
            Limit(
                "one layer: plain gradient flow",
                lambda gradient, **_: -gradient,
                ({"weights": np.array([1.0, -2.0]), "gradient": np.array([0.5, 3.0]), "depth": 1},),
            ),
        ),
        sample=_point,
        experiments=(Experiment(velocities, _DEPTHS, "identity", 5),),
        mutants=(
            Mutant("L for L − 1", lambda weights, gradient, depth: _velocity(weights, gradient, 2 - 2 / depth, depth)),
            Mutant(
                "1 − 1/L for 2 − 2/L",
                lambda weights, gradient, depth: _velocity(weights, gradient, 1 - 1 / depth, depth - 1),
            ),
        ),
    ),
    Theorem(
        name="retention-identity",
        kind="identity",
        statement="Qw(t) = ρ(t)Qw0, ρ(t) = (‖w(t)‖/‖w0‖)^{1−1/L}, at every time",
        formula=dynamics.retention_along_flow,
        source="cf. Shachaf, Brutzkus & Globerson (2021), deep part",
        papers=("shachaf2021",),
        domain="balanced rank-one start, early stopping included, noise or not",
        derivation="derivations.deep_linear.retention_identity",
        limits=(
            Limit("a linear network keeps all of it", 1.0, ({"norm": 3.0, "initial_norm": 0.5, "depth": 1.0},)),
        ),
        box={"norm": (0.01, 100.0), "initial_norm": (0.01, 100.0), "depth": (1.0, 1e6)},
        experiments=(
            Experiment(kept, grid(depth=[1, 2, 3, 5], time=[0.1, 1.0]), "identity", 5),
        ),
        mutants=(
            Mutant("exponent 1/L", lambda norm, initial_norm, depth: (norm / initial_norm) ** (1 / depth)),
            Mutant("ρ = 1", lambda norm: 1 + 0 * norm),
        ),
    ),
    Theorem(
        name="norm-ratio",
        kind="implicit",
        statement="x = ‖w_∞‖²/‖w0‖² is the one positive root of x = B + A x^{1−1/L}",
        formula=formulas.norm_ratio,
        source="follows from retention-identity by taking norms at the end point",
        follows=("retention-identity",),
        domain="given X and y, noise included; n < d and Qw0 ≠ 0, balanced rank-one start, zero loss",
        derivation="derivations.deep_linear.norm_ratio",
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
        experiments=(Experiment(growths, _DEPTHS, "identity", 5),),
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
        derivation="derivations.deep_linear.retention_factor",
        limits=(
            Limit("one layer keeps everything", 1.0, ({"depth": 1, "null_fraction": 0.3, "fit_ratio": 2.0},)),
            Limit(
                "huge source: A^{(L−1)/2}",
                lambda depth, null_fraction, **_: null_fraction ** ((depth - 1) / 2),
                grid(depth=[1.5, 3, 7], null_fraction=0.4, fit_ratio=0.0),
            ),
        ),
        box={"depth": (1.0, 1e4), **_BOX},
        experiments=(Experiment(retained, _DEPTHS, "identity", 5),),
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
        derivation="derivations.deep_linear.two_layers",
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
)
