"""Every limit of the table can refuse: it looks at the formula that it is handed, and notices a wrong one."""

from dataclasses import dataclass

import numpy as np
import pytest

from lintransfer.precision import map_leaves
from lintransfer.table.mutants import dropped, instead, moved, scaled, swapped, times
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import Limit, Mutant
from lintransfer.theorems import THEOREMS
from lintransfer.verification.limits import limit_failures

LIMITS = [pytest.param(row, limit, id=f"{row.name}: {limit.text}") for row in THEOREMS for limit in row.limits]


def off(value):
    """Another number; one where there was none, or where it was beyond all bounds."""
    return 1.2345 * value + 0.777 if abs(float(value)) < 1e6 else 0.777


@dataclass
class OffLaw:
    law: object

    def mean(self):
        return off(self.law.mean())

    def var(self):
        return off(self.law.var())

    def median(self):
        return off(self.law.median())

    def ppf(self, share):
        return 1.2345 * self.law.ppf(share) + 0.777

    def cdf(self, value):
        return self.law.cdf((value - 0.777) / 1.2345)

    def sf(self, value):
        return self.law.sf((value - 0.777) / 1.2345)


def broken(formula):
    def wrong(*args, **arguments):
        value = formula(*args, **arguments)
        if hasattr(value, "cdf"):
            return OffLaw(value)
        return np.vectorize(off, otypes=[float])(value) if isinstance(value, np.ndarray) else map_leaves(value, off)

    return wrong


@pytest.mark.parametrize(("row", "limit"), LIMITS)
def test_every_limit_refuses_a_broken_formula(row, limit):
    assert limit_failures(limit, broken(row.formula), crash_fails=False)


def test_a_point_where_the_mutant_does_not_run_is_no_refusal():
    def crash(n):
        raise ValueError

    limit = Limit("none", 0.0, ({"n": 1},))
    assert limit_failures(limit, crash) and not limit_failures(limit, crash, crash_fails=False)


def test_given_arguments_are_not_told_to_the_right():
    limit = Limit("sum", lambda n: n + 2, ({"n": 1},), given={"noise": 2})
    assert not limit_failures(limit, lambda n, noise: n + noise)
    assert limit_failures(limit, lambda n, noise: n)
    half = Limit("half", lambda n: n + 2, ({"n": 1},), left=lambda formula, n: formula(2 * n) / 2, given={"noise": 4})
    assert not limit_failures(half, lambda n, noise: n + noise)


def whole(n, dim, noise=0.5):
    return {"risk": n / dim + noise}


@pytest.mark.parametrize(
    ("change", "value", "text"),
    [
        (dropped("noise"), 0.25, "noise dropped"),
        (times(2), 1.5, "2 times the result"),
        (times(lambda dim: 2 / dim), 0.375, "another factor"),
        (scaled(noise=2), 1.25, "2·noise for noise"),
        (moved(n=-1), 0.5, "n − 1 for n"),
        (swapped("n", "dim"), 4.5, "n and dim swapped"),
        (instead(n="dim"), 1.5, "dim for n"),
        (instead(dim=1), 1.5, "1 for dim"),
        (instead(noise=lambda n, noise: n * noise), 0.75, "another value for noise"),
    ],
)
def test_a_change_makes_a_mutant(change, value, text):
    assert change.text == text
    for mutant in (change, Mutant("in words", change)):
        assert mutant.of(whole)(1, dim=4) == {"risk": value}
    assert change.of(lambda **a: whole(**a))(n=1, dim=4, noise=0.5) == {"risk": value}


def test_a_mutant_is_called_as_the_formula_with_the_arguments_that_it_names():
    assert Mutant("d − 1 for d", lambda dim, noise: dim - 1 + noise).of(whole)(1, dim=4) == 3.5
    assert Mutant("all that is given", lambda n, **others: others).of(whole)(1, 4) == {"dim": 4}


def test_a_change_of_an_argument_that_the_formula_lacks_is_no_mutant():
    with pytest.raises(TypeError, match="not given"):
        dropped("ridge").of(whole)(1, 4)


def test_points():
    assert grid(n=range(1, 3), dim=[4, 8], noise=0.5)[2] == {"n": 2, "dim": 4, "noise": 0.5}
    assert growing("time", n=3, dim=5, time=1.5, noise=0.5)[1] == {"n": 6, "dim": 10, "time": 3, "noise": 0.5}
    experiment = asymptotic(None, grid(dim=[10, 20]), 4)
    assert experiment.compare == "asymptotic" and experiment.allowance(dim=20) == 0.2
