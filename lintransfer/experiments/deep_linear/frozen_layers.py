"""Experiments: deep networks with frozen or lazy layers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.deep_linear.layers import deep_risk_samples, draw_sets, excess_risks, train
from lintransfer.simulate.teachers import teacher_pair


def lazy(rng: np.random.Generator, replicates: int, n: int, dim: int, depth: int, noise_variance: float) -> np.ndarray:
    """Actual layers, output scaled by 50 around the pretrained function."""
    scale = 50.0
    source, target = teacher_pair(dim, 0.5, 1.0, 1.6)
    design, labels = draw_sets(rng, replicates, n, target, math.sqrt(noise_variance))
    start = design @ source
    result = train(rng, design, start + (labels - start) / scale, source, depth, tolerance=1e-7, rtol=1e-9)
    return excess_risks(source + scale * (result.weights - source), target)


def head_risks(
    rng: np.random.Generator, replicates: int, n: int, trained: tuple[bool, ...], overlap: float = 0.6
) -> np.ndarray:
    """First layer frozen, some of the others trained; teachers of norm 1 and 1.5, σ = 0.5."""
    source, target = teacher_pair(4, overlap, 1.0, 1.5)
    how: dict[str, Any] = {"n": n, "depth": len(trained), "trained": trained, "width": 1}
    return deep_risk_samples(rng, replicates, source=source, target=target, noise_std=0.5, **how)
