"""Points and experiments that several topics state alike."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from lintransfer.table.row import Experiment

FEW_FEATURES = "limit d → ∞ at γ = n/d with few features, Σ = I"
Points = tuple[dict[str, Any], ...]


def grid(**axes: Any) -> Points:
    """Every combination, the last axis fastest; a list or a range is an axis, anything else is fixed.

    >>> grid(n=[1, 2], dim=5)
    ({'n': 1, 'dim': 5}, {'n': 2, 'dim': 5})
    """
    values = [axis if isinstance(axis, list | range) else [axis] for axis in axes.values()]
    return tuple(dict(zip(axes, point, strict=True)) for point in itertools.product(*values))


def growing(*others: str, by: Any = (1, 2, 4), **point: Any) -> Points:
    """The same problem at growing size: n, n_source, dim and any `others` are multiplied.

    >>> growing(n=3, noise_variance=0.5, by=(1, 2))
    ({'n': 3, 'noise_variance': 0.5}, {'n': 6, 'noise_variance': 0.5})
    """
    sizes = {"n", "n_source", "dim", *others}
    return tuple({name: k * value if name in sizes else value for name, value in point.items()} for k in by)


def asymptotic(
    draw: Callable[..., Any], points: tuple[Mapping[str, Any], ...], coefficient: float, replicates: int = 500,
    resolution: float = 0.1, arguments: Callable[..., Any] | None = None, unit: Callable[..., Any] | None = None,
) -> Experiment:  # fmt: skip
    """Means that converge to the formula like coefficient/d."""
    return Experiment(
        draw, points, "asymptotic", replicates, resolution, lambda dim, **_: coefficient / dim, arguments, unit
    )


def near_square(n: int, dim: int, **_: Any) -> float:
    """What a proportional limit may be off: 4/d, more where n is near d."""
    return 4 / (dim * max(abs(1 - n / dim), 0.25))
