"""Experiments on isotropic inputs: trainings whose vectors have given energies and lie along no special axis."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import least_squares, paired_risk_samples, risk_samples
from lintransfer.simulate.teachers import teacher_pair


def training_risks(
    rng: np.random.Generator, replicates: int, n: int, dim: int, noise_variance: float, displacement_energy: float = 1.0
) -> np.ndarray:
    """Risks of training from w0 with ‖θ_T − w0‖² = displacement_energy."""
    target = np.cos(np.arange(dim))
    away = np.sin(1 + np.arange(dim))
    initial = target - math.sqrt(displacement_energy) * away / np.linalg.norm(away)
    noise_std = math.sqrt(noise_variance)
    return risk_samples(rng, replicates, n=n, target=target, initial=initial, noise_std=noise_std)


def paired_gains(
    rng: np.random.Generator, replicates: int, n: int, dim: int, source_energy: float, cross_energy: float,
    target_energy: float = 1.5,
) -> np.ndarray:  # fmt: skip
    """Paired differences of risk, scratch minus fine-tuned, with label noise that must cancel."""
    s, t = math.sqrt(source_energy), math.sqrt(target_energy)
    source, target = teacher_pair(dim, cross_energy / (s * t), s, t)
    learners: list[dict[str, Any]] = [{}, {"initial": source}]
    scratch, tuned = paired_risk_samples(rng, replicates, learners, n=n, target=target, noise_std=0.5)
    return scratch - tuned


def source_alignments(
    rng: np.random.Generator, replicates: int, n_source: int, dim: int, source_norm: float, source_noise_std: float
) -> np.ndarray:
    """Squared cosines between fitted sources and their teacher."""
    teacher = teacher_pair(dim, 1.0, source_norm)[0][:, None]
    design = rng.standard_normal((replicates, n_source, dim))
    noise = source_noise_std * rng.standard_normal((replicates, n_source, 1))
    fits = least_squares(design, design @ teacher + noise)[..., 0]
    return (fits @ teacher[:, 0]) ** 2 / (source_norm**2 * np.sum(fits**2, axis=-1))


def unexplained_energies(rng: np.random.Generator, replicates: int, dim: int, n_features: int) -> np.ndarray:
    """Energy of a unit target off random subspaces."""
    target = teacher_pair(dim, 1.0)[0]
    features = np.linalg.qr(rng.standard_normal((replicates, dim, n_features)))[0]
    seen = np.swapaxes(features, 1, 2) @ target
    return np.sum((target - (features @ seen[..., None])[..., 0]) ** 2, axis=-1)
