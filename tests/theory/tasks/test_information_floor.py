"""Floors of one, two and K tasks: independent routes agree, extremes are accurate, grids are fast, errors are plain."""

import math
import time

import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.errors import DomainError
from lintransfer.precision import to_fifty_digits
from lintransfer.theory.linear.proportional import tuned_ridge_risk
from lintransfer.theory.tasks.family_floor import family_floor, family_information, spectral_family_floor
from lintransfer.theory.tasks.information_floor import (
    scratch_floor,
    scratch_information,
    source_information,
    target_information,
    transfer_floor,
)

PAIR = {"overlap": 0.7, "target_norm": 1.1, "source_norm": 0.9, "noise_variance": 0.5, "source_noise_variance": 0.2}
SIZE = st.one_of(st.integers(0, 60), st.sampled_from([10**6, 2**53, math.inf]))
NOISE = st.one_of(st.just(0.0), st.floats(1e-9, 1e3))


def gram(overlap, target_norm, source_norm, **_):
    cross = overlap * target_norm * source_norm
    return np.array([[source_norm**2, cross], [cross, target_norm**2]])


@given(n=SIZE, n_source=SIZE, overlap=st.floats(-1, 1), noise=NOISE, source_noise=NOISE)
def test_two_tasks_by_two_solvers(n, n_source, overlap, noise, source_noise):
    """Bracketing in one unknown, and Newton's method on all risks."""
    risk = transfer_floor(n, n_source, 20, overlap, 1.1, 0.9, noise, source_noise)
    world = gram(overlap, 1.1, 0.9)
    other = family_floor([n_source, n], 20, world, [source_noise, noise])
    assert risk == pytest.approx(float(other), rel=1e-9, abs=1e-7 if noise == 0 or source_noise == 0 else 1e-13)
    assert 0 <= risk <= 1.21 * scratch_floor(n, 20, 1.21 / noise if noise else math.inf) * (1 + 1e-12)
    assert risk == transfer_floor(n, n_source, 20, -overlap, 1.1, 0.9, noise, source_noise)
    assert source_information(n_source, 20, overlap, 0.9, source_noise) >= 0
    assert target_information(n, n_source, 20, overlap, 1.1, 0.9, noise, source_noise) >= 0


def test_plain_iteration_of_three_tasks():
    rng = np.random.default_rng(3)
    root = rng.standard_normal((3, 3))
    world, sizes, noises = root @ root.T, np.array([30.0, 50.0, 20.0]), np.array([0.3, 0.5, 0.01])
    risks = np.diag(world)
    for _ in range(3000):
        risks = np.diag(np.linalg.inv(np.linalg.inv(world) + np.diag(sizes / (60 * (noises + risks)))))
    found = [float(family_floor(sizes, 60, world, noises, task)) for task in range(3)]
    np.testing.assert_allclose(found, risks, rtol=1e-12)
    volume = np.linalg.slogdet(np.eye(3) + world @ np.diag(sizes / (60 * (noises + risks))))[1]
    told = 30 * volume + 0.5 * np.sum(sizes * np.log1p(risks / noises) - sizes * risks / (noises + risks))
    assert float(family_information(sizes, 60, world, noises)) == pytest.approx(told, rel=1e-12)


def test_chain_rule_of_information():
    """All data about both teachers = the source's about its own + what the target's add."""
    for n, n_source in ((0, 9), (9, 0), (30, 7), (7, 300)):
        together = family_information([n_source, n], 20, gram(**PAIR), [0.2, 0.5])
        parts = scratch_information(n_source, 20, 0.81 / 0.2) + target_information(n, n_source, 20, **PAIR)
        assert float(together) == pytest.approx(float(parts), rel=1e-11)


def test_floor_is_below_tuned_learners():
    """Ridge from zero and ridge to the best multiple of a known source."""
    n = np.arange(0, 100, 5)
    floor = transfer_floor(n, 40, 50, **PAIR)
    assert np.all(floor <= tuned_ridge_risk(n, 50, 1.21, 0.5) * (1 + 1e-12))
    known = transfer_floor(n, math.inf, 50, **PAIR)
    np.testing.assert_allclose(known, tuned_ridge_risk(n, 50, 1.21 * 0.51, 0.5), rtol=1e-11)
    assert np.all(known <= floor)


@pytest.mark.parametrize("overlap", [1e-6, 0.3, 1 - 1e-9])
@pytest.mark.parametrize("noise", [1e-12, 1e6])
def test_fifty_digits_at_extremes(overlap, noise):
    for n, n_source in ((1000, 999), (10**15, 3), (7, 10**15), (1001, 5)):
        point = PAIR | {"n": n, "n_source": n_source, "dim": 1000, "overlap": overlap, "noise_variance": noise}
        for formula in (transfer_floor, target_information):
            exact = float(to_fifty_digits(formula, point))
            assert float(formula(**point)) == pytest.approx(exact, rel=1e-10, abs=1e-300)


def test_a_large_grid_is_fast():
    rng = np.random.default_rng(0)
    n, n_source = rng.integers(0, 300, (2, 10**5))
    noise = 10 ** rng.uniform(-3, 1, 10**5)
    start = time.process_time()
    risk = transfer_floor(n, n_source, 100, rng.uniform(-1, 1, 10**5), noise_variance=noise, source_noise_variance=0.1)
    assert time.process_time() - start < 2
    assert np.all((risk > 0) & (risk <= 1))
    assert transfer_floor(n[:3, None], n_source[:4], 100, 0.3).shape == (3, 4)


def test_modes_and_test_covariance():
    sizes, noises = [20, 10], [0.2, 0.5]
    levels, counts = np.array([[1.0, 2.0], [0.5, 0.1]]), np.array([12.0, 8.0])
    prior = np.stack([gram(**PAIR), np.eye(2)]) / 20
    own = spectral_family_floor(sizes, levels, counts, prior, noises)
    assert own == pytest.approx(float(spectral_family_floor(sizes, levels, counts, prior, noises, levels[:, 1])))
    split = [np.repeat(v, 2, axis=0) for v in (levels, prior)]
    assert own == pytest.approx(
        float(spectral_family_floor(sizes, split[0], np.repeat(counts / 2, 2), split[1], noises)), rel=1e-12
    )
    many = spectral_family_floor(np.array([[20, 10], [5, 5]]), levels, counts, prior, noises)
    assert many.shape == (2,) and many[0] == own


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: transfer_floor(5, 5, 10, 1.2), "overlap must be a cosine between -1 and 1, got 1.2"),
        (lambda: transfer_floor([3, -1], 5, 10, 0.2), "n must be ≥ 0, got -1"),
        (lambda: transfer_floor(5, 5, 10, 0.2, noise_variance=-0.1), "noise_variance must be a finite number ≥ 0"),
        (lambda: source_information(5, 0, 0.2), "dim must be a finite number ≥ 1, got 0"),
        (lambda: family_floor([1, 2], 10, [[1, 2], [2, 1]], [0.1, 0.1]), "gram must be positive semidefinite"),
        (lambda: family_floor([1, 2, 3], 10, np.eye(2), [0.1, 0.1]), "sizes must be of shape"),
        (lambda: family_floor([1, 2], 10, np.eye(2), [0.1, math.nan]), "noise_variances must be finite and ≥ 0"),
    ],
)
def test_impossible_input(call, words):
    with pytest.raises(DomainError, match=words):
        call()


def test_every_arithmetic():
    assert_same_everywhere(scratch_floor, n=5, dim=9, snr=2.5)
    assert_same_everywhere(scratch_information, n=30, dim=9, snr=0.25)
