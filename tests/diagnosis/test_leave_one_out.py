"""Taking a prediction error to other sample sizes: the formula, and the path of measured errors that it is applied to."""

import math

import numpy as np
import pytest

from lintransfer.diagnosis.leave_one_out import leave_one_out_path, transported_error
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.effective_regularization import effective_regularization
from lintransfer.theory.linear.leave_one_out import transported

SPECTRUM, ENERGIES = np.arange(1, 31.0) ** -1.0, np.full(30, 0.2)


def test_deterministic_equivalents_are_taken_to_each_other():
    ones, noise, rows, n, ridge = np.ones(30), 0.3, 40.0, 12.0, 1.5
    kappa = float(effective_regularization(rows, SPECTRUM, ones, ridge))
    df1, df2 = np.sum(SPECTRUM / (SPECTRUM + kappa)), np.sum((SPECTRUM / (SPECTRUM + kappa)) ** 2)
    errors = [
        float(ridge_risk(size, SPECTRUM, ones, ENERGIES, noise, kappa * (size - df1))) + noise for size in (rows, n)
    ]
    assert transported(errors[0], df2, rows, n) == pytest.approx(errors[1], rel=1e-11)


def test_ends_of_the_domain():
    assert transported(2.0, 5.0, 20.0, 20.0) == 2.0
    assert transported(2.0, 5.0, 20.0, 5.0) == transported(2.0, 5.0, 20.0, 1.0) == math.inf
    np.testing.assert_allclose(transported(np.array([1.0, 2.0]), 5.0, np.inf, 10.0), [2.0, 4.0])


def test_the_path_gives_its_own_errors_back_at_its_own_size():
    rng = np.random.default_rng(1)
    design = rng.standard_normal((50, 30)) * np.sqrt(SPECTRUM)
    labels = design @ np.sqrt(ENERGIES) + 0.5 * rng.standard_normal(50)
    path = leave_one_out_path(design, labels)
    left_out = []
    for i in range(50):
        keep = np.arange(50) != i
        gram = design[keep].T @ design[keep] + 2.0 * np.eye(30)
        left_out.append(labels[i] - design[i] @ np.linalg.solve(gram, design[keep].T @ labels[keep]))
    errors, ridges = transported_error(path, [50.0], ridge=2.0)
    assert ridges[0] == 2.0 and errors[0, 0] == pytest.approx(np.mean(np.square(left_out)), rel=1e-2)
