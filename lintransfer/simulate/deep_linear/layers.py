"""Fine-tuning of deep linear networks with nothing but data, weight matrices and gradient flow.

Every draw makes inputs and labels, builds a network whose end-to-end vector is the source, trains it until it rests,
and reads off the end-to-end vector. `method` says what is integrated: "layers" every entry of every weight matrix,
"chain" a network of width one, "reduced" the end-to-end vector (any real depth, the cheapest).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from lintransfer.simulate.deep_linear.flow import (
    Layers,
    end_to_end,
    gradient,
    layer_gradients,
    rank_one_layers,
    train_chain,
    train_layers,
    train_reduced,
)


class Trained(NamedTuple):
    """A batch of trainings: designs (batch, n, d), labels (batch, n), starts and end points (batch, d)."""

    design: np.ndarray
    labels: np.ndarray
    source: np.ndarray
    weights: np.ndarray


def draw_sets(
    rng: np.random.Generator,
    replicates: int,
    n: int,
    target: np.ndarray,
    noise_std: float = 0.0,
    covariance: Any = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Inputs x ~ N(0, Σ) and labels x·θ_T + σξ: designs (replicates, n, d) and labels (replicates, n).

    covariance: None (identity), a spectrum (d,), or a matrix (d, d).
    """
    design = rng.standard_normal((replicates, n, len(target)))
    if covariance is not None:
        spread = np.asarray(covariance, dtype=float)
        design = design * np.sqrt(spread) if spread.ndim == 1 else design @ np.linalg.cholesky(spread).T
    return design, design @ target + noise_std * rng.standard_normal((replicates, n))


def fitted_sources(
    rng: np.random.Generator, replicates: int, n_source: int, source: np.ndarray, source_noise_std: float = 0.0
) -> np.ndarray:
    """Min-norm or least-squares fits of the source task, one source set each, (replicates, d)."""
    design, labels = draw_sets(rng, replicates, n_source, source, source_noise_std)
    return min_norm_fits(design, labels)


def min_norm_fits(design: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """X⁺y for a batch, (batch, d)."""
    return (np.linalg.pinv(design) @ labels[..., None])[..., 0]


def train(
    rng: np.random.Generator,
    design: np.ndarray,
    labels: np.ndarray,
    source: np.ndarray,
    depth: float,
    *,
    method: str = "layers",
    width: int = 2,
    imbalance: Sequence[float] | None = None,
    trained: Sequence[bool] | None = None,
    time: float = math.inf,
    tolerance: float = 1e-6,
    rtol: float = 1e-7,
    max_steps: int = 100_000,
) -> Trained:
    """Gradient flow on ½‖y − Xw‖² from a rank-one network that computes `source`.

    design: (batch, n, d).  labels: (batch, n).  source: (d,) or (batch, d).  imbalance: ‖W_1‖² − a_j² for layers 2 … L
    at the start, the network being built to have it (balanced by default).  trained: one flag per layer (all).
    """
    source = np.broadcast_to(source, (len(design), design.shape[-1]))
    inputs, outputs, start = np.moveaxis(design, 0, -1), labels.T, source.T
    steps: dict[str, Any] = {"time": time, "tolerance": tolerance, "rtol": rtol, "max_steps": max_steps}
    if method == "reduced":
        final = train_reduced(start, inputs, outputs, depth, **steps)
        return Trained(design, labels, source, final.T)
    scales = None if imbalance is None else scales_with_imbalance(np.linalg.norm(source, axis=1), imbalance)
    layers = rank_one_layers(rng, start, int(depth), 1 if method == "chain" else width, scales)
    if method == "chain":
        column, scalars = chain_of(layers)
        column, scalars = train_chain(column, scalars, inputs, outputs, **steps)
        return Trained(design, labels, source, (column * np.prod(scalars, axis=0)).T)
    final = end_to_end(train_layers(layers, inputs, outputs, trained=trained, **steps))
    return Trained(design, labels, source, final.T)


def chain_of(layers: Layers) -> tuple[np.ndarray, np.ndarray]:
    """First column (d, batch) and scalars (L−1, batch), made positive, of a network of width one."""
    scalars = np.stack([layer[0, 0] for layer in layers[1:]])
    return layers[0][:, 0] * np.prod(np.sign(scalars), axis=0), np.abs(scalars)


def scales_with_imbalance(norms: np.ndarray, imbalance: Sequence[float]) -> np.ndarray:
    """Norms of layers 2 … L, (L−1, batch), such that ‖W_1‖² − a_j² = Δ_j and the product has the norms given.

    Bisection on ‖W_1‖².
    """
    delta = np.asarray(imbalance, dtype=float)[:, None]
    low = np.full(norms.shape, max(0.0, float(delta.max())))
    high = low + 1 + norms**2 + np.abs(delta).max()
    for _ in range(200):
        middle = (low + high) / 2
        short = middle * np.prod(middle - delta, axis=0) < norms**2
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.sqrt(high - delta)


def deep_training(
    rng: np.random.Generator,
    replicates: int,
    *,
    n: int,
    depth: float,
    source: np.ndarray,
    target: np.ndarray,
    noise_std: float = 0.0,
    covariance: Any = None,
    n_source: int | None = None,
    source_noise_std: float = 0.0,
    **how: Any,
) -> Trained:
    """Draw training sets (source sets too, if n_source is given) and train on each; `how` as in `train`."""
    start = np.asarray(source, dtype=float)
    if n_source is not None:
        start = fitted_sources(rng, replicates, n_source, start, source_noise_std)
    design, labels = draw_sets(rng, replicates, n, np.asarray(target, dtype=float), noise_std, covariance)
    return train(rng, design, labels, start, depth, **how)


def deep_risk_samples(
    rng: np.random.Generator, replicates: int, *, target: np.ndarray, covariance: Any = None, **keywords: Any
) -> np.ndarray:
    """Excess risks (replicates,) of deep fine-tuning; keywords as in `deep_training`."""
    result = deep_training(rng, replicates, target=target, covariance=covariance, **keywords)
    return excess_risks(result.weights, target, covariance)


def deep_gain_samples(
    rng: np.random.Generator, replicates: int, *, target: np.ndarray, covariance: Any = None, **keywords: Any
) -> np.ndarray:
    """Risk of the min-norm fit minus risk of deep fine-tuning on the same set, (replicates,)."""
    result = deep_training(rng, replicates, target=target, covariance=covariance, **keywords)
    scratch = excess_risks(min_norm_fits(result.design, result.labels), target, covariance)
    return scratch - excess_risks(result.weights, target, covariance)


def excess_risks(weights: np.ndarray, target: np.ndarray, covariance: Any = None) -> np.ndarray:
    """(ŵ − θ_T)ᵀΣ(ŵ − θ_T) for weights (batch, d)."""
    miss = weights - np.asarray(target, dtype=float)
    if covariance is None:
        return np.sum(miss * miss, axis=-1)
    spread = np.asarray(covariance, dtype=float)
    return np.sum(miss * (miss * spread if spread.ndim == 1 else miss @ spread), axis=-1)


def layer_velocity(layers: Layers, design: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """w' of the end-to-end vector when every layer follows its own gradient, (d, batch): the product rule, taken as
    the derivative along the gradients by a complex step."""
    moves = layer_gradients(layers, gradient(design, labels, end_to_end(layers)))
    step = 1e-30
    return np.imag(end_to_end([w - 1j * step * g for w, g in zip(layers, moves, strict=True)])) / step
