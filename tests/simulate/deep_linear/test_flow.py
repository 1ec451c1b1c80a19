"""The integrator and the layers that it moves."""

import math

import numpy as np
import pytest

from lintransfer.simulate.deep_linear import flow
from lintransfer.simulate.deep_linear.layers import draw_sets


def test_integrator_follows_a_known_solution_each_at_its_own_pace():
    rates = np.array([0.1, 1.0, 5.0])
    found = flow.integrate(lambda x, r: -r * x, np.ones((2, 3)), (rates,), time=1.3, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(found, np.repeat(np.exp(-1.3 * rates)[None], 2, axis=0), rtol=1e-8)


def test_order_is_five():
    def error(rtol):
        found = flow.integrate(lambda x, w: np.stack([x[1], -w * x[0]]), np.array([[1.0], [0.0]]), (np.ones(1),), time=3.0,
                               rtol=rtol, atol=rtol)  # fmt: skip
        return abs(found[0, 0] - math.cos(3))

    assert error(1e-10) < 3e-3 * error(1e-6)


def test_a_step_that_explodes_is_refused():
    # x' = x³ from 1 blows up at t = ½; stop before.
    found = flow.integrate(lambda x, _: x**3, np.ones((1, 1)), (np.ones(1),), time=0.49, rtol=1e-10, atol=1e-12)
    assert found[0, 0] == pytest.approx(1 / math.sqrt(1 - 0.98), rel=1e-6)


def test_a_flow_that_does_not_rest_says_so():
    with pytest.raises(flow.FlowError, match="1 of 1 flows"):
        flow.integrate(
            lambda x, _: -x, np.ones((1, 1)), (np.ones(1),), at_rest=lambda *_: np.zeros(1, bool), max_steps=5
        )


def test_backpropagation_is_the_derivative():
    rng = np.random.default_rng(0)
    layers = flow.small_random_layers(rng, 4, 3, 2, 3, 0.7)
    design, labels = rng.standard_normal((3, 4, 2)), rng.standard_normal((3, 2))

    def loss(layers):
        return np.sum(flow.residual(design, labels, flow.end_to_end(layers)) ** 2, axis=0) / 2

    slopes = flow.layer_gradients(layers, flow.gradient(design, labels, flow.end_to_end(layers)))
    for i, layer in enumerate(layers):
        for index in np.ndindex(layer.shape[:2]):
            up, down = ([w.copy() for w in layers] for _ in (0, 1))
            up[i][index] += 1e-6
            down[i][index] -= 1e-6
            np.testing.assert_allclose(slopes[i][index], (loss(up) - loss(down)) / 2e-6, rtol=1e-6, atol=1e-8)


def test_packing_is_lossless():
    layers = flow.small_random_layers(np.random.default_rng(0), 4, 3, 2, 3)
    for a, b in zip(layers, flow.unpack(flow.pack(layers), layers), strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_rank_one_networks_compute_the_source_and_are_balanced(depth):
    rng = np.random.default_rng(1)
    weights = rng.standard_normal((6, 4))
    layers = flow.rank_one_layers(rng, weights, depth, width=3)
    np.testing.assert_allclose(flow.end_to_end(layers), weights, rtol=1e-13)
    for layer in layers:
        np.testing.assert_allclose(
            np.sqrt(np.sum(layer**2, axis=(0, 1))), np.linalg.norm(weights, axis=0) ** (1 / depth)
        )
        assert all(np.linalg.matrix_rank(layer[..., b]) == 1 for b in range(4))


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_three_ways_of_following_one_training(depth):
    rng = np.random.default_rng(depth)
    design, labels = draw_sets(rng, 4, 3, np.ones(7), 0.4)
    inputs, outputs, source = np.moveaxis(design, 0, -1), labels.T, rng.standard_normal((7, 4))
    for time in (0.3, math.inf):
        steps = {"time": time, "rtol": 1e-11, "tolerance": 1e-9}
        whole = flow.end_to_end(
            flow.train_layers(flow.rank_one_layers(rng, source, depth, 3), inputs, outputs, **steps)
        )
        small = flow.train_reduced(source, inputs, outputs, depth, **steps)
        np.testing.assert_allclose(small, whole, atol=1e-6)
        thin = flow.rank_one_layers(rng, source, depth, 1)
        column, scalars = thin[0][:, 0], np.array([layer[0, 0] for layer in thin[1:]]).reshape(depth - 1, 4)
        if depth > 1:
            column, scalars = flow.train_chain(column, scalars, inputs, outputs, **steps)
            np.testing.assert_allclose(column * np.prod(scalars, axis=0), whole, atol=1e-6)


def test_pretraining_from_small_weights_finds_the_rank_one_feature():
    rng = np.random.default_rng(3)
    theta = np.array([1.0, -0.5, 2.0, 0.3])
    layers = flow.small_random_layers(rng, 4, 3, 5, 4, 1e-2)
    inputs, labels = np.repeat(np.eye(4)[..., None], 5, axis=-1), np.repeat(theta[:, None], 5, axis=1)
    final = flow.train_layers(layers, inputs, labels, rtol=1e-8, tolerance=1e-6)
    np.testing.assert_allclose(flow.end_to_end(final).T, np.tile(theta, (5, 1)), atol=1e-4)
    first = np.moveaxis(final[0], -1, 0)
    values = np.linalg.svd(first, compute_uv=False)
    # One feature: what is conserved keeps the others as small as the weights began, 0.01·(√4 + √3 + 1).
    assert np.all(values[:, 1] < 0.05) and np.all(values[:, 0] > 1)
    features = np.linalg.svd(first)[0][:, :, 0]
    assert np.all(np.abs(features @ theta) > 0.999 * np.linalg.norm(theta))  # which is the teacher
    norms = np.array([np.sqrt(np.sum(layer**2, axis=(0, 1))) for layer in final])
    np.testing.assert_allclose(norms, np.linalg.norm(theta) ** (1 / 3), rtol=1e-3)  # balanced
