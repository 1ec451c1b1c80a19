"""Which papers a result rests on."""

from __future__ import annotations

import re
from typing import Any

from lintransfer.errors import UnknownNameError
from lintransfer.papers import PAPERS
from lintransfer.theorems import THEOREMS, Theorem, theorem


def cite(*results: Any) -> str:
    """The papers behind results (estimates, diagrams, theorems or theorem names), one a line; all papers if none.

    >>> print(cite("min-norm-risk").splitlines()[0][:24])
    J. Tahir, S. Ganguli, G.
    """
    rows = [row for result in results for row in _theorems_of(result)] if results else list(THEOREMS)
    keys = sorted({key for row in rows for key in row.papers}, key=list(PAPERS).index)
    own = sorted({row.name for row in rows if not row.papers})
    lines = [PAPERS[key] for key in keys]
    if own and results:
        lines.append(f"Results first stated in lintransfer (please cite the software): {', '.join(own)}")
    return "\n".join(lines)


def _theorems_of(result: Any) -> list[Theorem]:
    if isinstance(result, Theorem):
        return [result]
    if isinstance(result, str):
        return [theorem(result)]
    if hasattr(result, "theorem"):
        return _named(result.theorem)
    attributes = getattr(getattr(result, "dataset", None), "attrs", {})
    if "theorems" in attributes:
        return _named(attributes["theorems"])
    raise UnknownNameError(f"cite takes estimates, diagrams, theorems or their names, got {type(result).__name__}")


def _named(text: str) -> list[Theorem]:
    words = set(re.split(r"[;:,\s]+", text))
    return [row for row in THEOREMS if row.name in words]
