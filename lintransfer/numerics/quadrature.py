"""One-dimensional integrals with fixed nodes, so that they broadcast, compile and differentiate.

The tanh–sinh rule crowds its nodes double-exponentially at both ends of the interval. That is what the integrals of
this package need: their integrands live within O(1) of either end, while the interval may be hundreds wide.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.arithmetic import kind_of, per_mode, total

_HALF_WIDTH = 3.2  # the outermost nodes lie 2·10⁻¹⁷ of the interval from its ends
_COUNT = 256
_GRID = np.linspace(-_HALF_WIDTH, _HALF_WIDTH, _COUNT)
_NODES = 1 / (1 + np.exp(-np.pi * np.sinh(_GRID)))
_WEIGHTS = 2 * _HALF_WIDTH / (_COUNT - 1) * np.pi / 4 * np.cosh(_GRID) / np.cosh(np.pi / 2 * np.sinh(_GRID)) ** 2


def elementwise(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself, and entry by entry where an argument is an array of exact or mpmath numbers."""

    signature = inspect.signature(function)

    @wraps(function)
    def follow(*given: Any, **named: Any) -> Any:
        values = signature.bind(*given, **named).args
        if any(isinstance(value, np.ndarray) and value.dtype == object for value in values):
            return np.frompyfunc(function, len(values), 1)(*values)
        return function(*(float(value) if isinstance(value, Fraction) else value for value in values))

    return follow


def negligible_exponent(*values: Any) -> Any:
    """x such that e^(−x) does not count in the arithmetic of these values."""
    if kind_of(*values) == "mpmath":
        return sys.modules["mpmath"].mp.prec * 0.7 + 5
    return 42.0


def largest_exponent(value: Any) -> float:
    """x such that e^x is still finite in the arithmetic of this value."""
    return 85.0 if getattr(value, "dtype", None) == np.float32 else 700.0


def integrate(integrand: Callable[..., Any], reach: Any, *parameters: Any) -> Any:
    r"""∫₀^reach integrand(y, *parameters) dy, elementwise over reach and parameters.

    integrand: written with `lintransfer.arithmetic`; gets y with one more axis than the parameters had, and parameters
        that broadcast against it.  reach: upper end; under JAX no derivative is taken with respect to it, so the
        integrand must be negligible there, or vanish.
    Returns floats (256 tanh–sinh nodes), or mpmath numbers (adaptive, to the working precision).

    >>> float(np.round(integrate(lambda y, a: np.exp(-a * y), 42.0, 1.0), 12))
    1.0
    """
    if kind_of(reach, *parameters) == "mpmath":
        return sys.modules["mpmath"].quad(lambda y: integrand(y, *parameters), [0, reach])
    nodes, weights = _NODES, _WEIGHTS
    if kind_of(reach, *parameters) == "jax":
        reach = jax.lax.stop_gradient(reach) if isinstance(reach, jax.Array) else reach
        dtype = jnp.result_type(reach, *parameters)
        nodes, weights = nodes.astype(dtype), weights.astype(dtype)
    values = integrand(per_mode(reach) * nodes, *map(per_mode, parameters))
    return reach * total(weights * values)
