"""Experiments on boundaries: where a simulated difference of risks changes sign, found without any theory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Difference = Callable[[np.random.Generator, int, Any], np.ndarray]

_PILOT_SHARE = 4  # a pilot may use this fraction of the replicates


def linear_crossing(
    rng: np.random.Generator, replicates: int, difference: Difference, low: Any, high: Any
) -> np.ndarray:
    """Samples whose mean is the zero of the mean difference, interpolated linearly between low and high.

    difference(rng, replicates, x): independent differences of risks at x.
    Each sample is the zero plus its own influence on it, so that the spread gives the standard error.
    """
    below, above = difference(rng, replicates, low), difference(rng, replicates, high)
    slope = (above.mean() - below.mean()) / (high - low)
    share = -below.mean() / (slope * (high - low))
    zero = low + share * (high - low)
    return zero - ((1 - share) * (below - below.mean()) + share * (above - above.mean())) / slope


def crossing(rng: np.random.Generator, replicates: int, difference: Difference, low: int, high: int) -> np.ndarray:
    """As `linear_crossing` for a curved difference on whole numbers: bisection first, down to a quarter of the start."""
    pilot = max(50, replicates // _PILOT_SHARE)
    width = max(1, (high - low) // 4)
    rising = difference(rng, pilot, high).mean() > 0
    while high - low > width:
        middle = (low + high) // 2
        if (difference(rng, pilot, middle).mean() > 0) == rising:
            high = middle
        else:
            low = middle
    return linear_crossing(rng, replicates, difference, low, high)


def best_ridge(risk_at: Callable[[np.ndarray], np.ndarray], low: float, high: float) -> float:
    """The ridge in [low, high] that minimises a simulated mean risk: three ever finer grids, then a parabola.

    risk_at(ridges): mean risks on common random numbers, one per ridge.
    """
    for _ in range(3):
        ridges = np.geomspace(low, high, 13)
        at = int(np.clip(np.argmin(risk_at(ridges)), 1, len(ridges) - 2))
        low, high = ridges[at - 1], ridges[at + 1]
    middle = np.sqrt(low * high)
    left, center, right = risk_at(np.array([low, middle, high]))
    step = np.log(middle / low)
    curvature = left - 2 * center + right
    shift = 0.0 if curvature <= 0 else 0.5 * step * (left - right) / curvature
    return float(middle * np.exp(np.clip(shift, -step, step)))
