"""Three honest claims, citations as text and BibTeX, what derivations cover, and the README's table."""

import importlib
import inspect
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import lintransfer as lt
from lintransfer.citations import credits_of
from lintransfer.papers import PAPERS, SOFTWARE
from lintransfer.table.row import CLAIMS, NOT_FOUND, Theorem
from lintransfer.theorems import THEOREMS, theorem
from lintransfer.theory.linear.laws import random_subspace_law, source_alignment_law

ROOT = Path(__file__).parent.parent
P = lt.TransferProblem.isotropic(dim=50, overlap=0.8, noise_std=0.2)
NAMES = {row.name for row in THEOREMS}
NOT_FOUND_ON = r"not found in the literature \(searched \d{4}-\d\d-\d\d\)"


def test_every_row_makes_one_of_three_claims_and_its_words_agree():
    for row in THEOREMS:
        assert row.claim in CLAIMS and not (row.papers and row.follows), row.name
        assert (row.claim == "cited") == bool(row.papers), row.name
        assert (row.claim == "follows") == row.source.startswith("follows from "), row.name
        assert (row.claim == "not found") == bool(re.match(NOT_FOUND_ON, row.source)), row.name
        for name in set(row.follows) & NAMES:
            assert name in row.source, (row.name, name)


def test_no_row_claims_to_be_new_or_first():
    for row in THEOREMS:
        words = re.sub(r"relu-first-layer-kernel|first[ -]layer", "", row.source.lower())
        assert not re.search(r"\b(new|first|novel)\b", words), (row.name, row.source)


def test_papers_are_known_and_every_one_is_used():
    used = {key for row in THEOREMS for key in (*row.papers, *row.see)}
    used |= {name for row in THEOREMS for name in row.follows if name not in NAMES}
    assert used == set(PAPERS)
    assert len({str(paper) for paper in PAPERS.values()}) == len(PAPERS)
    for row in THEOREMS:
        assert not set(row.see) & {*row.papers, *row.follows}, row.name


def test_papers_that_a_row_names_by_author_and_year_are_in_its_lists():
    for row in THEOREMS:
        listed = {*row.papers, *row.see, *row.follows} - NAMES
        for year in re.findall(r"\((\d{4})", row.source):
            assert any(key.rstrip("v1").endswith(year) or str(PAPERS[key].year) == year for key in listed), (
                row.name,
                year,
            )


def test_following_ends_somewhere():
    def depth(name, above=()):
        assert name not in above, (*above, name)
        return 1 + max((depth(n, (*above, name)) for n in theorem(name).follows if n in NAMES), default=0)

    assert max(depth(row.name) for row in THEOREMS) < 8


def fixed(value):
    """Whether an argument of a derivation fixes a number: one without symbols, or the length of a list."""
    if isinstance(value, list | tuple | np.ndarray):
        return True
    return isinstance(value, int | float) or not getattr(value, "free_symbols", {"a string or callable"})


def test_a_derivation_that_fixes_a_number_says_so():
    for row in THEOREMS:
        if row.derivation is None:
            assert not row.covers, row.name
            continue
        arguments = importlib.import_module(row.derivation).ARGUMENTS
        left_out = {
            name: p.default
            for name, p in inspect.signature(row.formula).parameters.items()
            if name not in arguments and isinstance(p.default, int | float) and not isinstance(p.default, bool)
        }
        numbers = [name for name, value in arguments.items() if fixed(value)] + list(left_out)
        assert bool(row.covers) == bool(numbers), (row.name, numbers, row.covers)
        assert row.covers in str(row)
        for name in ("depth", "n"):
            if isinstance(arguments.get(name), int):
                assert f"{name} = {arguments[name]}" in row.covers, row.name


def test_a_result_cites_the_papers_of_its_theorem():
    estimate = lt.risk(P, lt.FineTune(), 10)
    assert lt.cite(estimate) == lt.cite("min-norm-risk") == lt.cite(theorem("min-norm-risk"))
    assert str(PAPERS["tahir2024"]) in lt.cite(estimate).splitlines()
    assert "lintransfer" not in lt.cite(estimate)
    diagram = lt.phase_diagram(P, [lt.LinearTransfer()], n=[10], overlap=[0.5])
    assert str(PAPERS["tahir2024"]) in lt.cite(diagram, estimate)
    assert lt.cite(diagram.dataset) == lt.cite(diagram)


def test_estimates_may_name_a_theorem_for_every_element():
    names = np.array(
        [["min-norm-risk", "simulation"], ["ridge-risk", "min-norm-risk, frozen-features-risk"]], dtype=object
    )
    estimate = lt.Estimate(np.zeros((2, 2)), np.zeros((2, 2)), np.ones((2, 2), bool), "exact", names)
    found = credits_of(estimate)
    assert found.simulated and found.papers == credits_of("min-norm-risk", "ridge-risk", "frozen-features-risk").papers


def test_curves_sample_complexities_and_simulations_are_cited():
    curve = lt.risk_curve(P, [lt.Scratch(), lt.FineTune(ridge="optimal")], n=[10, 90])
    assert set(lt.cite("min-norm-risk", "optimal-ridge-risk").splitlines()) == set(lt.cite(curve).splitlines())
    assert lt.cite(lt.sample_complexity(P, lt.FineTune(), risk=0.3)) == lt.cite("min-norm-risk")
    simulated = lt.risk(P, lt.FineTune(), 10, method="designs", replicates=2)
    assert lt.cite(simulated).splitlines() == ["Simulated with lintransfer, by no theorem", str(SOFTWARE)]


@pytest.mark.parametrize(
    ("law", "name"),
    [
        (lambda: lt.risk_law(P, lt.FineTune(), 10), "min-norm-law"),
        (lambda: lt.risk_law(P, lt.Scratch(), 0), "min-norm-law"),
        (lambda: lt.risk_law(P, lt.Scratch(), 60), "least-squares-law"),
        (lambda: lt.risk_law(P, lt.LinearTransfer(), 10), "frozen-features-law"),
        (lambda: lt.risk_law(P, lt.LinearTransfer(), 0), "min-norm-head-law"),
        (lambda: lt.risk_law(P, lt.FineTune(lt.DeepLinear(2)), 10), "deep-risk-law"),
        (lambda: lt.transferability_law(P, lt.FineTune(), 10), "paired-transferability-law"),
        (lambda: lt.transferability_law(P, lt.FineTune(), 60), "paired-transferability-law"),
        (lambda: lt.transferability_law(P, lt.FineTune(lt.DeepLinear(2)), 10), "deep-transferability-law"),
        (lambda: lt.transferability_law(P, lt.FineTune(lt.DeepLinear(2)), 60), "deep-transferability-law"),
        (lambda: source_alignment_law(4, 10, 1.0, 0.5), "source-alignment-law"),
        (lambda: source_alignment_law(4, 10, 1.0, 0.0), "source-alignment-law"),
        (lambda: random_subspace_law(10, 4), "random-subspace-law"),
    ],
)
def test_laws_are_cited(law, name):
    assert law().theorem == name and lt.cite(law()) == lt.cite(name)


def test_the_software_is_credited_only_for_what_was_not_found():
    for row in THEOREMS:
        found = credits_of(row)
        assert ("lintransfer" in lt.cite(row)) == bool(found.not_found), row.name
        if row.claim == "cited":
            assert found.not_found == () and set(found.papers) == {*row.papers, *row.see}
    text = lt.cite("optimal-depth", "misaligned-orbit")
    assert f"{NOT_FOUND[0].upper()}{NOT_FOUND[1:]}; stated in lintransfer: misaligned-orbit, optimal-depth" in text
    assert "please cite the software" not in text and text.endswith(str(SOFTWARE))


def test_a_corollary_brings_what_it_follows_from():
    text = lt.cite("noiseless-samples-saved")
    assert str(PAPERS["belkin2020"]) in text
    assert "noiseless-samples-saved from noiseless-sample-complexity" in text and "lintransfer" not in text
    assert "stated in lintransfer: paired-transferability-law" in lt.cite("paired-transferability-variance")


def entries(text):
    """A small reader of BibTeX: key -> (kind, fields); comments are dropped."""
    text = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    found, rest = {}, text.strip()
    while rest:
        kind, key = re.match(r"@(\w+)\{([\w:-]+),", rest).groups()
        level, end = 0, None
        for position, letter in enumerate(rest):
            level += {"{": 1, "}": -1}.get(letter, 0)
            if letter == "}" and level == 0:
                end = position
                break
        assert end is not None, "unbalanced braces"
        assert key not in found
        fields = re.findall(r"^  (\w+) = \{(.*)\},$", rest[:end], flags=re.M)
        assert len(dict(fields)) == len(fields) == rest[:end].count("\n") - 1
        assert all(value.count("{") == value.count("}") for _, value in fields)
        found[key] = kind, dict(fields)
        rest = rest[end + 1 :].strip()
    return found


def test_bibtex_parses():
    everything = entries(lt.cite(style="bibtex"))
    assert list(everything) == list(PAPERS)
    for key, (kind, fields) in everything.items():
        assert {"author", "title", "year"} <= set(fields), key
        needs = {"article": "journal", "inproceedings": "booktitle", "book": "publisher", "misc": "eprint"}
        assert needs[kind] in fields, key
    assert everything["tahir2024"][1]["pages"] == "58142--58168" and everything["tahir2024"][1]["year"] == "2025"
    assert set(entries(lt.cite("optimal-depth", style="bibtex"))) == {"lintransfer"}
    assert "lintransfer" not in entries(lt.cite("min-norm-risk", style="bibtex"))


def test_the_software_is_cited_as_its_citation_file_says():
    data = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f'title: "{SOFTWARE.title}"' in data and f'name: "{SOFTWARE.authors}"' in data
    assert f"version: {SOFTWARE.version}\n" in data and f"date-released: {SOFTWARE.year}-" in data


def test_what_cannot_be_cited_is_refused():
    with pytest.raises(lt.UnknownNameError, match="cite takes estimates"):
        lt.cite(3)
    with pytest.raises(lt.UnknownNameError, match="did you mean min-norm-risk"):
        lt.cite("min-norm-risc")
    with pytest.raises(lt.UnknownNameError, match="style must be one of text, bibtex, got 'apa'"):
        lt.cite("min-norm-risk", style="apa")
    with pytest.raises(lt.UnknownNameError, match="with theorem 'mine'"):
        lt.cite(lt.Estimate(0.0, 0.0, True, "exact", "mine"))


def test_a_row_of_your_own_may_leave_its_claim_open():
    own = Theorem("mine", "exact", "1 = 1", lambda: 1, NOT_FOUND, "everywhere", covers="n = 1")
    assert own.claim == "not found" and "covers n = 1" in str(own)


def test_curves_hold_what_the_front_door_says(tmp_path):
    curve = lt.risk_curve(P, [lt.Scratch(), lt.FineTune(ridge="optimal")], n=[10, 50, 90])
    np.testing.assert_array_equal(
        curve.dataset.risk.sel(learner="Scratch"), lt.risk(P, lt.Scratch(), [10, 50, 90]).value
    )
    method = curve.dataset.method
    assert method.flag_meanings.split() == ["none", "exact", "asymptotic"] and method.flag_values.tolist() == [-1, 0, 1]
    assert method.values.tolist() == [[0, 0, 0], [1, 1, 1]]
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
