"""The fixed point of the risk: its pieces, its limits, and the risk of the exact end points."""

import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.theory.diagonal_linear.implicit_bias import diagonal_end_point, interpolation_cost
from lintransfer.theory.diagonal_linear.risk import diagonal_risk, proximal_input, proximal_point, proximal_slope

RNG = np.random.default_rng(5)


@pytest.mark.parametrize("root_k", [1e-12, 1e-3, 1.0, 1e6])
@pytest.mark.parametrize("strength", [1e-6, 0.3, 50.0])
def test_the_proximal_point_inverts_what_is_shown(root_k, strength):
    shown = np.concatenate([-np.geomspace(1e-3, 1e3, 7), [0.0], np.geomspace(1e-3, 1e3, 7)])
    point = proximal_point(shown, root_k, strength)
    np.testing.assert_allclose(proximal_input(point, root_k, strength), shown, rtol=1e-10, atol=1e-14)


def test_the_proximal_point_is_a_minimum():
    shown, root_k, strength = 1.3, 0.4, 0.7
    best = float(proximal_point(shown, root_k, strength))

    def objective(x):
        return (x - shown) ** 2 / (2 * strength) + interpolation_cost(x, root_k)

    assert all(objective(best) < objective(best + step) for step in (-1e-3, 1e-3))


def test_the_slope_is_that_of_the_proximal_point():
    step = 1e-6
    low, high = (proximal_point(0.8 + s, 0.4, 0.7) for s in (-step, step))
    at = proximal_point(0.8, 0.4, 0.7)
    np.testing.assert_allclose((high - low) / (2 * step), proximal_slope(at, 0.4, 0.7), rtol=1e-8)


@pytest.mark.parametrize("scale", [0.02, 0.5, 5.0])
def test_it_is_the_mean_risk_of_the_end_points(scale):
    d, n, noise = 240, 100, 0.05
    target = np.where(RNG.random(d) < 0.2, RNG.standard_normal(d), 0.0)
    target /= np.linalg.norm(target)
    root_k = scale * RNG.uniform(0.1, 1, d) / np.sqrt(d)
    risks = []
    for _ in range(60):
        X = RNG.standard_normal((n, d))
        y = X @ target + np.sqrt(noise) * RNG.standard_normal(n)
        risks.append(np.sum((diagonal_end_point(X, y, root_k) - target) ** 2))
    error = np.std(risks) / np.sqrt(len(risks))
    assert abs(np.mean(risks) - diagonal_risk(n, target, root_k, noise)) < 4 * error + 3 / d


def test_sizes_and_shapes():
    target, root_k = np.array([1.0, 0.0, -0.5]), np.ones(3)
    found = diagonal_risk(np.array([0, 1, 2, 3]), target, root_k)
    assert found[0] == 1.25 and found[1] > found[2] > 0 and np.isnan(found[3])
    assert diagonal_risk(1, 0 * target, root_k) == 0
    with pytest.raises(DomainError, match="target"):
        diagonal_risk(1, target, np.ones(2))


def test_a_sparse_target_without_noise_is_recovered_from_a_small_scale():
    target = np.zeros(100)
    target[:3] = 1.0
    assert diagonal_risk(50, target, np.full(100, 1e-12)) < 1e-6
