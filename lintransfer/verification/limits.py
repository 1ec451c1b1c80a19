"""Limits rung: special cases, where the answer is known from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lintransfer.precision import components
from lintransfer.table.row import Limit, Theorem
from lintransfer.verification.outcome import Check, as_float, one_line


def check_limits(row: Theorem) -> Check:
    """Every special case of the theorem holds to the accuracy it states."""
    if not row.limits:
        return Check(row.name, "limits", "MISSING", "no special case is stated")
    failures = [failure for limit in row.limits for failure in limit_failures(limit, row.formula)]
    if failures:
        return Check(row.name, "limits", "FAIL", "; ".join(failures[:3]))
    points = sum(len(limit.points) for limit in row.limits)
    return Check(row.name, "limits", "PASS", f"{len(row.limits)} special cases at {points} points")


def limit_failures(limit: Limit, formula: Callable[..., Any], crash_fails: bool = True) -> list[str]:
    """What does not hold of `formula`, in words; without `crash_fails`, a point where a side does not run is left out."""
    found = []
    for point in limit.points:
        try:
            with np.errstate(all="ignore"):
                pairs = _paired(*limit.sides(formula, point))
        except Exception as error:
            if crash_fails:
                found.append(f"{limit.text} at {dict(point)}: {one_line(error)}")
            continue
        wrong = [f"{name or 'value'} {a!r} ≠ {b!r}" for name, a, b in pairs if not agree(a, b, limit.rtol)]
        if wrong:
            found.append(f"{limit.text} at {dict(point)}: {wrong[0]}")
    return found


def agree(left: float, right: float, rtol: float) -> bool:
    """Equal to relative accuracy rtol (absolute where the other side is 0); infinities and nan match themselves."""
    if math.isnan(left) or math.isnan(right):
        return math.isnan(left) and math.isnan(right)
    if math.isinf(left) or math.isinf(right):
        return left == right
    scale = max(abs(left), abs(right))
    return abs(left - right) <= rtol * (scale if left != 0 and right != 0 else 1.0)


def _paired(left: Any, right: Any) -> list[tuple[str, float, float]]:
    a, b = components(left), components(right)
    if a.keys() != b.keys():
        if len(b) == 1:
            b = dict.fromkeys(a, next(iter(b.values())))
        else:
            raise ValueError(f"the two sides have different parts: {sorted(a)} and {sorted(b)}")
    return [(name, as_float(a[name]), as_float(b[name])) for name in a]
