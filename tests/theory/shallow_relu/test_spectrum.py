"""The sphere spectrum against its textbook form at sixty digits, quadrature, and the sums to K(1)."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import sympy
from scipy.special import eval_gegenbauer

from lintransfer.errors import DomainError
from lintransfer.theory.shallow_relu.kernels import kernel
from lintransfer.theory.shallow_relu.spectrum import (
    gamma_half_ratio,
    log_sphere_spectrum,
    spectrum_tail,
    sphere_masses,
    sphere_multiplicities,
    sphere_spectrum,
)


def textbook(dim, max_degree):
    """Multiplicities and eigenvalues of K₁ and K₂ from the step coefficients with all their Gamma functions."""
    d = mpmath.mpf(dim)

    def step(k):
        if k <= 0 or k % 2 == 0:
            return mpmath.mpf(1) / 2 if k == 0 else mpmath.mpf(0)
        j = (k - 1) // 2
        top = (-1) ** j * mpmath.gamma(d / 2) * mpmath.factorial(2 * j)
        return top / (mpmath.sqrt(mpmath.pi) * 2**k * mpmath.factorial(j) * mpmath.gamma(k - j + (d - 1) / 2))

    numbers, first, second = [], [], []
    for k in range(max_degree + 1):
        down = mpmath.mpf(k) / (2 * k + d - 2) if k else mpmath.mpf(0)
        up = 1 - down
        shared = mpmath.factorial(k) * mpmath.gamma(d - 1)
        numbers.append((2 * k + d - 2) * mpmath.gamma(k + d - 2) / shared if k else mpmath.mpf(1))
        first.append(down * step(k - 1) ** 2 + up * step(k + 1) ** 2)
        second.append(d * (down * step(k - 1) + up * step(k + 1)) ** 2)
    return numbers, first, second


@pytest.mark.parametrize(
    ("dim", "max_degree"), [(3, 60), (8, 40), (31, 30), (33, 30), (1000, 60), (10**4, 200), (10**9, 20)]
)
def test_closed_form_in_floats_and_logarithms(dim, max_degree):
    with mpmath.workdps(60):
        numbers, first, second = textbook(dim, max_degree)
        for trained, values in (("first", first), ("second", second)):
            masses = sphere_masses(dim, max_degree, trained)
            logs = log_sphere_spectrum(dim, max_degree, trained)
            plain = sphere_spectrum(dim, max_degree, trained)
            for k, (number, value) in enumerate(zip(numbers, values, strict=True)):
                np.testing.assert_allclose(float(logs.multiplicities[k]), float(mpmath.log(number)), rtol=1e-13)
                if k % 2 and k > 1:
                    assert masses[k] == plain.eigenvalues[k] == 0 and logs.eigenvalues[k] == -np.inf
                    continue
                np.testing.assert_allclose(masses[k], float(number * value), rtol=1e-13)
                np.testing.assert_allclose(logs.eigenvalues[k], float(mpmath.log(value)), rtol=1e-13)
                np.testing.assert_allclose(plain.eigenvalues[k], float(value), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("dim", [2, 3, 7])
@pytest.mark.parametrize("trained", ["first", "second", "both"])
def test_the_spectrum_is_that_of_the_kernel(dim, trained):
    node, weight = np.polynomial.legendre.leggauss(200)
    angle = (1 + node) * np.pi / 2
    weight = weight * np.sin(angle) ** (dim - 2)
    cosine = np.cos(angle)
    eigenvalues = sphere_spectrum(dim, 6, trained).eigenvalues
    for k in range(7):
        shape = (dim - 2) / 2
        zonal = np.cos(k * angle) if dim == 2 else eval_gegenbauer(k, shape, cosine) / eval_gegenbauer(k, shape, 1.0)
        integral = np.sum(weight * kernel(cosine, trained) * zonal) / np.sum(weight)
        np.testing.assert_allclose(eigenvalues[k], integral, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dim", [3, 12, 1000])
def test_the_masses_sum_to_the_diagonal_at_the_stated_rates(dim):
    for trained, power in (("first", 1), ("second", 3)):
        tails = np.array([spectrum_tail(dim, k, trained) for k in (2000, 4000)])
        assert np.all(tails > 0)
        np.testing.assert_allclose(tails[0] / tails[1], 2.0**power, rtol=0.6 if dim == 1000 else 0.05)
    assert spectrum_tail(dim, 4000, "both") < 3e-2


def test_degree_one_and_odd_degrees():
    mu = sphere_spectrum(9, 7, "both").eigenvalues
    np.testing.assert_allclose(mu[1], 2 / (4 * 9), rtol=1e-15)
    assert mu[3] == mu[5] == mu[7] == 0


def test_multiplicities_are_whole_numbers():
    assert sphere_multiplicities(5, 6).tolist() == [1, 5, 14, 30, 55, 91, 140]
    assert sphere_multiplicities(2, 3).tolist() == [1, 2, 2, 2]


def test_out_of_the_range_of_floats_nothing_breaks():
    plain = sphere_spectrum(10**6, 200, "first")
    assert plain.eigenvalues[-1] == 0 and plain.multiplicities[-1] == np.inf
    assert np.isfinite(log_sphere_spectrum(10**6, 200, "first").eigenvalues[-1])
    assert np.all(np.isfinite(sphere_masses(10**6, 200, "first")))


def test_arrays_of_dimensions_symbols_and_gradients():
    many = sphere_masses(np.array([[3], [50]]), 4, "both")
    assert many.shape == (2, 1, 5)
    np.testing.assert_allclose(many[1, 0], sphere_masses(50, 4, "both"), rtol=1e-15)
    d = sympy.Symbol("d", positive=True)
    # l_1 = 1/4 on the sphere in three dimensions; half-integer Gamma functions come out exactly.
    assert sympy.simplify(sphere_masses(d, 2, "first")[0].subs(d, 3) - sympy.Rational(1, 16)) == 0
    slope = jax.grad(lambda dim: jnp.sum(sphere_masses(dim, 6, "second")))(40.0)
    numeric = (sphere_masses(40.001, 6, "second").sum() - sphere_masses(39.999, 6, "second").sum()) / 0.002
    np.testing.assert_allclose(slope, numeric, rtol=1e-6)


def test_the_gamma_ratio_keeps_its_accuracy():
    for x in (0.5, 1.0, 15.9, 16.1, 1e3, 5e8):
        with mpmath.workdps(50):
            exact = float(mpmath.gamma(mpmath.mpf(x) + mpmath.mpf(1) / 2) / mpmath.gamma(mpmath.mpf(x)))
        np.testing.assert_allclose(gamma_half_ratio(x), exact, rtol=1e-14)


def test_refusals():
    for arguments in ((1, 3), (3, -1), (3, 1.5)):
        with pytest.raises(DomainError):
            sphere_spectrum(*arguments)
