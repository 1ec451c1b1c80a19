"""Where training ends: every formula against gradient flow of the actual weight matrices."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lintransfer.simulate.deep_linear.layers import draw_sets, train
from lintransfer.theory.deep_linear.end_points import (
    deep_end_point,
    end_point_parts,
    ends_at_saddle,
    frozen_first_layer_end_point,
    lazy_rank_one_gram,
    tangent_end_point,
)

TIGHT = {"rtol": 1e-13, "tolerance": 1e-12}


def sets(rng, batch=6, n=4, dim=8):
    source = rng.standard_normal((batch, dim))
    return *draw_sets(rng, batch, n, rng.standard_normal(dim), 0.3), source


def relative(found, wanted):
    return np.max(np.linalg.norm(found - wanted, axis=1) / np.linalg.norm(wanted, axis=1))


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_end_point_is_that_of_all_weight_matrices_to_nine_digits(depth):
    rng = np.random.default_rng(depth)
    design, labels, source = sets(rng)
    trained = train(rng, design, labels, source, depth, width=3, **TIGHT).weights
    assert relative(trained, deep_end_point(design, labels, source, depth)) < 1e-9


@pytest.mark.parametrize("depth", [1.5, 2, 4.2, 20.0])
def test_reduced_flow_at_any_real_depth(depth):
    rng = np.random.default_rng(1)
    design, labels, _ = sets(rng)
    source = np.linalg.pinv(design[0]) @ np.abs(labels[0]) + 0.3  # a start that sees no plateau for great depth
    labels = np.abs(labels)
    design = np.repeat(design[:1], len(design), axis=0)
    trained = train(rng, design, labels, source, depth, method="reduced", **TIGHT).weights
    assert relative(trained, deep_end_point(design, labels, np.tile(source, (len(design), 1)), depth)) < 1e-8


def test_frozen_later_layers_only_reduce_the_depth():
    rng = np.random.default_rng(2)
    design, labels, source = sets(rng)
    for flags in ((True, True, False), (True, False, False), (True, False, True, True)):
        trained = train(rng, design, labels, source, len(flags), width=1, trained=flags, **TIGHT).weights
        assert relative(trained, deep_end_point(design, labels, source, sum(flags))) < 1e-8


def test_frozen_first_layer_has_two_branches():
    rng = np.random.default_rng(3)
    design, labels, source = sets(rng, batch=40)
    positive = np.einsum("bnd,bd,bn->b", design, source, labels) > 0
    one = train(
        rng, design, labels, source, 3, width=1, trained=(False, True, False), tolerance=1e-9, rtol=1e-10
    ).weights
    np.testing.assert_allclose(one, frozen_first_layer_end_point(design, labels, source, 1), atol=1e-5)
    two = train(
        rng, design, labels, source, 3, width=1, trained=(False, True, True), tolerance=1e-9, rtol=1e-10
    ).weights
    balanced = frozen_first_layer_end_point(design, labels, source, 2, balanced=True)
    np.testing.assert_allclose(two, balanced, atol=1e-5)
    escaped = frozen_first_layer_end_point(design, labels, source, 2)
    assert np.array_equal(np.all(balanced == escaped, axis=1), positive) and (~positive).any()
    assert np.array_equal(frozen_first_layer_end_point(design, labels, source, 0), source)


def test_the_least_imbalance_escapes_from_the_saddle():
    rng = np.random.default_rng(4)
    design, labels, source = sets(rng, batch=3)
    labels = -np.einsum("bnd,bd->bn", design, source) + 0.1 * labels
    scale = np.sqrt(np.linalg.norm(source, axis=1)) * 1.01
    from lintransfer.simulate.deep_linear.flow import end_to_end, rank_one_layers, train_layers

    norms = np.stack([scale, scale / 1.02])
    layers = rank_one_layers(rng, source.T, 3, 1, norms)
    final = train_layers(
        layers, np.moveaxis(design, 0, -1), labels.T, trained=(False, True, True), rtol=1e-10, tolerance=1e-9
    )
    np.testing.assert_allclose(end_to_end(final).T, frozen_first_layer_end_point(design, labels, source, 2), atol=1e-5)


@pytest.mark.parametrize("depth", [2, 3])
def test_lazy_training_converges_to_the_tangent_end_point(depth):
    rng = np.random.default_rng(5)
    design, labels, source = sets(rng, batch=20)
    start = np.einsum("bnd,bd->bn", design, source)
    wanted = tangent_end_point(design, labels, source, lazy_rank_one_gram(source, depth))
    misses = []
    for scale in (20.0, 80.0):
        moved = train(rng, design, start + (labels - start) / scale, source, depth, tolerance=1e-9, rtol=1e-11).weights
        misses.append(np.median(np.linalg.norm(source + scale * (moved - source) - wanted, axis=1)))
    assert misses[0] / misses[1] == pytest.approx(4, rel=0.15)


def test_a_frozen_full_rank_first_layer_is_a_metric():
    rng = np.random.default_rng(6)
    design, labels, source = (a[0] for a in sets(rng))
    first = rng.standard_normal((8, 12))
    head = np.linalg.pinv(first) @ source
    moved = head + np.linalg.pinv(design @ first) @ (labels - design @ source)
    np.testing.assert_allclose(first @ moved, tangent_end_point(design, labels, source, first @ first.T), rtol=1e-9)
    np.testing.assert_allclose(
        tangent_end_point(design, labels, source, np.eye(8)), deep_end_point(design, labels, source, 1), rtol=1e-10
    )


def test_enough_data_ends_at_least_squares_whatever_the_depth():
    rng = np.random.default_rng(7)
    design, labels, source = sets(rng, batch=3, n=12, dim=4)
    wanted = np.stack([np.linalg.lstsq(x, y)[0] for x, y in zip(design, labels, strict=True)])
    for depth in (1, 2, 7.5, np.inf):
        np.testing.assert_allclose(deep_end_point(design, labels, source, depth), wanted, rtol=1e-11)


def test_duplicate_rows_and_no_rows():
    rng = np.random.default_rng(8)
    design, labels, source = (a[0] for a in sets(rng))
    twice = deep_end_point(np.vstack([design, design]), np.r_[labels, labels], source, 3)
    np.testing.assert_allclose(twice, deep_end_point(design, labels, source, 3), rtol=1e-11)
    np.testing.assert_allclose(deep_end_point(np.zeros((0, 8)), np.zeros(0), source, 3), source, rtol=1e-14)


def test_saddles_are_documented_values():
    one = np.ones((3, 1))
    assert deep_end_point(one, -np.ones(3), np.ones(1), 3) == 0  # one dimension, wrong sign
    assert deep_end_point(one, -np.ones(3), np.ones(1), 1) == pytest.approx(-1)
    assert deep_end_point(one, np.ones(3), np.ones(1), 3) == pytest.approx(1)
    theta = np.arange(1.0, 5)
    assert ends_at_saddle(np.eye(4), -theta, theta)
    assert not deep_end_point(np.eye(4), -theta, theta, 2).any()
    rng = np.random.default_rng(9)
    design, labels, source = sets(rng)
    assert not ends_at_saddle(design, labels, source).any()
    assert not deep_end_point(design, labels, 0 * source, 3).any()
    np.testing.assert_allclose(
        deep_end_point(design, labels, 0 * source, 1), end_point_parts(design, labels, source).fit
    )


def test_jax_compiles_and_differentiates():
    rng = np.random.default_rng(10)
    design, labels, source = (a[0] for a in sets(rng, n=2, dim=3))
    arrays = tuple(map(jnp.asarray, (design, labels, source)))
    value, slope = jax.jit(
        lambda x, y, w: jax.jvp(lambda y: deep_end_point(x, y, w, 3.0), (y,), (jnp.array([0.0, 1.0]),))
    )(*arrays)
    np.testing.assert_allclose(value, deep_end_point(design, labels, source, 3), rtol=1e-11)
    step = np.array([0.0, 1e-6])
    ends = [deep_end_point(design, labels + s * step, source, 3) for s in (1, -1)]
    np.testing.assert_allclose(slope, (ends[0] - ends[1]) / 2e-6, atol=1e-7)
