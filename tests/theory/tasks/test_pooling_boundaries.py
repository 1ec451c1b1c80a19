"""Switches of pooling: signs of the risks around them, everywhere, and one interval of sizes."""

import math

import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere
from hypothesis import assume, given
from hypothesis import strategies as st

from lintransfer.errors import DomainError
from lintransfer.experiments.tasks.pooling_boundaries import losses, mean_losses
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.tasks import pooling_boundaries as b
from lintransfer.theory.tasks.pooling import pooled_risk

NOISES = st.sampled_from([0.0, 0.25, 1.0, 4.0])


def pooled(n, m, dim, energy, distance, noise, source_noise):
    return pooled_risk(n + m, dim, energy, m * m * distance, m * distance, n * noise + m * source_noise)


@given(st.integers(0, 20), st.integers(1, 20), st.integers(1, 12), st.sampled_from([0.0, 1.5]), NOISES, NOISES)
def test_sign_on_both_sides_of_the_critical_distance(n, m, dim, energy, noise, source_noise):
    critical = b.pooling_critical_distance(n, m, dim, energy, noise, source_noise)
    alone = min_norm_risk(n, dim, energy, noise)
    for distance in (0.5, 0.0 if critical <= 0 else min(critical, 1e3) * 0.999, max(critical, 1e-3) * 1.001):
        if math.isfinite(distance):
            risk = pooled(n, m, dim, energy, distance, noise, source_noise)
            if math.isnan(critical):
                assert risk == alone == math.inf
            elif abs(risk - alone) > 1e-9 or math.isinf(risk) or math.isinf(alone):
                assert (risk < alone) == (distance < critical)


def test_before_the_peak_helping_comes_first():
    """n_S* from `pooling_source_limit` and the critical distance agree at every size."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        dim = int(rng.integers(4, 40))
        n = int(rng.integers(0, dim - 2))
        energy, distance, noise, source_noise = rng.uniform(0, 2, 4) * [1, 1, 0.3, 0.3]
        last = b.pooling_source_limit(n, dim, energy, distance, noise, source_noise)
        sizes = np.arange(1, dim - 1 - n)
        helps = distance < b.pooling_critical_distance(n, sizes, dim, energy, noise, source_noise)
        assert np.array_equal(helps, sizes < last)


def test_switches_are_where_an_exhaustive_search_finds_them():
    """Random cells, half of them at the edge of helping at once; sizes to 2000; the set is always one interval."""
    rng = np.random.default_rng(1)
    count, sizes = 1500, np.arange(1.0, 2001.0)
    dim = rng.integers(1, 12, count)
    n = dim + 2 + rng.choice([0, 1, 2, 5, 20, 40], count)
    alone = dim / (n - dim - 1)
    distance = alone * (1 + rng.choice([-1, 1], count) * 10 ** rng.uniform(-2.5, 0, count))
    edge = np.maximum(2 + alone - distance, 0.01) * (1 + 1e-3 * rng.standard_normal(count))
    source_noise = np.where(rng.random(count) < 0.5, edge, 10 ** rng.uniform(-1, 1, count))
    first, last = b.pooling_switches(n, dim, distance, 1.0, source_noise)
    columns = (x[:, None] for x in (n, dim, source_noise))
    n_, dim_, noise_ = columns
    helps = distance[:, None] < b.pooling_critical_distance(n_, sizes, dim_, 0.0, 1.0, noise_)
    assert np.array_equal(helps, (sizes >= first[:, None]) & (sizes <= last[:, None]))
    never, for_good, later = np.isnan(first), np.isinf(last), first > 1
    assert min(never.sum(), for_good.sum(), later.sum(), (~never & ~for_good).sum()) > 50
    assert np.array_equal(for_good[~never], (distance < alone)[~never])


@given(st.floats(1.05, 20), st.floats(0.01, 4), st.floats(0.01, 4), st.floats(0.1, 10))
def test_limit_window_is_where_the_quadratic_is_negative(gamma, ratio, noise, source_noise):
    lone = noise / (gamma - 1)
    distance = ratio * lone
    ends = b.pooling_start(gamma, distance, noise, source_noise), b.pooling_end(gamma, distance, noise, source_noise)
    g = np.geomspace(1e-4, 1e4, 2001)
    whole = g + gamma
    terms = (distance - lone) * whole**2, -(distance * (1 + gamma) + noise - source_noise) * whole, 2 * gamma * distance
    value, scale = sum(terms), sum(abs(t) for t in terms)
    clear = abs(value) > 1e-9 * scale
    inside = (g > ends[0]) & (g < ends[1])
    assert np.array_equal(inside[clear], (value < 0)[clear])


@given(st.integers(3, 30), NOISES, NOISES)
def test_first_sample_and_infinitely_many(n, noise, source_noise):
    """The limit's conditions are met by the ends: D² + σ_S² < 2σ² + R at once, D² < R for good."""
    lone = noise / (n - 1)
    for distance in (0.5 * lone, 0.99 * lone, 1.01 * lone, 3 * lone + 0.1):
        start = b.pooling_start(n, distance, noise, source_noise)
        end = b.pooling_end(n, distance, noise, source_noise)
        assume(distance != lone and distance + source_noise != 2 * noise + lone)
        assert (start == 0) == (distance + source_noise < 2 * noise + lone)
        assert (end == math.inf) == (distance < lone)


def test_averaged_simulation_is_the_raw_one():
    """What the boundary experiments average analytically, against trainings with noise and one direction."""
    rng = np.random.default_rng(2)
    raw = losses(rng, 40_000, 9, 4, 3, 0.7, 0.5, 0.3, 0.2)
    mean = mean_losses(rng, 4000, 9, 4, 3, 0.5, 0.3, 0.2)
    error = math.hypot(raw.std() / 200, mean.std() / math.sqrt(4000))
    assert abs(raw.mean() - mean.mean()) < 4.5 * error


def test_whole_range():
    """Sizes to 2⁵³ in int64 arrays, dimensions to 10⁹: the risk of the target alone is the limit."""
    n, dim = np.array([10, 2 * 10**9]), np.array([4, 10**9])
    far = b.pooling_critical_distance(n, np.array([2**53, 2**53]), dim, 1.0, 1.0, 1.0)
    np.testing.assert_allclose(far, dim / (n - dim - 1), rtol=1e-6)
    assert b.pooling_last_size(2 * 10**9, 10**9, 1.5, 1.0, 1.0) == pytest.approx(
        1e9 * b.pooling_end(2.0, 1.5, 1.0, 1.0), rel=1e-8
    )
    with pytest.raises(DomainError, match=r"n must be at least d \+ 2"):
        b.pooling_switches([9, 5], 4, 1.0, 1.0, 1.0)


def test_every_arithmetic():
    energies = {"noise_variance": 0.3, "source_noise_variance": 0.4}
    for n, m, dim in ((3, 4, 14), (9, 2, 4), (3, 9, 7)):
        sizes = {"n": n, "n_source": m, "dim": dim, "displacement_energy": 1.2}
        assert_same_everywhere(b.pooling_critical_distance, **sizes, **energies)
    point = {"n": 3, "dim": 14, "displacement_energy": 1.2, "distance_squared": 0.5, **energies}
    assert_same_everywhere(b.pooling_source_limit, **point)
    for point in ((2.0, 0.25, 0.3, 1.1), (2.0, 0.45, 0.3, 0.3)):
        names = ("gamma", "distance_squared", *energies)
        assert_same_everywhere(b.pooling_start, **dict(zip(names, point, strict=True)))
    assert_same_everywhere(b.pooling_end, **dict(zip(names, point, strict=True)))
    assert_gradient(b.pooling_end, names, **dict(zip(names, point, strict=True)))
