"""The six scalars that the risk of deep fine-tuning depends on, drawn at a cost that knows neither n nor d."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Scalars(NamedTuple):
    """Independent draws, each (size,): see the function of the same arguments in the theory of deep moments.

    first ~ Beta(n/2, (d−n)/2).  second ~ Beta((n−1)/2, (d−n)/2), 0 for n = 1.  angle: first coordinate of a uniform
    point on the sphere in R^{d−n}.  noise_energy: σ²χ²_n/χ²_{d−n+1}.  noise_cosine: the same coordinate in R^n.
    """

    first: np.ndarray
    second: np.ndarray
    angle: np.ndarray
    noise_energy: np.ndarray
    noise_cosine: np.ndarray


def draw_scalars(rng: np.random.Generator, size: int, n: int, dim: int, noise_std: float = 0.0) -> Scalars:
    """Draw the scalars of `size` trainings with 1 ≤ n < d.

    >>> draw_scalars(np.random.default_rng(0), 3, 1, 2).second.tolist()
    [0.0, 0.0, 0.0]
    """
    missing = dim - n
    first = rng.beta(n / 2, missing / 2, size)
    second = rng.beta((n - 1) / 2, missing / 2, size) if n > 1 else np.zeros(size)
    angle = sphere_coordinate(rng, missing, size)
    if noise_std == 0:
        return Scalars(first, second, angle, np.zeros(size), np.zeros(size))
    energy = noise_std**2 * rng.chisquare(n, size) / rng.chisquare(missing + 1, size)
    return Scalars(first, second, angle, energy, sphere_coordinate(rng, n, size))


def least_squares_scalars(rng: np.random.Generator, size: int, n: int, dim: int, noise_std: float) -> np.ndarray:
    """Risks of least squares, n ≥ d, where source and depth are forgotten: σ²χ²_d/χ²_{n−d+1}, (size,)."""
    return noise_std**2 * rng.chisquare(dim, size) / rng.chisquare(n - dim + 1, size)


def sphere_coordinate(rng: np.random.Generator, dim: int, size: int) -> np.ndarray:
    """First coordinate of a uniform point on the unit sphere of R^dim; ±1 for dim = 1."""
    if dim == 1:
        return rng.choice([-1.0, 1.0], size)
    return 2 * rng.beta((dim - 1) / 2, (dim - 1) / 2, size) - 1
