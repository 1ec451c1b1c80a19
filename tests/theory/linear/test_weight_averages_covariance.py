"""Weights between a source and its fine-tuning under any covariance: optimal, shifted, traced, and at every size."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lintransfer.theory.linear import weight_averages_covariance as w
from lintransfer.theory.linear.covariance_shift import shifted_risk

N = np.array([0, 1, 3, 7, 8, 9, 20, 10**6, 2**53])
MODES = np.array([2.0, 0.5, 0.0]), np.array([3.0, 5.0, 2.0]), np.array([0.7, 0.4, 0.2])
TESTED = np.array([0.3, 0.9, 0.4])


@pytest.mark.parametrize("ridge", [0.0, 0.4, np.inf])
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_the_best_weight_is_best_at_every_size(ridge, noise):
    best = w.optimal_interpolation_equivalent(N, *MODES, noise, ridge, TESTED)
    at = w.interpolation_equivalent(N, *MODES, best.weight, noise, ridge, TESTED)
    np.testing.assert_allclose(at, best.risk, rtol=1e-9)
    assert not np.isnan(best.weight).any() and np.all(best.risk <= TESTED @ MODES[2] + 1e-12)
    for weight in (0.0, 0.5, 1.0, 1.5):
        assert np.all(best.risk <= w.interpolation_equivalent(N, *MODES, weight, noise, ridge, TESTED) * (1 + 1e-12))
    ends = w.interpolation_equivalent(N, *MODES, 1.0, noise, ridge, TESTED)
    np.testing.assert_allclose(ends, shifted_risk(N, *MODES, TESTED, noise, ridge), rtol=1e-12)


def test_one_size_is_answered_as_in_a_grid():
    grid = w.optimal_interpolation_equivalent(N, *MODES, 0.5, 0.4, TESTED)
    for i, n in enumerate(N):
        alone = w.optimal_interpolation_equivalent(n, *MODES, 0.5, 0.4, TESTED)
        assert alone.risk == pytest.approx(grid.risk[i], rel=1e-13) and alone.weight == pytest.approx(
            grid.weight[i], rel=1e-12
        )


def test_the_best_weight_differs_between_tasks():
    target = w.optimal_interpolation_equivalent(4, *MODES, 0.5)
    shifted = w.optimal_interpolation_equivalent(4, *MODES, 0.5, test_eigenvalues=TESTED)
    old = w.optimal_interpolation_task_equivalent(4, *MODES, np.zeros(3), np.zeros(3), 0.5)
    assert old.weight == 0 == old.risk and abs(target.weight - shifted.weight) > 0.01
    itself = w.optimal_interpolation_task_equivalent(4, *MODES, MODES[2], MODES[2], 0.5)
    assert itself.risk == pytest.approx(target.risk) and itself.weight == pytest.approx(target.weight)


def test_traced_values():
    def risk(weight, noise):
        return w.interpolation_equivalent(jnp.asarray(4.0), *map(jnp.asarray, MODES), weight, noise)

    with jax.enable_x64(True):
        slope = jax.jit(jax.grad(risk))(0.7, 0.5)
        ends = [w.interpolation_equivalent(4, *MODES, 0.7 + s, 0.5) for s in (1e-6, -1e-6)]
        assert float(slope) == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6)
