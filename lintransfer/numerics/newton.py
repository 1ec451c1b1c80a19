"""Newton's method in every arithmetic: the one loop that scalar implicit results share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.arithmetic import kind_of, maximum, minimum, where

_STEPS = 60


def newton(step: Callable[..., Any], start: Callable[..., Any], *values: Any) -> Any:
    """Iterate u ← step(u, *values) from u = start(*values) until it rests.

    `step` must be a Newton step that converges monotonically from `start` (a convex function, the right side), so that
    a fixed number of steps is safe. Under JAX the loop is not differentiated: two further steps are, which gives exact
    derivatives up to the third. mpmath iterates to its working precision; arb works on the midpoints of the balls, and
    the caller encloses the root.

    >>> newton(lambda u, a: u - (u * u - a) / (2 * u), lambda a: a, 4.0)
    np.float64(2.0)
    """
    kind = kind_of(*values)
    if kind == "jax":
        return _newton_jax(step, start, *values)
    if kind == "mpmath":
        number, epsilon, steps = sys.modules["mpmath"].mpf, 16 * sys.modules["mpmath"].mp.eps, 20 * _STEPS
        values = tuple(map(number, values))
    elif kind == "arb":
        flint = sys.modules["flint"]
        epsilon, steps = flint.arb(2) ** (4 - flint.ctx.prec), 2 * _STEPS
        values = tuple(flint.arb(a).mid() for a in values)
    else:
        epsilon, steps = 1e-14, 4 * _STEPS
        values = tuple(np.asarray(a, dtype=float)[()] for a in values)
    u = start(*values)
    for _ in range(steps):
        before, u = u, step(u, *values)
        if kind == "arb":
            u = u.mid()
        if np.all(abs(u - before) <= epsilon * (abs(u) + 1)):
            break
    return u


def _newton_jax(step: Callable[..., Any], start: Callable[..., Any], *values: Any) -> Any:
    spread = jnp.broadcast_arrays(*(jnp.asarray(a, jnp.result_type(float, a)) for a in values))
    fixed = jax.lax.stop_gradient(tuple(spread))
    u = jax.lax.fori_loop(0, _STEPS, lambda _, u: step(u, *fixed), start(*fixed))
    return step(step(jax.lax.stop_gradient(u), *spread), *spread)


def bisected(excess: Callable[..., Any], step: Callable[..., Any], ends: tuple[Any, Any], *values: Any) -> Any:
    """The root of the increasing function u ↦ excess(u, *values) between two ends (in either order), by bisection and
    then Newton steps: the last two are the ones that JAX differentiates. mpmath values start from the root in floats.

    step: one Newton step, (u, *values) -> u.

    >>> bisected(lambda u, a: u * u - a, lambda u, a: u - (u * u - a) / (2 * u), (1.0, 4.0), 4.0)
    2.0
    """
    kind = kind_of(*values, *ends)
    if kind == "mpmath":
        close = bisected(excess, step, (float(ends[0]), float(ends[1])), *map(float, values))
        return _repeat(3, step, sys.modules["mpmath"].mpf(close), *values)
    low, high, fixed = minimum(*ends), maximum(*ends), list(values)
    if kind == "jax":
        low, high, *fixed = jax.lax.stop_gradient((low, high, *values))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        below = excess(middle, *fixed) < 0
        low, high = where(below, middle, low), where(below, high, middle)
    return _repeat(2, step, (low + high) / 2, *values)


def _repeat(times: int, step: Callable[..., Any], u: Any, *values: Any) -> Any:
    for _ in range(times):
        u = step(u, *values)
    return u
