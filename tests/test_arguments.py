"""Every public call with every argument of a wrong type: an answer, or one line that says which argument and why."""

from collections import Counter

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers.wrong_types import WRONG, calls, outcome, probes

import lintransfer as lt

PROBES = sorted({(name, argument) for name, argument, _ in probes()})
# Calls that cost a second when they answer are asked only what they refuse; `python tests/helpers/wrong_types.py` asks all.
SLOW = ("diagnose", "from_data", "verify", "phase_diagram", "fit, narrow", "transferability, simulated")
PERHAPS = ("None", "bool", "numpy bool", "fraction", "scalar array", "list", "jax array", "matrix")
COUNT = Counter()


@pytest.fixture(scope="module")
def table():
    return calls()


@pytest.mark.parametrize(("name", "argument"), PROBES, ids=[f"{n}: {a}" for n, a in PROBES])
def test_wrong_types_are_refused_in_one_line(table, name, argument, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    functions = argument == "progress" or (argument == "source" and "fit, " in name) or argument in ("path", "result")
    found = {}
    for kind in WRONG:
        if name in SLOW and kind in PERHAPS:
            continue
        if functions and kind in ("class", "function", "text", "numeric text"):
            continue  # a function where one is meant, a path where one is meant
        found[kind] = outcome(table, name, argument, kind)
    COUNT.update(what for what, _ in found.values())
    assert not {kind: said for kind, (what, said) in found.items() if what in ("escaped", "unclear")}


def test_the_count(capsys):
    with capsys.disabled():
        print(f"\n{COUNT.total()} arguments of wrong types: {dict(COUNT)}")
    assert not COUNT["escaped"]


LIKE_FIVE = [5, 5.0, np.int64(5), np.int8(5), np.uint16(5), np.float64(5), np.float32(5), np.array(5), np.array(5.0)]


@pytest.mark.parametrize("five", LIKE_FIVE, ids=repr)
def test_numbers_of_numpy_are_numbers(five):
    p = lt.TransferProblem.isotropic(2 * five, 0.5, noise_std=five, n_source=five, source_norm=five)
    assert p == lt.TransferProblem.isotropic(10, 0.5, noise_std=5.0, n_source=5, source_norm=5.0)
    plain = lt.FineTune(ridge=5.0)
    assert lt.FineTune(ridge=five) == plain and hash(lt.FineTune(ridge=five)) == hash(plain)
    assert lt.DeepLinear(five) == lt.DeepLinear(5) and repr(lt.DeepLinear(five)) in ("DeepLinear(depth=5, imbalance=0.0)", "DeepLinear(depth=5.0, imbalance=0.0)")  # fmt: skip
    assert lt.ShallowReLU(2 * five) == lt.ShallowReLU(10)
    assert lt.DeepLinear(2, imbalance=five) == lt.DeepLinear(2, imbalance=5)
    assert float(lt.risk(p, plain, five)) == float(lt.risk(p, plain, 5))
    assert lt.sample_complexity(p, lt.Scratch(), five, n_max=10 * five).risk == 5.0
    assert lt.risk_law(lt.TransferProblem.isotropic(10, 0.5), lt.FineTune(), five).mean() > 0


@pytest.mark.parametrize(
    "strange", [np.ma.masked_greater([1.0, 2.0, 3.0], 2.5), np.array([1, 2, 3j]), ["1", "2", "3"], [True, 2, 3]]
)
def test_arrays_are_not_read_as_what_they_are_not(strange):
    X, y = np.eye(3), np.arange(3.0)
    for call in (
        lambda: lt.fit(lt.Scratch(), strange, y),
        lambda: lt.fit(lt.Scratch(), X, strange),
        lambda: lt.fit(lt.FineTune(), X, y, strange),
        lambda: lt.TransferProblem.from_teachers(strange, y),
        lambda: lt.TransferProblem.from_teachers(y, y, covariance=strange),
        lambda: lt.risk(lt.TransferProblem.isotropic(10, 0.5), lt.Scratch(), strange),
    ):
        with pytest.raises(lt.DomainError):
            call()


def test_traced_values_pass():
    def risk(c, ridge):
        p = lt.TransferProblem.isotropic(10, c, noise_std=0.1)
        return lt.risk(p, lt.LinearTransfer(ridge=ridge), 5).value

    value, slopes = jax.value_and_grad(risk, argnums=(0, 1))(0.5, 1.0)
    assert np.isfinite([value, *slopes]).all()
    source = jax.grad(lambda c: lt.risk(lt.TransferProblem.from_teachers([1.0, 0.0], [c, 1.0]), lt.FineTune(), 1).value)
    assert np.isfinite(source(0.5))
    assert lt.risk(lt.TransferProblem.isotropic(10, 0.5), lt.Scratch(), jnp.array([5, 20])).value.shape == (2,)
    with pytest.raises(lt.MissingMethodError, match="plain values"):
        jax.jit(lambda v: lt.fit(lt.Scratch(), v, np.ones(2)))(jnp.eye(2))


@pytest.mark.parametrize("names", [[], (), 3, b"x", {}, [3], [[]]])
def test_verify_needs_names(names):
    with pytest.raises((lt.DomainError, lt.UnknownNameError)):
        lt.verify(names)


def test_fits_without_a_minimum_or_beyond_float64_are_refused():
    rng = np.random.default_rng(0)
    X, y, start = rng.standard_normal((20, 5)), rng.standard_normal(20), np.ones(5)
    least = np.linalg.eigvalsh(X.T @ X)[0]
    for ridge in (-1e9, -least * (1 + 1e-9)):
        for method in ("exact", "flow"):
            with pytest.raises(lt.DomainError, match=r"ridge must be > -.*no minimum"):
                lt.fit(lt.Scratch(ridge=ridge), X, y, method=method)
    near = lt.fit(lt.Scratch(ridge=-least / 2), X, y)
    assert np.allclose((X.T @ X - least / 2 * np.eye(5)) @ near, X.T @ y)
    few = np.linalg.svd(X[:3], compute_uv=False)[-1] ** 2
    assert np.isfinite(lt.fit(lt.FineTune(ridge=-few / 2), X[:3], y[:3], start)).all()
    with pytest.raises(lt.DomainError, match="ridge must be"):
        lt.fit(lt.FineTune(ridge=-2 * few), X[:3], y[:3], start)
    with pytest.raises(lt.DomainError, match="ridge must be ≥ 0 with a stopping time"):
        lt.fit(lt.Scratch(ridge=-1e9, time=1.0), X, y)
    deep = lt.FineTune(lt.DeepLinear(2))
    for scale in (1e200, 1e-200, 1e-170):
        for call in (
            lambda k: lt.fit(lt.Scratch(), k * X, y),
            lambda k: lt.fit(lt.Scratch(), X, k * y),
            lambda k: lt.fit(deep, X, y, k * start),
        ):
            with pytest.raises(lt.DomainError, match="of a scale between"):
                call(scale)
