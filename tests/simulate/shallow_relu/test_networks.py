"""Finite-width networks: drawing, evaluating, training, transferring, and their approach to the kernel."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lintransfer.errors import DomainError, UnknownNameError
from lintransfer.simulate.shallow_relu.kernel import draw_inputs, kernel_fit, plain_kernel
from lintransfer.simulate.shallow_relu.networks import (
    Network,
    draw_small,
    draw_wide,
    empirical_kernel,
    predict,
    refit_head,
)
from lintransfer.simulate.shallow_relu.training import _descend, stable_learning_rate, train
from lintransfer.simulate.shallow_relu.transfer import kernel_distance, network_transfer_risks


def output(network, x):
    """One network at one input, from the definition."""
    return network.scale * jnp.sum(network.second * jnp.maximum(network.first @ x, 0))


def test_antisymmetric_networks_start_at_zero_and_small_ones_are_balanced():
    rng = np.random.default_rng(0)
    wide = draw_wide(rng, 3, [4, 10], seeds=2)
    points = rng.standard_normal((5, 3))
    assert wide.first.shape == (2, 2, 10, 3) and np.all(wide.first[0, :, 4:] == 0)
    np.testing.assert_allclose(predict(wide, points), 0, atol=1e-15)
    np.testing.assert_allclose(wide.scale[:, 0], [0.5, 10**-0.5], rtol=1e-15)
    assert np.abs(np.asarray(predict(draw_wide(rng, 3, [4], antisymmetric=False), points))).max() > 1e-3
    small = draw_small(rng, 3, [4, 6], 1e-3)
    norms = np.linalg.norm(small.first, axis=-1)
    np.testing.assert_allclose(np.abs(small.second), norms, rtol=1e-14)
    np.testing.assert_allclose(np.sum(norms**2, axis=-1), 1e-6, rtol=1e-12)


def test_the_batch_agrees_with_single_networks_and_their_gradients():
    rng = np.random.default_rng(1)
    batch = draw_wide(rng, 3, [4, 8], seeds=2, antisymmetric=False)
    points, others = rng.standard_normal((5, 3)), rng.standard_normal((4, 3))
    single = Network(*(leaf[1, 0] for leaf in batch))
    np.testing.assert_allclose(predict(batch, points)[1, 0], [output(single, x) for x in points], rtol=1e-12)

    def features(x):
        gradient = jax.grad(output)(single, x)
        return {"first": gradient.first.ravel(), "second": gradient.second}

    for trained, used in (("first", ("first",)), ("second", ("second",)), ("both", ("first", "second"))):
        left, right = (
            np.stack([np.concatenate([features(x)[k] for k in used]) for x in rows]) for rows in (points, others)
        )
        np.testing.assert_allclose(empirical_kernel(batch, points, others, trained)[1, 0], left @ right.T, rtol=1e-10)


def test_the_empirical_kernel_tends_to_the_arc_cosine_kernel():
    rng = np.random.default_rng(2)
    inputs = draw_inputs(rng, (6, 4))
    for trained in ("first", "second", "both"):
        network = draw_wide(rng, 4, [100, 6400], seeds=20)
        error = np.asarray(empirical_kernel(network, inputs, inputs, trained)) - plain_kernel(inputs, inputs, trained)
        rms = np.sqrt(np.mean(error**2, axis=(1, 2, 3)))
        assert 5 < rms[0] / rms[1] < 13  # the ratio of widths is 64: its root is 8


@pytest.mark.parametrize("trained", ["first", "second", "both"])
def test_a_step_of_training_is_a_step_of_gradient_descent(trained):
    rng = np.random.default_rng(3)
    network = draw_wide(rng, 2, [4], antisymmetric=False)
    inputs, labels = rng.standard_normal((6, 2)), rng.standard_normal(6)

    def loss(w, a):
        one = Network(w, a, network.scale[0, 0])
        return jnp.mean((jax.vmap(lambda x: output(one, x))(jnp.asarray(inputs)) - labels) ** 2) / 2

    w, a = network.first[0, 0], network.second[0, 0]
    for _ in range(50):  # training looks at the loss every 50 steps
        on_w, on_a = jax.grad(loss, argnums=(0, 1))(w, a)
        w = w - 0.05 * on_w * (trained != "second")
        a = a - 0.05 * on_a * (trained != "first")
    done = train(network, inputs, labels, trained=trained, learning_rate=0.05, max_steps=50)
    np.testing.assert_allclose(done.network.first[0, 0], w, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(done.network.second[0, 0], a, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(done.loss[0, 0], loss(w, a), rtol=1e-10)
    assert done.steps[0, 0] == 50 and not done.converged[0, 0]


def test_training_interpolates_and_padding_changes_nothing():
    rng = np.random.default_rng(4)
    inputs, labels = draw_inputs(rng, (10, 4)), rng.standard_normal(10)
    network = draw_wide(rng, 4, [64, 256], seeds=2)
    done = train(network, inputs, labels, momentum=0.9, tolerance=1e-5)
    assert np.all(done.converged)
    outputs = np.asarray(predict(done.network, inputs))
    np.testing.assert_allclose(outputs, np.broadcast_to(labels, (2, 2, 10)), atol=1e-3)
    alone = Network(network.first[:1, :, :64], network.second[:1, :, :64], network.scale[:1])
    rate = stable_learning_rate(alone, inputs)
    narrow = train(alone, inputs, labels, learning_rate=rate, max_steps=100)
    padded_rows = np.concatenate([inputs, rng.standard_normal((3, 4))])
    weights = np.r_[np.ones(10), np.zeros(3)]
    padded = train(
        network,
        padded_rows,
        np.r_[labels, np.ones(3)],
        learning_rate=np.broadcast_to(rate, (2, 2)),
        max_steps=100,
        row_weights=weights,
    )
    np.testing.assert_allclose(padded.network.first[:1, :, :64], narrow.network.first, rtol=1e-11)
    assert np.all(np.asarray(padded.network.first[0, :, 64:]) == 0)


def test_widths_seeds_rates_and_steps_share_one_compilation():
    rng = np.random.default_rng(5)
    inputs, labels = rng.standard_normal((5, 3)), rng.standard_normal(5)
    train(draw_wide(rng, 3, [2, 16]), inputs, labels, learning_rate=0.1, max_steps=50)
    before = _descend._cache_size()
    wider, changed = draw_wide(rng, 3, [8, 16]), {"momentum": 0.5, "tolerance": 1e-3}
    train(wider, 2 * inputs, labels, learning_rate=0.2, max_steps=150, **changed)
    assert _descend._cache_size() == before


def test_the_distance_to_the_kernel_falls_like_one_over_the_root_of_the_width():
    widths = np.array([64, 256, 1024])
    distance = kernel_distance(np.random.default_rng(6), widths, 8, n=8, dim=4, momentum=0.8, tolerance=1e-4)
    slope = np.polyfit(np.log(widths), np.log(np.sqrt(np.mean(distance**2, axis=1))), 1)[0]
    # The error of the slope from 8 seeds at three widths is about 0.06.
    assert abs(slope + 0.5) < 0.25


def test_pretraining_then_fine_tuning_or_freezing_as_a_user_would():
    source = np.array([1.0, 0.0, 0.0, 0.0])
    risks = network_transfer_risks(
        np.random.default_rng(7),
        [32],
        10,
        n=6,
        target=np.array([0.95, 0.3, 0, 0]),
        source=source,
        n_source=30,
        momentum=0.9,
        tolerance=1e-2,
        max_steps=300,
    )
    assert risks.shape == (3, 1, 10)
    scratch, tuned, _ = risks.mean(axis=(1, 2))
    assert tuned < 0.6 * scratch
    with pytest.raises(UnknownNameError, match="prune"):
        network_transfer_risks(
            np.random.default_rng(7), [4], 1, n=3, target=source, source=source, n_source=4, learners=("prune",)
        )


def test_a_frozen_first_layer_keeps_its_neurons_and_refits_the_head():
    rng = np.random.default_rng(8)
    network, inputs = draw_wide(rng, 3, [6], antisymmetric=False), rng.standard_normal((20, 3))
    labels = np.asarray(predict(network, inputs))[0, 0]
    exact = refit_head(network, inputs, labels)
    np.testing.assert_allclose(exact.second, network.second, rtol=1e-9)
    ridge = refit_head(network, inputs, labels, ridge=0.7)
    features = np.maximum(inputs @ np.asarray(network.first)[0, 0].T, 0) * float(network.scale[0, 0])
    expected = np.linalg.solve(features.T @ features + 0.7 * np.eye(6), features.T @ labels)
    np.testing.assert_allclose(ridge.second[0, 0], expected, rtol=1e-9)


def test_a_kernel_fit_continues_a_network():
    rng = np.random.default_rng(9)
    network, inputs = draw_wide(rng, 3, [8], antisymmetric=False), draw_inputs(rng, (5, 3))
    single = Network(*(leaf[0, 0] for leaf in network))
    labels = rng.standard_normal(5)
    fitted = kernel_fit(inputs, labels, start=single)
    np.testing.assert_allclose(fitted(inputs), labels, rtol=1e-10)
    residual = kernel_fit(inputs, labels - np.asarray(predict(single, inputs)))
    points = draw_inputs(rng, (4, 3))
    np.testing.assert_allclose(fitted(points), residual(points) + np.asarray(predict(single, points)), rtol=1e-10)


def test_refusals():
    rng = np.random.default_rng(10)
    with pytest.raises(DomainError, match="even"):
        draw_wide(rng, 3, [5])
    with pytest.raises(DomainError, match="widths"):
        draw_small(rng, 3, [2.5], 0.1)
    with pytest.raises(DomainError, match="size"):
        draw_small(rng, 3, [4], 0.0)
    network = draw_wide(rng, 2, [4])
    with pytest.raises(DomainError, match="trained"):
        train(network, np.eye(2), np.ones(2), trained="third")
    with pytest.raises(DomainError, match="labels must be finite"):
        train(network, np.eye(2), np.array([1.0, np.nan]))
