"""One bracketed solver for every implicit result that has no solver of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.arithmetic import absolute, maximum, minimum, ratio_where, where
from lintransfer.numerics.entries import kind_of_entries

_MOST_STEPS = 200


def bracketed_root(
    residual: Callable[[Any], Any], lower: Any, upper: Any, *, relative_tolerance: float | None = None
) -> Any:
    """The root of `residual` in [lower, upper], elementwise, by Chandrupatla's method (it never leaves the bracket).

    residual: elementwise function of one argument, continuous on the bracket; it may close over arrays of any shape
        that broadcasts.  lower, upper: ends of the bracket; floats, NumPy, JAX or mpmath values.
    relative_tolerance: of the root; by default four units of rounding of the arithmetic at hand.
    Returns the root, shaped as the residual; nan where the residual does not change sign. Under JAX it can be compiled,
    mapped and differentiated: the iteration is cut out of the gradient and one Newton step put in its place, which is
    the implicit-function theorem.

    >>> round(float(bracketed_root(lambda x: x**2 - 2, 1.0, 2.0)), 12)
    1.414213562373
    """
    at_lower, at_upper = residual(lower), residual(upper)
    kind = kind_of_entries(at_lower, at_upper, lower, upper)
    if kind == "jax":
        return _jax_root(residual, lower, upper, relative_tolerance)
    if kind in ("arb", "sympy"):
        raise TypeError(f"a bracketed root is a number, which {kind} values have not: only floats, JAX and mpmath")
    if kind == "numpy" and np.asarray(at_lower).dtype != object:
        lower, upper, at_lower, at_upper = np.broadcast_arrays(lower, upper, at_lower, at_upper)
        rounding = float(np.finfo(np.result_type(at_lower, lower, np.float16)).eps)
    else:
        rounding = sys.modules["mpmath"].mp.eps if "mpmath" in sys.modules else 2.0**-52
    tolerance = 4 * rounding if relative_tolerance is None else relative_tolerance
    steps = 0
    with np.errstate(all="ignore"):
        state = _start(lower, at_lower, upper, at_upper)
        while not np.all(state[-1]) and steps < 8 * _MOST_STEPS:
            state, steps = _advance(residual, state, tolerance), steps + 1
    root = _nearest(state)
    return root[()] if isinstance(root, np.ndarray) else root


def _jax_root(residual: Callable[[Any], Any], lower: Any, upper: Any, relative_tolerance: float | None) -> Any:
    shape = jax.eval_shape(residual, jnp.asarray(lower + upper))
    dtype = jnp.result_type(shape.dtype, jnp.float16)
    lower, upper = (jax.lax.stop_gradient(jnp.broadcast_to(end, shape.shape).astype(dtype)) for end in (lower, upper))
    tolerance = 4 * float(jnp.finfo(dtype).eps) if relative_tolerance is None else relative_tolerance
    closed, captured = jax.closure_convert(residual, lower)
    captured = [jax.lax.stop_gradient(value) for value in captured]

    def frozen(x: Any) -> Any:
        return closed(x, *captured)

    state, _ = jax.lax.while_loop(
        lambda carry: ~jnp.all(carry[0][-1]) & (carry[1] < _MOST_STEPS),
        lambda carry: (_advance(frozen, carry[0], tolerance), carry[1] + 1),
        (_start(lower, frozen(lower), upper, frozen(upper)), 0),
    )
    root = _nearest(state)
    value, slope = jax.jvp(residual, (root,), (jnp.ones_like(root),))
    slope = jax.lax.stop_gradient(slope)
    return root - ratio_where(jnp.isfinite(slope) & (slope != 0), value, slope, 0.0 * root)


def _start(lower: Any, at_lower: Any, upper: Any, at_upper: Any) -> tuple[Any, ...]:
    """The bracket (x1, x2), the point x3 left before it, where to cut next (½: in the middle), and what is done."""
    stuck = ((at_lower > 0) & (at_upper > 0)) | ((at_lower < 0) & (at_upper < 0))
    stuck = stuck | (at_lower != at_lower) | (at_upper != at_upper)
    lower, upper = where(stuck, np.nan * lower, lower), where(stuck, np.nan * upper, upper)
    done = stuck | (at_lower == 0) | (at_upper == 0)
    return lower, at_lower, upper, at_upper, upper, at_upper, 0.5 + 0 * lower, done


def _advance(residual: Callable[[Any], Any], state: tuple[Any, ...], tolerance: Any) -> tuple[Any, ...]:
    """One cut of the bracket: by inverse quadratic interpolation where that is safe, else in the middle."""
    x1, f1, x2, f2, x3, f3, cut, done = state
    x = x1 + cut * (x2 - x1)
    f = residual(x)
    same = (f > 0) == (f1 > 0)
    moved = (x, f, where(same, x2, x1), where(same, f2, f1), where(same, x1, x2), where(same, f1, f2))
    x1, f1, x2, f2, x3, f3 = (where(done, old, now) for old, now in zip(state, moved, strict=False))
    width = absolute(x2 - x1)
    least = minimum(tolerance * maximum(absolute(x1), absolute(x2)) / where(width > 0, width, 1), 1.0) / 2
    done = done | (f1 == 0) | (f2 == 0) | (width == 0) | (least >= 0.5) | (f1 != f1)
    xi, phi = (x1 - x2) / where(x3 != x2, x3 - x2, 1), (f1 - f2) / where(f3 != f2, f3 - f2, 1)
    safe = (phi * phi < xi) & ((1 - phi) * (1 - phi) < 1 - xi) & (f3 != f1) & (f2 != f1) & (f3 != f2)
    f21, f31, f32 = where(safe, f2 - f1, 1), where(safe, f3 - f1, 1), where(safe, f3 - f2, 1)
    across = (x3 - x1) / where(x2 != x1, x2 - x1, 1)
    quadratic = -f1 / f21 * f3 / f32 + across * f1 / f31 * f2 / f32
    cut = maximum(minimum(where(safe, quadratic, 0 * x1 + 0.5), 1 - least), least)
    return x1, f1, x2, f2, x3, f3, cut, done


def _nearest(state: tuple[Any, ...]) -> Any:
    x1, f1, x2, f2 = state[:4]
    return where(absolute(f1) <= absolute(f2), x1, x2)
