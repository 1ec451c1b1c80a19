"""The search for a sign change finds it where it is known, with an honest standard error."""

import numpy as np
import pytest

from lintransfer.experiments.crossings import best_ridge, crossing, linear_crossing


def line(rng, replicates, x):
    return 0.7 * (x - 3.2) + 0.5 * rng.standard_normal(replicates)


def curve(rng, replicates, x):
    return np.log(x / 37.3) * 0.8 + 0.2 * rng.standard_normal(replicates)


def spread_over_repetitions(draw):
    found = [draw(np.random.default_rng(key)) for key in range(60)]
    means = np.array([samples.mean() for samples in found])
    errors = [samples.std() / np.sqrt(len(samples)) for samples in found]
    return means, float(np.mean(errors))


def test_linear_crossing():
    means, error = spread_over_repetitions(lambda rng: linear_crossing(rng, 400, line, 1.0, 6.0))
    assert means.mean() == pytest.approx(3.2, abs=4.5 * error / np.sqrt(60))
    assert means.std() == pytest.approx(error, rel=0.4)  # 4.4 standard errors of a standard deviation of 60


@pytest.mark.parametrize("sign", [1, -1])
def test_crossing_on_whole_numbers(sign):
    def difference(rng, replicates, n):
        return sign * curve(rng, replicates, n)

    means, error = spread_over_repetitions(lambda rng: crossing(rng, 400, difference, 20, 60))
    assert means.mean() == pytest.approx(37.3, abs=10**2 / (8 * 30))  # a chord of length 10 under a logarithm
    assert means.std() < 2 * error


def test_best_ridge_of_a_known_curve():
    assert best_ridge(lambda ridge: np.log(ridge / 2.7) ** 2, 0.05, 50) == pytest.approx(2.7, rel=1e-3)
    assert best_ridge(lambda ridge: ridge, 0.05, 50) == pytest.approx(0.05, rel=0.1)  # best at the end
