"""The best ridge for any spectrum: against search, both signs, edges, derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lintransfer.precision import to_fifty_digits
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.negative_ridge import critical_ridge
from lintransfer.theory.linear.optimal_ridge import optimal_ridge, optimal_ridge_risk

DIM = 40
LEVELS, ONES = np.arange(1.0, DIM + 1) ** -1.5, np.ones(DIM)
SIZES = np.array([0.0, 1, 5, 20, 39, 40, 41, 400])
ENERGIES = {
    "flat": ONES,
    "aligned": LEVELS,
    "misaligned": 1 / LEVELS,
    "random": np.random.default_rng(0).exponential(size=DIM),
    "in one weak direction": np.eye(DIM)[-1],
}


@pytest.mark.parametrize("name", ENERGIES)
@pytest.mark.parametrize("noise", [0.0, 0.01, 1.0])
@pytest.mark.parametrize("negative", [False, True])
def test_nothing_on_a_fine_grid_is_better(name, noise, negative):
    energy = ENERGIES[name]
    best = optimal_ridge(SIZES, LEVELS, ONES, energy, noise, negative)
    for n, ridge, risk in zip(SIZES, *best, strict=True):
        lowest = float(critical_ridge(n, LEVELS, ONES)) if negative else 0.0
        grid = np.append(lowest + np.geomspace(1e-9, 1e6, 1500), 0.0)
        least = np.nanmin(ridge_risk(n, LEVELS, ONES, energy, noise, grid))
        assert risk <= least * (1 + 1e-12) + 1e-15
        if np.isfinite(ridge):
            assert ridge_risk(n, LEVELS, ONES, energy, noise, ridge) == pytest.approx(risk, rel=1e-10, abs=1e-15)
        assert ridge >= (lowest if negative else -1e-12)


def test_a_negative_ridge_helps_only_below_the_rank():
    either = optimal_ridge(SIZES, LEVELS, ONES, LEVELS, 1e-4, negative=True)
    only_positive = optimal_ridge(SIZES, LEVELS, ONES, LEVELS, 1e-4)
    assert np.any(either.ridge[SIZES < DIM] < 0) and np.all(either.ridge[SIZES >= DIM] > 0)
    assert np.all(either.risk <= only_positive.risk * (1 + 1e-12))


def test_an_isotropic_prior_needs_one_ridge_for_every_size():
    best = optimal_ridge(SIZES, LEVELS, ONES, 0.2 * ONES, 0.3)
    np.testing.assert_allclose(best.ridge, 0.3 / 0.2, rtol=1e-9)


def test_edges():
    nothing = optimal_ridge(SIZES, LEVELS, ONES, 0 * ONES, 0.3)
    assert np.all(nothing.ridge == np.inf) and np.all(nothing.risk == 0)
    quiet = optimal_ridge(np.array([DIM, 2 * DIM]), LEVELS, ONES, ONES, 0.0)
    assert np.all(quiet.ridge == 0) and np.all(quiet.risk == 0)
    unseen = optimal_ridge(np.array([3.0]), np.array([1.0, 0.0]), np.array([5.0, 2.0]), np.array([0.0, 7.0]), 0.1)
    assert unseen.ridge == np.inf and unseen.risk == 0


def test_no_data_is_the_limit_of_little():
    at_zero, little = (optimal_ridge(n, LEVELS, ONES, ENERGIES["random"], 0.3) for n in (0.0, 1e-7))
    assert at_zero.ridge == pytest.approx(float(little.ridge), rel=1e-5)
    assert at_zero.risk == pytest.approx(float(little.risk), rel=1e-6)


def test_scalars_and_grids_agree():
    grid = optimal_ridge(SIZES.reshape(2, 4), LEVELS, ONES, ONES, 0.3)
    assert grid.ridge.shape == grid.risk.shape == (2, 4)
    assert optimal_ridge_risk(5, LEVELS, ONES, ONES, 0.3) == pytest.approx(grid.risk[0, 2], rel=1e-13)


@pytest.mark.parametrize("n", [1, 7, 9, 20])
def test_fifty_digits(n):
    arguments = {
        "n": n,
        "eigenvalues": np.array([2.0, 0.3, 1e-6]),
        "multiplicities": np.array([3.0, 4.0, 2.0]),
        "displacement": np.array([1.0, 0.2, 0.4]),
        "noise_variance": 0.2,
    }
    found, exact = optimal_ridge(**arguments), to_fifty_digits(optimal_ridge, arguments)
    assert found.risk == pytest.approx(float(exact.risk), rel=1e-12)
    assert found.ridge == pytest.approx(float(exact.ridge), rel=1e-11)


def test_derivatives_of_the_optimum_and_of_where_it_lies():
    energy = jnp.asarray(ENERGIES["random"])

    def best(noise, n, scale):
        return optimal_ridge(jnp.stack([n]), scale * jnp.asarray(LEVELS), jnp.asarray(ONES), energy, noise)

    slopes = jax.jit(jax.jacobian(best, argnums=(0, 1, 2)))(0.3, 7.0, 1.0)
    for i, step in enumerate(np.eye(3) * 1e-5):
        ends = np.array([0.3, 7.0, 1.0]) + np.array([step, -step])
        up, down = (optimal_ridge(n, s * LEVELS, ONES, np.asarray(energy), v) for v, n, s in ends)
        assert slopes.risk[i][0] == pytest.approx((up.risk - down.risk) / 2e-5, rel=1e-6)
        assert slopes.ridge[i][0] == pytest.approx((up.ridge - down.ridge) / 2e-5, rel=1e-5)


def test_no_nan_in_gradients_at_the_edges():
    def risk(energy, noise, n):
        return optimal_ridge_risk(jnp.stack([n]), jnp.asarray(LEVELS), jnp.asarray(ONES), energy, noise)[0]

    gradient = jax.jit(jax.grad(risk, argnums=(0, 1, 2)))
    for energy, noise, n in ((0 * LEVELS, 0.3, 7.0), (LEVELS, 0.0, 7.0), (LEVELS, 0.0, 60.0), (LEVELS, 0.3, 0.0)):
        assert all(np.all(np.isfinite(g)) for g in gradient(jnp.asarray(energy), noise, n))
