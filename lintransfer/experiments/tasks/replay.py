"""Experiments: training on new samples together with some of the source's rows again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.sequences import in_pieces, teachers_of
from lintransfer.simulate.end_to_end import draw_inputs, least_squares


def replayed(what: int) -> Any:
    """A draw of the risks on the target (0) or the source (1) after replay, from w0 = 0."""

    def draw(
        rng: np.random.Generator, replicates: int, n: int, n_source: int, kept: int, dim: int, source_energy: float,
        target_energy: float, distance_energy: float, noise_variance: float, source_noise_variance: float,
    ) -> np.ndarray:  # fmt: skip
        cross = (source_energy + target_energy - distance_energy) / 2
        source, target = teachers_of([[source_energy, cross], [cross, target_energy]], dim)

        def some(size: int) -> np.ndarray:
            old = draw_inputs(rng, (size, n_source, dim))
            new = draw_inputs(rng, (size, n, dim))
            old_labels = old @ source + source_noise_variance**0.5 * rng.standard_normal((size, n_source))
            new_labels = new @ target + noise_variance**0.5 * rng.standard_normal((size, n))
            start = least_squares(old, old_labels[..., None])
            both = np.concatenate([old[:, :kept], new], axis=1)
            labels = np.concatenate([old_labels[:, :kept], new_labels], axis=1)
            weights = least_squares(both, labels[..., None], start)[..., 0]
            return np.sum((weights - (target, source)[what]) ** 2, axis=-1)

        return in_pieces(replicates, some)

    return draw


def source_world(**point: Any) -> Mapping[str, Any]:
    """The point without what the source's risk does not depend on."""
    return {name: value for name, value in point.items() if name != "target_energy"}
