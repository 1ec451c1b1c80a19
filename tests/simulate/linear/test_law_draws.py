"""Draws of laws against full simulations: two-sample Kolmogorov–Smirnov tests at p = 1e-4, means at |z| < 4.5."""

import math

import numpy as np
import pytest
import scipy.stats

from lintransfer.simulate.end_to_end import draw_inputs, least_squares, paired_risk_samples, risk_samples
from lintransfer.simulate.linear.law_draws import (
    filtered,
    least_squares_draws,
    paired_displacement_draws,
    source_fit_draws,
    squared_singular_values,
)
from lintransfer.simulate.teachers import teacher_pair

DIM, COUNT, P = 8, 6_000, 1e-4
SOURCE, TARGET = teacher_pair(DIM, 0.5, source_norm=1.5)
ENERGY = float(np.sum((SOURCE - TARGET) ** 2))


def rng(seed):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("n", [1, 4, DIM - 1, DIM, DIM + 1, 15])
def test_least_squares_risks_have_the_law_of_trained_ones(n):
    trained = risk_samples(rng(1), COUNT, n=n, target=TARGET, initial=SOURCE, noise_std=0.4)
    drawn = least_squares_draws(rng(2), COUNT, n=n, dim=DIM, displacement_energy=ENERGY, noise_variance=0.16)
    assert scipy.stats.ks_2samp(trained, drawn).pvalue > P


def test_sizes_are_drawn_together():
    draws = least_squares_draws(rng(0), 7, n=[[0, 3], [8, 20]], dim=DIM, displacement_energy=2.0, noise_variance=0.0)
    assert draws.shape == (2, 2, 7)
    np.testing.assert_array_equal(draws[0, 0], 2.0)
    np.testing.assert_array_equal(draws[1], 0.0)


def test_no_noise_beyond_the_dimension_and_huge_dimensions():
    huge = least_squares_draws(rng(0), 50, n=10**6, dim=10**9, displacement_energy=1.0, noise_variance=1.0)
    assert np.all(np.abs(huge - (1 - 1e-3 + 1e-3)) < 1e-4)


@pytest.mark.parametrize("n", [1, 5, DIM - 1])
def test_paired_displacements_have_the_law_of_trained_transferabilities(n):
    scratch, tuned = paired_risk_samples(rng(1), COUNT, [{}, {"initial": SOURCE}], n=n, target=TARGET, noise_std=0.4)
    s2, cross, t2 = SOURCE @ SOURCE, SOURCE @ TARGET, TARGET @ TARGET
    drawn = paired_displacement_draws(
        rng(2), COUNT, n=n, dim=DIM, first=s2, cross=2 * cross - s2, second=4 * t2 - 4 * cross + s2
    )
    assert scipy.stats.ks_2samp(scratch - tuned, drawn).pvalue > P


def test_paired_displacements_at_the_ends():
    kw = dict(dim=DIM, first=2.0, cross=-1.0, second=3.0)
    np.testing.assert_allclose(paired_displacement_draws(rng(0), 5, n=0, **kw), -1.0)
    np.testing.assert_allclose(paired_displacement_draws(rng(0), 5, n=DIM, **kw), 0.0)
    one = paired_displacement_draws(rng(0), 5, n=0, dim=1, first=1.0, cross=1.0, second=1.0)
    np.testing.assert_allclose(one, 1.0)


@pytest.mark.parametrize(("n", "dim"), [(3, 7), (7, 3), (5, 5), (1, 4), (4, 1)])
def test_singular_values_have_the_law_of_those_of_a_design(n, dim):
    drawn = np.sort(squared_singular_values(rng(1), COUNT, n, dim), axis=1)
    real = np.sort(np.linalg.svd(rng(2).standard_normal((COUNT, n, dim)), compute_uv=False) ** 2, axis=1)
    for k in range(min(n, dim)):
        assert scipy.stats.ks_2samp(drawn[:, k], real[:, k]).pvalue > P
    assert scipy.stats.ks_2samp(drawn.sum(axis=1), real.sum(axis=1)).pvalue > P


@pytest.mark.parametrize(("ridge", "time"), [(0.5, math.inf), (0.0, 0.7), (0.5, 0.7)])
@pytest.mark.parametrize("n", [3, DIM, 14])
def test_filters_have_the_mean_of_trained_risks(n, ridge, time):
    left = filtered(squared_singular_values(rng(1), COUNT, n, DIM), n, DIM, ridge, time)
    drawn = ENERGY * left.bias + 0.16 * left.variance
    trained = risk_samples(rng(2), COUNT, n=n, target=TARGET, initial=SOURCE, noise_std=0.4, ridge=ridge, time=time)
    z = (drawn.mean() - trained.mean()) / math.sqrt((drawn.var() + trained.var()) / COUNT)
    assert abs(z) < 4.5


def test_filters_at_the_ends():
    squares = np.array([[1.0, 4.0]])
    for n, ridge, time, bias, variance in (
        (2, 0.0, math.inf, 0.5, 1.25),
        (2, 0.0, 0.0, 1.0, 0.0),
        (2, math.inf, math.inf, 1.0, 0.0),
        (2, 0.0, 1e9, 0.5, 1.25),
    ):
        left = filtered(squares, n, 4, ridge, time)
        np.testing.assert_allclose((left.bias[0], left.variance[0]), (bias, variance))
    nothing = filtered(np.empty((3, 0)), 0, 4, 0.0, 1.0)
    np.testing.assert_array_equal(nothing, ([1, 1, 1], [0, 0, 0]))
    still = filtered(np.zeros((1, 1)), 1, 1, 0.0, 2.0)
    np.testing.assert_array_equal(still, ([1], [0]))


@pytest.mark.parametrize("n_source", [1, 5, DIM, 12])
def test_source_fits_have_the_law_of_real_ones(n_source):
    fit = source_fit_draws(
        rng(1),
        COUNT,
        n_source=n_source,
        dim=DIM,
        source_energy=SOURCE @ SOURCE,
        cross_energy=SOURCE @ TARGET,
        target_energy=TARGET @ TARGET,
        source_noise_std=0.6,
    )
    X = draw_inputs(rng(2), (COUNT, n_source, DIM))
    y = X @ SOURCE[:, None] + 0.6 * rng(3).standard_normal((COUNT, n_source, 1))
    real = least_squares(X, y)[..., 0]
    norm2, cross = np.sum(real * real, axis=1), real @ TARGET
    for drawn, trained in ((fit.norm2, norm2), (fit.cross, cross), (fit.cross**2 / fit.norm2, cross**2 / norm2)):
        assert scipy.stats.ks_2samp(drawn, trained).pvalue > P


def test_a_source_fit_without_data_is_zero_and_with_much_data_is_the_source():
    kw = dict(dim=DIM, source_energy=2.0, cross_energy=0.5, target_energy=1.0, source_noise_std=0.0)
    none = source_fit_draws(rng(0), 4, n_source=0, **kw)
    np.testing.assert_array_equal(none, np.zeros((2, 4)))
    all_of_it = source_fit_draws(rng(0), 4, n_source=50, **kw)
    np.testing.assert_allclose(all_of_it, [[2.0] * 4, [0.5] * 4])
