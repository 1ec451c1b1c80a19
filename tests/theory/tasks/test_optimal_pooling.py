"""The best weights of a pool: against a general optimiser, on every wall, in any scale."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from lintransfer.theory.linear.proportional import tuned_ridge_risk
from lintransfer.theory.tasks.anchored_ridge import anchored_source_risk
from lintransfer.theory.tasks.isotropic_pooling import isotropic_pooled_risk
from lintransfer.theory.tasks.optimal_pooling import optimal_pooling, optimal_pooling_risk


def cell(seed, groups):
    rng = np.random.default_rng(seed)
    dim = float(rng.integers(5, 300))
    theta = rng.standard_normal((groups, groups + 1)) * np.exp(rng.uniform(-1, 1, (groups, 1)))
    sizes = np.maximum(np.round(dim * np.exp(rng.uniform(-3, 2, groups))), 1.0)
    return sizes, dim, theta @ theta.T, np.exp(rng.uniform(-4, 2, groups))


@pytest.mark.parametrize("seed", range(12))
def test_against_a_general_optimiser(seed):
    sizes, dim, gram, noise = cell(seed, 2 + seed % 3)
    full = sizes / dim

    def risk(c):
        w, q = gram @ c, c * c / full
        errors = noise + np.diag(gram) - 2 * w + c @ w
        return errors[-1] - noise[-1] + q @ errors / (1 - q.sum())

    start = 0.5 * full / max(1, full.sum())
    inside = [{"type": "ineq", "fun": lambda c: 1 - c.sum()}]
    other = minimize(risk, start, method="SLSQP", bounds=[(0, f) for f in full], constraints=inside,
                     options={"ftol": 1e-14, "maxiter": 500})  # fmt: skip
    best = optimal_pooling(sizes, dim, gram, noise)
    assert best.risk <= other.fun * (1 + 1e-12)
    assert best.risk == pytest.approx(other.fun, rel=1e-5)
    assert isotropic_pooled_risk(sizes, dim, gram, noise, best.weights, best.ridge) == pytest.approx(
        best.risk, rel=1e-10
    )


@given(st.integers(0, 10**6), st.integers(1, 4))
def test_never_above_scratch_nor_any_other_weights(seed, groups):
    sizes, dim, gram, noise = cell(seed, groups)
    best = optimal_pooling_risk(sizes, dim, gram, noise)
    assert best <= tuned_ridge_risk(sizes[-1], dim, gram[-1, -1], noise[-1]) * (1 + 1e-12)
    weights = np.exp(np.random.default_rng(seed).uniform(-4, 4, (20, groups)))
    assert best <= isotropic_pooled_risk(sizes, dim, gram, noise, weights, 0.3 * dim).min() * (1 + 1e-12)
    bare = optimal_pooling(sizes, dim, gram, noise, ridge=0.0)
    assert best <= bare.risk * (1 + 1e-12)
    assert bare.risk <= isotropic_pooled_risk(sizes, dim, gram, noise, weights).min() * (1 + 1e-12)


@given(st.integers(0, 10**6))
def test_a_ridge_asked_for_only_sets_the_scale(seed):
    sizes, dim, gram, noise = cell(seed, 3)
    free, fixed = optimal_pooling(sizes, dim, gram, noise), optimal_pooling(sizes, dim, gram, noise, ridge=2.5)
    assert fixed.risk == pytest.approx(free.risk, rel=1e-12)
    if free.ridge > 1e-6:
        assert isotropic_pooled_risk(sizes, dim, gram, noise, fixed.weights, 2.5) == pytest.approx(free.risk, rel=1e-9)


def test_a_grid_is_the_list_of_its_cells():
    sizes, dim, gram, noise = cell(3, 2)
    grid = sizes * np.array([0.3, 1.0, 4.0])[:, None]
    whole = optimal_pooling(grid[:, None], dim, gram, noise * np.array([1.0, 2.0])[:, None])
    assert whole.risk.shape == (3, 2) and whole.weights.shape == (3, 2, 2)
    assert whole.risk[2, 1] == pytest.approx(optimal_pooling_risk(grid[2], dim, gram, 2 * noise), rel=1e-12)


def test_interpolated_sources_get_infinite_weight():
    best = optimal_pooling([5.0, 20.0], 30.0, [[0.25, 0.5], [0.5, 1.0]], [0.0, 0.5])
    assert best.weights[0] == np.inf and best.shares[0] == pytest.approx(1 / 6)


def test_many_cells_and_many_tasks_are_fast():
    sizes, dim, gram, noise = cell(0, 20)
    start = time.process_time()
    optimal_pooling(sizes, dim, gram, noise)
    optimal_pooling(
        np.random.default_rng(0).uniform(1, 400, (10_000, 2)), 100.0, np.array([[1, 0.8], [0.8, 1]]), [0.1, 0.3]
    )
    assert time.process_time() - start < 3


def test_the_tuned_anchor_with_nothing_in_common_is_scratch():
    assert anchored_source_risk(25, 60, 40, 2.0, 0.0, 1.2, 0.3, 0.1) == pytest.approx(
        tuned_ridge_risk(25, 40, 1.2, 0.3)
    )
