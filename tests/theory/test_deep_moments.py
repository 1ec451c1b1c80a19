"""Exact finite-size law and moments: quadrature, scalars and training agree."""

import math

import jax
import numpy as np
import pytest
import scipy.stats
from every_arithmetic import assert_same_everywhere

from lintransfer.errors import DomainError
from lintransfer.simulate.deep_law import draw_scalars
from lintransfer.simulate.deep_linear import deep_risk_samples
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.deep_moments import (
    SeenBlock,
    beta_rule,
    deep_risk_moments,
    quadrature_error,
    risk_from_scalars,
    seen_block,
)
from lintransfer.theory.deep_risk import deep_fine_tuning_risk
from lintransfer.theory.isotropic import fine_tuning_transferability, min_norm_risk, min_norm_risk_variance

ENERGIES = {"source_energy": 1.0, "cross_energy": 0.8, "target_energy": 2.56}


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (1, 0.5), (2, 3), (5e8, 3), (1e8, 1e8), (0.5, 1e9), (1e6, 2e6)])
def test_beta_rules_have_the_moments_of_beta_variables(a, b):
    points, weights = beta_rule(a, b, 20)
    mean, variance = scipy.stats.beta.stats(a, b, moments="mv")
    assert weights @ points == pytest.approx(mean, rel=1e-13)
    assert weights @ (points - mean) ** 2 == pytest.approx(variance, rel=1e-6 if max(a, b) > 1e7 else 1e-12)


@pytest.mark.parametrize("n", range(10))
def test_one_layer_is_the_exact_linear_theory(n):
    found = deep_risk_moments(n, 9, 1, **ENERGIES)
    assert found.mean == pytest.approx(min_norm_risk(n, 9, 1.96, 0.0), rel=1e-11)
    assert found.variance == pytest.approx(min_norm_risk_variance(n, 9, 1.96, 0.0), rel=1e-10, abs=1e-14)
    assert found.transferability == pytest.approx(fine_tuning_transferability(n, 9, 1.0, 0.8), rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("depth", [1.5, 2, 6, math.inf])
def test_large_dimension_is_the_proportional_limit(depth):
    found = deep_risk_moments(4 * 10**8, 10**9, depth, **ENERGIES).mean
    assert found == pytest.approx(float(deep_fine_tuning_risk(0.4, depth, **ENERGIES)), rel=1e-7)


def test_quadrature_converges_as_it_says():
    for n, dim, depth, allowed in (
        (1, 4, 3, 1e-6), (2, 10, 2, 1e-11), (6, 12, 3, 1e-10), (6, 12, 10, 1e-8), (12, 40, math.inf, 1e-10),
        (5, 10, math.inf, 2e-6), (3, 10, math.inf, 1e-3), (2, 3, 10, 2e-5),
    ):  # fmt: skip
        assert quadrature_error(n, dim, depth, **ENERGIES) < allowed, (n, dim, depth)


def test_infinite_depth_needs_samples():
    for n, mean, variance in ((1, True, True), (2, True, True), (3, False, True), (4, False, True), (5, False, False)):
        found = deep_risk_moments(n, 10, math.inf, **ENERGIES)
        assert (found.mean == math.inf, found.variance == math.inf) == (mean, variance)
    assert deep_risk_moments(0, 10, math.inf, **ENERGIES).mean == pytest.approx(1.96)
    assert deep_risk_moments(10, 10, math.inf, **ENERGIES).mean == 0
    assert deep_risk_moments(3, 1, 2, 1.0, -1.0, 1.0).mean == 1  # one dimension, wrong side of the saddle


@pytest.mark.parametrize(
    ("n", "dim", "depth", "noise"), [(4, 8, 2, 0.0), (4, 8, 3, 0.5), (1, 3, 2, 0.5), (2, 6, 2, 0.0), (5, 12, 5, 0.7)]
)
def test_six_scalars_have_the_law_of_training_every_matrix(n, dim, depth, noise):
    source, target = teacher_pair(dim, 0.5, 1.0, 1.6)
    rng = np.random.default_rng(n + dim)
    trained = deep_risk_samples(rng, 800, n=n, depth=depth, source=source, target=target, noise_std=noise)
    scalars = draw_scalars(rng, 200_000, n, dim, noise)
    drawn = risk_from_scalars(depth, 1.0, 0.8, 2.56, seen_block(*scalars[:3]), *scalars[3:]).risk
    assert scipy.stats.ks_2samp(trained, drawn).pvalue > 1e-4  # false alarm 1e-4 each, fixed seeds
    if noise == 0:
        exact = deep_risk_moments(n, dim, depth, **ENERGIES)
        assert abs(drawn.mean() - exact.mean) < 4 * drawn.std() / math.sqrt(len(drawn))
        assert drawn.var() == pytest.approx(exact.variance, rel=0.05)


def test_blocks_of_actual_projectors():
    rng = np.random.default_rng(5)
    design = rng.standard_normal((4000, 3, 7))
    plane = (np.linalg.pinv(design) @ design)[:, :2, :2]
    scalars = draw_scalars(rng, 100_000, 3, 7)
    block = seen_block(*scalars[:3])
    for actual, drawn in ((plane[:, 0, 0], block.along), (plane[:, 0, 1], block.cross), (plane[:, 1, 1], block.aside)):
        assert scipy.stats.ks_2samp(actual, drawn).pvalue > 1e-4
    both = np.mean(plane[:, 0, 1] ** 2 * plane[:, 1, 1]), np.mean(block.cross**2 * block.aside)
    assert both[0] == pytest.approx(both[1], rel=0.1)


def test_map_in_every_arithmetic():
    def risk(depth, energy, first, second, angle, noise):
        return risk_from_scalars(depth, energy, 0.8, 2.56, seen_block(first, second, angle), noise, 0.3).risk

    assert_same_everywhere(risk, depth=3, energy=1.1, first=0.4, second=0.7, angle=0.6, noise=0.2)
    parts = risk_from_scalars(1, 1.0, 1.0, 1.0, SeenBlock(0.5, 0.0, 0.5))
    assert parts.risk == 0 and parts.scratch == 0.5


def test_jax_differentiates_the_mean():
    def mean(s2):
        return deep_risk_moments(4, 9, 3.0, s2, 0.8, 2.56, 12).mean

    slope = jax.jit(jax.grad(mean))(1.0)
    assert float(slope) == pytest.approx((mean(1.0 + 1e-5) - mean(1.0 - 1e-5)) / 2e-5, rel=1e-6)


def test_depths_broadcast_and_bad_sizes_are_refused():
    found = deep_risk_moments(4, 9, np.array([1.0, 2.0, 5.0]), **ENERGIES).mean
    assert found.shape == (3,)
    assert found[1] == pytest.approx(deep_risk_moments(4, 9, 2, **ENERGIES).mean, rel=1e-13)
    for n, dim in ((-1, 9), (2.5, 9), (3, 0)):
        with pytest.raises(DomainError):
            deep_risk_moments(n, dim, 2, **ENERGIES)
