"""Fits of deep linear networks: the closed form, the reduced flow and the flow of actual matrices end in one place."""

import numpy as np
import pytest

import lintransfer as lt
from lintransfer.simulate.deep_linear.flow import rank_one_layers
from lintransfer.simulate.deep_linear.layers import scales_with_imbalance
from lintransfer.simulate.deep_linear.pretraining import flow_to_rest, product

RNG = np.random.default_rng(0)
X, Y, SOURCE = RNG.standard_normal((4, 7)), RNG.standard_normal(4), RNG.standard_normal(7)


def tuned(depth, imbalance=0.0):
    return lt.FineTune(lt.DeepLinear(depth, imbalance))


def matrices(depth, imbalance=None, width=3, source=SOURCE):
    norm = np.linalg.norm(source)[None]
    scales = None if imbalance is None else scales_with_imbalance(norm, imbalance)
    return [w[..., 0] for w in rank_one_layers(np.random.default_rng(1), source[:, None], depth, width, scales)]


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_closed_form_reduced_flow_and_flow_of_all_matrices_agree_to_nine_digits(depth):
    exact = lt.fit(tuned(depth), X, Y, SOURCE)
    np.testing.assert_allclose(lt.fit(tuned(depth), X, Y, SOURCE, method="flow"), exact, rtol=0, atol=1e-9)
    trained = product(flow_to_rest(matrices(depth), X, Y, tolerance=1e-12, rtol=1e-13))
    np.testing.assert_allclose(trained, exact, rtol=0, atol=1e-9)


@pytest.mark.parametrize("depth", [1, 1.5, 2, 7.3, 40])
@pytest.mark.parametrize("shape", [(1, 2), (19, 20), (30, 60), (9, 6)])
def test_reduced_flow_at_any_real_depth_and_condition(depth, shape):
    rng = np.random.default_rng(shape)
    design, labels, source = rng.standard_normal(shape), rng.standard_normal(shape[0]), rng.standard_normal(shape[1])
    exact = lt.fit(tuned(depth), design, labels, source)
    np.testing.assert_allclose(lt.fit(tuned(depth), design, labels, source, method="flow"), exact, rtol=0, atol=1e-9)


def test_rank_deficient_inputs_and_labels_out_of_reach():
    design = np.vstack([X, X[:2]])
    labels = np.append(Y, [3.0, -2.0])  # the copies contradict the originals
    for learner in (tuned(3), tuned(2, -1.0)):
        exact = lt.fit(learner, design, labels, SOURCE)
        np.testing.assert_allclose(lt.fit(learner, design, labels, SOURCE, method="flow"), exact, rtol=0, atol=1e-9)
        assert np.abs(design.T @ (design @ exact - labels)).max() < 1e-12 * 100


IMBALANCES = [(-3.0,), (0.4,), (6.0,), (2.0, 1.0), (-1.0, -2.0), (0.3, 0.3), (3.0, 1.0, 1.0)]


@pytest.mark.parametrize("imbalance", IMBALANCES, ids=str)
def test_unbalanced_chains_end_where_actual_layers_of_width_one_do(imbalance):
    depth = len(imbalance) + 1
    learner, turned = tuned(depth, imbalance if depth > 2 else imbalance[0]), 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        design, labels, source = rng.standard_normal((4, 7)), rng.standard_normal(4), rng.standard_normal(7) / 2
        exact = lt.fit(learner, design, labels, source)
        np.testing.assert_allclose(lt.fit(learner, design, labels, source, method="flow"), exact, rtol=0, atol=1e-9)
        if seed < 2:
            layers = matrices(depth, imbalance, 1, source)
            trained = product(flow_to_rest(layers, design, labels, tolerance=1e-11, rtol=1e-12))
            np.testing.assert_allclose(trained, exact, rtol=0, atol=1e-7)
        null = np.eye(7) - np.linalg.pinv(design) @ design
        turned += (null @ exact) @ source < 0
    assert (turned > 0) == (imbalance in [(6.0,), (3.0, 1.0, 1.0), (2.0, 1.0)])  # the largest one crossed zero


def test_equal_largest_imbalances_stall_at_the_saddle_with_either_method():
    rng = np.random.default_rng(5)
    stalled = 0
    for _ in range(12):
        design, labels, source = rng.standard_normal((3, 7)), rng.standard_normal(3), rng.standard_normal(7) / 2
        ends = [lt.fit(tuned(3, (2.0, 2.0)), design, labels, source, method=m) for m in ("exact", "flow")]
        np.testing.assert_allclose(*ends, rtol=0, atol=1e-9)
        stalled += not ends[0].any()
    assert 0 < stalled < 12


def test_a_source_of_zeros():
    zero, fit = np.zeros(7), np.linalg.pinv(X) @ Y
    for method in ("exact", "flow"):
        assert not lt.fit(tuned(2), X, Y, zero, method=method).any()  # no layer moves
        np.testing.assert_allclose(lt.fit(tuned(1), X, Y, zero, method=method), fit, atol=1e-9)
        np.testing.assert_allclose(lt.fit(tuned(2, -0.5), X, Y, zero, method=method), fit, atol=1e-9)
        np.testing.assert_allclose(lt.fit(tuned(3, (-0.5, -1.0)), X, Y, zero, method=method), fit, atol=1e-9)
        assert not lt.fit(tuned(3, (0.0, -1.0)), X, Y, zero, method=method).any()
        with pytest.raises(
            lt.DomainError, match=r"imbalance must be at most 0 from source weights that vanish.*got 0.5"
        ):
            lt.fit(tuned(2, 0.5), X, Y, zero, method=method)


def test_a_start_on_the_ray_to_the_saddle():
    whitened, target = np.vstack([np.eye(3), np.eye(3)]), np.ones(3)
    labels = whitened @ target
    for method in ("exact", "flow"):
        for depth in (2, 3, 5.5):
            assert not lt.fit(tuned(depth), whitened, labels, -2 * target, method=method).any()
            np.testing.assert_allclose(
                lt.fit(tuned(depth), whitened, labels, 2 * target, method=method), target, atol=1e-9
            )
        np.testing.assert_allclose(lt.fit(tuned(1), whitened, labels, -2 * target, method=method), target, atol=1e-9)
        # One layer alone may pass zero, be it the first or a scalar; two equal ones may not.
        for depth, imbalance in ((2, 0.1), (2, -0.1), (3, (-1.0, -2.0))):
            end = lt.fit(tuned(depth, imbalance), whitened, labels, -2 * target, method=method)
            np.testing.assert_allclose(end, target, atol=1e-9)
        assert not lt.fit(tuned(3, (0.0, -1.0)), whitened, labels, -2 * target, method=method).any()
        # Inputs that are not white: any other start turns round.
        np.testing.assert_allclose(lt.fit(tuned(2), X.T, X.T @ Y, -Y, method=method), Y, atol=1e-9)


def test_one_dimension_cannot_pass_the_saddle():
    design, labels = np.array([[1.0], [2.0]]), np.array([1.0, 2.0])
    for method in ("exact", "flow"):
        assert lt.fit(tuned(2), design, labels, [-1.0], method=method) == 0
        assert lt.fit(tuned(2), design, labels, [0.5], method=method) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(
    ("depth", "imbalance", "message"),
    [
        (3, 1.0, "imbalance must be a tuple of 2 numbers"),
        (3, (1.0,), "imbalance must be a tuple of 2 numbers"),
        (1, 1.0, "imbalance must be 0 for depth 1, got 1.0"),
        (2.5, (1.0,), "depth must be a whole number for a network with imbalanced layers, got 2.5"),
        (2.5, (0.0, 0.0), "depth must be a whole number"),
        (np.inf, 1.0, "depth must be a whole number"),
        (2, (np.nan,), "imbalance must be a finite number"),
        (2, True, "imbalance must be a finite number"),
    ],
)
def test_imbalances_that_no_network_has_are_refused(depth, imbalance, message):
    with pytest.raises(lt.DomainError, match=message):
        lt.DeepLinear(depth, imbalance)


def test_what_cannot_be_fitted_says_so():
    with pytest.raises(lt.MissingMethodError, match="finite depth"):
        lt.fit(tuned(np.inf), X, Y, SOURCE, method="flow")
    with pytest.raises(lt.MissingMethodError, match="one output"):
        lt.fit(tuned(2), X, np.ones((4, 2)), np.ones((7, 2)))
    np.testing.assert_array_equal(lt.fit(tuned(2, 1.0), X[:0], Y[:0], SOURCE), SOURCE)
