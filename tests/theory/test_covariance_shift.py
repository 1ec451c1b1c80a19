"""Heads trained under one covariance and tested under another: linear algebra by other means, and arithmetic."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from every_arithmetic import assert_gradient, assert_same_everywhere

from lintransfer.errors import DomainError
from lintransfer.theory.covariance_shift import shift_energies, shifted_head_risk, shifted_least_squares_risk
from lintransfer.theory.frozen_features import least_squares_head_risk

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
