"""Frozen ReLU features: the floor and its first correction."""

import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.simulate.shallow_relu.transfer import feature_risk_samples
from lintransfer.theory.shallow_relu.features import (
    best_head,
    feature_gram,
    feature_loss,
    feature_risk,
    linear_teacher_as_neurons,
    one_neuron_loss,
    residual_leverage,
)


def world(covariance=None):
    rng = np.random.default_rng(3)
    neurons, wanted = rng.standard_normal((4, 5)), rng.standard_normal((3, 5))
    wanted[0] = 2 * neurons[0]
    head = np.array([1.0, -1.0, 0.5])
    return {"neurons": neurons, "target_neurons": wanted, "target_head": head, "covariance": covariance}


@pytest.mark.parametrize("covariance", [None, np.linspace(0.5, 2, 5), np.eye(5) + 0.3])
def test_floor_head_and_leverage_against_sampled_inputs(covariance):
    given = world(covariance)
    rng = np.random.default_rng(0)
    root = (
        np.eye(5)
        if covariance is None
        else np.linalg.cholesky(np.diag(covariance) if covariance.ndim == 1 else covariance)
    )
    inputs = rng.standard_normal((200_000, 5)) @ root.T
    features = np.maximum(inputs @ given["neurons"].T, 0)
    target = np.maximum(inputs @ given["target_neurons"].T, 0) @ given["target_head"]
    gram = feature_gram(given["neurons"], None, covariance)
    # The variance of a product of two features is at most 6 times the square of the larger second moment.
    tolerance = 4 * np.sqrt(6 / len(inputs)) * gram.max()
    np.testing.assert_allclose(features.T @ features / len(inputs), gram, atol=tolerance)
    residual = target - features @ best_head(**given)
    floor = feature_loss(**given)
    spread = np.std(residual**2) / np.sqrt(len(inputs))
    assert abs(np.mean(residual**2) - floor) < 4 * spread
    weighted = residual**2 * np.sum(features * np.linalg.solve(gram, features.T).T, axis=1)
    spread = np.std(weighted) / np.sqrt(len(inputs))
    assert abs(np.mean(weighted) - residual_leverage(**given)) < 4 * spread + 0.01 * np.mean(weighted)


def test_the_finite_sample_correction_against_training():
    given = world()
    samples = feature_risk_samples(np.random.default_rng(1), 1500, n=120, noise_std=1.0, **given)
    predicted = feature_risk(120, 4, feature_loss(**given), residual_leverage(**given), 1.0)
    assert abs(samples.mean() - predicted) < 4 * samples.std() / np.sqrt(1500) + 100 / 120**2


def test_special_cases():
    neurons, head = linear_teacher_as_neurons([3.0, 4.0])
    assert feature_loss(neurons, neurons, head) == 0
    # Half of a linear teacher's energy is on the side that one neuron along it cannot see.
    assert feature_loss([[3.0, 4.0]], neurons, head) == pytest.approx(12.5, rel=1e-12)
    assert feature_loss([[3.0, 4.0]], neurons, head, unit_sphere=True) == pytest.approx(6.25, rel=1e-12)
    for cosine in (-1.0, -0.4, 0.0, 0.8, 1.0):
        other = [[cosine, np.sqrt(1 - cosine**2)]]
        assert feature_loss([[1.0, 0.0]], other, [1.5]) == pytest.approx(one_neuron_loss(cosine, 1.5), abs=1e-13)


def test_retained_neurons_drop_out_exactly():
    given = world()
    only_removed = {**given, "target_neurons": given["target_neurons"][1:], "target_head": given["target_head"][1:]}
    assert feature_loss(**given) == pytest.approx(feature_loss(**only_removed), rel=1e-12)
    huge = {**given, "target_head": given["target_head"] * np.array([1e8, 1, 1])}
    assert feature_loss(**huge) == pytest.approx(feature_loss(**only_removed), rel=1e-12)
    # A neuron twice among the features changes nothing either.
    doubled = {**given, "neurons": np.vstack([given["neurons"], 3 * given["neurons"][:1]])}
    assert feature_loss(**doubled) == pytest.approx(feature_loss(**given), rel=1e-9)


def test_domains():
    assert np.isnan(feature_risk(5, 4, 0.1, 0.1, 0.0)) and feature_risk(6, 4, 0.1, 0.1, 0.0) > 0.1
    with pytest.raises(DomainError, match="target_head"):
        feature_loss(np.eye(2), np.eye(2), [1.0])
    with pytest.raises(DomainError, match="zeros in row 1"):
        feature_gram([[1.0, 0.0], [0.0, 0.0]])
    with pytest.raises(DomainError, match="covariance"):
        feature_gram(np.eye(2), covariance=np.ones(2), unit_sphere=True)
