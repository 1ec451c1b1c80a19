"""ReLU networks trained in two stages: the one-stage limit, simulation, and the critical overlap."""

import jax
import numpy as np
import pytest

from lintransfer.simulate.shallow_relu.kernel import kernel_risk_samples
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.shallow_relu.learning_curves import sphere_risk
from lintransfer.theory.shallow_relu.two_stage import critical_overlap, two_stage_risk

TRAINED = ("first", "second", "both")


def test_two_stages_reduce_to_one():
    np.testing.assert_allclose(two_stage_risk(20, 0, 20, 1.0, 0.5, 1.0), sphere_risk(20, 20, 1.0), rtol=1e-13)
    exact_source = two_stage_risk(20, 1e30, 20, 1.0, 0.7, 1.5, 0.01, 0.02)
    np.testing.assert_allclose(exact_source, sphere_risk(20, 20, 1.1, 0.01), rtol=1e-8)
    table = two_stage_risk(np.array([0.0, 10.0])[:, None], np.array([0.0, 5.0, 50.0]), 20, 1.0, 0.9, 1.0)
    assert table.shape == (2, 3) and np.all(np.isfinite(table))
    np.testing.assert_allclose(table[0, 0], 1 / 20, rtol=1e-14)


@pytest.mark.parametrize("trained", TRAINED)
def test_two_stages_against_simulation(trained):
    source, target = teacher_pair(20, 0.8)
    samples = kernel_risk_samples(
        np.random.default_rng(1),
        300,
        n=20,
        target=target,
        source=source,
        n_source=40,
        trained=trained,
        source_noise_std=0.1,
        learners=("start", "scratch"),
        test_points=100,
    )
    gain = samples[1] - samples[0]
    predicted = sphere_risk(20, 20, 1.0, 0.0, trained) - two_stage_risk(20, 40, 20, 1.0, 0.8, 1.0, 0.0, 0.01, trained)
    assert abs(gain.mean() - predicted) < 4 * gain.std() / np.sqrt(300) + 0.05 * samples[1].mean()


@pytest.mark.parametrize("trained", TRAINED)
@pytest.mark.parametrize("n", [0, 20, 300])
def test_at_the_critical_overlap_fine_tuning_and_scratch_tie(trained, n):
    overlap = critical_overlap(n, 40, 20, 1.5, 1.2, 0.01, trained)
    for noise in (0.0, 0.5):
        tuned = two_stage_risk(n, 40, 20, 2.25, overlap * 1.8, 1.44, noise, 0.01, trained)
        np.testing.assert_allclose(tuned, sphere_risk(n, 20, 1.44, noise, trained), rtol=1e-10)


def test_the_critical_overlap_at_its_ends():
    assert critical_overlap(10, 0, 20, 1.0, 1.0) == np.inf
    assert critical_overlap(10, 30, 20, 1.0, 0.0) == np.inf
    np.testing.assert_allclose(critical_overlap(10, 1e30, 20, 1.0, 4.0, 0.1), 1 / 8, rtol=1e-6)
    slope = jax.jit(jax.grad(lambda size: critical_overlap(10.0, size, 20, 1.0, 1.0, 0.01)))(40.0)
    numeric = (critical_overlap(10, 40.01, 20, 1.0, 1.0, 0.01) - critical_overlap(10, 39.99, 20, 1.0, 1.0, 0.01)) / 0.02
    np.testing.assert_allclose(slope, numeric, rtol=1e-6)
