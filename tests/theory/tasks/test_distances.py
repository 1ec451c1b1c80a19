"""Distances between tasks: numerical integration, ends of the domain, arithmetic."""

import math

import jax
import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere

from lintransfer.theory.linear.head_boundaries import large_sample_boundary
from lintransfer.theory.tasks import distances as d

PAIR = {"distance_squared": 0.7, "noise_variance": 0.3}


def over_inputs(function):
    """Mean over m = x·(θ_S − θ_T) ~ N(0, D²)."""
    scale = math.sqrt(PAIR["distance_squared"])
    return scipy.integrate.quad(lambda m: function(m) * scipy.stats.norm.pdf(m, scale=scale), -9, 9)[0]


def test_divergence_and_hellinger_by_integration():
    sigma = math.sqrt(PAIR["noise_variance"])
    p = scipy.stats.norm(scale=sigma)

    def at(m):
        q = scipy.stats.norm(m, sigma)
        kl = scipy.integrate.quad(lambda y: p.pdf(y) * (p.logpdf(y) - q.logpdf(y)), -8, 8)[0]
        affinity = scipy.integrate.quad(lambda y: math.sqrt(p.pdf(y) * q.pdf(y)), -8, 8, points=[0, m])[0]
        return kl, affinity

    grid, weights = np.polynomial.hermite_e.hermegauss(40)
    values = np.array([at(m) for m in grid * math.sqrt(PAIR["distance_squared"])])
    kl, affinity = weights @ values / weights.sum()
    assert d.kl_divergence(**PAIR) == pytest.approx(kl, rel=1e-7)
    assert d.squared_hellinger_distance(**PAIR) == pytest.approx(1 - affinity, rel=1e-7)


def test_wasserstein_bound_is_the_cost_of_moving_labels():
    assert d.wasserstein_bound(0.7) == pytest.approx(over_inputs(abs), rel=1e-7)
    assert d.dudley_bound(0.7) == d.wasserstein_bound(0.7) and d.dudley_bound(1e9) == 2


def test_without_noise():
    assert d.kl_divergence(0.5, 0.0) == math.inf and d.kl_divergence(0.0, 0.0) == 0
    assert d.squared_hellinger_distance(0.5, 0.0) == 1 and d.squared_hellinger_distance(0.0, 0.0) == 0
    for formula in (d.kl_divergence, d.squared_hellinger_distance):
        assert not np.isnan(jax.grad(formula, argnums=(0, 1))(0.0, 0.0)).any()


def test_hellinger_keeps_its_digits_for_close_teachers():
    assert d.squared_hellinger_distance(1e-20, 0.5) == pytest.approx(1e-20 / 4, rel=1e-14)


def test_distance_of_modes():
    energies = np.array([[0.1, 0.2, 0.3], [0.0, 1.0, 0.0]])
    np.testing.assert_allclose(d.teacher_distance_squared(np.array([1.0, 2.0, 3.0]), energies), [1.4, 2.0])


@pytest.mark.parametrize("overlap", [0.8, 0.0, -0.7])
def test_boundary_written_with_the_divergence(overlap):
    divergence = d.kl_divergence(2 - 2 * overlap, 0.3)
    expected = large_sample_boundary(1 - overlap**2, 0.3)
    assert d.boundary_from_divergence(divergence, 0.3) == pytest.approx(expected, rel=1e-14)


def test_a_larger_divergence_can_mean_more_transfer():
    near, middle, far = (d.boundary_from_divergence(kl, 0.5) for kl in (0.2, 2.0, 3.9))
    assert near > middle < far and d.boundary_from_divergence(4.0, 0.5) == math.inf


def test_every_arithmetic():
    for formula in (d.kl_divergence, d.squared_hellinger_distance):
        assert_same_everywhere(formula, **PAIR)
        assert_gradient(formula, PAIR, **PAIR)
    for formula in (d.wasserstein_bound, d.dudley_bound):
        assert_same_everywhere(formula, distance_squared=0.7)
    assert_same_everywhere(d.boundary_from_divergence, divergence=1.3, noise_variance=0.4)
