"""The simulated worlds of the transfer rows have the energies they claim, and the rows' special cases hold."""

import numpy as np
import pytest

from lintransfer.experiments.linear.heads import frozen_world, projection, shift_world
from lintransfer.experiments.linear.source import SOURCE, squared_cosines
from lintransfer.table.linear import (
    covariance_shift,
    fine_tuning_boundaries,
    finite_source,
    frozen_features,
    head_boundaries,
    ridge_heads,
    sample_sizes,
    source_alignment,
)
from lintransfer.table.tasks import distances, estimators
from lintransfer.verification.limits import check_limits

TOPICS = (frozen_features, covariance_shift, ridge_heads, finite_source, source_alignment, head_boundaries, fine_tuning_boundaries, distances, estimators, sample_sizes)  # fmt: skip
ROWS = [row for topic in TOPICS for row in topic.ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_special_cases(row):
    check = check_limits(row)
    assert check.outcome == "PASS", check.detail


def test_names_are_unique_and_every_row_can_be_refuted():
    assert len({row.name for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert row.experiments and row.mutants and (row.box or row.sample), row.name


@pytest.mark.parametrize("r", [1, 3, 8])
def test_frozen_world(r):
    world = frozen_world(r, explained=0.6, unexplained=0.3)
    features, target = world["features"], world["target"]
    np.testing.assert_allclose(features.T @ features, np.eye(r), atol=1e-14)
    seen = features @ (features.T @ target)
    assert seen @ seen == pytest.approx(0.6) and (target - seen) @ (target - seen) == pytest.approx(0.3)


def test_shift_world_is_fixed_and_does_not_commute():
    world, again = shift_world(5, 2), shift_world(5, 2)
    np.testing.assert_array_equal(world["covariance"], again["covariance"])
    product = world["covariance"] @ world["test_covariance"]
    assert np.abs(product - product.T).max() > 0.1


def test_projection_counts_what_the_features_miss():
    residual, arguments = projection(np.random.default_rng(0), 5, dim=6, n_features=2, n_outputs=4)
    assert arguments["overlap"].shape == (5, 2)
    assert ((residual >= 2 - 1e-12) & (residual <= 4)).all()  # two features see at most two of four directions


def test_squared_cosines_without_noise_are_uniform_projections():
    cosines = squared_cosines(np.random.default_rng(1), 20_000, n_source=3, dim=6, relative_noise=0.0)
    assert cosines.mean() == pytest.approx(0.5, abs=0.01)
    assert squared_cosines(np.random.default_rng(1), 10, n_source=7, dim=6, relative_noise=0.0) == pytest.approx(1)
    assert SOURCE["cross_energy"] ** 2 < SOURCE["source_energy"] * SOURCE["target_energy"]
