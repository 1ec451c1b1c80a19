"""The verification ladder: every theorem of the table on every rung, each reported on its own."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from time import perf_counter

import jax
import numpy as np

from lintransfer.errors import refuse
from lintransfer.table.row import Theorem
from lintransfer.theorems import THEOREMS, theorem
from lintransfer.validation import callable_or_none, flag, listed, seed, whole_number
from lintransfer.verification.accuracy import check_precision, check_rigour
from lintransfer.verification.identity import Evidence, check_identity
from lintransfer.verification.limits import check_limits
from lintransfer.verification.mutants import check_mutants
from lintransfer.verification.outcome import Check, one_line
from lintransfer.verification.report import Report
from lintransfer.verification.simulation import check_simulation, measure
from lintransfer.verification.workers import check_in_workers


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
_QUICK_AND_SLOW = _Effort(4, 2, 0.0, 0.02)  # for rows marked slow; the details of the checks tell the points


def verify(
    names: str | Iterable[str] | None = None,
    quick: bool = False,
    key: int = 0,
    progress: Callable[[int, int], None] | None = None,
    workers: int | None = None,
) -> Report:
    """Climb the verification ladder with every theorem, or those named.

    names: theorem names; None for the whole table.  quick: every rung with fewer points and replicates, minutes for the
    whole table on two cores; a run too weak to see an error is repeated with more, never passed.  key: seed of the
    simulations.  progress: called with (theorems done, theorems in all).  workers: processes to share the work; by
    default one per core where there is much to do. The outcomes do not depend on it.

    Returns a `Report`: print it, or see `.ok`, `.to_json()`, `.to_markdown()`. Raises `UnknownNameError` for a name
    that is not in the table.
    """
    quick, key = flag("quick", quick), seed("key", key)
    callable_or_none("progress", progress)
    if workers is not None:
        workers = whole_number("workers", workers, 0)
    if names is None:
        rows = THEOREMS
    else:
        rule = "None, a theorem's name, or a list of names"
        rows = tuple(map(theorem, [names] if isinstance(names, str) else listed("names", rule, names)))
        if not rows:
            refuse("names", "at least one theorem", got="none")
    if workers is None:
        workers = min(os.cpu_count() or 1, len(rows) // _ROWS_PER_WORKER)
    workers = min(workers, len(rows))
    if workers <= 1:
        return verify_rows(rows, quick=quick, key=key, progress=progress)
    start = perf_counter()
    checks = check_in_workers([row.name for row in rows], quick, key, workers, progress)
    return Report(tuple(checks), quick, key, perf_counter() - start)


def verify_rows(
    rows: Iterable[Theorem],
    quick: bool = False,
    key: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """`verify` for any rows, in the table or not: a theorem of your own, say."""
    start = perf_counter()
    checks: list[Check] = []
    rows = tuple(rows)
    with jax.enable_x64(True):
        for done, row in enumerate(rows, start=1):
            checks += _climb(row, _effort(row, quick), key)
            if progress is not None:
                progress(done, len(rows))
    return Report(tuple(checks), quick, key, perf_counter() - start)


def _effort(row: Theorem, quick: bool) -> _Effort:
    if not quick:
        return _FULL
    return _QUICK_AND_SLOW if row.slow else _QUICK


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
