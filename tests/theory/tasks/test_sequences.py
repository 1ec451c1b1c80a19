"""Sequences of tasks: what holds for any sizes, order and noise; edges; every arithmetic."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere
from hypothesis import given, settings
from hypothesis import strategies as st

from lintransfer.errors import DomainError
from lintransfer.theory.tasks import sequences as s

STAGE = {"n": 5, "dim": 9, "risk_before": 0.9, "distance_energy": 0.6, "noise_variance": 0.3}


@st.composite
def families(draw):
    tasks = draw(st.integers(1, 4))
    dim = draw(st.sampled_from([1, 2, 7, 10**9]))
    near = st.sampled_from([0, 1, dim - 1, dim, dim + 1, dim + 2, 3 * dim, 2**53])
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    teachers = rng.standard_normal((tasks, tasks))
    noises = [draw(st.sampled_from([0.0, 0.4])) for _ in range(tasks)]
    sizes = [max(draw(near), 0) for _ in range(tasks)]
    order = draw(st.lists(st.integers(0, tasks - 1), max_size=4))
    return sizes, dim, teachers @ teachers.T, noises, order


@settings(max_examples=200, deadline=None)
@given(families())
def test_risks_are_numbers_and_only_noise_at_the_threshold_is_infinite(family):
    sizes, dim, _, noises, order = family
    risks = s.sequential_risks(*family)
    assert risks.shape == (len(order) + 1, len(sizes)) and np.all(risks >= 0)
    peaks = [abs(sizes[k] - dim) <= 1 <= sizes[k] and noises[k] > 0 for k in order]
    for stage, infinite in enumerate(np.isinf(risks[1:]).any(axis=1)):
        cleared = [j for j in range(stage + 1) if sizes[order[j]] >= dim]
        since = cleared[-1] if cleared else 0
        assert infinite == any(peaks[since : stage + 1])
    for stage, task in enumerate(order):
        if sizes[task] == 0:
            np.testing.assert_allclose(risks[stage + 1], risks[stage], rtol=1e-15)
        if sizes[task] >= dim and noises[task] == 0:
            assert risks[stage + 1, task] == 0


def test_leading_axes_broadcast():
    rng = np.random.default_rng(0)
    teachers = rng.standard_normal((3, 2, 2))
    gram = teachers @ teachers.transpose(0, 2, 1)
    sizes, noises = rng.integers(0, 12, (4, 1, 2)), rng.uniform(0, 1, 2)
    together = s.sequential_risks(sizes, 20, gram, noises, order=(1, 0, 1))
    assert together.shape == (4, 3, 4, 2)
    np.testing.assert_array_equal(together[2, 1], s.sequential_risks(sizes[2, 0], 20, gram[1], noises, order=(1, 0, 1)))
    forgotten = s.sequential_forgetting(sizes, 20, gram, noises)
    whole = s.sequential_risks(sizes, 20, gram, noises)
    np.testing.assert_allclose(forgotten, whole[..., 2, 0] - whole[..., 1, 0], atol=1e-14)


def test_forgetting_of_a_chosen_order_is_that_of_the_tasks_renamed():
    gram, sizes, noises = (
        np.array([[1.0, 0.5, 0.2], [0.5, 1.2, 0.3], [0.2, 0.3, 0.9]]),
        np.array([4, 6, 3]),
        [0.1, 0, 0.3],
    )
    order = [2, 0, 1]
    for definition in s.FORGETTING:
        renamed = s.sequential_forgetting(
            sizes[order], 12, gram[np.ix_(order, order)], np.take(noises, order), definition
        )
        assert s.sequential_forgetting(sizes, 12, gram, noises, definition, order) == pytest.approx(renamed, rel=1e-13)


def test_negative_forgetting_is_told_from_positive_when_tiny():
    """One sample in d = 10⁹: the change of the risk is 10⁻⁹ of it, and right to the last digit."""
    gram = [[1.0, 0.9], [0.9, 1.0]]
    change = s.sequential_forgetting([0, 1], 10**9, gram, [0.0, 0.0])
    assert change == pytest.approx((0.2 - 1.0) / 10**9, rel=1e-14)


def test_infinite_risks_leave_no_difference():
    gram, noises = [[1.0, 0.5], [0.5, 1.0]], [0.3, 0.3]
    assert math.isnan(s.sequential_forgetting([10, 4], 10, gram, noises))
    assert s.sequential_forgetting([10, 30], 10, gram, noises) == -math.inf
    assert s.sequential_forgetting([4, 10], 10, gram, noises) == math.inf


def test_refusals():
    world = [3, 4], 9, [[1.0, 0.5], [0.5, 1.0]], [0.0, 0.0]
    with pytest.raises(DomainError, match="order must be task numbers from 0 to 1"):
        s.sequential_risks(*world, order=[0, 2])
    with pytest.raises(DomainError, match="definition must be one of past, all, final"):
        s.sequential_forgetting(*world, definition="mean")
    with pytest.raises(DomainError, match="order must be one task for each of the 2 stages"):
        s.forgetting(s.sequential_risks(*world), order=[0])


def test_every_arithmetic():
    assert_same_everywhere(s.sequential_stage_risk, **STAGE)
    assert_same_everywhere(s.stage_forgetting, **STAGE)


def test_sequences_are_traced_and_differentiated():
    gram, noises = np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([0.1, 0.2])

    def last(noise):
        return s.sequential_risks(jnp.array([4.0, 5.0]), 12, gram, noise)[-1, 0]

    with jax.enable_x64(True):
        slope = jax.jit(jax.grad(last))(jnp.asarray(noises))
    np.testing.assert_allclose(slope, [(1 - 5 / 12) * 4 / 7, 5 / 6], rtol=1e-12)
