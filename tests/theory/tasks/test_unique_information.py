"""Single samples: designs of any rank against fits without each row, and plain errors."""

import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere

from lintransfer.errors import DomainError
from lintransfer.theory.tasks import unique_information as u

RNG = np.random.default_rng(11)


def changes(X, y, ridge):
    """Weights less those of a fit without each row."""
    left = np.sqrt(ridge) * np.eye(X.shape[1])

    def fit(X, y):
        return np.linalg.pinv(np.vstack((X, left))) @ np.concatenate((y, np.zeros(X.shape[1])))

    return np.array([fit(X, y) - fit(np.delete(X, i, 0), np.delete(y, i)) for i in range(len(X))])


@pytest.mark.parametrize("ridge", [0.0, 0.7])
@pytest.mark.parametrize(("n", "dim", "rank"), [(3, 6, 3), (8, 3, 3), (5, 5, 5), (7, 6, 4), (1, 4, 1)])
def test_fits_without_each_row(n, dim, rank, ridge):
    X = RNG.standard_normal((n, rank)) @ RNG.standard_normal((rank, dim))
    y, spectrum = RNG.standard_normal(n), np.linspace(0.5, 2, dim)
    found = u.unique_information(X, y, ridge, noise_std=0.5, test_covariance=spectrum)
    moved = changes(X, y, ridge)
    np.testing.assert_allclose(found.weight_change, (moved**2).sum(axis=1), rtol=1e-8, atol=1e-20)
    np.testing.assert_allclose(found.target_change, moved**2 @ spectrum, rtol=1e-8, atol=1e-20)
    np.testing.assert_allclose(found.weight_information, found.weight_change / 0.5)


def test_a_row_alone_beside_supported_ones():
    """Twice the same rows, and one that no other supports: only the last is unknown without itself."""
    base = RNG.standard_normal((2, 5))
    X, y = np.vstack((base, base, RNG.standard_normal((1, 5)))), RNG.standard_normal(5)
    found = u.unique_information(X, y)
    np.testing.assert_allclose(found.leverage, [0.5] * 4 + [1.0])
    assert np.isinf(found.posterior_information[4]) and np.all(np.isfinite(found.posterior_information[:4]))
    np.testing.assert_allclose(found.weight_change, (changes(X, y, 0.0) ** 2).sum(axis=1), rtol=1e-9)


def test_small_ridge_keeps_its_digits():
    X, y = RNG.standard_normal((4, 7)), RNG.standard_normal(4)
    found, none = u.unique_information(X, y, 1e-13), u.unique_information(X, y)
    np.testing.assert_allclose(found.weight_change, none.weight_change, rtol=1e-9)
    kernel = np.linalg.inv(X @ X.T)
    np.testing.assert_allclose(found.expected_information, -0.5 * np.log(1e-13 * np.diag(kernel)), rtol=1e-6)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"y": np.ones(3)}, "y must be one label for each of the 4 rows of X, got 3 labels"),
        ({"X": np.ones(4)}, "X must be a non-empty array with 2 axes"),
        ({"X": np.full((4, 2), np.nan)}, "X must be finite"),
        ({"ridge": -1}, "ridge must be a finite number ≥ 0, got -1"),
        ({"noise_std": 0}, "noise_std must be a finite number > 0, got 0"),
        ({"weight_noise_std": "wide"}, "weight_noise_std must be a finite number > 0"),
        ({"test_covariance": np.ones(3)}, r"test_covariance must be a spectrum \(2,\) or a matrix \(2, 2\)"),
        ({"test_covariance": -np.eye(2)}, "test_covariance must be positive semidefinite"),
    ],
)
def test_impossible_input(change, words):
    with pytest.raises(DomainError, match=words):
        u.unique_information(**{"X": np.ones((4, 2)), "y": np.ones(4)} | change)


def test_every_arithmetic():
    assert_same_everywhere(u.posterior_information, leverage=0.3, residual=0.7, noise_variance=0.4)
    assert_same_everywhere(u.expected_information, leverage=0.3)
    assert_same_everywhere(u.min_norm_weight_change, n=4, dim=9, target_energy=1.2, noise_variance=0.4)
