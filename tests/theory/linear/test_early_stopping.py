"""Gradient flow stopped in time: against adaptive quadrature, at its ends, and the best time to stop."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from lintransfer.theory.linear import early_stopping as flow
from lintransfer.theory.linear import proportional as f

SIZES = np.array([0, 1, 50, 99, 100, 101, 200, 10**9])
WORLD = {"dim": 100, "displacement_energy": 0.8, "noise_variance": 0.3}


def reference(n, dim, energy, noise, time):
    """R4 by adaptive quadrature in the angle, split where the two small scales lie."""
    a = mpmath.mpf(dim) / n
    low = (1 - mpmath.sqrt(a)) ** 2
    cuts = [0, *(mpmath.mpf(10) ** -k for k in range(10, 0, -1)), 1, 2, mpmath.pi]

    def average(g):
        def integrand(angle):
            x = low + 4 * mpmath.sqrt(a) * mpmath.sin(angle / 2) ** 2
            return 2 / mpmath.pi * mpmath.sin(angle) ** 2 / x * g(x)

        return mpmath.quad(integrand, cuts)

    kept, gain = average(lambda x: mpmath.exp(-2 * time * x)), average(lambda x: mpmath.expm1(-time * x) ** 2 / x)
    return energy * (max(1 - 1 / a, 0) + kept) + noise * a * gain


@pytest.mark.parametrize("n, dim", [(50, 100), (100, 100), (10**9 - 1, 10**9), (1, 10**9), (10**9, 1)])
@pytest.mark.parametrize("time", [1e-6, 1.0, 1e4])
def test_early_stopping_against_adaptive_quadrature(n, dim, time):
    with mpmath.workdps(20):
        exact = reference(n, dim, 0.8, 0.3, mpmath.mpf(time))
    assert flow.early_stopped_risk(n, dim, 0.8, 0.3, time) == pytest.approx(float(exact), rel=1e-12)


def test_early_stopping_at_its_ends():
    np.testing.assert_allclose(flow.early_stopped_risk(SIZES, time=0.0, **WORLD), 0.8, rtol=1e-13)
    last = flow.early_stopped_risk(SIZES, time=np.inf, **WORLD)
    np.testing.assert_allclose(last, f.proportional_ridge_risk(SIZES, ridge=0.0, **WORLD), rtol=1e-13)
    grows = flow.early_stopped_risk(100, time=np.array([1e8, 1e10]), **WORLD)
    assert grows[1] / grows[0] == pytest.approx(10, rel=1e-3)  # √T at n = d


def test_the_best_time_to_stop():
    n = np.array([1, 50, 99, 100, 101, 200, 10**7])
    best = flow.optimal_stopping_time(n, **WORLD)
    least = flow.optimally_stopped_risk(n, **WORLD)
    for factor in (0.97, 1.03):
        assert np.all(flow.early_stopped_risk(n, time=factor * best, **WORLD) > least)
    assert np.all(least >= f.tuned_ridge_risk(n, **WORLD))
    assert flow.optimal_stopping_time(0, **WORLD) == 0
    assert flow.optimal_stopping_time(50, 100, 0.8, 0.0) == np.inf
    assert flow.optimal_stopping_time(50, 100, 0.0, 0.3) == 0
    np.testing.assert_allclose(flow.optimally_stopped_risk(np.array([0, 50]), 100, 0.8, 0.0), [0.8, 0.4], rtol=1e-13)


def test_early_stopping_compiled_mapped_and_differentiated():
    def risk(n, energy, noise, time):
        return flow.early_stopped_risk(n, 100.0, energy, noise, time)

    plain = flow.early_stopped_risk(np.array([50.0, 150.0]), 100, 0.8, 0.3, 0.7)
    mapped = jax.jit(jax.vmap(risk, in_axes=(0, None, None, None)))(jnp.array([50.0, 150.0]), 0.8, 0.3, 0.7)
    np.testing.assert_allclose(mapped, plain, rtol=1e-12)
    gradient = jax.jit(jax.grad(risk, argnums=(0, 1, 2, 3)))
    slopes, at = gradient(50.0, 0.8, 0.3, 0.7), np.array([50.0, 0.8, 0.3, 0.7])
    for i, step in enumerate(np.eye(4) * 1e-6):
        assert slopes[i] == pytest.approx((risk(*(at + step)) - risk(*(at - step))) / 2e-6, rel=1e-7)
    assert gradient(50.0, 0.8, 0.3, 0.0)[3] == pytest.approx(-1.6)  # −2‖δ‖² ∫x dμ
    assert gradient(50.0, 0.8, 0.3, jnp.inf)[3] == 0

    def when(energy, noise):
        return flow.optimal_stopping_time(50.0, 100.0, energy, noise)

    slopes = jax.jit(jax.grad(when, argnums=(0, 1)))(0.8, 0.3)
    for i, step in enumerate(np.eye(2) * 1e-6):
        ends = [when(*(np.array([0.8, 0.3]) + s * step)) for s in (1, -1)]
        assert slopes[i] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6)


def test_a_quadrature_refuses_balls_and_symbols():
    import flint

    with pytest.raises(TypeError, match="quadrature"):
        flow.early_stopped_risk(flint.arb(3), 5, 1.0, 0.1, 0.5)
