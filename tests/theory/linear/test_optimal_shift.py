"""The best ridge and stopping time under covariance shift, and stopping from a fit: against searches, at every size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lintransfer as lt
from lintransfer.theory.linear.covariance_shift import shifted_matrix_risk, shifted_risk
from lintransfer.theory.linear.fitted_stopping import (
    fitted_distance,
    optimally_stopped_shifted_risk,
    optimally_stopped_two_stage_risk,
    shifted_stopped_risk,
    two_stage_stopped_risk,
)
from lintransfer.theory.linear.optimal_shift import optimal_shifted_matrix_ridge, optimal_shifted_ridge

LADDER = np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 2400), [np.inf]])
EVERY = np.array([0, 1, 2, 50, 99, 100, 101, 1e6, 1e9, 2.0**53])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(0, 60), st.sampled_from([0.0, 0.01, 1.0, 30.0]))
def test_no_ridge_of_a_ladder_is_better_under_shift(seed, n, noise):
    rng = np.random.default_rng(seed)
    k = int(rng.integers(1, 6))
    levels, tested = np.exp(rng.uniform(-4, 4, (2, k)))
    levels[0] *= rng.random() < 0.8
    world = levels, rng.integers(1, 9, k) * 1.0, rng.uniform(0, 4, k), tested * (rng.random(k) < 0.8)
    risks = shifted_risk(np.full(len(LADDER), float(n)), *world, noise, LADDER)
    best = optimal_shifted_ridge(n, *world, noise)
    assert best.risk <= risks.min() * (1 + 1e-12) and best.risk >= risks.min() * (1 - 1e-3) - 1e-14
    if n:
        np.testing.assert_allclose(shifted_risk(n, *world, noise, best.ridge), best.risk, rtol=1e-9)


def test_several_minima_and_a_start_that_wins():
    """Σ' weighs against the direction in which training moves: λ* = ∞ until n is large enough to go past the hill."""
    world = np.diag([1.0, 0.001]), np.array([1.0, -2.0]), np.array([[1.0, 2.0], [2.0, 4.0]])
    few, many = (optimal_shifted_matrix_ridge(n, *world, 0.3) for n in (9, 100))
    assert few.ridge == np.inf and few.risk == pytest.approx(9.0) and many.risk < 7
    along = shifted_matrix_risk(np.full(400, 100.0), *world, 0.3, np.geomspace(1e-3, 1e3, 400))
    assert along.max() > 9.0 > along.min() and many.risk <= along.min()


def test_the_best_ridge_under_shift_at_every_size():
    place = np.arange(1.0, 10_001)
    world = place**-1.2, np.ones(10_000), place**-0.8, place[::-1] ** -1.2
    best = optimal_shifted_ridge(EVERY, *world, 0.1)
    assert np.all(np.isfinite(best.risk)) and np.all(np.diff(best.risk) <= 1e-12)
    alone = [optimal_shifted_ridge(n, *world, 0.1).risk for n in EVERY[::3]]
    np.testing.assert_allclose(best.risk[::3], alone, rtol=1e-10)


@pytest.mark.parametrize("dim", [1, 100, 10**9])
def test_stopping_under_shift_and_from_a_fit_at_every_size(dim):
    shifted = (EVERY, dim, 1.0, 0.4, 1.3 * dim, 0.1)
    best = optimally_stopped_shifted_risk(*shifted)
    assert np.all(np.isfinite(best)) and np.all(best <= 0.4 + 1e-15)
    for time in (0.0, 0.3, 2.0, 20.0):
        assert np.all(best <= shifted_stopped_risk(*shifted, time) * (1 + 1e-9))
    for n_source in (0, dim // 2, dim, 3 * dim + 5, 2**53):
        fit = (EVERY, n_source, dim, 1.0, 0.7, 1.2, 0.1, 0.2)
        found = optimally_stopped_two_stage_risk(*fit)
        assert not np.any(np.isnan(found))
        tuned = optimally_stopped_two_stage_risk(*fit, tuned_source=True)
        assert np.all(np.isfinite(tuned)) and np.all(
            tuned <= optimally_stopped_two_stage_risk(*fit, source_ridge=2.0) * (1 + 1e-9)
        )
        for time in (0.0, 0.3, 2.0):
            assert np.all(found <= two_stage_stopped_risk(*fit, time) * (1 + 1e-9))


def test_a_source_of_infinite_energy_is_forgotten_or_fatal():
    at = (np.array([5, 20, 60]), 20, 20, 1.0, 0.7, 1.2, 0.1, 0.2)
    assert np.isinf(fitted_distance(20, 20, 1.0, 0.7, 1.2, 0.2))
    np.testing.assert_allclose(optimally_stopped_two_stage_risk(*at), [np.inf, np.inf, 0.1 * 20 / 40])
    assert np.all(np.isinf(two_stage_stopped_risk(*at, 1.0)))


def test_a_shifted_diagram_takes_the_best_ridge():
    rng = np.random.default_rng(0)
    p = lt.TransferProblem.from_teachers(
        *rng.standard_normal((2, 12)) / 3,
        np.linspace(0.2, 2, 12),
        noise_std=0.3,
        test_covariance=np.linspace(2, 0.2, 12),
    )
    d = lt.phase_diagram(p, [lt.FineTune()], n=[5, 30], ridge=["optimal", 0.3, 3.0])
    risks = d.dataset["risk"].values[0]
    assert np.all(risks[0] <= risks[1:])
