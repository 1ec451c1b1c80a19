"""One function, many kinds of number."""

from fractions import Fraction

import flint
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import sympy

from lintransfer import arithmetic as am

FUNCTIONS = [
    "sqrt",
    "exp",
    "log",
    "sin",
    "cos",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "atanh",
    "arccos",
    "gammaln",
    "log1p",
    "expm1",
]
X = Fraction(3, 8)


@pytest.mark.parametrize("name", [*FUNCTIONS, "acosh"])
def test_every_kind_of_number_gives_the_same_value(name):
    function = getattr(am, name)
    x = X + 1 if name == "acosh" else X
    expected = float(function(mpmath.mpf(x.numerator) / x.denominator))
    values = [
        function(float(x)),
        function(x),
        function(np.full(2, float(x)))[1],
        function(np.array([mpmath.mpf(float(x))], dtype=object))[0],
        function(jnp.asarray(float(x))),
        jax.jit(function)(float(x)),
        sympy.N(function(sympy.Rational(x.numerator, x.denominator))),
        function(flint.arb(x.numerator) / x.denominator),
    ]
    np.testing.assert_allclose([float(v) for v in values], expected, rtol=1e-14)


def test_square_roots_of_squares_stay_exact():
    assert am.sqrt(Fraction(9, 16)) == Fraction(3, 4)
    assert isinstance(am.sqrt(Fraction(9, 16)), Fraction)


def test_where_selects_in_every_arithmetic():
    x = sympy.Symbol("x")
    assert am.where(True, Fraction(1, 3), 2) == Fraction(1, 3)
    assert am.where(x > 0, x, -x).subs(x, -3) == 3
    np.testing.assert_array_equal(am.where(np.array([True, False]), 1, 2), [1, 2])
    assert jax.jit(lambda v: am.where(v > 0, v, -v))(-2.0) == 2


def test_ratio_where_never_divides_by_zero():
    assert am.ratio_where(False, 1, 0, float("inf")) == float("inf")
    slope = jax.grad(lambda v: am.ratio_where(v > 0, 1.0, v, 0.0))(0.0)
    assert slope == 0


@pytest.mark.parametrize("kind", [float, Fraction, mpmath.mpf, flint.arb, sympy.Integer])
def test_extremes(kind):
    assert am.maximum(kind(2), kind(3)) == 3
    assert am.minimum(kind(2), kind(3)) == 2


def test_totals():
    assert am.total([Fraction(1, 3), Fraction(2, 3)]) == 1
    np.testing.assert_array_equal(am.total(np.ones((2, 3))), [3, 3])
    np.testing.assert_array_equal(am.per_mode(np.ones(2)).shape, (2, 1))
    assert am.per_mode(2.0) == 2.0
