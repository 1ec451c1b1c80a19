"""Estimates from target data: unbiased on simulated data, variances as observed, exact arithmetic."""

import math
from fractions import Fraction

import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere

from lintransfer.theory.tasks import estimators as e

N, DIM, NOISE = 6, 9, 0.7
RNG = np.random.default_rng(8)
SOURCE, TARGET = RNG.standard_normal((2, DIM)) / 2
T2, S2, CROSS = TARGET @ TARGET, SOURCE @ SOURCE, SOURCE @ TARGET


@pytest.fixture(scope="module")
def data():
    x = RNG.standard_normal((60_000, N, DIM))
    y = x @ TARGET + math.sqrt(NOISE) * RNG.standard_normal((60_000, N))
    h = np.einsum("bni,bn->bi", x, y)
    return np.sum(h * h, axis=1), np.sum(y * y, axis=1), h @ SOURCE


def z_score(samples, truth):
    return (samples.mean() - truth) / (samples.std() / math.sqrt(len(samples)))


def z_score_of_variance(samples, truth):
    squares = (samples - samples.mean()) ** 2
    return z_score(squares, truth)


def test_unbiased(data):
    scores, labels, cross = data
    assert abs(z_score(e.target_energy_estimate(N, DIM, scores, labels), T2)) < 4.5
    assert abs(z_score(e.noise_variance_estimate(N, DIM, scores, labels), NOISE)) < 4.5
    assert abs(z_score(e.cross_energy_estimate(N, cross), CROSS)) < 4.5


def test_variances(data):
    scores, labels, cross = data
    estimates = e.target_energy_estimate(N, DIM, scores, labels)
    assert abs(z_score_of_variance(estimates, e.target_energy_variance(N, DIM, T2, NOISE))) < 4.5
    estimates = e.cross_energy_estimate(N, cross)
    assert abs(z_score_of_variance(estimates, e.cross_energy_variance(N, S2, CROSS, T2, NOISE))) < 4.5


def test_sign_of_transferability_needs_few_samples_whatever_the_dimension():
    """Ten standard errors for the inner product at n = 200 and d = 10⁶, where t² is still unknown."""
    assert 1 / math.sqrt(e.cross_energy_variance(200, 1.0, 1.0, 1.0, 0.0)) == pytest.approx(10)
    assert 1 / math.sqrt(e.target_energy_variance(200, 10**6, 1.0, 0.0)) < 0.2


def test_every_arithmetic():
    for formula in (e.target_energy_estimate, e.noise_variance_estimate):
        assert_same_everywhere(formula, n=5, dim=3, score_energy=31.0, label_energy=4.5)
        exact = formula(5, 3, Fraction(31), Fraction(9, 2))
        assert isinstance(exact, Fraction) and float(exact) == pytest.approx(formula(5, 3, 31.0, 4.5))
    assert_same_everywhere(e.target_energy_variance, n=5, dim=3, target_energy=1.2, noise_variance=0.4)
    assert_same_everywhere(e.cross_energy_estimate, n=5, source_score=-3.1)
    variance = {"n": 5, "source_energy": 1.4, "cross_energy": 0.3, "target_energy": 1.2, "noise_variance": 0.4}
    assert_same_everywhere(e.cross_energy_variance, **variance)
