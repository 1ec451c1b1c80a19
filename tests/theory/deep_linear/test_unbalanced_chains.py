"""Unbalanced chains: the root above every edge, the sign rules, and the limits in the layer scale.

Mean risk of unbalanced chains: every arithmetic, where it is silent, and the edges of its domain.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere

from lintransfer.errors import DomainError
from lintransfer.precision import contains, enclose, to_fifty_digits
from lintransfer.simulate.deep_linear.layers import draw_sets, train
from lintransfer.theory.deep_linear.end_points import end_point_parts
from lintransfer.theory.deep_linear.retention import infinite_retention, retention_factor
from lintransfer.theory.deep_linear.risk import deep_fine_tuning_risk_closure, deep_transferability_closure
from lintransfer.theory.deep_linear.unbalanced_chains import (
    chain_end_points,
    chain_factors,
    chain_imbalances,
    initial_scales,
    two_layer_head,
    unbalanced_fine_tuning_risk,
    unbalanced_limits,
    unbalanced_retention,
    unbalanced_transferability,
)

POINT = {"source_energy": 1.3, "null_fraction": 0.4, "fit_energy": 2.0}


def size(imbalance, source_energy, null_fraction, fit_energy):
    return unbalanced_retention(imbalance, source_energy, null_fraction, fit_energy).retention


@pytest.mark.parametrize("imbalance", [-30.0, 0.4, 1e5])
def test_every_arithmetic(imbalance):
    assert_same_everywhere(two_layer_head, imbalance=imbalance, kept=0.7, fit_energy=2.0)
    arguments = {"imbalance": (imbalance, -0.3), **POINT}
    exact = float(to_fifty_digits(size, arguments))
    assert size(**arguments) == pytest.approx(exact, rel=1e-12)
    assert float(jax.jit(size)((imbalance, -0.3), 1.3, 0.4, 2.0)) == pytest.approx(exact, rel=1e-12)


def test_gradients():
    def slope_of(delta, fit_energy):
        return unbalanced_retention((delta, -0.3), 1.3, 0.4, fit_energy).retention

    found = jax.grad(slope_of, (0, 1))(0.4, 2.0)
    for i, ends in enumerate((((0.4 + 1e-6, 2.0), (0.4 - 1e-6, 2.0)), ((0.4, 2.0 + 1e-6), (0.4, 2.0 - 1e-6)))):
        assert float(found[i]) == pytest.approx((slope_of(*ends[0]) - slope_of(*ends[1])) / 2e-6, rel=1e-6)


def test_factors_solve_the_equation_above_every_edge():
    rng = np.random.default_rng(0)
    edges = tuple(rng.uniform(-5, 5, (4, 200)))
    product = 10 ** rng.uniform(-12, 6, 200)
    factors = np.stack(chain_factors(edges, product))
    assert np.all(factors > 0)
    np.testing.assert_allclose(np.prod(factors, axis=0), product, rtol=1e-11)
    np.testing.assert_allclose(factors + np.stack(edges), np.broadcast_to(factors[0] + edges[0], (4, 200)), atol=1e-12)
    assert chain_factors((1.0, -2.0), 0.0) == (0.0, 3.0)


def test_scales_at_the_start_are_realised():
    square, first, second = initial_scales((0.7, -2.0), 1.3)
    assert square - first == pytest.approx(0.7) and square - second == pytest.approx(-2)
    assert square * first * second == pytest.approx(1.3)


@pytest.mark.parametrize("layers", [2, 3, 6])
def test_balanced_chain_is_the_retention_factor(layers):
    wanted = retention_factor(layers, 0.4, 2.0 / 1.3)
    assert size((0.0,) * (layers - 1), **POINT) == pytest.approx(float(wanted), rel=1e-13)


def test_relative_layer_scale_is_a_continuous_depth():
    sizes = [size((d,), **POINT) for d in np.linspace(-20, 20, 60)]
    assert np.all(np.diff(sizes) > 0)
    lazy, first = unbalanced_limits(-1.0, 0.4, 2.0 / 1.3)
    assert size((-1e9,), **POINT) == pytest.approx(lazy, rel=1e-8)
    assert size((1e9,), **POINT) == pytest.approx(float(infinite_retention(0.4, 2.0 / 1.3)), rel=1e-8)
    assert first == pytest.approx(-float(infinite_retention(0.4, 2.0 / 1.3)))


@pytest.mark.parametrize("imbalance", [(-3.0,), (0.5,), (3.0,), (0.5, -1.0), (-1.0, -2.0, 0.2)])
def test_end_points_and_signs_against_trained_chains(imbalance):
    rng = np.random.default_rng(3)
    design, labels = draw_sets(rng, 150, 4, rng.standard_normal(9) / 2, 0.3)
    source = rng.standard_normal((150, 9)) / 2
    how = {"method": "chain", "imbalance": imbalance, "rtol": 1e-9, "tolerance": 1e-7}
    result = train(rng, design, labels, source, len(imbalance) + 1, **how)
    parts = end_point_parts(design, labels, source)
    square = np.sum(source**2, axis=1)
    end = unbalanced_retention(imbalance, square, parts.null_fraction, parts.fit_ratio * square)
    misses = [
        np.linalg.norm(c - result.weights, axis=1) for c in chain_end_points(parts.fit, parts.kept, end.retention)
    ]
    assert np.minimum(*misses).max() < 2e-4
    positive = misses[0] < misses[1]
    assert positive[end.decided].all()
    if imbalance == (3.0,):
        assert (~positive).mean() > 0.1  # the head did cross zero, where that was left open


def test_two_equal_largest_imbalances_may_stall_at_the_saddle():
    rng = np.random.default_rng(5)
    design, labels = draw_sets(rng, 60, 3, rng.standard_normal(7) / 2)
    source = rng.standard_normal((60, 7)) / 2
    parts = end_point_parts(design, labels, source)
    square = np.sum(source**2, axis=1)
    end = unbalanced_retention((2.0, 2.0), square, parts.null_fraction, parts.fit_ratio * square)
    assert np.array_equal(end.may_stall, ~end.decided) and end.decided.any()
    result = train(rng, design, labels, source, 3, method="chain", imbalance=(2.0, 2.0), time=40.0)
    stalled = np.linalg.norm(result.weights, axis=1) < 1e-3
    assert stalled.any() and not stalled[end.decided].any()
    error = np.linalg.norm(np.einsum("bnd,bd->bn", design, result.weights) - labels, axis=1)
    assert np.all(error[stalled] > 0.1)


def test_sign_flags_by_hand():
    # Two layers: q = A‖z‖². Imbalance below q decides; equal largest ones beyond q may stall.
    assert unbalanced_retention((-1.0,), **POINT).decided
    assert not unbalanced_retention((5.0,), **POINT).decided
    assert not unbalanced_retention((5.0, 1.0), **POINT).may_stall
    assert unbalanced_retention((5.0, 5.0), **POINT).may_stall
    assert not unbalanced_retention((-5.0, -5.0), **POINT).may_stall


def test_imbalances_are_checked():
    assert chain_imbalances(4, 0.0) == (0.0, 0.0, 0.0)
    assert chain_imbalances(1, 0.0) == ()
    assert chain_imbalances(3, (1.0, -1.0)) == (1.0, -1.0)
    for depth, imbalance in ((3, (1.0,)), (3, 1.0), (2.5, 0.1), (0, 0.0)):
        with pytest.raises(DomainError):
            chain_imbalances(depth, imbalance)


def test_jax_arrays_broadcast():
    found = jax.vmap(lambda d: unbalanced_retention((d,), 1.3, 0.4, 2.0).retention)(jnp.array([-1.0, 0.0, 1.0]))
    np.testing.assert_allclose(found, [size((d,), **POINT) for d in (-1.0, 0.0, 1.0)], rtol=1e-12)


POINT_UNBALANCED_RISK = {"source_energy": 1.3, "cross_energy": 0.6, "target_energy": 2.0, "noise_variance": 0.3}


@pytest.mark.parametrize("formula", [unbalanced_fine_tuning_risk, unbalanced_transferability])
def test_floats_fifty_digits_jax_and_balls(formula):
    def chain(n, dim, first, **others):
        return formula(n, dim, (first, -0.3), **others)

    point = {"n": 5, "dim": 12, "first": -0.8, **POINT_UNBALANCED_RISK}
    exact = float(to_fifty_digits(chain, point))
    assert chain(**point) == pytest.approx(exact, rel=1e-12)
    assert float(jax.jit(lambda a: chain(**a))({k: float(v) for k, v in point.items()})) == pytest.approx(
        exact, rel=1e-12
    )
    assert contains(enclose(chain, point), exact, 1e-14)
    grid = chain(**{**point, "n": np.array([5, 6])})
    np.testing.assert_allclose(grid, [chain(**{**point, "n": n}) for n in (5, 6)], rtol=1e-13)
    slope = jax.grad(lambda d: chain(5.0, 12.0, d, **POINT_UNBALANCED_RISK))(-0.8)
    assert float(slope) == pytest.approx(
        (chain(5, 12, -0.8 + 1e-6, **POINT_UNBALANCED_RISK) - chain(5, 12, -0.8 - 1e-6, **POINT_UNBALANCED_RISK))
        / 2e-6,
        rel=1e-5,
    )


def test_balanced_is_the_balanced_law_on_the_whole_domain():
    n = np.arange(0, 16)
    given = {**POINT_UNBALANCED_RISK, "n": n, "dim": 9}
    for layers in (2, 3):
        zeros = (0.0,) * (layers - 1)
        np.testing.assert_allclose(
            unbalanced_fine_tuning_risk(imbalance=zeros, **given),
            deep_fine_tuning_risk_closure(depth=layers, **given), rtol=1e-11,
        )  # fmt: skip
        gains = unbalanced_transferability(imbalance=zeros, **given)
        known = deep_transferability_closure(depth=layers, **given)
        np.testing.assert_allclose(gains, known, rtol=1e-11)
        assert np.isnan(gains[8]) and not gains[9:].any()


def test_silent_where_the_sign_is_open_or_the_saddle_near():
    risk = unbalanced_fine_tuning_risk(np.array([0, 1, 5, 8, 9, 20]), 9, (2.0,), **POINT_UNBALANCED_RISK)
    assert np.isnan(risk).tolist() == [False, False, True, False, False, False]  # few samples: q is still above Δ
    assert risk[3] == risk[4] == np.inf and risk[0] == pytest.approx(1.3 - 1.2 + 2)
    shared = unbalanced_fine_tuning_risk(np.array([0, 5, 20]), 9, (2.0, 2.0), **POINT_UNBALANCED_RISK)
    assert np.isnan(shared).tolist() == [False, True, True]
