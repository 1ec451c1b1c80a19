r"""Gram matrices K_ij = ‖x_i‖‖x_j‖ K(cos(x_i, x_j)) of the arc-cosine kernels, fast.

An arccos per entry is what a plain implementation spends its time on. Here each entry costs one square root and one
polynomial, because K(τ) = (α+ω) max(τ, 0)/2 + √(1−|τ|) p(|τ|) with p analytic on [0, 1]. The diagonal of a square
Gram matrix is set exactly, ‖x‖² K(1).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.designs import checked_rows, refuse_beyond_memory
from lintransfer.errors import refuse
from lintransfer.theory.shallow_relu.kernels import ANGLE_COEFFICIENTS, SEGMENT_COEFFICIENTS, layer_weights


def _coefficients(first: Any, second: Any) -> tuple[Any, ...]:
    """p(a) = [ω(1−a) segment(a) − α a angle(a)]/(2π), as coefficients of powers of a."""
    segment = np.convolve(SEGMENT_COEFFICIENTS, (1.0, -1.0))
    angle = np.convolve(ANGLE_COEFFICIENTS, (0.0, 1.0))
    segment = np.pad(segment, (0, len(angle) - len(segment)))
    return tuple((second * s - first * a) / (2 * np.pi) for s, a in zip(segment, angle, strict=True))


def _gram(inputs: Any, others: Any, first: Any, second: Any, square: bool) -> Any:
    coefficients = _coefficients(first, second)
    lengths, other_lengths = jnp.linalg.norm(inputs, axis=1), jnp.linalg.norm(others, axis=1)
    cosine = (inputs / lengths[:, None]) @ (others / other_lengths[:, None]).T
    size = jnp.abs(cosine)
    gap = 1 - size
    value = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        value = value * size + coefficient
    apart = gap > 0
    value = jnp.where(apart, jnp.sqrt(jnp.where(apart, gap, 1.0)) * value, 0.0)
    value = value + (first + second) / 2 * jnp.minimum(jnp.maximum(cosine, 0), 1)
    if square:
        value = jnp.where(jnp.eye(len(inputs), dtype=bool), (first + second) / 2, value)
    return value * lengths[:, None] * other_lengths


# Plain weights are compiled in: with constant coefficients the polynomial runs twice as fast.
_gram_of_fixed_weights = partial(jax.jit, static_argnames=("first", "second", "square"))(_gram)


def gram_matrix(inputs: Any, others: Any = None, trained: Any = "both", memory: float | None = None) -> Any:
    r"""The kernel between all rows of two sets of inputs.

    .. math:: K_{ij} = \|x_i\|\,\|x'_j\|\,K\Bigl(\frac{x_i\cdot x'_j}{\|x_i\|\,\|x'_j\|}\Bigr)

    inputs: (n, d).  others: (n', d); by default (or if it is the same
    object) the inputs themselves, with the exact diagonal ½(α+ω)‖x_i‖².
    trained: "first", "second", "both" or weights (α, ω).  memory: bytes that may be used, by default those free.
    Returns (n, n'): NumPy float64 for plain inputs, JAX for JAX inputs (jit, vmap, grad; at parallel rows the cusp of
    K₁ counts as slope 0). Given the cosines, entries are accurate to 1e−15; a cosine within 1e−4 of ±1 is itself
    known only to rounding, which the square root magnifies.
    Raises `DomainError` for non-finite or zero rows, unequal widths, or a matrix beyond memory (with the estimate).

    >>> gram_matrix([[1.0, 0.0], [0.0, 2.0]], trained="second").round(4).tolist()
    [[0.5, 0.3183], [0.3183, 2.0]]
    """
    first, second = layer_weights(trained)
    square = others is None or others is inputs
    inputs = checked_rows(inputs)
    others = inputs if square else checked_rows(others, "others")
    if others.shape[1] != inputs.shape[1]:
        refuse("others", f"of the inputs' dimension {inputs.shape[1]}", f"shape {others.shape}")
    refuse_beyond_memory(inputs.shape[0], others.shape[0], memory=memory)
    traced = isinstance(first, jax.Array) or isinstance(second, jax.Array)
    gram = _gram if traced else _gram_of_fixed_weights
    if traced or isinstance(inputs, jax.Array) or isinstance(others, jax.Array):
        return gram(inputs, others, first, second, square)
    with jax.enable_x64(True):
        inputs, others = np.asarray(inputs, dtype=float), np.asarray(others, dtype=float)
        return np.array(gram(inputs, others, float(first), float(second), square))
