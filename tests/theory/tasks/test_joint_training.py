"""Joint against sequential training: which task gains, and in every arithmetic."""

import numpy as np
from helpers.every_arithmetic import assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.theory.linear.finite_source import finite_source_transferability
from lintransfer.theory.tasks import joint_training as j

ENERGY = st.floats(0, 4)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(2, 40), ENERGY, ENERGY, ENERGY, ENERGY)
def test_where_pooling_beats_the_sequence_fine_tuning_beats_scratch(n, m, spare, energy, distance, noise, source_noise):
    dim = n + m + spare
    gain = -j.pooled_minus_sequential(n, m, dim, energy, distance, noise, source_noise)
    kept = finite_source_transferability(n, m, dim, energy + distance, energy, energy, source_noise)
    assert kept > 0 or gain <= 1e-12


def test_noise_speaks_for_the_sequence():
    rng = np.random.default_rng(0)
    n, m = rng.integers(1, 50, (2, 1000))
    dim, (noise, source_noise) = n + m + rng.integers(2, 50, 1000), rng.uniform(0, 2, (2, 1000))
    assert np.all(j.pooled_minus_sequential(n, m, dim, 0.0, 0.0, noise, source_noise) > 0)
    assert np.all(j.joint_minus_sequential(n, m, dim, 0.0, 0.0, 0.0, noise, source_noise) > 0)


def test_the_source_alone_gains_earlier_than_both():
    """On the first task joint training wins iff c > (d + N + 1)/(2d): earlier in c than over both tasks."""
    n, m, dim = 5, 4, 20
    for overlap, wins in ((0.76, True), (0.74, False)):  # (20 + 9 + 1)/40 = 0.75
        apart = 2 - 2 * overlap
        both = j.joint_minus_sequential(n, m, dim, 1.0, 1.0, apart, 0.0, 0.0)
        target = j.pooled_minus_sequential(n, m, dim, 1.0, apart, 0.0, 0.0)
        assert (both - target < 0) == wins
    assert j.joint_boundary_overlap(n + m, dim) == 0.8


def test_every_arithmetic():
    point = {"n": 3, "n_source": 4, "dim": 11, "displacement_energy": 1.2, "distance_squared": 0.4}
    noises = {"noise_variance": 0.3, "source_noise_variance": 0.2}
    assert_same_everywhere(j.pooled_minus_sequential, **point, **noises)
    assert_same_everywhere(j.joint_minus_sequential, **point, **noises, source_displacement_energy=0.9)
    assert_same_everywhere(j.joint_boundary_overlap, total_size=3, dim=11)
