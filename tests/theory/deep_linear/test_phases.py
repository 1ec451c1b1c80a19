"""Depth phases: every corollary against a search over the risk itself."""

import math

import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere

from lintransfer.theory.deep_linear import few_shots, phases
from lintransfer.theory.deep_linear.risk import deep_fine_tuning_risk, deep_transferability

FAR = {"source_energy": 1.0, "cross_energy": 1.8, "target_energy": 4.0}
RNG = np.random.default_rng(0)
WORLDS = []
for _ in range(60):
    s2, t2 = RNG.uniform(0.2, 3), RNG.uniform(0.2, 6)
    cross = RNG.uniform(-1, 1) * math.sqrt(s2 * t2)
    WORLDS.append((RNG.uniform(0.02, 0.98), s2, cross, t2, RNG.choice([0.0, 0.0, 0.3, 2.0])))
DEPTHS = np.concatenate([1 / np.linspace(1, 1e-3, 1500), [np.inf]])


def test_every_arithmetic():
    assert_same_everywhere(phases.published_transferability, gamma=0.4, source_energy=1.0, cross_energy=0.6)
    assert_same_everywhere(phases.published_error, gamma=0.4, depth=3, **FAR, noise_variance=0.2)
    assert_same_everywhere(
        phases.critical_overlap, gamma=0.4, depth=3, source_energy=1.0, target_energy=4.0, noise_variance=0.2
    )
    assert_same_everywhere(phases.optimal_depth, gamma=0.4, **FAR, noise_variance=0.2)
    assert_same_everywhere(phases.infinite_depth_gain, **FAR)
    assert_same_everywhere(few_shots.risk_slope_at_zero, depth=3, **FAR, noise_variance=0.2)
    assert_same_everywhere(few_shots.harmful_depth, source_energy=1.0, cross_energy=0.5, target_energy=4.0)
    assert_same_everywhere(few_shots.few_shot_jump, **FAR, noise_variance=0.2)
    assert_same_everywhere(few_shots.identical_task_boundary, depth=3, target_energy=2.0, noise_variance=0.3)
    assert_same_everywhere(phases.gamma_of_norm, norm_ratio=1.5, depth=3, source_energy=1.0, target_energy=4.0)
    assert_same_everywhere(phases.risk_of_norm, norm_ratio=1.5, depth=3, **FAR)


def test_gradients():
    wrt = ("gamma", "source_energy", "cross_energy", "target_energy", "noise_variance")
    assert_gradient(phases.optimal_depth, wrt, gamma=0.4, **FAR, noise_variance=0.2)
    assert_gradient(
        few_shots.identical_task_boundary, ("depth", "noise_variance"), depth=3.0, target_energy=2.0, noise_variance=0.3
    )


@pytest.mark.parametrize(("gamma", "s2", "cross", "t2", "noise"), WORLDS)
def test_no_depth_beats_the_optimal_one(gamma, s2, cross, t2, noise):
    risks = deep_fine_tuning_risk(gamma, DEPTHS, s2, cross, t2, noise)
    best = phases.optimal_depth(gamma, s2, cross, t2, noise)
    assert deep_fine_tuning_risk(gamma, best, s2, cross, t2, noise) <= risks.min() + 1e-12
    whole = np.concatenate([np.arange(1.0, 500), [np.inf]])
    chosen = phases.best_whole_depth(gamma, s2, cross, t2, noise)
    assert chosen == np.inf or chosen == int(chosen)
    value = deep_fine_tuning_risk(gamma, chosen, s2, cross, t2, noise)
    assert value <= deep_fine_tuning_risk(gamma, whole, s2, cross, t2, noise).min() + 1e-12


def test_the_identical_task_is_never_too_deep_without_noise():
    assert phases.optimal_depth(0.5, 1.0, 2.0, 4.0) == math.inf  # c = 1
    assert math.isnan(phases.optimal_depth(1.2, **FAR)) and math.isnan(phases.optimal_depth(0.0, **FAR))


@pytest.mark.parametrize("depth", [1, 1.5, 2, 3, 7, math.inf])
@pytest.mark.parametrize("beta", [0.0, 0.3, 2.0, 5.0])
def test_where_the_identical_task_loses(depth, beta):
    gamma = np.linspace(1e-6, 1 - 1e-6, 4001)
    loses = deep_transferability(gamma, depth, 2.0, 2.0, 2.0, 2 * beta) < 0
    predicted = 1 - gamma < few_shots.identical_task_boundary(depth, 2.0, 2 * beta)
    assert np.sum(loses != predicted) <= 1


def test_the_published_form_is_right_exactly_where_it_says():
    for depth in (2, 5, math.inf):
        for gamma in (0.2, 0.7):
            assert phases.published_error(gamma, depth, 2.0, 0.4, 2.0) == pytest.approx(0, abs=1e-14)  # s = t
            matched = 1.0 + 0.3 / (1 - gamma)  # s² = t² + σ²/(1−γ)
            assert phases.published_error(gamma, depth, matched, 0.4, 1.0, 0.3) == pytest.approx(0, abs=1e-14)
            assert phases.published_error(gamma, depth, 1.0, 0.4, 2.0) != 0
    # by accident: ρ = 2τc − 1
    from lintransfer.theory.deep_linear.risk import limit_retention

    rho = limit_retention(0.5, 2, 1.0, 4.0)
    assert phases.published_error(0.5, 2, 1.0, (rho + 1) / 2, 4.0) == pytest.approx(0, abs=1e-14)


def test_transfer_starts_at_the_critical_overlap():
    for gamma, s2, _, t2, noise in WORLDS[:20]:
        critical = phases.critical_overlap(gamma, 3, s2, t2, noise)
        gains = [
            deep_transferability(gamma, 3, s2, math.sqrt(s2 * t2) * c, t2, noise)
            for c in (critical - 1e-6, critical + 1e-6)
        ]
        assert gains[0] < 0 < gains[1]
    assert math.isnan(phases.critical_overlap(0.5, 3, 1.0, 0.0))


def test_slopes_jumps_and_curves():
    for gamma, s2, cross, t2, noise in WORLDS[:20]:
        for depth in (1, 2.5, 6):
            ends = [deep_fine_tuning_risk(g, depth, s2, cross, t2, noise) for g in (0.0, 1e-8, 2e-8)]
            slope = (4 * ends[1] - ends[2] - 3 * ends[0]) / 2e-8
            assert slope == pytest.approx(few_shots.risk_slope_at_zero(depth, s2, cross, t2, noise), rel=1e-5, abs=1e-5)
            norm = math.sqrt(1 + gamma * (t2 / s2 - 1))  # between 1 and τ
            share = phases.gamma_of_norm(norm, depth, s2, t2)
            assert 0 < share < 1
            risk = phases.risk_of_norm(norm, depth, s2, cross, t2)
            assert risk == pytest.approx(float(deep_fine_tuning_risk(share, depth, s2, cross, t2)), rel=1e-9)
        jump = deep_fine_tuning_risk(1e-14, math.inf, s2, cross, t2, noise)
        assert few_shots.few_shot_jump(s2, cross, t2, noise) == pytest.approx(float(jump), rel=1e-10)
        gap = deep_fine_tuning_risk(gamma, 1, s2, cross, t2) - deep_fine_tuning_risk(gamma, math.inf, s2, cross, t2)
        assert phases.infinite_depth_gain(s2, cross, t2) * (1 - gamma) * s2 == pytest.approx(float(gap), abs=1e-12)


def test_harmful_depth_is_the_sign_of_the_first_slope():
    for _, s2, cross, t2, _ in WORLDS:
        edge = few_shots.harmful_depth(s2, cross, t2)
        for depth in (1, 1.7, 4, 30, 1e4):
            assert (few_shots.risk_slope_at_zero(depth, s2, cross, t2) > 0) == (depth > edge)
