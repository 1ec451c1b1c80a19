"""Weight decay: the best of several stationary points, against descent on the objective and trained layers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize
from helpers.every_arithmetic import assert_same_everywhere

from lintransfer.simulate.deep_linear.flow import end_to_end, small_random_layers, train_layers
from lintransfer.theory.deep_linear.weight_decay import (
    layer_penalty,
    sum_weight_decay,
    two_layer_threshold,
    weight_decay_end_point,
    weight_decay_objective,
    weight_decay_ridge,
)

RNG = np.random.default_rng(3)
SETS = [(RNG.standard_normal((n, d)), 1.5 * RNG.standard_normal(n)) for n, d in ((4, 7), (7, 4), (5, 5))]


def test_every_arithmetic():
    assert_same_everywhere(weight_decay_ridge, norm=1.7, depth=3, weight_decay=0.2)
    assert_same_everywhere(layer_penalty, norm=1.7, depth=3.5)


@pytest.mark.parametrize("depth", [1, 1.5, 2, 3, 6])
@pytest.mark.parametrize("data", SETS, ids=["few", "many", "square"])
def test_no_descent_finds_a_better_point(data, depth):
    design, labels = data
    rng = np.random.default_rng(0)
    for mu in (1e-4, 0.5, 2.0, 0.999 * two_layer_threshold(design, labels)):
        found = weight_decay_end_point(design, labels, depth, mu)
        value = weight_decay_objective(design, labels, found, depth, mu)

        def objective(w, mu=mu):
            return weight_decay_objective(design, labels, w, depth, mu)

        starts = [rng.standard_normal(design.shape[1]) * s for s in (0.3, 1.0, 3.0)]
        best = min(scipy.optimize.minimize(objective, start, method="BFGS").fun for start in starts)
        assert value <= min(best, objective(0 * found)) + 1e-9
        if found.any():
            pull = mu * np.linalg.norm(found) ** (2 / depth - 2) * found
            np.testing.assert_allclose(design.T @ (labels - design @ found), pull, atol=1e-9)


def test_two_layers_vanish_exactly_at_the_threshold():
    design, labels = SETS[0]
    edge = two_layer_threshold(design, labels)
    assert weight_decay_end_point(design, labels, 2, 0.9999 * edge).any()
    assert not weight_decay_end_point(design, labels, 2, edge).any()


def test_deep_networks_jump():
    design, labels = SETS[0]
    norms = [np.linalg.norm(weight_decay_end_point(design, labels, 4, mu)) for mu in np.linspace(0.01, 6, 300)]
    smallest = min(n for n in norms if n > 0)
    assert norms[-1] == 0 and smallest > 0.3  # no small solutions: a first-order transition


def test_edges():
    design, labels = SETS[1]
    np.testing.assert_allclose(weight_decay_end_point(design, labels, 3, 0.0), np.linalg.pinv(design) @ labels)
    assert not weight_decay_end_point(design, labels, np.inf, 1e-3).any()
    assert not weight_decay_end_point(design, 0 * labels, 3, 0.1).any()
    ridge = np.linalg.solve(design.T @ design + 0.7 * np.eye(4), design.T @ labels)
    np.testing.assert_allclose(weight_decay_end_point(design, labels, 1, 0.7), ridge, rtol=1e-11)
    # (1/n)‖y − Xw‖² + (μ/2)Σ‖W‖² is zero from μ = 2‖Xᵀy‖/n on.
    assert sum_weight_decay(2 * two_layer_threshold(design, labels) / 7, 7) == two_layer_threshold(design, labels)


@pytest.mark.parametrize(("depth", "mu"), [(2, 0.3), (3, 0.3)])
def test_trained_layers_end_there_and_balanced(depth, mu):
    design, labels = SETS[2]
    start = small_random_layers(np.random.default_rng(1), 5, depth, 4, 3, 0.8)
    inputs, outputs = np.repeat(design[..., None], 4, axis=-1), np.repeat(labels[:, None], 4, axis=-1)
    final = train_layers(start, inputs, outputs, weight_decay=mu, rtol=1e-10, tolerance=1e-9)
    wanted = weight_decay_end_point(design, labels, depth, mu)
    assert wanted.any()
    weights = end_to_end(final)
    reached = np.linalg.norm(weights, axis=0) > 1e-3  # the others fell to the local minimum w = 0
    assert reached.any() and (depth > 2 or reached.all())
    np.testing.assert_allclose(weights[:, reached], np.repeat(wanted[:, None], reached.sum(), axis=1), atol=1e-6)
    cost = sum(np.sum(layer**2, axis=(0, 1)) for layer in final)
    np.testing.assert_allclose(cost[reached], layer_penalty(np.linalg.norm(wanted), depth), rtol=1e-6)


def test_jax_agrees_and_differentiates():
    design, labels = map(jnp.asarray, SETS[0])
    solve = jax.jit(lambda y, mu: weight_decay_end_point(design, y, 3.0, mu))
    np.testing.assert_allclose(solve(labels, 0.4), weight_decay_end_point(*SETS[0], 3, 0.4), atol=1e-9)
    slope = jax.jit(jax.jacfwd(solve, 1))(labels, 0.4)
    ends = [weight_decay_end_point(*SETS[0], 3, mu) for mu in (0.4 + 1e-5, 0.4 - 1e-5)]
    np.testing.assert_allclose(slope, (ends[0] - ends[1]) / 2e-5, rtol=1e-5, atol=1e-7)
