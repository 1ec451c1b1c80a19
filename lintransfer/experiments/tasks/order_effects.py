"""Experiments: two tasks in both orders, fitted to the end, by SGD, or by gradient descent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.sequences import in_pieces
from lintransfer.experiments.tasks.sgd_sequences import run_sgd
from lintransfer.simulate.end_to_end import draw_inputs, least_squares


def fitted_difference(
    rng: np.random.Generator, replicates: int, first_n: int, second_n: int, dim: int, first_eigenvalue: float,
    second_eigenvalue: float, first_noise_variance: float, second_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """‖w − θ‖² after tasks 1, 2 minus that after 2, 1, on the same data; one teacher, w0 = 0."""

    def draw(size: int) -> np.ndarray:
        teacher, data = np.full(dim, 0.3), []
        for n, level, noise in (
            (first_n, first_eigenvalue, first_noise_variance),
            (second_n, second_eigenvalue, second_noise_variance),
        ):
            design = draw_inputs(rng, (size, n, dim)) * level**0.5
            data.append((design, (design @ teacher + noise**0.5 * rng.standard_normal((size, n)))[..., None]))
        errors = []
        for order in (data, data[::-1]):
            weights: Any = 0.0
            for design, labels in order:
                weights = least_squares(design, labels, weights)
            errors.append(np.sum((weights[..., 0] - teacher) ** 2, axis=-1))
        return errors[0] - errors[1]

    return in_pieces(replicates, draw)


def sgd_difference(
    rng: np.random.Generator, replicates: int, n: int, first_eigenvalue: float, second_eigenvalue: float,
    noise_variance: float, step_size: float, batch: int,
) -> np.ndarray:  # fmt: skip
    """(w − θ)² after tasks 1, 2 minus that after 2, 1, from the optimum θ: one coordinate. The batches of a task
    are shared by both orders.
    """
    errors = []
    seed = int(rng.integers(2**32))
    for levels in ((first_eigenvalue, second_eigenvalue), (second_eigenvalue, first_eigenvalue)):
        weights = np.zeros((replicates, 1))
        for level in levels:
            shared = np.random.default_rng([seed, int(level == second_eigenvalue)])
            weights = run_sgd(shared, weights, n, [level], np.zeros(1), noise_variance, step_size, batch)
        errors.append(weights[:, 0] ** 2)
    return errors[0] - errors[1]


def full_batch_difference(
    rng: np.random.Generator, replicates: int, n: int, first_eigenvalue: float, second_eigenvalue: float,
    distance_energy: float, step_size: float,
) -> tuple[np.ndarray, Mapping[str, Any]]:  # fmt: skip
    """Forgetting of the first task, gradient descent on the second from the first's optimum, both orders: the difference."""
    lost = []
    for kept, trained in ((first_eigenvalue, second_eigenvalue), (second_eigenvalue, first_eigenvalue)):
        weight, teacher = 0.0, distance_energy**0.5
        for _ in range(n):
            weight -= step_size * trained * (weight - teacher)
        lost.append(kept * weight**2)
    world = {"n": n, "first_eigenvalue": first_eigenvalue, "second_eigenvalue": second_eigenvalue}
    return np.array([lost[0] - lost[1]]), {**world, "distance_energy": distance_energy, "step_size": step_size}
