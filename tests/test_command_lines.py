"""Command lines that ask for what cannot be: exit status 2, one line that says so, no traceback and no file."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

from lintransfer.cli import main

SMALL = "--dim 10 --n 5,20"
NUMBERS = (
    [f"{command} {option} {value}" for command in ("diagram", "curve", "complexity --risk 0.1") for option, value in (
        ("--dim", "0"), ("--dim", "-3"), ("--dim", "1e3"), ("--dim", "x"), ("--dim", "1" * 400), ("--dim", ""), ("--dim", "1"),
        ("--overlap", "1.1"), ("--overlap", "nan"), ("--overlap", "inf"), ("--overlap", "a"),
        ("--noise-std", "-1"), ("--noise-std", "nan"), ("--noise-std", "inf"),
        ("--source-norm", "-1"), ("--target-norm", "nan"), ("--n-source", "-1"), ("--n-source", "1.5"),
        ("--source-noise-std", "-1"), ("--inputs", "cube"), ("--inputs", "sphere --dim 1"), ("--inputs", f"sphere --dim {'9' * 400}"),
        ("--learner", "magic"), ("--learner", ""), ("--learner", "fine-tune:ridge=x"), ("--learner", "fine-tune:ridge=nan"),
        ("--learner", "fine-tune:ridge=-inf"), ("--learner", "fine-tune:time=-1"), ("--learner", "fine-tune:depth=0"),
        ("--learner", "fine-tune:depth=optimal"), ("--learner", "fine-tune:relu=third"), ("--learner", "fine-tune:width=3"),
        ("--learner", "fine-tune:relu=first,depth=2"), ("--learner", "linear-transfer:depth=2"), ("--learner", "fine-tune:=1"),
        ("--learner", "fine-tune:ridge=1e999x"), ("--teachers", "nowhere.npz"), ("--teachers", "."), ("--colour", "1"),
    )]
)  # fmt: skip
LISTS = [
    f"{command} --dim 10 {option}"
    for command in ("diagram", "curve")
    for option in (
        "--n 1:1000000000000:1", "--n 1:2:1e-300", "--n 1e300", "--n 9223372036854775808", "--n 1e999", "--n nan", "--n=-5", "--n 1.5",
        "--n none", "--n 1:5", "--n 5:1:1", "--n 1:5:0", "--n 1:5:-1", "--n 1:inf:1", "--n a,b", "--n ,", "--n 5,", "--n 1,5,nan",
        "--n 5 --key -1", "--n 5 --key x", "--n 5 --replicates 0", "--n 5 --replicates 1", "--n 5 --replicates -1",
        "--n 5 --replicates 99999999999999",
    )
]  # fmt: skip
AXES = [
    f"diagram {SMALL} {option}"
    for option in (
        "--axis overlap=0:1:1e-12", "--axis overlap", "--axis overlap=", "--axis =1", "--axis n=1,2", "--axis key=1", "--axis method=1",
        "--axis baseline=1", "--axis problem=1", "--axis overlap=0,0", "--axis overlap=0,2", "--axis overlap=nan", "--axis overlap=none",
        "--axis noise_std=-1,1", "--axis n_source=1.5", "--axis n_source=-1", "--axis depth=0.5,2", "--axis time=-1", "--axis ridge=nan",
        "--axis overlap=0,1 --axis overlap=0,1", "--axis overlap=0,1 --axis ridge=0,1", "--axis depth=2 --learner fine-tune:relu=first",
        "--axis target_norm=1,2 --target-norm 0", "--slices 2", "--slices nan", "--slices x", "--risk -1", "--risk nan", "--risk inf",
        "--risk x", "--baseline magic", "--baseline fine-tune:ridge=x", "--dim 1 --overlap 1",
    )
]  # fmt: skip
BIG = ["diagram --dim 1000000 --n 1:500000:1 --axis overlap=0:1:0.00001"]
FILES = [
    f"{command} {option} {path}"
    for command, options in (("diagram", ("--figure", "--data")), ("curve", ("--figure", "--data")), ("diagnose good.npz", ("--figure",)),
                             ("verify untrained-risk", ("--report",)))
    for option in options
    for path in (".", "/nowhere/x.png", "/dev/full", "/proc/x.png", "good.npz/x.png", f"{'x' * 300}.png", "''")
] + [
    "diagram --figure x.foo", "diagram --figure x", "curve --figure x.exe", "diagnose good.npz --figure x.foo", "verify --report x.doc",
    "verify --report x", "diagram --figure x.png --data x.png", "curve --figure x.png --data ./x.png",
]  # fmt: skip
ARRAYS = ("truncated.npz", "corrupt.npz", "empty.npz", "one.npy", "table.npz", "python.npz", "objects.npz", "texts.npz", "complex.npz",
          "ragged.npz", "lacking.npz", "nan.npz", "bools.npz", "nowhere.npz", ".", f"{'x' * 300}.npz", "dates.npz")  # fmt: skip
READ = [f"diagnose {path}" for path in ARRAYS] + [
    f"curve --n 5 --teachers {path}" for path in (*ARRAYS, "covariance.npz", "negative.npz") if path != "corrupt.npz"
]
REST = [
    "", "nothing", "--dim 5", "curve --method magic --n 5 --dim 10", "complexity", "complexity --risk -1", "complexity --risk nan",
    "complexity --risk x", "complexity --risk", "diagnose", "diagnose good.npz --n 0", "diagnose good.npz --n -1", "diagnose good.npz --n 1.5",
    "diagnose good.npz --error -1", "diagnose good.npz --error 0", "diagnose good.npz --error nan", "diagnose good.npz --key -1",
    f"diagnose good.npz --n {'9' * 400}", "verify --key -1", "verify untrained-risk --key -1", "verify no-such-theorem", "verify ''",
    "verify --key x", f"verify untrained-risk --key {'9' * 30}", "theorems no-such-theorem", "theorems ''", "cite no-such-theorem",
    "cite --style apa", "cite min-norm-risk --style ''", "cite ''", "curve --teachers good.npz --inputs sphere", "curve extra",
    "curve --inputs", "diagram --json=1",
]  # fmt: skip
LINES = [*NUMBERS, *LISTS, *AXES, *BIG, *FILES, *READ, *REST]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files that are not what they should be, and one that is."""
    there, rng = tmp_path_factory.mktemp("files"), np.random.default_rng(0)
    X = rng.standard_normal((40, 3))
    good = {"X": X, "y": X @ np.ones(3) + rng.standard_normal(40), "source": np.ones(3), "target": np.ones(3)}

    def store(name, **changes):
        with open(there / name, "wb") as file:
            np.savez(file, **{k: v for k, v in {**good, **changes}.items() if v is not None})

    store("good.npz")
    whole = (there / "good.npz").read_bytes()
    (there / "truncated.npz").write_bytes(whole[: len(whole) // 2])
    (there / "corrupt.npz").write_bytes(whole[:200] + bytes(reversed(whole[200:700])) + whole[700:])  # in X
    (there / "empty.npz").write_bytes(b"")
    np.save(there / "one.npy", X)
    (there / "table.npz").write_text("1,2,3\n4,5,6\n")
    (there / "python.npz").write_bytes(pickle.dumps(good))
    store("objects.npz", source=np.array([1, None, 2.0], dtype=object), X=np.array([{}], dtype=object))
    store("texts.npz", source=np.array(["1", "2", "3"]))
    store("complex.npz", source=np.ones(3) * 1j)
    store("ragged.npz", source=np.ones(4))
    store("lacking.npz", source=None)
    store("nan.npz", source=np.array([1.0, np.nan, 1.0]))
    store("bools.npz", source=np.array([True, False, True]))
    store("dates.npz", source=np.array(["2020", "2021", "2022"], "datetime64[Y]"))
    store("covariance.npz", covariance=np.array(["a", "b", "c"]))
    store("negative.npz", covariance=np.array([1.0, 1.0, -1.0]))
    return there


def words(line):
    return ["" if word == "''" else word for word in line.split(" ")] if line else []


@pytest.mark.parametrize("line", LINES, ids=[line[:80] for line in LINES])
def test_one_line_and_status_2(line, folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    before = sorted(os.listdir("."))
    try:
        status = main(words(line))
    except SystemExit as end:
        status = end.code
    shown = capsys.readouterr()
    assert status == 2 and shown.out == ""
    assert len(shown.err.splitlines()) == 1 and shown.err.startswith("lintransfer") and "pickle" not in shown.err
    assert sorted(os.listdir(".")) == before


WORKING = [
    "diagram --dim 2", "diagram --dim 2 --n 0,1,2,3,4,5", "diagram --dim 1 --overlap 1 --axis overlap=-1,1", "diagram --dim 10 --n 5,20 --axis time=0,1",
    "diagram --dim 10 --n 5,20 --axis overlap=0,1 --target-norm 0 --slices none", "diagram --dim 10 --n 5,20 --axis depth=1,2,inf",
    "diagram --dim 1000000000 --axis overlap=0,1 --slices none", "curve --dim 10 --n 9007199254740992", "diagram --dim 10 --n 5,20 --axis ridge=0,inf",
]  # fmt: skip


@pytest.mark.parametrize("line", WORKING)
def test_odd_but_possible(line, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(words(line) + (["--replicates", "2"] if line.startswith("diagram") else [])) == 0
    shown = capsys.readouterr()
    assert shown.out and shown.err == "" and not os.listdir(".")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.parametrize("line", ["theorems", "cite", "complexity --risk 0.1 --dim 10", "curve --dim 10 --n 5"])
def test_a_full_output_is_one_line(line):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "lintransfer", *line.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and "standard output must be writable" in done.stderr


def test_a_terminal_without_greek(tmp_path):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    for line in ("complexity --risk -1", "theorems"):
        done = subprocess.run(
            [sys.executable, "-m", "lintransfer", *line.split()], capture_output=True, env=environment, check=False
        )
        assert b"Traceback" not in done.stderr


def test_there_are_many():
    assert len(LINES) >= 209
