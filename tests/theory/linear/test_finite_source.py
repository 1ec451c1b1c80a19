"""Transfer from a fitted source: the whole domain, arithmetic, gradients."""

import math

import jax
import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere

from lintransfer.theory.linear.finite_source import (
    finite_source_displacement,
    finite_source_risk,
    source_feature_risk,
    source_feature_unexplained,
)
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.isotropic import min_norm_risk

SOURCE = {"source_energy": 1.44, "cross_energy": 0.9, "target_energy": 1.1}
NOISES = {"noise_variance": 0.2, "source_noise_variance": 0.3}
ON_SOURCE = (finite_source_displacement, source_feature_unexplained)
ON_BOTH = (finite_source_risk, source_feature_risk)


@pytest.mark.parametrize(("n_source", "dim"), [(4, 9), (12, 9)])
def test_every_arithmetic(n_source, dim):
    for formula in ON_SOURCE:
        assert_same_everywhere(formula, n_source=n_source, dim=dim, source_noise_variance=0.3, **SOURCE)
    for formula in ON_BOTH:
        assert_same_everywhere(formula, n=6, n_source=n_source, dim=dim, **SOURCE, **NOISES)


def test_gradients():
    wrt = ("n", "n_source", *SOURCE, *NOISES)
    for formula in ON_BOTH:
        assert_gradient(formula, wrt, n=5, n_source=4, dim=9, **SOURCE, **NOISES)
    everything = tuple(range(8))
    for point in ((5.0, 0.0), (12.0, 9.0), (5.0, 20.0), (0.0, 4.0)):
        for formula in ON_BOTH:
            slopes = jax.grad(formula, argnums=everything)(*point, 9.0, 1.44, 0.9, 1.1, 0.2, 0.0)
            assert not np.isnan(slopes).any(), (formula.__name__, point)
    slopes = jax.grad(source_feature_risk, argnums=(3, 4, 5, 7))(5.0, 4.0, 9.0, 0.0, 0.0, 1.1, 0.2, 0.3)
    assert not np.isnan(slopes).any()


def test_whole_domain_of_fine_tuning():
    n, n_source = np.arange(0, 14)[:, None], np.arange(0, 14)
    risk = finite_source_risk(n, n_source, 8, **SOURCE, **NOISES)
    source_peak = (abs(n_source - 8) <= 1) & (n < 8)
    peak = (abs(n - 8) <= 1) & (n >= 1)
    np.testing.assert_array_equal(np.isinf(risk), source_peak | peak)
    assert not np.isnan(risk).any()
    np.testing.assert_allclose(risk[:, 0], min_norm_risk(n[:, 0], 8, 1.1, 0.2))
    np.testing.assert_allclose(risk[10:, 3], min_norm_risk(n[10:, 0], 8, 0.0, 0.2))
    clean = finite_source_displacement(n_source, 8, **SOURCE, source_noise_variance=0.0)
    np.testing.assert_allclose(clean, 1.1 + np.minimum(n_source / 8, 1) * (1.44 - 1.8), rtol=1e-14)


def test_whole_domain_of_linear_transfer():
    n, n_source = np.arange(0, 8)[:, None], np.arange(0, 14)
    risk = source_feature_risk(n, n_source, 8, **SOURCE, **NOISES)
    np.testing.assert_array_equal(np.isinf(risk), ((n == 1) | (n == 2)) & (n_source > 0))
    assert not np.isnan(risk).any()
    np.testing.assert_allclose(risk[:, 0], 1.1)  # no source, no feature
    np.testing.assert_allclose(risk[0], 1.1)
    unexplained = source_feature_unexplained(n_source, 8, **SOURCE, source_noise_variance=0.3)
    assert ((unexplained > 1.1 - 0.81 / 1.44) & (unexplained <= 1.1)).all()
    assert unexplained[8] > unexplained[5] and unexplained[8] > unexplained[12]  # destroyed near n_S = d


def test_degenerate_sources():
    assert source_feature_risk(5, 4, 8, 0.0, 0.0, 1.1, 0.2, 0.0) == 1.1  # the fit vanishes
    noise_only = source_feature_risk(5, 4, 8, 0.0, 0.0, 1.1, 0.2, 0.3)
    assert noise_only == pytest.approx(frozen_features_risk(5, 1, 1.1 / 8, 1.1 * 7 / 8, 0.2), rel=1e-13)
    parallel = source_feature_risk(5, 3, 1, 1.0, -1.0, 1.0, 0.2, 0.3)  # d = 1: every fit is parallel
    assert parallel == pytest.approx(0.2 / 3, rel=1e-13)
    known = source_feature_risk(5, 10**9, 8, **SOURCE, noise_variance=0.2, source_noise_variance=0.3)
    assert known == pytest.approx(frozen_features_risk(5, 1, 0.81 / 1.44, 1.1 - 0.81 / 1.44, 0.2), rel=1e-8)


def test_huge_sizes_keep_their_digits():
    huge = dict(n=4 * 10**8, n_source=3 * 10**8, dim=10**9, **SOURCE, **NOISES)
    for formula in ON_BOTH:
        assert_same_everywhere(formula, **huge)
    assert math.isfinite(finite_source_displacement(10**9 - 2, 10**9, **SOURCE, source_noise_variance=0.3))
