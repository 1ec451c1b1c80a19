"""The public names are frozen, importing is cheap and changes nothing, and the README runs."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lintransfer as lt

ROOT = Path(__file__).parent.parent

PUBLIC = [
    "Check",
    "DataFileError",
    "DeepLinear",
    "Diagnosis",
    "DiagonalLinear",
    "DomainError",
    "Estimate",
    "FineTune",
    "FirstLayer",
    "LinTransferError",
    "Linear",
    "LinearTransfer",
    "MissingMethodError",
    "PhaseDiagram",
    "Pool",
    "ProbeThen",
    "RandomFeatures",
    "Replay",
    "Report",
    "RiskCurve",
    "SampleComplexity",
    "Scratch",
    "SequenceRisk",
    "ShallowReLU",
    "Soup",
    "Stack",
    "THEOREMS",
    "TaskFamily",
    "Theorem",
    "TransferProblem",
    "TwoLayerLinear",
    "UnknownNameError",
    "WeightAverage",
    "bayes_floor",
    "cite",
    "diagnose",
    "fit",
    "load",
    "methods",
    "phase_diagram",
    "risk",
    "risk_curve",
    "risk_law",
    "risk_sequence",
    "route",
    "sample_complexity",
    "theorem",
    "transferability",
    "transferability_law",
    "unique_information",
    "verify",
    "worth",
]


def test_public_names():
    assert sorted(lt.__all__) == sorted(PUBLIC)
    for name in PUBLIC:
        assert getattr(lt, name).__doc__


def test_type_checkers_see_the_public_names():
    [block] = [n for n in ast.parse((ROOT / "lintransfer" / "__init__.py").read_text(encoding="utf-8")).body
               if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]  # fmt: skip
    told = {name.asname: (node.module, name.name) for node in block.body for name in node.names}
    assert told == {name: (f"lintransfer.{module}", name) for name, module in lt._PUBLIC.items()}
    assert (ROOT / "lintransfer" / "py.typed").exists()


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_importing_changes_no_jax_setting_and_imports_nothing_heavy():
    code = (
        "import sys, json, jax; before = dict(jax.config.values); import lintransfer as lt; lt.risk; lt.phase_diagram; "
        "after = dict(jax.config.values); heavy = ['matplotlib', 'xarray', 'sympy', 'diffrax', 'rich', 'sklearn', 'pandas', 'scipy.optimize'];"
        "print(json.dumps([before == after, [m for m in heavy if m in sys.modules]]))"
    )
    same, loaded = json.loads(python(code))
    assert same and loaded == []


def test_importing_costs_little_more_than_jax():
    code = "import sys, jax, jax.numpy; n = len(sys.modules); import lintransfer as lt; lt.risk; print(len(sys.modules) - n)"
    # Counted in modules, not seconds: it is the same on every machine. scipy.special is most of it.
    assert int(python(code)) < 280


BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.S)


@pytest.mark.parametrize("position", range(len(BLOCKS)))
def test_readme_blocks_run(position, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(BLOCKS[position], f"README block {position}", "exec"), {})
