"""The fixed-node integral against integrals known in closed form."""

import math
from fractions import Fraction

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from lintransfer.arithmetic import exp, log1p
from lintransfer.numerics.quadrature import elementwise, integrate, negligible_exponent


@pytest.mark.parametrize("rate", [1.0, 0.1, 30.0])
def test_exponential_decay_over_any_length(rate):
    length = negligible_exponent(rate) / rate
    assert integrate(lambda y, a: exp(-a * y), length, rate) == pytest.approx(1 / rate, rel=1e-14)


def test_structure_at_both_ends_of_a_long_interval():
    """1/(1 + y) − 1/(1 + L + 1 − y) cancels, each half is log(1 + L)."""
    reach = 700.0
    left = integrate(lambda y, _: 1 / (1 + y), reach, 0.0)
    right = integrate(lambda y, _: 1 / (1 + reach - y), reach, 0.0)
    assert left == pytest.approx(math.log1p(reach), rel=1e-12)
    assert right == pytest.approx(math.log1p(reach), rel=1e-12)


def test_branch_point_at_the_end():
    assert integrate(lambda y, _: np.sqrt(1 - y), 1.0, 0.0) == pytest.approx(2 / 3, rel=1e-14)


def test_broadcasts_over_reach_and_parameters():
    values = integrate(lambda y, a: a * y, np.array([1.0, 2.0]), np.array([[1.0], [3.0]]))
    np.testing.assert_allclose(values, [[0.5, 2.0], [1.5, 6.0]], rtol=1e-13)


def test_mpmath_at_working_precision():
    with mpmath.workdps(40):
        value = integrate(lambda y, a: exp(-a * y), negligible_exponent(mpmath.mpf(1)), mpmath.mpf(1))
        assert abs(value - 1) < mpmath.mpf(10) ** -38


def test_jax_keeps_the_dtype_and_takes_no_derivative_of_the_reach():
    low = integrate(lambda y, a: exp(-a * y), jnp.float32(20.0), jnp.float32(2.0))
    assert low.dtype == jnp.float32 and float(low) == pytest.approx(0.5, rel=1e-5)
    slope = jax.grad(lambda a: integrate(lambda y, a: a * y, 2 * a, a))(3.0)
    assert float(slope) == pytest.approx(18.0)  # ½(2a)² at fixed reach, not 3·½(2a)²


def test_elementwise_follows_exact_numbers_and_object_arrays():
    function = elementwise(lambda x, y: log1p(x) + y)
    assert isinstance(function(Fraction(0), 1), float)
    array = function(np.array([mpmath.mpf(0), mpmath.mpf(1)], dtype=object), y=2)
    assert array.dtype == object and float(array[1]) == pytest.approx(2 + math.log(2))
