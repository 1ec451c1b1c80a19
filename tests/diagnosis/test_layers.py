"""Advice on a two-layer top (B, v): what is planted is found, and predicted errors are those of fresh data."""

import numpy as np
import pytest

import lintransfer as lt

DIM, K = 30, 3
RNG = np.random.default_rng(0)
AXES = np.linalg.qr(RNG.standard_normal((DIM, DIM)))[0]
B, V = AXES[:, :K].T, np.array([1.0, 0.0, 0.0])
TARGETS = {  # what moved -> the target, and the strategies that may win at n = 24
    "the head": (-B.T @ V, ("LinearTransfer",)),
    "what the features do not see": (0.9 * B.T @ V + 0.6 * AXES[:, K], ("FirstLayer", "FineTune", "ProbeThen")),
}


def rows(target, count, seed):
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((count, DIM))
    return inputs, inputs @ target + 0.1 * rng.standard_normal(count)


@pytest.mark.parametrize("moved", TARGETS)
def test_the_layers_that_moved_are_the_ones_to_tune(moved):
    target, winners = TARGETS[moved]
    found = lt.diagnose(*rows(target, 200, 1), source=(B, V), n=24)
    assert found.best.startswith(winners), found
    text = str(found)
    assert "which" not in text and "ProbeThen(FirstLayer)" in text
    # Errors at n are those of networks trained on fresh rows of the same world.
    fresh = []
    for seed in range(40):
        inputs, labels = rows(target, 24, 100 + seed)
        for who in (lt.LinearTransfer(), lt.FirstLayer(), lt.ProbeThen(lt.FirstLayer())):
            missed = lt.fit(who, inputs, labels, source=(B, V)).weights - target
            fresh.append(missed @ missed + 0.01)
    truth = np.reshape(fresh, (40, 3))
    for name, column in zip(("LinearTransfer", "FirstLayer", "ProbeThen(FirstLayer)"), truth.T, strict=True):
        place = found.learners.index(name)
        error = np.hypot(found.std_err[place], column.std(ddof=1) / np.sqrt(40))
        assert abs(found.error[place] - column.mean()) < 4 * error + 0.1 * column.mean(), name


def test_what_is_trained_is_measured_and_does_not_check_itself():
    found = lt.diagnose(*rows(TARGETS["the head"][0], 60, 2), source=(B, V), n=20, repeats=4)
    both = found.learners.index("FineTune(TwoLayerLinear)")
    assert np.isfinite(found.error[both]) and np.isnan(found.predicted[both]).all()
    assert np.isfinite(found.measured[both]).all()
    far = lt.diagnose(*rows(TARGETS["the head"][0], 60, 2), source=(B, V), n=400, repeats=4)
    assert far.error[both] == pytest.approx(far.error[far.learners.index("Scratch")])


def test_ridges_of_the_first_layer_are_those_of_its_weights():
    inputs, labels = rows(TARGETS["the head"][0], 200, 3)
    layered = lt.diagnose(inputs, labels, (B, 2 * V), n=24, learners=[lt.FirstLayer(ridge=4.0)])
    plain = lt.diagnose(inputs, labels, 2 * V @ B, n=24, learners=[lt.FineTune(ridge=1.0)])
    np.testing.assert_allclose(layered.error, plain.error)
    np.testing.assert_allclose(layered.measured, plain.measured)
    assert layered.ridge == 4 * plain.ridge


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ((B, V, V), "pair"),
        ((B, 0 * V), "head must be non-zero to diagnose"),
        ((B[:, 1:], V), "features"),
        ((np.vstack([B, B[:1]]), np.ones(4)), "full row rank 4"),
    ],
)
def test_sources_that_are_no_networks_are_refused(source, message):
    with pytest.raises(lt.DomainError, match=message):
        lt.diagnose(*rows(TARGETS["the head"][0], 40, 2), source=source)


def test_strategies_that_belong_to_other_sources_are_refused():
    data = rows(TARGETS["the head"][0], 40, 2)
    with pytest.raises(lt.DomainError, match="strategies on two layers"):
        lt.diagnose(*data, source=(B, V), learners=[lt.FineTune()])
    with pytest.raises(lt.DomainError, match="linear models"):
        lt.diagnose(*data, source=V @ B, learners=[lt.FirstLayer()])
