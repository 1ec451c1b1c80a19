"""Cascades and surrogate labels: the matrix equations hold, orders do not matter where they cannot, gains have a sign."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.errors import DomainError
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.tasks.cascades import cascade_equivalent, cascade_risk
from lintransfer.theory.tasks.pooled_ridge import pooled_ridge_risk
from lintransfer.theory.tasks.surrogate_labels import surrogate_risk


def world(seed, groups=3, modes=5):
    rng = np.random.default_rng(seed)
    return {
        "sizes": rng.integers(1, 30, groups).astype(float), "eigenvalues": np.exp(rng.uniform(-1, 1, (groups, modes))),
        "teachers": rng.standard_normal((groups, modes)), "noise_variances": rng.uniform(0.1, 1, groups),
        "multiplicities": rng.integers(1, 9, modes).astype(float),
    }  # fmt: skip


@given(st.integers(0, 10**6))
def test_a_stage_that_nobody_is_pulled_to_changes_nothing(seed):
    rng, known = np.random.default_rng(seed), world(seed)
    weights, ridges = np.exp(rng.uniform(-1, 1, (3, 2))), np.exp(rng.uniform(-1, 2, 2))
    found = cascade_equivalent(**known, weights=weights, ridges=ridges, anchors=np.zeros((2, 2)))
    for j in range(2):
        alone = pooled_ridge_risk(**known, weights=weights[:, j], ridge=ridges[j])
        assert found.risks[j] == pytest.approx(alone, rel=1e-10)
    assert np.linalg.eigvalsh(found.covariances).min() > -1e-12


@given(st.integers(0, 10**6))
def test_one_more_stage_of_infinite_patience_is_the_stage_before(seed):
    known = world(seed)
    weights = np.ones((3, 2))
    found = cascade_equivalent(**known, weights=weights, ridges=[1.0, 1e9], anchors=np.eye(2, k=1))
    assert found.risks[1] == pytest.approx(found.risks[0], rel=1e-4)


def test_a_grid_is_the_list_of_its_cells():
    known = world(2)
    chain = {"weights": np.ones((3, 2)), "anchors": np.eye(2, k=1)}
    grid = cascade_risk(**known, **chain, ridges=np.array([[1.0, 2.0], [0.3, 5.0]]))
    assert grid[1] == pytest.approx(cascade_risk(**known, **chain, ridges=[0.3, 5.0]), rel=1e-12)


def test_a_stage_knows_only_earlier_ones():
    with pytest.raises(DomainError, match="anchors"):
        cascade_risk(**world(0), weights=np.ones((3, 2)), ridges=[1.0, 1.0], anchors=np.eye(2))


@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.5]))
def test_the_best_labels_are_never_worse_than_true_ones(seed, ridge):
    rng = np.random.default_rng(seed)
    known = np.exp(rng.uniform(-2, 2, 4)), rng.integers(1, 20, 4).astype(float), rng.uniform(0, 1, 4), 0.2, ridge
    sizes = np.array([0, 1, 3, 1000])
    assert (surrogate_risk(sizes, *known) <= ridge_risk(sizes, *known) * (1 + 1e-12)).all()
