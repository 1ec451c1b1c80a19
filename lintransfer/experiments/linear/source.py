"""Experiments on a fitted source, and random problems with one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, least_squares, paired_risk_samples, risk_samples
from lintransfer.simulate.teachers import teacher_pair

SOURCE = {"source_energy": 1.44, "cross_energy": 0.9, "target_energy": 1.0}


def source_world(
    dim: int, source_energy: float, cross_energy: float, target_energy: float, source_noise_variance: float,
    n_source: int,
) -> dict[str, Any]:  # fmt: skip
    s, t = math.sqrt(source_energy), math.sqrt(target_energy)
    source, target = teacher_pair(dim, cross_energy / (s * t), s, t)
    noise = math.sqrt(source_noise_variance)
    return {"source": source, "target": target, "n_source": n_source, "source_noise_std": noise}


def distance_to_target(rng: np.random.Generator, replicates: int, **point: Any) -> np.ndarray:
    """‖θ_T − ŵ_S‖²: the risk before any target training."""
    return risk_samples(rng, replicates, n=0, **source_world(**point))


def fine_tuning(rng: np.random.Generator, replicates: int, n: int, noise_variance: float, **point: Any) -> np.ndarray:
    return risk_samples(rng, replicates, n=n, noise_std=math.sqrt(noise_variance), **source_world(**point))


def fine_tuning_gains(rng: np.random.Generator, replicates: int, n: int, **point: Any) -> np.ndarray:
    """Risk of scratch less that of fine-tuning on the same target sets, with label noise, which should cancel."""
    learners: list[dict[str, Any]] = [{"initial": None}, {}]
    scratch, tuned = paired_risk_samples(rng, replicates, learners, n=n, noise_std=0.3, **source_world(**point))
    return scratch - tuned


def linear_transfer(
    rng: np.random.Generator, replicates: int, n: int, noise_variance: float, **point: Any
) -> np.ndarray:
    noise_std = math.sqrt(noise_variance)
    return risk_samples(rng, replicates, n=n, noise_std=noise_std, features="source", **source_world(**point))


def squared_cosines(
    rng: np.random.Generator, replicates: int, n_source: int, dim: int, relative_noise: float
) -> np.ndarray:
    """Squared cosines of source fits with their teacher."""
    teacher, _ = teacher_pair(dim, 0.0 if dim > 1 else 1.0)
    design = draw_inputs(rng, (replicates, n_source, dim))
    noise = math.sqrt(relative_noise) * rng.standard_normal((replicates, n_source, 1))
    fit = least_squares(design, design @ teacher[:, None] + noise)[..., 0]
    return (fit @ teacher) ** 2 / np.sum(fit**2, axis=1)


def squared_cosines_at_ratio(
    rng: np.random.Generator, replicates: int, dim: int, gamma_source: float, relative_noise: float
) -> np.ndarray:
    return squared_cosines(rng, replicates, round(gamma_source * dim), dim, relative_noise)


def any_source(rng: np.random.Generator) -> dict[str, Any]:
    """Sizes around d, two teachers at a random angle, and noise of any size, none included."""
    dim = int(np.exp(rng.uniform(math.log(2), math.log(1000))))
    n_source = int(rng.choice([rng.integers(1, dim + 1), dim + rng.integers(0, 3 * dim)]))
    s, t = rng.uniform(0.1, 3, 2)
    noise = float(rng.choice([0.0, 10 ** rng.uniform(-6, 2)]))
    energies = {"source_energy": s * s, "cross_energy": s * t * rng.uniform(-1, 1), "target_energy": t * t}
    return {"n_source": n_source, "dim": dim, **energies, "source_noise_variance": noise}


def any_source_and_target(rng: np.random.Generator) -> dict[str, Any]:
    return {"n": int(rng.integers(0, 2000)), "noise_variance": float(rng.uniform(0, 4))} | any_source(rng)
