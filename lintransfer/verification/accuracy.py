"""Precision rung: float64 against fifty digits over the declared domain. Rigour rung: enclosing balls."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from time import process_time
from typing import Any

import numpy as np

from lintransfer.precision import DIGITS, components, contains, convert, enclose, has_arb, to_fifty_digits, tolerance
from lintransfer.table.row import Theorem
from lintransfer.verification.arguments import draw_arguments
from lintransfer.verification.outcome import Check, as_float, one_line

_RADIUS = 1e-6  # relative half-width of the boxes of the rigour rung
_NUDGE = 1e-12  # relative step of the conditioning estimate; fifty digits leave plenty behind it
_SECONDS = 20.0  # of processor time for fifty digits, which an integral can make slow
_FEWEST = 25  # points that are taken however long they last
_TINY = 1e-290  # below this float64 has no relative accuracy to lose


class _NotNumbers(Exception):
    """The formula returns something else than numbers (a distribution, say)."""


def check_precision(row: Theorem, rng: np.random.Generator, points: int) -> Check:
    """Relative error of the float64 value, at random points of the domain, against mpmath at fifty digits.

    Where a value is ill-conditioned (a difference that vanishes), the error is measured against the change of the
    exact value under a relative change of its arguments: a formula may lose what the rounding of its arguments
    would lose anyway, not more.
    """
    largest, spoken, taken, start = 0.0, 0, 0, process_time()
    while taken < points and (taken < _FEWEST or process_time() - start < _SECONDS):
        taken += 1
        arguments = draw_arguments(row, rng)
        if arguments is None:
            return Check(row.name, "precision", "MISSING", "neither box nor sample of the domain is declared")
        try:
            plain = _numbers(row.formula, arguments)
            exact = components(to_fifty_digits(row.formula, arguments))
            for name, value in plain.items():
                if math.isnan(value):
                    continue
                spoken += 1
                error = _relative_error(value, exact[name])
                if error > tolerance():
                    error /= max(1.0, _conditioning(row.formula, arguments, name))
                if not error <= tolerance():
                    text = f"{value!r} has relative error {error:.1e} at {_short(arguments)}"
                    return Check(row.name, "precision", "FAIL", text, {"relative_error": error})
                largest = max(largest, error)
        except _NotNumbers as reason:
            return Check(row.name, "precision", "SKIPPED", str(reason))
        except Exception as error:
            text = f"does not run on mpmath numbers: {one_line(error)}"
            return Check(row.name, "precision", "SKIPPED", text)
    if not spoken:
        return Check(row.name, "precision", "FAIL", "nan all over the declared domain")
    text = f"relative error ≤ {largest:.1e} at {taken} points, against {DIGITS} digits"
    return Check(row.name, "precision", "PASS", text, {"relative_error": largest, "points": taken})


def check_rigour(row: Theorem, rng: np.random.Generator, points: int) -> Check:
    """Ball arithmetic over small random boxes of the domain: a proof that every true value lies in the enclosure,
    in which the float64 values of the box must lie too.
    """
    if not has_arb():
        return Check(row.name, "rigour", "SKIPPED", "python-flint is not installed (pip install lintransfer[rigour])")
    bounded = values = 0
    for _ in range(points):
        arguments = draw_arguments(row, rng)
        if arguments is None:
            return Check(row.name, "rigour", "MISSING", "neither box nor sample of the domain is declared")
        try:
            inside = [_numbers(row.formula, a) for a in (arguments, _within(arguments, rng), _within(arguments, rng))]
            balls = components(enclose(row.formula, arguments, 1.001 * _RADIUS))
        except _NotNumbers as reason:
            return Check(row.name, "rigour", "SKIPPED", str(reason))
        except Exception as error:
            return Check(row.name, "rigour", "SKIPPED", f"does not run on arb balls: {one_line(error)}")
        for name, ball in balls.items():
            if isinstance(ball, int | float):
                continue  # a constant branch, such as inf
            values += 1
            bounded += bool(ball.is_finite())
            for numbers in inside:
                if ball.is_finite() and not contains(ball, numbers[name], tolerance()):
                    text = f"{numbers[name]!r} lies outside the enclosure {ball} at {_short(arguments)}"
                    return Check(row.name, "rigour", "FAIL", text)
    if 2 * bounded < values or values == 0:
        text = f"only {bounded} of {values} enclosures are finite"
        return Check(row.name, "rigour", "INCONCLUSIVE" if values else "SKIPPED", text)
    text = f"{bounded} of {values} boxes enclosed, float64 values inside"
    return Check(row.name, "rigour", "PASS", text, {"boxes": bounded})


def _numbers(formula: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, float]:
    with np.errstate(all="ignore"):
        result = components(formula(**arguments))
    for value in result.values():
        if not isinstance(value, int | float) and not hasattr(value, "__float__"):
            raise _NotNumbers(f"the formula gives a {type(value).__name__}, not numbers")
    return {name: as_float(value) for name, value in result.items()}


def _relative_error(value: float, exact: Any) -> float:
    import mpmath

    with mpmath.workdps(DIGITS):
        exact = mpmath.mpf(exact)
        if not mpmath.isfinite(exact) or not math.isfinite(value):
            return 0.0 if exact == value else math.inf
        if abs(exact) < _TINY:
            return 0.0 if abs(value) < _TINY else math.inf
        return float(abs(value - exact) / abs(exact))


def _conditioning(formula: Callable[..., Any], arguments: Mapping[str, Any], name: str) -> float:
    """Largest |x ∂f/∂x|/|f| over the arguments that are not whole numbers."""
    import mpmath

    with mpmath.workdps(DIGITS):
        value = components(to_fifty_digits(formula, arguments))[name]
        largest = 0.0
        for key, x in arguments.items():
            if isinstance(x, bool | int) or (not isinstance(x, float) and not isinstance(x, np.ndarray)):
                continue
            nudged = {**arguments, key: convert(x, mpmath.mpf) * (1 + mpmath.mpf(_NUDGE))}
            change = abs(components(to_fifty_digits(formula, nudged))[name] - value)
            largest = max(largest, float(change / (_NUDGE * abs(value))))
        return largest


def _within(arguments: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """A random point of the box of relative half-width `_RADIUS` around the arguments."""

    def moved(x: Any) -> Any:
        if isinstance(x, float):
            return x * (1 + _RADIUS * float(rng.uniform(-1, 1)))
        if isinstance(x, np.ndarray) and x.dtype.kind == "f":
            return x * (1 + _RADIUS * rng.uniform(-1, 1, x.shape))
        return x

    return {name: moved(x) for name, x in arguments.items()}


def _short(arguments: Mapping[str, Any]) -> str:
    text = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
    text = " ".join(text.split())
    return text if len(text) <= 120 else text[:117] + "..."
