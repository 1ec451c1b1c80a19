"""Arc-cosine kernels: values, slopes and gradients in every arithmetic."""

from fractions import Fraction

import flint
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import sympy

from lintransfer.errors import DomainError
from lintransfer.theory.shallow_relu.kernels import (
    ANGLE_COEFFICIENTS,
    SEGMENT_COEFFICIENTS,
    both_layers_kernel,
    first_layer_kernel,
    first_layer_slope,
    kernel,
    kernel_slope,
    layer_weights,
    second_layer_kernel,
    second_layer_slope,
)

FUNCTIONS = (first_layer_kernel, second_layer_kernel, first_layer_slope, second_layer_slope)
# Both ends approached to rounding, and everything between.
COSINES = np.concatenate([np.linspace(-0.999, 0.999, 101), -1 + np.logspace(-16, -3, 40), 1 - np.logspace(-15, -3, 40)])


def fifty_digits(function, cosine):
    with mpmath.workdps(50):
        return function(mpmath.mpf(float(cosine)))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_floats_and_jax_agree_with_fifty_digits_in_relative_accuracy(function):
    exact = np.array([float(fifty_digits(function, c)) for c in COSINES])
    # The slope of K₁ passes through 0, where only the absolute error can be small.
    scale = np.maximum(np.abs(exact), 1e-2 if function is first_layer_slope else 0)
    np.testing.assert_array_less(np.abs(function(COSINES) - exact), 2e-14 * scale + 1e-320)
    np.testing.assert_array_less(np.abs(jax.jit(function)(jnp.array(COSINES)) - exact), 2e-14 * scale + 1e-320)


def test_the_ends_are_exact():
    assert (first_layer_kernel(1.0), first_layer_kernel(-1.0)) == (0.5, 0.0)
    assert (second_layer_kernel(1), second_layer_kernel(-1)) == (0.5, 0.0)
    assert both_layers_kernel(1.0) == 1.0
    assert (second_layer_slope(1.0), second_layer_slope(-1.0)) == (0.5, 0.0)
    assert (first_layer_slope(1.0), first_layer_slope(-1.0)) == (np.inf, -np.inf)


@pytest.mark.parametrize("trained", ["first", "second", (1.0, 0.25)])
def test_the_gradient_is_the_slope_everywhere_and_never_nan(trained):
    cosines = jnp.array([-1.0, -0.6, 0.0, 0.4, 1.0])
    values = jax.jit(jax.vmap(jax.grad(lambda c: kernel(c, trained))))(cosines)
    np.testing.assert_allclose(values, kernel_slope(np.array(cosines), trained), rtol=1e-14)
    assert not np.any(np.isnan(values))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_slopes_are_finite_differences(function):
    cosines = np.array([-0.9, -0.2, 0.0, 0.3, 0.95])
    numeric = (function(cosines + 1e-6) - function(cosines - 1e-6)) / 2e-6
    np.testing.assert_allclose(jax.jit(jax.vmap(jax.grad(function)))(jnp.array(cosines)), numeric, rtol=1e-7)


def test_every_arithmetic():
    third = Fraction(1, 3)
    np.testing.assert_allclose(second_layer_kernel(third), second_layer_kernel(1 / 3), rtol=1e-15)
    t = sympy.Symbol("t")
    assert sympy.diff(second_layer_kernel(t), t).subs(t, 0) == sympy.Rational(1, 4)
    assert first_layer_kernel(sympy.Integer(1)) == sympy.Rational(1, 2)
    ball = first_layer_kernel(flint.arb(0.3))
    assert (
        ball.contains(flint.arb(mpmath.nstr(fifty_digits(first_layer_kernel, 0.3), 50)))
        or abs(float(ball.mid()) - first_layer_kernel(0.3)) < 1e-15
    )
    objects = first_layer_kernel(np.array([mpmath.mpf("0.5"), mpmath.mpf(1)]))
    assert objects[1] == 0.5
    assert first_layer_kernel(np.float32(0.5)).dtype == np.float32


def test_a_cosine_beyond_rounding_outside_is_nan_and_within_rounding_is_an_end():
    assert np.isnan(first_layer_kernel(1.1)) and np.isnan(second_layer_kernel(-2.0))
    assert first_layer_kernel(1 + 1e-15) == pytest.approx(0.5, abs=1e-14)


def test_weights_of_the_layers():
    assert layer_weights("both") == (1, 1)
    assert kernel(0.3, (2.0, 3.0)) == pytest.approx(2 * first_layer_kernel(0.3) + 3 * second_layer_kernel(0.3))
    for wrong in ("third", (1,), (0, 0), (-1.0, 2.0), None):
        with pytest.raises(DomainError, match="trained"):
            layer_weights(wrong)


def test_the_coefficients_are_those_of_chebyshev_interpolation():
    mpmath.mp.dps = 40

    def angle(a):
        return mpmath.acos(a) / mpmath.sqrt(1 - a)

    def segment(a):
        theta = mpmath.acos(a)
        return (mpmath.sin(theta) - a * theta) / (1 - a) ** mpmath.mpf(1.5)

    for function, coefficients in ((angle, ANGLE_COEFFICIENTS), (segment, SEGMENT_COEFFICIENTS)):
        size = len(coefficients)
        nodes = [(1 + mpmath.cos(mpmath.pi * (k + mpmath.mpf(1) / 2) / size)) / 2 for k in range(size)]
        matrix = mpmath.matrix(size, size)
        for i, node in enumerate(nodes):
            for j in range(size):
                matrix[i, j] = node**j
        solved = mpmath.lu_solve(matrix, mpmath.matrix([function(node) for node in nodes]))
        assert tuple(float(x) for x in solved) == coefficients
    mpmath.mp.dps = 15
