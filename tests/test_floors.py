"""Every module has a floor and imports only from its own or lower ones, in no circle; one relative path on every floor."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Top first. A name stands for a module or for everything in a package.
FLOORS = (
    ("cli", "__main__"),
    ("verification", "citations"),
    ("theorems",),
    ("table",),
    ("risk_laws", "complexity", "curves", "diagrams", "slices", "diagnosis", "certification", "sweeps", "estimators"),
    ("risks", "sequences", "floors", "boundaries", "cells", "grids"),
    ("routing", "fitting", "experiments"),
    ("simulate", "testing"),
    ("problems", "task_families", "datasets", "estimates", "searches"),
    ("theory", "strategies", "estimation", "plotting"),
    ("numerics", "spectra", "models", "designs", "validation", "storage", "host_calls"),
    ("arithmetic", "precision", "errors", "papers"),
)
RANK = {name: len(FLOORS) - i for i, names in enumerate(FLOORS) for name in names}
# first part of a module's name -> what it never imports
NEVER = {
    "theory": ("simulate", "experiments"),
    "simulate": ("theory", "experiments"),
    "experiments": ("theory", "numerics", "fitting", "routing"),
    "routing": ("experiments",),
    "fitting": ("experiments",),
}
HAND_ON = {"cli", "verification", "diagnosis", "fitting"}  # packages whose __init__ offers the public verb


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(p): p for p in sorted((ROOT / "lintransfer").rglob("*.py"))}
PROOFS = sorted((ROOT / "derivations").rglob("*.py"))
MODULES = [name for name in SOURCES if name != "lintransfer"]  # the package's own __init__ imports lazily


def first_part(module: str) -> str:
    return module.split(".")[1]


def imported(path: Path) -> set[str]:
    """Modules of lintransfer that a file imports, at its top or inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = full & set(SOURCES)
            found |= modules
            if len(modules) < len(full):
                found.add(node.module)
    return {name for name in found if name in SOURCES} - {"lintransfer"}


GRAPH = {name: imported(SOURCES[name]) - {name} for name in MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_its_own_or_lower_floors(module):
    assert first_part(module) in RANK, f"{module} has no floor: add it to FLOORS"
    for other in GRAPH[module]:
        assert RANK[first_part(other)] <= RANK[first_part(module)], f"{module} imports {other}, which lies above it"
        assert first_part(other) not in NEVER.get(first_part(module), ()), f"{module} imports {other}"


def test_modules_import_each_other_in_no_circle():
    waiting = {name: set(others) for name, others in GRAPH.items()}
    while ready := [name for name, others in waiting.items() if not others & set(waiting)]:
        for name in ready:
            del waiting[name]
    assert not waiting, f"in a circle, or above one: {sorted(waiting)}"


def test_no_module_shares_its_name_with_a_public_function():
    import lintransfer

    files = {name.split(".")[1] for name in MODULES}
    assert not files & set(lintransfer.__all__)


@pytest.mark.parametrize("path", [p for p in SOURCES.values() if p.name == "__init__.py"], ids=module_name)
def test_a_package_hands_nothing_on(path):
    module = module_name(path)
    if module == "lintransfer" or first_part(module) in HAND_ON:
        return
    exported = next(
        (
            ast.literal_eval(node.value)
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        ),
        [],
    )
    defined = {getattr(node, "name", None) for node in ast.parse(path.read_text(encoding="utf-8")).body} | {
        target.id
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    assert set(exported) <= defined


@pytest.mark.parametrize("path", PROOFS, ids=module_name)
def test_a_derivation_is_independent(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else [getattr(node, "module", None) or ""]
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert not [name for name in names if name.split(".")[0] in ("lintransfer", "derivations")]


TOPICS = sorted(
    p.relative_to(ROOT / "lintransfer" / "table").with_suffix("").as_posix()
    for p in (ROOT / "lintransfer" / "table").glob("*/*.py")
    if p.name != "__init__.py"
)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_has_its_formulas_under_the_same_path(topic):
    theory = ROOT / "lintransfer" / "theory"
    assert (theory / f"{topic}.py").exists() or (theory / topic / "__init__.py").exists()


def test_proofs_lie_under_the_path_of_a_topic():
    folders = {p.parent.relative_to(ROOT / "derivations").as_posix() for p in PROOFS} - {"."}
    assert folders <= set(TOPICS)


def test_rows_name_derivations_of_their_own_family():
    from lintransfer.theorems import FAMILIES, THEOREMS

    assert {t.split("/")[0] for t in TOPICS} == set(FAMILIES)
    for row in THEOREMS:
        if row.derivation is not None:
            assert (ROOT / (row.derivation.replace(".", "/") + ".py")).exists(), row.name
