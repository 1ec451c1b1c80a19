"""Training two-layer linear networks: all routes agree, and what is refused says why."""

import math

import numpy as np
import pytest

import lintransfer as lt
from lintransfer.errors import DomainError
from lintransfer.simulate.teachers import two_layer_numbers, two_layer_teachers
from lintransfer.simulate.two_layer_linear.flow import probe_then, train
from lintransfer.simulate.two_layer_linear.question import simulate_gains, simulate_risks
from lintransfer.simulate.two_layer_linear.risks import paired_strategy_risks
from lintransfer.simulate.two_layer_linear.single import train_every_weight, train_one
from lintransfer.strategies import label_of


def task(seed, n, dim, k):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, dim)), rng.standard_normal(n), rng.standard_normal((k, dim)), rng.standard_normal(k)


def assert_same(a, b, atol):
    np.testing.assert_allclose(a.features, b.features, atol=atol)
    np.testing.assert_allclose(a.head, b.head, atol=atol)


@pytest.mark.parametrize("time", [0.6, math.inf])
@pytest.mark.parametrize("trained", ["both", "first", "second", "none"])
@pytest.mark.parametrize(("n", "dim", "k"), [(3, 7, 2), (8, 5, 3), (1, 4, 1)])
def test_the_reduced_flow_is_that_of_every_weight(n, dim, k, trained, time):
    data = task(n, n, dim, k)
    every = train_every_weight(*data, trained=trained, time=time)
    assert_same(train_one(*data, trained=trained, time=time), every, 1e-9)
    X, y, features, head = data
    batch = train(np.stack([X, X]), np.stack([y, y]), features, head, trained=trained, time=time, rtol=1e-9)
    assert_same(type(batch)(*(a[1] for a in batch)), every, 1e-6)


def test_a_batch_gives_each_network_its_own_start_and_time():
    X, y, features, head = task(0, 4, 6, 2)
    heads = np.stack([head, 3 * head])
    batch = train(np.stack([X, X]), np.stack([y, y]), features, heads, trained="first", time=0.4)
    for i, own in enumerate(heads):
        one = train_one(X, y, features, own, trained="first", time=0.4)
        np.testing.assert_allclose(batch.features[i], one.features, atol=1e-12)


def test_probing_comes_first():
    X, y, features, head = task(1, 5, 8, 2)
    probed = train_one(X, y, features, head, trained="second", time=0.9)
    twice = train_one(X, y, features, head, probe_time=0.9)
    assert_same(twice, train_one(X, y, features, probed.head), 1e-10)
    batch = probe_then(X[None], y[None], features, head, probe_time=0.9, rtol=1e-9)
    np.testing.assert_allclose(batch.weights[0], twice.weights, atol=1e-6)


def test_what_x_does_not_see_of_the_features_stays():
    X, y, features, head = task(2, 3, 9, 2)
    end = train_one(X, y, features, head)
    off = np.eye(9) - np.linalg.pinv(X) @ X
    np.testing.assert_allclose(end.features @ off, features @ off, atol=1e-12)
    np.testing.assert_allclose(X @ end.weights, y, atol=1e-10)


def test_square_designs_and_designs_without_full_rank():
    X, y, features, head = task(3, 6, 6, 2)
    turned = X + 4 * np.eye(6)
    assert_same(train_one(turned, y, features, head), train_every_weight(turned, y, features, head), 1e-8)
    for design in (X, np.vstack([X[:5], X[4:5]])):  # close to singular, and singular
        end = train_one(design, y, features, head)
        np.testing.assert_allclose(design.T @ (design @ end.weights - y), 0, atol=1e-9)
        rows = np.linalg.pinv(design) @ design
        kept = np.outer(end.head, end.head) - end.features @ rows @ end.features.T
        np.testing.assert_allclose(kept, np.outer(head, head) - features @ rows @ features.T, atol=1e-8)


def test_a_start_at_a_saddle_is_said_to_be_one():
    X, y, features, head = task(4, 3, 6, 2)
    with pytest.raises(DomainError, match="saddle"):
        train_one(X, y, 0 * features, 0 * head)
    off = np.eye(6) - np.linalg.pinv(X) @ X
    with pytest.raises(DomainError, match="saddle"):
        train_one(X, y, features @ off, 0 * head)
    with pytest.raises(DomainError, match="gradient through a zero head"):
        train_one(X, y, features, 0 * head, trained="first")
    stalled = train(X[None], y[None], 0 * features, 0 * head)
    assert stalled.stalled.all() and not stalled.weights.any()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"y": np.ones(4)}, "one label for each of the 3 rows"),
        ({"features": np.ones((2, 5))}, "one column per input"),
        ({"features": np.ones((2, 6))}, "full row rank 2"),
        ({"features": np.eye(7, 6), "head": np.ones(7)}, "at most d = 6 rows, got 7"),
        ({"head": np.ones(3)}, "head must be of length 2"),
        ({"head": np.array([1.0, np.nan])}, "finite"),
        ({"probe_time": -1.0}, "probe_time must be a number ≥ 0"),
        ({"time": math.nan}, "time must be a number ≥ 0"),
        ({"trained": "third"}, '"both", "first", "second" or "none"'),
    ],
)
def test_what_does_not_fit_is_refused(change, words):
    X, y, features, head = task(5, 3, 6, 2)
    with pytest.raises(DomainError, match=words):
        train_one(**({"X": X, "y": y, "features": features, "head": head} | change))


BOTH = lt.FineTune(lt.TwoLayerLinear())
STRATEGIES = {  # a learner, and how the end-to-end simulator says the same
    lt.Scratch(): {"trained": "scratch"},
    BOTH: {},
    lt.FineTune(lt.TwoLayerLinear(), head="zero"): {"head": "zero"},
    lt.FineTune(lt.TwoLayerLinear(), time=0.4): {"time": 0.4},
    lt.FirstLayer(): {"trained": "first"},
    lt.FirstLayer(time=0.4): {"trained": "first", "time": 0.4},
    lt.LinearTransfer(head="source"): {"trained": "second"},
    lt.LinearTransfer(): {"trained": "second", "head": "zero"},
    lt.ProbeThen(BOTH): {"head": "zero", "probe_time": math.inf},
    lt.ProbeThen(BOTH, time=0.3): {"head": "zero", "probe_time": 0.3},
    lt.ProbeThen(lt.FirstLayer(), time=0.3): {"head": "zero", "probe_time": 0.3, "trained": "first"},
}


@pytest.mark.parametrize("n", [0, 8, 20])
def test_simulated_risks_are_those_of_whole_matrices(n):
    """Designs in all their coordinates, other draws: nothing of what the front door reduces is used."""
    p = lt.TransferProblem.two_layer(14, 3, 0.3, mix=0.4, head_norm=1.3, noise_std=0.3)
    world = two_layer_teachers(*two_layer_numbers(p))._asdict()
    whole = paired_strategy_risks(np.random.default_rng(7), 300, list(STRATEGIES.values()), n=n, noise_std=0.3, **world)
    for learner, risks in zip(STRATEGIES, whole, strict=True):
        (mean,), (error,) = simulate_risks([p], [learner], n, 0, 300)
        spread = math.hypot(error, risks.std() / math.sqrt(300))
        assert abs(mean - risks.mean()) < 4.5 * spread + 1e-12, label_of(learner)


def test_cells_share_their_designs():
    worlds = [lt.TransferProblem.two_layer(12, 3, c, noise_std=0.2) for c in (0.2, 0.6)]
    together = simulate_risks(worlds, [BOTH, BOTH], 6, 3, 9)
    for place, world in enumerate(worlds):
        alone = simulate_risks([world], [BOTH], 6, 3, 9)
        np.testing.assert_allclose([part[place] for part in together], np.ravel(alone), rtol=1e-10)
    gain, error = simulate_gains(worlds, [(BOTH, BOTH)] * 2, 6, 3, 9)
    assert not gain.any() and not error.any()
    np.testing.assert_allclose(simulate_risks(worlds, [BOTH, lt.Scratch()], 0, 3, 9)[0], [1.6, 1.0])
