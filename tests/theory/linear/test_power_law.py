"""Power-law learning curves: arithmetic, ends of the domain, and the deterministic equivalent they come from."""

import math
from fractions import Fraction

import flint
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import scipy.integrate
import sympy

from lintransfer.precision import enclose, to_fifty_digits
from lintransfer.theory.linear.effective_regularization import effective_regularization
from lintransfer.theory.linear.power_law import (
    mode_constant,
    power_law_kappa,
    power_law_risk,
    power_law_sample_complexity,
    power_law_sample_ratio,
    risk_constant,
    saturated_power_law_risk,
)


@pytest.mark.parametrize("a", [1.05, 1.5, 2.0, 6.0])
def test_mode_constant_is_its_integral(a):
    value, error = scipy.integrate.quad(lambda u: 1 / (1 + u**a), 0, 1, epsabs=0, epsrel=1e-12)
    tail, more = scipy.integrate.quad(lambda v: v ** (a - 2) / (1 + v**a), 0, 1, epsabs=0, epsrel=1e-10)
    assert mode_constant(a) == pytest.approx(value + tail, abs=2 * (error + more) + 1e-12)


@pytest.mark.parametrize("p", [0.3, 0.999, 1.0, 1.4])
def test_risk_constant_is_a_beta_function(p):
    value = mpmath.beta(2 - mpmath.mpf(p), mpmath.mpf(p))
    assert risk_constant(2.0, 1 + 2 * p) == pytest.approx(float(value), rel=1e-13)


@pytest.mark.parametrize("a", [1.001, 2.0, 50.0])
@pytest.mark.parametrize("p", [1e-6, 0.5, 1 - 1e-9, 1 + 1e-9, 1.9])
def test_float64_agrees_with_fifty_digits(a, p):
    arguments = {"n": 17, "spectrum_exponent": a, "energy_exponent": 1 + p * a, "amplitude": 0.3}
    exact = to_fifty_digits(power_law_risk, arguments)
    assert float(power_law_risk(**arguments) / exact - 1) == pytest.approx(0, abs=1e-12)
    arguments = {**arguments, "risk": 0.01}
    del arguments["n"]
    if p > 0.1:  # the exponent 1/(q − 1) is ill-conditioned, and overflows, for q → 1
        exact = to_fifty_digits(power_law_sample_complexity, arguments)
        assert float(power_law_sample_complexity(**arguments) / exact - 1) == pytest.approx(0, abs=1e-11)


def test_silent_outside_its_domain_and_exact_at_its_ends():
    assert math.isnan(power_law_risk(10, 2, 5.5, 1.0)) and math.isnan(power_law_risk(10, 2, 0.5, 1.0))
    assert math.isnan(power_law_risk(10, 1, 1.5, 1.0)) and math.isnan(power_law_risk(0, 2, 2, 1.0))
    assert power_law_kappa(0, 2) == math.inf and power_law_sample_complexity(0, 2, 2, 1.0) == math.inf
    assert math.isnan(power_law_sample_ratio(1, 1.0, 0.5, 1.0))
    grid = power_law_risk(np.array([[1], [10]]), 2, np.array([2, 3, 9]), 1.0)
    assert grid.shape == (2, 3) and np.isnan(grid).tolist() == [[False, False, True]] * 2


def test_complexity_inverts_the_risk():
    problem = {"spectrum_exponent": 1.7, "energy_exponent": np.array([1.3, 2.7, 4.0]), "amplitude": 3.0}
    needed = power_law_sample_complexity(1e-3, **problem)
    np.testing.assert_allclose(power_law_risk(needed, **problem), 1e-3, rtol=1e-12)


def test_the_deterministic_equivalent_approaches_the_law():
    """Halving or better per doubling of n, up to the tail that a finite d leaves out."""
    a, q = 2.0, 2.5
    index = np.arange(1, 400_001.0)
    lam, energy = index**-a, index**-q
    errors = []
    for n in (20, 40, 80):
        kappa = effective_regularization(n, lam)
        share = lam / (lam + kappa)
        bias = np.sum(energy * (1 - share) ** 2) / (1 - np.sum(share**2) / n)
        errors.append(abs(bias / power_law_risk(n, a, q, 1.0) - 1))
        assert abs(kappa / power_law_kappa(n, a) - 1) < 1.5 / n
        assert abs(np.sum(share**2) / n / (1 - 1 / a) - 1) < 1.5 / n
    assert errors[0] < 1.5 / 20 and errors[1] < 0.6 * errors[0] and errors[2] < 0.6 * errors[1]


def test_saturation_takes_over_where_the_energies_decay_fast():
    a, q, index = 2.0, 7.0, np.arange(1, 100_001.0)
    lam, energy = index**-a, index**-q
    for n in (20, 80):
        kappa = effective_regularization(n, lam)
        share = lam / (lam + kappa)
        bias = np.sum(energy * (1 - share) ** 2) / (1 - np.sum(share**2) / n)
        value = saturated_power_law_risk(n, a, float(mpmath.zeta(q - 2 * a)))
        assert abs(bias / value - 1) < 3 / n


def test_ratio_of_sample_sizes():
    source, cross, target = 1.2, 0.9, 1.5
    needed = [power_law_sample_complexity(1e-4, 2.0, 1.8, c) for c in (source - 2 * cross + target, target)]
    assert power_law_sample_ratio(1.8, source, cross, target) == pytest.approx(needed[0] / needed[1], rel=1e-13)
    assert power_law_sample_ratio(3, Fraction(1), Fraction(1), Fraction(1)) == 0


def test_jax_compiles_maps_and_differentiates_through_the_removable_singularity():
    compiled = jax.jit(power_law_risk)
    exponents = jnp.array([2.0, 3.0, 4.5, 9.0])
    plain = power_law_risk(7.0, 2.0, np.array(exponents), 1.0)
    np.testing.assert_allclose(jax.vmap(lambda q: compiled(7.0, 2.0, q, 1.0))(exponents), plain, rtol=1e-13)
    for q in (2.0, 3.0):
        gradient = jax.grad(power_law_risk, argnums=(0, 1, 2, 3))(7.0, 2.0, q, 1.3)
        for i, point in enumerate((7.0, 2.0, q, 1.3)):
            high, low = ([7.0, 2.0, q, 1.3], [7.0, 2.0, q, 1.3])
            high[i], low[i] = point + 1e-6, point - 1e-6
            slope = (power_law_risk(*high) - power_law_risk(*low)) / 2e-6
            assert float(gradient[i]) == pytest.approx(slope, rel=1e-6, abs=1e-9)


def test_symbols_and_balls():
    a, q, n = sympy.symbols("a q n", positive=True)
    value = power_law_risk(n, a, q, 1).subs({a: 4, q: 3})
    assert sympy.simplify(value - sympy.pi / 2 * (mode_constant(sympy.Integer(4)) / n) ** 2) == 0
    ball = enclose(power_law_risk, {"n": 10, "spectrum_exponent": 2.0, "energy_exponent": 3.0, "amplitude": 1.0}, 1e-9)
    assert ball.contains(flint.arb(power_law_risk(10, 2.0, 3.0, 1.0)))
