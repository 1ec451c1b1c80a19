"""Rows: where gradient flow on diagonal linear networks ends."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.diagonal_linear import implicit_bias as draws
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.diagonal_linear import implicit_bias as theory

_X, _Y = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 1.5]]), np.array([0.7, -0.4])
_SIZES = grid(n=[2, 4], dim=6) + grid(n=8, dim=5)


def _end(X: Any, y: Any, first: Any, head: Any) -> np.ndarray:
    """The end point from pairs that start alike."""
    X, y, first, head = (np.asarray(a, float) for a in (X, y, first, head))
    return theory.diagonal_end_point(X, y, theory.hidden_scale(first, head))


def _unequal_end(X: Any, y: Any, first_plus: Any, first_minus: Any, head: Any) -> np.ndarray:
    """The end point from pairs with first layers of their own, under one head."""
    X, y, plus, minus, head = (np.asarray(a, float) for a in (X, y, first_plus, first_minus, head))
    return theory.diagonal_end_point(X, y, theory.unequal_scale(plus, minus, head), head * (plus - minus))


def _product_end(X: Any, y: Any, imbalance: Any, start: Any) -> np.ndarray:
    """The end point of products that start at β_0."""
    X, y, imbalance, start = (np.asarray(a, float) for a in (X, y, imbalance, start))
    return theory.product_end_point(X, y, imbalance, start)


def _data(rng: np.random.Generator, *names: str) -> dict[str, Any]:
    n, d = int(rng.integers(1, 4)), int(rng.integers(4, 8))
    given = {name: rng.uniform(0.3, 1.2, d) for name in names}
    return {"X": rng.standard_normal((n, d)), "y": rng.standard_normal(n)} | given


def _with_root(factor: float) -> Mutant:
    def mutant(X: Any, y: Any, first: Any, head: Any) -> np.ndarray:
        first, head = np.asarray(first, float), np.asarray(head, float)
        return theory.diagonal_end_point(np.asarray(X, float), np.asarray(y, float), factor * first**2 + head**2)

    return Mutant("the first layer weighs more than the head", mutant)


ROWS = (
    Theorem(
        name="diagonal-cost",
        kind="exact",
        statement="q_k(z) = (√k/4)[1−√(1+4z²/k)+(2z/√k)asinh(2z/√k)], √k = 2(w²+g²): ∫θ dβ on the way to z",
        formula=theory.interpolation_cost,
        source="Woodworth et al. (2020), Theorem 1",
        papers=("woodworth2020",),
        see=("azulay2021",),
        domain="√k > 0, any z",
        derivation="derivations.diagonal_linear.implicit_bias.interpolation_cost",
        limits=(
            Limit("k → ∞: a square", lambda weight: weight**2 / 2, grid(weight=[0.3, -2.0]), 1e-9, given={"root_k": 1e8},
                  left=lambda formula, weight: 1e8 * formula(weight)),
            Limit("k → 0: the absolute value", lambda weight: abs(weight), grid(weight=[0.3, -2.0]), 0.02,
                  given={"root_k": 1e-90}, left=lambda formula, weight: formula(weight) / (0.5 * math.log(1e90))),
            Limit("homogeneous", lambda weight, root_k: 3 * theory.interpolation_cost(weight, root_k),
                  grid(weight=[0.3, -2.0], root_k=[0.1, 4.0]), left=lambda formula, weight, root_k: formula(3 * weight, 3 * root_k)),
        ),
        box={"weight": (0.01, 10.0), "root_k": (0.001, 100.0)},
        experiments=(Experiment(draws.costs, grid(first=[0.4, 0.9], head=[0.1, 0.6]), compare="identity"),),
        mutants=(
            Mutant("√k = w² + g²", instead(root_k=lambda root_k: root_k / 2)),
            Mutant("k for √k", instead(root_k=lambda root_k: root_k**2)),
            Mutant("a quarter of the square", lambda weight, root_k: theory.interpolation_cost(weight, root_k) * 2),
        ),
    ),
    Theorem(
        name="diagonal-end-point",
        kind="exact",
        statement="β_∞ = (√k/2)sinh(2Xᵀν), Xβ_∞ = y, √k_d = 2(w_d²+g_d²): argmin Σ_d q_{k_d}(β_d) over interpolators",
        formula=_end,
        source="Woodworth et al. (2020), Theorem 1; Azulay et al. (2021), layers that are not balanced",
        papers=("woodworth2020", "azulay2021"),
        covers="n = 1, d = 2, equal inputs",
        domain="any X and y (what X cannot fit is left), w_d² + g_d² > 0, gradient flow from v_± = g, w_± = w_d",
        derivation="derivations.diagonal_linear.implicit_bias.diagonal_end_point",
        limits=(
            Limit("equal large scales: the minimum-norm interpolator", lambda X, y: np.linalg.pinv(X) @ y,
                  ({"X": _X, "y": _Y},), 1e-9, given={"first": np.full(3, 1e4), "head": np.zeros(3)}),
            Limit("large scales of their own: weighted by k", lambda X, y: 1.0 * np.array([1, 4, 9]) * (
                X.T @ np.linalg.solve(X * np.array([1, 4, 9]) @ X.T, y)), ({"X": _X, "y": _Y},), 1e-9,
                given={"first": 1e4 * np.array([1.0, 2.0, 3.0]), "head": np.zeros(3)}),
            Limit("small scales: the least absolute value", np.array([0.0, 0.5, 0.0]),
                  ({"X": np.array([[1.0, 2.0, 0.5]]), "y": np.array([1.0])},), 1e-9,
                  given={"first": np.full(3, 1e-60), "head": np.full(3, 1e-60)}),
            Limit("layers exchanged: the same", lambda X, y, first, head: _end(X, y, head, first),
                  ({"X": _X, "y": _Y, "first": np.array([0.4, 1.0, 0.7]), "head": np.array([0.1, 0.9, 0.3])},)),
        ),
        sample=lambda rng: _data(rng, "first", "head"),
        experiments=(Experiment(draws.end_points, _SIZES, compare="identity"),),
        mutants=(
            Mutant("√k without its factor 2", lambda X, y, first, head: theory.diagonal_end_point(
                np.asarray(X, float), np.asarray(y, float), np.asarray(first, float) ** 2 + np.asarray(head, float) ** 2)),
            Mutant("the first layer alone", instead(head=lambda head: [0 * h for h in head])),
            _with_root(2.0),
        ),
    ),
    Theorem(
        name="diagonal-unequal-start",
        kind="exact",
        statement="w_+ ≠ w_−: β_∞ = (S/2)sinh(2Xᵀν+asinh(2β_0/S)), β_0 = g(w_+−w_−), S² = [(w_++g)²+(w_−−g)²][(w_+−g)²+(w_−+g)²]",
        formula=_unequal_end,
        source="follows from diagonal-end-point by substitution (each pair with its own start)",
        follows=("diagonal-end-point",),
        see=("azulay2021",),
        covers="n = 1, d = 2, equal inputs",
        domain="any X and y, S_d > 0, gradient flow from v_± = g",
        derivation="derivations.diagonal_linear.implicit_bias.unequal_end_point",
        limits=(
            Limit("equal pairs", lambda X, y, first_plus, first_minus, head: _end(X, y, first_plus, head),
                  ({"X": _X, "y": _Y, "first_plus": np.array([0.4, 1.0, 0.7]), "first_minus": np.array([0.4, 1.0, 0.7]),
                    "head": np.array([0.1, 0.9, 0.3])},)),
            Limit("labels that the start fits: it stays", lambda X, first_plus, first_minus, head: head * (first_plus - first_minus),
                  ({"X": _X, "first_plus": np.array([0.4, 1.0, 0.7]), "first_minus": np.array([0.2, 1.3, 0.1]),
                    "head": np.array([0.1, 0.9, 0.3])},),
                  left=lambda formula, X, first_plus, first_minus, head: formula(
                      X, X @ (head * (first_plus - first_minus)), first_plus, first_minus, head), rtol=1e-11),
        ),
        sample=lambda rng: _data(rng, "first_plus", "first_minus", "head"),
        experiments=(Experiment(draws.kept_end_points, _SIZES[:2], compare="identity"),),
        mutants=(
            Mutant("√k of the first pair", instead(first_minus="first_plus")),
            Mutant("from zero", lambda X, y, first_plus, first_minus, head: theory.diagonal_end_point(
                np.asarray(X, float), np.asarray(y, float),
                theory.unequal_scale(*(np.asarray(a, float) for a in (first_plus, first_minus, head))))),
            Mutant("S for S²", lambda X, y, first_plus, first_minus, head: theory.diagonal_end_point(
                np.asarray(X, float), np.asarray(y, float),
                theory.unequal_scale(*(np.asarray(a, float) for a in (first_plus, first_minus, head))) ** 2,
                np.asarray(head, float) * (np.asarray(first_plus, float) - np.asarray(first_minus, float)))),
        ),
    ),
    Theorem(
        name="diagonal-bregman-cost",
        kind="exact",
        statement="β = uv, u²−v² = 2μ, from b_0: D(b, b_0) of the potential ½[b asinh(b/|μ|)−√(b²+μ²)]",
        formula=theory.bregman_cost,
        source="Azulay et al. (2021), as a Bregman divergence; follows from mirror flow, β' = −2√(β²+μ²)∇L",
        papers=("azulay2021",),
        see=("woodworth2020", "anguita2026"),
        domain="μ ≠ 0, any b and b_0",
        derivation="derivations.diagonal_linear.implicit_bias.bregman_cost",
        limits=(
            Limit("nowhere moved: no cost", 0.0, grid(weight=[0.3, -2.0], imbalance=[0.1, -3.0]),
                  left=lambda formula, weight, imbalance: formula(weight, weight, imbalance)),
            Limit("from zero: the cost of two pairs with √k = 2|μ|", lambda weight, imbalance: theory.interpolation_cost(
                weight, 2 * abs(imbalance)), grid(weight=[0.3, -2.0], imbalance=[0.1, -3.0]), given={"start": 0.0}),
            Limit("μ → 0, the sign kept", lambda weight, start: 0.5 * (abs(weight) * math.log(abs(weight / start)) - abs(weight) + abs(start)),
                  grid(weight=[0.3, 2.0], start=[0.7]) + grid(weight=-0.5, start=-2.0), 1e-9, given={"imbalance": 1e-9}),
            Limit("μ → 0, the sign flipped: |b| ln(1/|μ|)", lambda weight, start: abs(weight),
                  grid(weight=[-0.3, -2.0], start=[0.7]), 0.02, given={"imbalance": 1e-90},
                  left=lambda formula, **a: formula(**a) / math.log(1e90)),
        ),
        box={"weight": (-10.0, 10.0), "start": (-10.0, 10.0), "imbalance": (0.001, 100.0)},
        experiments=(Experiment(draws.product_costs, grid(first=[0.4, 1.3], head=[-0.6, 0.6, 0.9]), compare="identity"),),
        mutants=(
            Mutant("2μ for μ", instead(imbalance=lambda imbalance: 2 * imbalance)),
            dropped("start"),
            Mutant("the way back", lambda weight, start, imbalance: theory.bregman_cost(start, weight, imbalance)),
        ),
    ),
    Theorem(
        name="diagonal-bregman-projection",
        kind="exact",
        statement="β = uv, u²−v² = 2μ: β_∞ = |μ|sinh(2Xᵀν+asinh(β_0/|μ|)) = argmin Σ_d D(β_d, β_0d) over interpolators",
        formula=_product_end,
        source="Azulay et al. (2021), as a Bregman divergence",
        papers=("azulay2021",),
        see=("woodworth2020", "anguita2026"),
        covers="n = 1, d = 2, equal inputs",
        domain="any X and y, μ_d ≠ 0",
        derivation="derivations.diagonal_linear.implicit_bias.product_end_point",
        limits=(
            Limit("from zero: two pairs with √k = 2|μ|", lambda X, y: theory.diagonal_end_point(X, y, np.array([0.2, 2.0, 1.0])),
                  ({"X": _X, "y": _Y},), given={"imbalance": np.array([0.1, -1.0, 0.5]), "start": np.zeros(3)}),
            Limit("large |μ|: the nearest interpolator", lambda X, y, start: start + np.linalg.pinv(X) @ (y - X @ start),
                  ({"X": _X, "y": _Y, "start": np.array([1.0, -0.5, 0.2])},), 1e-9, given={"imbalance": np.full(3, 1e8)}),
            Limit("μ → 0: no sign flips where it need not", np.array([1.0, 1.0, -1.0]),
                  ({"X": _X[:1], "y": np.array([0.7]), "start": np.array([1.0, 0.5, -0.2])},),
                  given={"imbalance": np.full(3, 1e-20)}, left=lambda formula, **a: np.sign(formula(**a))),
        ),
        sample=lambda rng: _data(rng, "imbalance", "start"),
        experiments=(Experiment(draws.product_end_points, _SIZES[:2], compare="identity"),),
        mutants=(
            Mutant("|μ| for 2|μ| in the scale", lambda X, y, imbalance, start: theory.diagonal_end_point(
                np.asarray(X, float), np.asarray(y, float), np.abs(np.asarray(imbalance, float)), np.asarray(start, float))),
            Mutant("from zero", lambda X, y, imbalance, start: theory.product_end_point(X, y, imbalance, np.zeros(len(np.asarray(start))))),
            Mutant("the Euclidean projection", lambda X, y, imbalance, start: np.asarray(start, float) + np.linalg.pinv(
                np.asarray(X, float)) @ (np.asarray(y, float) - np.asarray(X, float) @ np.asarray(start, float))),
        ),
    ),
)  # fmt: skip
