"""Alignment of a fitted source with its teacher: the hypergeometric mean by other means, and its limits."""

import math

import flint
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere

from lintransfer.precision import enclose
from lintransfer.theory.linear.source_alignment import (
    source_cosine_squared,
    source_cosine_squared_limit,
    source_misalignment,
)

ALL = (source_cosine_squared, source_misalignment)


@pytest.mark.parametrize("formula", ALL)
def test_twelve_digits_from_two_dimensions_to_a_million(formula):
    checked = 0
    for dim in (2, 3, 8, 1000, 10**6):
        for n_source in (dim // 4 + 1, dim - 1, dim, 3 * dim):
            for noise in (1e-30, 1e-3, 0.4, 1e5):
                arguments = {"n_source": n_source, "dim": dim, "relative_noise": noise}
                exact = enclose(formula, arguments)
                if exact.is_finite() and exact.rel_accuracy_bits() > 50:
                    value = flint.arb(float(formula(**arguments)))
                    assert abs(float((value - exact) / exact)) < 1e-12, arguments
                    checked += 1
    assert checked > 60


@pytest.mark.parametrize(("n_source", "dim"), [(3, 7), (7, 7), (11, 7), (1, 4), (5, 2)])
def test_every_arithmetic(n_source, dim):
    for formula in ALL:
        assert_same_everywhere(formula, n_source=n_source, dim=dim, relative_noise=0.4)


@pytest.mark.parametrize(("n_source", "dim"), [(4, 7), (8, 7), (30, 5)])
def test_mean_of_the_law(n_source, dim):
    """By the mixture itself: q and the noise are drawn, the angle between them too."""
    rng, noise, count = np.random.default_rng(dim), 0.4, 200_000
    rank = min(n_source, dim)
    q = rng.beta(n_source / 2, (dim - n_source) / 2, count) if n_source < dim else np.ones(count)
    energy = noise * rng.chisquare(rank, count) / rng.chisquare(abs(dim - n_source) + 1, count)
    first = rng.standard_normal(count)
    x = first / np.sqrt(first**2 + rng.chisquare(rank - 1, count))
    cross = np.sqrt(q * energy) * x
    samples = (q + cross) ** 2 / (q + energy + 2 * cross)
    error = samples.std() / math.sqrt(count)
    assert abs(samples.mean() - source_cosine_squared(n_source, dim, noise)) < 4.5 * error


def test_the_two_parts_add_up_and_ends_are_exact():
    n_source, noise = np.arange(0, 20)[:, None], np.array([0.0, 1e-3, 1.0, 1e6, np.inf])
    both = source_cosine_squared(n_source, 8, noise) + source_misalignment(n_source, 8, noise)
    np.testing.assert_allclose(both, 1, rtol=1e-13)
    seen = source_cosine_squared(n_source[:, 0], 8, 0.0)
    np.testing.assert_allclose(seen, np.minimum(n_source[:, 0] / 8, 1), rtol=1e-14)
    np.testing.assert_allclose(source_cosine_squared(n_source[1:, 0], 8, math.inf), 1 / 8, rtol=1e-14)
    np.testing.assert_allclose(source_cosine_squared(3, 1, noise), 1, rtol=1e-14)


def test_misalignment_keeps_its_digits_where_it_is_tiny():
    value = source_misalignment(10**6, 4, 1e-6)
    with mpmath.workdps(30):
        exact = source_misalignment(mpmath.mpf(10**6), 4, mpmath.mpf(1e-6))
    assert value < 1e-11 and abs(value / exact - 1) < 1e-13


def test_gradients():
    for formula in ALL:
        assert_gradient(formula, ("n_source", "dim", "relative_noise"), n_source=4, dim=7, relative_noise=0.3)
        assert_gradient(formula, ("n_source", "relative_noise"), n_source=9, dim=2, relative_noise=0.3)
        for noise in (0.0, math.inf):
            assert not np.isnan(jax.grad(formula, argnums=(0, 2))(4.0, 7.0, noise)).any()
    # dF/dρ at ρ = 0 is (d/2)/(a − 1), a = (g + 1)/2
    slope = jax.grad(source_misalignment, argnums=2)(12.0, 8.0, 0.0)
    assert float(slope) == pytest.approx(7 / 8 * 4 / 1.5, rel=1e-12)


def test_limit():
    for gamma in (0.3, 0.8, 1.6, 20.0):
        exact = source_cosine_squared(round(gamma * 1e7), 10**7, 0.5)
        assert source_cosine_squared_limit(gamma, 0.5) == pytest.approx(exact, rel=1e-5)
    assert source_cosine_squared_limit(1.0, 0.5) == 0 and source_cosine_squared_limit(1.0, 0.0) == 1
    assert_same_everywhere(source_cosine_squared_limit, gamma_source=0.7, relative_noise=0.4)
    assert not np.isnan(jax.grad(source_cosine_squared_limit, argnums=(0, 1))(1.0, 0.0)).any()


def test_single_precision_stays_single_and_right():
    n_source, noise = np.array([[1], [4], [7], [8], [20]]), np.array([0.0, 1e-30, 1e-3, 1.0, 1e6, np.inf])
    for formula in ALL:
        single = formula(jnp.asarray(n_source, jnp.float32), jnp.float32(8), jnp.asarray(noise, jnp.float32))
        assert single.dtype == jnp.float32
        np.testing.assert_allclose(single, formula(n_source, 8, noise), rtol=1e-4, atol=1e-6)
