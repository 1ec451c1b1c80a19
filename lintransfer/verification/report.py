"""What the verification ladder found: every check, as text, JSON or Markdown."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from lintransfer.verification.outcome import OUTCOMES, RUNGS, Check
from lintransfer.verification.simulation import Z_LIMIT


@dataclass(frozen=True)
class Report:
    """Every check, in the order of the table and of the ladder.

    quick, key: as given to `verify`.  seconds: wall time.
    """

    checks: tuple[Check, ...]
    quick: bool = False
    key: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """True if nothing failed and nothing was inconclusive. What is missing or skipped is shown, not hidden."""
        return not any(check.outcome in ("FAIL", "INCONCLUSIVE") for check in self.checks)

    @property
    def counts(self) -> dict[str, int]:
        """Number of checks by outcome."""
        found = Counter(check.outcome for check in self.checks)
        return {outcome: found[outcome] for outcome in OUTCOMES if found[outcome]}

    @property
    def false_alarm(self) -> float:
        """Bonferroni bound on the probability that some check fails although every theorem is true."""
        return min(1.0, sum(check.false_alarm for check in self.checks))

    @property
    def summary(self) -> str:
        """Counts, time, and the declared probability of a false alarm, in two lines."""
        counts = ", ".join(f"{number} {outcome}" for outcome, number in self.counts.items())
        theorems = len({check.theorem for check in self.checks})
        quick = "; quick: few points and replicates, fewest for rows marked slow" if self.quick else ""
        return (
            f"{theorems} theorems, {len(self.checks)} checks: {counts} ({self.seconds:.0f} s, key {self.key}{quick})\n"
            f"Monte Carlo: |z| < {Z_LIMIT:g} for every comparison; if all theorems are true, some check fails with "
            f"probability ≤ {self.false_alarm:.2g} (Bonferroni)"
        )

    def __str__(self) -> str:
        from rich.console import Console
        from rich.table import Table

        table = Table("theorem", *RUNGS, title="lintransfer verify")
        for name, by_rung in self._by_theorem():
            table.add_row(name, *(_COLOURED[by_rung[rung].outcome] if rung in by_rung else "" for rung in RUNGS))
        text = io.StringIO()
        console = Console(file=text, width=110, force_terminal=False)
        console.print(table)
        for check in self.checks:
            if check.outcome in ("FAIL", "INCONCLUSIVE"):
                console.print(str(check), markup=False, highlight=False)
        console.print(self.summary, markup=False, highlight=False)
        return text.getvalue().rstrip()

    def to_json(self) -> str:
        """The whole report as JSON text (infinite numbers as strings)."""
        content = {
            "ok": self.ok,
            "quick": self.quick,
            "key": self.key,
            "seconds": round(self.seconds, 2),
            "counts": self.counts,
            "false_alarm": self.false_alarm,
            "checks": [_plain(check) for check in self.checks],
        }
        return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)

    def to_markdown(self) -> str:
        """The table of outcomes, then the detail of every check, as Markdown."""
        lines = ["# Verification report", "", self.summary.replace("\n", "  \n"), ""]
        lines += [f"| theorem | {' | '.join(RUNGS)} |", f"|---{'|---' * len(RUNGS)}|"]
        for name, by_rung in self._by_theorem():
            lines.append(f"| {name} | {' | '.join(by_rung[r].outcome if r in by_rung else '' for r in RUNGS)} |")
        for name, by_rung in self._by_theorem():
            lines += ["", f"## {name}", ""]
            lines += [f"* {c.rung}: **{c.outcome}** — {c.detail} ({c.seconds:.2f} s)" for c in by_rung.values()]
        return "\n".join(lines) + "\n"

    def _by_theorem(self) -> Iterator[tuple[str, dict[str, Check]]]:
        for name in dict.fromkeys(check.theorem for check in self.checks):
            yield name, {check.rung: check for check in self.checks if check.theorem == name}


_COLOURED = {
    "PASS": "[green]PASS[/]",
    "FAIL": "[bold red]FAIL[/]",
    "INCONCLUSIVE": "[yellow]INCONCLUSIVE[/]",
    "SKIPPED": "[dim]skipped[/]",
    "MISSING": "[yellow]missing[/]",
}


def _plain(check: Check) -> dict[str, object]:
    content = asdict(check)
    content["measured"] = {k: v if np.isfinite(v) else str(v) for k, v in check.measured.items()}
    content["seconds"] = round(check.seconds, 3)
    return content
