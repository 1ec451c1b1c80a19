"""Shachaf's bound: it holds for every design and cut, is attained where it can be, and is as loose as is claimed."""

import math
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy

from lintransfer.precision import enclose, to_fifty_digits
from lintransfer.theory.linear.bounds import (
    best_shachaf_bound,
    covariance_deviation,
    cut_energies,
    deviation_rate,
    noise_energy,
    projected_bound,
    shachaf_bound,
    shachaf_bounds,
    split_shachaf_bound,
)
from lintransfer.theory.linear.conditional import conditional_risk


def draw(seed, n, dim, exponent):
    rng = np.random.default_rng(seed)
    spectrum = np.arange(1, dim + 1.0) ** -exponent
    return rng.standard_normal((n, dim)) * np.sqrt(spectrum), rng.standard_normal(dim), spectrum


@pytest.mark.parametrize("n, dim", [(1, 1), (1, 6), (4, 6), (6, 6), (20, 6)])
@pytest.mark.parametrize("exponent", [0.0, 1.0, 3.0])
def test_the_chain_of_bounds_holds_for_every_design_and_cut(n, dim, exponent):
    for seed in range(20):
        X, displacement, spectrum = draw(seed, n, dim, exponent)
        risk = conditional_risk(X, displacement, spectrum, 0.0)
        g = covariance_deviation(X, spectrum)
        sharper = projected_bound(X, displacement, spectrum)
        joint = shachaf_bounds(g, spectrum, displacement**2)
        split = split_shachaf_bound(g, *cut_energies(spectrum, displacement**2))
        rounding = 1e-12 * np.sum(spectrum * displacement**2)
        assert risk <= sharper + rounding and sharper <= joint[0] + rounding
        assert np.all(risk <= joint + rounding)
        assert np.all(joint <= split * (1 + 1e-12)) and np.all(split <= 2 * joint * (1 + 1e-12))
        assert best_shachaf_bound(g, spectrum, displacement**2) == joint.min()
        noisy = conditional_risk(X, displacement, spectrum, 0.7)
        assert noisy == pytest.approx(risk + noise_energy(X, spectrum, 0.7))


def test_the_bound_is_attained():
    """Isotropic inputs, one short sample, a displacement that it does not see: R = ‖δ‖² = g‖δ‖²."""
    X, delta = np.array([[0.5, 0.0, 0.0]]), np.array([0.0, 1.0, 2.0])
    g = covariance_deviation(X, np.ones(3))
    assert conditional_risk(X, delta, np.ones(3), 0.0) == pytest.approx(best_shachaf_bound(g, np.ones(3), delta**2))


@pytest.mark.parametrize("n, expected", [(10, 404), (150, 5800)])
def test_looseness_for_a_steep_spectrum(n, expected):
    """Best k, λ_i = i^(−2), d = 200, flat δ: about 400 at n = 10 and 6,000 at n = 150."""
    risks, bounds = [], []
    for seed in range(12):
        X, _, spectrum = draw(seed, n, 200, 2.0)
        risks.append(conditional_risk(X, np.ones(200), spectrum, 0.0))
        bounds.append(best_shachaf_bound(covariance_deviation(X, spectrum), spectrum, np.ones(200)))
    ratio = np.mean(bounds) / np.mean(risks)
    spread = np.std(bounds) / np.mean(bounds) + np.std(risks) / np.mean(risks)
    assert ratio == pytest.approx(expected, rel=4 * spread / math.sqrt(12))


def test_vacuous_for_isotropic_inputs_below_the_dimension():
    for n in (5, 10, 19):
        X, delta, ones = draw(n, n, 20, 0.0)
        assert best_shachaf_bound(covariance_deviation(X, ones), ones, delta**2) >= np.sum(delta**2)


def test_zero_eigenvalues_rule_out_their_cuts_only():
    bounds = shachaf_bounds(np.array([0.5, 0.1]), np.array([2.0, 0.0]), np.array([16.0, 0.0]))
    assert bounds.shape == (2, 3) and np.isinf(bounds).tolist() == [[False, False, True]] * 2
    assert np.isfinite(best_shachaf_bound(0.5, np.zeros(2), np.ones(2)))


def test_deviation_of_batches_and_matrices():
    designs = np.stack([draw(seed, 3, 4, 1.0)[0] for seed in range(5)])
    spectrum = np.arange(1, 5.0) ** -1
    values = covariance_deviation(designs, spectrum)
    assert values.shape == (5,)
    for X, value in zip(designs, values, strict=True):
        assert value == pytest.approx(np.linalg.norm(np.diag(spectrum) - X.T @ X / 3, 2))
        assert covariance_deviation(X, np.diag(spectrum)) == pytest.approx(value)


@pytest.mark.parametrize("n", [2, 20, 200])
@pytest.mark.parametrize("exponent", [0.0, 1.0])
def test_deviation_rate_with_constant_six_covers_simulated_deviations(n, exponent):
    spectrum = np.arange(1, 21.0) ** -exponent
    designs = np.random.default_rng(0).standard_normal((300, n, 20)) * np.sqrt(spectrum)
    rate = deviation_rate(n, spectrum, failure_probability=1e-6, constant=6.0)
    assert covariance_deviation(designs, spectrum).max() < rate


def test_isotropic_square_designs_need_a_constant_near_three():
    X = np.random.default_rng(0).standard_normal((300, 300))
    assert 2.7 < covariance_deviation(X, np.ones(300)) / deviation_rate(300, np.ones(300), 0.5, 1.0) < 3.3


def test_every_arithmetic():
    arguments = {"deviation": 0.3, "eigenvalue": 1.7, "captured": 2.2, "left_out": 0.4}
    for formula in (shachaf_bound, split_shachaf_bound):
        assert float(formula(**arguments) / to_fifty_digits(formula, arguments) - 1) == pytest.approx(0, abs=1e-14)
        assert enclose(formula, arguments, 1e-9).contains(enclose(formula, arguments).mid())
    assert shachaf_bound(Fraction(1, 2), 2, Fraction(16), Fraction(1)) == 2
    g, lam, a, b = sympy.symbols("g lam a b", positive=True)
    assert (
        sympy.simplify(split_shachaf_bound(g, lam, a, b) - shachaf_bound(g, lam, a, b)).subs({a: (lam / g) ** 2, b: 1})
        == 0
    )
    rate = deviation_rate(8, np.array([2.0, 1.0]), 0.1, 3.0)
    exact = to_fifty_digits(
        deviation_rate, {"n": 8, "eigenvalues": np.array([2.0, 1.0]), "failure_probability": 0.1, "constant": 3.0}
    )
    assert float(rate / exact - 1) == pytest.approx(0, abs=1e-14)


def test_jax_compiles_maps_and_differentiates():
    X, delta, spectrum = (jnp.asarray(v) for v in draw(0, 4, 6, 1.0))

    def bound(x, energy):
        return best_shachaf_bound(covariance_deviation(x, spectrum), spectrum, energy)

    plain_design, plain_delta, plain_spectrum = draw(0, 4, 6, 1.0)
    deviation = covariance_deviation(plain_design, plain_spectrum)
    plain = best_shachaf_bound(deviation, plain_spectrum, plain_delta**2)
    assert float(jax.jit(bound)(X, delta**2)) == pytest.approx(plain)
    assert jax.vmap(bound, in_axes=(0, None))(jnp.stack((X, 2 * X)), delta**2).shape == (2,)
    gradient = jax.grad(bound, argnums=1)(X, delta**2)
    step = 1e-6 * jnp.eye(6)[2]
    slope = (bound(X, delta**2 + step) - bound(X, delta**2 - step)) / 2e-6
    assert float(gradient[2]) == pytest.approx(float(slope), rel=1e-6)
    assert np.isfinite(jax.jacrev(shachaf_bounds, argnums=2)(0.5, spectrum, delta**2)).all()
