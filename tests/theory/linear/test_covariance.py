"""Deterministic equivalents for any covariance: κ against 50 digits, arithmetics, limits, and training."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.simulate.end_to_end import risk_samples
from lintransfer.testing import spectra
from lintransfer.theory.linear import covariance as f
from lintransfer.theory.linear.effective_regularization import effective_regularization
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.linear.negative_ridge import critical_ridge
from lintransfer.theory.linear.optimal_ridge import optimal_ridge
from lintransfer.theory.linear.proportional import proportional_ridge_risk, tuned_ridge, tuned_ridge_risk
from lintransfer.theory.linear.two_stage import two_stage_risk

POWER = np.arange(1.0, 41) ** -1.5
ONES = np.ones(40)
DISPLACEMENT = np.arange(1.0, 41) ** -0.5


def exact_risk(n, eigenvalues, displacement, noise, ridge):
    """The formula at 60 digits, κ by mpmath's own root finder."""
    with mpmath.workdps(60):
        levels = [mpmath.mpf(float(v)) for v in eigenvalues]

        def excess(x):
            kappa = mpmath.exp(x)
            return sum(v / (v + kappa) for v in levels) + ridge / kappa - n

        top = mpmath.log((sum(levels) + ridge) / n)
        low = mpmath.log(max(mpmath.mpf(ridge) / n, (len(levels) - n) / sum(1 / v for v in levels)))
        kappa = mpmath.exp(mpmath.findroot(excess, (low, top), solver="anderson", tol=1e-100, maxsteps=500))
        df2 = sum((v / (v + kappa)) ** 2 for v in levels)
        energy = sum(v * mpmath.mpf(float(e)) / (v + kappa) ** 2 for v, e in zip(levels, displacement, strict=True))
        return float(kappa**2 * energy / (1 - df2 / n) + mpmath.mpf(noise) * df2 / (n - df2))


@pytest.mark.parametrize("exponent", [0.0, 1.5, 8.0, 19.0])
@pytest.mark.parametrize("ridge", [0.0, 1e-8, 1.0])
def test_eleven_digits_also_next_to_n_equal_d_and_ill_conditioned(exponent, ridge):
    eigenvalues = np.arange(1.0, 41) ** -exponent
    n = np.array([1.0, 5, 20, 38, 39])
    found = f.ridge_risk(n, eigenvalues, ONES, DISPLACEMENT, 0.1, ridge)
    expected = [exact_risk(size, eigenvalues, DISPLACEMENT, 0.1, ridge) for size in n]
    np.testing.assert_allclose(found, expected, rtol=1e-11)


def test_ten_thousand_eigenvalues_in_one_call():
    eigenvalues = np.arange(1.0, 10_001) ** -1.2
    n = np.array([10.0, 1000, 9999])
    kappa = effective_regularization(n, eigenvalues, np.ones(10_000), 0.5)
    np.testing.assert_allclose(f.sample_size(kappa, eigenvalues, np.ones(10_000), 0.5), n, rtol=1e-11)


@given(spectra(dim=8), st.integers(1, 30), st.sampled_from([0.0, 0.01, 3.0]))
def test_kappa_solves_its_equation(eigenvalues, n, ridge):
    kappa = effective_regularization(float(n), eigenvalues, np.ones(8), ridge)
    if ridge == 0 and n >= 8:
        assert kappa == 0
    else:
        assert f.sample_size(kappa, eigenvalues, np.ones(8), ridge) == pytest.approx(n, rel=1e-10)


def test_groups_are_repeated_eigenvalues():
    n = np.array([0.0, 3, 9, 10, 14, 30])
    grouped = f.ridge_risk(n, np.array([3.0, 1.0]), np.array([4.0, 6.0]), np.array([0.8, 0.6]), 0.2, 0.7)
    full = f.ridge_risk(n, np.repeat([3.0, 1.0], [4, 6]), np.ones(10), np.repeat([0.2, 0.1], [4, 6]), 0.2, 0.7)
    np.testing.assert_allclose(grouped, full, rtol=1e-12)


def test_zero_eigenvalues_do_not_count():
    padded = f.ridge_risk(np.array([2.0, 7.0]), np.array([2.0, 1.0, 0.0]), np.ones(3), np.ones(3), 0.1)
    np.testing.assert_allclose(
        padded, f.ridge_risk(np.array([2.0, 7.0]), np.array([2.0, 1.0]), np.ones(2), np.ones(2), 0.1)
    )


def test_isotropic_limits():
    n = np.array([0.0, 100, 900, 1500])
    one, many, energy = np.array([1.0]), np.array([1000.0]), np.array([0.7])
    np.testing.assert_allclose(
        f.ridge_risk(n, one, many, energy, 0.0), min_norm_risk(n, 1000, 0.7, 0.0), rtol=1e-12, atol=1e-15
    )
    for ridge in (0.0, 1.0, 300.0):
        limit = proportional_ridge_risk(n, 1000, 0.7, 0.2, ridge)
        np.testing.assert_allclose(f.ridge_risk(n, one, many, energy, 0.2, ridge), limit, rtol=1e-11)
    best = optimal_ridge(n[1:], one, many, energy, 0.2)
    np.testing.assert_allclose(best.ridge, tuned_ridge(1000, 0.7, 0.2), rtol=1e-9)
    np.testing.assert_allclose(best.risk, tuned_ridge_risk(n[1:], 1000, 0.7, 0.2), rtol=1e-11)


@given(spectra(dim=5), st.integers(1, 20), st.floats(0.01, 2))
def test_the_optimal_ridge_is_no_worse_than_a_grid(eigenvalues, n, noise):
    displacement = np.array([0.1, 2.0, 0.3, 0.0, 1.0])
    best = optimal_ridge(float(n), eigenvalues, np.ones(5), displacement, noise)
    grid = np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 200)])
    others = f.ridge_risk(np.full(201, float(n)), eigenvalues, np.ones(5), displacement, noise, grid)
    assert best.risk <= others.min() * (1 + 1e-9)
    again = f.ridge_risk(float(n), eigenvalues, np.ones(5), displacement, noise, float(best.ridge))
    assert again == pytest.approx(float(best.risk), rel=1e-7)


def test_tiny_noise_does_not_break_the_optimal_ridge():
    best = optimal_ridge(np.array([2.0, 20.0]), np.ones(1), np.array([4.0]), np.ones(1), 1e-14)
    assert np.all(np.isfinite(best.risk)) and np.all(np.isfinite(best.ridge))


def test_negative_ridge_ends_at_the_critical_one():
    critical = float(critical_ridge(10.0, POWER, ONES))
    assert critical < 0
    inside, outside = (f.ridge_risk(10.0, POWER, ONES, DISPLACEMENT, 0.01, c * critical) for c in (0.9, 1.1))
    assert np.isfinite(inside) and np.isnan(outside)


def test_compiled_mapped_and_differentiated():
    n = jnp.asarray([5.0, 20.0, 60.0])

    def value(ridge, noise, scale):
        return f.ridge_risk(n, scale * jnp.asarray(POWER), jnp.asarray(ONES), jnp.asarray(DISPLACEMENT), noise, ridge)

    plain = f.ridge_risk(np.asarray(n), POWER, ONES, DISPLACEMENT, 0.1, 0.5)
    np.testing.assert_allclose(jax.jit(value)(0.5, 0.1, 1.0), plain, rtol=1e-12)
    batch = jax.jit(jax.vmap(lambda r: value(r, 0.1, 1.0)))(jnp.asarray([0.1, 0.5]))
    np.testing.assert_allclose(batch[1], plain, rtol=1e-12)
    slopes = jax.jit(jax.jacobian(value, argnums=(0, 1, 2)))(0.5, 0.1, 1.0)
    for position, at in enumerate((0.5, 0.1, 1.0)):
        ends = np.array([[0.5, 0.1, 1.0]] * 2)
        ends[:, position] += np.array([1e-6, -1e-6]) * at
        up, down = (
            f.ridge_risk(np.asarray(n), scale * POWER, ONES, DISPLACEMENT, noise, ridge) for ridge, noise, scale in ends
        )
        np.testing.assert_allclose(slopes[position], (up - down) / (2e-6 * at), rtol=1e-6)


def test_transferability_is_the_difference_of_biases():
    n = np.array([3.0, 20.0, 39.0])
    source, cross, target = DISPLACEMENT, 0.4 * DISPLACEMENT, 0.9 * DISPLACEMENT
    scratch = f.ridge_risk(n, POWER, ONES, target, 0.1, 0.2)
    tuned = f.ridge_risk(n, POWER, ONES, source - 2 * cross + target, 0.1, 0.2)
    gain = f.metric_transferability(n, POWER, ONES, source, cross, 0.2)
    np.testing.assert_allclose(gain, scratch - tuned, rtol=1e-9)


def test_the_sign_of_transfer_can_flip_with_n():
    source, cross = np.array([1.0, 1.0]), np.array([0.8, 0.2])
    gain = f.metric_transferability(
        np.array([1.0, 150.0]), np.array([10.0, 0.1]), np.array([100.0, 100.0]), source, cross
    )
    assert gain[0] > 0 > gain[1]


def test_a_large_source_set_is_a_known_source():
    modes = POWER, ONES, DISPLACEMENT, 0.4 * DISPLACEMENT, 0.9 * DISPLACEMENT
    n = np.array([3.0, 20.0])
    two = two_stage_risk(n, 10.0**9, *modes, 0.1, 0.3, 0.2)
    known = f.ridge_risk(n, POWER, ONES, DISPLACEMENT - 0.8 * DISPLACEMENT + 0.9 * DISPLACEMENT, 0.1, 0.2)
    np.testing.assert_allclose(two, known, rtol=1e-6)


def test_training_converges_to_it_with_size():
    # The relative error of a deterministic equivalent is O(1/d): 4/d is granted, besides 4 standard errors.
    errors = []
    for dim in (10, 40):
        spectrum, target = np.arange(1.0, dim + 1) ** -0.5, np.ones(dim) / np.sqrt(dim)
        samples = risk_samples(
            np.random.default_rng(dim), 2000, n=dim // 2, target=target, covariance=spectrum, noise_std=0.3, ridge=0.5
        )
        formula = f.ridge_risk(dim / 2, spectrum, np.ones(dim), target**2, 0.09, 0.5)
        error = abs(samples.mean() / formula - 1)
        assert error < 4 / dim + 4 * samples.std() / np.sqrt(2000) / formula
        errors.append(error)


def test_long_spectra_agree_with_their_plain_sums():
    """Ten thousand modes go through a condensed spectrum, a few sizes at a time do not: plateaus and gaps included."""
    rng = np.random.default_rng(3)
    power = np.arange(1.0, 2001) ** -1.2
    for levels in (power, np.concatenate((power[:900], 1e-9 * power[900:]))):
        counts, displacement = np.ones(2000), rng.uniform(0, 1, 2000)
        n = np.array([0.0, 1, 17, 400, 899, 900, 901, 1500, 1999, 2000, 2001, 5000])
        for ridge in (0.0, 1e-6, 1.0):
            grid = f.ridge_risk(n, levels, counts, displacement, 0.1, ridge)
            single = [f.ridge_risk(size, levels, counts, displacement, 0.1, ridge) for size in n]
            np.testing.assert_allclose(grid, single, rtol=1e-11)
    empty = f.ridge_risk(n, np.r_[power, 0.0], np.ones(2001), np.ones(2001), 0.0, 0.0)
    assert empty[0] == pytest.approx(power.sum(), rel=1e-14) and empty[-1] == 0
    smooth = f.ridge_risk(n[1:5], power, counts, displacement, 0.1, 1.0)
    traced = jax.jit(lambda size: f.ridge_risk(size, jnp.asarray(power), counts, displacement, 0.1, 1.0))(n[1:5])
    np.testing.assert_allclose(smooth, traced, rtol=1e-12)
