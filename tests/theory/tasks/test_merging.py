"""Alike tasks: the closed forms are the general system's, and merging wins on one side of its boundary."""

import math

import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.theory.linear.weight_averages import optimal_interpolation_risk
from lintransfer.theory.tasks import merging as m
from lintransfer.theory.tasks.stacking import optimal_merge


@given(st.integers(1, 40), st.floats(0, 1), st.sampled_from([0.0, 0.3, 2.0]), st.integers(2, 5))
def test_the_general_system_has_this_solution(n, overlap, noise, tasks):
    gram = 1.3 * ((1 - overlap) * np.eye(tasks) + overlap)
    found = optimal_merge(np.full(tasks, n), 10, gram, np.full(tasks, noise), np.full(tasks, 1 / tasks))
    assert m.symmetric_merge_risk(n, 10, 1.3, overlap, noise, tasks) == pytest.approx(found.risk, rel=1e-9, abs=1e-12)
    scale = m.symmetric_merge_scale(n, 10, 1.3, overlap, noise, tasks)
    if overlap < 0.99 or noise > 0:  # equal teachers known exactly: any coefficients of that sum
        assert found.coefficients == pytest.approx(scale, rel=1e-7)


@given(st.integers(1, 60), st.floats(0, 0.99), st.integers(2, 20), st.floats(0.01, 3))
def test_merging_wins_above_its_boundary_and_there_alone(n, overlap, tasks, noise):
    boundary = m.merging_noise_boundary(n, 20, 1.0, overlap, tasks)
    gain = optimal_interpolation_risk(n, 20, 1.0, noise) - m.symmetric_merge_risk(n, 20, 1.0, overlap, noise, tasks)
    if abs(n - 20) > 1 and abs(noise - boundary) > 1e-6:
        assert (gain > 0) == (noise > boundary) or abs(gain) < 1e-9
    assert boundary == math.inf or overlap > 1 / (1 + math.sqrt(tasks))


def test_every_arithmetic():
    point = {"n": 30, "dim": 12, "displacement_energy": 1.3, "overlap": 0.6, "tasks": 4}
    assert_same_everywhere(m.merging_noise_boundary, **point)
    for formula in (m.symmetric_merge_risk, m.symmetric_merge_scale):
        assert_same_everywhere(formula, **point, noise_variance=0.4)
