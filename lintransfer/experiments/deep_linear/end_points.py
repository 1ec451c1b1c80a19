"""Experiments: where frozen first layers, tangent models and pretrained networks end."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.trainings import TIGHT, well_conditioned_trainings
from lintransfer.simulate.deep_linear.flow import end_to_end, small_random_layers, train_layers
from lintransfer.simulate.deep_linear.layers import train


def frozen(rng: np.random.Generator, replicates: int, trained_layers: int) -> tuple[np.ndarray, dict[str, Any]]:
    """Layers of width one, the first frozen; sources whose best head is positive, so that no saddle is in the way."""
    data = well_conditioned_trainings(rng, replicates, 3, 5, 1, time=0.0)
    feature = np.einsum("bnd,bd->bn", data.design, data.source)
    source = data.source * np.sign(np.sum(feature * data.labels, axis=1))[:, None]
    depth, flags = trained_layers + 1, (False,) + (True,) * trained_layers
    how: dict[str, Any] = {"trained": flags, "width": 1, **TIGHT}
    result = train(rng, data.design, data.labels, source, depth, **how)
    given = {"design": result.design, "labels": result.labels, "source": result.source}
    return result.weights, {**given, "trained_layers": trained_layers}


def tangent(rng: np.random.Generator, replicates: int, spread: float) -> tuple[np.ndarray, dict[str, Any]]:
    """Two layers of full rank, the first frozen, the head trained by gradient flow."""
    design, labels, _, _ = well_conditioned_trainings(rng, replicates, 3, 6, 1, time=0.0)
    layers = small_random_layers(rng, 6, 2, replicates, 6, scale=spread)
    layers[0] += np.eye(6)[..., None]
    inputs, outputs = np.moveaxis(design, 0, -1), labels.T
    final = train_layers(layers, inputs, outputs, trained=(False, True), rtol=1e-13, tolerance=1e-12)
    gram = np.einsum("ikb,jkb->bij", layers[0], layers[0])
    return end_to_end(final).T, {"design": design, "labels": labels, "source": end_to_end(layers).T, "gram": gram}
