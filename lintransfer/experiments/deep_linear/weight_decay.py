"""Experiments: weight decay on all layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.trainings import fractions, well_conditioned_trainings
from lintransfer.simulate.deep_linear.flow import end_to_end, small_random_layers, train_layers
from lintransfer.simulate.deep_linear.layers import draw_sets


def chain_retentions(
    rng: np.random.Generator, replicates: int, imbalance: tuple[float, ...]
) -> tuple[Any, dict[str, Any]]:
    """‖Qw_∞‖/‖Qw0‖ of width-one networks, every weight trained."""
    how: dict[str, Any] = {"method": "chain", "imbalance": imbalance}
    result = well_conditioned_trainings(rng, replicates, 4, 8, len(imbalance) + 1, **how)
    measured, square = fractions(result), np.sum(result.source**2, axis=1)
    null = np.eye(8) - np.linalg.pinv(result.design) @ result.design
    outside, before = (np.linalg.norm((null @ w[..., None])[..., 0], axis=1) for w in (result.weights, result.source))
    return outside / before, {
        "imbalance": imbalance,
        "source_energy": square,
        "null_fraction": measured["null_fraction"],
        "fit_energy": measured["fit_ratio"] * square,
    }


def decayed(rng: np.random.Generator, replicates: int, depth: int, weight_decay: float) -> tuple[Any, dict[str, Any]]:
    """End point of all layers under weight decay, from starts large enough to leave the basin of 0."""
    design, labels = (a[0] for a in draw_sets(np.random.default_rng(5), 1, 4, np.ones(6), 0.3))
    start = small_random_layers(rng, 6, depth, replicates, width=3, scale=0.7)
    inputs = np.repeat(design[..., None], replicates, axis=-1)
    outputs = np.repeat(labels[:, None], replicates, axis=-1)
    final = train_layers(start, inputs, outputs, weight_decay=weight_decay, rtol=1e-13, tolerance=1e-12)
    arguments = {"design": design, "labels": labels, "depth": depth, "weight_decay": weight_decay}
    return end_to_end(final).T, arguments
