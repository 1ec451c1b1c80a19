"""Ridge heads: arithmetic, ends of the domain, optimality."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from every_arithmetic import assert_gradient, assert_same_everywhere

from lintransfer.theory.frozen_features import frozen_features_risk
from lintransfer.theory.ridge_head import optimal_head_ridge, optimal_ridge_head_risk, ridge_head_risk

ENERGIES = {"explained": 0.6, "unexplained": 0.3, "noise_variance": 0.2}


@pytest.mark.parametrize("n", [1, 7])
def test_every_arithmetic(n):
    assert_same_everywhere(ridge_head_risk, n=n, ridge=0.7, **ENERGIES)
    assert_same_everywhere(optimal_ridge_head_risk, n=n, **ENERGIES)
    assert_same_everywhere(optimal_head_ridge, n_features=n, **ENERGIES)


def test_gradients():
    assert_gradient(ridge_head_risk, ("n", "ridge", *ENERGIES), n=5, ridge=0.7, **ENERGIES)
    assert_gradient(optimal_ridge_head_risk, ("n", *ENERGIES), n=5, **ENERGIES)
    for formula, points in (
        (ridge_head_risk, [(2.0, 0.6, 0.0, 0.0, 0.0), (0.0, 0.6, 0.3, 0.2, 1.0), (5.0, 0.6, 0.3, 0.2, math.inf)]),
        (optimal_ridge_head_risk, [(3.0, 0.0, 0.3, 0.2), (3.0, 0.6, 0.0, 0.0), (0.0, 0.6, 0.3, 0.2)]),
    ):
        for point in points:
            assert not np.isnan(jax.grad(formula, argnums=tuple(range(len(point))))(*point)).any(), point


def test_infinite_exactly_where_the_mean_is():
    for n, v, ridge, infinite in (
        (0, 0.5, 0.0, False), (1, 0.5, 0.0, True), (2, 0.5, 0.0, True), (3, 0.5, 0.0, False), (1, 0.5, 1e-9, False),
        (1, 0.0, 0.0, False), (4, 0.5, -0.1, True), (0, 0.5, -0.1, False),
    ):  # fmt: skip
        risk = ridge_head_risk(n, 0.6, 0.0, v, ridge)
        assert np.isinf(risk) == infinite and not np.isnan(risk), (n, v, ridge)


def test_no_ridge_is_the_least_squares_head():
    n = np.arange(0, 12)
    ridgeless = ridge_head_risk(n, ridge=0.0, **ENERGIES)
    np.testing.assert_allclose(ridgeless, frozen_features_risk(n, 1, **ENERGIES), rtol=1e-13)


@pytest.mark.parametrize("n", [1, 2, 3, 20, 10**6])
def test_the_best_ridge_is_best(n):
    best = optimal_head_ridge(1, **ENERGIES)
    at_best = ridge_head_risk(n, ridge=best, **ENERGIES)
    assert optimal_ridge_head_risk(n, **ENERGIES) == pytest.approx(at_best, rel=1e-13)
    others = ridge_head_risk(n, ridge=best * np.array([0.5, 0.9, 1.1, 2.0]), **ENERGIES)
    assert (others > at_best).all()
    slope = jax.grad(lambda ridge: ridge_head_risk(float(n), ridge=ridge, **ENERGIES))(best)
    assert abs(float(slope)) < 1e-14


def test_the_optimal_curve_falls_between_its_bounds():
    risks = optimal_ridge_head_risk(np.arange(0, 200), **ENERGIES)
    assert (np.diff(risks) < 0).all() and risks[0] == pytest.approx(0.9) and risks[-1] > 0.3


def test_degenerate_energies():
    assert optimal_head_ridge(4, 0.0, 0.5, 0.1) == math.inf and optimal_head_ridge(4, 0.5, 0.0, 0.0) == 0
    assert float(optimal_ridge_head_risk(6, 0.0, 0.5, 0.1)) == 0.5
    assert [float(optimal_ridge_head_risk(n, 0.7, 0.0, 0.0)) for n in (0, 1)] == [0.7, 0]


def test_grid_of_sizes_and_ridges_in_one_call():
    grid = ridge_head_risk(np.arange(6)[:, None], ridge=np.array([0.0, 0.5, np.inf]), **ENERGIES)
    assert grid.shape == (6, 3) and grid[0].tolist() == pytest.approx([0.9] * 3)
    np.testing.assert_allclose(grid[:, 2], 0.9, rtol=1e-14)


def test_single_precision_stays_single_and_right():
    n, ridge = np.array([[1], [2], [3], [40]]), np.array([0.0, 1e-30, 1e-3, 1.0, 1e6, np.inf])
    grid = jnp.asarray(n, jnp.float32), jnp.asarray(ridge, jnp.float32)
    energies = {name: jnp.float32(value) for name, value in ENERGIES.items()}
    single = ridge_head_risk(grid[0], ridge=grid[1], **energies)
    assert single.dtype == jnp.float32
    np.testing.assert_allclose(single, ridge_head_risk(n, ridge=ridge, **ENERGIES), rtol=1e-4)
