"""Rows: what pretraining a diagonal linear network leaves to fine-tuning."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.diagonal_linear import pretraining as draws
from lintransfer.table.mutants import dropped, instead, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.diagonal_linear import pretraining as theory
from lintransfer.theory.diagonal_linear.implicit_bias import diagonal_end_point

_BOX: dict[str, Any] = {"predictor": (-3.0, 3.0), "scale": (0.05, 4.0), "balance": (-0.9, 0.9)}
_POINTS = grid(dim=5, scale=[0.2, 0.9], balance=[-0.5, 0.6])
_FEW = {"X": np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 1.5]]), "y": np.array([0.7, -0.4])}
_PRETRAINED = np.array([1.0, 0.0, -0.4])


def _fine_tuned(
    X: Any, y: Any, predictor: Any, scale: Any, balance: Any, head: Any, convention: str = "sum"
) -> np.ndarray:
    """The end of fine-tuning after pretraining, with the rebalanced first layer."""
    X, y, predictor = (np.asarray(a, float) for a in (X, y, predictor))
    root = theory.fine_tuning_scale(predictor, float(scale), float(balance), float(head), convention)
    return diagonal_end_point(X, y, root)


def _sample(rng: np.random.Generator) -> dict[str, Any]:
    n, d = int(rng.integers(1, 4)), int(rng.integers(4, 8))
    return {
        "X": rng.standard_normal((n, d)), "y": rng.standard_normal(n), "predictor": rng.standard_normal(d),
        "scale": float(rng.uniform(0.05, 2)), "balance": float(rng.uniform(-0.9, 0.9)), "head": float(rng.uniform(0, 1)),
    }  # fmt: skip


ROWS = (
    Theorem(
        name="pretrained-diagonal-layers",
        kind="exact",
        statement="w_± = w_0 cosh θ ± v_0 sinh θ, v_± = v_0 cosh θ ± w_0 sinh θ, 2θ = asinh(β_PT/a), w_0, v_0 = √(a(1±λ)/2)",
        formula=theory.pretrained_layers,
        source="Woodworth et al. (2020), whose layers grow exponentially; Azulay et al. (2021), layers that are not balanced",
        papers=("woodworth2020", "azulay2021"),
        see=("anguita2026",),
        domain="a > 0, −1 ≤ λ ≤ 1, any data that pretraining interpolates with β_PT",
        derivation="derivations.diagonal_linear.pretraining.pretrained_layers",
        limits=(
            Limit("they compute β", lambda predictor, scale, balance: predictor, grid(predictor=[-2.0, 0.7], scale=[0.1, 3.0], balance=[-0.6, 0.4]),
                  left=lambda formula, **a: (lambda w, m, v, u: v * w - u * m)(*formula(**a)), rtol=1e-11),
            Limit("w² − v² is kept", lambda predictor, scale, balance: scale * balance,
                  grid(predictor=[-0.2, 0.7], scale=[0.5, 3.0], balance=[-0.6, 0.4]),
                  left=lambda formula, **a: (lambda w, m, v, u: w * w - v * v)(*formula(**a)), rtol=1e-11),
        ),
        box=_BOX,
        experiments=(Experiment(draws.layers_after, _POINTS, compare="identity"),),
        mutants=(
            Mutant("a scale half as large in θ", lambda predictor, scale, balance: theory.pretrained_layers(2 * predictor, scale, balance)),
            Mutant("the layers exchanged", instead(balance=lambda balance: -balance)),
            dropped("balance"),
        ),
    ),
    Theorem(
        name="pretrained-first-layer-energy",
        kind="exact",
        statement="w_+²+w_−² = a(λ+√(1+(β_PT/a)²))",
        formula=theory.first_layer_energy,
        source="follows from pretrained-diagonal-layers by substitution (the squares added)",
        follows=("pretrained-diagonal-layers",),
        see=("anguita2026",),
        domain="a > 0, −1 ≤ λ ≤ 1",
        derivation="derivations.diagonal_linear.pretraining.first_layer_energy",
        limits=(
            Limit("nothing learnt: 2w_0²", lambda scale, balance: scale * (1 + balance), grid(scale=[0.1, 2.0], balance=[-0.3, 0.8]), given={"predictor": 0.0}),
            Limit("a small start: |β|", lambda predictor: abs(predictor), grid(predictor=[-2.0, 0.5]), 1e-9, given={"scale": 1e-10, "balance": 0.5}),
        ),
        box=_BOX,
        experiments=(Experiment(draws.energies_after, _POINTS, compare="identity"),),
        mutants=(
            dropped("balance"),
            Mutant("the sum squared", lambda predictor, scale, balance: theory.summed_first_layer(predictor, scale, balance)),
            times(0.5),
        ),
    ),
    Theorem(
        name="fine-tuning-scale",
        kind="exact",
        statement="√k_d = 2[a(1+λ)(1+√(1+(β_PT/a)²))+g²] for w_d = w_++w_− under a new head g",
        formula=theory.fine_tuning_scale,
        source="Anguita et al. (2026); how the pairs share the first layer (w_d) differs between papers by a factor",
        papers=("anguita2026",),
        see=("lippl2024", "woodworth2020"),
        domain="a > 0, −1 ≤ λ ≤ 1, g ≥ 0 (None: a(1−λ)/2 = g²), w_d a sum, a mean or a norm",
        derivation="derivations.diagonal_linear.pretraining.fine_tuning_scale",
        limits=(
            Limit("λ = −1: what pretraining learnt in the first layer is lost", lambda predictor, scale, head: 2 * head**2,
                  grid(predictor=[-2.0, 0.5], scale=[0.1, 3.0], head=[0.2, 1.0]), given={"balance": -1.0}),
            Limit("a small start: 2(1+λ)|β| + 2g²", lambda predictor, balance, head: 2 * (1 + balance) * abs(predictor) + 2 * head**2,
                  grid(predictor=[-2.0, 0.5], balance=[-0.3, 0.8], head=[0.2, 1.0]), 1e-9, given={"scale": 1e-10}),
            Limit("the head as it was, nothing learnt, the mean: 2a, as from scratch", lambda scale, balance: 2 * scale,
                  grid(scale=[0.1, 3.0], balance=[-0.3, 0.8]), given={"predictor": 0.0, "head": None, "convention": "mean"}),
        ),
        box={**_BOX, "head": (0.05, 2.0)},
        experiments=(
            Experiment(draws.scales_after, grid(dim=5, scale=[0.2, 0.9], balance=[-0.5, 0.6], head=0.3, convention=["sum", "mean", "norm"]), compare="identity"),
        ),
        mutants=(
            times(0.5),
            dropped("head"),
            Mutant("λ for 1 + λ", instead(balance=lambda balance: balance - 1)),
            Mutant("|β| without its start", lambda predictor, scale, balance, head: 2 * ((1 + balance) * abs(predictor) + head * head)),
        ),
    ),
    Theorem(
        name="diagonal-fine-tuning",
        kind="exact",
        statement="pretraining, a new head, fine-tuning: diagonal-end-point with the √k_d of fine-tuning-scale",
        formula=_fine_tuned,
        source="follows from diagonal-end-point and fine-tuning-scale by substitution",
        follows=("diagonal-end-point", "fine-tuning-scale"),
        see=("anguita2026", "lippl2024"),
        covers="n = 1, d = 2, equal inputs, w_d = w_+ + w_−",
        domain="any X and y, as fine-tuning-scale",
        derivation="derivations.diagonal_linear.pretraining.diagonal_fine_tuning",
        limits=(
            Limit("a large start: the minimum-norm interpolator", lambda X, y: np.linalg.pinv(X) @ y, ({**_FEW},), 1e-9,
                  given={"predictor": _PRETRAINED, "scale": 1e9, "balance": 0.0, "head": 0.0}),
            Limit("nothing pretrained: from scratch", lambda X, y: diagonal_end_point(X, y, np.full(3, 1.0)), ({**_FEW},),
                  given={"predictor": np.zeros(3), "scale": 0.5, "balance": 0.0, "head": 0.5, "convention": "mean"}),
        ),
        sample=_sample,
        experiments=(
            Experiment(draws.fine_tuned, grid(n=3, dim=6, scale=[0.2], balance=[-0.5, 0.6], head=0.3, convention=["sum", "mean"]), compare="identity"),
        ),
        mutants=(
            Mutant("√k without its factor 2", lambda X, y, predictor, scale, balance, head, convention: diagonal_end_point(
                np.asarray(X, float), np.asarray(y, float),
                theory.fine_tuning_scale(np.asarray(predictor, float), float(scale), float(balance), float(head), convention) / 2)),
            dropped("head"),
            Mutant("nothing pretrained", instead(predictor=lambda predictor: [0 * b for b in predictor])),
        ),
    ),
)  # fmt: skip
