"""Theorems checked in parallel, by worker processes that are given names and answer with checks.

Workers are fresh interpreters that read names on standard input and write one line of JSON for each: nothing is
pickled or forked, so this works from scripts, notebooks and tests alike, with JAX already running.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict

from lintransfer.errors import LinTransferError
from lintransfer.rungs.outcome import Check


class WorkerError(LinTransferError, RuntimeError):
    """A worker process ended before it had answered."""


def check_in_workers(
    names: Sequence[str], quick: bool, key: int, workers: int, progress: Callable[[int, int], None] | None
) -> list[Check]:
    """All checks of the named theorems, in the order of the names."""
    waiting, answers, failures = deque(names), {}, []
    lock = threading.Lock()

    def serve() -> None:
        # One thread per worker for linear algebra: the workers together fill the machine.
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "JAX_PLATFORMS": "cpu"}
        command = [sys.executable, "-m", __name__, str(int(quick)), str(key)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as worker:
            assert worker.stdin is not None and worker.stdout is not None
            while not failures:
                try:
                    name = waiting.popleft()
                except IndexError:
                    break
                worker.stdin.write(name + "\n")
                worker.stdin.flush()
                line = worker.stdout.readline()
                if not line:
                    failures.append(name)
                    break
                with lock:
                    answers[name] = [Check(**fields) for fields in json.loads(line)]
                    if progress is not None:
                        progress(len(answers), len(names))
            worker.stdin.close()

    threads = [threading.Thread(target=serve) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise WorkerError(f"a verification process died while it checked {failures[0]!r}; see its messages above")
    return [check for name in names for check in answers[name]]


def _work() -> None:
    from lintransfer.verification import verify

    quick, key = bool(int(sys.argv[1])), int(sys.argv[2])
    for line in sys.stdin:
        report = verify(line.strip(), quick=quick, key=key)
        print(json.dumps([asdict(check) for check in report.checks]), flush=True)


if __name__ == "__main__":
    _work()
