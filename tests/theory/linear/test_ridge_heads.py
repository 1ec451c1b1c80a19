"""Expectations over χ² against ball arithmetic, sampling, and their limits.

Ridge heads: arithmetic, ends of the domain, optimality.
"""

import math
from fractions import Fraction

import flint
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import sympy
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere

from lintransfer.precision import enclose
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.ridge_heads import (
    noise_gain,
    optimal_head_ridge,
    optimal_ridge_head_risk,
    ridge_head_risk,
    shrinkage,
    squared_shrinkage,
)

ALL = (shrinkage, squared_shrinkage, noise_gain)


@pytest.mark.parametrize("formula", ALL)
def test_twelve_digits_from_one_sample_to_a_billion(formula):
    """Against Tricomi's function in ball arithmetic, an independent evaluation."""
    for n in (1, 2, 3, 4, 5, 6, 30, 1001, 10**5, 10**9):
        for ridge in (1e-100, 1e-30, 1e-12, 1e-6, 1e-3, 0.3, 1.0, 40.0, 1e4, 1e8, 1e30):
            exact = enclose(formula, {"n": n, "ridge": ridge})
            if exact.is_finite() and abs(float(exact)) > 1e-290:
                assert abs(float((flint.arb(float(formula(n, ridge))) - exact) / exact)) < 1e-12, (n, ridge)


@pytest.mark.parametrize("formula", ALL)
def test_fifty_digits_agree_with_balls(formula):
    with mpmath.workdps(50):
        value = formula(mpmath.mpf(3), mpmath.mpf("0.7"))
        assert enclose(formula, {"n": 3, "ridge": Fraction(7, 10)}).overlaps(flint.arb(mpmath.nstr(value, 52), 1e-45))


@pytest.mark.parametrize("n", [1, 2, 5])
def test_sample_means(n):
    ridge, q = 0.8, np.random.default_rng(n).chisquare(n, 200_000)
    for formula, samples in zip(
        ALL, (ridge / (q + ridge), (ridge / (q + ridge)) ** 2, q / (q + ridge) ** 2), strict=True
    ):
        assert abs(samples.mean() - formula(n, ridge)) < 4.5 * samples.std() / math.sqrt(len(samples))


def test_ends_of_the_domain():
    assert [float(f(0, 0.7)) for f in ALL] == [1, 1, 0]
    assert [float(f(0, 0.0)) for f in ALL] == [1, 1, 0]
    assert [float(f(6, math.inf)) for f in ALL] == [1, 1, 0]
    assert [float(f(6, 0.0)) for f in ALL] == [0, 0, pytest.approx(0.25, rel=1e-14)]
    assert [float(noise_gain(n, 0.0)) for n in (1, 2, 3)] == [math.inf, math.inf, pytest.approx(1, rel=1e-14)]
    assert float(noise_gain(2.001, 0)) == pytest.approx(1000, rel=1e-11)


def test_identities_between_them():
    n, ridge = np.arange(1, 30)[:, None], np.geomspace(1e-6, 1e6, 13)
    # (q + λ)/(q + λ) = 1, and q times the density of χ²_n is n times that of χ²_{n+2}
    np.testing.assert_allclose(n * shrinkage(n + 2, ridge) / ridge + shrinkage(n, ridge), 1, rtol=1e-12)
    # (q + λ)/(q + λ)² = 1/(q + λ)
    both = noise_gain(n, ridge) * ridge + squared_shrinkage(n, ridge)
    np.testing.assert_allclose(both, shrinkage(n, ridge), rtol=1e-12)


@pytest.mark.parametrize("formula", ALL)
def test_jax(formula):
    assert_gradient(formula, ("n", "ridge"), n=5, ridge=0.7)
    assert_gradient(formula, ("n", "ridge"), n=40, ridge=1e-3)
    grid = jax.jit(jax.vmap(formula))(jnp.arange(4.0), jnp.array([0.0, 1.0, 2.0, jnp.inf]))
    np.testing.assert_allclose(grid, [float(formula(i, r)) for i, r in enumerate([0, 1, 2, math.inf])], rtol=1e-14)
    for point in ((0.0, 1.0), (4.0, math.inf), (2.0, 0.0), (9.0, 0.0), (0.0, 0.0)):
        assert not np.isnan(jax.grad(formula, argnums=(0, 1))(*point)).any(), point


def test_derivative_in_the_ridge_where_it_is_zero():
    slope = jax.grad(noise_gain, argnums=1)(9.0, 0.0)
    assert float(slope) == pytest.approx(-2 / (7 * 5), rel=1e-12)  # −2 E q⁻²
    assert float(jax.grad(shrinkage, argnums=1)(9.0, 0.0)) == pytest.approx(1 / 7, rel=1e-12)


def test_symbols():
    n, ridge = sympy.symbols("n ridge", positive=True)
    for formula in ALL:
        value = formula(n, ridge).subs({n: 3, ridge: sympy.Rational(1, 2)})
        assert float(value) == pytest.approx(float(formula(3, 0.5)), rel=1e-13)


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
