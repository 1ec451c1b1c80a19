"""Experiments: a ridge on the head of frozen features, and the best one."""

from __future__ import annotations

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs


def traces(rng: np.random.Generator, replicates: int, n: int, n_features: int, ridge: float) -> np.ndarray:
    """tr(ZᵀZ + λ)⁻¹ of drawn designs."""
    design = draw_inputs(rng, (replicates, n, n_features))
    eigenvalues = np.linalg.eigvalsh(np.swapaxes(design, 1, 2) @ design)
    return np.sum(1 / (np.maximum(eigenvalues, 0.0) + ridge), axis=1)
