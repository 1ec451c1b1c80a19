"""Rows: the regimes of fine-tuning diagonal linear networks."""

from __future__ import annotations

from typing import Any

from lintransfer.experiments.diagonal_linear import regimes as draws
from lintransfer.table.mutants import dropped, instead, scaled, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.diagonal_linear import regimes as theory

_BOX: dict[str, Any] = {
    "predictor": (0.05, 3.0), "scale": (0.05, 4.0), "balance": (-0.9, 0.9), "head": (0.05, 2.0),
}  # fmt: skip
_POINTS = grid(scale=[0.2, 0.9], balance=[-0.5, 0.6], head=[0.3])

ROWS = (
    Theorem(
        name="diagonal-cost-order",
        kind="exact",
        statement="l = dlog q/dlog|β| = asinh(u)/[asinh(u) − u/(1+√(1+u²))] ∈ [1, 2], u = 2|β|/√k",
        formula=theory.cost_order,
        source="Anguita et al. (2026)",
        papers=("anguita2026",),
        see=("lippl2024", "woodworth2020"),
        domain="√k > 0, β ≠ 0",
        derivation="derivations.diagonal_linear.regimes.cost_order",
        limits=(
            Limit("lazy: 2", 2.0, grid(weight=[1e-6, -1e-7], root_k=[1.0]), 1e-9),
            Limit("rich: 1", 1.0, grid(weight=[1e60, -1e60], root_k=[1e-60]), 0.01),
            Limit("of one ratio", lambda weight, root_k: theory.cost_order(3 * weight, 3 * root_k), grid(weight=[0.3, -2.0], root_k=[0.5])),
        ),
        box={"weight": (0.01, 10.0), "root_k": (0.01, 10.0)},
        experiments=(Experiment(draws.orders, grid(first=[0.4, 0.9], head=[0.1, 0.6]), compare="identity"),),
        mutants=(scaled(root_k=0.5), times(0.5), Mutant("ridge", lambda weight, root_k: 2.0 + 0 * weight)),
    ),
    Theorem(
        name="diagonal-scale-sensitivity",
        kind="exact",
        statement="dlog √k/dlog|β_PT| = 2a(1+λ)s²/(√(1+s²)√k) ∈ [0, 1], s = β_PT/a",
        formula=theory.scale_sensitivity,
        source="follows from fine-tuning-scale by substitution (its logarithmic slope)",
        follows=("fine-tuning-scale",),
        see=("anguita2026",),
        domain="a > 0, −1 ≤ λ ≤ 1, g ≥ 0, w_d = w_+ + w_−",
        derivation="derivations.diagonal_linear.regimes.scale_sensitivity",
        limits=(
            Limit("a large start: 0", 1.0, grid(predictor=[0.5, -2.0], scale=[1e9]), 1e-12, left=lambda formula, **a: 1 + formula(**a), given={"balance": 0.0, "head": 0.3}),
            Limit("a small start, no head: 1", 1.0, grid(predictor=[0.5, -2.0], scale=[1e-9]), 1e-6, given={"balance": 0.3, "head": 0.0}),
            Limit("λ = −1: 0", 0.0, grid(predictor=[0.5, -2.0], scale=[0.1, 1.0]), given={"balance": -1.0, "head": 0.3}),
        ),
        box=_BOX,
        experiments=(Experiment(draws.sensitivities, _POINTS, compare="identity"),),
        mutants=(dropped("head"), times(0.5), instead(balance=lambda balance: balance - 1)),
    ),
    Theorem(
        name="pretraining-dependence",
        kind="exact",
        statement="PD = dlog q/dlog|β_PT| = (1−l)·dlog √k/dlog|β_PT| ∈ [−1, 0]",
        formula=theory.pretraining_dependence,
        source="Anguita et al. (2026)",
        papers=("anguita2026",),
        see=("lippl2024",),
        domain="√k > 0, β ≠ 0, a > 0, −1 ≤ λ ≤ 1, w_d = w_+ + w_−",
        derivation="derivations.diagonal_linear.regimes.pretraining_dependence",
        limits=(
            Limit("lazy with reuse: −1", -1.0, grid(weight=[1e-6], predictor=[0.5, 2.0], scale=[1e-9]), 1e-6, given={"balance": 0.3, "head": 0.0}),
            Limit("rich: 0", 1.0, grid(weight=[1e60], predictor=[0.5], scale=[1e-3]), 0.01, left=lambda formula, **a: 1 + formula(**a), given={"balance": 0.3, "head": 0.0}),
            Limit("lazy without reuse: 0", 1.0, grid(weight=[0.5], predictor=[0.5], scale=[1e9]), 1e-12, left=lambda formula, **a: 1 + formula(**a), given={"balance": 0.3, "head": 0.0}),
        ),
        box={"weight": (0.05, 3.0), **_BOX},
        experiments=(Experiment(draws.dependences, _POINTS, compare="identity"),),
        mutants=(
            Mutant("l for l − 1", lambda weight, predictor, scale, balance, head: (
                -theory.scale_sensitivity(predictor, scale, balance, head))),
            times(-1.0),
            dropped("head"),
        ),
    ),
    Theorem(
        name="two-heads-cost",
        kind="exact",
        statement="least ‖parameters‖² of shared features under two heads: Σ_d 2√(b_{1d}²+b_{2d}²)",
        formula=theory.two_heads_cost,
        source="Lippl & Lindsey (2024); Dai, Karzand & Srebro (2021), representation costs",
        papers=("lippl2024", "dai2021"),
        domain="weight decay → 0⁺; not in general the limit of gradient flow from a small start",
        derivation="derivations.diagonal_linear.regimes.two_heads_cost",
        limits=(
            Limit("one head: 2|b|", lambda first: 2 * abs(first), grid(first=[0.3, -2.0]), given={"second": 0.0}),
            Limit("tasks exchanged", lambda first, second: theory.two_heads_cost(second, first), grid(first=[0.3, -2.0], second=[1.0])),
        ),
        box={"first": (-3.0, 3.0), "second": (-3.0, 3.0)},
        experiments=(Experiment(draws.least_norms, ({},), compare="identity"),),
        mutants=(
            times(0.5),
            dropped("second"),
            Mutant("each head with features of its own", lambda first, second: 2 * (abs(first) + abs(second))),
        ),
    ),
)  # fmt: skip
