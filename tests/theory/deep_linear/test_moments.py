"""Exact finite-size law and moments: quadrature, scalars and training agree."""

import math

import jax
import numpy as np
import pytest
import scipy.stats
import sympy
from helpers.every_arithmetic import assert_same_everywhere

from lintransfer.errors import DomainError, MissingMethodError
from lintransfer.simulate.deep_linear.layers import deep_risk_samples
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.deep_linear.laws import deep_risk_law, deep_transferability_law, draw_scalars
from lintransfer.theory.deep_linear.moments import (
    SeenBlock,
    deep_mean_risk,
    deep_mean_transferability,
    deep_risk_moments,
    deep_risk_variance,
    risk_from_scalars,
    seen_block,
)
from lintransfer.theory.deep_linear.nodes import beta_rule, graded_nodes, product_nodes
from lintransfer.theory.deep_linear.noisy_moments import condensed_rules, log_odds_rule
from lintransfer.theory.deep_linear.retention import norm_ratio
from lintransfer.theory.deep_linear.risk import deep_fine_tuning_risk, deep_fine_tuning_risk_closure
from lintransfer.theory.linear.isotropic import fine_tuning_transferability, min_norm_risk, min_norm_risk_variance

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


CASES = (  # n, dim, depth, s², stc, t²
    (2, 3, 2, 1.0, 0.3, 4.0), (1, 4, 2, 1.0, 0.3, 4.0), (4, 8, 3, 1.5, -0.5, 2.0), (5, 9, 2, 1.0, 0.8, 2.56),
    (2, 10, 2.5, 4.0, 1.8, 1.0), (7, 8, 3, 1.0, 0.5, 1.0), (3, 30, 10, 1.0, 0.8, 1.0), (1, 2, 3, 1.0, 0.9, 1.0),
)  # fmt: skip


@pytest.fixture(scope="module")
def derived():
    """The Mellin–Barnes integrals of the derivation: another route to the same moments, good to 1e-12 or so."""
    from derivations.deep_linear.moments import deep_mean_risk as deep_mean
    from derivations.deep_linear.moments import deep_mean_transferability as deep_gain
    from derivations.deep_linear.moments import deep_risk_variance as deep_variance

    modules = {"mean": deep_mean, "variance": deep_variance, "transferability": deep_gain}
    expressions = {name: module.derive() for name, module in modules.items()}

    def at(name, *values):
        point = dict(zip(deep_mean.ARGUMENTS.values(), map(sympy.nsimplify, values), strict=True))
        return float(expressions[name].subs(point))

    return at


@pytest.mark.parametrize("case", CASES)
def test_the_error_is_not_understated(derived, case):
    found = deep_risk_moments(*case)
    assert found.error < 1e-8
    mean, variance, gain = (derived(name, *case) for name in ("mean", "variance", "transferability"))
    assert abs(found.mean - mean) <= (found.error + 1e-11) * mean
    assert abs(found.transferability - gain) <= (found.error + 1e-11) * mean
    assert abs(found.variance - variance) <= found.error * max(variance, 1e-4 * mean**2) + 1e-10 * mean**2
    coarse = deep_risk_moments(*case, nodes=16)
    assert abs(coarse.mean - mean) <= (coarse.error + 1e-11) * mean


def endless_depth(n, dim, cosine, ratio):
    """E R for odd n, even d and L = ∞ over (a, b, x) = (‖Pu‖, ‖Pv‖, uPv): a polynomial density, no kink in ρ = ratio b/a."""
    nodes, lengths = np.polynomial.legendre.leggauss(160)
    a, b = np.meshgrid((nodes + 1) / 2, (nodes + 1) / 2, indexing="ij")
    width = np.sqrt((1 - a * a) * (1 - b * b))
    low, high = np.maximum(-a * b, cosine - width), np.minimum(a * b, cosine + width)
    density, tilted = 0.0, 0.0
    for node, length in zip(nodes, lengths, strict=True):
        x = (low + high) / 2 + (high - low) / 2 * node
        part = a * b * np.clip(width**2 - (cosine - x) ** 2, 0, None) ** ((dim - n - 3) // 2)
        part = part * np.clip(a * a * b * b - x * x, 0, None) ** ((n - 3) // 2) * np.clip(high - low, 0, None) * length
        density, tilted = density + part, tilted + part * (cosine - x)
    kept = (ratio * b / a) ** 2 * (1 - a * a)
    risk = ratio**2 * (1 - b * b) * density - 2 * ratio * (ratio * b / a) * tilted + kept * density
    return float(lengths @ risk @ lengths / (lengths @ density @ lengths))  # in units of the source


def graded_panels(low, high, at_both_ends):
    """Gauss–Legendre nodes in panels that shrink three-fold towards low (and high)."""
    nodes, lengths = np.polynomial.legendre.leggauss(16)
    shares = np.concatenate([[0.0], 3.0 ** np.arange(-24.0, 1)])
    if at_both_ends:
        shares = np.concatenate([shares / 2, 1 - shares[-2::-1] / 2])
    ends = low + (high - low) * shares
    middle, half = (ends[1:] + ends[:-1]) / 2, (ends[1:] - ends[:-1]) / 2
    return (middle[:, None] + half[:, None] * nodes).ravel(), (half[:, None] * lengths).ravel()


def one_sample(dim, depth, s2, stc, t2):
    """E R for n = 1 over the part of the one unit vector in the plane of the teachers, in polar coordinates."""
    cosine = stc / math.sqrt(s2 * t2)
    unlearnt, blind = math.acos(cosine) - math.pi / 2, math.pi / 2  # the angles where v = 0 and where u = 0
    pieces = [graded_panels(*ends, True) for ends in ((unlearnt, blind), (blind, unlearnt + math.pi))]
    angle, turn = np.concatenate(pieces, axis=1)
    r, step = graded_panels(0.0, 1.0, False)
    r = r[:, None]
    u, v = r * np.cos(angle), r * np.cos(angle - math.acos(cosine))
    x = norm_ratio(depth, 1 - u * u, t2 / s2 * v * v, u * u)
    rho = x ** ((1 - 1 / depth) / 2)
    risk = t2 * (1 - v * v) - 2 * rho * math.sqrt(s2 * t2) * (cosine - u * v) + rho**2 * s2 * (1 - u * u)
    density = (dim - 2) * r * (1 - r * r) ** (dim / 2 - 2) / math.pi
    return float(step @ (density * risk) @ turn)


def test_few_samples_at_great_depth():
    """Where 32 nodes were off by 0.9 %, 13 % and 7 %."""
    for n, value, allowed in ((3, 0.44485, 1e-7), (5, 0.26234, 1e-6), (7, 0.228, 1e-5), (21, 0.16818, 1e-8)):
        found = deep_risk_moments(n, 100, math.inf, 4.0, 1.8, 1.0)
        assert found.mean == pytest.approx(4 * endless_depth(n, 100, 0.9, 0.5), rel=1e-10), n
        assert found.error < allowed and round(float(found.mean), 5) == value
    for case, value in (((100, 1e4, 4.0, 1.8, 1.0), 1.3506), ((10, 1e4, 1.0, 0.5, 1.0), 11.8003)):
        found = deep_risk_moments(1, *case)
        assert found.mean == pytest.approx(one_sample(*case), rel=2e-9)
        assert found.error < 1e-8 and round(float(found.mean), 4) == value


def test_an_unconverged_quadrature_says_so():
    assert 1e-8 < deep_risk_moments(6, 100, math.inf, 4.0, 1.8, 1.0).error < 1e-5
    assert deep_risk_moments(3, 100, math.inf, 4.0, 1.8, 1.0, nodes=32).error > 1e-3


@pytest.mark.parametrize(("n", "dim"), [(1, 2), (1, 4), (2, 3), (3, 7), (2, 10), (9, 30)])
@pytest.mark.parametrize("cosine", [-0.4, 0.0, 0.9, 1.0])
def test_both_rules_integrate_the_block(n, dim, cosine):
    def moments(weights, first, second, angle):
        return [weights @ f for f in (first, second, angle**2, first**2 * second * angle**4)]

    exact = moments(*product_nodes(n, dim, 12))
    assert exact[:3] == pytest.approx([n / dim, (n - 1) / (dim - 1), 1 / (dim - n)])
    assert moments(*graded_nodes(n, dim, cosine, (20, 40, 48))) == pytest.approx(exact, rel=1e-8)


def test_a_diagram_shares_its_nodes():
    sizes, overlaps = np.arange(0, 42, 4), np.linspace(-1, 1, 5)[:, None]
    grid = deep_risk_moments(sizes, 40, 2, 1.0, 1.5 * overlaps, 2.25)
    assert grid.mean.shape == (5, len(sizes)) and np.all(grid.error < 1e-8)
    for i, j in ((0, 1), (2, 3), (4, 5), (1, 0), (3, 10)):
        one = deep_risk_moments(int(sizes[j]), 40, 2, 1.0, 1.5 * float(overlaps[i, 0]), 2.25)
        assert [m[i, j] for m in grid] == pytest.approx(list(one), rel=1e-7, abs=1e-12)


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
    exact = deep_risk_moments(n, dim, depth, **ENERGIES, noise_variance=noise**2)
    if exact.variance < math.inf:
        assert abs(drawn.mean() - exact.mean) < 4 * drawn.std() / math.sqrt(len(drawn))
    if noise == 0:  # else fourth moments are infinite
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
        return deep_risk_moments(4, 9, 3.0, s2, 0.8, 2.56, nodes=12).mean

    slope = jax.jit(jax.grad(mean))(1.0)
    assert float(slope) == pytest.approx((mean(1.0 + 1e-5) - mean(1.0 - 1e-5)) / 2e-5, rel=1e-6)


def test_depths_broadcast_and_bad_sizes_are_refused():
    found = deep_risk_moments(4, 9, np.array([1.0, 2.0, 5.0]), **ENERGIES).mean
    assert found.shape == (3,)
    assert found[1] == pytest.approx(deep_risk_moments(4, 9, 2, **ENERGIES).mean, rel=1e-13)
    for n, dim in ((-1, 9), (2.5, 9), (3, 0)):
        with pytest.raises(DomainError):
            deep_risk_moments(n, dim, 2, **ENERGIES)


def closed(n, dim, depth, noise):
    return float(deep_fine_tuning_risk_closure(n, dim, depth, **ENERGIES, noise_variance=noise))


@pytest.mark.parametrize("noise", [1e-3, 0.25, 4.0])
@pytest.mark.parametrize("n", [0, 1, 5, 7, 8, 9, 10, 20])
def test_one_layer_under_noise_is_the_exact_linear_theory(n, noise):
    found = deep_risk_moments(n, 9, 1, **ENERGIES, noise_variance=noise)
    assert found.mean == pytest.approx(min_norm_risk(n, 9, 1.96, noise), rel=1e-10)
    assert found.variance == pytest.approx(min_norm_risk_variance(n, 9, 1.96, noise), rel=1e-10, abs=1e-14)
    assert found.transferability == pytest.approx(fine_tuning_transferability(n, 9, 1.0, 0.8), rel=1e-10, abs=1e-14)
    if 0 < n < 8:  # just above one layer it is integrated
        near = deep_mean_risk(n, 9, 1 + 1e-9, **ENERGIES, noise_variance=noise)
        assert near == pytest.approx(min_norm_risk(n, 9, 1.96, noise), rel=1e-5)


NOISY_CASES = (  # n, dim, depth, s², stc, t², σ²
    (16, 40, 3, 1.0, 0.8, 1.0, 0.25), (1, 12, 2, 1.0, 0.3, 4.0, 0.25), (2, 12, 10, 4.0, 1.8, 1.0, 0.25),
    (4, 8, 3, 1.5, -0.5, 2.0, 0.3), (10, 14, 2.5, 1.0, 1.0, 1.0, 1.0), (18, 30, math.inf, 1.0, 0.8, 2.56, 0.25),
    (30, 36, 3, 1.0, 2.0, 4.0, 0.1), (7, 20, 100, 1.0, 0.5, 1.0, 0.5), (1, 3, 2, 1.0, 0.0, 1.0, 0.01),
)  # fmt: skip


@pytest.mark.parametrize("case", NOISY_CASES)
def test_moments_under_noise_are_those_of_ten_million_draws(case):
    n, dim, depth, s2, stc, t2, noise = case
    rng, count = np.random.default_rng(n), 40 if depth in (2, math.inf) else 8  # batches of 250 000
    gains, risks = [], []
    for _ in range(count):
        scalars = draw_scalars(rng, 250_000, n, dim, math.sqrt(noise))
        parts = risk_from_scalars(depth, s2, stc, t2, seen_block(*scalars[:3]), *scalars[3:])
        gains.append(parts.scratch - parts.risk)
        risks.append(parts.risk)
    gains, risks = np.concatenate(gains), np.concatenate(risks)
    # 4 standard errors on fixed seeds: false alarm 6e-5 each.
    found = deep_mean_transferability(*case)
    assert abs(found - gains.mean()) < 4 * gains.std() / math.sqrt(len(gains))
    assert deep_mean_risk(*case) == pytest.approx(min_norm_risk(n, dim, t2, noise) - found, rel=1e-12)
    if dim - n > 8:  # risks have a fourth moment
        deviations = (risks - risks.mean()) ** 2
        error = deviations.std() / math.sqrt(len(risks))
        assert abs(deep_risk_variance(*case) - deviations.mean()) < 4 * error


@pytest.mark.parametrize("depth", [2, 3, 10, math.inf])
@pytest.mark.parametrize("n", [4, 16, 24, 37])
def test_the_mean_under_noise_agrees_with_the_law_of_training(n, depth):
    law = deep_risk_law(n, 40, depth, **ENERGIES, noise_variance=0.25)
    paired = deep_transferability_law(n, 40, depth, **ENERGIES, noise_variance=0.25)
    for found, drawn in ((deep_mean_risk, law), (deep_mean_transferability, paired)):
        exact = float(found(n, 40, depth, **ENERGIES, noise_variance=0.25))
        draws = drawn.draws
        assert abs(draws.mean() - exact) < 4 * draws.std() / math.sqrt(len(draws))


@pytest.mark.parametrize("depth", [2, 3, 10, math.inf])
def test_the_closure_is_off_by_one_over_the_dimension(depth):
    gaps = []
    for dim in (40, 80, 160, 320):
        n = 2 * dim // 5
        exact = deep_mean_risk(n, dim, depth, **ENERGIES, noise_variance=0.25)
        gaps.append(dim * (exact - closed(n, dim, depth, 0.25)))
    assert np.all(np.abs(gaps) > 0.05)
    assert gaps[3] == pytest.approx(2 * gaps[2] - gaps[1], rel=0.2)
    assert abs(gaps[3] / gaps[2] - 1) < abs(gaps[1] / gaps[0] - 1)


@pytest.mark.parametrize("case", [(16, 40, 3), (5, 40, 2), (30, 40, 2.5), (38, 40, 3), (12, 300, 4), (1, 30, 2)])
def test_vanishing_noise_is_none(case):
    exact = deep_risk_moments(*case, **ENERGIES)
    assert deep_mean_risk(*case, **ENERGIES, noise_variance=1e-9) == pytest.approx(float(exact.mean), rel=1e-5)
    if case[0] < 38:
        coarse = deep_risk_moments(*case, **ENERGIES, noise_variance=1e-9)
        assert coarse.variance == pytest.approx(float(exact.variance), rel=1e-2)


def test_the_two_quadratures_under_noise_agree():
    """The condensed one of the mean, and the product over all five scalars, also as JAX values."""
    for case in NOISY_CASES[:1] + NOISY_CASES[5:6]:
        product = deep_risk_moments(*case, nodes=10)
        assert deep_mean_risk(*case) == pytest.approx(float(product.mean), rel=1e-6)
        assert deep_mean_transferability(*case) == pytest.approx(float(product.transferability), rel=1e-5)
    with jax.enable_x64(True):
        n, dim = NOISY_CASES[0][:2]
        traced = jax.jit(lambda s2, v: deep_mean_risk(n, dim, 3, s2, 0.8, 1.0, v))(1.0, 0.25)
        assert float(traced) == pytest.approx(float(deep_mean_risk(*NOISY_CASES[0])), rel=1e-6)


def test_moments_that_noise_makes_infinite():
    for n, mean, variance in ((1, 0, 0), (5, 0, 0), (6, 0, 0), (7, 0, 1), (8, 0, 1), (9, 1, 1)):
        found = deep_risk_moments(n, 10, 2, **ENERGIES, noise_variance=0.25)
        assert (found.mean == math.inf, found.variance == math.inf) == (bool(mean), bool(variance)), n
        assert np.isfinite(found.transferability)
    parallel = {"source_energy": 1.0, "cross_energy": 1.0, "target_energy": 1.0}
    for n in (1, 2):
        assert deep_mean_risk(n, 10, math.inf, **parallel) < math.inf
        assert deep_mean_risk(n, 10, math.inf, **parallel, noise_variance=0.1) == math.inf
        assert deep_risk_law(n, 10, math.inf, **parallel, noise_variance=0.1).mean() == math.inf
    assert deep_mean_transferability(9, 10, math.inf, **ENERGIES, noise_variance=0.1) == -math.inf
    assert math.isnan(deep_mean_risk(2, 1, 2, **ENERGIES, noise_variance=0.1))  # noise may cross the saddle


def test_a_grid_under_noise_is_its_cells():
    sizes, overlaps, noise = np.arange(0, 25), np.linspace(-1, 1, 3)[:, None], np.array([0.0, 0.3, 1.0])[:, None]
    grid = deep_mean_risk(sizes, 20, 3, 1.0, 1.5 * overlaps, 2.25, noise)
    assert grid.shape == (3, 25)
    for i, j in ((0, 3), (1, 0), (1, 1), (1, 5), (2, 10), (2, 18), (1, 19), (2, 20), (1, 21)):
        one = deep_mean_risk(int(sizes[j]), 20, 3, 1.0, 1.5 * float(overlaps[i, 0]), 2.25, float(noise[i, 0]))
        assert grid[i, j] == pytest.approx(float(one), rel=1e-10), (i, j)


@pytest.mark.parametrize(("p", "q"), [(0.5, 4.0), (1.5, 0.5), (1.0, 1.0), (7.0, 30.0), (200.0, 1.5)])
def test_log_odds_rules_have_the_moments_of_beta_variables(p, q):
    odds, weights = log_odds_rule(p, q, 12)
    share = 1 / (1 + np.exp(-odds))
    assert weights @ share == pytest.approx(p / (p + q), rel=1e-7)
    assert weights @ share**2 == pytest.approx(p * (p + 1) / ((p + q) * (p + q + 1)), rel=1e-7)


def test_condensed_rules_are_gauss_rules():
    rng = np.random.default_rng(3)
    values, weights = rng.uniform(0, 2, (2, 3, 40)), rng.uniform(0, 1, 40)
    weights /= weights.sum()
    beside = values**2 - 1
    nodes, chances, means = condensed_rules(values, weights, beside, 5)
    for k in range(10):
        assert np.sum(chances * nodes**k, axis=-1) == pytest.approx(values**k @ weights, rel=1e-11)
    for k in range(5):
        assert np.sum(chances * means * nodes**k, axis=-1) == pytest.approx((values**k * beside) @ weights, rel=1e-10)
    nodes, chances, means = condensed_rules(np.full((1, 4), 0.7), np.ones(4) / 4, np.full((1, 4), 2.0), 3)
    assert np.sum(chances * nodes) == pytest.approx(0.7) and np.sum(chances * means) == pytest.approx(2.0)


@pytest.mark.parametrize("noise", [0.0, 0.09])
@pytest.mark.parametrize("cosine", [0.0, 0.5, -1.0])
def test_traced_means_are_the_plain_ones_and_differentiate(cosine, noise):
    """Depth 1 has its derivatives in closed form; deeper ones are held against differences of plain calls."""
    sizes, s, t, c = np.array([0, 2, 4, 10, 13]), 1.2, 0.8, cosine * 1.2 * 0.8
    with jax.enable_x64(True):
        energies = jax.numpy.array([s * s, c, t * t, noise])
        for depth in (1, 2, 3.5):
            both = [
                lambda e, mean=mean, depth=depth: mean(sizes, 10, depth, *e)
                for mean in (deep_mean_risk, deep_mean_transferability)
            ]
            for ask in both:
                np.testing.assert_array_equal(jax.jit(ask)(energies), ask(np.asarray(energies)))
            slopes = np.asarray(jax.jacfwd(both[0])(energies))
            assert np.isfinite(slopes).all()
            if depth == 1:
                left, learnt = np.maximum(0, 1 - sizes / 10), [0, 2 / 7, 4 / 5, 0, 10 / 2]
                wanted = np.transpose([left, -2 * left, left, np.where(noise > 0, learnt, 0)])
                wanted[3] = 0  # infinite with noise; nothing is left without
                np.testing.assert_allclose(slopes, wanted, atol=1e-5)
            elif cosine == 0.5:
                step = 1e-3 * np.array([1.0, 0.3, -0.4, 1.0 if noise else 0.0])
                ahead, behind = (both[0](np.asarray(energies) + sign * step)[[0, 1, 2, 4]] for sign in (1, -1))
                np.testing.assert_allclose((slopes @ step)[[0, 1, 2, 4]], (ahead - behind) / 2, rtol=1e-4, atol=1e-9)
            with pytest.raises(MissingMethodError, match="first derivatives only"):
                jax.hessian(both[0])(energies)
