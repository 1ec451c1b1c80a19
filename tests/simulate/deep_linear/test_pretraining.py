"""From small random weights to the rank-one feature, and on to the target: with matrices, by flow and by descent."""

import numpy as np
import pytest

from lintransfer.simulate.deep_linear.flow import FlowError, rank_one_layers
from lintransfer.simulate.deep_linear.pretraining import (
    descend,
    flow_path,
    flow_to_rest,
    flow_to_strength,
    measure,
    product,
    random_network,
)
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.deep_linear.dynamics import aligned_strength, aligned_strength_two_layers
from lintransfer.theory.deep_linear.end_points import deep_end_point
from lintransfer.theory.deep_linear.retention import retention_factor

DIM = 8
SOURCE, TARGET = teacher_pair(DIM, 0.5, 1.0, 1.5)
WHITE = np.eye(DIM)


def small(depth, scale, width=4):
    return random_network(np.random.default_rng(7), DIM, depth, width, scale)


def target_set(n=4):
    rng = np.random.default_rng(11)
    design = rng.standard_normal((n, DIM))
    return design, design @ TARGET + 0.2 * rng.standard_normal(n)


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_small_weights_align_and_balance(depth):
    begin = small(depth, 0.01)
    end = flow_to_rest(begin, WHITE, SOURCE, tolerance=1e-9, rtol=1e-11)
    before, after = measure(begin, SOURCE), measure(end, SOURCE)
    np.testing.assert_allclose(product(end), SOURCE, atol=1e-8)
    assert after.alignment > 1 - 1e-8 and after.feature > 1 - 1e-6
    # What is conserved keeps the rest as small as it began: imbalance of order ε², other singular values of order ε.
    assert after.imbalance == pytest.approx(before.imbalance, rel=1e-6, abs=1e-12) and after.imbalance < 1e-3
    assert after.rank_one < 0.03 and (depth == 1 or before.rank_one > 0.3)


@pytest.mark.parametrize("depth", [2, 3])
def test_a_source_set_in_place_of_the_population(depth):
    """With n_S < d samples the feature is the min-norm fit, up to ε of the start outside the row space."""
    rng = np.random.default_rng(5)
    design = rng.standard_normal((5, DIM))
    fit = np.linalg.pinv(design) @ (design @ SOURCE)
    misses = []
    for scale in (1e-2, 1e-3):
        end = flow_to_rest(small(depth, scale), design, design @ SOURCE)
        misses.append(np.linalg.norm(product(end) - fit))
        assert measure(end, fit).feature > 1 - 10 * scale
    assert misses[1] < 0.2 * misses[0] < 0.02


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_the_whole_pipeline_ends_where_the_theory_says_up_to_the_square_of_the_scale(depth):
    design, labels = target_set()
    misses, risks = [], []
    for scale in (0.1, 0.01):
        pretrained = flow_to_rest(small(depth, scale), WHITE, SOURCE, tolerance=1e-9, rtol=1e-11)
        end = product(flow_to_rest(pretrained, design, labels, tolerance=1e-11, rtol=1e-12))
        theory = deep_end_point(design, labels, product(pretrained), depth)
        misses.append(np.linalg.norm(end - theory))
        risks.append((np.sum((end - TARGET) ** 2), np.sum((theory - TARGET) ** 2)))
    if depth == 1:
        assert max(misses) < 1e-9
    else:
        assert 30 < misses[0] / misses[1] < 300 and misses[1] < 1e-4  # ε²: a hundred times smaller
    assert abs(risks[1][0] - risks[1][1]) < 1e-4
    linear = deep_end_point(design, labels, SOURCE, 1)
    assert depth == 1 or np.linalg.norm(end - linear) > 100 * misses[1]  # ρ = 1 would be seen


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_gradient_descent_follows_the_flow_to_first_order_in_the_step(depth):
    design, labels = target_set()
    start = [w[..., 0] for w in rank_one_layers(np.random.default_rng(2), SOURCE[:, None], depth, 4)]
    theory = deep_end_point(design, labels, SOURCE, depth)
    misses = []
    for step in (2e-3, 1e-3):
        end = descend(start, design, labels, step, int(60 / step))
        np.testing.assert_allclose(design @ product(end), labels, atol=1e-6)
        misses.append(np.linalg.norm(product(end) - theory))
    if depth == 1:
        assert max(misses) < 1e-6
    else:
        assert 1.7 < misses[0] / misses[1] < 2.3 and misses[1] < 5e-3


def test_a_user_pretrains_and_fine_tunes_by_gradient_descent():
    design, labels = target_set()
    for depth in (2, 3):
        pretrained = descend(small(depth, 0.03), WHITE, SOURCE, 0.02, 20_000)
        assert measure(pretrained, SOURCE).alignment > 1 - 1e-6
        end = product(descend(pretrained, design, labels, 1e-3, 60_000))
        theory = deep_end_point(design, labels, product(pretrained), depth)
        np.testing.assert_allclose(end, theory, atol=5e-3)


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_after_alignment_the_strength_follows_its_closed_form(depth):
    scale = 0.03 if depth == 5 else 1e-3  # the plateau lasts ε^{2−L}
    # Start the clock when a tenth of the teacher is learnt.
    _, start = flow_to_strength(small(depth, scale), WHITE, SOURCE, 0.1)
    times = np.linspace(0, 3, 13)
    path = flow_path(start, WHITE, SOURCE, times)
    seen = measure(path, SOURCE)
    theory = aligned_strength(times, seen.strength[0], 1.0, depth)
    assert seen.alignment.min() > 1 - max(scale**2, 1e-5)
    np.testing.assert_allclose(seen.strength, theory, atol=2e-3 if depth == 5 else 1e-4)
    if depth == 2:
        np.testing.assert_allclose(seen.strength, aligned_strength_two_layers(times, seen.strength[0], 1.0), atol=1e-4)
    assert np.ptp(seen.imbalance) < 1e-8


@pytest.mark.slow
def test_retention_holds_along_the_flow():
    design, labels = target_set()
    null = np.eye(DIM) - np.linalg.pinv(design) @ design
    start = [w[..., 0] for w in rank_one_layers(np.random.default_rng(3), SOURCE[:, None], 3, 4)]
    path = product(flow_path(start, design, labels, [0.0, 0.05, 0.3, 2.0]))
    kept = np.linalg.norm(path @ null, axis=1) / np.linalg.norm(null @ SOURCE)
    np.testing.assert_allclose(kept, np.linalg.norm(path, axis=1) ** (2 / 3), rtol=1e-7)  # ‖w0‖ = 1
    end = product(flow_to_rest(start, design, labels))
    fractions = np.sum((null @ SOURCE) ** 2), np.sum((np.linalg.pinv(design) @ labels) ** 2)
    assert np.linalg.norm(null @ end) / np.linalg.norm(null @ SOURCE) == pytest.approx(
        float(retention_factor(3, *fractions)), rel=1e-8
    )


def test_a_flow_that_does_not_rest_says_so():
    with pytest.raises(FlowError, match="had not converged after 5 steps"):
        flow_to_rest(small(3, 0.1), WHITE, SOURCE, max_steps=5)
    with pytest.raises(FlowError, match="had not converged after 50 steps"):
        flow_path(small(3, 0.1), WHITE, SOURCE, [0.0, 1e6], max_steps=50)
    with pytest.raises(FlowError, match="had not converged after 50 steps"):
        flow_to_strength(small(3, 0.1), WHITE, SOURCE, 2.0, max_steps=50)
