"""Regimes: where order and dependence may lie, names of the corners, and two heads that a small start does not minimise."""

import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere
from scipy.integrate import solve_ivp

from lintransfer.theory.diagonal_linear import regimes as theory
from lintransfer.theory.diagonal_linear.implicit_bias import interpolation_cost
from lintransfer.theory.diagonal_linear.pretraining import fine_tuning_scale

START = {"scale": 0.4, "balance": 0.3, "head": 0.2}


@pytest.mark.parametrize(
    ("formula", "arguments"),
    [
        (theory.cost_order, {"weight": 0.7, "root_k": 0.3}),
        (theory.scale_sensitivity, {"predictor": 0.7, **START}),
        (theory.pretraining_dependence, {"weight": 0.5, "predictor": 0.7, **START}),
        (theory.two_heads_cost, {"first": 0.7, "second": 0.3}),
    ],
)
def test_every_arithmetic(formula, arguments):
    assert_same_everywhere(formula, **arguments)


def test_order_lies_between_one_and_two_and_dependence_below_it():
    rng = np.random.default_rng(0)
    weight, predictor, scale = 10.0 ** rng.uniform(-6, 6, (3, 10_000))
    balance, head = rng.uniform(-1, 1, 10_000), 10.0 ** rng.uniform(-6, 3, 10_000)
    order = theory.cost_order(weight, fine_tuning_scale(predictor, scale, balance, head))
    dependence = theory.pretraining_dependence(weight, predictor, scale, balance, head)
    assert np.all((order > 1) & (order <= 2 + 1e-12))
    assert np.all((dependence <= 0) & (dependence >= 1 - order - 1e-12))


def test_they_are_slopes_of_the_cost():
    def cost(weight, predictor):
        return np.log(interpolation_cost(weight, fine_tuning_scale(predictor, **START)))

    step = 1e-4
    up, down = np.exp(step), np.exp(-step)
    order = (cost(0.5 * up, 0.7) - cost(0.5 * down, 0.7)) / (2 * step)
    reuse = (cost(0.5, 0.7 * up) - cost(0.5, 0.7 * down)) / (2 * step)
    assert order == pytest.approx(theory.cost_order(0.5, fine_tuning_scale(0.7, **START)), rel=1e-7)
    assert reuse == pytest.approx(theory.pretraining_dependence(0.5, 0.7, **START), rel=1e-6)


@pytest.mark.parametrize(
    ("scale", "balance", "name"),
    [(1e-8, -1 + 1e-6, "rich"), (1e-8, -0.9, "rich with reuse"), (1e-8, 1.0, "lazy with reuse"), (1e4, 0.0, "lazy")],
)
def test_corners_have_names(scale, balance, name):
    order = theory.cost_order(1.0, fine_tuning_scale(1.0, scale, balance))
    assert theory.regime(order, theory.pretraining_dependence(1.0, 1.0, scale, balance)) == name


def two_heads_end(X, labels, start):
    """β (2, d) of two heads on shared features w_±, trained together from w_± = v_± = start."""
    dim = X.shape[1]

    def weights(state):
        plus, minus, up, down = state[0], state[1], state[2:4], state[4:6]
        return up * plus - down * minus

    def velocity(_, flat):
        state = flat.reshape(6, dim)
        slope = (X @ weights(state).T - labels.T).T @ X
        plus, minus, up, down = state[0], state[1], state[2:4], state[4:6]
        return -np.concatenate(
            [[np.sum(slope * up, axis=0)], [-np.sum(slope * down, axis=0)], slope * plus, -slope * minus]
        ).ravel()

    end = solve_ivp(velocity, (0, 4000), np.full(6 * dim, start), "LSODA", rtol=1e-9, atol=1e-12).y[:, -1]
    return weights(end.reshape(6, dim))


def group_lasso_end(X, labels):
    """argmin Σ √(β_1² + β_2²) under Xβ_t = y_t, by reweighted least squares."""
    beta = (np.linalg.pinv(X) @ labels.T).T
    for size in np.logspace(-1, -12, 400):
        weight = np.sqrt(np.sum(beta**2, axis=0) + size**2)
        beta = (weight[:, None] * X.T @ np.linalg.solve(X * weight @ X.T, labels.T)).T
    return beta


def test_two_heads_from_a_small_start_do_not_end_at_least_norm():
    rng = np.random.default_rng(1)
    X, labels = rng.standard_normal((2, 5)), rng.standard_normal((2, 2))
    least = group_lasso_end(X, labels)
    ends = [two_heads_end(X, labels, start) for start in (1e-3, 1e-5)]
    for end in ends:
        np.testing.assert_allclose(X @ end.T, labels.T, atol=1e-5)
        assert theory.two_heads_cost(*end).sum() > 1.1 * theory.two_heads_cost(*least).sum()
