"""Experiments: deep fine-tuning from a source that was fitted to finitely many samples."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.deep_linear.trainings import large_risks, risks, transfer
from lintransfer.simulate.deep_linear.layers import deep_gain_samples, deep_risk_samples, draw_sets
from lintransfer.simulate.deep_linear.pretraining import flow_to_rest, product, random_network
from lintransfer.simulate.teachers import teacher_pair

LEVELS = np.array([3.0, 1.0])


def two_levels(dim: int, source_norm: float = 1.0) -> dict[str, Any]:
    """Teachers with different shares in the two halves of a two-level spectrum."""
    source, target = np.cos(np.arange(dim)), np.cos(np.arange(dim)) + np.sin(3 + 2 * np.arange(dim))
    source[dim // 2 :] *= 0.5
    return {
        "covariance": np.repeat(LEVELS, [dim // 2, dim - dim // 2]),
        "source": source_norm * source / np.linalg.norm(source),
        "target": 2 * target / np.linalg.norm(target),
    }


def covariance_risks(rng: np.random.Generator, replicates: int, dim: int, **point: Any) -> np.ndarray:
    point["noise_std"] = math.sqrt(point.pop("noise_variance"))
    return deep_risk_samples(rng, replicates, method="reduced", **two_levels(dim), **point)


def from_fit(
    rng: np.random.Generator, replicates: int, n: int, dim: int, gamma_source: float, **point: Any
) -> np.ndarray:
    noise = math.sqrt(point.pop("source_noise_variance"))
    sizes = {"n_source": round(gamma_source * dim), "source_noise_std": noise}
    return transfer(deep_gain_samples, rng, replicates, n=n, dim=dim, method="reduced", **sizes, **point)


def gains_from_fit(rng: np.random.Generator, replicates: int, source_noise_variance: float, **point: Any) -> np.ndarray:
    return large_risks(rng, replicates, source_noise_std=math.sqrt(source_noise_variance), **point)


def unbalanced(rng: np.random.Generator, replicates: int, imbalance: tuple[float, ...], **point: Any) -> np.ndarray:
    """Every weight of a network of width one."""
    how: dict[str, Any] = {"imbalance": imbalance, "method": "chain"}
    return risks(rng, replicates, depth=len(imbalance) + 1, **point, **how)


def pretrained(rng: np.random.Generator, replicates: int, depth: int, scale: float) -> tuple[Any, dict[str, Any]]:
    """Small random matrices, trained on a source population and then on a few target samples; and where they end."""
    source, target = teacher_pair(8, 0.5, 1.0, 1.5)
    design, labels = draw_sets(rng, replicates, 4, target, 0.2)
    ends, starts = [], []
    for inputs, answers in zip(design, labels, strict=True):
        small = random_network(rng, 8, depth, 4, scale)
        layers = flow_to_rest(small, np.eye(8), source, tolerance=1e-9, rtol=1e-11)
        starts.append(product(layers))
        ends.append(product(flow_to_rest(layers, inputs, answers, tolerance=1e-12, rtol=1e-13)))
    return np.array(ends), {"design": design, "labels": labels, "source": np.array(starts), "depth": depth}
