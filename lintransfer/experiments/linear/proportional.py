"""Experiments on ridge regression with isotropic inputs: risks, best ridges and ties of tuned learners."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.crossings import linear_crossing
from lintransfer.experiments.linear.heads import best_ridges
from lintransfer.simulate.end_to_end import draw_inputs, paired_risk_samples, risk_samples
from lintransfer.simulate.teachers import teacher_pair


def regression(
    rng: np.random.Generator,
    replicates: int,
    *,
    n: int,
    dim: int,
    displacement_energy: float,
    noise_variance: float,
    **how: float,
) -> np.ndarray:
    target = np.full(dim, math.sqrt(displacement_energy / dim))
    return risk_samples(rng, replicates, n=n, target=target, noise_std=math.sqrt(noise_variance), **how)


def tuned_risks(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, displacement_energy: float, noise_variance: float
) -> np.ndarray:
    """Risks at the ridge, out of a ladder, whose mean over the same designs is least."""
    target = np.full(dim, math.sqrt(displacement_energy / dim))
    ladder = [{"ridge": ridge} for ridge in dim * noise_variance / displacement_energy * np.geomspace(0.5, 2, 7)]
    risks = paired_risk_samples(rng, replicates, ladder, n=n, target=target, noise_std=math.sqrt(noise_variance))
    return risks[np.argmin(risks.mean(axis=1))]


def tuned_gains(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, overlap: float, noise_variance: float
) -> np.ndarray:
    """Paired gain of fine-tuning over scratch, each at its own ridge dσ²/‖δ‖²."""
    source, target = teacher_pair(dim, overlap)
    learners = [
        {"initial": start, "ridge": dim * noise_variance / float(np.sum((target - start) ** 2))}
        for start in (np.zeros(dim), source)
    ]
    scratch, tuned = paired_risk_samples(
        rng, replicates, learners, n=n, target=target, noise_std=math.sqrt(noise_variance)
    )
    return scratch - tuned


def draw_kappas(rng: np.random.Generator, replicates: int, *, n: int, dim: int, ridge: float) -> np.ndarray:
    """κ of drawn designs, from the mean share κ/(1+κ) that training leaves of the start: tr λ(XᵀX + λ)⁻¹/d."""
    design = draw_inputs(rng, (replicates, n, dim))
    spectrum = np.linalg.eigvalsh(np.swapaxes(design, 1, 2) @ design)
    share = np.mean(ridge / (np.maximum(spectrum, 0.0) + ridge), axis=1)
    return share / (1 - share)


def draw_best_ridges(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, displacement_energy: float, noise_variance: float
) -> np.ndarray:
    """All weights are a head on d features that explain everything."""
    energies = {"explained": displacement_energy, "unexplained": 0.0, "noise_variance": noise_variance}
    return best_ridges(rng, replicates, n_features=dim, n=n, **energies)


def draw_ties(
    rng: np.random.Generator,
    replicates: int,
    *,
    n: int,
    dim: int,
    source_norm: float,
    target_norm: float,
    noise_variance: float,
) -> np.ndarray:
    """Samples whose mean is the overlap at which tuned fine-tuning and tuned scratch tie: a rough look, then a near one.

    The ridge of each learner is the best out of a ladder on samples of its own.
    """
    pilot, noise_std = replicates // 4, math.sqrt(noise_variance)

    def gain(rng: np.random.Generator, count: int, overlap: float) -> np.ndarray:
        source, target = teacher_pair(dim, overlap, source_norm, target_norm)
        risks, seed = [], rng.integers(2**32)
        for start in (None, source):
            ladder = [{"ridge": ridge, "initial": start} for ridge in np.geomspace(0.02, 50, 15) * dim * noise_variance]
            tried = paired_risk_samples(rng, pilot, ladder, n=n, target=target, noise_std=noise_std)
            best = ladder[int(np.argmin(tried.mean(axis=1)))]
            fresh = np.random.default_rng(seed)
            risks.append(risk_samples(fresh, count, n=n, target=target, noise_std=noise_std, **best))
        return risks[0] - risks[1]

    rough = float(linear_crossing(rng, pilot, gain, 0.1, 0.9).mean())
    return linear_crossing(rng, replicates, gain, rough - 0.1, rough + 0.1)


def gain_arguments(n: int, dim: int, overlap: float, noise_variance: float) -> dict[str, Any]:
    energies = {"source_energy": 1.0, "cross_energy": overlap, "target_energy": 1.0}
    return {"n": n, "dim": dim, "noise_variance": noise_variance} | energies
