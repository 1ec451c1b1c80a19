"""What the project declares is so: dependencies, and which files pytest looks at."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
IMPORTED_AS = {"scikit-learn": "sklearn", "python-flint": "flint"}
NOT_IMPORTED = {
    "netcdf4": 'engine="netcdf4"',
    "ruff": "/ruff ",
    "mypy": "/mypy\n",
    "coverage": '"-m", "coverage"',
    "pytest-xdist": "-n 2 --dist",
}  # but run
CODE = [p for folder in ("lintransfer", "derivations", "tests") for p in sorted((ROOT / folder).rglob("*.py"))]


def name_of(requirement):
    return re.match(r"[\w-]+", requirement).group()


def imported_packages():
    nodes = (node for path in CODE for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


IMPORTED = imported_packages()
DECLARED = sorted({name_of(r) for r in (*PROJECT["dependencies"], *(r for e in EXTRAS.values() for r in e))})


@pytest.mark.parametrize("name", DECLARED)
def test_a_declared_dependency_is_used(name):
    if name in NOT_IMPORTED:
        here = Path(__file__).resolve()
        texts = (p.read_text(encoding="utf-8") for p in (*CODE, ROOT / "Makefile") if p.resolve() != here)
        assert any(NOT_IMPORTED[name] in text for text in texts)
    else:
        assert IMPORTED_AS.get(name, name) in IMPORTED


def test_the_extra_all_names_every_other():
    [everything] = EXTRAS["all"]
    assert set(re.fullmatch(r"lintransfer\[(.*)\]", everything).group(1).split(",")) == set(EXTRAS) - {"all"}
