"""Dynamics: closed forms against actual layers and against each other."""

import math

import flint
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.integrate
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere, close

from lintransfer.precision import to_fifty_digits
from lintransfer.simulate.deep_linear.flow import end_to_end, rank_one_layers, small_random_layers, train_layers
from lintransfer.simulate.deep_linear.layers import draw_sets, layer_velocity, train
from lintransfer.theory.deep_linear import dynamics


def population(rng, start, depth, teacher, time):
    """Every layer trained on the population: X = 1, y = θ; returns the end-to-end vector."""
    layers = rank_one_layers(rng, np.asarray(start, float)[:, None], depth)
    inputs, labels = np.eye(len(start))[..., None], np.asarray(teacher, float)[:, None]
    return end_to_end(train_layers(layers, inputs, labels, time=time, rtol=1e-12))[:, 0]


def test_scalars_in_every_arithmetic():
    assert_same_everywhere(dynamics.retention_along_flow, norm=2.0, initial_norm=0.7, depth=3)
    assert_same_everywhere(dynamics.small_start_residual, depth=3, null_fraction=0.4, fit_norm=2.0, initial_norm=0.01)
    for formula in (dynamics.aligned_strength_two_layers, dynamics.anti_aligned_two_layers):
        assert_same_everywhere(formula, time=0.7, initial=0.2, teacher_norm=1.3)
    for part in (0, 1):
        assert_same_everywhere(
            lambda part=part, **a: dynamics.misaligned_two_layers(**a)[part],
            time=0.7,
            initial=0.2,
            angle=2.0,
            teacher_norm=1.3,
        )
        assert_same_everywhere(
            lambda part=part, **a: dynamics.strength_velocity(**a)[part],
            strength=0.2,
            angle=2.0,
            teacher_norm=1.3,
            depth=3,
        )


@pytest.mark.slow
def test_quadratures_at_fifty_digits_and_in_jax():
    for depth in (1, 2.5):
        point = {"initial": 0.2, "teacher_norm": 1.3, "depth": depth}
        for formula, own in (
            (dynamics.aligned_time, {"strength": 0.9}),
            (dynamics.aligned_strength, {"time": 0.7}),
            (dynamics.misaligned_orbit, {"angle": 0.6, "initial_angle": 2.0}),
        ):
            exact = to_fifty_digits(formula, {**own, **point})
            assert close(formula(**own, **point), exact)
            assert close(
                jax.jit(lambda a, f=formula: f(**a))({k: jnp.asarray(float(v)) for k, v in {**own, **point}.items()}),
                exact,
            )
    with pytest.raises(TypeError, match="arb"):  # a quadrature is no enclosure
        dynamics.aligned_time(flint.arb(0.9), 0.2, 1.3, 2)


def test_gradients():
    assert_gradient(
        dynamics.aligned_strength,
        ("time", "initial", "teacher_norm"),
        time=0.7,
        initial=0.2,
        teacher_norm=1.3,
        depth=3.0,
    )
    # The derivative in time is the equation of motion.
    slope = jax.grad(lambda t: dynamics.aligned_strength(t, 0.2, 1.3, 3.0))(0.7)
    a = dynamics.aligned_strength(0.7, 0.2, 1.3, 3.0)
    assert float(slope) == pytest.approx(3 * a ** (4 / 3) * (1.3 - a), rel=1e-10)


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
@pytest.mark.parametrize(("initial", "teacher"), [(0.3, 1.4), (3.0, 1.0)])
def test_aligned_strength_is_that_of_trained_layers(depth, initial, teacher):
    found = population(np.random.default_rng(0), [initial, 0.0], depth, [teacher, 0.0], 0.4)
    wanted = dynamics.aligned_strength(0.4, initial, teacher, depth)
    np.testing.assert_allclose(found, [wanted, 0], rtol=1e-9, atol=1e-12)
    assert dynamics.aligned_time(wanted, initial, teacher, depth) == pytest.approx(0.4, rel=1e-10)


def test_two_layers_have_the_logistic():
    times = np.array([0.0, 0.1, 1.0, 9.0])
    for initial in (1e-4, 0.5, 4.0):
        np.testing.assert_allclose(
            dynamics.aligned_strength(times, initial, 1.3, 2),
            dynamics.aligned_strength_two_layers(times, initial, 1.3),
            rtol=1e-12,
        )


@pytest.mark.parametrize("angle", [0.3, 1.5, 2.8, 3.13])
@pytest.mark.parametrize("initial", [0.05, 1.0, 4.0])
def test_misaligned_layers_turn_in_closed_form(angle, initial):
    rng, times = np.random.default_rng(1), (0.2, 1.5)
    start = initial * np.array([math.cos(angle), math.sin(angle)])
    for time in times:
        found = population(rng, start, 2, [1.2, 0.0], time)
        strength, turned = dynamics.misaligned_two_layers(time, initial, angle, 1.2)
        wanted = strength * np.array([math.cos(turned), math.sin(turned)])
        np.testing.assert_allclose(found, wanted, atol=1e-8 * max(1, strength))
        orbit = dynamics.misaligned_orbit(turned, initial, angle, 1.2, 2)
        assert orbit == pytest.approx(float(strength), rel=1e-9)


@pytest.mark.parametrize("depth", [1.0, 3, 5])
def test_orbits_at_other_depths(depth):
    path = scipy.integrate.solve_ivp(
        lambda t, y: dynamics.strength_velocity(*y, 1.2, depth),
        (0, 2),
        [0.8, 2.5],
        rtol=1e-11,
        atol=1e-13,
        method="DOP853",
    )
    found = dynamics.misaligned_orbit(path.y[1], 0.8, 2.5, 1.2, depth)
    np.testing.assert_allclose(found, path.y[0], rtol=1e-8)


def test_exactly_against_the_teacher_ends_at_the_saddle():
    found = population(np.random.default_rng(2), [-1.0, 0.0], 2, [1.0, 0.0], 1.0)
    assert found[0] == pytest.approx(-1 / (2 * math.exp(2) - 1), rel=1e-9)
    assert dynamics.anti_aligned_two_layers(1.0, 1.0, 1.0) == pytest.approx(1 / (2 * math.exp(2) - 1), rel=1e-14)


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_the_reduction_is_the_motion_of_the_layers(depth):
    rng = np.random.default_rng(3)
    design, labels = draw_sets(rng, 4, 3, np.ones(5), 0.3)
    weights, inputs = rng.standard_normal((5, 4)), np.moveaxis(design, 0, -1)
    rate = layer_velocity(rank_one_layers(rng, weights, depth, 3), inputs, labels.T)
    slope = np.einsum("bnd,bn->bd", design, np.einsum("bnd,db->bn", design, weights) - labels)
    np.testing.assert_allclose(rate.T, dynamics.end_to_end_velocity(weights.T, slope, depth), rtol=1e-11, atol=1e-12)
    column = weights.T * np.linalg.norm(weights.T, axis=1, keepdims=True) ** (1 / depth - 1)
    moved = dynamics.first_layer_velocity(column, slope, depth)
    # w = ‖u‖^{L−1}u: the product rule on u' must give the same velocity.
    radius = np.linalg.norm(column, axis=1, keepdims=True)
    radial = np.sum(column * moved, axis=1, keepdims=True) / radius
    product = radius ** (depth - 1) * moved + (depth - 1) * radius ** (depth - 2) * radial * column
    np.testing.assert_allclose(product, rate.T, rtol=1e-10, atol=1e-12)


def test_imbalances_are_conserved_from_any_start():
    rng = np.random.default_rng(4)
    design, labels = draw_sets(rng, 3, 3, np.ones(5), 0.3)
    start = small_random_layers(rng, 5, 4, 3, 3, 0.6)
    end = train_layers(start, np.moveaxis(design, 0, -1), labels.T, time=0.5, rtol=1e-12)

    def imbalances(layers):
        return dynamics.layer_imbalances([np.moveaxis(layer, -1, 0) for layer in layers])

    for before, after in zip(imbalances(start), imbalances(end), strict=True):
        np.testing.assert_allclose(after, before, atol=1e-10)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_retention_holds_at_every_stopping_time(depth):
    rng = np.random.default_rng(5)
    design, labels = draw_sets(rng, 4, 3, np.ones(7), 0.5)
    source = rng.standard_normal((4, 7))
    null = np.eye(7) - np.linalg.pinv(design) @ design
    for time in (0.01, 0.2, 1.0):
        stopped = train(rng, design, labels, source, depth, time=time, rtol=1e-11).weights
        rho = dynamics.retention_along_flow(np.linalg.norm(stopped, axis=1), np.linalg.norm(source, axis=1), depth)
        np.testing.assert_allclose(
            np.einsum("bij,bj->bi", null, stopped), rho[:, None] * np.einsum("bij,bj->bi", null, source), atol=1e-8
        )
