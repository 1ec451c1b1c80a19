"""The command line as a new user meets it."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from lintransfer.cli import main


def run(capsys, *arguments):
    status = main([str(a) for a in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_diagram_writes_picture_and_data_and_prints_a_summary(capsys, tmp_path):
    figure, data = tmp_path / "d.png", tmp_path / "d.nc"
    status, out, _ = run(
        capsys, "diagram", "--dim", 40, "--axis", "overlap=0:1:0.1", "--n", "4:80:4", "--replicates", 5,
        "--figure", figure, "--data", data,
    )  # fmt: skip
    assert status == 0
    assert "LinearTransfer: helps in" in out and "samples for risk 0.1" in out and "simulated slices" in out
    assert figure.stat().st_size > 10_000 and data.stat().st_size > 1000


def test_diagram_without_paths_writes_nothing(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, _ = run(capsys, "diagram", "--dim", 30, "--n", "5,10", "--axis", "noise_std=0:1:0.5", "--json")
    assert status == 0 and list(tmp_path.iterdir()) == []
    assert set(json.loads(out)["learners"]) == {"LinearTransfer", "FineTune"}


def test_curve_and_complexity(capsys):
    status, out, _ = run(capsys, "curve", "--dim", 50, "--n", "10,50,100", "--json")
    table = json.loads(out)
    assert status == 0 and table["n"] == [10, 50, 100]
    assert table["risk"]["FineTune"][1] == "inf"
    status, out, _ = run(capsys, "complexity", "--dim", 50, "--risk", 0.3, "--learner", "fine-tune:ridge=optimal")
    assert status == 0 and out.startswith("FineTune(ridge=optimal): n = ")


def test_teachers_from_a_file(capsys, tmp_path):
    path = tmp_path / "teachers.npz"
    np.savez(path, source=[1.0, 0, 1], target=[1.0, 1, 0], covariance=[3.0, 2, 1])
    status, out, _ = run(capsys, "curve", "--teachers", path, "--n", "0,9", "--learner", "scratch")
    assert status == 0 and "5" in out.splitlines()[1]


def test_theorems_and_citations(capsys):
    status, out, _ = run(capsys, "theorems", "min-norm-risk")
    assert status == 0 and "derivation: derivations.linear.isotropic.min_norm_risk" in out
    status, out, _ = run(capsys, "theorems")
    assert len(out.splitlines()) > 20
    status, out, _ = run(capsys, "cite", "min-norm-risk")
    assert status == 0 and "arXiv:2410.08194" in out
    status, out, _ = run(capsys, "theorems", "aligned-time")
    assert status == 0 and "(covers depth = 4)" in out and "source (cited): Saxe" in out
    status, out, _ = run(capsys, "cite", "min-norm-risk", "--style", "bibtex")
    assert status == 0 and "@inproceedings{tahir2024," in out
    status, out, _ = run(capsys, "cite", "paired-transferability-variance", "--style", "bibtex", "--json")
    found = json.loads(out)
    assert found["follows"] == {"paired-transferability-variance": ["paired-transferability-law"]}
    assert found["not_found"] == ["paired-transferability-law"] and found["software"].startswith("@misc{lintransfer,")


def test_verify_succeeds_and_writes_its_report(capsys, tmp_path):
    report = tmp_path / "report.md"
    status, out, _ = run(capsys, "verify", "paired-transferability", "--quick", "--report", report)
    assert status == 0 and "paired-transferability" in report.read_text(encoding="utf-8") and "PASS" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["curve", "--dim", "0"], "dim must be a whole number ≥ 1, got 0"),
        (["curve", "--overlap", "2"], "overlap must be a cosine between -1 and 1, got 2.0"),
        (["curve", "--learner", "magic"], "learner must be one of scratch, fine-tune, linear-transfer"),
        (["curve", "--learner", "fine-tune:colour=1"], "option of fine-tune must be one of ridge, time"),
        (["curve", "--source-ridge", "best"], "source_ridge must be a number ≥ 0"),
        (["curve", "--n-features", "3", "--source-ridge", "1"], "source-ridge must be left out with --n-features"),
        (["curve", "--method", "magic"], "method must be one of auto"),
        (["curve", "--n", "10", "--figure", "/nowhere/x.png"], "output path must lie in an existing folder"),
        (["curve", "--n", "10", "--figure", "x.exe"], "output path must end in a picture format"),
        (["curve", "--teachers", "/nowhere.npz"], "teachers must be a readable .npz file"),
        (["complexity", "--risk", "-1"], "risk must be a finite number ≥ 0"),
        (["diagnose", "/nowhere.npz"], "nowhere.npz"),
        (["cite", "--style", "apa"], "style must be one of text, bibtex, got 'apa'"),
        (["verify", "no-such-theorem"], "there is no theorem 'no-such-theorem'"),
        (["verify", "--report", "x.doc"], "report must be a path that ends in .json or .md"),
        (["diagram", "--axis", "colour=1,2"], "axis must be one of overlap"),
    ],
)
def test_mistakes_get_one_line_and_status_2(capsys, arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *arguments)
    lines = [line for line in err.splitlines() if line.startswith("lintransfer")]
    assert status == 2 and out == "" and len(lines) == 1
    assert message in lines[0] and "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_the_best_source_ridge_on_the_command_line(capsys):
    options = ["curve", "--dim", "30", "--n", "5", "--n-source", "40", "--source-noise-std", "0.8", "--json"]
    risks = []
    for ridge in ("0", "5", "optimal"):
        status, out, _ = run(capsys, *options, "--learner", "fine-tune:ridge=1", "--source-ridge", ridge)
        assert status == 0
        risks.append(json.loads(out)["risk"]["FineTune(ridge=1)"][0])
    assert risks[2] <= min(risks[:2])


def test_a_bad_list_is_refused_by_the_parser(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["curve", "--n", "a:b"])
    assert caught.value.code == 2
    assert "a list of numbers must be" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["", "diagram", "curve", "complexity", "diagnose", "verify", "theorems", "cite"])
def test_help(command):
    arguments = [sys.executable, "-m", "lintransfer", *([command] if command else []), "--help"]
    shown = subprocess.run(arguments, capture_output=True, text=True, env={**os.environ, "COLUMNS": "100"}, check=True)
    assert "usage: lintransfer" in shown.stdout
