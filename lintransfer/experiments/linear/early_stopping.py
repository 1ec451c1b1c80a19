"""Experiments: gradient flow stopped early, and the best time to stop."""

from __future__ import annotations

import math

import numpy as np

from lintransfer.simulate.end_to_end import paired_risk_samples, risk_samples


def stopped(
    rng: np.random.Generator,
    replicates: int,
    *,
    n: int,
    dim: int,
    displacement_energy: float,
    noise_variance: float,
    time: float,
) -> np.ndarray:
    target = np.full(dim, math.sqrt(displacement_energy / dim))
    return risk_samples(rng, replicates, n=n, target=target, noise_std=math.sqrt(noise_variance), time=time)


def slopes(
    rng: np.random.Generator,
    replicates: int,
    *,
    n: int,
    dim: int,
    displacement_energy: float,
    noise_variance: float,
    time: float,
) -> np.ndarray:
    """Derivatives of risks in the time, by central differences on the same data, in the unit of the slope."""
    target, step = np.full(dim, math.sqrt(displacement_energy / dim)), 1e-3 * time
    learners = [{"time": time - step}, {"time": time + step}]
    early, late = paired_risk_samples(
        rng, replicates, learners, n=n, target=target, noise_std=math.sqrt(noise_variance)
    )
    return slope_unit(n, dim, time) * (late - early) / (2 * step)


def slope_unit(n: int, dim: int, time: float, **_: float) -> float:
    """e^(Tx₋)/2."""
    return math.exp(time * (1 - math.sqrt(dim / n)) ** 2) / 2


def best_stopped(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, displacement_energy: float, noise_variance: float
) -> np.ndarray:
    """Risks at the time, out of a ladder, whose mean over the same designs is least."""
    target = np.full(dim, math.sqrt(displacement_energy / dim))
    ladder = [{"time": time} for time in np.geomspace(1, 4, 7)]
    risks = paired_risk_samples(rng, replicates, ladder, n=n, target=target, noise_std=math.sqrt(noise_variance))
    return risks[np.argmin(risks.mean(axis=1))]
