"""A file imports only from lower floors; theory and simulation never see each other; derivations see neither."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = {
    0: ("arithmetic", "precision", "errors", "validation", "papers", "theory.estimators"),
    1: (
        "models",
        "strategies",
        "spectra",
        "fixedpoint",
        "designs",
        "estimation",
        "leave_one_out",
        "problems",
        "searches",
        "host_calls",
    ),
    2: ("theory", "simulate"),
    3: (
        "table",
        "theorems",
        "routing",
        "risks",
        "laws",
        "law_routes",
        "fitting",
        "relu_fitting",
        "citations",
        "storage",
        "plotting",
    ),
    4: (
        "curves",
        "diagrams",
        "complexity",
        "slices",
        "rungs",
        "verification",
        "datasets",
        "calibration",
        "forecasts",
        "diagnosis",
        "testing",
    ),
    5: ("diagnosis_plot", "cli_arguments", "cli", "__main__"),
}
SKIPPED = {"lintransfer"}  # the package's own __init__, which imports lazily


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def floor_of(module: str) -> int:
    name = module.removeprefix("lintransfer.")
    best = max(
        (
            (len(known), floor)
            for floor, names in FLOORS.items()
            for known in names
            if f"{name}.".startswith(f"{known}.")
        ),
        default=None,
    )
    assert best is not None, f"{module} has no floor: add it to FLOORS"
    return best[1]


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    modules = {module_name(p) for p in (ROOT / "lintransfer").rglob("*.py")}
    return {name for name in found if name in modules} - SKIPPED


SOURCES = sorted(p for p in (ROOT / "lintransfer").rglob("*.py") if module_name(p) not in SKIPPED)


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_a_file_imports_only_from_its_own_or_lower_floors(path):
    here = module_name(path)
    for other in imported(path):
        assert floor_of(other) <= floor_of(here), (
            f"{here} (floor {floor_of(here)}) imports {other} (floor {floor_of(other)})"
        )


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_theory_and_simulation_never_import_each_other(path):
    here = module_name(path)
    for mine, other in (("theory", "simulate"), ("simulate", "theory")):
        if here.startswith(f"lintransfer.{mine}"):
            assert not [name for name in imported(path) if name.startswith(f"lintransfer.{other}")]


def test_no_module_shares_its_name_with_a_public_function():
    import lintransfer

    files = {p.stem for p in (ROOT / "lintransfer").glob("*.py")} | {
        p.name for p in (ROOT / "lintransfer").iterdir() if p.is_dir()
    }
    assert not files & set(lintransfer.__all__)


@pytest.mark.parametrize("path", sorted((ROOT / "derivations").rglob("*.py")), ids=module_name)
def test_a_derivation_is_independent(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else [getattr(node, "module", None) or ""]
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert not [name for name in names if name.startswith("lintransfer")]
