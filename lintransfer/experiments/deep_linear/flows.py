"""Experiments behind the rows on conservation and retention: actual layers, stopped or trained to rest."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.trainings import growths, well_conditioned_trainings
from lintransfer.simulate.deep_linear.flow import gradient, rank_one_layers, small_random_layers, train_layers
from lintransfer.simulate.deep_linear.layers import draw_sets, layer_velocity, train

_SMALL = -np.array([1.0, -2.0, 0.5, 1.0, 0.3, -0.4])


def _batch_first(layers: list[np.ndarray]) -> list[np.ndarray]:
    return [np.moveaxis(layer, -1, 0) for layer in layers]


def imbalances(rng: np.random.Generator, replicates: int, depth: int) -> tuple[Any, Any]:
    """W_lᵀW_l − W_{l+1}W_{l+1}ᵀ after a while of training, from a start that is neither balanced nor of rank one."""
    design, labels = draw_sets(rng, replicates, 3, np.ones(5), 0.3)
    start = small_random_layers(rng, 5, depth, replicates, width=3, scale=0.5)
    end = _batch_first(train_layers(start, np.moveaxis(design, 0, -1), labels.T, time=0.3, rtol=1e-13))
    after = [np.swapaxes(a, 1, 2) @ a - b @ np.swapaxes(b, 1, 2) for a, b in pairwise(end)]
    return np.array(after), {"layers": _batch_first(start)}


def velocities(rng: np.random.Generator, replicates: int, depth: int) -> tuple[Any, Any]:
    """End-to-end velocity of actual balanced layers of width 2."""
    design, labels = draw_sets(rng, replicates, 3, np.ones(5), 0.3)
    weights, inputs = rng.standard_normal((5, replicates)), np.moveaxis(design, 0, -1)
    rate = layer_velocity(rank_one_layers(rng, weights, depth), inputs, labels.T)
    slope = gradient(inputs, labels.T, weights)
    return rate.T, {"weights": weights.T, "gradient": slope.T, "depth": depth}


def kept(rng: np.random.Generator, replicates: int, depth: int, time: float) -> tuple[Any, Any]:
    """‖Qw(t)‖/‖Qw0‖ when training stops early."""
    result = well_conditioned_trainings(rng, replicates, 4, 8, depth, time=time)
    null = np.eye(8) - np.linalg.pinv(result.design) @ result.design
    outside, before = (np.linalg.norm((null @ w[..., None])[..., 0], axis=1) for w in (result.weights, result.source))
    norms = {"norm": np.linalg.norm(result.weights, axis=1), "initial_norm": np.linalg.norm(result.source, axis=1)}
    return outside / before, {**norms, "depth": depth}


def small_set() -> tuple[np.ndarray, np.ndarray]:
    return draw_sets(np.random.default_rng(7), 1, 3, np.ones(6))


def small_start(rng: np.random.Generator, replicates: int, depth: int, scale: float) -> np.ndarray:
    """‖Qw_∞‖ from a tiny start in one direction, on one design: only the hidden directions are random."""
    design, labels = (np.repeat(a, min(replicates, 3), axis=0) for a in small_set())
    result = train(rng, design, labels, scale * _SMALL, depth, rtol=1e-13, tolerance=1e-12)
    null = np.eye(6) - np.linalg.pinv(design[0]) @ design[0]
    return np.linalg.norm(result.weights @ null, axis=1)


def small_arguments(depth: int, scale: float) -> dict[str, Any]:
    design, labels = (a[0] for a in small_set())
    fit = np.linalg.pinv(design) @ labels
    null = 1 - np.sum((np.linalg.pinv(design) @ (design @ _SMALL)) ** 2) / np.sum(_SMALL**2)
    norms = {"fit_norm": float(np.linalg.norm(fit)), "initial_norm": scale * float(np.linalg.norm(_SMALL))}
    return {"depth": depth, "null_fraction": float(null), **norms}


def retained(rng: np.random.Generator, replicates: int, depth: int) -> tuple[Any, Any]:
    growth, arguments = growths(rng, replicates, depth)
    return growth ** ((1 - 1 / depth) / 2), arguments


def retained_two(rng: np.random.Generator, replicates: int) -> tuple[Any, Any]:
    values, arguments = retained(rng, replicates, 2)
    return values, {name: arguments[name] for name in ("null_fraction", "fit_ratio")}


def small_allowance(depth: int, scale: float) -> float:
    return 1.5 * scale ** (2 / depth)


def deep_retention(rng: np.random.Generator, replicates: int, depth: float) -> np.ndarray:
    """‖Qw_∞‖/‖Qw0‖ of very deep trainings on one design."""
    design, labels = (np.repeat(a, min(replicates, 2), axis=0) for a in small_set())
    result = train(rng, design, labels, _SMALL, depth, method="reduced", rtol=1e-12, tolerance=1e-11)
    null = np.eye(6) - np.linalg.pinv(design[0]) @ design[0]
    return np.linalg.norm(result.weights @ null, axis=1) / np.linalg.norm(null @ _SMALL)


def deep_arguments(depth: float) -> dict[str, float]:
    """A and B of that design."""
    given = small_arguments(2, 1.0)
    return {"null_fraction": given["null_fraction"], "fit_ratio": (given["fit_norm"] / given["initial_norm"]) ** 2}


def deep_correction(rng: np.random.Generator, replicates: int, depth: float) -> np.ndarray:
    """The same, in units of ‖m‖/‖Pw0‖."""
    given = deep_arguments(depth)
    limit = (given["fit_ratio"] / (1 - given["null_fraction"])) ** 0.5
    return deep_retention(rng, replicates, depth) / limit
