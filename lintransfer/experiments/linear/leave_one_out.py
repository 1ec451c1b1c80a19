"""Experiments: prediction error at other sample sizes from the one that was measured."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, risk_samples

_NOISE_STD = 0.5
_TRAININGS = 4_000  # behind the error that is taken to other sizes


class _Measured(NamedTuple):
    error: float
    kappa: float
    df1: float
    df2: float


def _world(dim: int) -> dict[str, Any]:
    spectrum = np.arange(1, dim + 1.0) ** -1.0
    return {"covariance": spectrum, "target": np.cos(np.arange(dim)), "noise_std": _NOISE_STD}


@lru_cache(maxsize=16)
def measured(rows: int, dim: int, ridge: float) -> _Measured:
    """Mean error of trainings on N rows, and κ, df1 and df2 from the mean traces of their kernel matrices."""
    rng, world = np.random.default_rng([rows, dim]), _world(dim)
    error = risk_samples(rng, _TRAININGS, n=rows, ridge=ridge, **world).mean() + _NOISE_STD**2
    design = draw_inputs(rng, (_TRAININGS // 4, rows, dim), world["covariance"])
    inverse = 1 / (np.maximum(np.linalg.eigvalsh(design @ np.swapaxes(design, 1, 2)), 0.0) + ridge)
    trace, squares = inverse.sum(1).mean(), (inverse**2).sum(1).mean()
    return _Measured(float(error), 1 / trace, rows - ridge * trace, rows - trace**2 / squares)


def errors(rng: np.random.Generator, replicates: int, n: int, rows: int, dim: int, ridge: float) -> np.ndarray:
    """Prediction errors on n samples at the ridge that has the κ of N rows."""
    found = measured(rows, dim, ridge)
    risks = risk_samples(rng, replicates, n=n, ridge=found.kappa * (n - found.df1), **_world(dim))
    return risks + _NOISE_STD**2
