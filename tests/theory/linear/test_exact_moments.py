"""The two exact one-dimensional integrals, against closed forms, adaptive quadrature and simulation."""

from fractions import Fraction

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import scipy.integrate
import sympy

from lintransfer.precision import to_fifty_digits
from lintransfer.simulate.end_to_end import risk_samples
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.exact_moments import codimension_one_risk, one_sample_risk

BOTH = pytest.mark.parametrize("risk", [one_sample_risk, codimension_one_risk])


def by_the_other_formula(eigenvalues, multiplicities, energy):
    """n = 1 as wᵀΣw + Σ w²(−2λA + B), by SciPy's adaptive rule: other terms, other quadrature."""
    lam, m, e = (np.asarray(v, float) for v in (eigenvalues, multiplicities, energy))

    def integrand(t):
        x = np.exp(t)
        s = 1 / (1 + 2 * x * lam)
        phi = np.exp(np.sum(m * np.log(s)) / 2)
        a = lam * s
        b = x * a * (np.sum(m * lam**2 * s) + 2 * lam**2 * s)
        return x * phi * np.sum(e * (-2 * lam * a + b))

    value = scipy.integrate.quad(integrand, -40, 40, epsabs=0, epsrel=1e-12, limit=400)[0]
    return np.sum(e * lam) + value


@pytest.mark.parametrize("dim", [1, 2, 7, 1000, 10**9])
def test_isotropic_inputs_give_the_classical_risk(dim):
    assert one_sample_risk([2.0], [dim], [1.5]) == pytest.approx(3 * (1 - 1 / dim), rel=1e-11, abs=1e-14)
    assert codimension_one_risk([2.0], [dim], [1.5]) == pytest.approx(3 / dim, rel=1e-11)


@BOTH
@pytest.mark.parametrize("small", [0.3, 1e-6, 1e-14, 1e-30])
def test_two_dimensions_give_half_the_geometric_mean(risk, small):
    assert risk([1.0, small], [1, 1], [0.3, 0.7]) == pytest.approx(0.5 * small**0.5, rel=1e-11)


def test_one_sample_against_other_terms_and_adaptive_quadrature():
    for exponent in (0.5, 1.0, 2.0):
        lam, e = np.arange(1, 7.0) ** -exponent, np.linspace(0.2, 2, 6)
        assert one_sample_risk(lam, np.ones(6), e) == pytest.approx(by_the_other_formula(lam, np.ones(6), e), rel=1e-9)


@BOTH
@pytest.mark.parametrize("small", [0.5, 1e-9])
@pytest.mark.parametrize("counts", [[1, 1], [1, 40], [300, 2]])
def test_float64_agrees_with_mpmath(risk, small, counts):
    arguments = {"eigenvalues": [1.0, small], "multiplicities": counts, "displacement": [0.3, 0.9]}
    exact = to_fifty_digits(risk, arguments)
    assert float(risk(**arguments) / exact - 1) == pytest.approx(0, abs=1e-12)


@BOTH
def test_the_rule_under_mpmath_agrees_with_its_adaptive_quadrature(risk):
    lam, e = [mpmath.mpf(2), mpmath.mpf(1) / 3], [mpmath.mpf(1), mpmath.mpf(2)]

    def integrand(x):
        if risk is one_sample_risk:
            a = [v / (1 + 2 * x * v) for v in lam]
            parts = [e[i] * (lam[i] * 3 * a[1 - i] ** 2 + a[i] * lam[1 - i] * a[1 - i]) for i in (0, 1)]
            return x * sum(parts) / mpmath.sqrt((1 + 2 * x * lam[0]) * (1 + 2 * x * lam[1]))
        q = [1 / (1 + 2 * x / v) for v in lam]
        return x * sum(e[i] / lam[i] * q[i] * (sum(q) + 2 * q[i]) for i in (0, 1)) * mpmath.sqrt(q[0] * q[1])

    with mpmath.workdps(30):
        adaptive = mpmath.quad(lambda t: integrand(mpmath.exp(t)) * mpmath.exp(t), [-60, -20, -5, 0, 5, 20, 80])
        value = risk(np.array(lam, dtype=object), [1, 1], np.array(e, dtype=object))
        assert abs(value / adaptive - 1) < mpmath.mpf("1e-19")


@BOTH
def test_merged_multiplicities_and_order_do_not_matter(risk):
    merged = risk([2.0, 0.5], [3, 2], [1.0, 4.0])
    assert risk([0.5, 2, 2, 0.5, 2], np.ones(5), [4, 1, 0, 0, 0]) == pytest.approx(merged, rel=1e-13)


@BOTH
def test_zero_eigenvalues_carry_no_risk(risk):
    assert risk([2.0, 0.5, 0.0], [3, 2, 4], [1.0, 4.0, 9.0]) == pytest.approx(risk([2.0, 0.5], [3, 2], [1.0, 4.0]))
    assert risk([0.0], [3], [1.0]) == 0


@BOTH
def test_many_eigenvalues(risk):
    lam = np.repeat([3.0, 1e-4], [4000, 6000])
    expected = risk([3.0, 1e-4], [4000, 6000], [4000.0, 6000.0])
    assert risk(lam, np.ones(10_000), np.ones(10_000)) == pytest.approx(expected, rel=1e-11)


@BOTH
def test_jax_compiles_maps_and_differentiates(risk):
    counts, energy = jnp.array([2.0, 3.0]), jnp.array([1.0, 0.5])
    lam = jnp.array([1.5, 0.2])
    plain = risk(np.array(lam), np.array(counts), np.array(energy))
    assert float(jax.jit(risk)(lam, counts, energy)) == pytest.approx(plain, rel=1e-13)
    mapped = jax.vmap(risk, in_axes=(0, None, None))(jnp.stack((lam, 2 * lam)), counts, energy)
    assert np.asarray(mapped) == pytest.approx([plain, 2 * plain], rel=1e-12)  # the risk is linear in Σ
    gradient = np.asarray(jax.grad(risk)(lam, counts, energy))
    step = 1e-6
    for i in (0, 1):
        shift = step * np.eye(2)[i]
        high, low = (risk(np.array(lam) + s * shift, np.array(counts), np.array(energy)) for s in (1, -1))
        assert gradient[i] == pytest.approx((high - low) / (2 * step), rel=1e-7)


def test_fractions_are_taken_as_numbers_and_symbols_are_refused():
    assert one_sample_risk([Fraction(1)], [4], [Fraction(2)]) == pytest.approx(1.5)
    with pytest.raises(TypeError, match="numerically"):
        one_sample_risk([sympy.Symbol("x", positive=True)], [1], [1])


@pytest.mark.parametrize("n, risk", [(1, one_sample_risk), (5, codimension_one_risk)])
def test_simulation(n, risk):
    spectrum, displacement = np.arange(1, 7.0) ** -1.5, np.linspace(-1, 2, 6)
    samples = risk_samples(np.random.default_rng(3), 40_000, n=n, target=displacement, covariance=spectrum)
    value = risk(spectrum, np.ones(6), displacement**2)
    assert abs(samples.mean() - value) < 4 * samples.std() / 200  # false alarm 6e-5


@pytest.mark.parametrize("n, risk, median", [(1, one_sample_risk, 0.019), (7, codimension_one_risk, 0.07)])
def test_distance_of_the_deterministic_equivalent(n, risk, median):
    """At d = 8, λ_i = i^(−2), it is off by 1.9 % at n = 1 and 7 % at n = 7 in the median over displacements."""
    spectrum, counts = np.arange(1, 9.0) ** -2, np.ones(8)
    exact = np.array([risk(spectrum, counts, mode) for mode in np.eye(8)])
    equivalent = np.array([float(ridge_risk(np.array([n]), spectrum, counts, mode)[0]) for mode in np.eye(8)])
    energies = np.random.default_rng(0).standard_normal((2000, 8)) ** 2
    off = np.abs(energies @ equivalent / (energies @ exact) - 1)
    assert np.median(off) == pytest.approx(median, rel=0.15)
