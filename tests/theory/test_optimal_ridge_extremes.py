"""The best ridge and the best stopping time over the whole domain: any spectrum, n to 2⁵³, any noise."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.early_stopping import early_stopped_risk, optimal_stopping_time, optimally_stopped_risk
from lintransfer.theory.linear.optimal_ridge import optimal_ridge, optimal_ridge_risk
from lintransfer.theory.linear.proportional import tuned_ridge, tuned_ridge_risk

LOGS = {"energy": st.floats(-18, 6), "level": st.floats(-6, 3), "noise": st.floats(-24, 24)}
SIZES = st.lists(st.floats(0, 53).map(lambda x: float(np.floor(2**x))), min_size=1, max_size=4)


@st.composite
def problems(draw):
    count = draw(st.integers(1, 6))
    level, energy = (
        10 ** np.array(draw(st.lists(LOGS[name], min_size=count, max_size=count))) for name in ("level", "energy")
    )
    size = np.array(draw(st.lists(st.integers(1, 50), min_size=count, max_size=count)), dtype=float)
    near = size.sum() + draw(st.integers(-2, 2))
    n = np.array([0.0, 1.0, max(near, 0.0), 2.0**53, *draw(SIZES)])
    return n, level, size, energy, 10 ** draw(LOGS["noise"])


@given(problems(), st.booleans(), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_finite_best_and_the_same_alone(problem, negative, seed):
    n, level, size, energy, noise = problem
    best = optimal_ridge(n, level, size, energy, noise, negative)
    assert np.all(np.isfinite(best.risk)) and np.all(best.risk > 0) and not np.any(np.isnan(best.ridge))
    alone = [optimal_ridge(each, level, size, energy, noise, negative) for each in n]
    assert best.ridge.tolist() == [one.ridge for one in alone]
    assert best.risk.tolist() == [one.risk for one in alone]
    spread = np.random.default_rng(seed).uniform(-8, 8, 60)
    for size_, ridge, risk in zip(n, *best, strict=True):
        base = ridge if 0 < ridge < np.inf else np.mean(level)
        ladder = np.append(base * 10**spread, 0.0)
        others = ridge_risk(np.full(61, size_), level, size, energy, noise, ladder)
        assert risk <= np.nanmin(others) * (1 + 1e-9)
        assert ridge_risk(size_, level, size, energy, noise, ridge) == pytest.approx(risk, rel=1e-9)


@given(st.integers(1, 10**4), LOGS["energy"], LOGS["noise"], SIZES)
@settings(deadline=None)
def test_isotropic_inputs_have_a_closed_form(dim, energy, noise, sizes):
    energy, noise = 10**energy, 10**noise
    n = np.sort([0, 1, max(dim - 1, 0), dim, dim + 1, 2.0**53, *sizes])
    best = optimal_ridge(n, np.ones(1), np.array([float(dim)]), np.array([energy]), noise)
    np.testing.assert_allclose(best.risk, tuned_ridge_risk(n, dim, energy, noise), rtol=1e-10)
    np.testing.assert_allclose(best.ridge, tuned_ridge(dim, energy, noise), rtol=1e-10)
    assert np.all(np.diff(best.risk) <= 1e-12 * best.risk[:-1])


def test_much_data_and_little_noise():
    n = np.geomspace(2e4, 2.0**53, 400)
    for levels in (np.ones(100), np.arange(1.0, 101) ** -1.0):
        for noise in (1e-24, 1e-12, 1e-6, 1e-2):
            risk = optimal_ridge_risk(n, levels, np.ones(100), np.ones(100), noise)
            np.testing.assert_allclose(risk, noise * 100 / (n - 100), rtol=5e-3)
            np.testing.assert_allclose(risk[-1], noise * 100 / n[-1], rtol=1e-12)


def test_many_distinct_eigenvalues():
    levels, ones = np.arange(1.0, 10_001) ** -1.2, np.ones(10_000)
    n = np.array([1.0, 9_999, 10_000, 10_001, 2.0**53])
    for noise in (1e-24, 1.0, 1e24):
        best = optimal_ridge(n, levels, ones, ones, noise)
        if noise >= 1:  # an isotropic prior; less noise leaves λ* fewer digits, with the risk ever flatter
            np.testing.assert_allclose(best.ridge, noise, rtol=1e-9)
        np.testing.assert_allclose(ridge_risk(n, levels, ones, ones, noise, best.ridge), best.risk, rtol=1e-10)


def least_risk(n, level, size, energy, noise):
    """The minimum over κ ≥ κ(λ = 0) at 110 digits, by golden section around every low point of a fine grid."""
    n, noise = mpmath.mpf(n), mpmath.mpf(noise)
    modes = [tuple(map(mpmath.mpf, mode)) for mode in zip(level, size, energy, strict=True)]

    def risk(x):
        k = mpmath.exp(x)
        missed = k * k * sum(e * v / (v + k) ** 2 for v, _, e in modes)
        spread = sum(m * (v / (v + k)) ** 2 for v, m, _ in modes)
        return missed + (missed + noise) * spread / (n - spread)

    low, high = mpmath.mpf(-110), mpmath.mpf(110)
    few = n < sum(m for _, m, _ in modes)
    if few:
        top = high
        for _ in range(370):
            middle = (low + top) / 2
            short = n < sum(m * v / (v + mpmath.exp(middle)) for v, m, _ in modes)
            low, top = (middle, top) if short else (low, middle)
        low = top
    x = [low + mpmath.mpf(i) / 4 for i in range(int((high - low) * 4))]
    values = [risk(each) for each in x]
    least, golden = values[0] if few else mpmath.inf, (mpmath.sqrt(5) - 1) / 2
    for i in range(1, len(x) - 1):
        if values[i] > min(values[i - 1], values[i + 1]):
            continue
        a, b = x[i - 1], x[i + 1]
        for _ in range(45):
            c, d = b - golden * (b - a), a + golden * (b - a)
            a, b = (a, d) if risk(c) < risk(d) else (c, b)
        least = min(least, risk((a + b) / 2))
    return least


@pytest.mark.parametrize(
    "problem",
    [
        (2.0**53, [2, 0.3, 1e-6], [3, 4, 2], [1, 0.2, 0.4], 0.2),
        (2.0**53, [1, 1e-3], [10, 90], [1, 1], 1e-24),
        (99.0, [1], [100], [1], 1e-24),
        (101.0, [1], [100], [1], 1e-24),
        (1e6, [1, 0.5, 0.25], [1, 1, 1], [1, 4, 9], 1e-6),
        (7.0, [3, 1e-4, 1e-8], [4, 4, 4], [1e-18, 1e-12, 1e-18], 1e-12),
        (50.0, [1, 0.01], [30, 300], [1e-3, 1e3], 1e-8),
        (5.0, [1, 0.1], [3, 5], [0.7, 0.4], 1e24),
        (8.0, [1, 0.1], [3, 5], [0.7, 0.4], 1e-24),
        (9.0, [1, 0.1], [3, 5], [0, 1e-18], 1e-6),
        (12345.0, [1, 0.1, 1e-5], [3, 5, 1000], [1, 0, 1e3], 1e-3),
        (1e12, [1, 0.1, 1e-5], [3, 5, 1000], [1, 0, 1e3], 1e24),
    ],
)
def test_hard_points_against_a_search_in_many_digits(problem):
    n, level, size, energy, noise = problem
    with mpmath.workdps(110):
        exact = float(least_risk(*problem))
    arrays = (np.array(v, dtype=float) for v in (level, size, energy))
    assert optimal_ridge_risk(n, *arrays, noise) == pytest.approx(exact, rel=1e-12)


def test_of_several_minima_the_lowest_is_found():
    """Two groups of directions, strong ones nearly known and weak ones not: κ beside either can be best."""
    level, size, several = np.array([1.0, 1e-3]), np.array([10.0, 1000.0]), 0
    ladder = np.append(np.geomspace(1e-7, 1e4, 4000), 0.0)
    for weak in np.geomspace(1e-1, 1e4, 40):
        for n in (8.0, 60.0, 500.0, 1500.0):
            energy = np.array([1.0, weak])
            risks = ridge_risk(np.full(4001, n), level, size, energy, 0.3, ladder)
            several += np.sum((risks[1:-2] < risks[:-3]) & (risks[1:-2] <= risks[2:-1])) > 1
            assert optimal_ridge_risk(n, level, size, energy, 0.3) <= risks.min() * (1 + 1e-11)
    assert several > 0


def test_many_sizes_go_in_blocks():
    n = np.arange(1.0, 100_001)
    risk = optimal_ridge_risk(n, np.array([1.0, 0.1]), np.array([30.0, 40.0]), np.ones(2), 0.1)
    assert np.all(np.diff(risk) < 0)


def test_compiled_values_are_the_same_and_have_gradients_everywhere():
    level, size, energy = np.array([2.0, 0.3, 1e-5]), np.array([3.0, 40.0, 20.0]), np.array([1.0, 1e-9, 0.2])
    n = np.array([0.0, 1, 20, 62, 63, 64, 1e6, 2.0**53])
    compiled = jax.jit(optimal_ridge_risk, static_argnums=5)
    mapped = jax.jit(jax.vmap(lambda n, v: optimal_ridge_risk(n, level, size, energy, v)))
    slope = jax.jit(jax.grad(lambda n, e, v: optimal_ridge_risk(n, level, size, e, v).sum(), argnums=(0, 1, 2)))
    for noise in (1e-24, 1e-6, 1.0, 1e24):
        expected = optimal_ridge_risk(n, level, size, energy, noise, True)
        np.testing.assert_allclose(compiled(jnp.asarray(n), level, size, energy, noise, True), expected, 1e-11)
        np.testing.assert_allclose(
            mapped(jnp.asarray(n), jnp.full(len(n), noise)), optimal_ridge_risk(n, level, size, energy, noise), 1e-11
        )
        assert all(np.all(np.isfinite(g)) for g in slope(jnp.asarray(n), jnp.asarray(energy), noise))


@given(st.integers(1, 10**4), LOGS["energy"], LOGS["noise"], SIZES)
@settings(deadline=None, max_examples=30)
def test_stopping_times_of_every_size_and_noise(dim, energy, noise, sizes):
    energy, noise = 10**energy, 10**noise
    n = np.array([0, 1, dim, dim + 1, 2.0**53, *sizes])
    time, risk = (f(n, dim, energy, noise) for f in (optimal_stopping_time, optimally_stopped_risk))
    assert np.all(np.isfinite(time)) and np.all(np.isfinite(risk))
    assert time.tolist() == [optimal_stopping_time(each, dim, energy, noise) for each in n]
    assert risk.tolist() == [optimally_stopped_risk(each, dim, energy, noise) for each in n]
    assert np.all(risk >= tuned_ridge_risk(n, dim, energy, noise) * (1 - 1e-9))
    for factor in (0.1, 0.9, 1.1, 10.0):
        assert np.all(risk <= early_stopped_risk(n, dim, energy, noise, factor * time) * (1 + 1e-9))
