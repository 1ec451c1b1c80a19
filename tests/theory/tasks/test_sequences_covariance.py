"""Chains under any covariances: their isotropic limit, edges, grids."""

import jax
import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.theory.tasks.sequences import sequential_risks
from lintransfer.theory.tasks.sequences_covariance import chain_equivalent

GRAM = np.array([[1.0, 0.5, 0.2], [0.5, 1.2, 0.3], [0.2, 0.3, 0.9]])
NOISES = np.array([0.2, 0.5, 0.3])


def test_isotropic_chains_are_the_limit_of_exact_sequences():
    errors = []
    for dim in (10**3, 10**6):
        sizes = np.array([0.4, 0.7, 2.0]) * dim
        exact = sequential_risks(sizes, dim, GRAM, NOISES, order=(0, 1, 2, 0))
        found = chain_equivalent(sizes, np.ones((3, 1)), np.array([float(dim)]), GRAM[None], NOISES, order=(0, 1, 2, 0))
        errors.append(np.max(np.abs(found / exact - 1)))
    assert errors[0] < 5e-3 and errors[1] == pytest.approx(errors[0] / 1e3, rel=0.05)


def test_modes_may_be_split():
    levels, counts = np.array([[2.0, 0.5], [0.3, 1.2]]), np.array([4.0, 6.0])
    gram = np.stack([GRAM[:2, :2], 0.3 * GRAM[1:, 1:]])
    whole = chain_equivalent([4, 7], levels, counts, gram, NOISES[:2], [0.3, 0.0])
    split = chain_equivalent(
        [4, 7], levels[:, [0, 0, 1]], np.array([1.0, 3.0, 6.0]), np.stack([0.2 * gram[0], 0.8 * gram[0], gram[1]]),
        NOISES[:2], [0.3, 0.0],
    )  # fmt: skip
    np.testing.assert_allclose(split, whole, rtol=1e-12)


def test_grids_of_sizes_and_ridges_in_one_call():
    levels, counts, gram = np.array([[2.0, 0.5], [0.3, 0.0]]), np.array([4.0, 6.0]), np.stack([GRAM[:2, :2]] * 2)
    sizes, ridges = np.array([[0, 3], [4, 4], [10, 5], [30, 2]])[:, None, :], np.array([[0.0, 0.0], [1.0, 0.2]])
    together = chain_equivalent(sizes, levels, counts, gram, NOISES[:2], ridges)
    assert together.shape == (4, 2, 3, 2)
    for i in range(4):
        for j in range(2):
            alone = chain_equivalent(sizes[i, 0], levels, counts, gram, NOISES[:2], ridges[j])
            np.testing.assert_allclose(together[i, j], alone, rtol=1e-13)


def test_thresholds():
    levels, counts, gram = np.array([[1.0, 0.0], [1.0, 2.0]]), np.array([4.0, 6.0]), np.stack([GRAM[:2, :2]] * 2)
    noisy = chain_equivalent([4, 20], levels, counts, gram, NOISES[:2])  # rank of task 1: 4
    assert np.all(np.isinf(noisy[1])) and np.all(np.isfinite(noisy[2]))
    clean = chain_equivalent([4, 20], levels, counts, gram, [0.0, 0.0])
    assert clean[1, 0] == 0 and clean[2, 1] == 0 and np.all(np.isfinite(clean))
    untouched = (
        chain_equivalent([4, 4], levels, counts, gram, [0.0, 0.0])[1, 1]
        - chain_equivalent([0, 4], levels, counts, gram, [0.0, 0.0])[1, 1]
    )  # task 1 has no inputs in the second mode: only the first moves, from ‖θ_2‖² to ‖θ_1 − θ_2‖²
    assert untouched == pytest.approx(GRAM[0, 0] - 2 * GRAM[0, 1], abs=1e-14)


def test_traced():
    levels, counts, gram = np.array([[2.0, 0.5], [0.3, 1.0]]), np.array([4.0, 6.0]), np.stack([GRAM[:2, :2]] * 2)

    def risk(ridge):
        return chain_equivalent([4, 7], levels, counts, gram, NOISES[:2], ridge * np.ones(2), order=(1,))[-1, 0]

    with jax.enable_x64(True):
        slope = jax.jit(jax.grad(risk))(0.5)
    assert slope == pytest.approx((risk(0.5 + 1e-5) - risk(0.5 - 1e-5)) / 2e-5, rel=1e-7)


def test_refusals():
    world = np.ones((3, 1)), np.array([9.0]), GRAM[None], NOISES
    with pytest.raises(DomainError, match="ridges must be numbers ≥ 0"):
        chain_equivalent([3, 4, 5], *world, ridges=-1.0)
    with pytest.raises(DomainError, match="order must be task numbers from 0 to 2"):
        chain_equivalent([3, 4, 5], *world, order=(3,))
