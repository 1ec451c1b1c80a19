"""Mean risks that only a quadrature of plain numbers knows, of traced values: on the host, with first derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lintransfer.errors import MissingMethodError
from lintransfer.host_calls import on_host

Means = Callable[..., tuple[Any, Any]]  # plain(alike, n, depth, s², stc, t², σ²) → mean risk, mean gain

_STEP = 1e-3  # of energies, relative, for derivatives


def traced_means(plain: Means, n: Any, depth: Any, *energies: Any) -> tuple[Any, Any]:
    """Both means under JAX: the numbers of the plain call, and their first derivatives in the energies."""
    import jax

    shape = np.broadcast_shapes(np.shape(n), np.shape(depth), *map(np.shape, energies))

    def means(n: Any, *energies: Any) -> np.ndarray:
        found = plain(1, *(np.asarray(v, dtype=float) for v in (n, depth, *energies)))
        return np.ravel([np.broadcast_to(part, shape) for part in found])

    def slopes(n: Any, *energies: Any) -> np.ndarray:
        return np.ravel(_slopes(plain, n, depth, *energies))

    @jax.custom_jvp
    def hosted(*energies: Any) -> Any:
        return on_host(means, (n, *energies), 2 * math.prod(shape)).reshape(2, *shape)

    @jax.custom_jvp
    def hosted_slopes(*energies: Any) -> Any:
        return on_host(slopes, (n, *energies), 8 * math.prod(shape)).reshape(4, 2, *shape)

    @hosted.defjvp
    def derivative(energies: Any, moved: Any) -> Any:
        rates = hosted_slopes(*energies)
        return hosted(*energies), sum(rate * step for rate, step in zip(rates, moved, strict=True))

    @hosted_slopes.defjvp
    def second_derivative(energies: Any, moved: Any) -> Any:
        raise MissingMethodError('exact deep means have first derivatives only: ask for method="asymptotic"')

    mean, gain = hosted(*(jax.numpy.asarray(v, float) for v in energies))
    return mean, gain


def _slopes(plain: Means, n: Any, depth: Any, *energies: Any) -> np.ndarray:
    """Derivatives of both means in the four energies, (4, 2, …), to about 1e-5; 0 where they are infinite.

    One-sided differences of second order, into the domain of the energies, by one and the same rule. The means are
    homogeneous of degree one, which gives the first from the others."""
    sizes, depths, *flat = np.broadcast_arrays(*(np.asarray(v, dtype=float)[..., None] for v in (n, depth, *energies)))
    source, cross, target, noise = flat
    size = np.sqrt(source) * np.sqrt(np.where(target > 0, target, source))
    steps = [None, np.where(cross > 0, -size, size), np.where(target > 0, target, source), noise]
    variants = [flat]
    for which in (1, 2, 3) if np.any(noise) else (1, 2):
        for times in (1, 2):
            moved = flat.copy()
            moved[which] = flat[which] + times * _STEP * steps[which]
            variants.append(moved)
    columns = [np.concatenate(v, axis=-1) for v in zip(*variants, strict=True)]
    arguments = np.broadcast_arrays(sizes, depths, *columns)
    means = np.stack(plain(len(variants), *arguments))  # (2, …, variants)
    slopes = np.zeros((4, *means.shape[:-1]))
    with np.errstate(all="ignore"):
        for which in range(1, (len(variants) + 1) // 2):
            near, far = means[..., 2 * which - 1], means[..., 2 * which]
            slopes[which] = (4 * near - far - 3 * means[..., 0]) / (2 * _STEP * steps[which][..., 0])
        others = sum(slopes[which] * flat[which][..., 0] for which in (1, 2, 3))
        slopes[0] = (means[..., 0] - others) / source[..., 0]
    return np.where(np.isfinite(slopes), slopes, 0.0)
