"""Risk of deep fine-tuning: every arithmetic, every regime, and the published sign refuted by training."""

import math

import jax
import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere, close

from lintransfer.precision import to_fifty_digits
from lintransfer.simulate.deep_linear.layers import deep_gain_samples, deep_risk_samples
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.deep_linear.finite_source import (
    finite_source_deep_risk,
    finite_source_deep_transferability,
    fitted_source,
)
from lintransfer.theory.deep_linear.phases import published_transferability
from lintransfer.theory.deep_linear.risk import (
    closed_retention,
    deep_fine_tuning_risk,
    deep_fine_tuning_risk_closure,
    deep_transferability,
    deep_transferability_closure,
    limit_retention,
    retained_gain,
    retained_risk,
)
from lintransfer.theory.linear.isotropic import fine_tuning_transferability, min_norm_risk

ENERGIES = {"source_energy": 0.9, "cross_energy": 0.7, "target_energy": 2.3}


def energies(s, t, c):
    return {"source_energy": s * s, "cross_energy": s * t * c, "target_energy": t * t}


@pytest.mark.parametrize(("gamma", "depth"), [(0.3, 1), (0.6, 3.5), (1.4, 2)])
def test_every_arithmetic(gamma, depth):
    for formula in (deep_fine_tuning_risk, deep_transferability):
        assert_same_everywhere(formula, gamma=gamma, depth=depth, **ENERGIES, noise_variance=0.3)


@pytest.mark.parametrize(("n", "dim", "depth"), [(0, 9, 3), (15, 9, 2), (5 * 10**8, 10**9, 3.5)])
def test_closures_in_every_arithmetic(n, dim, depth):
    for formula in (deep_fine_tuning_risk_closure, deep_transferability_closure):
        assert_same_everywhere(formula, n=n, dim=dim, depth=depth, **ENERGIES, noise_variance=0.3)


def test_finite_source_in_every_arithmetic():
    for formula in (finite_source_deep_transferability, finite_source_deep_risk):
        assert_same_everywhere(
            formula, gamma=0.4, gamma_source=0.7, depth=3, **ENERGIES, noise_variance=0.3, source_noise_variance=0.2
        )
    assert_same_everywhere(
        lambda **a: fitted_source(**a)[0],
        gamma_source=1.7,
        source_energy=0.9,
        cross_energy=0.7,
        source_noise_variance=0.2,
    )
    assert_same_everywhere(retained_risk, retention=1.3, null_fraction=0.4, **ENERGIES, variance=0.2)
    assert_same_everywhere(retained_gain, retention=1.3, null_fraction=0.4, source_energy=0.9, cross_energy=0.7)


def test_eleven_digits_over_the_whole_domain():
    rng = np.random.default_rng(0)
    for _ in range(100):
        s, t = 10 ** rng.uniform(-4, 4, 2)
        arguments = {
            "gamma": float(10 ** rng.uniform(-12, 0.5)),
            "depth": float(1 + 10 ** rng.uniform(-3, 6)),
            **{k: float(v) for k, v in energies(s, t, -abs(rng.uniform(0, 1))).items()},
            "noise_variance": float(10 ** rng.uniform(-6, 4)),
        }
        value, exact = deep_fine_tuning_risk(**arguments), to_fifty_digits(deep_fine_tuning_risk, arguments)
        assert close(value, exact), arguments


def test_edges_are_infinite_nan_or_finite_as_documented():
    assert deep_fine_tuning_risk(1.0, 3, **ENERGIES, noise_variance=0.1) == math.inf
    assert deep_fine_tuning_risk(1.0, 3, **ENERGIES) == 0
    for n in (8, 9, 10):
        assert deep_fine_tuning_risk_closure(n, 9, 3, **ENERGIES, noise_variance=0.1) == math.inf
    assert deep_fine_tuning_risk_closure(9, 9, 3, **ENERGIES) == 0
    assert deep_fine_tuning_risk_closure(8, 9, 3, **ENERGIES) > 0
    assert math.isnan(deep_transferability_closure(8, 9, 3, **ENERGIES, noise_variance=0.1))
    assert deep_transferability_closure(9, 9, 3, **ENERGIES, noise_variance=0.1) == 0
    assert math.isnan(limit_retention(1.2, 3, 0.9, 2.3)) and math.isnan(closed_retention(9, 9, 3, 0.9, 2.3))
    # One dimension cannot pass the saddle w = 0.
    assert math.isnan(deep_fine_tuning_risk_closure(4, 1, 3, 1.0, -1.0, 1.0))
    assert deep_fine_tuning_risk_closure(4, 1, 3, 1.0, 1.0, 1.0) == 0
    assert deep_fine_tuning_risk_closure(4, 1, 1, 1.0, -1.0, 1.0, 0.5) == min_norm_risk(4, 1, 4.0, 0.5)


def test_a_vanishing_source_is_scratch_unless_infinitely_deep():
    for s in (0.0, 1e-80):
        found = deep_fine_tuning_risk(0.4, 3, s, 0.0, 2.3, 0.2)
        assert found == pytest.approx(0.6 * 2.3 + 0.2 * 0.4 / 0.6, rel=1e-13)
    assert math.isnan(deep_fine_tuning_risk(0.4, math.inf, 0.0, 0.0, 2.3, 0.2))


@pytest.mark.parametrize("n", [0, 3, 7, 8, 9, 10, 14])
def test_one_layer_is_the_exact_linear_theory(n):
    away = ENERGIES["source_energy"] - 2 * ENERGIES["cross_energy"] + ENERGIES["target_energy"]
    found = deep_fine_tuning_risk_closure(n, 9, 1, **ENERGIES, noise_variance=0.3)
    assert found == pytest.approx(float(min_norm_risk(n, 9, away, 0.3)), rel=1e-13)
    gain = deep_transferability_closure(n, 9, 1, **ENERGIES, noise_variance=0.3)
    assert gain == pytest.approx(float(fine_tuning_transferability(n, 9, 0.9, 0.7)), rel=1e-13)


def test_noise_raises_retention():
    quiet, loud = (limit_retention(0.5, 3, 1.0, 1.0, v) for v in (0.0, 0.5))
    assert quiet == pytest.approx(1, rel=1e-14) and loud > 1
    assert limit_retention(0.5, 1, 1.0, 1.0, 0.5) == 1


@pytest.mark.parametrize(("s", "t", "c", "published"), [(1.0, 2.0, 0.3, 0.1), (2.0, 1.0, 0.9, -0.2)])
def test_training_refutes_the_published_sign(s, t, c, published):
    """Two layers, noiseless, γ = ½: transferability has the sign that ρ gives it, not the published one."""
    point = energies(s, t, c)
    assert published_transferability(0.5, point["source_energy"], point["cross_energy"]) == pytest.approx(published)
    source, target = teacher_pair(24, c, s, t)
    rng = np.random.default_rng(1)
    gains = deep_gain_samples(rng, 1500, n=12, depth=2, source=source, target=target, width=2)
    error = gains.std() / math.sqrt(len(gains))
    true = deep_transferability(0.5, 2, **point)
    assert np.sign(true) == -np.sign(published)
    assert abs(gains.mean() - published) > 8 * error
    assert abs(gains.mean() - true) < 4 * error + 0.04


def test_the_identical_task_can_be_harmful():
    """θ_S = θ_T, five layers, σ = 3, γ = ½: a perfectly known target is worse than no source at all."""
    _, target = teacher_pair(16, 1.0)
    rng = np.random.default_rng(2)
    gains = deep_gain_samples(rng, 1500, n=8, depth=5, source=target, target=target, noise_std=3.0, method="reduced")
    assert gains.mean() < -4 * gains.std() / math.sqrt(len(gains))
    assert deep_transferability(0.5, 5, 1.0, 1.0, 1.0, 9.0) < 0 < deep_transferability(0.5, 1, 1.0, 1.0, 1.0, 9.0)


def test_the_first_samples_can_be_harmful():
    """τ = 2, c = ¼: five layers lose from four noiseless samples, two layers win."""
    source, target = teacher_pair(100, 0.25, 1.0, 2.0)
    start = 1 - 2 * 0.5 + 4
    for depth, sign in ((5, 1), (2, -1)):
        risks = deep_risk_samples(
            np.random.default_rng(3), 600, n=4, depth=depth, source=source, target=target, method="reduced"
        )
        error = risks.std() / math.sqrt(len(risks))
        assert sign * (risks.mean() - start) > 4 * error
        assert sign * (deep_fine_tuning_risk(0.04, depth, 1.0, 0.5, 4.0) - start) > 0


def test_fitted_sources():
    assert fitted_source(1.0, 0.9, 0.7, 0.2)[0] == math.inf
    assert fitted_source(1.0, 0.9, 0.7) == (0.9, 0.7)
    assert finite_source_deep_transferability(0.4, 1.0, 3, **ENERGIES, source_noise_variance=0.2) == -math.inf
    assert finite_source_deep_transferability(1.4, 1.0, 3, **ENERGIES, source_noise_variance=0.2) == 0
    blind = finite_source_deep_transferability(
        0.4, 1.0, math.inf, **ENERGIES, noise_variance=0.1, source_noise_variance=0.2
    )
    near = finite_source_deep_transferability(
        0.4, 1 + 1e-12, math.inf, **ENERGIES, noise_variance=0.1, source_noise_variance=0.2
    )
    assert blind == pytest.approx(near, rel=1e-5)


def test_gradients():
    wrt = ("gamma", "depth", "source_energy", "cross_energy", "target_energy", "noise_variance")
    assert_gradient(deep_fine_tuning_risk, wrt, gamma=0.4, depth=3.0, **ENERGIES, noise_variance=0.3)
    assert_gradient(deep_transferability, wrt, gamma=0.4, depth=3.0, **ENERGIES, noise_variance=0.3)
    # At γ = 0, where B vanishes, the slope is that of the first samples.
    slope = jax.grad(lambda gamma: deep_fine_tuning_risk(gamma, 5.0, 1.0, 0.5, 4.0))(0.0)
    assert float(slope) == pytest.approx(2.0, rel=1e-10)
