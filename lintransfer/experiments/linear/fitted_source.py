"""Experiments: the best ridge, source ridge and stopping time of a learner that starts from a fit, or is tested elsewhere.

Ladders are climbed on the same data: the rung of least mean risk, and its risks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.linear.covariance import (
    mixed_spectrum,
    shifted_arguments,
    shifted_dense_arguments,
    spectrum,
    teachers,
    two_stage_arguments,
    two_stage_dense_arguments,
)
from lintransfer.experiments.linear.source import source_world
from lintransfer.simulate.end_to_end import paired_risk_samples, risk_samples

_RIDGES = np.geomspace(0.03, 30, 31)


def _world(dim: int, dense: bool) -> dict[str, Any]:
    source, target = teachers(dim)
    own = mixed_spectrum(dim, 1.0) if dense else spectrum(dim, 1.0)[::-1].copy()
    return {
        "source": source, "target": target, "covariance": spectrum(dim, 1.0), "source_covariance": own,
        "noise_std": 0.3, "source_noise_std": 0.2,
    }  # fmt: skip


def _least(risks: np.ndarray) -> np.ndarray:
    return risks[np.argmin(risks.mean(axis=1))]


def best_two_stage(
    rng: np.random.Generator, replicates: int, *, n: int, n_source: int, dim: int, source_ridge: float, dense: bool
) -> np.ndarray:
    """Risks of fine-tuning from a ridge fit, at the best of many ridges on the target."""
    fit: dict[str, Any] = {"n": n, "n_source": n_source, "source_ridge": source_ridge}
    ladder = [{"ridge": ridge} for ridge in _RIDGES]
    return _least(paired_risk_samples(rng, replicates, ladder, **fit, **_world(dim, dense)))


def best_source_ridge(
    rng: np.random.Generator, replicates: int, *, n: int, n_source: int, dim: int, ridge: float, dense: bool
) -> np.ndarray:
    """Risks of fine-tuning from a ridge fit, at the best for the target of many ridges on the source."""
    seed = int(rng.integers(2**60))
    fit: dict[str, Any] = {"n": n, "n_source": n_source, "ridge": ridge, **_world(dim, dense)}
    rungs = [risk_samples(np.random.default_rng(seed), replicates, source_ridge=rung, **fit) for rung in _RIDGES]
    return _least(np.array(rungs))


def _without(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in names}


def best_two_stage_arguments(n: int, n_source: int, dim: int, source_ridge: float, dense: bool) -> Mapping[str, Any]:
    known = (two_stage_dense_arguments if dense else two_stage_arguments)(n, n_source, dim, 0.0, source_ridge)
    return _without(known, "ridge")


def best_source_ridge_arguments(n: int, n_source: int, dim: int, ridge: float, dense: bool) -> Mapping[str, Any]:
    known = (two_stage_dense_arguments if dense else two_stage_arguments)(n, n_source, dim, ridge, 0.0)
    return _without(known, "source_ridge")


def best_shifted(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, noise_variance: float, dense: bool
) -> np.ndarray:
    """Risks of regression from zero under another test covariance, at the best of many ridges."""
    values = spectrum(dim, 1.0)
    world: dict[str, Any] = {
        "covariance": mixed_spectrum(dim, 1.0) if dense else values,
        "test_covariance": values if dense else values[::-1].copy(),
    }
    ladder, noise_std = [{"ridge": ridge} for ridge in _RIDGES], math.sqrt(noise_variance)
    return _least(
        paired_risk_samples(rng, replicates, ladder, n=n, target=teachers(dim)[1], noise_std=noise_std, **world)
    )


def best_shifted_arguments(n: int, dim: int, noise_variance: float, dense: bool) -> Mapping[str, Any]:
    known = (shifted_dense_arguments if dense else shifted_arguments)(n, dim, 1.0, noise_variance, 0.0)
    return _without(known, "ridge")


def stopped_from_a_fit(
    rng: np.random.Generator, replicates: int, *, n: int, noise_variance: float, time: float, source_ridge: float,
    **point: Any,
) -> np.ndarray:  # fmt: skip
    """Risks of gradient flow from a ridge fit, isotropic inputs."""
    noise = math.sqrt(noise_variance)
    fit = source_world(**point)
    return risk_samples(rng, replicates, n=n, noise_std=noise, time=time, source_ridge=source_ridge, **fit)


def best_stopped_from_a_fit(
    rng: np.random.Generator, replicates: int, *, n: int, noise_variance: float, **point: Any
) -> np.ndarray:
    """The same at the best of many times, from a fit without ridge."""
    ladder, noise = [{"time": time} for time in np.geomspace(0.3, 10, 13)], math.sqrt(noise_variance)
    return _least(paired_risk_samples(rng, replicates, ladder, n=n, noise_std=noise, **source_world(**point)))


def _tilted(dim: int) -> tuple[np.ndarray, np.ndarray]:
    """A teacher of unit norm, and a test spectrum that is largest where it has most energy."""
    place = np.arange(dim) / dim
    return np.sqrt(2.0) * np.cos(np.pi * place / 2) / math.sqrt(dim), 0.2 + 3 * (1 - place) ** 2


def stopped_and_shifted(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, noise_variance: float, time: float
) -> np.ndarray:
    """Risks of gradient flow on isotropic inputs under another test covariance."""
    target, tested = _tilted(dim)
    noise = math.sqrt(noise_variance)
    return risk_samples(rng, replicates, n=n, target=target, test_covariance=tested, noise_std=noise, time=time)


def best_stopped_and_shifted(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, noise_variance: float
) -> np.ndarray:
    """The same at the best of many times."""
    target, tested = _tilted(dim)
    ladder, noise = [{"time": time} for time in np.geomspace(0.3, 10, 13)], math.sqrt(noise_variance)
    return _least(
        paired_risk_samples(rng, replicates, ladder, n=n, target=target, test_covariance=tested, noise_std=noise)
    )


def tilted_arguments(n: int, dim: int, noise_variance: float, **time: float) -> Mapping[str, Any]:
    target, tested = _tilted(dim)
    energies = {"displacement_energy": float(target @ target), "test_energy": float(target @ (tested * target))}
    return {"n": n, "dim": dim, **energies, "spread": float(tested.sum()), "noise_variance": noise_variance, **time}


def ridge_on_a_fitted_feature(
    rng: np.random.Generator, replicates: int, *, n: int, noise_variance: float, ridge: float, **point: Any
) -> np.ndarray:
    """Risks of a ridge head on the direction of a source fit."""
    noise = math.sqrt(noise_variance)
    return risk_samples(rng, replicates, n=n, noise_std=noise, features="source", ridge=ridge, **source_world(**point))


def best_ridge_on_a_fitted_feature(
    rng: np.random.Generator, replicates: int, *, n: int, noise_variance: float, **point: Any
) -> np.ndarray:
    """The same at the best of many ridges."""
    ladder, noise = [{"ridge": ridge} for ridge in np.geomspace(0.3, 10, 25)], math.sqrt(noise_variance)
    return _least(
        paired_risk_samples(rng, replicates, ladder, n=n, noise_std=noise, features="source", **source_world(**point))
    )
