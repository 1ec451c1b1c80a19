"""Simulated risks of learners, against plain trainings of the same world; |z| < 4.5 (7e-6 per comparison)."""

import math
from dataclasses import replace

import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.problems import TransferProblem
from lintransfer.simulate.end_to_end import paired_risk_samples, risk_samples
from lintransfer.simulate.linear.question import simulate_risk, simulate_transferability
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.spectra import Modes, two_level
from lintransfer.strategies import FineTune, LinearTransfer, Scratch

DIM, COUNT = 8, 4_000
SOURCE, TARGET = teacher_pair(DIM, 0.6, source_norm=1.3)
SPECTRUM = two_level(DIM, 3, 2.0, 0.4)
FEATURES = np.random.default_rng(9).standard_normal((DIM, 2))
teachers = TransferProblem.from_teachers

PROBLEMS = {
    "isotropic": (TransferProblem.isotropic(DIM, 0.6, 0.5, source_norm=1.3), {}),
    "isotropic, finite source": (
        TransferProblem.isotropic(DIM, 0.6, 0.5, source_norm=1.3, n_source=12, source_noise_std=0.4),
        {"n_source": 12, "source_noise_std": 0.4},
    ),
    "scaled isotropic, finite source": (
        teachers(SOURCE, TARGET, np.full(DIM, 3.0), 0.5, n_source=12, source_noise_std=0.4),
        {"covariance": np.full(DIM, 3.0), "n_source": 12, "source_noise_std": 0.4},
    ),
    "two levels": (teachers(SOURCE, TARGET, SPECTRUM, 0.5), {"covariance": SPECTRUM}),
    "shift": (
        teachers(SOURCE, TARGET, SPECTRUM, 0.5, test_covariance=SPECTRUM[::-1]),
        {"covariance": SPECTRUM, "test_covariance": SPECTRUM[::-1]},
    ),
    "two levels, finite source": (
        teachers(SOURCE, TARGET, SPECTRUM, 0.5, n_source=12, source_noise_std=0.4, source_covariance=SPECTRUM[::-1]),
        {"covariance": SPECTRUM, "n_source": 12, "source_noise_std": 0.4, "source_covariance": SPECTRUM[::-1]},
    ),
}
LEARNERS = (
    Scratch(),
    Scratch(ridge=0.5),
    Scratch(time=1.0),
    FineTune(),
    FineTune(ridge=0.5),
    FineTune(time=1.0),
    LinearTransfer(),
    LinearTransfer(ridge=0.5),
)


def override(learner):
    if isinstance(learner, LinearTransfer):
        return {"features": "source", "ridge": learner.ridge}
    initial = "source" if isinstance(learner, FineTune) else None
    return {"initial": initial, "ridge": learner.ridge, "time": learner.time}


def trained(world, learners, n, target=TARGET):
    kw = {"noise_std": 0.5, "source": SOURCE, **world}
    overrides = [override(who) for who in learners]
    return paired_risk_samples(np.random.default_rng(1), COUNT, overrides, n=n, target=target, **kw)


def agrees(mean, std_err, samples):
    error = math.hypot(std_err, samples.std(ddof=1) / math.sqrt(len(samples)))
    return abs(mean - samples.mean()) < 4.5 * error


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("n", [4, 14])
def test_every_learner_has_the_mean_of_plain_training(name, n):
    problem, world = PROBLEMS[name]
    risks = trained(world, LEARNERS, n)
    for learner, samples in zip(LEARNERS, risks, strict=True):
        mean, std_err = simulate_risk(problem, learner, n, key=2, replicates=COUNT // 2)
        assert mean.shape == std_err.shape == ()
        assert agrees(mean, std_err, samples), learner


@pytest.mark.parametrize("name", PROBLEMS)
def test_transferabilities_are_differences_of_plain_trainings(name):
    problem, world = PROBLEMS[name]
    learners = (FineTune(), FineTune(ridge=0.5), LinearTransfer(), FineTune(time=1.0))
    risks = trained(world, (Scratch(), *learners), 4)
    for learner, samples in zip(learners, risks[1:], strict=True):
        mean, std_err = simulate_transferability(problem, (Scratch(), learner), 4, key=2, replicates=COUNT // 2)
        assert agrees(mean, std_err, risks[0] - samples), learner


def test_a_paired_comparison_is_sharper_than_two_separate_ones():
    problem = PROBLEMS["isotropic"][0]
    _, paired = simulate_transferability(problem, (Scratch(), FineTune()), 7, replicates=2_000)
    apart = [simulate_risk(problem, who, 7, replicates=2_000)[1] for who in (Scratch(), FineTune())]
    assert paired < math.hypot(*apart) / 2


def test_a_learner_compared_with_itself_is_exactly_equal():
    for name in ("isotropic", "two levels", "isotropic, finite source"):
        for learner in (Scratch(), FineTune(), FineTune(ridge=0.5)):
            mean, std_err = simulate_transferability(PROBLEMS[name][0], (learner, learner), [3, 12], replicates=20)
            np.testing.assert_allclose(mean, 0, atol=1e-12)
            np.testing.assert_allclose(std_err, 0, atol=1e-12)


def test_problems_without_vectors_are_given_some():
    known = teachers(SOURCE, TARGET, SPECTRUM, 0.5)
    bare = replace(known, vectors=None)
    samples = risk_samples(
        np.random.default_rng(1), COUNT, n=4, target=TARGET, initial=SOURCE, covariance=SPECTRUM, noise_std=0.5
    )
    assert agrees(*simulate_risk(bare, FineTune(), 4, replicates=COUNT), samples)


def test_outputs_and_feature_maps():
    targets = np.stack([TARGET, SOURCE], axis=1)
    sources = np.stack([SOURCE, TARGET[::-1]], axis=1)
    problem = teachers(sources, targets, noise_std=0.5, features=FEATURES)
    kw = dict(target=targets, noise_std=0.5)
    rng = np.random.default_rng(1)
    for learner, override in (
        (Scratch(), {}),
        (FineTune(ridge=0.3), {"initial": sources, "ridge": 0.3}),
        (LinearTransfer(), {"features": FEATURES}),
    ):
        samples = risk_samples(rng, COUNT, n=12, **kw, **override)
        assert agrees(*simulate_risk(problem, learner, 12, replicates=COUNT), samples), learner


def test_subspaces_without_vectors():
    cosines = [0.9, 0.5]
    problem = TransferProblem.from_subspaces(DIM, cosines, n_features=3, outputs=2, noise_std=0.5)
    features = np.eye(DIM)[:, :3]
    targets = np.zeros((DIM, 2))
    targets[0, 0], targets[3, 0] = 0.9, math.sqrt(1 - 0.81)
    targets[1, 1], targets[4, 1] = 0.5, math.sqrt(1 - 0.25)
    for n, learner, override in (
        (12, LinearTransfer(), {"features": features}),
        (2, LinearTransfer(ridge=0.4), {"features": features, "ridge": 0.4}),
        (4, Scratch(), {}),
    ):
        samples = risk_samples(np.random.default_rng(1), COUNT, n=n, target=targets, noise_std=0.5, **override)
        assert agrees(*simulate_risk(problem, learner, n, replicates=COUNT), samples), learner
    assert np.isnan(simulate_risk(problem, FineTune(), 4, replicates=5)[0])


def test_shapes_ends_and_size():
    problem = TransferProblem.isotropic(10**9, 0.5, 0.1)
    mean, std_err = simulate_risk(problem, FineTune(), [[0, 10], [10**8, 5 * 10**8]], replicates=50)
    assert mean.shape == std_err.shape == (2, 2)
    np.testing.assert_allclose(mean[0], 1.0, rtol=1e-6)
    np.testing.assert_allclose(mean[1], [0.9 + 0.01 / 9, 0.51], rtol=1e-3)
    assert std_err[0, 0] == 0
    ridge = simulate_risk(problem, Scratch(ridge=1e9), [0, 20], replicates=5)[0]
    np.testing.assert_allclose(ridge, 1.0, rtol=1e-6)


def test_a_source_of_zeros_and_inputs_of_zero_variance():
    silent = teachers(np.zeros(DIM), TARGET, noise_std=0.5)
    np.testing.assert_allclose(simulate_risk(silent, LinearTransfer(), [0, 5], replicates=3)[0], TARGET @ TARGET)
    dead = teachers(SOURCE, TARGET, covariance=np.zeros(DIM), noise_std=0.5)
    for learner in (Scratch(), FineTune(ridge=0.1), LinearTransfer()):
        np.testing.assert_allclose(simulate_risk(dead, learner, 5, replicates=3)[0], 0)


def test_a_result_depends_on_key_and_size_only():
    problem = PROBLEMS["two levels"][0]
    for learner in (Scratch(), LinearTransfer()):
        many = simulate_risk(problem, learner, [3, 5, 14], key=4, replicates=30)[0]
        assert many[1] == simulate_risk(problem, learner, 5, key=4, replicates=30)[0]
        assert many[1] != simulate_risk(problem, learner, 5, key=5, replicates=30)[0]


def test_what_cannot_be_simulated_is_refused():
    with pytest.raises(DomainError, match="ridge must be a number"):
        simulate_risk(PROBLEMS["isotropic"][0], Scratch(ridge="optimal"), 5)
    with pytest.raises(DomainError, match="learner must be"):
        simulate_risk(PROBLEMS["isotropic"][0], "scratch", 5)
    with pytest.raises(DomainError, match="learner must be"):
        simulate_transferability(PROBLEMS["isotropic"][0], (Scratch(), None), 5)
    halves = np.full(2, 10.0**8)
    giant = TransferProblem(2 * 10**8, Modes(np.array([2.0, 1.0]), halves, *np.ones((3, 2))))
    with pytest.raises(DomainError, match="dim must be at most"):
        simulate_risk(giant, Scratch(), 5)
