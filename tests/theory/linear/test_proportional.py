"""Isotropic inputs, n and d large together: ridge, tuned ridge, early stopping."""

from fractions import Fraction

import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.precision import to_fifty_digits
from lintransfer.theory.linear import proportional as f
from lintransfer.theory.linear.isotropic import min_norm_risk

SIZES = np.array([0, 1, 50, 99, 100, 101, 200, 10**9])
WORLD = {"dim": 100, "displacement_energy": 0.8, "noise_variance": 0.3}


@pytest.mark.parametrize("n, dim", [(3, 7), (7, 3), (5, 5), (10**9 - 1, 10**9), (1, 10**9), (10**9, 1)])
@pytest.mark.parametrize("ridge", [1e-9, 0.4, 1e9])
def test_every_arithmetic(n, dim, ridge):
    world = {"n": n, "dim": dim, "displacement_energy": 0.8, "noise_variance": 0.3}
    assert_same_everywhere(f.proportional_ridge_risk, ridge=ridge, **world)
    assert_same_everywhere(f.isotropic_kappa, n=n, dim=dim, ridge=ridge)
    assert_same_everywhere(f.tuned_ridge_risk, **world)


def test_gradients():
    for n in (30.0, 100.0, 300.0):
        world = {"n": n, **WORLD}
        assert_gradient(f.proportional_ridge_risk, (*world, "ridge"), ridge=0.7, **world)
        assert_gradient(f.tuned_ridge_risk, tuple(world), **world)


def test_without_ridge_it_is_the_limit_of_the_exact_risk():
    n = np.array([0.0, 300, 990, 1010, 5000])
    for scale, rtol in ((1.0, 0.2), (1e6, 1e-6)):
        exact = min_norm_risk(n * scale, 1000 * scale, 0.8, 0.3)
        np.testing.assert_allclose(f.proportional_ridge_risk(n, 1000, 0.8, 0.3, 0.0), exact, rtol=rtol)


def test_edges():
    risk = f.proportional_ridge_risk(SIZES, 100, 0.8, 0.3, 0.0)
    assert risk[0] == 0.8 and risk[4] == np.inf and risk[5] == pytest.approx(30.0)
    assert f.proportional_ridge_risk(100, 100, 0.8, 0.0, 0.0) == 0
    assert f.isotropic_kappa(0, 100, 0.3) == np.inf and f.isotropic_kappa(100, 100, 0.0) == 0
    assert f.tuned_ridge(100, 0.0, 0.3) == np.inf
    assert f.tuned_ridge_risk(200, 100, 0.8, 0.0) == f.tuned_ridge_risk(20, 100, 0.0, 0.3) == 0
    assert f.proportional_ridge_risk(Fraction(1, 2), 1, Fraction(1), Fraction(1, 5), 0) == Fraction(7, 10)


def test_next_to_n_equal_d_nothing_cancels():
    arguments = {"n": 10**9 + 1, "dim": 10**9, "displacement_energy": 0.8, "noise_variance": 1e-12, "ridge": 1e-7}
    exact = to_fifty_digits(f.proportional_ridge_risk, arguments)
    assert f.proportional_ridge_risk(**arguments) == pytest.approx(float(exact), rel=1e-13)


@given(st.integers(0, 400), st.floats(0.01, 4), st.floats(0.01, 4), st.floats(0.2, 5))
def test_no_ridge_beats_the_tuned_one(n, energy, noise, factor):
    best = f.tuned_ridge(100, energy, noise)
    tuned = f.tuned_ridge_risk(n, 100, energy, noise)
    assert f.proportional_ridge_risk(n, 100, energy, noise, best) == pytest.approx(tuned, rel=1e-11)
    assert f.proportional_ridge_risk(n, 100, energy, noise, factor * best) >= tuned * (1 - 1e-12)


@given(st.integers(1, 400), st.floats(-1, 1), st.floats(0.1, 3), st.floats(0.05, 2))
def test_the_boundary_of_tuned_transfer_is_the_same_at_every_size(n, overlap, source_norm, noise):
    boundary = f.tuned_boundary_overlap(source_norm, 1.0)
    gain = f.tuned_transferability(n, 100, source_norm**2, source_norm * overlap, 1.0, noise)
    if abs(overlap - boundary) > 1e-6:
        assert (gain > 0) == (overlap > boundary)
