"""Checks of single arguments. Traced JAX values pass unchecked: their numbers are not known yet."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from lintransfer.errors import refuse

LARGEST_SIZE = 2**53  # sample sizes and dimensions are told apart up to here
MOST_SIZES = 10**7  # of sample sizes in one call


def is_traced(*values: Any) -> bool:
    """True if any leaf of any value is a JAX tracer."""
    return any(isinstance(v, jax.core.Tracer) for v in jax.tree_util.tree_leaves(values))


def is_real(value: Any) -> bool:
    """Whether a value is one real number (NumPy scalars and arrays without axes count, bool does not), not nan."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value == value
    dtype = getattr(value, "dtype", None)  # of NumPy and JAX values
    return dtype is not None and dtype.kind in "fiu" and np.ndim(value) == 0 and bool(value == value)


def whole_number(argument: str, value: Any, least: int) -> int:
    """`value` as an int ≥ least, or a `DomainError`."""
    real = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not real or not least <= value < math.inf or value != int(value):
        refuse(argument, f"a whole number ≥ {least}", value)
    if value > LARGEST_SIZE:
        refuse(argument, f"a whole number from {least} to 2**53", value)
    return int(value)


def real_number(argument: str, value: Any, rule: str, holds: Callable[[Any], bool]) -> Any:
    """`value` as a float (JAX values stay JAX values) that obeys the rule, or a `DomainError`."""
    if is_traced(value):
        return value
    if (
        value is None
        or isinstance(value, str | bool)
        or np.ndim(value) != 0
        or not np.isreal(value)
        or not holds(value)
    ):
        refuse(argument, rule, value)
    return value if isinstance(value, jax.Array) else float(value)


def nonnegative(argument: str, value: Any) -> Any:
    """A finite number ≥ 0, or a `DomainError`."""
    return real_number(argument, value, "a finite number ≥ 0", lambda v: math.isfinite(v) and v >= 0)


LARGEST = 1e75  # of norms, noise levels and data; 1e-75 is the least that is not 0: products of four are still numbers


def amplitude(argument: str, value: Any) -> Any:
    """A norm or a noise level, 0 or between 1e-75 and 1e75 (products of four are still numbers), or a `DomainError`."""
    value = nonnegative(argument, value)
    if not is_traced(value):
        bounded(argument, value)
    return value


def bounded(argument: str, value: Any, what: str = "", power: int = 1, small: bool = True) -> None:
    """Refuse an array whose largest absolute value is neither 0 nor between 1e-75 and 1e75 (to a power).

    what: the words for it.  small: whether too small a one is refused as well.
    """
    largest = 0.0 if value is None else float(np.abs(np.asarray(value, dtype=float)).max(initial=0.0))
    most = LARGEST**power
    if largest > most * (1 + 1e-9) or (small and 0 < largest * most < 1 - 1e-9):
        range_of = f"0, or between {1 / most:.0e} and {most:.0e}" if small else f"at most {most:.0e}"
        of_what = f" in {what}" if what else (" in size" if np.ndim(value) else "")
        refuse(argument, f"{range_of}{of_what} (change units: risks only scale)", got=f"{largest:.3g}")


def real_array(argument: str, value: Any, ndims: tuple[int, ...]) -> Any:
    """A finite, non-empty float array with one of the given numbers of axes, or a `DomainError`."""
    if is_traced(value):
        return value
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        refuse(argument, "an array of real numbers", value)
    if array.ndim not in ndims or array.size == 0:
        refuse(argument, f"a non-empty array with {' or '.join(map(str, ndims))} axes", got=f"shape {array.shape}")
    if not np.all(np.isfinite(array)):
        refuse(argument, "finite (no nan, no inf)", got=f"{int(np.sum(~np.isfinite(array)))} non-finite entries")
    return array


def sample_sizes(n: Any, argument: str = "n") -> Any:
    """Sample sizes, whole numbers ≥ 0, as float64 (traced values pass unchecked and may be real), or a `DomainError`."""
    if isinstance(n, jax.core.Tracer):
        return n
    if np.size(n) > MOST_SIZES if not isinstance(n, range) else len(n) > MOST_SIZES:
        refuse(argument, f"at most {MOST_SIZES} sizes in one call (fewer n, or a wider step)", got="more")
    if isinstance(n, range):
        n = np.arange(n.start, n.stop, n.step) if max(abs(n.start), abs(n.stop)) <= LARGEST_SIZE else list(n)
    try:
        sizes = np.asarray(n, dtype=float)
    except (TypeError, ValueError, OverflowError):
        refuse(argument, "a whole number ≥ 0, or an array of them", n)
    wrong = ~np.isfinite(sizes) | (sizes < 0) | (sizes != np.round(sizes))
    if sizes.size == 0:
        refuse(argument, "at least one sample size", got="none")
    if wrong.any():
        refuse(argument, "a whole number ≥ 0, or an array of them", sizes[wrong].flat[0].item())
    if sizes.max() > LARGEST_SIZE:
        refuse(argument, "at most 2**53 (beyond that a size is no longer told from the next one)", sizes.max().item())
    return n if isinstance(n, jax.Array) else sizes  # JAX's own floats may be too short for large n


def same_content(a: Any, b: Any) -> bool:
    """Whether two pytrees of one class hold the same numbers (nan equals nan); traced ones only if they are the same."""
    if a is b:
        return True
    (left, shape), (right, other) = jax.tree_util.tree_flatten(a), jax.tree_util.tree_flatten(b)
    if shape != other or is_traced(left, right):
        return False
    return all(np.array_equal(np.asarray(x), np.asarray(y), equal_nan=True) for x, y in zip(left, right, strict=True))
