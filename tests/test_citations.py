"""Citations, curves and the README's table: small views of the same rows."""

import sys
from pathlib import Path

import numpy as np
import pytest

import lintransfer as lt
from lintransfer.papers import PAPERS
from lintransfer.theorems import THEOREMS

ROOT = Path(__file__).parent.parent
P = lt.TransferProblem.isotropic(dim=50, overlap=0.8, noise_std=0.2)


def test_every_paper_named_by_a_row_is_known_and_every_known_paper_is_named():
    assert {key for row in THEOREMS for key in row.papers} <= set(PAPERS)


def test_a_result_cites_the_papers_of_its_theorem():
    estimate = lt.risk(P, lt.FineTune(), 10)
    assert lt.cite(estimate) == lt.cite("min-norm-risk")
    assert PAPERS["tahir2024"] in lt.cite(estimate).splitlines()
    diagram = lt.phase_diagram(P, [lt.LinearTransfer()], n=[10], overlap=[0.5])
    assert PAPERS["tahir2024"] in lt.cite(diagram, estimate)


def test_results_that_are_new_ask_for_the_software_to_be_cited():
    assert "lintransfer" in lt.cite("paired-transferability-variance")


def test_what_cannot_be_cited_is_refused():
    with pytest.raises(lt.UnknownNameError, match="cite takes estimates"):
        lt.cite(3)
    with pytest.raises(lt.UnknownNameError, match="did you mean min-norm-risk"):
        lt.cite("min-norm-risc")


def test_curves_hold_what_the_front_door_says(tmp_path):
    curve = lt.risk_curve(P, [lt.Scratch(), lt.FineTune(ridge="optimal")], n=[10, 50, 90])
    np.testing.assert_array_equal(curve.dataset.risk.sel(learner="Scratch"), lt.risk(P, lt.Scratch(), [10, 50, 90]).value)
    assert list(curve.dataset.method.values) == ["exact", "asymptotic"]
    assert "Scratch" in str(curve) and curve.plot().axes[0].get_ylabel() == "excess risk"
    curve.save(tmp_path / "curve.nc")
    assert [p.name for p in tmp_path.iterdir()] == ["curve.nc"]


def test_the_table_in_the_readme_is_the_table():
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        from theorem_table import with_table
    finally:
        sys.path.pop(0)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text == with_table(text), "run: python docs/theorem_table.py"
