"""Rows: weight decay on all layers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.weight_decay import decayed
from lintransfer.table.mutants import instead
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.deep_linear import weight_decay as decay


def _ridge(design: np.ndarray, labels: np.ndarray, ridge: float) -> np.ndarray:
    return np.linalg.solve(design.T @ design + ridge * np.eye(design.shape[1]), design.T @ labels)


_DESIGN = np.array([[1.0, 0.5, -0.2], [0.0, 1.5, 0.4]])
_LABELS = np.array([1.0, -0.7])
_DATA: dict[str, Any] = {"design": _DESIGN, "labels": _LABELS}


ROWS = (
    Theorem(
        name="layer-penalty",
        kind="identity",
        statement="min Σ‖W_l‖_F² = L‖w‖^{2/L} over all L-layer networks that compute w",
        formula=decay.layer_penalty,
        source="cf. Gunasekar et al. (2018), Dai, Karzand & Srebro (2021)",
        papers=("gunasekar2018", "dai2021"),
        domain="w ≠ 0, any widths ≥ 1, one output",
        derivation="derivations.deep_linear.weight_decay.layer_penalty",
        limits=(Limit("one layer", lambda norm, **_: norm**2, ({"norm": 1.7, "depth": 1},)),),
        box={"norm": (0.01, 100.0), "depth": (1.0, 100.0)},
        mutants=(Mutant("no L", lambda norm, depth: norm ** (2 / depth)),),
    ),
    Theorem(
        name="weight-decay-ridge",
        kind="identity",
        statement="stationary points under weight decay μ are ridge solutions with λ = μ‖ŵ‖^{2/L−2}",
        formula=decay.weight_decay_ridge,
        source="stationarity; cf. Gunasekar et al. (2018), Dai, Karzand & Srebro (2021)",
        papers=("gunasekar2018", "dai2021"),
        domain="loss ½‖y − Xw‖² + (μ/2)Σ‖W_l‖_F², ŵ ≠ 0",
        derivation="derivations.deep_linear.weight_decay.weight_decay_ridge",
        limits=(Limit("one layer: λ = μ", 0.3, ({"norm": 2.0, "depth": 1, "weight_decay": 0.3},)),),
        box={"norm": (0.01, 100.0), "depth": (1.0, 100.0), "weight_decay": (0.01, 10.0)},
        mutants=(
            Mutant("2/L − 1 for 2/L − 2", lambda norm, depth, weight_decay: weight_decay * norm ** (2 / depth - 1)),
            Mutant("factor L", lambda norm, depth, weight_decay: depth * weight_decay * norm ** (2 / depth - 2)),
        ),
    ),
    Theorem(
        name="weight-decay-end-point",
        kind="implicit",
        statement="argmin ½‖y − Xw‖² + (μL/2)‖w‖^{2/L}; L = 2: 0 iff μ ≥ ‖Xᵀy‖; L > 2: 0 is always a local minimum",
        formula=decay.weight_decay_end_point,
        source="follows from layer-penalty by substitution",
        follows=("layer-penalty",),
        domain="given X and y; L ≥ 1 real; of several local minima the one of lowest objective",
        derivation=None,
        slow=True,
        limits=(
            Limit(
                "one layer: ridge",
                lambda design, labels, weight_decay, **_: _ridge(design, labels, weight_decay),
                grid(**_DATA, depth=1, weight_decay=[0.1, 3.0]),
                rtol=1e-10,
            ),
            Limit(
                "no decay: min-norm",
                lambda design, labels, **_: np.linalg.pinv(design) @ labels,
                ({**_DATA, "depth": 3, "weight_decay": 0.0},),
                rtol=1e-10,
            ),
            Limit(
                "two layers beyond ‖Xᵀy‖, and infinite depth: 0",
                lambda **_: np.zeros(3),
                (
                    {**_DATA, "depth": 2, "weight_decay": 1.001 * float(np.linalg.norm(_DESIGN.T @ _LABELS))},
                    {**_DATA, "depth": math.inf, "weight_decay": 1e-3},
                ),
            ),
        ),
        experiments=(
            Experiment(
                decayed,
                (
                    {"depth": 1, "weight_decay": 0.7},
                    {"depth": 2, "weight_decay": 0.7},
                    {"depth": 3, "weight_decay": 0.3},
                ),
                "identity",
                3,
            ),
        ),
        mutants=(
            Mutant("ridge with λ = μ", lambda design, labels, weight_decay: _ridge(design, labels, weight_decay)),
            Mutant("penalty without L", instead(weight_decay=lambda depth, weight_decay: weight_decay / depth)),
        ),
    ),
)
