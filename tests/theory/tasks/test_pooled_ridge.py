"""Pooled ridge: residuals, regimes without ridge, grids, matrices, and mistaken input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.errors import DomainError
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.tasks.isotropic_pooling import isotropic_pool, isotropic_pooled_risk, weights_of_shares
from lintransfer.theory.tasks.pooled_matrices import pooled_matrix_risk
from lintransfer.theory.tasks.pooled_ridge import pooled_gram_risk, pooled_ridge_equivalent, pooled_ridge_risk

RNG = np.random.default_rng(4)


def problem(seed, groups=3, modes=4, zeros=False):
    rng = np.random.default_rng(seed)
    levels = np.exp(rng.uniform(-4, 4, (groups, modes)))
    if zeros:
        levels *= rng.random((groups, modes)) > 0.3
    return {
        "sizes": np.round(np.exp(rng.uniform(0, 9, groups))) * (rng.random(groups) > 0.1), "eigenvalues": levels,
        "teachers": rng.standard_normal((groups, modes)), "noise_variances": rng.uniform(0, 1, groups),
        "weights": np.exp(rng.uniform(-3, 3, groups)),
        "multiplicities": np.round(np.exp(rng.uniform(0, 9, modes))),
    }  # fmt: skip


@given(st.integers(0, 10**6), st.booleans(), st.sampled_from([0.0, 1e-6, 1.0, 1e4]))
def test_never_nan_and_the_equations_hold(seed, zeros, ridge):
    world = problem(seed, zeros=zeros)
    found = pooled_ridge_equivalent(ridge=ridge, **world)
    assert found.risk >= found.bias >= 0
    if ridge > 0:
        scaled = world["weights"][:, None] * world["eigenvalues"]
        a = world["sizes"] / (1 + found.traces)
        resolvent = 1 / (a @ scaled + ridge)
        seen = scaled.any(axis=1)
        again = scaled @ (world["multiplicities"] * resolvent)
        assert again[seen] == pytest.approx(found.traces[seen], rel=1e-12)
        assert found.shares == pytest.approx(a[:, None] * scaled * resolvent, rel=1e-11)


@given(st.integers(0, 10**6))
def test_no_ridge_is_the_limit_of_a_small_one(seed):
    world = problem(seed, zeros=True)
    bare = pooled_ridge_risk(ridge=0.0, **world)
    scale = float(
        np.sum(world["sizes"][:, None] * world["weights"][:, None] * world["eigenvalues"] * world["multiplicities"])
    )
    small = pooled_ridge_risk(ridge=1e-13 * scale, **world)
    assert bare == np.inf or small == pytest.approx(bare, rel=1e-3)


def test_a_grid_is_the_list_of_its_cells():
    world = problem(1)
    sizes = np.array([[3.0, 5.0, 0.0], [40.0, 2.0, 9.0], [900.0, 20.0, 9000.0]])
    ridge, noises = np.array([0.0, 2.0])[:, None], RNG.uniform(0, 1, (3, 3))
    whole = pooled_ridge_risk(**world | {"sizes": sizes, "ridge": ridge, "noise_variances": noises})
    assert whole.shape == (2, 3)
    for i in range(2):
        for j in range(3):
            one = pooled_ridge_risk(**world | {"sizes": sizes[j], "ridge": ridge[i, 0], "noise_variances": noises[j]})
            assert one == pytest.approx(whole[i, j], rel=1e-12)


@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.7]))
def test_modes_grams_matrices_and_shares_agree(seed, ridge):
    rng = np.random.default_rng(seed)
    sizes, theta, noise = rng.integers(0, 20, 3).astype(float), rng.standard_normal((3, 6)), rng.uniform(0.1, 1, 3)
    weights, basis = np.exp(rng.uniform(-1, 1, 3)), np.linalg.qr(rng.standard_normal((6, 6)))[0]
    levels = np.exp(rng.uniform(-1, 1, (3, 6)))
    modal = pooled_ridge_risk(sizes, levels, theta, noise, weights, ridge)
    dense = pooled_matrix_risk(
        sizes, np.einsum("ai,ki,bi->kab", basis, levels, basis), theta @ basis.T, noise, weights, ridge
    )
    assert dense == pytest.approx(modal, rel=1e-8)
    flat = pooled_gram_risk(sizes, np.ones((3, 1)), (theta @ theta.T)[None], noise, weights, ridge, [6.0])
    assert isotropic_pooled_risk(sizes, 6.0, theta @ theta.T, noise, weights, ridge) == pytest.approx(flat, rel=1e-9)


def test_thresholds():
    one = np.ones((2, 3)), np.ones((2, 3))
    assert pooled_ridge_risk([1.0, 2.0], *one, [0.0, 0.1]) == np.inf
    assert pooled_ridge_risk([1.0, 2.0], *one, [0.0, 0.0]) == 0.0
    assert pooled_ridge_risk([1.0, 2.0], one[0], [[1.0, 1, 1], [1, 1, 2]], [0.0, 0.0]) == np.inf
    assert pooled_ridge_risk([3.0, 0.0], *one, [0.0, 0.1]) == 0.0
    assert isotropic_pooled_risk([1.0, 2.0], 3.0, np.ones((2, 2)), [0.0, 0.1]) == np.inf
    assert isotropic_pooled_risk([1.0, 2.0], 3.0, np.ones((2, 2)), [0.0, 0.0]) == 0.0


def test_a_billion_dimensions_and_nearly_as_many_samples():
    noise = np.array([0.1])
    for n in (1e9 - 1, 1e9 + 1, 2.0**53):
        expected = ridge_risk(n, np.ones(1), np.array([1e9]), np.ones(1), 0.1)
        assert isotropic_pooled_risk([n], 1e9, np.ones((1, 1)), noise) == pytest.approx(expected, rel=1e-12)


@given(st.integers(0, 10**6))
def test_every_share_is_reached(seed):
    rng = np.random.default_rng(seed)
    c = rng.dirichlet(np.ones(4))[:3]
    sizes = 50.0 * (c + rng.exponential(1, 3))
    pool = isotropic_pool(sizes, 50.0, np.eye(3), np.ones(3), weights_of_shares(c, sizes, 50.0), 1 - c.sum())
    assert pool.shares == pytest.approx(c, rel=1e-10)


@pytest.mark.parametrize(
    ("change", "name"),
    [({"sizes": [-1.0, 2, 3]}, "sizes"), ({"ridge": -1.0}, "ridge"), ({"noise_variances": [np.nan, 0, 0]}, "noise_variances"),
     ({"weights": np.ones(2)}, "weights"), ({"eigenvalues": np.ones(3)}, "eigenvalues")],
)  # fmt: skip
def test_mistakes_are_named(change, name):
    with pytest.raises(DomainError, match=name):
        pooled_ridge_risk(**problem(0) | change)
