"""Trajectories of mini-batch SGD: in every arithmetic, over all lengths, and against linear algebra."""

import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.theory.tasks import minibatches as b

WORLD = {"step": 0.3, "curvature": 1.7, "batch_variance": 0.8}


@given(st.floats(1e-12, 1.999), st.integers(1, 200))
def test_tail_means_are_those_of_the_autocovariance_matrix(pull, count):
    lags = np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
    assert b.tail_mean_factor(pull, count) == pytest.approx(((1 - pull) ** lags).mean(), rel=1e-9, abs=1e-13)


def test_short_and_long_means_meet():
    pull = 0.5 / 40 * np.array([1 - 1e-9, 1 + 1e-9])
    near, far = b.tail_mean_factor(pull, 40)
    assert near == pytest.approx(far, rel=1e-8) and b.tail_mean_factor(1e-3, 2**53) == pytest.approx(
        2000 / 2**53, rel=1e-3
    )


def test_tiny_steps_and_as_many_of_them():
    """ηλ = 10⁻⁹ and 10⁹ iterates: the averages of a process in continuous time, one relaxation time long."""
    e = np.exp(-1.0)
    assert b.tail_mean_factor(1e-9, 10**9) == pytest.approx(2 * e, rel=1e-8)
    half = b.two_point_average_variance(1e-9, 1.0, 1.0, 10**9) / b.iterate_variance(1e-9, 1.0, 1.0)
    assert half == pytest.approx((1 + e) / 2, rel=1e-8)


def test_one_pass_regression_has_this_second_moment():
    """The fixed point of the full recursion of E(w−θ)(w−θ)ᵀ, and its lag covariances, in matrices."""
    levels, step, batch, noise, count = np.array([2.0, 0.7, 0.7, 0.1]), 0.15, 3, 0.4, 6
    hessian, moment = np.diag(levels), np.zeros((4, 4))
    for _ in range(4000):
        shrunk = hessian @ moment @ hessian
        moment = moment - step * (hessian @ moment + moment @ hessian)
        moment = moment + step**2 * (
            (1 + 1 / batch) * shrunk + (np.trace(shrunk @ np.linalg.inv(hessian)) + noise) * hessian / batch
        )
    kept = np.eye(4) - step * hessian
    mean = sum(np.linalg.matrix_power(kept, abs(i - j)) @ moment for i in range(count) for j in range(count)) / count**2
    modes = np.array([2.0, 0.7, 0.1]), np.array([1.0, 2.0, 1.0])
    assert b.tail_mean_risk(step, *modes, noise, batch, count) == pytest.approx(np.trace(hessian @ mean), rel=1e-9)
    grid = b.tail_mean_risk(np.array([[0.1], [0.15], [9.0]]), *modes, noise, batch, np.array([1, 6]))
    assert grid.shape == (3, 2) and grid[1, 1] == b.tail_mean_risk(0.15, *modes, noise, batch, 6)
    assert np.all(grid[2] == np.inf)


def test_greedy_steps_reach_the_reduced_risk_in_the_stated_number():
    risk = 1.0
    for _ in range(12):
        risk = b.greedy_risk(risk, 30, 0.0, 8)
    assert b.steps_to_risk(30, 8, risk) == pytest.approx(12)


def test_every_arithmetic():
    assert_same_everywhere(b.iterate_variance, **WORLD)
    assert_same_everywhere(b.fresh_batch_loss, **WORLD)
    assert_same_everywhere(b.two_point_average_variance, **WORLD, lag=3)
    assert_same_everywhere(b.seen_batch_loss, **WORLD, lag=3)
    assert_same_everywhere(b.moving_average_variance, **WORLD, decay=0.7)
    for count in (1, 2, 50):
        assert_same_everywhere(b.tail_mean_variance, **WORLD, iterates=count)
    assert_same_everywhere(b.tail_mean_variance, **(WORLD | {"step": 1e-6}), iterates=50)
    steps = {"step": 0.3, "curvature": 1.7}
    assert_same_everywhere(b.two_point_equivalent_step, **steps)
    assert_same_everywhere(b.moving_average_equivalent_step, **steps, decay=0.7)
    for formula in (b.greedy_step, b.greedy_risk):
        assert_same_everywhere(formula, risk=0.8, dim=5, noise_variance=0.3, batch=4)
    assert_same_everywhere(b.steps_to_risk, dim=5, batch=4, reduction=0.3)
