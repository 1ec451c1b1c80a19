"""Mutants rung: plausible mistakes, each of which some other rung must refuse. A survivor is a FAIL of the checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lintransfer.table.row import Theorem
from lintransfer.verification.identity import Evidence, differs_at
from lintransfer.verification.limits import limit_failures
from lintransfer.verification.outcome import Check
from lintransfer.verification.simulation import Measurement, judge


def check_mutants(row: Theorem, evidence: Evidence | None, measured: Sequence[Sequence[Measurement]]) -> Check:
    """Every mutant is refused by limits, identity or simulation; the detail says by which."""
    if not row.mutants:
        return Check(row.name, "mutants", "MISSING", "no mutant is stated")
    refused = {mutant.text: refusals(row, mutant.of(row.formula), evidence, measured) for mutant in row.mutants}
    survivors = [text for text, rungs in refused.items() if not rungs]
    if survivors:
        return Check(row.name, "mutants", "FAIL", f"survives every rung: {'; '.join(survivors)}")
    text = "; ".join(f"{text}: {', '.join(rungs)}" for text, rungs in refused.items())
    return Check(row.name, "mutants", "PASS", text, {"refused": len(refused)})


def refusals(
    row: Theorem,
    mutant: Callable[..., Any],
    evidence: Evidence | None,
    measured: Sequence[Sequence[Measurement]],
) -> list[str]:
    """The rungs that refuse a mutant. One that crashes is not refused: it tests nothing."""
    tests: dict[str, Callable[[], bool]] = {
        "limits": lambda: _breaks_a_limit(row, mutant),
        "identity": lambda: evidence is not None and _differs(row, mutant, evidence),
        "simulation": lambda: any(v.outcome == "FAIL" for m in measured if m for v in judge(m, mutant)),
    }
    found = []
    for rung, refuses in tests.items():
        try:
            if refuses():
                found.append(rung)
        except Exception:  # a crash is no refusal
            continue
    return found


def _breaks_a_limit(row: Theorem, mutant: Callable[..., Any]) -> bool:
    return any(limit_failures(limit, mutant, crash_fails=False) for limit in row.limits)


def _differs(row: Theorem, mutant: Callable[..., Any], evidence: Evidence) -> bool:
    """Whether the mutant misses a derived value that the formula, evaluated in the same way, does not miss."""
    return any(
        differs_at(mutant, evidence.derivation, point, expected)
        and not differs_at(row.formula, evidence.derivation, point, expected)
        for point, expected in evidence.values
    )
