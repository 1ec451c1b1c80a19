"""Which papers a result rests on, as text or BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lintransfer.errors import UnknownNameError, in_one_line
from lintransfer.papers import PAPERS, SOFTWARE, SOFTWARE_KEY
from lintransfer.table.row import SEARCHED, Theorem
from lintransfer.theorems import THEOREMS, theorem
from lintransfer.validation import choice

STYLES = ("text", "bibtex")
_SIMULATION = "simulation"  # what stands for a theorem where there is none


@dataclass(frozen=True)
class Credits:
    """Whom to credit.

    papers: keys of `PAPERS`.  follows: row -> what it follows from.  not_found: rows that were not found in the
    literature.  simulated: whether something was simulated and rests on no theorem.
    """

    papers: tuple[str, ...]
    follows: dict[str, tuple[str, ...]]
    not_found: tuple[str, ...]
    simulated: bool = False

    @property
    def notes(self) -> list[str]:
        """What papers do not say: corollaries, and results that no paper was found for."""
        lines = []
        if self.follows:
            lines.append("By substitution: " + "; ".join(f"{a} from {', '.join(b)}" for a, b in self.follows.items()))
        if self.not_found:
            for date in sorted({_searched(name) for name in self.not_found}):
                names = ", ".join(name for name in self.not_found if _searched(name) == date)
                lines.append(f"Not found in the literature (searched {date}); stated in lintransfer: {names}")
        if self.simulated:
            lines.append("Simulated with lintransfer, by no theorem")
        return lines

    @property
    def needs_software(self) -> bool:
        return bool(self.not_found or self.simulated)

    def text(self) -> str:
        """Papers, one a line, then the notes, and the software where it is the only source."""
        lines = [str(PAPERS[key]) for key in self.papers] + self.notes
        return "\n".join([*lines, str(SOFTWARE)] if self.needs_software else lines)

    def bibtex(self) -> str:
        """Entries for BibTeX; the notes are comments before the entry of the software."""
        entries = [PAPERS[key].bibtex(key) for key in self.papers]
        entries += [f"% {note}" for note in self.notes]
        return "\n\n".join([*entries, SOFTWARE.bibtex(SOFTWARE_KEY)] if self.needs_software else entries)


def cite(*results: Any, style: str = "text") -> str:
    """The papers behind results, one a line (style="text") or as BibTeX (style="bibtex"); all papers if none is given.

    results: estimates, sample complexities, laws, curves, diagrams, theorems or their names. A corollary brings the
    papers of what it follows from. The software is named only for what was not found in the literature, or simulated.
    Raises `UnknownNameError` for an unknown style or theorem.

    >>> print(cite("min-norm-risk").splitlines()[0][:20])
    J. Tahir, S. Ganguli
    """
    choice("style", style, STYLES)
    credit = credits_of(*results)
    return credit.text() if style == "text" else credit.bibtex()


def credits_of(*results: Any) -> Credits:
    """Whom to credit for results; arguments and errors as in `cite`."""
    if not results:
        return Credits(tuple(PAPERS), {}, ())
    words = {word for result in results for word in _words_of(result)}
    waiting = [row for row in THEOREMS if row.name in words]
    rows: dict[str, Theorem] = {}
    papers: set[str] = set()
    while waiting:
        row = waiting.pop(0)
        if row.name not in rows:
            rows[row.name] = row
            papers |= {*row.papers, *row.see, *(name for name in row.follows if name in PAPERS)}
            waiting += [theorem(name) for name in row.follows if name not in PAPERS]
    return Credits(
        tuple(key for key in PAPERS if key in papers),
        {name: row.follows for name, row in rows.items() if row.claim == "follows"},
        tuple(name for name, row in rows.items() if row.claim == "not found"),
        simulated=_SIMULATION in words,
    )


def _words_of(result: Any) -> set[str]:
    """Names of theorems that a result tells, and `_SIMULATION`."""
    if isinstance(result, Theorem):
        return {result.name}
    if isinstance(result, str):
        return {theorem(result).name}
    dataset = getattr(result, "dataset", result)
    attributes = getattr(dataset, "attrs", {})
    own = getattr(result, "theorem", "")
    told = [
        own if isinstance(own, str | np.ndarray) else "",
        *(attributes.get(name, "") for name in ("theorem", "theorems")),
    ]
    words = {word for text in _texts(told) for word in re.split(r"[;:,\s()]+", text)}
    known = words & {_SIMULATION, *(row.name for row in THEOREMS)}
    if not known:
        raise UnknownNameError(
            f"cite takes estimates, laws, curves, diagrams, theorems or their names, got {type(result).__name__}"
            + (f" with theorem {in_one_line(told[0])}" if told[0] else "")
        )
    return known


def _texts(told: Any) -> Iterator[str]:
    """The strings in lists and arrays, however nested."""
    if isinstance(told, str):
        yield told
    else:
        for part in np.atleast_1d(told) if isinstance(told, np.ndarray) else told:
            yield from _texts(part)


def _searched(name: str) -> str:
    """When the literature was searched for what a row says: its own words, else the last search of all."""
    words = next((row.source for row in THEOREMS if row.name == name), "")
    found = re.search(r"searched (\d{4}-\d\d-\d\d)", words)
    return found[1] if found else SEARCHED
