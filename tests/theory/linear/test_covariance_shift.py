"""Heads trained under one covariance and tested under another: linear algebra by other means, and arithmetic.

Test covariances other than the training one, and two stages: commuting against matrices, limits, exact cases.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere

from lintransfer.errors import DomainError
from lintransfer.simulate.end_to_end import risk_samples
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.covariance_shift import (
    shift_energies,
    shifted_head_risk,
    shifted_least_squares_risk,
    shifted_matrix_risk,
    shifted_risk,
)
from lintransfer.theory.linear.frozen_features import least_squares_head_risk

RNG = np.random.default_rng(4)
ROOT, TEST_ROOT = RNG.standard_normal((2, 6, 6))
COVARIANCE, TEST_COVARIANCE = ROOT @ ROOT.T, TEST_ROOT @ TEST_ROOT.T
FEATURES, TARGET = RNG.standard_normal((6, 2)), RNG.standard_normal(6)
NUMBERS = {"misfit": 0.7, "spread": 2.5, "unexplained": 0.3, "noise_variance": 0.2}


def test_energies_by_whitened_least_squares():
    """The Σ-best head is the least-squares fit of Σ^½θ_T by Σ^½B; its Gram inverse gives the spread."""
    root = np.linalg.cholesky(COVARIANCE).T
    head, *_ = np.linalg.lstsq(root @ FEATURES, root @ TARGET, rcond=None)
    error = FEATURES @ head - TARGET
    gram = np.linalg.inv(FEATURES.T @ COVARIANCE @ FEATURES)
    found = shift_energies(FEATURES, TARGET, COVARIANCE, TEST_COVARIANCE)
    expected = (
        error @ COVARIANCE @ error,
        error @ TEST_COVARIANCE @ error,
        np.sum((FEATURES.T @ TEST_COVARIANCE @ FEATURES) * gram),
    )
    np.testing.assert_allclose(found, expected, rtol=1e-11)


def test_energies_without_shift_with_spectra_and_with_outputs():
    same = shift_energies(FEATURES, TARGET, COVARIANCE)
    assert same.misfit == pytest.approx(same.unexplained) and same.spread == pytest.approx(2)
    spectrum, test_spectrum = RNG.uniform(0.1, 2, (2, 6))
    np.testing.assert_allclose(
        shift_energies(FEATURES, TARGET, spectrum, test_spectrum),
        shift_energies(FEATURES, TARGET, np.diag(spectrum), np.diag(test_spectrum)),
    )
    both = shift_energies(FEATURES, np.stack([TARGET, 2 * TARGET], axis=1), COVARIANCE, TEST_COVARIANCE)
    one = shift_energies(FEATURES, TARGET, COVARIANCE, TEST_COVARIANCE)
    np.testing.assert_allclose(both, (5 * one.unexplained, 5 * one.misfit, one.spread))


def test_energies_under_jax():
    compiled = jax.jit(shift_energies)(*map(jnp.asarray, (FEATURES, TARGET, COVARIANCE, TEST_COVARIANCE)))
    np.testing.assert_allclose(compiled, shift_energies(FEATURES, TARGET, COVARIANCE, TEST_COVARIANCE), rtol=1e-10)


def test_dependent_features_are_refused():
    with pytest.raises(DomainError, match="features must be linearly independent"):
        shift_energies(np.ones((6, 2)), TARGET, COVARIANCE)


def test_every_arithmetic():
    assert_same_everywhere(shifted_head_risk, n=9, n_features=3, **NUMBERS)
    assert_same_everywhere(shifted_least_squares_risk, n=9, dim=3, spread=2.5, noise_variance=0.2)
    assert_gradient(shifted_head_risk, ("n", *NUMBERS), n=9, n_features=3, **NUMBERS)


def test_whole_domain():
    n = np.arange(0, 9)
    noisy = shifted_head_risk(n, 3, **NUMBERS)
    assert np.isnan(noisy[:2]).all() and np.isinf(noisy[2:5]).all() and np.isfinite(noisy[5:]).all()
    silent = shifted_head_risk(n, 3, 0.7, 2.5, 0.0, 0.0)
    assert np.isnan(silent[:3]).all() and (silent[3:] == 0.7).all()
    slopes = jax.grad(lambda s: shifted_head_risk(4.0, 3, 0.7, s, 0.3, 0.2))(2.5)
    assert not np.isnan(slopes)


def test_no_shift_is_the_plain_head():
    n = np.arange(5, 20)
    plain = least_squares_head_risk(n, 3, 0.3, 0.2)
    np.testing.assert_allclose(shifted_head_risk(n, 3, 0.3, 3, 0.3, 0.2), plain, rtol=1e-14)


RNG_EQUIVALENT_SHIFT = np.random.default_rng(5)
DIM = 12
LEVELS, OTHERS, ONES = np.arange(1.0, DIM + 1) ** -1.0, np.linspace(0.2, 2, DIM), np.ones(DIM)
SOURCE, TARGET_EQUIVALENT_SHIFT = RNG_EQUIVALENT_SHIFT.normal(size=(2, DIM)) / np.sqrt(DIM)
BASIS, TURN = (np.linalg.qr(RNG_EQUIVALENT_SHIFT.normal(size=(DIM, DIM)))[0] for _ in range(2))
SIZES = np.array([0.0, 1, 6, 11, 12, 13, 50])


def rotated(levels, basis=BASIS):
    return basis @ np.diag(levels) @ basis.T


@pytest.mark.parametrize("ridge", [0.0, 0.3])
def test_no_shift_is_the_ridge_risk(ridge):
    plain = ridge_risk(SIZES, LEVELS, ONES, TARGET_EQUIVALENT_SHIFT**2, 0.1, ridge)
    np.testing.assert_allclose(
        shifted_risk(SIZES, LEVELS, ONES, TARGET_EQUIVALENT_SHIFT**2, LEVELS, 0.1, ridge), plain, rtol=1e-12
    )
    matrix = shifted_matrix_risk(SIZES, rotated(LEVELS), BASIS @ TARGET_EQUIVALENT_SHIFT, rotated(LEVELS), 0.1, ridge)
    np.testing.assert_allclose(matrix, plain, rtol=1e-10)


@pytest.mark.parametrize("ridge", [0.0, 0.3])
def test_matrices_that_commute(ridge):
    matrix = shifted_matrix_risk(SIZES, rotated(LEVELS), BASIS @ TARGET_EQUIVALENT_SHIFT, rotated(OTHERS), 0.1, ridge)
    np.testing.assert_allclose(
        matrix, shifted_risk(SIZES, LEVELS, ONES, TARGET_EQUIVALENT_SHIFT**2, OTHERS, 0.1, ridge), rtol=1e-10
    )


def test_least_squares_has_the_exact_form_with_one_less():
    n = np.array([20.0, 100.0])
    spread = np.sum(OTHERS / LEVELS)
    exact = shifted_least_squares_risk(n, DIM, spread, 0.1)
    limit = shifted_risk(n, LEVELS, ONES, TARGET_EQUIVALENT_SHIFT**2, OTHERS, 0.1)
    np.testing.assert_allclose(limit * (n - DIM) / (n - DIM - 1), exact, rtol=1e-12)


def test_directions_that_are_never_seen_count_only_under_the_test_covariance():
    levels = np.array([1.0, 0.0])
    risk = shifted_risk(np.array([0.0, 1.0, 5.0]), levels, np.array([2.0, 1.0]), np.array([0.5, 0.7]), ONES[:2])
    np.testing.assert_allclose(risk, [1.2, 0.25 + 0.7, 0.7])


def test_against_training_under_a_covariance_that_does_not_commute():
    train, test = rotated(LEVELS), rotated(OTHERS, TURN)
    samples = risk_samples(
        np.random.default_rng(0),
        3000,
        n=40,
        target=TARGET_EQUIVALENT_SHIFT,
        covariance=train,
        test_covariance=test,
        noise_std=0.3,
        ridge=0.2,
    )
    formula = shifted_matrix_risk(40, train, TARGET_EQUIVALENT_SHIFT, test, 0.09, 0.2)
    assert abs(samples.mean() / formula - 1) < 4 / 40 + 4 * samples.std() / np.sqrt(3000) / formula
