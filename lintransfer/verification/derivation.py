"""Derivation modules: running them, and exact points at which their result and a formula can be compared."""

from __future__ import annotations

import importlib
import importlib.util
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import sympy

from lintransfer.precision import components, map_leaves
from lintransfer.table.row import Theorem

_DERIVATIONS = "lintransfer.derivations"
_POINTS = 96  # points of the domain, enough to meet every regime
_TRIES = 10  # draws for each of them, where the derivation's REGIME is a small part of the domain
_SPAN = 24  # whole numbers are drawn this far from the lower end: small sizes are where formulas differ

_BRANCHING = (sympy.Piecewise, sympy.Max, sympy.Min, sympy.Abs)

Point = Mapping[sympy.Symbol, Any]


@dataclass(frozen=True)
class Derivation:
    """A derivation module once it has run.

    derived: its result by component.  arguments: what stands for the formula's arguments, symbols or containers of
    symbols.  regime: a condition in those symbols under which the result holds; None if it is not restricted.
    """

    derived: Mapping[str, Any]
    arguments: Mapping[str, Any]
    regime: Any = None

    @property
    def symbols(self) -> list[sympy.Symbol]:
        leaves = components(self.arguments).values()
        return sorted(set().union(*(sympy.sympify(leaf).free_symbols for leaf in leaves)), key=str)

    def exact_arguments(self, point: Point) -> dict[str, Any]:
        """The formula's arguments at a point, in ints and `Fraction`."""

        def leaf(value: Any) -> Any:
            number = sympy.sympify(value).subs(point)
            return int(number) if number.is_Integer else Fraction(int(number.p), int(number.q))

        return {name: map_leaves(value, leaf) for name, value in self.arguments.items()}


class TimeLimit(Exception):
    """A block ran longer than it was allowed to."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeLimit` inside the block after so many seconds of processor time, so that a busy machine changes
    nothing. In the main thread only: elsewhere there is no limit.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def late(*_: Any) -> None:
        raise TimeLimit(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def derivation_module(name: str) -> ModuleType:
    """`derivations.F.T.theorem`: installed inside the package, in a checkout beside it. Other names mean what they say."""
    if not name.startswith("derivations."):
        return importlib.import_module(name)
    inside = Path(__file__).parent.parent / "derivations"
    beside = inside.parent.parent / "derivations"
    if _DERIVATIONS not in sys.modules and not inside.exists() and beside.exists():
        spec = importlib.util.spec_from_file_location(
            _DERIVATIONS, beside / "__init__.py", submodule_search_locations=[str(beside)]
        )
        assert spec is not None and spec.loader is not None
        sys.modules[_DERIVATIONS] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[_DERIVATIONS])
    return importlib.import_module(f"lintransfer.{name}")


def run_derivation(name: str) -> Derivation:
    """Import the module and run its `derive`."""
    module = derivation_module(name)
    derived = {key: sympy.sympify(value) for key, value in components(module.derive()).items()}
    return Derivation(derived, module.ARGUMENTS, getattr(module, "REGIME", None))


def sample_points(row: Theorem, derivation: Derivation, rng: np.random.Generator) -> list[Point]:
    """Exact points (whole numbers and rationals), inside the row's box where the names match."""
    names = {value: name for name, value in derivation.arguments.items() if isinstance(value, sympy.Symbol)}
    points: list[Point] = []
    symbols = derivation.symbols
    for _ in range(_TRIES * _POINTS):
        if len(points) == _POINTS:
            break
        point = {s: _draw_exact(rng, s, row.box.get(names.get(s, ""))) for s in symbols}
        if derivation.regime is None or holds(derivation.regime, point):
            points.append(point)
    return points


def holds(condition: Any, point: Point) -> bool:
    """Whether a condition holds at a point: in floats, which decides between whole numbers exactly, and is fast."""
    if isinstance(condition, bool | sympy.logic.boolalg.BooleanAtom):
        return bool(condition)
    try:
        return bool(_float(condition, point))
    except Exception:  # no float version of some function in it
        return condition.subs(point) == sympy.true


def _float(expression: Any, point: Point) -> Any:
    names, function = _compiled(expression)
    return function(*(float(point[name]) for name in names))


@lru_cache(maxsize=1024)
def _compiled(expression: Any) -> tuple[list[sympy.Symbol], Callable[..., Any]]:
    names = sorted(expression.free_symbols, key=str)
    return names, sympy.lambdify(names, expression, "math")


def _draw_exact(rng: np.random.Generator, symbol: sympy.Symbol, box: Any) -> Any:
    """A number that fits the box (if there is one) and the assumptions of the symbol."""
    whole = symbol.is_integer or (box is not None and all(isinstance(end, int) for end in box))
    low, high = (-3, sympy.oo) if box is None else box
    if symbol.is_nonnegative:
        low = max(low, 0)
    if whole:
        low = max(low, 1) if symbol.is_positive else low
        return sympy.Integer(int(rng.integers(int(low), int(min(high, low + _SPAN)), endpoint=True)))
    low, high = sympy.Rational(str(low)), sympy.Rational(str(min(high, low + 4)))
    return low + (high - low) * sympy.Rational(int(rng.integers(1, 64)), 64)


def resolve(expression: Any, point: Point) -> Any:
    """The expression with every `Piecewise`, `Max`, `Min` and `Abs` replaced by the branch that holds at the point."""
    if not isinstance(expression, sympy.Basic) or not expression.has(*_BRANCHING):
        return expression
    if isinstance(expression, sympy.Piecewise):
        for branch, condition in expression.args:
            if holds(condition, point):
                return resolve(branch, point)
        return sympy.nan
    parts = [resolve(part, point) for part in expression.args]
    if isinstance(expression, sympy.Max | sympy.Min):
        pick = max if isinstance(expression, sympy.Max) else min
        return pick(parts, key=lambda part: _float(part, point))
    if isinstance(expression, sympy.Abs):
        return parts[0] if _float(parts[0], point) >= 0 else -parts[0]
    return expression.func(*parts)


def named_as(result: Any, names: Any) -> dict[str, Any]:
    """Components of a formula's result under the derivation's names; a distribution is asked for them by method."""
    parts = components(result)
    if set(parts) == set(names):
        return parts
    if len(parts) == 1 and all(hasattr(result, name) for name in names):
        return {name: getattr(result, name)() for name in names}
    if len(parts) == len(names):
        return dict(zip(names, parts.values(), strict=True))
    raise ValueError(f"the derivation gives {sorted(names)}, the formula {sorted(parts)}")
