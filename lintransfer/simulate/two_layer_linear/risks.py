"""Excess risks of every way of transferring a two-layer linear network, on the same data.

Gaussian inputs, Σ = I. A learner is a dict: what is `trained`, from which head, after how much probing, for how long.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import least_squares
from lintransfer.simulate.two_layer_linear.flow import probe_then

_CHUNK_BYTES = 32 * 2**20


def paired_strategy_risks(
    rng: np.random.Generator, replicates: int, learners: Sequence[Mapping[str, Any]], *, n: int, features: Any,
    head: Any, target: Any, noise_std: float = 0.0, rtol: float = 1e-7, max_steps: int = 200_000,
) -> np.ndarray:  # fmt: skip
    """Excess risks ‖ŵ − θ_T‖² of several learners trained on the same data (X, y), shape (learners, replicates).

    learners: dicts with any of `trained` ("both", "first", "second", "none", or "scratch": min-norm regression from
    zero), `head` ("source", "zero", or an array (k,)), `probe_time` (0: no probing before; inf: to rest), `time` (inf).
    n: samples.  features: B (k, d).  head: v (k,).  target: θ_T (d,).  Inputs N(0, I), labels x·θ_T + noise_std·ξ.
    """
    target = np.asarray(target, float)
    dim, k = len(target), len(np.asarray(head))
    size = max(1, _CHUNK_BYTES // (8 * (3 * max(n, 1) * dim + 8 * k * (min(n, dim) + dim))))
    risks = np.empty((len(learners), replicates))
    for begin in range(0, replicates, size):
        count = min(size, replicates - begin)
        design = rng.standard_normal((count, n, dim))
        labels = design @ target + (noise_std * rng.standard_normal((count, n)) if noise_std else 0.0)
        for row, learner in enumerate(learners):
            weights = _weights(design, labels, features, head, {"rtol": rtol, "max_steps": max_steps}, **learner)
            risks[row, begin : begin + count] = np.sum((weights - target) ** 2, axis=-1)
    return risks


def _weights(
    design: np.ndarray, labels: np.ndarray, features: Any, source: Any, how: dict[str, Any], trained: str = "both",
    head: Any = "source", probe_time: float = 0.0, time: float = math.inf,
) -> np.ndarray:  # fmt: skip
    if trained == "scratch":
        return least_squares(design, labels[..., None], time=time)[..., 0]
    start = source if isinstance(head, str) and head == "source" else head
    start = np.zeros(np.shape(source)) if isinstance(start, str) else start
    how = {"probe_time": probe_time, "trained": trained, "time": time, **how}
    return probe_then(design, labels, features, start, **how).weights
