"""Where diagonal networks end: what minimises the cost, how far the solver goes, what it refuses, and training."""

import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere
from scipy.optimize import linprog

from lintransfer.errors import DomainError, LinTransferError
from lintransfer.simulate.diagonal_linear.flow import Layers, train, train_products
from lintransfer.theory.diagonal_linear import implicit_bias as theory


def task(seed, n, dim):
    rng = np.random.default_rng(seed)
    return rng, rng.standard_normal((n, dim)), rng.standard_normal(n)


@pytest.mark.parametrize(
    ("formula", "arguments"),
    [
        (theory.interpolation_cost, {"weight": 0.7, "root_k": 0.3}),
        (theory.hidden_scale, {"first": 0.7, "head": 0.3}),
        (theory.unequal_scale, {"first_plus": 0.7, "first_minus": 0.4, "head": 0.3}),
        (theory.bregman_cost, {"weight": 0.7, "start": 0.2, "imbalance": 0.3}),
    ],
)
def test_every_arithmetic(formula, arguments):
    assert_same_everywhere(formula, **arguments)


def scales(kind, rng, dim):
    if kind == "mixed":
        return 10.0 ** rng.uniform(-6, 6, dim)
    if kind == "two":
        return np.where(rng.random(dim) < 0.2, 1e6, 1e-6)
    return np.full(dim, float(kind))


@pytest.mark.parametrize("kind", ["1e-6", "1e6", "1", "mixed", "two"])
@pytest.mark.parametrize(("n", "dim"), [(1, 3), (20, 60), (59, 60), (60, 60)])
def test_it_interpolates_and_its_angles_lie_in_the_span_of_the_rows_for_k_from_1e_minus_12_to_1e12(n, dim, kind):
    rng, X, y = task(n, n, dim)
    root = scales(kind, rng, dim)
    end = theory.diagonal_end_point(X, y, root)
    np.testing.assert_allclose(X @ end, y, atol=1e-13 * (1 + np.abs(X).sum(axis=1).max() * np.abs(end).max()))
    angles = np.arcsinh(2 * end / root)
    inside = X.T @ np.linalg.lstsq(X.T, angles, rcond=None)[0]
    if n < dim:
        np.testing.assert_allclose(inside, angles, atol=1e-11 * np.abs(angles).max())


def test_no_interpolator_near_it_costs_less():
    rng, X, y = task(0, 4, 9)
    root = rng.uniform(0.1, 2, 9)
    end = theory.diagonal_end_point(X, y, root)
    least = theory.interpolation_cost(end, root).sum()
    free = np.linalg.svd(X)[2][4:]
    for size in (1e-3, 0.1, 1.0):
        for move in size * rng.standard_normal((20, 5)) @ free:
            assert theory.interpolation_cost(end + move, root).sum() > least


def test_a_vanishing_start_finds_least_absolute_values():
    _, X, y = task(3, 6, 15)
    best = linprog(np.ones(30), A_eq=np.hstack([X, -X]), b_eq=y, bounds=(0, None))
    end = theory.diagonal_end_point(X, y, np.full(15, 1e-60))
    np.testing.assert_allclose(np.abs(end).sum(), best.fun, rtol=1e-9)


def test_what_no_weights_fit_is_left_and_what_no_sample_sees_stays():
    _, X, y = task(1, 3, 6)
    twice, labels = np.vstack([X, X]), np.r_[y, y + 1]
    mean = theory.diagonal_end_point(X, y + 0.5, np.ones(6))
    np.testing.assert_allclose(theory.diagonal_end_point(twice, labels, np.ones(6)), mean, atol=1e-12)
    X[:, 2] = 0
    start = np.arange(6.0)
    assert theory.diagonal_end_point(X, y, np.ones(6), start)[2] == pytest.approx(2, abs=1e-12)
    np.testing.assert_array_equal(theory.diagonal_end_point(np.zeros((2, 6)), np.ones(2), np.ones(6), start), start)
    tall = np.random.default_rng(0).standard_normal((9, 4))
    best = np.linalg.lstsq(tall, np.arange(9.0), rcond=None)[0]
    np.testing.assert_allclose(theory.diagonal_end_point(tall, np.arange(9.0), np.ones(4)), best, atol=1e-12)


def test_singular_values_take_over_where_squares_fail(monkeypatch):
    _, X, y = task(2, 5, 12)
    wanted = theory.diagonal_end_point(X, y, np.full(12, 0.1))

    def fails(*_, **__):
        raise np.linalg.LinAlgError

    monkeypatch.setattr(theory, "cho_factor", fails)
    np.testing.assert_allclose(theory.diagonal_end_point(X, y, np.full(12, 0.1)), wanted, atol=1e-12)
    monkeypatch.setattr(theory, "_STEPS", 1)
    with pytest.raises(LinTransferError, match="could not be found"):
        theory.diagonal_end_point(X, y, np.full(12, 0.1))


@pytest.mark.parametrize("seed", range(8))
def test_scales_that_no_double_can_hold_together_are_answered_right_or_not_at_all(seed):
    rng, X, _ = task(seed, 6, 12)
    root = 10.0 ** rng.uniform(-100, 100, 12)
    y = X @ rng.standard_normal(12)
    try:
        end = theory.diagonal_end_point(X, y, root)
    except LinTransferError:
        return
    np.testing.assert_allclose(X @ end, y, atol=1e-8 * np.abs(end).max())


@pytest.mark.parametrize("root", [0.0, -1.0, np.nan, np.inf, [1.0, 0.0]])
def test_scales_are_positive(root):
    with pytest.raises(DomainError, match="root_k"):
        theory.diagonal_end_point(np.eye(2), np.ones(2), root)


def test_one_label_for_each_row():
    with pytest.raises(DomainError, match="label"):
        theory.diagonal_end_point(np.eye(2), np.ones(3), 1.0)


def test_unequal_pairs_end_where_training_does():
    rng, X, y = task(5, 3, 7)
    plus, minus, head = rng.uniform(-1, 1, 7), rng.uniform(-1, 1, 7), rng.uniform(0.2, 1, 7)
    trained = train(X[None], y[None], Layers(plus, minus, head, head), rtol=1e-11, at_rest=1e-11).weights[0]
    end = theory.diagonal_end_point(X, y, theory.unequal_scale(plus, minus, head), head * (plus - minus))
    np.testing.assert_allclose(end, trained, atol=1e-8)


def test_products_end_where_training_does_and_nearest_in_their_divergence():
    rng, X, y = task(6, 3, 7)
    first, head = rng.uniform(-1, 1, (2, 7))
    imbalance, start = (first**2 - head**2) / 2, first * head
    end = theory.product_end_point(X, y, imbalance, start)
    trained = train_products(X[None], y[None], first, head, rtol=1e-11, at_rest=1e-11)[0]
    np.testing.assert_allclose(end, trained, atol=1e-8)
    least = theory.bregman_cost(end, start, imbalance).sum()
    for move in 0.1 * rng.standard_normal((20, 4)) @ np.linalg.svd(X)[2][3:]:
        assert theory.bregman_cost(end + move, start, imbalance).sum() > least


def test_flipping_a_sign_costs_twice_what_leaving_zero_does():
    mu = 1e-200
    kept, flipped, fresh = (theory.bregman_cost(1.0, start, mu) for start in (0.5, -0.5, 0.0))
    large = np.log(1 / mu)
    assert kept < 1
    assert flipped / large == pytest.approx(1, abs=0.01)
    assert fresh / large == pytest.approx(0.5, abs=0.01)
