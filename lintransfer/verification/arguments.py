"""Arguments from the declared domain of a theorem."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.table.row import Theorem

_WIDE = 100  # a positive range wider than this factor is sampled evenly in the logarithm


def draw_arguments(row: Theorem, rng: np.random.Generator) -> dict[str, Any] | None:
    """One point of the declared domain, as plain Python numbers; None if the theorem declares none."""
    if row.sample is not None:
        return {name: _plain(value) for name, value in row.sample(rng).items()}
    if not row.box:
        return None
    return {name: draw_between(rng, low, high) for name, (low, high) in row.box.items()}


def draw_between(rng: np.random.Generator, low: Any, high: Any) -> Any:
    """A whole number if both ends are; evenly in the logarithm over wide positive ranges."""
    whole = isinstance(low, int) and isinstance(high, int)
    if low > 0 and high / low > _WIDE:
        value = math.exp(rng.uniform(math.log(low), math.log(high)))
        return min(max(round(value), low), high) if whole else min(max(value, low), high)
    if whole and low == 0 and high > _WIDE:
        return 0 if rng.random() < 0.05 else draw_between(rng, 1, high)
    return int(rng.integers(low, high, endpoint=True)) if whole else float(rng.uniform(low, high))


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {name: _plain(v) for name, v in value.items()}
    return value
