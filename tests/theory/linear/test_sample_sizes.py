"""Noiseless sample complexity: rounding, quantiles by brute force, arithmetic."""

import math
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from helpers.every_arithmetic import assert_same_everywhere

from lintransfer.theory.linear.sample_sizes import (
    noiseless_crossing,
    noiseless_sample_complexity,
    noiseless_sample_quantile,
    noiseless_samples_saved,
)


def test_rounding_never_adds_a_sample():
    assert noiseless_sample_complexity(10, 1.0, 0.7) == 3
    for dim in (7, 10, 1000, 10**9):
        n = np.unique(np.linspace(0, dim, 200).round())
        np.testing.assert_array_equal(noiseless_sample_complexity(dim, 0.3, 0.3 * (1 - n / dim)), n)
        between = noiseless_sample_complexity(dim, 0.3, 0.3 * (1 - (n[1:] - 0.5) / dim))
        np.testing.assert_array_equal(between, n[1:])


def test_exact_fractions_are_not_nudged():
    third = Fraction(1, 3)
    assert noiseless_sample_complexity(9, Fraction(1), third) == 6
    assert noiseless_sample_complexity(9, Fraction(1), third - Fraction(1, 10**30)) == 7
    assert isinstance(noiseless_crossing(9, Fraction(1), third), Fraction)


def test_ends_of_the_domain():
    assert noiseless_sample_complexity(5, 0.0, 0.0) == 0 and noiseless_sample_complexity(5, 1.0, 1.0) == 0
    assert noiseless_sample_complexity(5, 1.0, 9.0) == 0 and noiseless_sample_complexity(5, 1.0, 0.0) == 5
    assert noiseless_samples_saved(100, 1.0, 2.0, 0.5) < 0 < noiseless_samples_saved(100, 1.0, 0.6, 0.5)


def test_every_arithmetic():
    for formula in (noiseless_crossing, noiseless_sample_complexity):
        assert_same_everywhere(formula, dim=17, displacement_energy=1.3, risk=0.4)
    assert_same_everywhere(noiseless_samples_saved, dim=17, target_energy=1.0, displacement_energy=0.7, risk=0.4)


def test_gradient_of_the_crossing():
    slopes = jax.grad(noiseless_crossing, argnums=(1, 2))(10.0, 2.0, 0.5)
    np.testing.assert_allclose(slopes, [10 * 0.5 / 4, -5.0])
    assert not np.isnan(jax.grad(noiseless_crossing, argnums=(1, 2))(10.0, 0.0, 0.0)).any()


@pytest.mark.parametrize("probability", [0.05, 0.5, 0.99])
def test_quantile_by_brute_force(probability):
    dim, energy = 23, 1.7
    for risk in (0.0, 0.1, 0.6, 1.2, 1.7, 2.0):
        chances = [scipy.stats.beta.cdf(risk / energy, (dim - n) / 2, n / 2) for n in range(1, dim)]
        chances = [float(risk >= energy), *chances, 1.0]
        expected = next(n for n, chance in enumerate(chances) if chance >= probability)
        assert noiseless_sample_quantile(dim, energy, risk, probability) == expected, risk


def test_quantile_ends_and_large_dimension():
    assert noiseless_sample_quantile(9, 1.0, 0.5, 0.0) == 0 and noiseless_sample_quantile(9, 1.0, 0.5, 1.0) == 9
    assert noiseless_sample_quantile(9, 0.0, 0.0, 0.9) == 0
    n = float(noiseless_sample_quantile(10**9, 1.0, 0.3, 0.9))
    spread = math.sqrt(2 * 0.7 * 0.3 * 1e9)  # of the number of samples, Gaussian at this size
    assert n == pytest.approx(0.7e9 + scipy.stats.norm.ppf(0.9) * spread, abs=0.01 * spread)


def test_quantile_on_grids_and_under_jit():
    risk = np.array([0.1, 0.4, 0.8])
    grid = noiseless_sample_quantile(30, 1.0, risk, np.array([[0.5], [0.9]]))
    assert grid.shape == (2, 3) and (np.diff(grid, axis=1) < 0).all() and (grid[1] > grid[0]).all()
    compiled = jax.jit(lambda e: noiseless_sample_quantile(30, 1.0, e, 0.9))(jnp.asarray(risk))
    np.testing.assert_array_equal(compiled, grid[1])
