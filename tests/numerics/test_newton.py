"""The shared root finders."""

import jax
import mpmath
import numpy as np

from lintransfer.numerics.newton import bisected, newton


def step(u, a):
    return u - (u * u - a) / (2 * u)


def test_newton_in_every_arithmetic():
    values = np.array([2.0, 9.0])
    np.testing.assert_allclose(newton(step, lambda a: a, values), [2**0.5, 3], rtol=1e-15)
    assert float(jax.jit(lambda a: newton(step, lambda a: a, a))(9.0)) == 3
    with mpmath.workdps(50):
        assert abs(newton(step, lambda a: a, mpmath.mpf(2)) - mpmath.sqrt(2)) < mpmath.mpf(10) ** -48


def test_derivatives_up_to_the_third():
    root = lambda a: newton(step, lambda a: a, a)  # noqa: E731
    found = [jax.grad(root)(4.0), jax.grad(jax.grad(root))(4.0), jax.grad(jax.grad(jax.grad(root)))(4.0)]
    np.testing.assert_allclose(found, [1 / 4, -1 / 32, 3 / 256], rtol=1e-12)


def test_bisection_between_ends_in_either_order():
    excess = lambda u, a: u * u - a  # noqa: E731
    for ends in ((1.0, 4.0), (4.0, 1.0)):
        assert bisected(excess, step, ends, 4.0) == 2
    with mpmath.workdps(50):
        found = bisected(excess, step, (mpmath.mpf(1), mpmath.mpf(3)), mpmath.mpf(2))
        assert abs(found - mpmath.sqrt(2)) < mpmath.mpf(10) ** -48
    assert float(jax.grad(lambda a: bisected(excess, step, (1.0 + 0 * a, 4.0 + 0 * a), a))(4.0)) == 0.25
