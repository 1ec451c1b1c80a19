"""Kernel regression simulators and half-space fits."""

import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.simulate.shallow_relu.half_space import draw_with_margin, half_space_fit
from lintransfer.simulate.shallow_relu.kernel import (
    as_function,
    draw_inputs,
    kernel_fit,
    kernel_risk_samples,
    plain_kernel,
)


def test_the_plain_kernel_is_an_average_over_random_neurons():
    rng = np.random.default_rng(0)
    inputs = np.array([[1.0, 0.0], [0.6, 1.8]])
    seen = rng.standard_normal((400_000, 2)) @ inputs.T
    gates = np.mean((seen > 0).all(axis=1)) * (inputs @ inputs.T)[0, 1]
    outputs = np.mean(np.maximum(seen, 0).prod(axis=1))
    np.testing.assert_allclose(plain_kernel(inputs, inputs, "first")[0, 1], gates, rtol=0.01)
    np.testing.assert_allclose(plain_kernel(inputs, inputs, "second")[0, 1], outputs, rtol=0.02)
    np.testing.assert_allclose(
        plain_kernel(inputs, inputs), plain_kernel(inputs, inputs, "first") + plain_kernel(inputs, inputs, "second")
    )
    with pytest.raises(DomainError, match="trained"):
        plain_kernel(inputs, inputs, "third")


def test_inputs_of_both_laws():
    rng = np.random.default_rng(1)
    np.testing.assert_allclose(np.linalg.norm(draw_inputs(rng, (3, 5, 4)), axis=-1), 1, rtol=1e-14)
    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    drawn = draw_inputs(rng, (100_000, 2), "gaussian", covariance)
    np.testing.assert_allclose(drawn.T @ drawn / 100_000, covariance, atol=0.05)
    assert draw_inputs(rng, (7, 2), "gaussian", np.ones(2)).shape == (7, 2)
    with pytest.raises(DomainError, match="law"):
        draw_inputs(rng, (3, 2), "uniform")


def test_a_fit_interpolates_from_any_start_and_a_huge_ridge_stays_there():
    rng = np.random.default_rng(2)
    inputs, labels, points = rng.standard_normal((6, 3)), rng.standard_normal(6), rng.standard_normal((4, 3))
    for start in (None, np.array([1.0, -1.0, 0.5]), np.sin):
        start = (lambda x: np.sin(x).sum(axis=1)) if start is np.sin else start
        np.testing.assert_allclose(kernel_fit(inputs, labels, start=start)(inputs), labels, rtol=1e-9)
        stays = kernel_fit(inputs, labels, start=start, ridge=1e12)(points)
        np.testing.assert_allclose(stays, as_function(start)(points), atol=1e-10)


def test_what_a_fit_refuses():
    inputs = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    with pytest.raises(DomainError, match="rows 0 and 1"):
        kernel_fit(inputs, np.ones(3))
    kernel_fit(inputs, np.ones(3), ridge=0.1)
    with pytest.raises(DomainError, match="zeros in row 0"):
        kernel_fit(np.zeros((1, 2)), np.ones(1))
    with pytest.raises(DomainError, match="GiB"):
        kernel_fit(np.random.default_rng(0).standard_normal((50, 2)), np.ones(50), memory=1e4)
    with pytest.raises(DomainError, match="labels"):
        kernel_fit(inputs, np.ones(2))
    with pytest.raises(DomainError, match="ridge"):
        kernel_fit(inputs, np.ones(3), ridge=-1.0)
    with pytest.raises(DomainError, match="start"):
        as_function(np.ones((2, 2)))


def test_samples_of_risk_are_those_of_single_fits():
    target, start = np.array([1.0, 0.5, 0.0]), np.array([0.8, 0.0, 0.0])
    risks = kernel_risk_samples(
        np.random.default_rng(3), 400, n=5, target=target, initial=start, noise_std=0.1, learners=("start", "scratch")
    )
    assert risks.shape == (2, 400)
    by_hand = []
    for seed in range(400):
        rng = np.random.default_rng([4, seed])
        inputs, points = draw_inputs(rng, (5, 3)), draw_inputs(rng, (200, 3))
        labels = inputs @ target + 0.1 * rng.standard_normal(5)
        fits = [kernel_fit(inputs, labels, start=s)(points) for s in (start, None)]
        by_hand.append([np.mean((f - points @ target) ** 2) for f in fits])
    by_hand = np.array(by_hand).T
    error = np.hypot(by_hand.std(axis=1), risks.std(axis=1)) / 20
    assert np.all(np.abs(risks.mean(axis=1) - by_hand.mean(axis=1)) < 4 * error)


def test_half_space_fits():
    rng = np.random.default_rng(5)
    teacher = np.array([1.0, 0.5])
    inputs = draw_with_margin(rng, 40, teacher, 0.3)
    assert np.all(np.abs(inputs @ teacher) > 0.3 * np.linalg.norm(inputs, axis=1) * np.linalg.norm(teacher))
    fit = half_space_fit(inputs, inputs @ teacher, teacher)
    np.testing.assert_allclose([fit.positive, fit.negative], [teacher, teacher], rtol=1e-10)
    np.testing.assert_allclose(fit(inputs), inputs @ teacher, rtol=1e-10)
    assert fit.signs_kept
    noisy = half_space_fit(inputs, inputs @ teacher + 20 * rng.standard_normal(40), teacher)
    assert not noisy.signs_kept
    with pytest.raises(DomainError, match="margin"):
        draw_with_margin(rng, 3, teacher, 1.0)
    with pytest.raises(DomainError, match="labels"):
        half_space_fit(inputs, np.ones(3), teacher)
