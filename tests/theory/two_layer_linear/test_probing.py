"""Probing for a time: monotone, an interior optimum, and where not to probe at all."""

import math

import numpy as np
from helpers.every_arithmetic import assert_same_everywhere

from lintransfer.theory.two_layer_linear import probing as theory
from lintransfer.theory.two_layer_linear.strategy_map import probe_then_first_layer_risk

WORLD = {"feature_norm": 0.9, "overlap": 0.7, "target_norm": 1.1, "noise_variance": 0.05}


def test_every_arithmetic():
    assert_same_everywhere(theory.optimal_probing_time, gamma=0.1, **WORLD)
    assert_same_everywhere(theory.probed_one_feature_risk, time=0.7, gamma=0.1, **WORLD)


def test_distances_fall_with_the_time_of_probing():
    rng = np.random.default_rng(0)
    for _ in range(20):
        modes = {
            "singular_values": rng.uniform(0.2, 3, 4),
            "start": np.zeros(4),
            "coefficients": rng.standard_normal(4),
        }
        moved = [theory.probed_distance(t, 6, **modes, unexplained=0.4) for t in np.geomspace(1e-3, 1e3, 200)]
        assert np.all(np.diff(moved) <= 1e-12)


def test_increments_fall_for_equal_singular_values_and_not_always_else():
    times = np.geomspace(1e-3, 1e3, 400)

    def increments(values, coefficients):
        modes = {"singular_values": np.array(values), "start": np.zeros(2), "coefficients": np.array(coefficients)}
        return np.array([theory.probed_increment(t, 1, **modes) for t in times])

    assert np.all(np.diff(increments([1.3, 1.3], [0.4, -1.0])) <= 1e-12)
    assert np.any(np.diff(increments([10.0, 0.1], [5.0, 1.0])) > 1e-6)


def test_the_optimum_is_interior_and_reaches_the_floor():
    for gamma in (0.05, 0.2, 0.4):
        best = float(theory.optimal_probing_time(gamma, **WORLD))
        floor = probe_then_first_layer_risk(gamma, 1.21 * (1 - 0.49), 0.05)
        risks = theory.probed_one_feature_risk(np.array([0.0, best / 2, best, 2 * best, math.inf]), gamma, **WORLD)
        assert 0 < best < math.inf
        assert np.argmin(risks) == 2 and abs(risks[2] - floor) < 1e-12


def test_where_not_to_probe():
    world = {**WORLD, "feature_norm": 2.0}
    assert theory.optimal_probing_time(0.3, **world) == 0
    risks = theory.probed_one_feature_risk(np.linspace(0, 3, 50), 0.3, **world)
    assert np.all(np.diff(risks) > 0)
    assert math.isnan(theory.optimal_probing_time(0.3, **{**WORLD, "overlap": -0.2}))
