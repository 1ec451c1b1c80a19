"""Rows: where frozen first layers, tangent models and pretrained networks end."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.end_points import frozen, tangent
from lintransfer.experiments.deep_linear.finite_source import pretrained
from lintransfer.table.mutants import instead, moved
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import end_points as formulas
from lintransfer.theory.deep_linear.end_points import deep_end_point

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
        experiments=(Experiment(frozen, ({"trained_layers": 1}, {"trained_layers": 2}), "identity", 4),),
        mutants=(
            Mutant("the source kept", lambda source: source),
            Mutant(
                "all of it learnt",
                lambda design, labels, source, trained_layers: formulas.deep_end_point(
                    design, labels, source, trained_layers
                ),
            ),
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
        experiments=(Experiment(tangent, ({"spread": 0.1}, {"spread": 0.2}), "identity", 4),),
        mutants=(
            Mutant("G = 1", instead(gram=lambda gram: 0 * gram + np.eye(gram.shape[-1]))),
            Mutant("G²", instead(gram=lambda gram: gram @ gram)),
        ),
    ),
    Theorem(
        name="pretrained-end-point",
        kind="implicit",
        statement="W_1…W_L from small random weights, pretrained, then fine-tuned on n < d samples: w_∞ = m + ρQw_pre + O(ε²)",
        formula=deep_end_point,
        source="not found in the literature (searched 2026-11-27); pretraining: Tahir, Ganguli & Rotskoff (2025), Theorem 3.4",
        see=("tahir2024",),
        domain="initial weights of scale ε → 0, source population, gradient flow; w_pre the network's own end-to-end vector",
        slow=True,
        derivation=None,
        limits=(
            Limit(
                "one layer: the nearest interpolator",
                lambda design, labels, source, depth: source + np.linalg.pinv(design) @ (labels - design @ source),
                (
                    {
                        "design": np.eye(2, 4) + 0.1,
                        "labels": np.array([1.0, -0.5]),
                        "source": np.array([0.5, 0.5, 1.0, -2.0]),
                        "depth": 1,
                    },
                ),
            ),
        ),
        experiments=(
            # The rest is of the order ε²: 1e-8 relative wants ε = 3e-6, where a plateau of 1/ε is still passed at L = 3.
            Experiment(pretrained, grid(depth=[1, 2, 3], scale=3e-6), "identity", 3),
        ),
        mutants=(
            Mutant("ρ = 1", instead(depth=1)),
            moved(depth=1),
        ),
    ),
)
