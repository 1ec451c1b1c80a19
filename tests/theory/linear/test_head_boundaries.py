"""Boundaries: risks are equal on them, they are nan where there are none, and they run in every arithmetic."""

import math

import jax
import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere

from lintransfer.theory.linear import fine_tuning_boundaries
from lintransfer.theory.linear import head_boundaries as b
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.linear.proportional import proportional_ridge_risk, tuned_ridge_risk

TRANSFER = {"explained": 0.49, "unexplained": 0.51, "noise_variance": 0.03}
TUNING = {"displacement_energy": 1.4, "unexplained": 0.91, "noise_variance": 0.1}


def scratch(gamma, energy, noise):
    return proportional_ridge_risk(gamma, 1.0, energy, noise, 0.0)


def test_risks_are_equal_on_the_boundaries_of_linear_transfer():
    u, noise = TRANSFER["unexplained"], TRANSFER["noise_variance"]
    for boundary in (b.small_sample_boundary, b.recovery_boundary):
        assert scratch(boundary(**TRANSFER), 1.0, noise) == pytest.approx(u, rel=1e-13)
    assert scratch(b.large_sample_boundary(u, noise), 1.0, noise) == pytest.approx(u, rel=1e-13)
    tuned = b.tuned_scratch_boundary(**TRANSFER)
    assert tuned_ridge_risk(tuned, 1.0, 1.0, noise) == pytest.approx(u, rel=1e-13)


def test_transfer_changes_sign_on_both_sides():
    """Helps, hurts, helps, hurts."""
    u, noise = TRANSFER["unexplained"], TRANSFER["noise_variance"]
    edges = [b.small_sample_boundary(**TRANSFER), b.recovery_boundary(**TRANSFER), b.large_sample_boundary(u, noise)]
    assert edges == sorted(edges)
    points = [edges[0] / 2, (edges[0] + edges[1]) / 2, (edges[1] + edges[2]) / 2, 2 * edges[2]]
    assert [bool(scratch(g, 1.0, noise) > u) for g in points] == [True, False, True, False]


def test_fine_tuning_wins_inside_its_window_only():
    distance, u, noise = TUNING.values()
    start, end = fine_tuning_boundaries.fine_tuning_start(**TUNING), fine_tuning_boundaries.fine_tuning_end(**TUNING)
    for edge in (start, end):
        assert scratch(edge, distance, noise) == pytest.approx(u, rel=1e-13)
    inside, outside = (start + end) / 2, (start / 2, (1 + end) / 2)
    assert scratch(inside, distance, noise) < u and all(scratch(g, distance, noise) > u for g in outside)


@pytest.mark.parametrize("overlap", [-0.9, 0.1, 0.5, 0.95])
def test_no_window_means_that_one_learner_wins_everywhere(overlap):
    gamma = np.linspace(0.001, 0.999, 999)
    for noise in (0.01, 0.05, 0.2, 0.6, 2.0, 9.0):
        u, distance = 1 - overlap**2, 2 - 2 * overlap
        hurts = scratch(gamma, 1.0, noise) < u
        low = b.small_sample_boundary(overlap**2, u, noise)
        assert math.isnan(low) == (1 - abs(overlap) <= math.sqrt(noise))
        if math.isnan(low):
            assert not hurts.any()
        tuned_wins = scratch(gamma, distance, noise) < u
        start, end = (
            fine_tuning_boundaries.fine_tuning_start(distance, u, noise),
            fine_tuning_boundaries.fine_tuning_end(distance, u, noise),
        )
        inside = np.zeros_like(gamma, bool) if math.isnan(start) else (gamma > start) & (gamma < end)
        np.testing.assert_array_equal(tuned_wins, inside)


def test_degenerate_boundaries():
    assert math.isnan(fine_tuning_boundaries.fine_tuning_start(0.0, 0.0, 0.1)) and math.isnan(
        fine_tuning_boundaries.fine_tuning_end(0.0, 0.0, 0.1)
    )
    assert b.large_sample_boundary(0.0, 0.3) == math.inf and b.large_sample_boundary(0.3, 0.0) == 1
    assert b.tuned_scratch_boundary(0.0, 0.0, 0.1) == 0 and b.tuned_scratch_boundary(0.3, 0.0, 0.1) == math.inf
    assert fine_tuning_boundaries.fine_tuning_boundary(0.0, 1.0) == 0 and math.isnan(
        fine_tuning_boundaries.fine_tuning_boundary(1.0, 0.0)
    )


def test_small_roots_do_not_cancel():
    tiny = b.small_sample_boundary(1e-20, 1.0, 0.25)
    assert tiny == pytest.approx(1e-20 / 0.75, rel=1e-12)


@pytest.mark.parametrize(("n", "r"), [(1, 3), (5, 8), (4, 1), (9, 3), (20, 2), (30, 13)])
def test_critical_energy_at_finite_size(n, r):
    u = b.critical_unexplained_energy(n, r, 15, 1.2, 0.01)
    head = frozen_features_risk(n, r, 1.2 - u, u, 0.01)
    assert head == pytest.approx(min_norm_risk(n, 15, 1.2, 0.01), rel=1e-12)
    less = frozen_features_risk(n, r, 1.2 - 0.9 * u, 0.9 * u, 0.01)
    assert less < min_norm_risk(n, 15, 1.2, 0.01)


def test_critical_energy_over_the_whole_domain():
    n, r = np.arange(0, 25)[:, None], np.arange(1, 11)
    u = b.critical_unexplained_energy(n, r, 12, 1.0, 0.1)
    np.testing.assert_array_equal(np.isnan(u), (n == 0) | (abs(n - r) <= 1))
    np.testing.assert_array_equal(np.isinf(u), (abs(n - 12) <= 1) & (abs(n - r) > 1))


def test_critical_energy_limit():
    for gamma in (0.1, 0.4, 0.8, 1.3):
        finite = b.critical_unexplained_energy(gamma * 1e8, 0.25e8, 1e8, 1.2, 0.1)
        assert b.critical_unexplained_energy_limit(gamma, 0.25, 1.2, 0.1) == pytest.approx(finite, rel=1e-6)
    assert b.critical_unexplained_energy_limit(0.25, 0.25, 1.2, 0.1) == pytest.approx(-0.1)
    assert b.critical_unexplained_energy_limit(1.0, 0.25, 1.2, 0.1) == math.inf
    assert b.critical_unexplained_energy_limit(1.0, 0.25, 1.2, 0.0) == 0


def test_every_arithmetic():
    for formula in (b.small_sample_boundary, b.recovery_boundary, b.tuned_scratch_boundary):
        assert_same_everywhere(formula, **TRANSFER)
    for formula in (fine_tuning_boundaries.fine_tuning_start, fine_tuning_boundaries.fine_tuning_end):
        assert_same_everywhere(formula, **TUNING)
    assert_same_everywhere(b.large_sample_boundary, unexplained=0.4, noise_variance=0.3)
    assert_same_everywhere(fine_tuning_boundaries.fine_tuning_boundary, source_norm=0.8, target_norm=1.3)
    for n in (3, 9, 20):
        finite = {"n": n, "n_features": 6, "dim": 14, "target_energy": 1.2, "noise_variance": 0.1}
        assert_same_everywhere(b.critical_unexplained_energy, **finite)
        limit = {"gamma": n / 14, "feature_ratio": 3 / 7, "target_energy": 1.2, "noise_variance": 0.1}
        assert_same_everywhere(b.critical_unexplained_energy_limit, **limit)


def test_gradients():
    for formula in (b.small_sample_boundary, b.recovery_boundary, b.tuned_scratch_boundary):
        assert_gradient(formula, TRANSFER, **TRANSFER)
    for formula in (fine_tuning_boundaries.fine_tuning_start, fine_tuning_boundaries.fine_tuning_end):
        assert_gradient(formula, TUNING, **TUNING)
    for formula, point in (
        (b.small_sample_boundary, (0.25, 0.75, 4.0)),
        (fine_tuning_boundaries.fine_tuning_start, (0.0, 0.0, 0.1)),
        (b.tuned_scratch_boundary, (0.0, 0.0, 0.1)),
        (fine_tuning_boundaries.fine_tuning_boundary, (1.0, 0.0)),
        (b.critical_unexplained_energy, (6.0, 6.0, 14.0, 1.2, 0.1)),
        (b.critical_unexplained_energy, (14.0, 6.0, 14.0, 1.2, 0.0)),
        (b.critical_unexplained_energy_limit, (1.0, 0.5, 1.2, 0.1)),
    ):
        slopes = jax.grad(formula, argnums=tuple(range(len(point))))(*point)
        assert not np.isnan(slopes).any(), (formula.__name__, point)
