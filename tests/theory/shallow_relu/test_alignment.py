"""Early alignment and half-space least squares."""

import jax
import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.simulate.shallow_relu.alignment import alignment_run, force_samples
from lintransfer.simulate.shallow_relu.half_space import half_space_risk_samples
from lintransfer.theory.shallow_relu.alignment import (
    alignment_cosine,
    alignment_force,
    alignment_time,
    expected_force,
    extremal_vectors,
    force_fluctuation,
    growth_factor,
    growth_time,
)
from lintransfer.theory.shallow_relu.half_space import (
    half_space_risk,
    half_space_risk_given_split,
    half_space_training_error,
    large_sample_half_space_risk,
)


def test_the_motion_of_every_neuron_under_one_force():
    times = [0.0, 1.0, 4.0, 9.0]
    run = alignment_run(
        np.random.default_rng(0), n=60, teacher=[1.0, 0.5, 0.0], times=times, size=1e-9, symmetric=True, step=0.01
    )
    half = np.random.default_rng(0).standard_normal((60, 3))[:30]
    force = np.linalg.norm(half.T @ (half @ [1.0, 0.5, 0.0])) / 60
    time = np.array(times)[:, None]
    np.testing.assert_allclose(run.cosine, alignment_cosine(time, run.initial_cosine, force, run.signs), atol=1e-8)
    np.testing.assert_allclose(run.growth, growth_factor(time, run.initial_cosine, force, run.signs), rtol=1e-7)


def test_with_many_samples_the_force_is_half_the_displacement():
    teacher = np.array([1.0, -0.5])
    inputs = np.random.default_rng(1).standard_normal((40_000, 2))
    force = alignment_force(np.random.default_rng(2).standard_normal((7, 2)), inputs, inputs @ teacher)
    bound = 4 * np.sqrt(force_fluctuation(40_000, 2, teacher @ teacher, 0.0))
    assert np.all(np.linalg.norm(force - expected_force(teacher), axis=1) < bound)
    samples = force_samples(np.random.default_rng(3), 20_000, n=10, teacher=teacher, noise_std=0.7)
    assert abs(samples.mean() - force_fluctuation(10, 2, 1.25, 0.49)) < 4 * samples.std() / np.sqrt(len(samples))
    assert np.isnan(force_fluctuation(0, 2, 1.0, 0.0))


def test_times_invert_the_motion():
    for cosine, sign in ((-0.9, 1), (0.0, 1), (0.7, -1)):
        time = alignment_time(1e-3, cosine, 0.4, sign)
        assert sign * alignment_cosine(time, cosine, 0.4, sign) == pytest.approx(0.999)
        assert 1e-6 * growth_factor(growth_time(1e-6, cosine, 0.4, sign), cosine, 0.4, sign) == pytest.approx(1.0)
    # Alignment comes first only for a small start: √ε against ‖w(0)‖.
    assert alignment_time(1e-2, 0.0, 1.0) < growth_time(1e-3, 0.0, 1.0)
    assert alignment_time(1e-8, 0.0, 1.0) > growth_time(1e-1, 0.0, 1.0)


def test_neurons_that_start_along_the_force():
    assert alignment_cosine(50.0, -1.0, 2.0) == -1.0 and alignment_cosine(1e3, -1.0, 2.0) == -1.0
    assert growth_factor(3.0, -1.0, 2.0) == pytest.approx(np.exp(-6), rel=1e-14)
    assert alignment_time(0.1, -1.0, 1.0) == growth_time(0.1, -1.0, 1.0) == np.inf
    assert alignment_time(0.1, 1.0, 1.0) == -np.inf
    for function, point in (
        (alignment_cosine, (1.0, -1.0, 1.0)),
        (growth_factor, (1.0, 1.0, 1.0)),
        (alignment_time, (0.1, -1.0, 1.0)),
        (growth_time, (0.1, -1.0, 1.0)),
    ):
        for i in range(3):
            assert not np.isnan(jax.grad(function, argnums=i)(*point))


def test_extremal_vectors_in_the_plane_are_all_found():
    inputs = np.random.default_rng(4).standard_normal((12, 2))
    residuals = np.random.default_rng(5).standard_normal(12)
    found = extremal_vectors(inputs, residuals)
    angles = np.linspace(0, 2 * np.pi, 20_001)
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    force = alignment_force(directions, inputs, residuals)
    along = np.sum(force * directions, axis=1) / np.linalg.norm(force, axis=1)
    by_hand = {tuple(np.round(f, 9)) for f, c in zip(force, along, strict=True) if abs(c) > 1 - 1e-6}
    assert by_hand <= {tuple(np.round(f, 9)) for f in found}
    for vector in found:
        both = alignment_force(np.stack([vector, -vector]), inputs, residuals)
        assert min(np.linalg.norm(both - vector, axis=1)) < 1e-12


def test_extremal_vectors_of_many_samples_are_near_plus_and_minus_the_displacement():
    teacher = np.array([1.0, 1.0, 0.0, 0.0])
    inputs = np.random.default_rng(6).standard_normal((3000, 4))
    found = extremal_vectors(inputs, inputs @ teacher)
    assert len(found) == 2
    np.testing.assert_allclose(found, np.tile(teacher / 2, (2, 1)), atol=0.15)
    with pytest.raises(DomainError, match="residuals"):
        extremal_vectors(inputs, np.ones(3))
    assert extremal_vectors(inputs, np.zeros(3000)).shape == (0, 4)


@pytest.mark.parametrize(("n", "dim"), [(40, 3), (30, 2)])
def test_half_space_risk_and_residual_against_simulation(n, dim):
    rng = np.random.default_rng(7)
    samples = half_space_risk_samples(rng, 20_000, n=n, dim=dim, noise_std=0.7)
    assert abs(samples.mean() - half_space_risk(n, dim, 0.49)) < 4 * samples.std() / np.sqrt(20_000)
    samples = half_space_risk_samples(rng, 4000, n=n, dim=dim, noise_std=0.7, training_error=True)
    assert abs(samples.mean() - half_space_training_error(n, dim, 0.49)) < 4 * samples.std() / np.sqrt(4000)
    samples = half_space_risk_samples(rng, 8000, n=n, dim=dim, noise_std=0.7, n_positive=n // 3)
    assert abs(samples.mean() - half_space_risk_given_split(n // 3, n, dim, 0.49)) < 4 * samples.std() / np.sqrt(8000)


def test_half_space_limits_and_domains():
    np.testing.assert_allclose(half_space_risk(10**9, 5, 1.0), large_sample_half_space_risk(10**9, 5, 1.0), rtol=1e-7)
    sizes = np.array([10, 14, 40, 1000])
    values = half_space_risk(sizes, 5, 1.0)
    assert np.isnan(values[0]) and np.all(values[1:] >= large_sample_half_space_risk(sizes, 5, 1.0)[1:])
    # About twice the risk of least squares on all the data.
    assert half_space_risk(1000, 5, 1.0) == pytest.approx(2 * 5 / 994, rel=0.02)
    assert half_space_risk_given_split(6, 20, 5, 1.0) == np.inf and half_space_risk_given_split(6, 20, 5, 0.0) == 0
    assert np.isnan(half_space_risk_given_split(4, 20, 5, 1.0))
    assert np.isnan(half_space_training_error(3, 2, 1.0)) and np.isnan(half_space_training_error(0, 0, 1.0))
    for wrong in ((10.5, 2), (-1, 2), (10, 0)):
        with pytest.raises(DomainError):
            half_space_risk(*wrong, 1.0)
