"""The motion of the features: peaks of the energy sweep, and the bound of Kumar et al. beside the exact end point."""

import math

import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere

from lintransfer.simulate.two_layer_linear.single import train_one
from lintransfer.theory.two_layer_linear import head_motion as theory


def test_every_arithmetic():
    sweep = {"energy": 0.4, "scale": 1.2, "seen_energy": 0.7}
    for part in theory.EnergySweep._fields:
        for formula in (theory.energy_sweep, theory.isotropic_energy_sweep):
            assert_same_everywhere(lambda part=part, formula=formula, **a: getattr(formula(**a), part), **sweep)
    assert_same_everywhere(theory.uniform_energy, classes=7)


def test_at_a_fixed_head_the_dot_product_peaks_at_one_half_and_the_square_at_one():
    energy = np.linspace(0, 2, 201)
    motion = theory.relative_energy_motion(energy, 1.0, 0.8, 0.6)
    assert energy[np.argmax(motion.inner)] == 0.5 and energy[np.argmax(motion.square)] == 1.0
    assert np.all(motion.inner[energy > 1] < 1.0) and np.all(np.diff(motion.distance) > 0)


def test_with_both_layers_the_dot_product_peaks_at_one():
    energy = np.linspace(0, 3, 301)
    motion = theory.isotropic_energy_sweep(energy, 1.3, 0.8)
    turn = 1 + math.sqrt(0.8) / 1.3
    assert energy[np.nanargmax(motion.inner)] == 1.0
    assert np.all((motion.inner > 0)[energy < turn]) and np.all((motion.inner < 0)[energy > turn])
    general = theory.energy_sweep(energy, 1.3, 0.8).inner
    spoken = ~np.isnan(general)
    np.testing.assert_allclose(general[spoken], motion.inner[spoken])
    np.testing.assert_array_equal(spoken, (energy <= 1) | (energy > turn))


def test_the_average_energy_of_a_uniform_prediction():
    for classes in (2, 5):
        labels = np.eye(classes)[np.arange(12) % classes]
        found = theory.average_energy(np.full(labels.shape, 1 / classes), labels)
        np.testing.assert_allclose(found, theory.uniform_energy(classes))


def distortion(inputs, t, head):
    """Distance of full fine-tuning from the target t b_0, b_0 = (0, 1), and what Theorem 3.1 of Kumar et al. (2022), as it is
    commonly quoted, puts below it: cos θ min(φ, φ²/t)/(1+t)², φ² = |(v_0 t)² − t⁴|, for one feature and no error in it."""
    feature, target = np.array([[0.0, 1.0]]), np.array([0.0, t])
    miss = train_one(inputs, inputs @ target, feature, np.array([head])).weights - target
    off = feature - (feature @ np.linalg.pinv(inputs)) @ inputs
    square = abs((head * t) ** 2 - t**4)
    return np.linalg.norm(miss), np.linalg.norm(off) * min(math.sqrt(square), square / t) / (1 + t) ** 2


def test_the_quoted_bound_on_distortion_is_none_for_a_large_head_that_the_data_do_not_move():
    risk, bound = distortion(np.array([[1.0, 0.0]]), 3.0, 3.1)
    assert risk == pytest.approx(0.1) and bound > 0.11


def test_the_quoted_bound_on_distortion_is_none_for_a_feature_that_the_data_see_almost_whole():
    risk, bound = distortion(np.array([[np.sqrt(0.05), np.sqrt(0.95)]]), 0.5, 0.0)
    assert risk < 0.9 * bound
