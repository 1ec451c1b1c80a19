"""Held-out error on a user's own rows: train on n of them, test on the rest, again and again.

No theory here: this is what predictions are held against.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lintransfer.estimation import Rows
from lintransfer.numerics.decomposition import decompose
from lintransfer.strategies import FineTune, Learner, LinearTransfer


def view_of(learner: Learner, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Design and labels that the learner sees when it starts from zero: residuals of the source for fine-tuning, the
    one feature Xθ_S/‖θ_S‖ for linear transfer."""
    fitted = rows.design @ rows.source
    if isinstance(learner, LinearTransfer):
        norm = float(np.linalg.norm(rows.source))
        return (fitted / norm if norm > 0 else fitted)[:, None], rows.labels
    return rows.design, rows.labels - fitted if isinstance(learner, FineTune) else rows.labels


def held_out_errors(
    rows: Rows, learners: Sequence[Learner], ridges: Any, sizes: Sequence[int], repeats: int = 20, key: int = 0
) -> np.ndarray:
    """Mean squared error on held-out rows, (learners, sizes, ridges, repeats).

    ridges: penalties (learners, sizes, g), used in place of the learners' own; nan gives nan.  sizes: training
    rows, each between 1 and N − 1.  A repeat shuffles the rows once; every size, learner and ridge shares the order.
    """
    penalties = np.asarray(ridges, dtype=float)
    views = {type(learner): view_of(learner, rows) for learner in learners}
    rng = np.random.default_rng(key)
    errors = np.empty((*penalties.shape, repeats))
    for repeat in range(repeats):
        order = rng.permutation(len(rows.labels))
        for j, size in enumerate(sizes):
            train, test = order[:size], order[size:]
            factors: dict[int, Any] = {}  # scratch and fine-tuning share one decomposition of one design
            for i, learner in enumerate(learners):
                design, labels = views[type(learner)]
                if id(design) not in factors:
                    factors[id(design)] = decompose(design[train])
                u, s, vt, _ = factors[id(design)]
                shrunk = s / (s * s + penalties[i, j, :, None]) * (u.T @ labels[train])
                errors[i, j, :, repeat] = _test(design[test], labels[test], shrunk @ vt)
    return errors


def _test(design: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.mean((labels - weights @ design.T) ** 2, axis=1)
