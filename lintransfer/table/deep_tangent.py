"""Rows: where training ends if the first layer is frozen, given the data."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.simulate.deep_flow import end_to_end, small_random_layers, train_layers
from lintransfer.simulate.deep_linear import train
from lintransfer.table.deep_experiments import TIGHT, well_conditioned_trainings
from lintransfer.table.mutants import instead
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory import deep_end_points as formulas


def _frozen(rng: np.random.Generator, replicates: int, trained_layers: int) -> tuple[np.ndarray, dict[str, Any]]:
    """Layers of width one, the first frozen; sources whose best head is positive, so that no saddle is in the way."""
    data = well_conditioned_trainings(rng, replicates, 3, 5, 1, time=0.0)
    feature = np.einsum("bnd,bd->bn", data.design, data.source)
    source = data.source * np.sign(np.sum(feature * data.labels, axis=1))[:, None]
    depth, flags = trained_layers + 1, (False,) + (True,) * trained_layers
    how: dict[str, Any] = {"trained": flags, "width": 1, **TIGHT}
    result = train(rng, data.design, data.labels, source, depth, **how)
    given = {"design": result.design, "labels": result.labels, "source": result.source}
    return result.weights, {**given, "trained_layers": trained_layers}


def _tangent(rng: np.random.Generator, replicates: int, spread: float) -> tuple[np.ndarray, dict[str, Any]]:
    """Two layers of full rank, the first frozen, the head trained by gradient flow."""
    design, labels, _, _ = well_conditioned_trainings(rng, replicates, 3, 6, 1, time=0.0)
    layers = small_random_layers(rng, 6, 2, replicates, 6, scale=spread)
    layers[0] += np.eye(6)[..., None]
    inputs, outputs = np.moveaxis(design, 0, -1), labels.T
    final = train_layers(layers, inputs, outputs, trained=(False, True), rtol=1e-13, tolerance=1e-12)
    gram = np.einsum("ikb,jkb->bij", layers[0], layers[0])
    return end_to_end(final).T, {"design": design, "labels": labels, "source": end_to_end(layers).T, "gram": gram}


_DATA: dict[str, Any] = {
    "design": np.array([[1.0, 0.5, -0.2], [0.0, 1.5, 0.4]]),
    "labels": np.array([1.0, -0.7]),
    "source": np.array([0.3, -1.0, 2.0]),
}

ROWS = (
    Theorem(
        name="frozen-first-layer-end-point",
        kind="identity",
        statement="first layer frozen: w = a w0, a = (Xw0)·y/‖Xw0‖² (two or more balanced layers: max(a, 0))",
        formula=formulas.frozen_first_layer_end_point,
        source="Shachaf, Brutzkus & Globerson (2021), deep part; the saddle of two or more trained layers is added here",
        papers=("shachaf2021",),
        domain="given X and y; any number of trained layers ≥ 1, rank-one start",
        derivation=None,
        limits=(
            Limit(
                "labels of the source itself",
                lambda source, **_: 3 * source,
                ({**_DATA, "labels": 3 * _DATA["design"] @ _DATA["source"], "trained_layers": 1},),
            ),
            Limit(
                "exactly balanced and anti-aligned: the saddle",
                lambda source, **_: 0 * source,
                ({**_DATA, "labels": -_DATA["design"] @ _DATA["source"], "trained_layers": 2, "balanced": True},),
            ),
        ),
        experiments=(Experiment(_frozen, ({"trained_layers": 1}, {"trained_layers": 2}), "identity", 4),),
        mutants=(
            Mutant("the source kept", lambda source: source),
            Mutant("all of it learnt", lambda design, labels, source, trained_layers: (
                formulas.deep_end_point(design, labels, source, trained_layers)
            )),
        ),
    ),
    Theorem(
        name="tangent-end-point",
        kind="identity",
        statement="w = w0 + GXᵀ(XGXᵀ)⁺(y − Xw0), G = W_1W_1ᵀ (frozen) or ‖a‖²I + W_1W_1ᵀ (lazy)",
        formula=formulas.tangent_end_point,
        source="classical (linearised training): Lee et al. (2019), Chizat, Oyallon & Bach (2019)",
        papers=("lee2019", "chizat2019"),
        domain="given X and y; w0 in the range of G, n ≤ rank G for zero loss",
        derivation=None,
        limits=(
            Limit(
                "G = 1: the nearest interpolator",
                lambda design, labels, source, **_: source + np.linalg.pinv(design) @ (labels - design @ source),
                ({**_DATA, "gram": np.eye(3)},),
            ),
            Limit(
                "one feature: the frozen first layer",
                lambda design, labels, source, **_: formulas.frozen_first_layer_end_point(design, labels, source, 1),
                ({**_DATA, "gram": np.outer(_DATA["source"], _DATA["source"])},),
            ),
        ),
        experiments=(Experiment(_tangent, ({"spread": 0.1}, {"spread": 0.2}), "identity", 4),),
        mutants=(
            Mutant("G = 1", instead(gram=lambda gram: 0 * gram + np.eye(gram.shape[-1]))),
            Mutant("G²", instead(gram=lambda gram: gram @ gram)),
        ),
    ),
)
