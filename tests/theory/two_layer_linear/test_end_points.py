"""End points against training weight by weight, and where the theory is silent."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere

from lintransfer.simulate.two_layer_linear.single import train_every_weight, train_one
from lintransfer.theory.two_layer_linear import end_points as theory


def task(seed, n, dim, k):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, dim)), rng.standard_normal(n), rng.standard_normal((k, dim)), rng.standard_normal(k)


def assert_same_end(found, trained, atol=1e-9):
    for name in ("features", "head", "weights"):
        np.testing.assert_allclose(getattr(found, name), getattr(trained, name), atol=atol)


@pytest.mark.parametrize(
    ("formula", "arguments"),
    [
        (theory.one_feature_head, {"head": 0.4, "seen_energy": 1.2, "fit_energy": 0.7}),
        (theory.perfect_features_risk, {"scale": 1.4, "head": 1.3, "seen_energy": 0.6, "kept_energy": 0.7}),
        (theory.input_shift_risk, {"head": 1.3, "seen_energy": 0.6, "kept_energy": 0.7, "fit_energy": 0.9}),
        (theory.one_sample_growth, {"label": 0.4, "input_norm": 1.2, "plus_energy": 0.7, "minus_energy": 1.3}),
        (theory.one_sample_growth_at, {"time": 0.3, "label": 0.4, "input_norm": 1.2, "plus_energy": 0.7, "minus_energy": 1.3}),
    ],
)  # fmt: skip
def test_every_arithmetic(formula, arguments):
    assert_same_everywhere(formula, **arguments)


@pytest.mark.parametrize(("n", "dim"), [(1, 3), (4, 7), (9, 5)])
@pytest.mark.parametrize("sign", [1, -1])
def test_one_feature(n, dim, sign):
    X, y, features, _ = task(n, n, dim, 1)
    head = np.array([sign * 1.2 * np.linalg.norm(features)])
    assert_same_end(theory.one_feature_end(X, y, features, head), train_every_weight(X, y, features, head))


def test_one_feature_from_a_small_head_is_silent_unless_the_sign_is_given():
    X, y, features, _ = task(3, 3, 6, 1)
    head = np.array([0.01])
    assert np.isnan(theory.one_feature_end(X, y, features, head).weights).all()
    trained = train_every_weight(X, y, features, head)
    assert_same_end(theory.one_feature_end(X, y, features, head, sign=np.sign(trained.head[0])), trained)
    one = X[:1], y[:1]
    sign = np.sign(y[0] * (X[0] @ features[0]))
    assert_same_end(theory.one_feature_end(*one, features, head, sign), train_every_weight(*one, features, head))


@pytest.mark.parametrize("time", [0.0, 0.7, math.inf])
@pytest.mark.parametrize(("n", "dim"), [(3, 7), (8, 5)])
def test_one_layer_alone(n, dim, time):
    data = task(n, n, dim, 3)
    trained = train_every_weight(*data, trained="first", time=time)
    assert_same_end(theory.first_layer_end(*data, time), trained)
    assert_same_end(theory.probed_head_end(*data, time), train_every_weight(*data, trained="second", time=time))
    both = theory.probe_then_first_layer_end(*data, time)
    assert_same_end(both, train_one(*data, trained="first", probe_time=time))


def test_tracers():
    data = task(0, 3, 6, 1)
    ends = jax.jit(lambda *a: theory.one_feature_end(*a, sign=1.0))(*map(jnp.asarray, data))
    assert_same_end(ends, theory.one_feature_end(*data, sign=1.0), 1e-12)
    data = task(0, 3, 6, 2)
    ends = jax.jit(theory.first_layer_end)(*map(jnp.asarray, data))
    assert_same_end(ends, theory.first_layer_end(*data), 1e-12)
    blocks = np.eye(2), np.eye(2), np.array([[1.0, 0.3], [-0.2, 0.8]]), 0.0
    traced = jax.jit(theory.lambda_balanced_products)(2.0, *blocks)
    np.testing.assert_allclose(traced, theory.lambda_balanced_products(2.0, *blocks), atol=1e-9)


@pytest.mark.parametrize("label", [1.3, -1.3])
@pytest.mark.parametrize("time", [None, 0.1])
def test_one_sample(label, time):
    X, _, features, head = task(5, 1, 4, 3)
    norm = float(np.linalg.norm(X))
    state = theory.one_sample_state(label, norm, head, features @ X[0] / norm, time)
    trained = train_every_weight(X, np.array([label]), features, head, time=math.inf if time is None else time)
    np.testing.assert_allclose(state.head, trained.head, atol=1e-9)
    np.testing.assert_allclose(state.seen, trained.features @ X[0] / norm, atol=1e-9)


def test_one_sample_that_ends_at_the_origin():
    head, seen = np.array([1.0, -0.5]), np.array([-1.0, 0.5])
    state = theory.one_sample_state(2.0, 1.0, head, seen)
    assert np.isinf(state.growth) and not state.head.any() and not state.seen.any()
    state = theory.one_sample_state(-2.0, 1.0, head, -seen)
    assert state.growth == 0 and not state.head.any()
    assert np.isnan(theory.one_sample_state(2.0, 1.0, head, seen, 1.0).head).all()
    state = theory.one_sample_state(-2.0, 1.0, head, seen)  # p = 0, y < 0: learnt
    np.testing.assert_allclose(state.head @ state.seen, -2.0)


def test_the_energy_shell_at_ends_of_several_features():
    X, y, features, head = task(7, 4, 9, 3)
    end = train_one(X, y, features, head)
    fit = np.linalg.pinv(X) @ y
    shell = theory.energy_shell(end.head, head, theory.seen_columns(X, features))
    np.testing.assert_allclose(shell, fit @ fit, rtol=1e-10)


def test_a_probed_head_is_not_balanced_and_a_zero_head_on_orthonormal_features_is():
    features, head = np.eye(3, 5), np.zeros((1, 3))
    np.testing.assert_allclose(head.T @ head - features @ features.T, -np.eye(3))
    cross = np.array([[0.5, -1.0, 0.3, 0.7, 0.2]])
    end = theory.lambda_balanced_products(400.0, features, head, cross, -1.0)
    np.testing.assert_allclose(end[5:, :5], cross, atol=1e-9)


def test_surgical_and_full_gaps_close_where_they_should():
    assert theory.perfect_features_risk(1.5, 1.5, 0.4, 0.8) == pytest.approx(0, abs=1e-25)
    flip = theory.perfect_features_risk(-2.0, 1.0, 0.5, 0.5)  # C > 0, |t| > |v_0|: the first layer alone is better
    assert flip > (-2.0 - 1.0) ** 2 * 0.5
    assert theory.perfect_features_risk(2.0, 1.0, 0.5, 0.5) <= (2.0 - 1.0) ** 2 * 0.5
