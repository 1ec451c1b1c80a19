"""Stacks and merges: the coefficients found are those of the normal equations, and the risk is what data show."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.theory.tasks import stacking as s
from lintransfer.theory.tasks.averages import averaged_fits_risk, averaged_fits_weight

GRAM = np.array([[1.0, 0.5, 0.3], [0.5, 1.2, -0.2], [0.3, -0.2, 0.9]])
NOISES = np.array([0.4, 0.2, 0.5])


def test_risks_of_stacked_pseudo_inverses():
    """Against fits by pinv, with the noise in, on tasks of this Gram matrix."""
    rng, dim, sizes, alpha = np.random.default_rng(3), 8, [4, 13, 3], np.array([0.5, 0.3, 0.9])
    moved = np.linalg.cholesky(GRAM) @ np.linalg.qr(rng.standard_normal((dim, 3)))[0].T
    total = np.zeros((20_000, dim))
    for k, n in enumerate(sizes):
        x = rng.standard_normal((20_000, n, dim))
        y = x @ moved[k] + math.sqrt(NOISES[k]) * rng.standard_normal((20_000, n))
        total += alpha[k] * np.einsum("bin,bn->bi", np.linalg.pinv(x), y)
    errors = np.sum((total[:, None] - moved) ** 2, axis=2)
    expected = s.merged_risks(np.array(sizes), dim, GRAM, NOISES, alpha)
    z = (errors.mean(axis=0) - expected) / (errors.std(axis=0) / math.sqrt(len(errors)))
    assert np.all(np.abs(z) < 4.5)


def test_a_family_of_grids_is_answered_cell_by_cell():
    sizes = np.array([[0, 3, 5], [9, 10, 11], [20, 4, 0], [30, 40, 2**53]])
    together = s.optimal_stack(sizes, 10, GRAM, NOISES)
    for i, row in enumerate(sizes):
        one = s.optimal_stack(row, 10, GRAM, NOISES)
        assert together.risk[i] == one.risk and np.array_equal(together.coefficients[i], one.coefficients)
    assert together.risk[1] == GRAM[2, 2] and not together.coefficients[1].any()  # every mean is infinite
    assert together.coefficients[0, 0] == 0 == together.coefficients[2, 2]
    many = s.optimal_stack(np.broadcast_to(sizes[0], (4, 5, 3)), 10, np.broadcast_to(GRAM, (5, 3, 3)), NOISES)
    assert many.risk.shape == (4, 5) and many.coefficients.shape == (4, 5, 3)


@pytest.mark.parametrize("size", [2**53, 10**12])
def test_equal_teachers_pool_their_precision_at_any_size(size):
    best = s.optimal_stack(np.full(4, size), 10**9, np.ones((4, 4)), np.full(4, 0.3))
    each = 0.3e9 / (size - 10**9 - 1)
    assert best.risk == pytest.approx(each / 4 / (1 + each / 4), rel=1e-12)
    assert best.coefficients == pytest.approx(0.25 / (1 + each / 4), rel=1e-12)


def test_weights_of_sum_one_are_the_optimum_of_two_fits_constrained():
    n, dim, gram = np.array([20, 15]), 5, np.array([[1.0, 0.6], [0.6, 0.9]])
    a = averaged_fits_weight(15, 20, dim, 1.0 - 1.2 + 0.9, 0.5, 0.3)
    mixed = s.stacked_risk(n, dim, gram, np.array([0.3, 0.5]), np.array([a, 1 - a]))
    assert mixed == pytest.approx(averaged_fits_risk(15, 20, dim, 1.0 - 1.2 + 0.9, 0.5, 0.3))
    assert s.optimal_stack_risk(n, dim, gram, np.array([0.3, 0.5])) < mixed


def test_exact_knowledge_is_used_whole():
    best = s.optimal_stack(np.array([12, 4]), 10, np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([0.0, 0.3]))
    assert best.risk < s.optimal_stack_risk(np.array([12, 4]), 10, np.eye(2), np.array([0.0, 0.3]))
    known = s.optimal_stack(np.array([4, 12]), 10, np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([0.3, 0.0]))
    assert known.risk == 0 and known.coefficients.tolist() == [0.0, 1.0]


def test_a_merge_for_all_beats_the_stack_for_one_on_the_mean():
    sizes, weights = np.array([6, 14, 5]), np.array([0.2, 0.3, 0.5])
    best = s.optimal_merge(sizes, 10, GRAM, NOISES, weights)
    risks = s.merged_risks(sizes, 10, GRAM, NOISES, best.coefficients)
    assert weights @ risks == pytest.approx(best.risk)
    own = s.optimal_stack(sizes, 10, GRAM, NOISES)
    assert best.risk < weights @ s.merged_risks(sizes, 10, GRAM, NOISES, own.coefficients)
    assert own.risk < risks[-1]


def test_ridge_fits_stack_better_than_min_norm_ones_near_the_threshold():
    sizes = np.array([100, 104, 98])
    assert s.optimal_ridge_stack_risk(sizes, 100, GRAM, NOISES) < s.optimal_stack_risk(sizes, 100, GRAM, NOISES)


def test_traced_values():
    gradient = jax.jit(jax.grad(lambda g: s.optimal_stack_risk(np.array([4, 6, 5]), 10, g, NOISES)))(jnp.asarray(GRAM))
    step = 1e-6 * np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    ends = [s.optimal_stack_risk(np.array([4, 6, 5]), 10, GRAM + sign * step, NOISES) for sign in (1, -1)]
    assert (gradient[0, 1] + gradient[1, 0]) == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-4, abs=1e-6)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(DomainError, match="gram must be"):
        s.optimal_stack(np.ones(2), 10, np.ones((2, 3)), np.ones(2))
    with pytest.raises(DomainError, match=r"sizes must be .* as many as gram has tasks"):
        s.optimal_stack(np.ones(3), 10, np.eye(2), np.ones(2))
