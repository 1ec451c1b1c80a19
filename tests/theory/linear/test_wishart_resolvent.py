"""Means over Wishart eigenvalues: moments, duals, closed forms, fifty digits; and the ridge heads that rest on them."""

import math
from fractions import Fraction

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import sympy
from helpers.every_arithmetic import assert_gradient, close

from lintransfer.precision import to_fifty_digits
from lintransfer.theory.linear import wishart_resolvent as wishart
from lintransfer.theory.linear.ridge_heads import (
    noise_gain,
    optimal_head_ridge,
    optimal_ridge_features_risk,
    ridge_features_risk,
    ridge_head_risk,
    shrinkage,
    squared_shrinkage,
)

MEANS = (wishart.mean_shrinkage, wishart.mean_squared_shrinkage, wishart.total_noise_gain, wishart.resolvent_trace)
ENERGIES = {"explained": 0.6, "unexplained": 0.3, "noise_variance": 0.2}


@pytest.mark.parametrize(
    ("n", "r"), [(1, 1), (2, 2), (3, 2), (3, 3), (4, 9), (21, 40), (200, 200), (199, 210), (10**6, 50), (10**6, 200)]
)
def test_moments_of_the_density(n, r):
    x, p = wishart._float_spectrum(n, r)
    size, gap = min(n, r), abs(n - r)
    assert (p >= 0).all()
    moments = [
        size, n * r, n * r * (n + r + 1.0), n * r * (n * n + r * r + 3.0 * n * r + 3 * n + 3 * r + 4.0),
    ]  # fmt: skip
    for k, exact in enumerate(moments):
        assert p @ x**k == pytest.approx(exact, rel=1e-12)
    if gap > 1:
        assert p @ (1 / x) == pytest.approx(size / (gap - 1), rel=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 40, 10**6])
def test_one_feature_is_chi_square(n):
    for ridge in (1e-90, 1e-9, 0.3, 40.0, 1e9):
        for mean, exact in zip(MEANS, (shrinkage, squared_shrinkage, noise_gain), strict=False):
            assert mean(n, 1, ridge) == pytest.approx(exact(n, ridge), rel=1e-12), (mean, ridge)


def test_two_eigenvalues_in_closed_form():
    """r = 2, n = 3: the density is ∝ |x − y| e^(−(x+y)/2), integrated here by SciPy's adaptive rule."""
    from scipy.integrate import quad

    ridge = 0.7

    def inner(x):
        # ∫ |x − y| e^(−y/2) dy over y > 0
        return 8 * math.exp(-x / 2) + 2 * x - 4

    mass = quad(lambda x: inner(x) * math.exp(-x / 2), 0, np.inf, epsabs=0, epsrel=1e-12)[0]
    found = quad(lambda x: inner(x) * math.exp(-x / 2) / (x + ridge), 0, np.inf, epsabs=0, epsrel=1e-12)[0]
    assert wishart.resolvent_trace(3, 2, ridge) == pytest.approx(2 * found / mass, rel=1e-11)


@pytest.mark.parametrize(("n", "r", "ridge"), [(2, 2, 1e-60), (3, 2, 1e-90), (5, 3, 0.1), (4, 5, 20.0), (12, 12, 1e-3)])
def test_fifty_digits(n, r, ridge):
    exact = to_fifty_digits(wishart.mean_squared_shrinkage, {"n": n, "n_features": r, "ridge": ridge})
    assert close(wishart.mean_squared_shrinkage(n, r, ridge), exact)


def test_fifty_digits_are_fifty_digits():
    with mpmath.workdps(50):
        found = wishart.total_noise_gain(mpmath.mpf(9), mpmath.mpf(4), mpmath.mpf(0))
        assert abs(found - 1) < mpmath.mpf(10) ** -45  # min(n, r)/(|n − r| − 1)


@pytest.mark.parametrize(("n", "r"), [(2, 6), (5, 4), (3, 3)])
def test_against_random_matrices(n, r):
    rng = np.random.default_rng(7)
    z = rng.standard_normal((20_000, n, r))
    w = np.maximum(np.linalg.eigvalsh(np.swapaxes(z, 1, 2) @ z), 0)
    ridge = 0.4
    for mean, samples in (
        (wishart.mean_shrinkage, (ridge / (w + ridge)).mean(1)),
        (wishart.mean_squared_shrinkage, ((ridge / (w + ridge)) ** 2).mean(1)),
        (wishart.total_noise_gain, (w / (w + ridge) ** 2).sum(1)),
    ):
        assert abs(samples.mean() - mean(n, r, ridge)) < 4 * samples.std() / math.sqrt(len(samples))


def test_ends_of_the_domain():
    for n, r in ((0, 3), (2, 5), (4, 4), (7, 3)):
        unmet = max(1 - n / r, 0)
        assert wishart.mean_shrinkage(n, r, 0.0) == wishart.mean_squared_shrinkage(n, r, 0.0) == unmet
        assert wishart.mean_shrinkage(n, r, math.inf) == 1 and wishart.total_noise_gain(n, r, math.inf) == 0
    assert wishart.total_noise_gain(0, 1, 0.0) == 0
    assert [wishart.total_noise_gain(n, 3, 0.0) for n in (2, 3, 4)] == [math.inf] * 3
    assert wishart.resolvent_trace(0, 3, 2.0) == 1.5 and wishart.resolvent_trace(2, 3, 0.0) == math.inf
    for n, r in ((201, 201), (10**6 + 1, 2), (2.5, 2)):
        assert math.isnan(wishart.mean_shrinkage(n, r, 0.3))


def test_arrays_and_traced_ridges():
    n, r, ridge = np.array([[1], [4], [0]]), np.array([2, 5]), 0.3
    together = wishart.mean_shrinkage(n, r, ridge)
    assert together.shape == (3, 2)
    apart = [[wishart.mean_shrinkage(int(a), int(b), ridge) for b in r] for a in n[:, 0]]
    np.testing.assert_allclose(together, apart, rtol=1e-14)
    ridges = np.array([0.1, 0.3, 2.0])
    np.testing.assert_allclose(
        wishart.total_noise_gain(4, 3, ridges), [wishart.total_noise_gain(4, 3, z) for z in ridges], rtol=1e-14
    )
    compiled = jax.jit(jax.vmap(lambda z: wishart.mean_squared_shrinkage(n, r, z)))(jnp.asarray(ridges))
    assert compiled.shape == (3, 3, 2) and compiled.dtype == jnp.float64
    np.testing.assert_allclose(compiled[1], wishart.mean_squared_shrinkage(n, r, 0.3), rtol=1e-14)
    assert wishart.mean_shrinkage(3, 2, Fraction(1, 2)) == wishart.mean_shrinkage(3, 2, 0.5)
    with pytest.raises(TypeError, match="neither symbols nor enclosures"):
        wishart.mean_shrinkage(3, 2, sympy.Symbol("ridge", positive=True))


def test_gradients():
    def risk(**rest):
        return ridge_features_risk(5, 3, **rest)

    assert_gradient(risk, ("ridge", *ENERGIES), ridge=0.7, **ENERGIES)
    assert_gradient(lambda **rest: optimal_ridge_features_risk(2, 4, **rest), tuple(ENERGIES), **ENERGIES)
    for n, ridge in ((3, 0.0), (0, 1.0), (5, math.inf), (9, 0.0), (4, -1.0)):
        slope = jax.grad(lambda z, n=n: ridge_features_risk(n, 3, ridge=z, **ENERGIES))(ridge)
        assert not np.isnan(slope), (n, ridge)
    # At λ = 0 the slope is −2v E tr W⁻², and E tr W⁻² = r(n−1)/((n−r)(n−r−1)(n−r−3)).
    slope = jax.grad(lambda z: ridge_features_risk(9, 3, ridge=z, **ENERGIES))(0.0)
    assert slope == pytest.approx(-2 * 0.5 * 3 * 8 / (6 * 5 * 3), rel=1e-12)


@pytest.mark.parametrize(("n", "r"), [(1, 2), (3, 3), (4, 9), (30, 7)])
def test_the_best_ridge_is_best(n, r):
    best = optimal_head_ridge(r, **ENERGIES)
    at_best = ridge_features_risk(n, r, ridge=best, **ENERGIES)
    assert optimal_ridge_features_risk(n, r, **ENERGIES) == pytest.approx(at_best, rel=1e-13)
    assert (ridge_features_risk(n, r, ridge=best * np.array([0.5, 0.9, 1.1, 2.0]), **ENERGIES) > at_best).all()
    slope = jax.grad(lambda ridge: ridge_features_risk(n, r, ridge=ridge, **ENERGIES))(best)
    assert abs(float(slope)) < 1e-14


def test_risks_at_the_ends_of_their_domain():
    for n, v, ridge, infinite in (
        (0, 0.5, 0.0, False), (2, 0.5, 0.0, True), (3, 0.5, 0.0, True), (4, 0.5, 0.0, True), (5, 0.5, 0.0, False),
        (3, 0.5, 1e-9, False), (3, 0.0, 0.0, False), (4, 0.5, -0.1, True), (0, 0.5, -0.1, False),
    ):  # fmt: skip
        risk = ridge_features_risk(n, 3, 0.6, 0.0, v, ridge)
        assert np.isinf(risk) == infinite and not np.isnan(risk), (n, v, ridge)
    assert ridge_features_risk(7, 1, ridge=0.3, **ENERGIES) == pytest.approx(
        ridge_head_risk(7, ridge=0.3, **ENERGIES), rel=1e-13
    )
    assert optimal_ridge_features_risk(2, 5, 0.5, 0.0, 0.0) == pytest.approx(0.3, rel=1e-15)
    assert optimal_ridge_features_risk(2, 5, 0.0, 0.4, 0.1) == 0.4
