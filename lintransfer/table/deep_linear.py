"""Rows: what gradient flow of deep linear networks conserves, and how much of the source it keeps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.deep_flow import gradient, rank_one_layers, small_random_layers, train_layers
from lintransfer.simulate.deep_linear import draw_sets, layer_velocity, train
from lintransfer.table.deep_experiments import TIGHT, growths, well_conditioned_trainings
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory import deep_dynamics as dynamics
from lintransfer.theory import retention as formulas

_DEPTHS = ({"depth": 1}, {"depth": 2}, {"depth": 3}, {"depth": 5})
_SMALL = np.array([1.0, -2.0, 0.5, 1.0, 0.3, -0.4])
_BOX = {"null_fraction": (0.0, 1.0), "fit_ratio": (1e-3, 1e3)}


def _batch_first(layers: list[np.ndarray]) -> list[np.ndarray]:
    return [np.moveaxis(layer, -1, 0) for layer in layers]


def _imbalances(rng: np.random.Generator, replicates: int, depth: int) -> tuple[Any, Any]:
    """W_lᵀW_l − W_{l+1}W_{l+1}ᵀ after a while of training, from a start that is neither balanced nor of rank one."""
    design, labels = draw_sets(rng, replicates, 3, np.ones(5), 0.3)
    start = small_random_layers(rng, 5, depth, replicates, width=3, scale=0.5)
    end = _batch_first(train_layers(start, np.moveaxis(design, 0, -1), labels.T, time=0.3, rtol=1e-13))
    after = [np.swapaxes(a, 1, 2) @ a - b @ np.swapaxes(b, 1, 2) for a, b in zip(end, end[1:], strict=False)]
    return np.array(after), {"layers": _batch_first(start)}


def _velocities(rng: np.random.Generator, replicates: int, depth: int) -> tuple[Any, Any]:
    """End-to-end velocity of actual balanced layers of width 2."""
    design, labels = draw_sets(rng, replicates, 3, np.ones(5), 0.3)
    weights, inputs = rng.standard_normal((5, replicates)), np.moveaxis(design, 0, -1)
    rate = layer_velocity(rank_one_layers(rng, weights, depth), inputs, labels.T)
    slope = gradient(inputs, labels.T, weights)
    return rate.T, {"weights": weights.T, "gradient": slope.T, "depth": depth}


def _kept(rng: np.random.Generator, replicates: int, depth: int, time: float) -> tuple[Any, Any]:
    """‖Qw(t)‖/‖Qw0‖ when training stops early."""
    result = well_conditioned_trainings(rng, replicates, 4, 8, depth, time=time)
    null = np.eye(8) - np.linalg.pinv(result.design) @ result.design
    outside, before = (
        np.linalg.norm((null @ w[..., None])[..., 0], axis=1) for w in (result.weights, result.source)
    )
    norms = {"norm": np.linalg.norm(result.weights, axis=1), "initial_norm": np.linalg.norm(result.source, axis=1)}
    return outside / before, {**norms, "depth": depth}


def _small_set() -> tuple[np.ndarray, np.ndarray]:
    return draw_sets(np.random.default_rng(7), 1, 3, np.ones(6))


def _small_start(rng: np.random.Generator, replicates: int, depth: int, scale: float) -> np.ndarray:
    """‖Qw_∞‖ from a tiny start in one direction, on one design: only the hidden directions are random."""
    design, labels = (np.repeat(a, min(replicates, 3), axis=0) for a in _small_set())
    result = train(rng, design, labels, scale * _SMALL, depth, **TIGHT)
    null = np.eye(6) - np.linalg.pinv(design[0]) @ design[0]
    return np.linalg.norm(result.weights @ null, axis=1)


def _small_arguments(depth: int, scale: float) -> dict[str, Any]:
    design, labels = (a[0] for a in _small_set())
    fit = np.linalg.pinv(design) @ labels
    null = 1 - np.sum((np.linalg.pinv(design) @ (design @ _SMALL)) ** 2) / np.sum(_SMALL**2)
    norms = {"fit_norm": float(np.linalg.norm(fit)), "initial_norm": scale * float(np.linalg.norm(_SMALL))}
    return {"depth": depth, "null_fraction": float(null), **norms}


def _retained(rng: np.random.Generator, replicates: int, depth: int) -> tuple[Any, Any]:
    growth, arguments = growths(rng, replicates, depth)
    return growth ** ((1 - 1 / depth) / 2), arguments


def _retained_two(rng: np.random.Generator, replicates: int) -> tuple[Any, Any]:
    values, arguments = _retained(rng, replicates, 2)
    return values, {name: arguments[name] for name in ("null_fraction", "fit_ratio")}


def _small_allowance(depth: int, scale: float) -> float:
    return 1.5 * scale ** (2 / depth)


def _combined(layers: Any, here: float, after: float) -> list[Any]:
    pairs = zip(layers, layers[1:], strict=False)
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
        papers=("arora2018", "saxe2014"),
        domain="any depth, widths and start, any loss of the product, no weight decay",
        derivation="derivations.deep_linear.conservation",
        experiments=(Experiment(_imbalances, ({"depth": 2}, {"depth": 3}, {"depth": 5}), "identity", 4),),
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
        papers=("arora2018",),
        domain="balanced rank-one network, every L ≥ 1",
        derivation="derivations.deep_linear.rank_one_reduction",
        experiments=(Experiment(_velocities, _DEPTHS, "identity", 5),),
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
        source="new",
        domain="balanced rank-one start, early stopping included, noise or not",
        derivation="derivations.deep_linear.retention_identity",
        limits=(
            Limit(
                "a linear network keeps all of it",
                dynamics.retention_along_flow,
                lambda **_: 1.0,
                ({"norm": 3.0, "initial_norm": 0.5, "depth": 1.0},),
            ),
        ),
        box={"norm": (0.01, 100.0), "initial_norm": (0.01, 100.0), "depth": (1.0, 1e6)},
        experiments=(
            Experiment(_kept, tuple({"depth": L, "time": t} for L in (1, 2, 3, 5) for t in (0.1, 1.0)), "identity", 5),
        ),
        mutants=(
            Mutant("exponent 1/L", lambda norm, initial_norm, depth: (norm / initial_norm) ** (1 / depth)),
            Mutant("ρ = 1", lambda norm, initial_norm, depth: 1 + 0 * norm),
        ),
    ),
    Theorem(
        name="norm-ratio",
        kind="implicit",
        statement="x = ‖w_∞‖²/‖w0‖² is the one positive root of x = B + A x^{1−1/L}",
        formula=formulas.norm_ratio,
        source="new",
        domain="given X and y, noise included; n < d and Qw0 ≠ 0, balanced rank-one start, zero loss",
        derivation="derivations.deep_linear.norm_ratio",
        limits=(
            Limit(
                "one layer: Pythagoras",
                formulas.norm_ratio,
                lambda null_fraction, fit_ratio, **_: null_fraction + fit_ratio,
                tuple({"depth": L, "null_fraction": 0.3, "fit_ratio": 2.0} for L in (1, 1.0)),
            ),
            Limit(
                "two layers: a quadratic",
                formulas.norm_ratio,
                lambda null_fraction, fit_ratio, **_: formulas.two_layer_norm_ratio(null_fraction, fit_ratio),
                tuple({"depth": 2, "null_fraction": a, "fit_ratio": b} for a in (0.0, 0.4, 1.0) for b in (0.0, 2.0)),
            ),
            Limit(
                "infinitely many: linear",
                formulas.norm_ratio,
                lambda null_fraction, fit_ratio, **_: formulas.infinite_norm_ratio(null_fraction, fit_ratio),
                tuple({"depth": math.inf, "null_fraction": a, "fit_ratio": 2.0} for a in (0.0, 0.4, 1.0)),
            ),
            Limit(
                "source of infinite norm, B → 0: A^L",
                formulas.norm_ratio,
                lambda depth, null_fraction, **_: null_fraction**depth,
                tuple({"depth": L, "null_fraction": 0.4, "fit_ratio": b} for L in (1.5, 3, 7) for b in (0.0, 1e-16)),
            ),
            Limit(
                "source of vanishing norm, B → ∞: everything is learnt",
                lambda depth: formulas.norm_ratio(depth, 0.4, 1e60) / 1e60,
                lambda **_: 1.0,
                ({"depth": 1.5}, {"depth": 3}, {"depth": 4}),
            ),
            Limit(
                "A + B = 1: the norm stays",
                formulas.norm_ratio,
                lambda **_: 1.0,
                tuple({"depth": L, "null_fraction": 0.25, "fit_ratio": 0.75} for L in (1, 2, 9.5, math.inf)),
            ),
        ),
        box={"depth": (1.0, 1e4), **_BOX},
        experiments=(Experiment(growths, _DEPTHS, "identity", 5),),
        mutants=(
            Mutant("exponent 1/L for 1 − 1/L", lambda depth, null_fraction, fit_ratio: formulas.norm_ratio(
                depth / (depth - 1) if depth > 1 else math.inf, null_fraction, fit_ratio
            )),
            Mutant("ρ = 1", lambda depth, null_fraction, fit_ratio: null_fraction + fit_ratio),
            Mutant("L + 1 layers", lambda depth, **others: formulas.norm_ratio(depth + 1, **others)),
            Mutant("A and B swapped", lambda depth, null_fraction, fit_ratio: formulas.norm_ratio(
                depth, fit_ratio, null_fraction, 0 * fit_ratio + 0.5
            )),
        ),
    ),
    Theorem(
        name="retention-factor",
        kind="implicit",
        statement="w_∞ = m + ρQw0, ρ = x^{(1−1/L)/2}, x = B + A x^{1−1/L}",
        formula=formulas.retention_factor,
        source="new; set to 1 in arXiv 2410.08194, eqs. 15 and 22",
        domain="given X and y, noise included; n < d and Qw0 ≠ 0, balanced rank-one start, zero loss",
        derivation="derivations.deep_linear.retention_factor",
        limits=(
            Limit(
                "one layer keeps everything",
                formulas.retention_factor,
                lambda **_: 1.0,
                ({"depth": 1, "null_fraction": 0.3, "fit_ratio": 2.0},),
            ),
            Limit(
                "huge source: A^{(L−1)/2}",
                formulas.retention_factor,
                lambda depth, null_fraction, **_: null_fraction ** ((depth - 1) / 2),
                tuple({"depth": L, "null_fraction": 0.4, "fit_ratio": 0.0} for L in (1.5, 3, 7)),
            ),
        ),
        box={"depth": (1.0, 1e4), **_BOX},
        experiments=(Experiment(_retained, _DEPTHS, "identity", 5),),
        mutants=(
            Mutant("ρ = 1", lambda depth, null_fraction, fit_ratio: 1 + 0 * fit_ratio),
            Mutant("ρ² for ρ", lambda **a: formulas.retention_factor(**a) ** 2),
            Mutant("1/ρ for ρ", lambda **a: 1 / formulas.retention_factor(**a)),
        ),
    ),
    Theorem(
        name="two-layer-retention",
        kind="identity",
        statement="L = 2: ρ² = [A + √(A² + 4B)]/2",
        formula=formulas.two_layer_retention,
        source="new",
        domain="as retention-factor, two layers",
        derivation="derivations.deep_linear.two_layers",
        box=_BOX,
        experiments=(Experiment(_retained_two, ({},), "identity", 5),),
        mutants=(
            Mutant("B for 4B", lambda null_fraction, fit_ratio: formulas.two_layer_retention(null_fraction, fit_ratio / 4)),
            Mutant("no root", lambda **a: formulas.two_layer_retention(**a) ** 2),
        ),
    ),
    Theorem(
        name="infinite-depth-retention",
        kind="identity",
        statement="L = ∞: ρ = ‖m‖/‖Pw0‖, blind to the norm of the source",
        formula=formulas.infinite_retention,
        source="new",
        domain="limit of retention-factor as L → ∞",
        derivation="derivations.deep_linear.infinite_depth",
        limits=(
            Limit(
                "reached by deep networks",
                formulas.infinite_retention,
                lambda null_fraction, fit_ratio: formulas.retention_factor(1e12, null_fraction, fit_ratio),
                tuple({"null_fraction": a, "fit_ratio": b} for a in (0.1, 0.7) for b in (0.2, 3.0)),
                rtol=1e-10,
            ),
        ),
        box={"null_fraction": (0.0, 0.99), "fit_ratio": (1e-3, 1e3)},
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
        source="new",
        domain="L ≫ 1/(1 − A)",
        derivation="derivations.deep_linear.depth_correction",
        limits=(
            Limit(
                "against the solved ρ at great depth",
                formulas.deep_retention_correction,
                lambda depth, null_fraction, fit_ratio: (
                    formulas.retention_factor(depth, null_fraction, fit_ratio)
                    / formulas.infinite_retention(null_fraction, fit_ratio)
                ),
                tuple({"depth": 1e7, "null_fraction": a, "fit_ratio": b} for a in (0.1, 0.7) for b in (0.2, 30.0)),
                rtol=1e-10,
            ),
        ),
        box={"depth": (10.0, 1e6), "null_fraction": (0.0, 0.99), "fit_ratio": (1e-3, 1e3)},
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
        source="new; its limit is Theorem 3.5 of arXiv 2410.08194",
        papers=("tahir2024",),
        domain="balanced rank-one start, n < d, finite L; relative error O((‖w0‖/‖m‖)^{2/L})",
        derivation="derivations.deep_linear.small_start",
        box={"depth": (1.0, 20.0), "null_fraction": (0.01, 1.0), "fit_norm": (0.1, 10.0), "initial_norm": (1e-6, 1e-2)},
        experiments=(
            Experiment(
                _small_start,
                ({"depth": 2, "scale": 1e-2}, {"depth": 2, "scale": 1e-3}),
                "asymptotic",
                3,
                allowance=_small_allowance,
                arguments=_small_arguments,
            ),
            Experiment(
                _small_start,
                ({"depth": 3, "scale": 1e-2}, {"depth": 3, "scale": 1e-3}),
                "asymptotic",
                3,
                allowance=_small_allowance,
                arguments=_small_arguments,
            ),
        ),
        mutants=(
            Mutant("A for √A", lambda null_fraction, **others: dynamics.small_start_residual(
                null_fraction=null_fraction**2, **others
            )),
            Mutant("exponents swapped", lambda depth, null_fraction, fit_norm, initial_norm: (
                dynamics.small_start_residual(depth, null_fraction, initial_norm, fit_norm)
            )),
        ),
    ),
)

