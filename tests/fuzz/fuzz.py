"""Thousands of random calls of every door, each held against the laws of `oracle`.

    python tests/fuzz/fuzz.py --calls 2000 --seed 0            counts, and a line to paste for each fault
    python tests/fuzz/fuzz.py --seed 0 --replay 137            one call again, with its traceback

The calls run in a process of their own, which is replaced if one hangs or takes too much memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import selectors
import subprocess
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # as a script: tests/ is the root, for `fuzz` and `helpers`
    sys.path[0] = str(Path(__file__).resolve().parents[1])

HANGS = 300.0  # seconds without an answer, after which the process is replaced
CEILING = 8 * 2**30  # bytes of address space: a runaway array is a MemoryError, not a dead machine

BARE = 2**29  # bytes of a process that has imported everything and asked nothing


@dataclass
class Tally:
    """What came of the calls: counts, and (number, door, fault, text of the call) of each fault."""

    outcomes: Counter[str] = field(default_factory=Counter)
    doors: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[int, str, str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        calls, kinds = sum(self.outcomes.values()), Counter(fault.split(":")[0] for _, _, fault, _ in self.faults)
        lines = [f"{calls} calls ({', '.join(f'{door} {k}' for door, k in self.doors.most_common())})"]
        lines += [f"  {name}: {count}" for name, count in self.outcomes.most_common()]
        lines += [f"faults: {len(self.faults)}"] + [f"  {kind}: {count}" for kind, count in kinds.most_common()]
        return "\n".join([*lines, *self.reproductions()])

    def reproductions(self) -> list[str]:
        """Two lines for each fault: what is wrong, and the call."""
        return [f"[{number}] {' '.join(fault.split())}\n    {text}" for number, _, fault, text in self.faults]


def fuzz(start: int, stop: int, seed: int = 0, loud: bool = False) -> Tally:
    """Calls number start … stop − 1.  loud: say how far it is, on stderr."""
    from fuzz.calls import call_number

    tally, done = Tally(), start
    while done < stop:
        retired = False
        for told in _worker(done, stop, seed):
            retired = told["last"]
            done = told["number"] + 1
            tally.outcomes[told["outcome"]] += 1
            tally.doors[told["door"]] += 1
            tally.faults += [(told["number"], told["door"], fault, told["text"]) for fault in told["faults"]]
            if loud and done % 100 == 0:
                print(f"{done}: {len(tally.faults)} faults", file=sys.stderr)
        if done < stop and not retired:  # the process died or hung at this call
            call = call_number(seed, done)
            tally.outcomes["fault"] += 1
            tally.doors[call.door] += 1
            tally.faults.append((done, call.door, f"time: no answer in {HANGS:g} s, or the process died", call.text))
            done += 1
    return tally


def _worker(start: int, stop: int, seed: int) -> Iterator[dict[str, Any]]:
    """The outcomes of another process, until it ends or hangs."""
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false".strip()
    command = [sys.executable, "-W", "ignore", __file__, "--worker", str(start), str(stop), "--seed", str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **threads, "XLA_FLAGS": flags})
    assert process.stdout is not None
    try:
        with selectors.DefaultSelector() as ready:
            ready.register(process.stdout, selectors.EVENT_READ)
            while ready.select(HANGS):
                line = process.stdout.readline()
                if not line:
                    return
                yield json.loads(line)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _work(start: int, stop: int, seed: int) -> None:
    from fuzz.calls import call_number
    from fuzz.oracle import BYTES, check

    resource.setrlimit(resource.RLIMIT_AS, (CEILING, resource.RLIM_INFINITY))
    _strict()
    for number in range(start, stop):
        call, before = call_number(seed, number), _peak()
        outcome, faults = check(call, [seed, number, 1])
        if _peak() - before > BYTES - BARE:
            faults.append(f"memory: {(_peak() - before + BARE) / 2**30:.1f} GiB")
        told = {"number": number, "door": call.door, "outcome": outcome, "faults": faults, "text": call.text}
        last = _peak() > 3 * BARE  # the peak of a process is never forgotten: go on in a new one
        print(json.dumps({**told, "last": last}), flush=True)
        if last:
            return


def _strict() -> None:
    """A warning is a fault, but for the one that `TransferProblem.from_data` documents."""
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", message=".*cannot be told from rounding", category=UserWarning)


def _peak() -> int:
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _replay(number: int, seed: int) -> None:
    from fuzz import oracle
    from fuzz.calls import PRELUDE, call_number

    _strict()
    call = call_number(seed, number)
    print(PRELUDE, call.text, sep="\n")
    asked = oracle.asked

    def loud(*question: Any, **options: Any) -> Any:
        try:
            return asked(*question, **options)
        except oracle.Fault as fault:
            traceback.print_exception(fault.__cause__ or fault)
            raise

    oracle.asked = loud
    print(*oracle.check(call, [seed, number, 1]), sep="\n")


def main() -> int:
    """Exit status 1 if there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--replay", type=int, help="the number of one call")
    parser.add_argument("--worker", type=int, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        _work(*given.worker, given.seed)
        return 0
    if given.replay is not None:
        _replay(given.replay, given.seed)
        return 0
    tally = fuzz(given.start, given.start + given.calls, given.seed, loud=True)
    print(tally)
    return 1 if tally.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
