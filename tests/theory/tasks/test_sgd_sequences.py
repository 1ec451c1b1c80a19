"""SGD on tasks in turn: any number of steps, grids, stability."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.theory.tasks import sgd_sequences as g

LEVELS, TEACHERS = np.array([[1.0, 0.5], [0.3, 0.9]]), np.array([[1.0, 0.2], [-0.5, 0.7]])
NOISES = np.array([0.3, 0.1])


def test_steps_may_be_split_between_stages():
    whole = g.sgd_risks([7, 5], LEVELS, TEACHERS, NOISES, 0.2, 2, order=[0, 1])
    split = g.sgd_risks([3, 5, 4], LEVELS[[0, 1, 0]], TEACHERS[[0, 1, 0]], NOISES[[0, 1, 0]], 0.2, 2, order=[0, 2, 1])
    np.testing.assert_allclose(split[-1, :2], whole[-1], rtol=1e-13)


def test_a_mode_of_several_dimensions_is_that_many_equal_eigenvalues():
    packed = g.sgd_risks([9, 4], LEVELS, TEACHERS, NOISES, 0.05, 3, multiplicities=np.array([4, 2]))
    levels = np.repeat(LEVELS, [4, 2], axis=-1)
    teachers = np.zeros((2, 6))
    teachers[:, [0, 4]] = TEACHERS
    np.testing.assert_allclose(packed, g.sgd_risks([9, 4], levels, teachers, NOISES, 0.05, 3), rtol=1e-13)


def test_any_number_of_steps_and_grids_of_steps():
    steps, eta = np.array([[0, 3], [40, 2**53]])[:, None, :], np.array([0.05, 0.2, 0.3])
    found = g.sgd_risks(steps, LEVELS, TEACHERS, NOISES, eta, 2)
    assert found.shape == (2, 3, 3, 2) and np.all(np.isfinite(found))
    np.testing.assert_array_equal(found[0, :, 0], found[0, :, 1])
    np.testing.assert_allclose(found[1, :, 2, 1], g.stationary_sgd_risk(LEVELS[1], 0.1, eta, 2), rtol=1e-12)
    np.testing.assert_allclose(found[0, 1], g.sgd_risks([0, 3], LEVELS, TEACHERS, NOISES, 0.2, 2), rtol=1e-14)


def test_stable_means_that_long_runs_end():
    critical = g.critical_sgd_step(LEVELS[0], 2)
    for by, ends in ((0.99, True), (1.01, False)):
        risk = g.sgd_risks([10**6], LEVELS[:1], TEACHERS[:1], [0.3], by * critical, 2)[-1, 0]
        assert np.isfinite(risk) == ends == np.isfinite(g.stationary_sgd_risk(LEVELS[0], 0.3, by * critical, 2))


def test_a_direction_without_inputs_never_moves_and_never_counts():
    risks = g.sgd_risks([10**9, 0], np.array([[3.0, 0.0], [0.0, 1.0]]), TEACHERS, NOISES, 1.0, 1)
    assert risks[1, 0] == np.inf and risks[1, 1] == pytest.approx(TEACHERS[1, 1] ** 2)


def test_traced():
    def risk(steps, eta):
        return g.sgd_risks(steps, LEVELS, TEACHERS, NOISES, eta, 2, order=(1,), at=(1, 0))

    with jax.enable_x64(True):
        value, slope = jax.jit(jax.value_and_grad(risk, argnums=1))(jnp.array([7.0, 5.0]), 0.2)
    assert value == pytest.approx(risk([7, 5], 0.2), rel=1e-13)
    assert slope == pytest.approx((risk([7, 5], 0.2 + 1e-6) - risk([7, 5], 0.2 - 1e-6)) / 2e-6, rel=1e-6)


def test_refusals():
    with pytest.raises(DomainError, match="batch must be numbers ≥ 1"):
        g.sgd_risks([1, 1], LEVELS, TEACHERS, NOISES, 0.1, 0)
    with pytest.raises(DomainError, match="steps must be numbers ≥ 0"):
        g.sgd_risks([1, -1], LEVELS, TEACHERS, NOISES, 0.1, 1)
    with pytest.raises(DomainError, match="order must be task numbers"):
        g.sgd_risks([1, 1], LEVELS, TEACHERS, NOISES, 0.1, 2, order=[-1])
