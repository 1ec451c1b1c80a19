"""Heads on frozen features: arithmetic, the peak at n = r, and covariance shift."""

import math
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere

from lintransfer.theory.linear.frozen_features import (
    frozen_features_risk,
    least_squares_head_risk,
    min_norm_head_risk,
    unexplained_energy,
)

ENERGIES = {"explained": 0.6, "unexplained": 0.3, "noise_variance": 0.2}


@pytest.mark.parametrize(("n", "r"), [(3, 1), (12, 4), (4, 12), (10**9, 7)])
def test_every_arithmetic(n, r):
    assert_same_everywhere(frozen_features_risk, n=n, n_features=r, **ENERGIES)
    regime = least_squares_head_risk if n > r else min_norm_head_risk
    energies = {k: v for k, v in ENERGIES.items() if regime is min_norm_head_risk or k != "explained"}
    assert_same_everywhere(regime, n=n, n_features=r, **energies)


def test_gradients():
    assert_gradient(frozen_features_risk, ("n", *ENERGIES), n=12, n_features=4, **ENERGIES)
    assert_gradient(frozen_features_risk, ("n", *ENERGIES), n=4, n_features=12, **ENERGIES)
    for n, r in ((4.0, 4.0), (0.0, 1.0), (1.0, 0.0), (5.0, 4.0)):
        slopes = jax.grad(frozen_features_risk, argnums=(2, 3, 4))(n, r, 0.6, 0.3, 0.2)
        assert not np.isnan(slopes).any(), (n, r)


def test_fractions_stay_exact():
    risk = least_squares_head_risk(7, 2, Fraction(1, 3), Fraction(1, 5))
    assert risk == Fraction(1, 3) + Fraction(8, 15) * 2 / 4 and isinstance(risk, Fraction)
    assert (
        min_norm_head_risk(2, 7, Fraction(1, 2), Fraction(1, 3), Fraction(1, 5))
        == Fraction(1, 3) + Fraction(5, 14) + Fraction(8, 15) * 2 / 4
    )


def test_whole_domain():
    n, r = np.arange(0, 12)[:, None], np.arange(0, 7)
    risk = frozen_features_risk(n, r, 0.6, 0.3, 0.2)
    infinite = (abs(n - r) <= 1) & (n >= 1) & (r >= 1)
    np.testing.assert_array_equal(np.isinf(risk), infinite)
    assert not np.isnan(risk).any()
    np.testing.assert_allclose(risk[0, 1:], 0.9, rtol=1e-14)
    np.testing.assert_allclose(risk[:, 0], 0.3)
    exact = frozen_features_risk(n, r, 0.6, 0.0, 0.0)  # nothing that acts as noise: no peak
    np.testing.assert_allclose(exact[:, 1:], 0.6 * np.maximum(1 - n / r[1:], 0), atol=1e-15)


def test_jit_over_a_grid():
    n = jnp.arange(12.0)
    got = jax.jit(lambda n: frozen_features_risk(n, 5, **ENERGIES))(n)
    np.testing.assert_allclose(got, frozen_features_risk(np.arange(12), 5, **ENERGIES), rtol=1e-14)


def test_unexplained_energy_of_subspaces():
    rng = np.random.default_rng(0)
    features = np.linalg.qr(rng.standard_normal((9, 3)))[0]
    target = np.linalg.qr(rng.standard_normal((9, 5)))[0]
    cosines = np.linalg.svd(features.T @ target, compute_uv=False)
    residual = target - features @ (features.T @ target)
    assert unexplained_energy(cosines, 5) == pytest.approx(np.sum(residual**2), rel=1e-13)
    assert unexplained_energy(jnp.asarray(cosines), 5) == pytest.approx(np.sum(residual**2), rel=1e-13)
    assert unexplained_energy([0.6], 1) == pytest.approx(0.64, rel=1e-15)
    # a sum of squared sines: no cancellation when the subspaces nearly agree
    assert unexplained_energy(np.array([1 - 1e-14]), 1) == pytest.approx(2 * 9.992007221626409e-15, rel=1e-9)
    assert unexplained_energy(np.ones((4, 2)), 3).tolist() == [1.0] * 4


def test_outputs_share_the_formula():
    """k outputs with noise σ² each: energies add, the noise is kσ²."""
    one = [frozen_features_risk(9, 3, e, u, 0.2) for e, u in ((0.6, 0.3), (0.1, 0.5))]
    assert frozen_features_risk(9, 3, 0.7, 0.8, 0.4) == pytest.approx(sum(one), rel=1e-14)
    assert math.isinf(frozen_features_risk(3, 3, 0.7, 0.8, 0.4))
