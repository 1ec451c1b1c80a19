"""How far below zero the ridge may go, and κ there."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.precision import to_fifty_digits
from lintransfer.theory.linear.covariance import degrees_of_freedom, ridge_risk
from lintransfer.theory.linear.effective_regularization import effective_regularization
from lintransfer.theory.linear.negative_ridge import critical_kappa, critical_ridge, signed_regularization

LEVELS = np.arange(1.0, 31) ** -1.5
ONES = np.ones(30)
SIZES = np.array([1.0, 5, 15, 29, 31, 45, 300])


def test_equal_eigenvalues_reach_the_edge_of_the_spectrum():
    n = np.array([0.0, 1, 4, 9, 16, 1e6])
    found = critical_ridge(n, np.array([2.0]), np.array([9.0]))
    np.testing.assert_allclose(found, -2 * (np.sqrt(n) - 3) ** 2, rtol=1e-12, atol=1e-300)


def test_the_critical_point_is_the_minimum_of_the_ridge():
    kappa, least = critical_kappa(SIZES, LEVELS, ONES), critical_ridge(SIZES, LEVELS, ONES)

    def ridge(k):
        return k * (SIZES - degrees_of_freedom(k, LEVELS, ONES)[0])

    np.testing.assert_allclose(ridge(kappa), least, rtol=1e-9)
    assert np.all(ridge(kappa * 1.001) > least) and np.all(ridge(kappa * 0.999) > least)
    np.testing.assert_allclose(degrees_of_freedom(kappa, LEVELS, ONES)[1], SIZES, rtol=1e-9)


def test_no_room_at_the_rank_and_none_without_data():
    assert critical_ridge(30.0, LEVELS, ONES) == 0 and critical_kappa(30.0, LEVELS, ONES) == 0
    assert critical_ridge(0.0, LEVELS, ONES) == pytest.approx(-LEVELS.sum(), rel=1e-14)
    assert critical_kappa(0.0, LEVELS, ONES) == np.inf


@pytest.mark.parametrize("condition", [1.0, 1e8, 1e30])
def test_fifty_digits(condition):
    levels, counts = np.array([1.0, 0.3, 1 / condition]), np.array([3.0, 4.0, 5.0])
    for n in (1, 3, 7, 11, 13, 100):
        arguments = {"n": n, "eigenvalues": levels, "multiplicities": counts}
        assert critical_ridge(**arguments) == pytest.approx(
            float(to_fifty_digits(critical_ridge, arguments)), rel=1e-11
        )


@given(st.sampled_from(SIZES.tolist()), st.floats(0.01, 0.95))
def test_kappa_solves_its_equation_and_is_the_larger_root(n, depth):
    ridge = depth * critical_ridge(n, LEVELS, ONES)
    kappa = signed_regularization(n, LEVELS, ONES, ridge)
    assert kappa * (n - degrees_of_freedom(kappa, LEVELS, ONES)[0]) == pytest.approx(ridge, rel=1e-8)
    assert critical_kappa(n, LEVELS, ONES) < kappa <= effective_regularization(n, LEVELS, ONES)


def test_both_signs_meet_at_zero():
    for n in SIZES:
        small = 1e-9 * -critical_ridge(n, LEVELS, ONES)
        below, above = (signed_regularization(n, LEVELS, ONES, s) for s in (-small, small))
        slope = 1 / (n - degrees_of_freedom(effective_regularization(n, LEVELS, ONES), LEVELS, ONES)[1])
        assert above - below == pytest.approx(2 * small * slope, rel=1e-5)


def test_nan_below_the_critical_ridge_in_a_mixed_call():
    ridge = np.array([-2.0, -0.5, 0.0, 0.5]) * -critical_ridge(10.0, LEVELS, ONES)
    kappa = signed_regularization(10.0, LEVELS, ONES, ridge)
    np.testing.assert_array_equal(np.isnan(kappa), [True, False, False, False])
    assert np.all(np.diff(kappa[1:]) > 0)


def test_the_risk_diverges_at_the_critical_ridge():
    least = critical_ridge(10.0, LEVELS, ONES)
    risks = ridge_risk(10.0, LEVELS, ONES, ONES, 0.1, least * (1 - np.array([1e-2, 1e-4, 1e-6])))
    assert np.all(np.diff(risks) > 0) and risks[-1] / risks[-2] == pytest.approx(10, rel=0.05)


def test_compiled_and_differentiated():
    def risk(ridge, n):
        return ridge_risk(n, jnp.asarray(LEVELS), jnp.asarray(ONES), jnp.asarray(ONES), 0.1, ridge)

    slope = jax.jit(jax.grad(risk))
    for n in (10.0, 60.0):
        ridge = 0.3 * float(critical_ridge(n, LEVELS, ONES))
        step = 1e-6 * abs(ridge)
        ends = [ridge_risk(n, LEVELS, ONES, ONES, 0.1, ridge + s) for s in (step, -step)]
        assert slope(ridge, n) == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-6)
