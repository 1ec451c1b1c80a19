"""Identity rung: the formula, run on SymPy symbols, against an independent derivation of it.

A formula that selects between regimes is a `Piecewise` on symbols. At sampled points of the domain both sides are
resolved to the branches that hold there; each pair of branches found is one regime. It is proved if the difference
simplifies to 0; where SymPy cannot do that it is sampled at exact points, and the report says which. A derivation
that covers one regime only sets ``REGIME``, the condition on its symbols under which it holds: then all that is found
under the condition must agree. Without it, regimes that the derivation does not reach are counted, not hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from sympy.core.cache import clear_cache

from lintransfer.table.row import Theorem
from lintransfer.verification.derivation import (
    Derivation,
    Point,
    TimeLimit,
    named_as,
    resolve,
    run_derivation,
    sample_points,
    time_limit,
)
from lintransfer.verification.outcome import Check, one_line

POINTS = 12  # exact points that stand in for a proof, per regime
_DERIVATION_SECONDS = 60.0  # of processor time
_PLAIN_SECONDS = 5.0  # of processor time, for expanding and cancelling
_FOR_MUTANTS = 4  # points per regime kept for the mutants
_SMALL = 600  # operations up to which a full `simplify` is tried
_DIGITS = 30  # agreement asked of values that are not rational
_TEN: Any = sympy.Float(10, 60)
_FLOAT_RTOL = 1e-9  # agreement asked of values in float64


@dataclass(frozen=True)
class Evidence:
    """Derived values at exact points where the formula agreed: what a mutant is held against."""

    derivation: Derivation
    values: Sequence[tuple[Point, Mapping[str, Any]]]


@dataclass
class _Regime:
    """One pair of branches, derived and formula, with the points where they hold."""

    derived: Any
    formula: Any
    points: list[Point]
    verdict: str = ""


def check_identity(row: Theorem, rng: np.random.Generator, seconds: float) -> tuple[Check, Evidence | None]:
    """Derivation − formula = 0, regime by regime.

    seconds: processor time for each general simplification; 0 leaves it at expanding and cancelling.
    """
    if row.derivation is None:
        return Check(row.name, "identity", "MISSING", "no derivation yet"), None
    try:
        derivation = _derived(row.derivation)
    except TimeLimit as error:
        return Check(row.name, "identity", "INCONCLUSIVE", f"the derivation takes {error}"), None
    except Exception as error:
        outcome = "MISSING" if isinstance(error, ModuleNotFoundError) else "FAIL"
        return Check(row.name, "identity", outcome, f"the derivation does not run: {one_line(error)}"), None
    points = sample_points(row, derivation, rng)
    if not points:
        return Check(row.name, "identity", "FAIL", "the derivation's REGIME meets no point of the domain"), None
    try:
        with time_limit(_DERIVATION_SECONDS):
            symbolic = named_as(row.formula(**derivation.arguments), derivation.derived)
            symbolic = {name: sympy.sympify(value) for name, value in symbolic.items()}
    except Exception as error:
        return _check_sampled(row, derivation, points, one_line(error))
    try:
        regimes = _regimes(derivation.derived, symbolic, points)
    except Exception as error:
        return _check_sampled(row, derivation, points, one_line(error))
    for regime in regimes:
        _judge(regime, seconds)
    return _summary(row, derivation, regimes)


def _derived(name: str) -> Derivation:
    """The derivation; once more with SymPy's cache emptied if it takes too long, since what other derivations left there in
    a long process may lead a simplification astray."""
    try:
        with time_limit(_DERIVATION_SECONDS):
            return run_derivation(name)
    except TimeLimit:
        clear_cache()
        with time_limit(_DERIVATION_SECONDS):
            return run_derivation(name)


def _regimes(derived: Mapping[str, Any], formula: Mapping[str, Any], points: Sequence[Point]) -> list[_Regime]:
    found: dict[Any, _Regime] = {}
    for point in points:
        for name in derived:
            pair = resolve(derived[name], point), resolve(formula[name], point)
            if not any(side.has(sympy.nan) for side in pair):
                found.setdefault((name, *pair), _Regime(*pair, [])).points.append(point)
    return list(found.values())


def _judge(regime: _Regime, seconds: float) -> None:
    """A proof, after a look at two points that spares one where there is nothing to prove; else more points."""

    def agree(points: Sequence[Point]) -> bool:
        return all(_equal(regime.derived.subs(point), regime.formula.subs(point)) for point in points)

    if not agree(regime.points[:2]):
        regime.verdict = "differs"
    elif regime.derived == regime.formula or _is_proved(regime.derived - regime.formula, seconds):
        regime.verdict = "proved"
    elif not agree(regime.points[2:POINTS]):
        regime.verdict = "differs"
    else:
        regime.verdict = "sampled" if len(regime.points) >= POINTS else "thin"


def _is_proved(difference: Any, seconds: float) -> bool:
    steps: list[Callable[[Any], Any]] = [sympy.expand, lambda x: sympy.cancel(sympy.together(x))]
    if seconds > 0 and sympy.count_ops(difference) <= _SMALL:
        steps.append(sympy.simplify)
    try:
        with time_limit(max(seconds, _PLAIN_SECONDS)):
            return any(step(difference) == 0 for step in steps)
    except Exception:  # SymPy raises all sorts of errors on expressions that it cannot handle
        return False


def _equal(left: Any, right: Any) -> bool:
    """Exactly equal if both are rational or infinite, else equal to `_DIGITS` digits."""
    left, right = sympy.sympify(left), sympy.sympify(right)
    if left == right:
        return True
    if (left.is_Rational and right.is_Rational) or left.is_infinite or right.is_infinite:
        return False
    a, b = (sympy.N(side, _DIGITS + 15) for side in (left, right))
    try:
        return bool(abs(a - b) <= _TEN**-_DIGITS * max(abs(a), abs(b), _TEN**-_DIGITS))
    except TypeError:  # not a number at all
        return False


def _summary(row: Theorem, derivation: Derivation, regimes: Sequence[_Regime]) -> tuple[Check, Evidence | None]:
    verdicts = [regime.verdict for regime in regimes]
    count = {verdict: verdicts.count(verdict) for verdict in ("proved", "sampled", "thin", "differs")}
    agreed = [r for r in regimes if r.verdict in ("proved", "sampled")]
    complete = derivation.regime is not None or any(e.has(sympy.Piecewise) for e in derivation.derived.values())
    wrong = [r for r in regimes if r.verdict == "differs"]
    if wrong and (complete or not agreed):
        point = wrong[0].points[0]
        text = f"derived {wrong[0].derived.subs(point)}, formula {wrong[0].formula.subs(point)} at {dict(point)}"
        return Check(row.name, "identity", "FAIL", text), None
    if not agreed:
        return Check(row.name, "identity", "INCONCLUSIVE", "too few points of the domain to compare"), None
    parts = []
    if count["proved"]:
        parts.append(f"{count['proved']} regime(s) proved by simplification to 0")
    if count["sampled"]:
        parts.append(f"{count['sampled']} sampled at {POINTS} exact points (not simplified to 0)")
    if wrong or count["thin"]:
        parts.append(f"{len(wrong) + count['thin']} not covered by the derivation")
    points = {id(point): point for regime in agreed for point in regime.points[:_FOR_MUTANTS]}.values()
    derived = derivation.derived.items()
    values = [(point, {name: resolve(e, point).subs(point) for name, e in derived}) for point in points]
    return Check(row.name, "identity", "PASS", "; ".join(parts), count), Evidence(derivation, values)


def _check_sampled(
    row: Theorem, derivation: Derivation, points: Sequence[Point], why: str
) -> tuple[Check, Evidence | None]:
    """For a formula that does not run on symbols: its values at exact points."""
    agreed = []
    for point in points[: 4 * POINTS]:
        expected = {name: resolve(e, point).subs(point) for name, e in derivation.derived.items()}
        if any(value.has(sympy.nan) for value in expected.values()):
            continue
        try:
            wrong = differs_at(row.formula, derivation, point, expected)
        except Exception as error:
            text = f"the formula runs neither on symbols ({why}) nor at exact points: {one_line(error)}"
            return Check(row.name, "identity", "FAIL", text), None
        if wrong:
            return Check(row.name, "identity", "FAIL", f"{wrong} at {dict(point)}"), None
        agreed.append((point, expected))
        if len(agreed) == POINTS:
            text = f"sampled at {POINTS} points, exactly or to {_FLOAT_RTOL:g} (the formula does not run on symbols)"
            evidence = Evidence(derivation, agreed[:_FOR_MUTANTS])
            return Check(row.name, "identity", "PASS", text, {"sampled": 1}), evidence
    return Check(row.name, "identity", "INCONCLUSIVE", f"only {len(agreed)} points to compare"), None


def differs_at(formula: Callable[..., Any], derivation: Derivation, point: Point, expected: Mapping[str, Any]) -> str:
    """How a formula differs from the derived values at an exact point, in words; empty if it does not.

    Values that the formula keeps rational are compared exactly, others in float64, to `_FLOAT_RTOL`.
    """
    arguments = derivation.exact_arguments(point)
    with np.errstate(all="ignore"):
        values = named_as(formula(**arguments), expected)
    if all(isinstance(value, int | Fraction) for value in values.values()):
        same = {name: _equal(expected[name], sympy.Rational(value)) for name, value in values.items()}
    else:
        same = {name: _close(expected[name], value) for name, value in values.items()}
    wrong = [name for name in same if not same[name]]
    return f"{wrong[0] or 'value'}: derived {expected[wrong[0]]}, formula {values[wrong[0]]}" if wrong else ""


def _close(exact: Any, value: Any) -> bool:
    number, target = float(value), float(exact)
    return number == target or abs(number - target) <= _FLOAT_RTOL * max(abs(number), abs(target))
