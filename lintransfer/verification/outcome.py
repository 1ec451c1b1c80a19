"""What a rung says of a theorem."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

RUNGS = ("limits", "identity", "precision", "rigour", "simulation", "mutants")
# From best to worst: the outcome of a rung is the worst of its parts.
OUTCOMES = ("PASS", "SKIPPED", "MISSING", "INCONCLUSIVE", "FAIL")


@dataclass(frozen=True)
class Check:
    """The outcome of one rung for one theorem.

    outcome: PASS; FAIL (refuted); INCONCLUSIVE (the check ran but could not have seen an error); SKIPPED (does not
    apply here, `detail` says why); MISSING (the theorem does not come with what this rung needs).
    measured: the numbers behind it, by name.  false_alarm: probability that a true theorem fails this check.
    """

    theorem: str
    rung: str
    outcome: str
    detail: str
    measured: Mapping[str, float] = field(default_factory=dict)
    false_alarm: float = 0.0
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.outcome:12s} {self.theorem} / {self.rung}: {self.detail}"


def worst(outcomes: Iterable[str]) -> str:
    """The worst of several outcomes; SKIPPED if there are none."""
    return max(outcomes, key=OUTCOMES.index, default="SKIPPED")


def as_float(value: Any) -> float:
    """A scalar result of any arithmetic as a float."""
    return float(np.asarray(value).item() if isinstance(value, np.ndarray) else value)


def one_line(error: BaseException) -> str:
    """An exception in one short line."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return text if len(text) <= 160 else text[:157] + "..."
