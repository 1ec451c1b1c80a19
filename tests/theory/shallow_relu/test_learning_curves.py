"""Learning curves: finite d, proportional limit, sample complexity, two stages, general covariance."""

from fractions import Fraction

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import sympy

from lintransfer.errors import DomainError
from lintransfer.simulate.shallow_relu.kernel import kernel_risk_samples
from lintransfer.theory.shallow_relu.gaussian import effective_rank, equivalent_ridge, gaussian_risk
from lintransfer.theory.shallow_relu.learning_curves import kernel_risk, linear_energies, sphere_kappa, sphere_risk
from lintransfer.theory.shallow_relu.proportional import (
    learning_ratio,
    nonlinearity,
    proportional_risk,
    proportional_sample_complexity,
    trained_nonlinearity,
)
from lintransfer.theory.shallow_relu.spectrum import spectrum_tail, sphere_spectrum
from lintransfer.theory.shallow_relu.two_stage import two_stage_risk

TRAINED = ("first", "second", "both")


@pytest.mark.parametrize("trained", TRAINED)
@pytest.mark.parametrize(("dim", "n"), [(12, 12), (20, 40)])
def test_the_learning_curve_against_kernel_regression(trained, dim, n):
    rng = np.random.default_rng(0)
    samples = kernel_risk_samples(
        rng, 300, n=n, target=np.full(dim, dim**-0.5), noise_std=(0.3 / dim) ** 0.5, trained=trained, test_points=100
    )[0]
    error = samples.std() / np.sqrt(len(samples))
    predicted = sphere_risk(n, dim, 1.0, 0.3 / dim, trained)
    assert abs(samples.mean() - predicted) < 4 * error + 0.05 * predicted


def test_kappa_solves_its_equation():
    n = np.array([1.0, 30.0, 400.0])
    kappa = sphere_kappa(n, 30, "both", ridge=0.1)[:, None]
    spectrum = sphere_spectrum(30, 20, "both")
    total = np.sum(spectrum.multiplicities * spectrum.eigenvalues / (spectrum.eigenvalues + kappa), axis=1)
    np.testing.assert_allclose(total + (spectrum_tail(30, 20, "both") + 0.1) / kappa[:, 0], n, rtol=1e-11)


def test_the_ends_of_the_learning_curve():
    assert sphere_risk(0, 20, 3, trained="first") == pytest.approx(3 / 20, rel=1e-15)
    assert np.all(np.diff(sphere_risk(np.arange(0, 60), 20, 1.0)) < 0)
    np.testing.assert_allclose(sphere_risk(np.array([5, 10]), 20, 1)[1], sphere_risk(10.0, 20, 1.0), rtol=1e-14)
    # A huge ridge learns nothing.
    assert sphere_risk(10.0, 20, 1.0, ridge=1e12) == pytest.approx(1 / 20, rel=1e-9)


def test_the_learning_curve_in_jax_and_at_extreme_dimensions():
    curve = jax.jit(jax.vmap(jax.value_and_grad(lambda n: sphere_risk(n, 1000, 1.0, 1e-4))))
    values, slopes = curve(jnp.array([0.0, 500.0]))
    np.testing.assert_allclose(values, sphere_risk(np.array([0.0, 500.0]), 1000, 1.0, 1e-4), rtol=1e-12)
    numeric = (sphere_risk(500.1, 1000, 1.0, 1e-4) - sphere_risk(499.9, 1000, 1.0, 1e-4)) / 0.2
    np.testing.assert_allclose(slopes[1], numeric, rtol=1e-6)
    assert np.isfinite(slopes[0])
    huge = sphere_risk(5e8, 10**9, 1.0, 1e-10, "second") * 1e9
    np.testing.assert_allclose(huge, proportional_risk(0.5, 1.0, 0.1, trained_nonlinearity("second")), rtol=1e-7)


def test_kernel_risk_in_other_arithmetics():
    plain = kernel_risk(4.5, 0.5, np.array([0.2, 0.1]), np.array([1.0, 5.0]), np.array([0.0, 1.0]), 0.3, 1.0)
    exact = kernel_risk(
        Fraction(9, 2),
        Fraction(1, 2),
        np.array([Fraction(1, 5), Fraction(1, 10)]),
        np.array([1, 5]),
        np.array([0, 1]),
        Fraction(3, 10),
        1,
    )
    assert isinstance(exact, Fraction) and float(exact) == pytest.approx(plain, rel=1e-14)
    with mpmath.workdps(40):
        precise = two_stage_risk(mpmath.mpf(20), mpmath.mpf(30), 15, mpmath.mpf(1), mpmath.mpf("0.5"), mpmath.mpf(1))
    np.testing.assert_allclose(two_stage_risk(20, 30, 15, 1.0, 0.5, 1.0), float(precise), rtol=1e-12)
    assert linear_energies(2.0, 2).tolist() == [0.0, 2.0, 0.0]
    with pytest.raises(DomainError, match="max_degree"):
        linear_energies(1.0, 0)


@pytest.mark.parametrize("trained", TRAINED)
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_the_proportional_limit_is_reached_like_one_over_d(trained, noise):
    gamma = np.array([0.25, 0.5, 1.0, 2.0])
    limit = proportional_risk(gamma, 1.0, noise, trained_nonlinearity(trained))
    errors = [sphere_risk(gamma * d, d, 1.0, noise / d, trained) * d / limit - 1 for d in (400, 1600)]
    assert np.all(np.abs(errors[0]) < 8 / 400)
    np.testing.assert_allclose(errors[0], 4 * errors[1], rtol=0.1, atol=2e-4)


def test_the_learning_ratio_is_accurate_on_both_sides():
    for gamma in (0.0, 1e-9, 0.5, 1.0, 1.999, 2.0, 10.0, 1e9):
        for zeta in (0.01, 0.36, 1.0):
            with mpmath.workdps(40):
                exact = float(learning_ratio(mpmath.mpf(gamma), mpmath.mpf(zeta)))
            np.testing.assert_allclose(learning_ratio(gamma, zeta), exact, rtol=1e-14)


def test_the_proportional_risk_in_other_arithmetics():
    g = sympy.Symbol("g", positive=True)
    assert proportional_risk(g, 1, 0, 1).subs(g, 1).evalf(20) == sympy.sqrt(5).evalf(20) / 5
    assert proportional_risk(0, 1, 1, 1) == 1.0
    arguments = (0.7, 1.2, 0.3, 0.5)
    gradients = jax.jit(jax.grad(proportional_risk, argnums=(0, 1, 2, 3)))(*arguments)
    for i, gradient in enumerate(gradients):
        up, down = ([a + s * 1e-6 * (j == i) for j, a in enumerate(arguments)] for s in (1, -1))
        np.testing.assert_allclose(gradient, (proportional_risk(*up) - proportional_risk(*down)) / 2e-6, rtol=1e-7)
    assert np.isfinite(jax.grad(proportional_risk)(0.0, 1.0, 0.1, 1.0))


@pytest.mark.parametrize("seed", range(4))
def test_the_sample_complexity_is_the_first_crossing(seed):
    rng = np.random.default_rng(seed)
    zeta, rho = rng.uniform(0.3, 1.0), 10 ** rng.uniform(-6, 5)
    epsilon = 1 - 10 ** rng.uniform(-9, -0.5) if seed % 2 else 10 ** rng.uniform(-6, -0.1)
    n = proportional_sample_complexity(epsilon, 1.0, 1.0, rho, zeta)
    np.testing.assert_allclose(proportional_risk(n, 1.0, rho, zeta), epsilon, rtol=1e-9)
    earlier = proportional_risk(n * np.linspace(0, 1 - 1e-9, 400), 1.0, rho, zeta)
    assert np.all(earlier >= epsilon * (1 - 1e-12))


def _complexity(risk_ratio, noise_ratio, zeta):
    return proportional_sample_complexity(risk_ratio, 100.0, 1.0, noise_ratio, zeta)


def test_the_sample_complexity_at_its_ends_and_its_gradient():
    values = proportional_sample_complexity(np.array([0.0, 0.5, 1.0, 2.0]), 100, 1.0, 0.1, 1.0)
    assert values[0] == np.inf and values[2] == values[3] == 0 and 0 < values[1] < 200
    assert proportional_sample_complexity(1, 1, 1, 0, 1) == 0
    point = (0.6, 2.0, 0.5)
    value, gradient = jax.jit(jax.value_and_grad(_complexity, argnums=(0, 1, 2)))(*point)
    np.testing.assert_allclose(value, _complexity(*point), rtol=1e-12)
    for i in range(3):
        up, down = ([a + s * 1e-6 * (j == i) for j, a in enumerate(point)] for s in (1, -1))
        np.testing.assert_allclose(gradient[i], (_complexity(*up) - _complexity(*down)) / 2e-6, rtol=1e-6)
    with pytest.raises(DomainError, match="risk"):
        proportional_sample_complexity(-1.0, 100, 1.0, 0.1, 1.0)


def test_general_covariance_is_ridge_regression():
    assert equivalent_ridge(10, 1, 0) == 10
    np.testing.assert_allclose(equivalent_ridge(10.0, 1, 1 / 7), 10 * (1 - 2 / (8 * np.pi)), rtol=1e-14)
    eigenvalues, multiplicities = np.array([2.0, 0.5]), np.array([30.0, 60.0])
    zeta = trained_nonlinearity("both", 0.25) - trained_nonlinearity("both")
    assert zeta == pytest.approx(0.5)
    risk = gaussian_risk(np.array([0, 40]), eigenvalues, multiplicities, np.array([0.3, 0.7]), 0.2, "both")
    assert risk[0] == pytest.approx(2 * 0.3 + 0.5 * 0.7) and 0 < risk[1] < risk[0]
    assert effective_rank(eigenvalues, multiplicities) == pytest.approx(60)
    assert np.isnan(gaussian_risk(5, np.ones(1), np.array([19.0]), np.ones(1)))


def test_general_covariance_against_simulation():
    dim, rng = 60, np.random.default_rng(2)
    spectrum = np.repeat([1.5, 0.5], 30)
    target = np.full(dim, dim**-0.5)
    samples = kernel_risk_samples(
        rng, 80, n=60, target=target, noise_std=0.5, trained="first", law="gaussian", covariance=spectrum
    )[0]
    predicted = gaussian_risk(60, np.array([1.5, 0.5]), np.array([30.0, 30.0]), np.array([0.5, 0.5]), 0.25, "first")
    rank = effective_rank(np.array([1.5, 0.5]), np.array([30.0, 30.0]))
    assert abs(samples.mean() / predicted - 1) < 4 * samples.std() / np.sqrt(80) / predicted + 4 / rank


def test_the_three_nonlinearities():
    np.testing.assert_allclose(
        [nonlinearity(1, 0), nonlinearity(0, 1), nonlinearity(1, 1)], [1, 1 - 2 / np.pi, 1 - 1 / np.pi], rtol=1e-15
    )
