"""Two-layer networks on a user's own arrays: closed forms are the ends of the training, and the features move as said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lintransfer as lt

BOTH, FRESH = lt.FineTune(lt.TwoLayerLinear()), lt.FineTune(lt.TwoLayerLinear(), head="zero")
EVERY = (
    BOTH, FRESH, lt.FirstLayer(), lt.FirstLayer(time=0.4), lt.FineTune(lt.TwoLayerLinear(), time=0.4), lt.LinearTransfer(),
    lt.LinearTransfer(head="source"), lt.ProbeThen(BOTH), lt.ProbeThen(BOTH, time=0.3), lt.ProbeThen(lt.FirstLayer(), time=0.2),
)  # fmt: skip


def network(seed, n, dim, k):
    rng = np.random.default_rng(seed)
    return (
        rng.standard_normal((n, dim)),
        rng.standard_normal(n),
        (rng.standard_normal((k, dim)), rng.standard_normal(k)),
    )


@settings(deadline=None, max_examples=25, derandomize=True)
@given(st.integers(0, 10**6), st.sampled_from(EVERY), st.sampled_from([(1, 5, 3), (4, 6, 1), (4, 9, 3), (9, 4, 2)]))
def test_the_closed_form_is_the_end_of_the_training(seed, learner, sizes):
    inputs, labels, source = network(seed, *sizes)
    found = lt.fit(learner, inputs, labels, source=source)
    trained = lt.fit(learner, inputs, labels, source=source, method="flow")
    for part in ("features", "head", "weights"):
        np.testing.assert_allclose(getattr(found, part), getattr(trained, part), atol=1e-7)
    np.testing.assert_allclose(found(inputs), inputs @ found.weights)
    if learner in (BOTH, FRESH, lt.FirstLayer()) and sizes[0] < sizes[1]:
        np.testing.assert_allclose(found(inputs), labels, atol=1e-8)


def test_features_move_by_the_energy_over_the_head():
    inputs, labels, (features, head) = network(0, 4, 9, 3)
    found = lt.fit(lt.FirstLayer(), inputs, labels, source=(features, head))
    residual = labels - inputs @ (head @ features)
    motion = found.motion(inputs)
    assert motion.distance == pytest.approx(np.linalg.norm(residual) / np.linalg.norm(head))
    assert motion.energy == pytest.approx(np.linalg.norm(residual) / 2)
    before, after = inputs @ features.T, inputs @ found.features.T
    assert motion.dot == pytest.approx(np.sum(before * after))
    assert motion.norm == pytest.approx(np.linalg.norm(after))
    assert motion.cosine == pytest.approx(motion.dot / (motion.norm * np.linalg.norm(before)))
    still = lt.fit(lt.LinearTransfer(), inputs, labels, source=(features, head)).motion(inputs)
    assert still.distance == 0 and still.cosine == pytest.approx(1)


def test_one_feature_and_one_sample_are_exact_and_the_rest_is_integrated():
    inputs, labels, (features, head) = network(1, 4, 9, 3)
    assert lt.fit(BOTH, inputs, labels, source=(features[:1], [9.0]), method="exact").head.shape == (1,)
    assert lt.fit(BOTH, inputs[:1], labels[:1], source=(features, head), method="exact").head.shape == (3,)
    with pytest.raises(lt.MissingMethodError, match="flow"):
        lt.fit(BOTH, inputs, labels, source=(features, head), method="exact")


def test_without_samples_or_time_nothing_moves():
    inputs, labels, source = network(2, 4, 9, 3)
    for learner in (lt.FirstLayer(time=0.0), lt.FirstLayer(ridge=np.inf)):
        np.testing.assert_array_equal(lt.fit(learner, inputs, labels, source=source).features, source[0])
    empty = lt.fit(BOTH, inputs[:0], labels[:0], source=source)
    np.testing.assert_array_equal(empty.weights, source[1] @ source[0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": None}, "source must be a pair"),
        ({"source": (np.ones((2, 9)), np.ones(2))}, "full row rank 2"),
        ({"source": (np.zeros((2, 9)), np.zeros(2))}, "saddle"),
        ({"source": (np.ones((1, 9)), np.ones(2))}, "head must be of length 1"),
        ({"source": (np.eye(10, 9), np.ones(10))}, "at most d = 9 rows"),
        ({"source": (np.full((1, 9), np.nan), np.ones(1))}, "features must be finite"),
        ({"y": np.ones(3)}, "y must be one label"),
    ],
)
def test_what_is_no_network_is_refused(change, message):
    inputs, labels, source = network(3, 4, 9, 2)
    with pytest.raises(lt.DomainError, match=message):
        lt.fit(BOTH, inputs, change.get("y", labels), source=change.get("source", source))


@pytest.mark.parametrize(
    ("learner", "error"),
    [
        (lt.Scratch(lt.TwoLayerLinear()), "starts from no features"),
        (lt.FirstLayer(ridge=1.0), "no ridge on two layers"),
    ],
)
def test_what_is_not_there_is_said(learner, error):
    inputs, labels, source = network(3, 4, 9, 2)
    with pytest.raises(lt.MissingMethodError, match=error):
        lt.fit(learner, inputs, labels, source=source)


def test_a_head_of_zero_gives_the_first_layer_no_gradient():
    inputs, labels, (features, head) = network(3, 4, 9, 2)
    with pytest.raises(lt.DomainError, match="no gradient through a zero head"):
        lt.fit(lt.FirstLayer(), inputs, labels, source=(features, 0 * head))


def test_a_plain_source_has_a_head_too():
    inputs, labels, (features, _) = network(4, 4, 9, 1)
    weights = 3 * features[0]
    found = lt.fit(lt.LinearTransfer(head="source", ridge=2.0), inputs, labels, source=weights)
    unit = weights / np.linalg.norm(weights)
    feature, start = inputs @ unit, np.linalg.norm(weights)
    head = start + feature @ (labels - start * feature) / (feature @ feature + 2)
    np.testing.assert_allclose(found, head * unit)
