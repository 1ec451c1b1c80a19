"""Experiments: exact moments of the risk of deep fine-tuning at any finite size."""

from __future__ import annotations

from typing import Any

import numpy as np


def blocks(rng: np.random.Generator, replicates: int, n: int, dim: int) -> tuple[Any, dict[str, Any]]:
    """Blocks of actual projectors, and the numbers that they should be made of."""
    design = rng.standard_normal((replicates, n, dim))
    plane = (np.linalg.pinv(design) @ design)[:, :2, :2]
    first, cross, aside = plane[:, 0, 0], plane[:, 0, 1], plane[:, 1, 1]
    second = np.maximum(np.linalg.det(plane) / first, 0.0) if n > 1 else 0 * first
    unseen = np.sqrt(np.linalg.det(np.eye(2) - plane))
    angle = np.sign(cross) * np.sqrt(1 - (unseen / np.sqrt((1 - first) * (1 - second))) ** 2)
    return np.stack([first, cross, aside]), {"first": first, "second": second, "angle": angle}
