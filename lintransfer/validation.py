"""The gate that every argument passes: its type first, then its value; what is refused, in one line.

Traced JAX values pass unchecked: their numbers are not known yet.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.errors import DomainError, UnknownNameError, in_one_line, refuse

LARGEST_SIZE = 2**53  # sample sizes and dimensions are told apart up to here
MOST_SIZES = 10**7  # of sample sizes in one call


def is_traced(*values: Any) -> bool:
    """True if any leaf of any value is a JAX tracer."""
    return any(isinstance(v, jax.core.Tracer) for v in jax.tree_util.tree_leaves(values))


def is_real(value: Any) -> bool:
    """Whether a value is one real number (NumPy and JAX scalars and arrays without axes count), not nan.

    Not real: truth values, text, dates, complex numbers, masked values, and whole numbers beyond float64.
    """
    try:
        if isinstance(value, numbers.Real):
            return not isinstance(value, bool | np.timedelta64) and _is_known(value)
        return _has_numbers(value) and np.ndim(value) == 0 and _is_known(value)
    except Exception:  # a foreign type that does not do what it promises
        return False


def _is_known(value: Any) -> bool:
    try:
        return not math.isnan(float(value))
    except OverflowError:
        return False


def _has_numbers(value: Any) -> bool:
    """Whether the elements of an array, of whatever library, are real numbers. Masks are not looked through."""
    dtype = getattr(value, "dtype", None)
    if dtype is None or isinstance(value, np.ma.MaskedArray):
        return False
    return getattr(dtype, "kind", "") in "fiu" or (isinstance(value, jax.Array) and jnp.issubdtype(dtype, jnp.floating))


def plain_number(value: Any) -> Any:
    """A real number as Python's own (NumPy's scalars compare, hash and print in another way); others as they are."""
    if isinstance(value, jax.Array | str) or not is_real(value):
        return value
    return int(value) if isinstance(value, numbers.Integral) or np.asarray(value).dtype.kind in "iu" else float(value)


def whole_number(argument: str, value: Any, least: int) -> int:
    """`value` as an int ≥ least, or a `DomainError`."""
    if is_traced(value) or not is_real(value) or not least <= value < math.inf or value != int(value):
        refuse(argument, f"a whole number ≥ {least}", value)
    if value > LARGEST_SIZE:
        refuse(argument, f"a whole number from {least} to 2**53", value)
    return int(value)


def seed(argument: str, value: Any) -> int:
    """`value` as an int that a random generator starts from, 0 ≤ value < 2⁶³, or a `DomainError`."""
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool | np.timedelta64)
    if not whole or not 0 <= value < 2**63:
        refuse(argument, "a whole number ≥ 0 and < 2⁶³ (the seed)", value)
    return int(value)


def real_number(argument: str, value: Any, rule: str, holds: Callable[[Any], bool]) -> Any:
    """`value` as a float (JAX values stay JAX values) that obeys the rule, or a `DomainError`."""
    if isinstance(value, jax.core.Tracer):
        return value
    if not is_real(value) or not holds(value):
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


def choice(argument: str, value: Any, among: Sequence[str]) -> str:
    """One of several words, or an `UnknownNameError`."""
    if not isinstance(value, str) or value not in among:
        raise UnknownNameError(f"{argument} must be one of {', '.join(among)}, got {in_one_line(value)}")
    return value


def flag(argument: str, value: Any) -> bool:
    """True or False, or a `DomainError`."""
    if not isinstance(value, bool | np.bool_):
        refuse(argument, "True or False", value)
    return bool(value)


def listed(argument: str, rule: str, value: Any) -> list[Any]:
    """The members of a list of whatever kind, or a `DomainError`; text and mappings are none."""
    if not isinstance(value, str | bytes | Mapping):
        try:
            return list(value)
        except Exception:  # what is no list says so in many ways
            pass
    refuse(argument, rule, value)


def callable_or_none(argument: str, value: Any) -> Any:
    """A function or None, or a `DomainError`."""
    if value is not None and not callable(value):
        refuse(argument, "a function or None", value)
    return value


def real_numbers(argument: str, value: Any, rule: str = "an array of real numbers") -> Any:
    """`value` as a float64 array of any shape, or a `DomainError`: the gate that every array passes.

    Truth values, text, dates, complex and masked numbers are not read as if they were real ones, in lists neither.
    """
    if isinstance(value, jax.core.Tracer):
        return value
    if is_traced(value):
        return jnp.asarray(value)
    strange = _strange_part(value)
    if strange is not None:
        refuse(argument, rule, got=strange)
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "fiu" and not _has_numbers(value):
            if array.dtype.kind != "O":
                refuse(argument, rule, got=f"{array.dtype} in {in_one_line(value)}")
            if not all(map(is_real, array.flat)):
                refuse(argument, rule, value)
        return array.astype(float, copy=False)
    except DomainError:
        raise
    except Exception:  # ragged lists, and whatever a foreign type says when asked for its numbers
        refuse(argument, rule, value)


def _strange_part(value: Any) -> str | None:
    """What is a mask or a truth value in nested lists, which NumPy would turn into numbers; in words."""
    if isinstance(value, np.ma.MaskedArray):
        return "a masked array (fill or drop what is masked)"
    if isinstance(value, bool | np.bool_):
        return repr(value)
    if isinstance(value, list | tuple):
        plain = {int, float}
        parts = (_strange_part(part) for part in value if type(part) not in plain)
        return next((part for part in parts if part is not None), None)
    return None


def real_array(argument: str, value: Any, ndims: tuple[int, ...], empty: bool = False) -> Any:
    """A finite float array with one of the given numbers of axes, non-empty unless said, or a `DomainError`."""
    array = real_numbers(argument, value)
    if array.ndim not in ndims or (array.size == 0 and not empty):
        words = "an array" if empty else "a non-empty array"
        refuse(argument, f"{words} with {' or '.join(map(str, ndims))} axes", got=f"shape {array.shape}")
    if not isinstance(array, jax.core.Tracer):
        finite(argument, array)
    return array


def finite(argument: str, array: np.ndarray) -> None:
    """Refuse nan and inf."""
    if not np.all(np.isfinite(array)):
        refuse(argument, "finite (no nan, no inf)", got=f"{int(np.sum(~np.isfinite(array)))} non-finite entries")


def sample_sizes(n: Any, argument: str = "n") -> Any:
    """Sample sizes, whole numbers ≥ 0, as float64 (traced values pass unchecked and may be real), or a `DomainError`."""
    if isinstance(n, jax.core.Tracer):
        return n
    rule = "a whole number ≥ 0, or an array of them"
    size = len(n) if isinstance(n, range) else math.prod(getattr(n, "shape", (1,)))
    if size > MOST_SIZES:
        refuse(argument, f"at most {MOST_SIZES} sizes in one call (fewer n, or a wider step)", got="more")
    if isinstance(n, range):
        n = np.arange(n.start, n.stop, n.step) if max(abs(n.start), abs(n.stop)) <= LARGEST_SIZE else list(n)
    sizes = real_numbers(argument, n, rule)
    if isinstance(sizes, jax.core.Tracer):
        return sizes
    wrong = ~np.isfinite(sizes) | (sizes < 0) | (sizes != np.round(sizes))
    if sizes.size == 0:
        refuse(argument, "at least one sample size", got="none")
    if wrong.any():
        refuse(argument, rule, sizes[wrong].flat[0].item())
    if sizes.max() > LARGEST_SIZE:
        refuse(argument, "at most 2**53 (beyond that a size is no longer told from the next one)", sizes.max().item())
    return n if isinstance(n, jax.Array) else sizes  # JAX's own floats may be too short for large n


def listed_sizes(n: Any, argument: str = "n") -> np.ndarray:
    """Sample sizes (k,), as float64, or a `DomainError`."""
    sizes = np.atleast_1d(sample_sizes(n, argument))
    if sizes.ndim != 1:
        refuse(argument, "a list of sample sizes", got=f"shape {sizes.shape}")
    return sizes


def same_content(a: Any, b: Any) -> bool:
    """Whether two pytrees of one class hold the same numbers (nan equals nan); traced ones only if they are the same."""
    if a is b:
        return True
    flatten: Any = jax.tree_util.tree_flatten
    (left, shape), (right, other) = flatten(a), flatten(b)
    if shape != other or is_traced(left, right):
        return False
    return all(np.array_equal(np.asarray(x), np.asarray(y), equal_nan=True) for x, y in zip(left, right, strict=True))
