"""Deep fine-tuning under any covariance, and tangent-space training, against end points on drawn sets."""

import math

import jax
import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere, close

from lintransfer.precision import to_fifty_digits
from lintransfer.simulate.deep_linear.layers import draw_sets, excess_risks, min_norm_fits
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.deep_linear.covariance import (
    covariance_retention,
    deep_covariance_risk,
    deep_covariance_transferability,
    tangent_modes,
    tangent_risk,
)
from lintransfer.theory.deep_linear.end_points import deep_end_point, lazy_rank_one_gram, tangent_end_point
from lintransfer.theory.deep_linear.frozen_layers import lazy_rank_one_risk
from lintransfer.theory.deep_linear.risk import deep_fine_tuning_risk
from lintransfer.theory.linear.covariance import ridge_risk

ENERGIES = {"source_energy": 1.0, "cross_energy": 0.8, "target_energy": 2.56}


def world(dim):
    spectrum = 3 * np.linspace(1, 4, dim) ** -1.5
    source, target = np.cos(np.arange(dim)), np.cos(np.arange(dim)) + np.sin(3 + 2 * np.arange(dim))
    source, target = source / np.linalg.norm(source), 2 * target / np.linalg.norm(target)
    modes = {
        "eigenvalues": spectrum, "multiplicities": np.ones(dim), "source": source**2,
        "cross": source * target, "target": target**2,
    }  # fmt: skip
    return spectrum, source, target, modes


@pytest.mark.parametrize("depth", [1, 2, 5, math.inf])
def test_isotropic_modes_give_the_isotropic_formula(depth):
    one = {k.removesuffix("_energy"): np.full(1, v) for k, v in ENERGIES.items()}
    for n in (0, 3, 50, 97, 150):
        found = deep_covariance_risk(n, depth, np.ones(1), np.full(1, 100.0), **one, noise_variance=0.3)
        assert found == pytest.approx(
            float(deep_fine_tuning_risk(n / 100, depth, **ENERGIES, noise_variance=0.3)), rel=1e-11
        )


def test_one_layer_is_linear_fine_tuning_everywhere():
    _, _, _, modes = world(6)
    n = np.arange(13)
    away = modes["source"] - 2 * modes["cross"] + modes["target"]
    wanted = ridge_risk(n, modes["eigenvalues"], modes["multiplicities"], away, 0.3)
    np.testing.assert_allclose(deep_covariance_risk(n, 1, **modes, noise_variance=0.3), wanted, rtol=1e-11)


@pytest.mark.parametrize("depth", [2, 5, math.inf])
def test_error_shrinks_with_dimension(depth):
    rng, errors = np.random.default_rng(0), []
    for dim in (16, 64):
        spectrum, source, target, modes = world(dim)
        design, labels = draw_sets(rng, 1500, dim // 2, target, 0.5, spectrum)
        ends = deep_end_point(design, labels, np.broadcast_to(source, (1500, dim)), depth)
        risks = excess_risks(ends, target, spectrum)
        gains = excess_risks(min_norm_fits(design, labels), target, spectrum) - risks
        error = risks.std() / math.sqrt(1500)
        wanted = deep_covariance_risk(dim // 2, depth, **modes, noise_variance=0.25)
        gain = deep_covariance_transferability(dim // 2, depth, **modes, noise_variance=0.25)
        errors.append(abs(risks.mean() - wanted) / wanted)
        assert errors[-1] < 6 / dim + 4 * error / wanted
        assert abs(gains.mean() - gain) < (8 / dim) * wanted + 4 * gains.std() / math.sqrt(1500)
    assert errors[1] < errors[0] / 2 + 0.02


def test_high_precision_jax_and_limits():
    _, _, _, modes = world(4)
    arguments = {"n": 2, "depth": 3, **modes, "noise_variance": 0.25}
    exact = to_fifty_digits(deep_covariance_risk, arguments)
    assert close(deep_covariance_risk(**arguments), exact)
    assert float(jax.jit(lambda v: deep_covariance_risk(2, 3, **modes, noise_variance=v))(0.25)) == pytest.approx(
        float(exact)
    )
    rho = covariance_retention(np.array([0, 2, 4, 9]), 3, modes["eigenvalues"], modes["multiplicities"],
                               modes["source"], modes["target"], 0.25)  # fmt: skip
    assert rho[0] == 1 and rho[2] == rho[3] == 1 and rho[1] != 1
    assert deep_covariance_risk(4, 3, **modes, noise_variance=0.25) == math.inf
    assert deep_covariance_transferability(4, 3, **modes, noise_variance=0.25) == 0


@pytest.mark.parametrize(("gamma", "depth"), [(0.4, 3), (0.0, 3), (1.6, 3)])
def test_lazy_risk_in_every_arithmetic(gamma, depth):
    assert_same_everywhere(lazy_rank_one_risk, gamma=gamma, depth=depth, **ENERGIES, noise_variance=0.3)


def test_lazy_risk_limits_and_gradient():
    assert lazy_rank_one_risk(0.4, 1, **ENERGIES, noise_variance=0.3) == pytest.approx(
        float(deep_fine_tuning_risk(0.4, 1, **ENERGIES, noise_variance=0.3))
    )
    assert lazy_rank_one_risk(0.0, math.inf, **ENERGIES) == pytest.approx(1.96)
    assert lazy_rank_one_risk(0.4, math.inf, **ENERGIES) == pytest.approx(0.6 * (2.56 - 0.64))
    assert math.isnan(lazy_rank_one_risk(0.4, 2, 0.0, 0.0, 1.0))
    assert lazy_rank_one_risk(1.0, 2, **ENERGIES, noise_variance=0.3) == math.inf
    wrt = ("gamma", "depth", "source_energy", "noise_variance")
    assert_gradient(lazy_rank_one_risk, wrt, gamma=0.4, depth=3.0, **ENERGIES, noise_variance=0.3)


def test_tangent_risk_is_that_of_tangent_end_points():
    rng, dim = np.random.default_rng(1), 40
    source, target = teacher_pair(dim, 0.5, 1.0, 1.6)
    spectrum = np.linspace(0.5, 2, dim)
    design, labels = draw_sets(rng, 1500, dim // 2, target, 0.3, spectrum)
    first = rng.standard_normal((dim, dim + 5)) / math.sqrt(dim)
    for gram in (lazy_rank_one_gram(source, 5), first @ first.T):
        risks = excess_risks(tangent_end_point(design, labels, source, gram), target, spectrum)
        wanted = tangent_risk(dim // 2, gram, np.diag(spectrum), target - source, 0.09)
        assert abs(risks.mean() - wanted) < 4 * risks.std() / math.sqrt(1500) + 3 / dim * wanted


def test_a_spike_alone_is_the_closed_form():
    source, target = teacher_pair(300, 0.5, 1.0, 1.6)
    found = tangent_risk(120, lazy_rank_one_gram(source, 5), np.eye(300), target - source, 0.09)
    assert found == pytest.approx(float(lazy_rank_one_risk(0.4, 5, **ENERGIES, noise_variance=0.09)), rel=5 / 300)


def test_a_singular_gram_leaves_something_unexplained():
    modes = tangent_modes(np.diag([4.0, 0.0]), np.eye(2), np.array([2.0, 1.0]))
    assert float(modes.unexplained) == pytest.approx(1.0)
    assert sorted(modes.multiplicity.tolist()) == [0.0, 1.0]
