"""The gate: what the tests ask of the front door runs every line, branch and function behind it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("coverage")
pytestmark = pytest.mark.xdist_group("coverage")
ROOT = Path(__file__).parent.parent
ROUTING = ROOT / "lintransfer" / "routing"


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Lines and branches (of coverage) and functions (of a profiler) that no question reached; in a fresh process."""
    folder = tmp_path_factory.mktemp("coverage")
    script = ROOT / "tests" / "helpers" / "ask_everything.py"
    # The module's own folder is not on the path of a script elsewhere; a tracer of the caller is not inherited.
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
    surroundings |= {"PYTHONPATH": os.pathsep.join(p for p in paths if p), "COVERAGE_FILE": str(folder / "data")}
    run = [sys.executable, "-m", "coverage"]
    options = ["--branch", f"--include={ROUTING}/*", f"--rcfile={os.devnull}"]

    def call(*command):
        done = subprocess.run([*run, *command], cwd=folder, env=surroundings, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    call("run", *options, str(script), str(folder / "functions.json"), str(ROUTING))
    call("json", f"--rcfile={os.devnull}", "-o", str(folder / "lines.json"))
    files = json.loads((folder / "lines.json").read_text(encoding="utf-8"))["files"]
    return {Path(name).name: found for name, found in files.items()}, json.loads(
        (folder / "functions.json").read_text()
    )


def test_every_file_of_routing_is_measured(measured):
    assert set(measured[0]) == {path.name for path in ROUTING.rglob("*.py")}


def test_every_line_of_routing_is_run(measured):
    assert {name: found["missing_lines"] for name, found in measured[0].items() if found["missing_lines"]} == {}


def test_every_branch_of_routing_is_taken(measured):
    missing = {name: found["missing_branches"] for name, found in measured[0].items()}
    assert {name: branches for name, branches in missing.items() if branches} == {}


def test_every_function_of_routing_is_called(measured):
    assert measured[1] == []
