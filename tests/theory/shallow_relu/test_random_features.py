"""Random features: wide and narrow layers, and plain errors."""

import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.theory.shallow_relu.random_features import random_features_risk

RNG = np.random.default_rng(2)


def layer(width, dim):
    W = RNG.standard_normal((width, dim))
    return W / np.linalg.norm(W, axis=1, keepdims=True)


def test_unlimited_data_leave_what_no_head_reaches():
    W, teacher = layer(4, 9), RNG.standard_normal(9)
    floor = random_features_risk(1e12, W, teacher, 0.3)
    omega = W @ W.T / 4 + (0.25 - 0.5 / np.pi) * np.eye(4)
    seen = teacher @ W.T @ np.linalg.solve(omega, W @ teacher) / 4
    assert floor == pytest.approx(teacher @ teacher - seen, rel=1e-9)


def test_peak_at_as_many_samples_as_features():
    W, teacher = layer(12, 8), np.ones(8)
    risks = random_features_risk(np.array([0, 6, 12, 13, 60]), W, teacher, 0.1)
    assert risks[0] == pytest.approx(8) and risks[2] == np.inf and risks[4] < risks[3]
    assert np.all(np.isfinite(random_features_risk(np.arange(30), W, teacher, 0.1, 0.5)))


def test_impossible_input():
    with pytest.raises(DomainError, match="weights must be rows of length 1, got a row of length 2"):
        random_features_risk(3, 2 * np.eye(3), np.ones(3))
    with pytest.raises(DomainError, match=r"teacher must be of shape \(3,\)"):
        random_features_risk(3, np.eye(3), np.ones(4))
