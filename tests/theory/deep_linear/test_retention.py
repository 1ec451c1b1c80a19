"""The retention factor: one root in every arithmetic and over the whole domain."""

import math
from fractions import Fraction

import flint
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import sympy
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere, close

from lintransfer.precision import enclose
from lintransfer.theory.deep_linear.retention import (
    deep_retention_correction,
    infinite_norm_ratio,
    infinite_retention,
    norm_ratio,
    norm_ratio_residual,
    retention_factor,
    two_layer_norm_ratio,
    two_layer_retention,
)


@pytest.mark.parametrize(
    ("depth", "null", "fit"), [(1, 0.4, 1.2), (1.5, 0.05, 30.0), (3, 0.999, 1e-4), (5.25, 1.0, 2.0), (1e6, 0.7, 1e8)]
)
def test_every_arithmetic(depth, null, fit):
    for formula in (norm_ratio, retention_factor):
        assert_same_everywhere(formula, depth=depth, null_fraction=null, fit_ratio=fit)


def test_closed_forms_in_every_arithmetic():
    for formula in (two_layer_retention, two_layer_norm_ratio, infinite_retention, infinite_norm_ratio):
        assert_same_everywhere(formula, null_fraction=0.4, fit_ratio=1.2)
    assert_same_everywhere(deep_retention_correction, depth=100.0, null_fraction=0.4, fit_ratio=1.2)


def test_root_over_the_whole_domain_at_eleven_digits():
    rng = np.random.default_rng(0)
    size = 400
    depth = 1 + 10 ** rng.uniform(-6, 9, size)
    row = 10 ** rng.uniform(-14, 0, size)
    null = np.where(rng.random(size) < 0.5, 1 - row, rng.random(size))
    row = np.where(null == 1 - row, row, 1 - null)
    fit = 10 ** rng.uniform(-30, 30, size)
    found = norm_ratio(depth, null, fit, row)
    with mpmath.workdps(50):
        for value, *arguments in zip(found, depth, null, fit, row, strict=True):
            assert close(value, norm_ratio(*map(mpmath.mpf, arguments)), 1e-12), arguments


def test_row_fraction_keeps_the_digits_that_one_minus_a_loses():
    # L = ∞ and A = 1 − 10⁻¹⁴: x = B/(1 − A).
    assert norm_ratio(math.inf, 1 - 1e-14, 1e-14, 1e-14) == 1.0
    assert abs(norm_ratio(math.inf, 1 - 1e-14, 1e-14) - 1) > 1e-4


@pytest.mark.parametrize("depth", [1, 1.5, 2, 7, math.inf])
def test_limits(depth):
    assert norm_ratio(depth, 0.0, 2.5) == pytest.approx(2.5, rel=1e-14)
    assert norm_ratio(depth, 0.4, 0.0) == pytest.approx(0.4**depth, rel=1e-13)
    assert norm_ratio(depth, 1, 0) == pytest.approx(1, rel=1e-14)
    assert norm_ratio(depth, 0, 0) == 0
    assert norm_ratio(depth, 0.25, 0.75) == pytest.approx(1, rel=1e-14)
    assert norm_ratio(depth, 0.4, math.inf) == math.inf
    assert retention_factor(depth, 0.25, 0.75) == pytest.approx(1, rel=1e-14)


def test_infinite_depth_is_blind_to_the_norm_of_the_source():
    for scale in (1e-12, 1.0, 1e12):
        assert retention_factor(math.inf, 0.4, 2.0 * scale) / scale**0.5 == pytest.approx((2 / 0.6) ** 0.5, rel=1e-13)
    assert infinite_norm_ratio(1, 0.5) == math.inf and infinite_norm_ratio(1, 0) == 1


def test_outside_the_domain_is_nan():
    for arguments in ((0.5, 0.4, 1.0), (2, -0.1, 1.0), (2, 1.1, 1.0), (2, 0.4, -1.0), (math.nan, 0.4, 1.0)):
        assert math.isnan(norm_ratio(*arguments))
        assert math.isnan(jax.jit(norm_ratio)(*map(jnp.asarray, arguments)))


def test_retention_moves_monotonically_with_depth():
    depth = np.concatenate([np.linspace(1, 30, 200), [np.inf]])
    assert np.all(np.diff(retention_factor(depth, 0.5, 2.0)) > 0)
    assert np.all(np.diff(retention_factor(depth, 0.5, 0.1)) < 0)


def test_depth_correction_is_second_order():
    for null, fit in ((0.2, 3.0), (0.7, 0.4)):
        exact = [retention_factor(L, null, fit) / infinite_retention(null, fit) for L in (1e3, 2e3)]
        left = [abs(e - deep_retention_correction(L, null, fit)) for e, L in zip(exact, (1e3, 2e3), strict=True)]
        assert left[0] / left[1] == pytest.approx(4, rel=0.02)


def test_gradients_including_depth_and_the_edges():
    for depth, null, fit in ((3.0, 0.5, 1.2), (1.0, 0.5, 2.0), (2.5, 0.999, 0.3)):
        assert_gradient(norm_ratio, ("null_fraction", "fit_ratio"), depth=depth, null_fraction=null, fit_ratio=fit)
    assert_gradient(retention_factor, ("depth",), depth=3.0, null_fraction=0.5, fit_ratio=1.2)
    # At B = 0 the root is A^L, and dx/dB = L.
    slopes = jax.grad(norm_ratio, (1, 2))(3.0, 0.9, 0.0)
    np.testing.assert_allclose(slopes, (3 * 0.81, 3.0), rtol=1e-12)


def test_second_derivative_through_the_solver():
    second = jax.grad(jax.grad(lambda a: norm_ratio(2.0, a, 1.2)))(0.5)
    closed = jax.grad(jax.grad(lambda a: two_layer_norm_ratio(a, 1.2)))(0.5)
    assert float(second) == pytest.approx(float(closed), rel=1e-11)


def test_fractions_stay_exact_where_the_root_is_rational():
    assert norm_ratio(1, Fraction(1, 3), Fraction(2)) == Fraction(7, 3)
    assert norm_ratio_residual(Fraction(4), 1, Fraction(1, 2), Fraction(7, 2)) == 0


def test_symbols_have_closed_forms_for_one_two_and_infinite_layers():
    a, b = sympy.symbols("a b", positive=True)
    assert norm_ratio(1, a, b) == a + b
    assert sympy.simplify(norm_ratio(2, a, b) - two_layer_norm_ratio(a, b)) == 0
    assert sympy.simplify(norm_ratio(sympy.oo, a, b) - b / (1 - a)) == 0
    deep = norm_ratio(3, a, b).subs({a: sympy.Rational(1, 2), b: sympy.Rational(6, 5)}).evalf(40)
    with mpmath.workdps(50):
        exact = norm_ratio(mpmath.mpf(3), mpmath.mpf(1) / 2, mpmath.mpf(6) / 5)
        assert abs(mpmath.mpf(str(deep)) - exact) < mpmath.mpf(10) ** -38


def test_balls_are_proofs():
    ball = enclose(
        lambda null_fraction, fit_ratio: norm_ratio(3, null_fraction, fit_ratio),
        {"null_fraction": 0.4, "fit_ratio": 1.2},
        0.01,
    )
    for null in (0.396, 0.404):
        for fit in (1.188, 1.212):
            assert ball.contains(flint.arb(norm_ratio(3, null, fit)))
    assert not ball.contains(flint.arb(norm_ratio(3, 0.42, 1.25)))
