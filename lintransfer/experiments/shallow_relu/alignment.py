"""Experiments: early alignment and growth of ReLU neurons from a small start."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.simulate.shallow_relu.alignment import alignment_run, force_samples

TEACHER = np.array([1.0, 0.5, 0.0, 0.0, -0.3])


def force_draws(rng: np.random.Generator, replicates: int, n: int) -> np.ndarray:
    """Component of D_n along β/|β|², for a fixed direction that is not β's."""
    direction = np.array([-1.0, 1.0, 2.0, 0.0, 1.0])
    inputs = rng.standard_normal((replicates, n, 5))
    gated = np.where(inputs @ direction > 0, inputs @ TEACHER, 0.0)
    force = np.einsum("rn,rnd->rd", gated, inputs) / n
    return force @ TEACHER / (TEACHER @ TEACHER)


def fluctuation_draws(rng: np.random.Generator, replicates: int, n: int, noise_std: float) -> np.ndarray:
    return force_samples(rng, replicates, n=n, teacher=TEACHER, noise_std=noise_std)


def motion(what: str) -> Any:
    """Every neuron of a simulated network under one and the same force, against its own starting cosine."""

    def draw(rng: np.random.Generator, replicates: int, time: float) -> tuple[Any, Any]:
        teacher = np.array([1.0, 0.5, 0.0])
        seed = int(rng.integers(2**31))
        run = alignment_run(
            np.random.default_rng(seed), n=40, teacher=teacher, times=[0.0, time], size=1e-9, symmetric=True, step=0.005
        )
        half = np.random.default_rng(seed).standard_normal((40, 3))[:20]
        force = np.linalg.norm(half.T @ (half @ teacher)) / 40
        given = {"time": time, "cosine": run.initial_cosine, "force": force, "sign": run.signs}
        if what == "alignment time":
            return time, {"gap": 1 - run.signs * run.cosine[1], **{k: given[k] for k in ("cosine", "force", "sign")}}
        if what == "growth time":
            return time, {"initial_norm": 1 / run.growth[1], **{k: given[k] for k in ("cosine", "force", "sign")}}
        return (run.cosine if what == "cosine" else run.growth)[1], given

    return draw
