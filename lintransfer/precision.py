"""How exact a number is: tolerances of floating types, values to fifty digits, and enclosures that are proofs.

mpmath and python-flint are imported when a function that needs them is called; python-flint is the optional extra
``lintransfer[rigour]``.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import numpy as np

DIGITS = 50
ARB_BITS = 256

# Relative accuracy that a formula owes its caller: some digits below the unit roundoff of the type, for the
# handful of rounded operations and the mild cancellation that a closed form cannot avoid.
TOLERANCES: Mapping[str, float] = {
    "float64": 1e-11,
    "float32": 1e-4,
    "float16": 2e-2,
    "bfloat16": 5e-2,
}


def tolerance(dtype: Any = np.float64) -> float:
    """Relative accuracy asked of a formula that runs in this floating type.

    >>> tolerance(np.float32)
    0.0001
    """
    return TOLERANCES[np.dtype(dtype).name]


def map_leaves(value: Any, function: Callable[[Any], Any]) -> Any:
    """`value` with every leaf passed through `function`; arrays become object arrays, containers keep their type."""
    if isinstance(value, np.ndarray):
        mapped = np.empty(value.shape, dtype=object)
        for index in np.ndindex(value.shape):
            mapped[index] = map_leaves(value[index], function)
        return mapped
    if isinstance(value, Mapping):
        return {name: map_leaves(v, function) for name, v in value.items()}
    if hasattr(value, "_fields"):
        return type(value)(*(map_leaves(v, function) for v in value))
    if isinstance(value, list | tuple):
        return type(value)(map_leaves(v, function) for v in value)
    return function(value.item() if isinstance(value, np.generic) else value)


def convert(value: Any, scalar: Callable[[Any], Any]) -> Any:
    """`value` with every number in it passed through `scalar`; anything else is left alone."""

    def leaf(x: Any) -> Any:
        return scalar(x) if isinstance(x, int | float | Fraction) and not isinstance(x, bool) else x

    return map_leaves(value, leaf)


def components(value: Any, name: str = "") -> dict[str, Any]:
    """The numbers in a result, by name: a number is one component, a tuple, mapping or array several."""
    if isinstance(value, Mapping):
        pairs = [(str(k), v) for k, v in value.items()]
    elif hasattr(value, "_fields"):
        pairs = list(zip(value._fields, value, strict=True))
    elif isinstance(value, list | tuple):
        pairs = [(str(i), v) for i, v in enumerate(value)]
    elif isinstance(value, np.ndarray) and value.ndim:
        pairs = [(",".join(map(str, index)), value[index]) for index in np.ndindex(value.shape)]
    else:
        return {name: value.item() if isinstance(value, np.ndarray | np.generic) else value}
    found: dict[str, Any] = {}
    for key, part in pairs:
        found |= components(part, f"{name}.{key}" if name else key)
    return found


def to_fifty_digits(formula: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """formula(**arguments) in mpmath numbers of fifty digits; every float is taken as exactly what it is.

    >>> import mpmath
    >>> mpmath.nstr(to_fifty_digits(lambda x: 1 / x, {"x": 3}), 30)
    '0.333333333333333333333333333333'
    """
    import mpmath

    def scalar(number: Any) -> Any:
        if isinstance(number, Fraction):
            return mpmath.mpf(number.numerator) / number.denominator
        return mpmath.mpf(number)

    with mpmath.workdps(DIGITS):
        return formula(**convert(dict(arguments), scalar))


def has_arb() -> bool:
    """Whether python-flint is installed."""
    return importlib.util.find_spec("flint") is not None


@contextmanager
def arb_precision(bits: int = ARB_BITS) -> Iterator[None]:
    """Run a block of ball arithmetic at `bits` bits."""
    import flint

    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def enclose(formula: Callable[..., Any], arguments: Mapping[str, Any], radius: float = 0.0) -> Any:
    """formula(**arguments) in ball arithmetic: a set that provably contains every value over the argument box.

    Floats (not whole numbers) are widened to balls of relative radius `radius`; with radius 0 the result encloses
    the value at the exact arguments.
    """
    import flint

    def scalar(number: Any) -> Any:
        if isinstance(number, int):
            return flint.arb(number)
        if isinstance(number, Fraction):
            return flint.arb(number.numerator) / number.denominator
        return flint.arb(number, abs(number) * radius)

    with arb_precision():
        return formula(**convert(dict(arguments), scalar))


def contains(ball: Any, value: float, slack: float = 0.0) -> bool:
    """Whether an arb ball, widened by the relative `slack`, contains a float."""
    import flint

    with arb_precision():
        widened = ball + flint.arb(0, abs(value) * slack)
        return bool(widened.contains(flint.arb(value)))
