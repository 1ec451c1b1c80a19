"""The program that a worker process runs: names on standard input, a line of JSON for each on standard output."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict


def _work() -> None:
    from lintransfer.verification.ladder import verify

    quick, key = bool(int(sys.argv[1])), int(sys.argv[2])
    for line in sys.stdin:
        report = verify(line.strip(), quick=quick, key=key)
        print(json.dumps([asdict(check) for check in report.checks]), flush=True)


if __name__ == "__main__":
    _work()
