"""The verification ladder: every theorem of the table on every rung, each reported on its own."""

from __future__ import annotations

import io
import json
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from time import perf_counter

import jax
import numpy as np

from lintransfer.rungs.accuracy import check_precision, check_rigour
from lintransfer.rungs.identity import Evidence, check_identity
from lintransfer.rungs.limits import check_limits
from lintransfer.rungs.mutants import check_mutants
from lintransfer.rungs.outcome import OUTCOMES, RUNGS, Check, one_line
from lintransfer.rungs.simulation import Z_LIMIT, check_simulation, measure
from lintransfer.rungs.workers import check_in_workers
from lintransfer.table.row import Theorem
from lintransfer.theorems import THEOREMS, theorem

__all__ = ["Check", "Report", "verify", "verify_rows"]


@dataclass(frozen=True)
class _Effort:
    """How much work the rungs do: points, seconds for a simplification, share of the replicates.

    A share below 1 is only a first try: a run that fails, cannot resolve or lets a mutant through is repeated with
    more, in the end with all that the row asks for.
    """

    precision_points: int
    rigour_points: int
    symbolic_seconds: float
    share: float


_LARGEST_SHARE = 4.0  # a run that just misses its resolution may take this many times its replicates
_MARGIN = 1.3  # on the number of replicates that should resolve, which is itself estimated

_ROWS_PER_WORKER = 8  # fewer are not worth the start of a process

_FULL = _Effort(200, 40, 60.0, 1.0)
_QUICK = _Effort(10, 5, 0.0, 0.05)


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
        return (
            f"{theorems} theorems, {len(self.checks)} checks: {counts} ({self.seconds:.0f} s, key {self.key})\n"
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


def verify(
    names: str | Iterable[str] | None = None,
    quick: bool = False,
    key: int = 0,
    progress: Callable[[int, int], None] | None = None,
    workers: int | None = None,
) -> Report:
    """Climb the verification ladder with every theorem, or those named.

    names: theorem names; None for the whole table.  quick: fewer points and replicates, under a minute for the whole
    table on two cores; a run too weak to see an error is repeated with more, never passed.  key: seed of the
    simulations.  progress: called with (theorems done, theorems in all).  workers: processes to share the work; by
    default one per core where there is much to do. The outcomes do not depend on it.

    Returns a `Report`: print it, or see `.ok`, `.to_json()`, `.to_markdown()`. Raises `UnknownNameError` for a name
    that is not in the table.
    """
    if names is None:
        rows = THEOREMS
    else:
        rows = tuple(theorem(name) for name in ([names] if isinstance(names, str) else names))
    if quick and names is None:
        return _without_slow_ones(key, progress, workers)
    if workers is None:
        workers = min(os.cpu_count() or 1, len(rows) // _ROWS_PER_WORKER)
    if workers <= 1:
        return verify_rows(rows, quick=quick, key=key, progress=progress)
    start = perf_counter()
    checks = check_in_workers([row.name for row in rows], quick, key, workers, progress)
    return Report(tuple(checks), quick, key, perf_counter() - start)


def _without_slow_ones(key: int, progress: Callable[[int, int], None] | None, workers: int | None) -> Report:
    """The quick run of the whole table: its slow rows are shown, as skipped."""
    found = verify(
        [row.name for row in THEOREMS if not row.slow], quick=True, key=key, progress=progress, workers=workers
    )
    checks = [
        Check(row.name, rung, "SKIPPED", "slow: only the full run climbs it")
        for row in THEOREMS
        if row.slow
        for rung in RUNGS
    ]
    position = {row.name: i for i, row in enumerate(THEOREMS)}
    ordered = sorted([*found.checks, *checks], key=lambda check: position[check.theorem])
    return replace(found, checks=tuple(ordered))


def verify_rows(
    rows: Iterable[Theorem],
    quick: bool = False,
    key: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """`verify` for any rows, in the table or not: a theorem of your own, say."""
    effort = _QUICK if quick else _FULL
    start = perf_counter()
    checks: list[Check] = []
    rows = tuple(rows)
    with jax.enable_x64(True):
        for done, row in enumerate(rows, start=1):
            checks += _climb(row, effort, key)
            if progress is not None:
                progress(done, len(rows))
    return Report(tuple(checks), quick, key, perf_counter() - start)


def _climb(row: Theorem, effort: _Effort, key: int) -> list[Check]:
    """All rungs for one theorem."""
    seed = [key, zlib.crc32(row.name.encode())]
    identity_rng, precision_rng, rigour_rng = (np.random.default_rng([*seed, rung]) for rung in range(3))
    checks = [_timed(lambda: check_limits(row))]
    start = perf_counter()
    identity, evidence = check_identity(row, identity_rng, effort.symbolic_seconds)
    checks.append(replace(identity, seconds=perf_counter() - start))
    checks.append(_timed(lambda: check_precision(row, precision_rng, effort.precision_points)))
    checks.append(_timed(lambda: check_rigour(row, rigour_rng, effort.rigour_points)))
    return checks + _simulate(row, evidence, effort, key)


def _simulate(row: Theorem, evidence: Evidence | None, effort: _Effort, key: int) -> list[Check]:
    """Simulation and mutants, with as many replicates as it takes, up to those that the row asks for."""
    share, attempts, spent = effort.share, 0, 0.0
    while True:
        start = perf_counter()
        try:
            measured = measure(row, key, share)
        except Exception as error:
            text = f"the experiment does not run: {one_line(error)}"
            return [Check(row.name, "simulation", "FAIL", text, seconds=spent + perf_counter() - start)]
        simulation = check_simulation(row, measured)
        attempts, spent = attempts + 1, spent + perf_counter() - start
        start = perf_counter()
        mutants = check_mutants(row, evidence, measured)
        mutants = replace(mutants, seconds=perf_counter() - start)
        again = _next_share(share, simulation, mutants)
        if again is None:
            # Each attempt is one more chance of a false alarm.
            risk = attempts * simulation.false_alarm
            return [replace(simulation, false_alarm=risk, seconds=spent), mutants]
        share = again


def _next_share(share: float, simulation: Check, mutants: Check) -> float | None:
    """The share of the replicates to try next; None if this one has settled the question."""
    if simulation.outcome == "INCONCLUSIVE":
        needed = _MARGIN * share * min(simulation.measured["shortfall"], 1e6) ** 2
        if share >= 1:
            return needed if share < needed <= _LARGEST_SHARE else None
        return min(1.0, needed) if 2 * needed < 1 else 1.0
    if share >= 1:
        return None
    if simulation.outcome == "FAIL":
        return 1.0
    if mutants.outcome == "FAIL":
        return 1.0 if share > 0.2 else 4 * share
    return None


def _timed(check: Callable[[], Check]) -> Check:
    start = perf_counter()
    return replace(check(), seconds=perf_counter() - start)
