"""Fifty digits are fifty digits, enclosures enclose, and every container of numbers is converted and taken apart."""

import math
from collections import namedtuple
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.precision import (
    arb_precision,
    components,
    contains,
    convert,
    enclose,
    has_arb,
    map_leaves,
    to_fifty_digits,
    tolerance,
)

Pair = namedtuple("Pair", "first second")
needs_arb = pytest.mark.skipif(not has_arb(), reason="python-flint is not installed")


def risk(n, dim, noise_variance):
    return 1 - n / dim + noise_variance * n / (dim - n - 1)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_a_tolerance_lies_above_the_roundoff_of_its_type(dtype):
    assert np.finfo(dtype).eps < tolerance(dtype) < math.sqrt(np.finfo(dtype).eps)


def test_fifty_digits_take_floats_as_they_are_and_whole_numbers_as_exact():
    exact = risk(Fraction(3), 10, Fraction(0.3))
    value = to_fifty_digits(risk, {"n": 3, "dim": 10, "noise_variance": 0.3})
    with mpmath.workdps(60):
        assert abs(value - mpmath.mpf(exact.numerator) / exact.denominator) < mpmath.mpf(10) ** -48
    with mpmath.workdps(60):
        third = to_fifty_digits(lambda x: x, {"x": Fraction(1, 3)})
        assert abs(third - mpmath.mpf(1) / 3) < mpmath.mpf(10) ** -49


def test_the_ambient_precision_is_restored():
    before = mpmath.mp.dps
    to_fifty_digits(lambda x: x, {"x": 1.0})
    assert mpmath.mp.dps == before


def test_arrays_and_containers_are_converted_and_nothing_else():
    given_value = {"a": np.array([[1.0, 2.0]]), "b": [1, True, "text"], "c": Pair(2, None), "d": np.float64(0.5)}
    found = convert(given_value, lambda x: f"<{x}>")
    assert found["a"].shape == (1, 2) and found["a"][0, 1] == "<2.0>"
    assert found["b"] == ["<1>", True, "text"]
    assert found["c"] == Pair("<2>", None)
    assert found["d"] == "<0.5>"
    symbols = np.array(sympy.symbols("x y"), dtype=object)
    assert list(map_leaves(symbols, str)) == ["x", "y"]


def test_components_name_every_number():
    assert components(3.0) == {"": 3.0}
    assert components(np.float64(3.0)) == {"": 3.0}
    assert components((1, [2, 3])) == {"0": 1, "1.0": 2, "1.1": 3}
    assert components(Pair(1, {"x": 2})) == {"first": 1, "second.x": 2}
    assert components(np.array([[1.0, 2.0]])) == {"0,0": 1.0, "0,1": 2.0}


@needs_arb
@given(st.integers(0, 8), st.floats(0.01, 10), st.floats(-1, 1))
def test_an_enclosure_contains_the_values_of_its_box(n, noise_variance, where):
    radius = 1e-3
    ball = enclose(risk, {"n": n, "dim": 10, "noise_variance": noise_variance}, radius)
    inside = risk(n, 10, noise_variance * (1 + 0.999 * radius * where))
    assert contains(ball, inside, 1e-13)
    if n:
        assert not contains(ball, risk(n, 10, noise_variance * (1 + 2 * radius)) + 1e-6)


@needs_arb
def test_a_point_enclosure_is_tight_and_exact_in_whole_numbers_and_fractions():
    import flint

    ball = enclose(risk, {"n": 3, "dim": 10, "noise_variance": Fraction(1, 3)})
    with arb_precision():
        exact = flint.arb(7) / 10 + flint.arb(1) / 6
        assert ball.overlaps(exact) and float(ball.rad()) < 1e-60


@needs_arb
def test_the_precision_of_balls_is_restored_after_an_error():
    import flint

    before = flint.ctx.prec
    with pytest.raises(ZeroDivisionError), arb_precision(100):
        raise ZeroDivisionError
    assert flint.ctx.prec == before
