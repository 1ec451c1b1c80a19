"""Experiments: diagonal networks that are pretrained weight by weight, and then fine-tuned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.diagonal_linear.flow import Layers, before_pretraining, new_head, pretrain, train

Found = tuple[np.ndarray, Mapping[str, Any]]


def _pretrained(rng: np.random.Generator, dim: int, scale: float, balance: float) -> tuple[Layers, dict[str, Any]]:
    """Layers after pretraining on few samples, and what they compute."""
    X, y = rng.standard_normal((1, dim - 1, dim)), rng.standard_normal((1, dim - 1))
    end = train(X, y, before_pretraining(scale, balance, dim), rtol=1e-13, at_rest=2e-12)
    layers = Layers(*(part[0] for part in end))
    return layers, {"predictor": layers.weights, "scale": scale, "balance": balance}


def layers_after(rng: np.random.Generator, replicates: int, dim: int, scale: float, balance: float) -> Found:
    """All four layers at the end of pretraining."""
    layers, told = _pretrained(rng, dim, scale, balance)
    return np.stack(layers), told


def energies_after(rng: np.random.Generator, replicates: int, dim: int, scale: float, balance: float) -> Found:
    """w_+² + w_−² at the end of pretraining."""
    layers, told = _pretrained(rng, dim, scale, balance)
    return layers.first_plus**2 + layers.first_minus**2, told


def scales_after(
    rng: np.random.Generator, replicates: int, dim: int, scale: float, balance: float, head: float, convention: str
) -> Found:
    """2(w_d² + g²) of the network that fine-tuning finds."""
    layers, told = _pretrained(rng, dim, scale, balance)
    now = new_head(layers, head, convention)
    return 2 * (now.first_plus**2 + now.head_plus**2), told | {"head": head, "convention": convention}


def fine_tuned(
    rng: np.random.Generator, replicates: int, n: int, dim: int, scale: float, balance: float, head: float, convention: str
) -> Found:  # fmt: skip
    """Weights after pretraining and then fine-tuning on another task."""
    target = rng.standard_normal(dim)
    layers = pretrain(target, before_pretraining(scale, balance, dim), rtol=1e-13)
    X, y = rng.standard_normal((n, dim)), rng.standard_normal(n)
    end = train(X[None], y[None], new_head(layers, head, convention), rtol=1e-13, at_rest=2e-12)
    return end.weights[0], {
        "X": X, "y": y, "predictor": target, "scale": scale, "balance": balance, "head": head, "convention": convention,
    }  # fmt: skip
