"""Experiments shared by the rows on deep linear networks: trainings of actual weight matrices."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.deep_linear.layers import Trained, deep_gain_samples, deep_risk_samples, train
from lintransfer.simulate.teachers import teacher_pair

TIGHT = {"rtol": 1e-13, "tolerance": 1e-12}


def well_conditioned_trainings(
    rng: np.random.Generator, replicates: int, n: int, dim: int, depth: float, **how: Any
) -> Trained:
    """Tight trainings on designs with singular values between 1 and 2, where rounding is all that is left."""
    left = np.linalg.qr(rng.standard_normal((replicates, n, n)))[0]
    right = np.linalg.qr(rng.standard_normal((replicates, dim, n)))[0]
    design = (left * rng.uniform(1, 2, (replicates, 1, n))) @ np.swapaxes(right, 1, 2)
    labels = rng.standard_normal((replicates, n))
    source = rng.standard_normal((replicates, dim))
    return train(rng, design, labels, source, depth, **{**TIGHT, **how})


def end_points(
    rng: np.random.Generator, replicates: int, depth: float, n: int = 4, dim: int = 8, **how: Any
) -> tuple[np.ndarray, dict[str, Any]]:
    """End points (replicates, d), and the arguments of the formula that should give them."""
    result = well_conditioned_trainings(rng, replicates, n, dim, depth, **how)
    arguments = {"design": result.design, "labels": result.labels, "source": result.source, "depth": depth}
    return result.weights, arguments


def fractions(result: Trained) -> dict[str, np.ndarray]:
    """A, B and ‖w_∞‖²/‖w0‖², measured on trainings with a pseudo-inverse."""
    inverse = np.linalg.pinv(result.design)
    fit = (inverse @ result.labels[..., None])[..., 0]
    seen = (inverse @ (result.design @ result.source[..., None]))[..., 0]
    square = np.sum(result.source**2, axis=1)
    return {
        "null_fraction": np.sum((result.source - seen) ** 2, axis=1) / square,
        "fit_ratio": np.sum(fit**2, axis=1) / square,
        "growth": np.sum(result.weights**2, axis=1) / square,
    }


def growths(rng: np.random.Generator, replicates: int, depth: float, **how: Any) -> tuple[np.ndarray, dict[str, Any]]:
    """‖w_∞‖²/‖w0‖² of trainings, and the depth, A and B that should give it."""
    measured = fractions(well_conditioned_trainings(rng, replicates, 4, 8, depth, **how))
    return measured.pop("growth"), {"depth": depth, **measured}


def transfer(
    draw: Callable[..., np.ndarray], rng: np.random.Generator, replicates: int, n: int, dim: int, depth: float,
    source_energy: float, cross_energy: float, target_energy: float, noise_variance: float = 0.0, **how: Any,
) -> np.ndarray:  # fmt: skip
    """Risks or gains of deep fine-tuning between two teachers of these energies."""
    s, t = math.sqrt(source_energy), math.sqrt(target_energy)
    source, target = teacher_pair(dim, cross_energy / (s * t), s, t)
    keywords = {"n": n, "depth": depth, "source": source, "target": target, "noise_std": math.sqrt(noise_variance)}
    return draw(rng, replicates, **keywords, **how)


def risks(rng: np.random.Generator, replicates: int, **point: Any) -> np.ndarray:
    """Risks after gradient flow of every weight matrix."""
    return transfer(deep_risk_samples, rng, replicates, **point)


def gains(rng: np.random.Generator, replicates: int, **point: Any) -> np.ndarray:
    """Min-norm scratch minus deep fine-tuning on the same sets, every weight matrix trained."""
    return transfer(deep_gain_samples, rng, replicates, **point)


def large_risks(rng: np.random.Generator, replicates: int, **point: Any) -> np.ndarray:
    """Risks by the flow of the end-to-end vector, for sizes at which all matrices would be slow."""
    return transfer(deep_risk_samples, rng, replicates, method="reduced", **point)


def large_gains(rng: np.random.Generator, replicates: int, **point: Any) -> np.ndarray:
    """Gains by the flow of the end-to-end vector."""
    return transfer(deep_gain_samples, rng, replicates, method="reduced", **point)


def energies(s: float, t: float, c: float) -> dict[str, float]:
    """source_energy, cross_energy and target_energy of teachers of norms s, t at cosine c."""
    return {"source_energy": s * s, "cross_energy": s * t * c, "target_energy": t * t}


def in_gamma(n: int, dim: int, **others: Any) -> Mapping[str, Any]:
    """Arguments of a proportional limit at a finite point."""
    return {"gamma": n / dim, **others}
