"""Draws of deep fine-tuning know no theory; here they meet the one case that needs none, and bad cases."""

import math

import numpy as np
import pytest

from lintransfer.simulate.deep_linear import layers as deep
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.deep_linear.laws import draw_scalars, least_squares_scalars, sphere_coordinate

SOURCE, TARGET = teacher_pair(8, 0.5, 1.0, 1.6)


def test_one_layer_is_the_pseudo_inverse():
    rng = np.random.default_rng(0)
    result = deep.deep_training(
        rng, 20, n=4, depth=1, source=SOURCE, target=TARGET, noise_std=0.4, tolerance=1e-10, rtol=1e-12
    )
    error = result.labels - result.design @ SOURCE
    wanted = SOURCE + np.einsum("bdn,bn->bd", np.linalg.pinv(result.design), error)
    np.testing.assert_allclose(result.weights, wanted, atol=1e-7)


@pytest.mark.parametrize(
    "covariance", [None, np.array([4.0, 1.0, 0.5]), np.array([[2.0, 0.5, 0], [0.5, 1, 0], [0, 0, 1]])]
)
def test_inputs_have_their_covariance(covariance):
    rng = np.random.default_rng(1)
    design, labels = deep.draw_sets(rng, 400, 50, np.array([1.0, 0, -1]), 0.5, covariance)
    found = np.einsum("bni,bnj->ij", design, design) / 20_000
    wanted = np.eye(3) if covariance is None else np.diag(covariance) if covariance.ndim == 1 else covariance
    np.testing.assert_allclose(found, wanted, atol=0.15)
    assert np.var(labels - design @ np.array([1.0, 0, -1])) == pytest.approx(0.25, rel=0.05)


def test_risks_are_measured_under_the_covariance():
    weights, target = np.array([[1.0, 2.0]]), np.array([0.0, 1.0])
    assert deep.excess_risks(weights, target) == 2
    assert deep.excess_risks(weights, target, np.array([3.0, 5.0])) == 8
    assert deep.excess_risks(weights, target, np.array([[3.0, 1.0], [1.0, 5.0]])) == 10


def test_gains_are_paired_with_the_min_norm_fit():
    keywords = {"n": 4, "depth": 2, "source": SOURCE, "target": TARGET, "noise_std": 0.3, "method": "reduced"}
    risks = deep.deep_risk_samples(np.random.default_rng(2), 50, **keywords)
    gains = deep.deep_gain_samples(np.random.default_rng(2), 50, **keywords)
    trained = deep.deep_training(np.random.default_rng(2), 50, **keywords)
    scratch = deep.excess_risks(deep.min_norm_fits(trained.design, trained.labels), TARGET)
    np.testing.assert_allclose(gains, scratch - risks, rtol=1e-12)


def test_a_finite_source_is_fitted_first():
    rng = np.random.default_rng(3)
    few = deep.fitted_sources(rng, 300, 4, SOURCE)
    assert np.mean(np.sum(few**2, axis=1)) == pytest.approx(0.5, rel=0.1)  # n_S/d of its energy
    many = deep.fitted_sources(rng, 5, 20, SOURCE)
    np.testing.assert_allclose(many, np.tile(SOURCE, (5, 1)), atol=1e-12)
    trained = deep.deep_training(rng, 10, n=4, depth=2, source=SOURCE, target=TARGET, n_source=4, method="reduced")
    assert np.std(np.linalg.norm(trained.source, axis=1)) > 0


@pytest.mark.parametrize("imbalance", [(0.0,), (-5.0,), (7.0,), (1.0, -2.0), (0.5, 0.5, 3.0)])
def test_scales_realise_the_imbalance(imbalance):
    norms = np.array([0.1, 1.0, 4.0])
    scales = deep.scales_with_imbalance(norms, imbalance)
    first = norms / np.prod(scales, axis=0)
    np.testing.assert_allclose(first**2 - scales**2, np.repeat(np.array(imbalance)[:, None], 3, axis=1), atol=1e-9)


def test_methods_agree_on_an_unbalanced_network_of_width_one():
    rng = np.random.default_rng(4)
    design, labels = deep.draw_sets(rng, 6, 3, TARGET)
    how = {"imbalance": (-0.5, 0.2), "rtol": 1e-10, "tolerance": 1e-8}
    chain = deep.train(rng, design, labels, SOURCE, 3, method="chain", **how).weights
    layers = deep.train(rng, design, labels, SOURCE, 3, method="layers", width=1, **how).weights
    np.testing.assert_allclose(chain, layers, atol=1e-6)


def test_stopping_time_is_obeyed():
    rng = np.random.default_rng(5)
    design, labels = deep.draw_sets(rng, 4, 3, TARGET)
    early = deep.train(rng, design, labels, SOURCE, 2, time=0.0).weights
    np.testing.assert_allclose(early, np.tile(SOURCE, (4, 1)), rtol=1e-13)


def test_scalars():
    rng = np.random.default_rng(6)
    drawn = draw_scalars(rng, 100_000, 3, 8, 0.5)
    assert drawn.first.mean() == pytest.approx(3 / 8, rel=0.01)
    assert drawn.second.mean() == pytest.approx(2 / 7, rel=0.01)
    assert np.mean(drawn.angle**2) == pytest.approx(1 / 5, rel=0.02)
    assert np.mean(drawn.noise_cosine**2) == pytest.approx(1 / 3, rel=0.02)
    assert drawn.noise_energy.mean() == pytest.approx(0.25 * 3 / 4, rel=0.05)  # E χ²_3/χ²_6
    edge = draw_scalars(rng, 100, 1, 2)
    assert not edge.second.any() and set(np.abs(edge.angle)) == {1.0} and not edge.noise_energy.any()
    assert least_squares_scalars(rng, 100_000, 12, 3, 0.5).mean() == pytest.approx(0.25 * 3 / 8, rel=0.03)
    assert abs(np.mean(sphere_coordinate(rng, 1, 10_000))) < 0.05 and math.isfinite(
        sphere_coordinate(rng, 10**9, 3).sum()
    )
