"""Plausible mistakes in words: each makes a wrong formula of the row's own.

In a row, ``mutants=(swapped("n", "dim"), dropped("noise_variance"))``, or with a text of its own
``Mutant("mean-loss convention: λn for λ", instead(ridge=lambda n, ridge: n * ridge))``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lintransfer.precision import map_leaves

Formula = Callable[..., Any]


@dataclass(frozen=True)
class Change:
    """A mistake that can be made in any formula: of(formula) is the mutant, `text` says what is wrong."""

    text: str
    of: Callable[[Formula], Formula]


def dropped(*names: str) -> Change:
    """Arguments taken for 0: additive terms forgotten.

    >>> dropped("noise").of(lambda n, noise: n + noise)(3, 0.5)
    3.0
    """
    return _instead(f"{' and '.join(names)} dropped", {name: lambda _name=name, **a: 0 * a[_name] for name in names})


def times(factor: Any) -> Change:
    """Every number of the result times a factor: a number, or a function of the arguments that it names.

    >>> times(lambda n: (n - 1) / n).of(lambda n, noise: n + noise)(2, 0.5)
    1.25
    """
    text = "another factor" if callable(factor) else f"{factor:g} times the result"

    def mistake(formula: Formula) -> Formula:
        def mutant(*given: Any, **named: Any) -> Any:
            arguments = _by_name(formula, given, named)
            by, value = _value(factor)(**arguments), formula(**arguments)
            return by * value if isinstance(value, np.ndarray) else map_leaves(value, lambda x: by * x)

        return mutant

    return Change(text, mistake)


def scaled(**factors: float) -> Change:
    """Arguments times a factor."""
    text = ", ".join(f"{factor:g}·{name} for {name}" for name, factor in factors.items())
    return _instead(text, {name: lambda _name=name, _by=by, **a: _by * a[_name] for name, by in factors.items()})


def moved(**shifts: float) -> Change:
    """Arguments shifted: moved(n=-1) is the formula with a sample less."""
    text = ", ".join(f"{name} {'+' if by > 0 else '−'} {abs(by):g} for {name}" for name, by in shifts.items())
    return _instead(text, {name: lambda _name=name, _by=by, **a: a[_name] + _by for name, by in shifts.items()})


def swapped(first: str, second: str) -> Change:
    """Two arguments, each in the place of the other."""
    return _instead(f"{first} and {second} swapped", {first: lambda **a: a[second], second: lambda **a: a[first]})


def instead(**values: Any) -> Change:
    """Arguments replaced: by a value, by the argument of a name, or by a function of the arguments that it names.

    >>> instead(ridge=lambda n, ridge: n * ridge).of(lambda n, ridge: (n, ridge))(3, 2)
    (3, 6)
    """
    text = ", ".join(f"{'another value' if callable(v) else v} for {name}" for name, v in values.items())
    return _instead(text, {name: _value(v) for name, v in values.items()})


def _of_named(function: Formula) -> Formula:
    """The function, called with those of the arguments that it names."""
    wanted = inspect.signature(function).parameters
    if _takes_all(function):
        return function
    return lambda **a: function(**{name: value for name, value in a.items() if name in wanted})


def in_place_of(formula: Formula, function: Formula) -> Formula:
    """The function, called as the formula is: with those of its arguments, defaults among them, that it names."""
    defaults, called = not _takes_all(function), _of_named(function)
    return lambda *given, **named: called(**_by_name(formula, given, named, defaults))


def _takes_all(function: Formula) -> bool:
    return any(p.kind is p.VAR_KEYWORD for p in inspect.signature(function).parameters.values())


def _value(value: Any) -> Formula:
    if callable(value):
        return _of_named(value)
    return lambda **a: a[value] if isinstance(value, str) and value in a else value


def _instead(text: str, computed: dict[str, Formula]) -> Change:
    def mistake(formula: Formula) -> Formula:
        def mutant(*given: Any, **named: Any) -> Any:
            arguments = _by_name(formula, given, named)
            if unknown := computed.keys() - arguments.keys():
                raise TypeError(f"{text}: the formula is not given {sorted(unknown)}")
            return formula(**(arguments | {name: new(**arguments) for name, new in computed.items()}))

        return mutant

    return Change(text, mistake)


def _by_name(formula: Formula, given: tuple[Any, ...], named: dict[str, Any], defaults: bool = True) -> dict[str, Any]:
    """The arguments of a call by name."""
    signature = inspect.signature(formula)
    bound = signature.bind(*given, **named)
    if defaults:
        bound.apply_defaults()
    arguments = dict(bound.arguments)
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            arguments |= arguments.pop(name, {})
    return arguments
