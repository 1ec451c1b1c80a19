"""Simulated risks of diagonal networks: training sets drawn, every network trained weight by weight on each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.models import DiagonalLinear, Linear
from lintransfer.simulate.diagonal_linear.flow import Layers, before_pretraining, new_head, pretrain, train
from lintransfer.simulate.end_to_end import least_squares
from lintransfer.strategies import Scratch, model_of

_CHUNK_BYTES = 16 * 2**20


def simulate_risk(problem: Any, learner: Any, n: Any, key: int, replicates: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean risk and its standard error, each of the shape of n."""
    return _summary([_risks(problem, (learner,), int(k), key, replicates)[0] for k in np.ravel(n)], n)


def simulate_gain(problem: Any, pair: Any, n: Any, key: int, replicates: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean of R_baseline − R_learner on the same data, and its standard error."""
    found = (_risks(problem, pair, int(k), key, replicates) for k in np.ravel(n))
    return _summary([base - other for base, other in found], n)


def _summary(samples: list[np.ndarray], n: Any) -> tuple[np.ndarray, np.ndarray]:
    table = np.asarray(samples)
    error = table.std(axis=1, ddof=1) / math.sqrt(table.shape[1])
    return table.mean(axis=1).reshape(np.shape(n)), error.reshape(np.shape(n))


def starting_network(learner: Any, source: np.ndarray) -> Layers:
    """The network that a learner starts from: as drawn, or pretrained on the source and under a new head."""
    model = model_of(learner)
    layers = before_pretraining(model.scale, model.balance, len(source))
    if isinstance(learner, Scratch):
        return layers
    return new_head(pretrain(source, layers), layers.head_plus if model.head is None else model.head)


def _risks(problem: Any, learners: Any, n: int, key: int, replicates: int) -> np.ndarray:
    """Excess risks (learners, replicates) on the same training sets."""
    rng = np.random.default_rng([key, n])
    target, source = (np.asarray(v, float)[:, 0] for v in (problem.vectors.target, problem.vectors.source))
    dim, std = len(target), float(problem.noise_std)
    if n == 0:
        starts = [source if _from_source(who) else np.zeros(dim) for who in learners]
        return np.array([np.full(replicates, np.sum((start - target) ** 2)) for start in starts])
    networks = [starting_network(w, source) if isinstance(model_of(w), DiagonalLinear) else None for w in learners]
    risks = np.empty((len(learners), replicates))
    size = max(1, _CHUNK_BYTES // (8 * dim * (n + 40)))
    for begin in range(0, replicates, size):
        count = min(size, replicates - begin)
        design = rng.standard_normal((count, n, dim))
        labels = design @ target + std * rng.standard_normal((count, n))
        for row, who, layers in zip(risks, learners, networks, strict=True):
            if layers is not None and n < dim:
                weights = train(design, labels, layers).weights
            else:  # one minimum, or the linear model
                start = source if _from_source(who) else np.zeros(dim)
                weights = start + least_squares(design, (labels - design @ start)[..., None])[..., 0]
            row[begin : begin + count] = np.sum((weights - target) ** 2, axis=-1)
    return risks


def _from_source(learner: Any) -> bool:
    return not isinstance(learner, Scratch) and model_of(learner) == Linear()
