"""NumPy functions of JAX values, under `jit` and `vmap` too. They carry no derivative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.validation import is_traced


def on_host(function: Callable[..., np.ndarray], values: Sequence[Any], count: int) -> Any:
    """function(*values) → `count` numbers, as a JAX array (count,) of the default float type; values arrive as NumPy float64.

    JAX hands numbers to the host in a thread that may not know of `jax.enable_x64`, where they would lose half of their
    digits: their bits travel instead.
    """
    fixed = jax.lax.stop_gradient(list(values))
    dtype = jnp.result_type(float)
    if not is_traced(*fixed):
        return jnp.asarray(function(*(np.asarray(value, float)[()] for value in fixed)), dtype)
    shapes = [jnp.shape(value) for value in fixed]

    def called(*bits: Any) -> np.ndarray:
        numbers = (np.ravel(b).view(dtype).reshape(shape) for b, shape in zip(bits, shapes, strict=True))
        answer = np.asarray(function(*(number.astype(float)[()] for number in numbers)), dtype)
        return answer.view(np.uint32).reshape(packed.shape)

    packed = jax.eval_shape(_bits, jax.ShapeDtypeStruct((count,), dtype))
    told = jax.pure_callback(called, packed, *(_bits(jnp.asarray(v, dtype)) for v in fixed), vmap_method="sequential")
    return jax.lax.bitcast_convert_type(told, dtype)


def _bits(value: Any) -> Any:
    return jax.lax.bitcast_convert_type(value, jnp.uint32)
