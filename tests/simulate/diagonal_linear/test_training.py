"""Training diagonal networks weight by weight: what is conserved, and where it rests."""

import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.simulate.diagonal_linear.flow import before_pretraining, equal_pairs, new_head, pretrain, train

RNG = np.random.default_rng(2)
X, Y = RNG.standard_normal((3, 4, 9)), RNG.standard_normal((3, 4))


def test_each_pair_keeps_its_difference_of_squares():
    start = equal_pairs(RNG.uniform(0.3, 1, 9), RNG.uniform(0.3, 1, 9), 9)
    end = train(X, Y, start, rtol=1e-11, at_rest=1e-9)
    for first, head in (("first_plus", "head_plus"), ("first_minus", "head_minus")):
        before, after = (getattr(net, first) ** 2 - getattr(net, head) ** 2 for net in (start, end))
        np.testing.assert_allclose(after, np.broadcast_to(before, (3, 9)), atol=1e-8)


def test_it_interpolates_and_a_batch_is_its_members():
    start = before_pretraining(0.4, 0.2, 9)
    end = train(X, Y, start, rtol=1e-11, at_rest=1e-10)
    np.testing.assert_allclose(np.einsum("bnd,bd->bn", X, end.weights), Y, atol=1e-7)
    alone = train(X[1:2], Y[1:2], start, rtol=1e-11, at_rest=1e-10)
    np.testing.assert_allclose(alone.weights[0], end.weights[1], atol=1e-7)


def test_no_time_moves_nothing_and_time_adds_up():
    start = before_pretraining(0.4, 0.2, 9)
    np.testing.assert_allclose(train(X, Y, start, time=0.0).weights, 0, atol=1e-12)
    whole = train(X, Y, start, time=1.0, rtol=1e-11)
    halves = train(X, Y, train(X, Y, start, time=0.5, rtol=1e-11), time=0.5, rtol=1e-11)
    np.testing.assert_allclose(whole.weights, halves.weights, atol=1e-8)


def test_pretraining_learns_its_target_and_a_new_head_forgets_it():
    target = RNG.standard_normal(9)
    net = pretrain(target, before_pretraining(0.1, 0.0, 9))
    np.testing.assert_allclose(net.weights, target, atol=1e-7)
    for convention in ("sum", "mean", "norm"):
        assert not new_head(net, 0.3, convention).weights.any()
    kept = new_head(net, 0.3, "keep").weights
    np.testing.assert_allclose(kept, 0.3 * (net.first_plus - net.first_minus))


def test_refusals():
    with pytest.raises(DomainError, match="convention"):
        new_head(before_pretraining(1.0, 0.0, 2), 0.1, "half")
    with pytest.raises(DomainError, match="design"):
        train(X[0], Y[0], before_pretraining(1.0, 0.0, 9))
