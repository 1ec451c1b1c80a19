"""The pooled risk: every group counts by its rows only, against trainings, at extremes, in every arithmetic."""

import math

import jax
import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.errors import DomainError
from lintransfer.experiments.tasks.pooling import pooled_risks, sums
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.tasks.pooling import (
    pooled_least_squares_risk,
    pooled_min_norm_risk,
    pooled_risk,
    pooled_sums,
)

SUMS = {"pull": 3.0, "misfit": 0.9, "noise": 2.0}


def family(sizes, dim, seed=0, spread=1.0):
    rng = np.random.default_rng(seed)
    count = len(sizes)
    teachers = rng.standard_normal(dim) + spread * rng.standard_normal((count, dim))
    return np.array(sizes), teachers, teachers @ teachers.T, rng.uniform(0.1, 1, count)


def risk_of(sizes, dim, gram, noises):
    return pooled_risk(*pooled_sums(sizes, gram, noises)[:1], dim, *pooled_sums(sizes, gram, noises)[1:])


@pytest.mark.parametrize(("sizes", "dim"), [((2, 3, 3), 4), ((1, 2, 1), 9), ((5, 4), 2)])
def test_sums_and_formula_against_trainings(sizes, dim):
    noises = (0.4, 0.1, 0.2)[: len(sizes)]
    samples = pooled_risks(np.random.default_rng(3), 30_000, sizes, dim, noises)
    value = pooled_risk(**sums(sizes, dim, noises))
    assert abs(samples.mean() - value) < 4.5 * samples.std() / math.sqrt(len(samples))


@given(st.lists(st.integers(0, 8), min_size=2, max_size=4), st.integers(1, 12), st.integers(0, 5))
def test_rows_count_not_groups(sizes, dim, seed):
    """Split into single rows, or with an empty group more, a family is the same; order does not matter."""
    sizes, teachers, gram, noises = family(sizes, dim, seed)
    whole = risk_of(sizes, dim, gram, noises)
    rows = np.append(np.repeat(np.arange(len(sizes)), sizes), len(sizes) - 1)
    alone = np.append(np.ones(sizes.sum()), 0)
    split = risk_of(alone, dim, teachers[rows] @ teachers[rows].T, noises[rows])
    empty = np.insert(np.arange(len(sizes)), 0, 0)
    more = risk_of(np.insert(sizes, 0, 0), dim, gram[np.ix_(empty, empty)], noises[empty])
    np.testing.assert_allclose([split, more], whole, rtol=1e-9)


@given(st.integers(0, 2**53), st.integers(1, 10**9))
def test_one_teacher_is_one_task(n, dim):
    """Also of more rows and dimensions than can be simulated, and with int64 arrays."""
    expected = min_norm_risk(n, dim, 0.8, 0.3)
    gram = np.full((3, 3), 0.8)
    halves = np.array([n // 2, 0, n - n // 2])
    np.testing.assert_allclose(risk_of(halves, dim, gram, np.full(3, 0.3)), expected, rtol=1e-12)
    assert pooled_risk(n, dim, 0.8, 0.7 * n * n, 0.7 * n, 0.0) == pytest.approx(
        0.8 * max(dim - n, 0) / dim + 0.7 * min(n, dim) / dim, rel=1e-7
    )
    arrays = pooled_risk(np.array([n]), np.array([dim]), 0.8, 0.0, 0.0, 0.3 * n)
    np.testing.assert_allclose(arrays, expected, rtol=1e-12)


def test_nearly_equal_teachers():
    """D = 10⁻⁷ of unit norms: the sums come from differences of a Gram matrix whose entries agree to 14 digits."""
    gap = 2.0**-24
    gram = np.array([[1 + gap**2, 1.0], [1.0, 1.0]])
    total, energy, pull, misfit, noise = pooled_sums([3, 5], gram, [0.0, 0.0])
    assert (total, energy, pull, misfit, noise) == (8, 1.0, 9 * gap**2, 3 * gap**2, 0.0)
    assert pooled_risk(total, 8, energy, pull, misfit, noise) == math.inf
    assert pooled_risk(total, 10, energy, pull, misfit, noise) == pytest.approx(0.2, rel=1e-12)


def test_families_broadcast():
    """Sizes (A, 1, K), Gram matrices (B, K, K): the grid of the single answers."""
    sizes = np.array([[2, 3], [9, 4], [4, 6]])[:, None]
    grams = np.stack([family((1, 1), 10, seed)[2] for seed in range(4)])
    grid = risk_of(sizes, 10, grams, np.array([0.2, 0.3]))
    single = [[risk_of(s, 10, g, np.array([0.2, 0.3])) for g in grams] for s in sizes[:, 0]]
    assert grid.shape == (3, 4) and np.array_equal(grid, single)
    with pytest.raises(DomainError, match=r"gram must be an array"):
        pooled_sums([1, 2, 3], np.eye(2), np.ones(3))


def test_every_arithmetic():
    assert_same_everywhere(pooled_least_squares_risk, total_size=9, dim=4, **SUMS)
    assert_same_everywhere(pooled_min_norm_risk, total_size=5, dim=11, displacement_energy=0.8, **SUMS)
    for n in (0, 5, 16):
        assert_same_everywhere(pooled_risk, total_size=n, dim=11, displacement_energy=0.8, **SUMS)
    assert_gradient(pooled_risk, ("pull", "misfit", "noise"), total_size=5, dim=11, displacement_energy=0.8, **SUMS)


def test_gradient_through_the_sums():
    def of_noise(noises):
        gram = jax.numpy.array([[1.0, 0.4], [0.4, 1.0]])
        total, *rest = pooled_sums(jax.numpy.array([2.0, 3.0]), gram, noises)
        return pooled_risk(total, 9.0, *rest)

    np.testing.assert_allclose(jax.grad(of_noise)(jax.numpy.array([0.1, 0.2])), [2 / 3, 1.0])
