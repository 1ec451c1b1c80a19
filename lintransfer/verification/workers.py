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

from lintransfer.errors import LinTransferError
from lintransfer.verification.outcome import Check


class WorkerError(LinTransferError, RuntimeError):
    """A worker process ended before it had answered."""


def check_in_workers(
    names: Sequence[str], quick: bool, key: int, workers: int, progress: Callable[[int, int], None] | None
) -> list[Check]:
    """All checks of the named theorems, in the order of the names."""
    waiting, answers, errors = deque(names), dict[str, list[Check]](), list[Exception]()
    lock = threading.Lock()

    def serve() -> None:
        try:
            with _start_worker(quick, key) as worker:
                while waiting and not errors:
                    name = waiting.popleft()
                    found = _ask(worker, name)
                    with lock:
                        answers[name] = found
                        if progress is not None:
                            progress(len(answers), len(names))
        except IndexError:  # another worker took the last name
            pass
        except OSError as error:  # a broken pipe hides what broke it
            errors.append(WorkerError(f"a verification process died: {error.__context__ or error}"))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=serve, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [check for name in names for check in answers[name]]


def _start_worker(quick: bool, key: int) -> subprocess.Popen[str]:
    # One thread per worker for linear algebra: the workers together fill the machine.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-m", "lintransfer.verification.worker_process", str(int(quick)), str(key)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment
    )


def _ask(worker: subprocess.Popen[str], name: str) -> list[Check]:
    if worker.stdin is None or worker.stdout is None:
        raise WorkerError("a verification process has no pipes")
    worker.stdin.write(name + "\n")
    worker.stdin.flush()
    line = worker.stdout.readline()
    if not line:
        raise WorkerError(f"a verification process died while it checked {name!r}; see its messages above")
    return [Check(**fields) for fields in json.loads(line)]
