"""Filters of the singular values: training by other means, gradient descent, and averages over the noise."""

import math
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.precision import enclose, to_fifty_digits
from lintransfer.simulate.end_to_end import least_squares
from lintransfer.theory.linear.conditional import (
    conditional_risk,
    direction_risk,
    factors,
    flow_filter,
    ridge_filter,
    spectral_filter,
    spectral_fit,
)

SHAPES = pytest.mark.parametrize("n, dim, rank", [(3, 5, 3), (8, 4, 4), (5, 5, 5), (6, 5, 3), (1, 1, 1)])
LEARNERS = pytest.mark.parametrize(
    "ridge, time", [(0.0, math.inf), (0.7, math.inf), (0.0, 2.5), (0.7, 2.5), (0.0, 0.0)]
)


def design(n, dim, rank, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, rank)) @ rng.standard_normal((rank, dim)) / math.sqrt(rank)


@SHAPES
@LEARNERS
def test_weights_agree_with_the_simulator(n, dim, rank, ridge, time):
    X = design(n, dim, rank)
    y, start = np.cos(np.arange(2.0 * n)).reshape(n, 2), np.ones((dim, 2))
    expected = least_squares(X, y, start, ridge, time)
    np.testing.assert_allclose(spectral_fit(X, y, start, ridge, time), expected, atol=1e-10)
    np.testing.assert_allclose(spectral_fit(X, y[:, 0], start[:, 0], ridge, time), expected[:, 0], atol=1e-10)


def test_plain_gradient_descent_ends_at_the_pseudo_inverse_solution():
    X, y, start = design(4, 6, 4), np.arange(4.0), np.ones(6)
    step = 1.9 / np.linalg.norm(X, 2) ** 2
    w = start
    for _ in range(20_000):
        w = w - step * X.T @ (X @ w - y)
    np.testing.assert_allclose(spectral_fit(X, y, start), w, atol=1e-9)
    np.testing.assert_allclose(w, start + np.linalg.pinv(X) @ (y - X @ start), atol=1e-9)


def test_small_steps_follow_the_flow_on_the_mean_loss():
    X, y, time, steps = design(5, 3, 3), np.arange(5.0), 1.5, 40_000
    w = np.zeros(3)
    for _ in range(steps):
        w = w - time / steps * (X.T @ (X @ w - y) + 0.4 * w) / 5
    np.testing.assert_allclose(spectral_fit(X, y, None, 0.4, time), w, atol=1e-4)


@SHAPES
@LEARNERS
def test_conditional_risk_is_the_mean_over_noise_vectors(n, dim, rank, ridge, time):
    """The risk is quadratic in the noise: its mean over ±√n e_i along every axis is its mean over the noise."""
    X, displacement = design(n, dim, rank), np.linspace(-1, 1, dim)
    root = design(dim, dim, dim, seed=1)
    covariance = root @ root.T
    noise = 0.6 * math.sqrt(n) * np.concatenate((np.eye(n), -np.eye(n)), axis=1)
    error = least_squares(X, (X @ displacement)[:, None] + noise, ridge=ridge, time=time) - displacement[:, None]
    mean = np.mean(np.sum(error * (covariance @ error), axis=0))
    assert conditional_risk(X, displacement, covariance, 0.36, ridge, time) == pytest.approx(mean, rel=1e-9, abs=1e-12)


def test_several_outputs_add():
    X, two = design(3, 5, 3), np.linspace(-1, 1, 10).reshape(5, 2)
    spectrum = np.arange(1, 6.0)
    expected = sum(conditional_risk(X, column, spectrum, 0.5) for column in two.T)
    assert conditional_risk(X, two, spectrum, 0.5) == pytest.approx(expected)


def test_no_data_leaves_the_start():
    empty = np.zeros((0, 3))
    assert conditional_risk(empty, np.array([1.0, 2.0, 0.0]), np.array([1.0, 2.0, 3.0]), 5.0) == 9.0
    assert spectral_fit(empty, np.zeros(0), np.ones(3)).tolist() == [1, 1, 1]
    assert spectral_fit(empty, np.zeros(0)).tolist() == [0, 0, 0]


def test_directions_sum_to_the_risk():
    X, displacement = design(3, 5, 3), np.linspace(-1, 2, 5)
    _, values, right = np.linalg.svd(X)
    energies = (right @ displacement) ** 2
    total = direction_risk(np.pad(values, (0, 2)), 3, energies, 0.2, 0.3, 4.0).sum()
    assert conditional_risk(X, displacement, np.ones(5), 0.2, 0.3, 4.0) == pytest.approx(total)


def test_filter_in_every_arithmetic():
    assert spectral_filter(Fraction(1, 2), 3, Fraction(1)) == Fraction(2, 5)
    assert spectral_filter(0, 3) == 0 and spectral_filter(0.0, 3, 0.0, 5.0) == 0 and spectral_filter(2, 3, 1, 0) == 0
    np.testing.assert_array_equal(
        spectral_filter(np.array([0.0, 1.0, 2.0]), 3, 1.0, np.array([1.0, 0.0, math.inf])), [0, 0, 0.4]
    )
    arguments = {"singular_value": 1e-4, "n": 7, "ridge": 0.0, "time": 3.0}
    exact = to_fifty_digits(spectral_filter, arguments)
    assert float(spectral_filter(**arguments) / exact - 1) == pytest.approx(0, abs=1e-14)
    assert enclose(spectral_filter, arguments, 1e-9).overlaps(enclose(spectral_filter, arguments))
    s, n, ridge, time = sympy.symbols("s n ridge time", positive=True)
    assert sympy.limit(flow_filter(s, n, ridge, time).subs(ridge, 1), time, sympy.oo) == ridge_filter(s, 1)


@pytest.mark.parametrize("ridge, time", [(0.0, math.inf), (0.5, math.inf), (0.3, 2.0)])
def test_jax_compiles_maps_and_differentiates(ridge, time):
    X, displacement, spectrum = design(3, 4, 3), np.linspace(-1, 1, 4), np.arange(1, 5.0)
    plain = conditional_risk(X, displacement, spectrum, 0.3, ridge, time)
    assert float(jax.jit(conditional_risk)(X, displacement, spectrum, 0.3, ridge, time)) == pytest.approx(plain)
    many = jax.vmap(conditional_risk, in_axes=(None, 0, None, None))(
        jnp.asarray(X), jnp.stack((jnp.asarray(displacement),) * 2), jnp.asarray(spectrum), 0.3
    )
    assert many.shape == (2,)
    gradient = jax.grad(lambda x: conditional_risk(x, displacement, spectrum, 0.3, ridge, time))(jnp.asarray(X))
    bump = np.zeros_like(X)
    bump[1, 2] = 1e-6
    high, low = (conditional_risk(X + s * bump, displacement, spectrum, 0.3, ridge, time) for s in (1, -1))
    assert float(gradient[1, 2]) == pytest.approx((high - low) / 2e-6, rel=1e-5)
    slopes = jax.grad(spectral_filter, argnums=(0, 2, 3))(0.0, 3, ridge, time)
    assert np.isfinite(slopes).all()


def test_fifty_digits_are_those_of_the_pseudo_inverse():
    import mpmath

    X, y = [[1, 2, 3], [0, 1, 1]], [1, 2]
    with mpmath.workdps(50):
        exact = np.array([[mpmath.mpf(entry) for entry in row] for row in X], dtype=object)
        found = spectral_fit(exact, np.array([mpmath.mpf(entry) for entry in y], dtype=object))
        # Xᵀ(XXᵀ)⁻¹y by hand: (XXᵀ)⁻¹ = [[2, −5], [−5, 14]]/3.
        expected = [mpmath.mpf(k) / 3 for k in (-8, 7, -1)]
        assert max(abs(a - b) for a, b in zip(found, expected, strict=True)) < mpmath.mpf(10) ** -45
    with pytest.raises(TypeError, match="of numbers only"):
        spectral_fit(np.array([[sympy.Symbol("x")]]), np.array([1.0]))


@given(
    n=st.integers(1, 8), more=st.integers(0, 5), rank=st.integers(1, 8), decades=st.floats(0, 12),
    size=st.sampled_from([1e-75, 1e-30, 1.0, 1e30, 1e75]), seed=st.integers(0, 2**32 - 1), several=st.booleans(),
)  # fmt: skip
def test_quick_interpolation_is_that_of_the_singular_values(n, more, rank, decades, size, seed, several):
    rng, dim = np.random.default_rng(seed), n + more
    left, right = (np.linalg.qr(rng.standard_normal((k, k)))[0] for k in (n, dim))
    values = np.where(np.arange(n) < rank, 10.0 ** -(decades * np.arange(n) / max(n - 1, 1)), 0.0)
    X = size * (left * values) @ right[:n]
    y, start = rng.standard_normal((n, 2) if several else n), rng.standard_normal((dim, 2) if several else dim)
    start = start / size
    found = spectral_fit(X, y, start)
    u, s, v = factors(np, X)
    inverse = v.T @ (np.divide(1.0, s, out=0 * s, where=s > 0)[:, None] * u.T)
    slowly = start + inverse @ (y - X @ start)
    least = s[s > 0].min() / s.max()
    np.testing.assert_allclose(found * size, slowly * size, atol=1e-13 / least * (1 + np.abs(slowly * size).max()))
