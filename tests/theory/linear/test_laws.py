"""Laws against trainings that know no theory, against their own moments, and at the edges of their domain."""

import math

import numpy as np
import pytest
import scipy.special

from lintransfer.errors import DomainError
from lintransfer.theory.law import Law
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.isotropic import min_norm_risk, min_norm_risk_variance
from lintransfer.theory.linear.laws import (
    frozen_features_law,
    min_norm_law,
    random_subspace_law,
    source_alignment_law,
    transferability_law_of_fine_tuning,
)
from lintransfer.theory.linear.laws.beta_ratio import BetaRatioLaw
from lintransfer.theory.linear.source_alignment import source_cosine_squared

REPLICATES = 20_000
FALSE_ALARM = 1e-6  # of each Kolmogorov–Smirnov test; distances above 0.02 are seen


def assert_drawn_from(samples, law, knots=256):
    samples = np.sort(samples)
    count = len(samples)
    ranks = np.linspace(0, count - 1, knots).round().astype(int)
    cdf = law.cdf(samples[ranks])
    distance = max(np.max((ranks + 1) / count - cdf), np.max(cdf - ranks / count))
    assert distance < scipy.special.kolmogi(FALSE_ALARM) / math.sqrt(count), (law, distance)


def trained(rng, n, initial, target, noise_std, replicates=REPLICATES):
    design = rng.standard_normal((replicates, n, len(target)))
    labels = design @ target + noise_std * rng.standard_normal((replicates, n))
    return [w + (np.linalg.pinv(design) @ (labels - design @ w)[..., None])[..., 0] for w in initial]


@pytest.mark.parametrize(("n", "dim"), [(1, 2), (3, 4), (4, 4), (5, 4), (7, 4), (2, 7), (2, 1)])
def test_risk_of_trainings(n, dim):
    rng = np.random.default_rng([n, dim])
    initial, target = rng.standard_normal((2, dim))
    (fit,) = trained(rng, n, [initial], target, 0.7)
    law = min_norm_law(n, dim, float(np.sum((target - initial) ** 2)), 0.49)
    assert_drawn_from(np.sum((fit - target) ** 2, axis=-1), law)


@pytest.mark.parametrize(("n", "r"), [(1, 1), (3, 1), (2, 3), (3, 3), (4, 3), (1, 4)])
def test_frozen_features(n, r):
    rng = np.random.default_rng([n, r])
    dim = r + 2
    features, target = np.linalg.qr(rng.standard_normal((dim, r)))[0], rng.standard_normal(dim)
    design = rng.standard_normal((REPLICATES, n, dim))
    labels = design @ target + 0.5 * rng.standard_normal((REPLICATES, n))
    head = np.linalg.pinv(design @ features) @ labels[..., None]
    risks = np.sum(((features @ head)[..., 0] - target) ** 2, axis=-1)
    explained = float(np.sum((features.T @ target) ** 2))
    assert_drawn_from(risks, frozen_features_law(n, r, explained, float(target @ target) - explained, 0.25))


def test_least_squares_head_under_any_covariance():
    rng = np.random.default_rng(0)
    spectrum, features, target = np.array([3.0, 1.0, 0.2, 0.1]), rng.standard_normal((4, 2)), rng.standard_normal(4)
    design = rng.standard_normal((REPLICATES, 5, 4)) * np.sqrt(spectrum)
    labels = design @ target + 0.5 * rng.standard_normal((REPLICATES, 5))
    error = (features @ (np.linalg.pinv(design @ features) @ labels[..., None]))[..., 0] - target
    scaled = np.sqrt(spectrum)[:, None] * features
    best = np.linalg.lstsq(scaled, np.sqrt(spectrum) * target, rcond=None)[0]
    unexplained = float(np.sum((np.sqrt(spectrum) * target - scaled @ best) ** 2))
    assert_drawn_from(np.sum(spectrum * error**2, axis=-1), frozen_features_law(5, 2, 1.0, unexplained, 0.25))


@pytest.mark.parametrize(("n", "dim"), [(1, 2), (1, 3), (2, 3), (3, 8), (4, 5)])
def test_paired_transferability(n, dim):
    rng = np.random.default_rng([n, dim])
    source, target = rng.standard_normal((2, dim))
    fits = trained(rng, n, [np.zeros(dim), source], target, 0.6)
    scratch, tuned = (np.sum((fit - target) ** 2, axis=-1) for fit in fits)
    energies = float(source @ source), float(source @ target), float(target @ target)
    law = transferability_law_of_fine_tuning(n, dim, *energies)
    assert_drawn_from(scratch - tuned, law)
    helps = np.mean(scratch > tuned)
    assert abs(helps - law.sf(0.0)) < 5 * math.sqrt(helps * (1 - helps) / REPLICATES) + 1e-12


@pytest.mark.parametrize(("n_source", "dim"), [(1, 3), (2, 4), (3, 4), (4, 4), (6, 4), (5, 2), (3, 1)])
def test_source_alignment(n_source, dim):
    rng = np.random.default_rng([n_source, dim])
    source = rng.standard_normal(dim)
    (fit,) = trained(rng, n_source, [np.zeros(dim)], source, 0.8)
    cosine = (fit @ source) ** 2 / np.sum(fit**2, axis=-1) / (source @ source)
    law = source_alignment_law(n_source, dim, float(np.linalg.norm(source)), 0.8)
    if dim == 1:
        np.testing.assert_allclose(cosine, law.median())
    else:
        assert_drawn_from(cosine, law, knots=64)


def test_random_subspaces():
    rng = np.random.default_rng(0)
    features = np.linalg.qr(rng.standard_normal((REPLICATES, 5, 2)))[0]
    assert_drawn_from(1 - np.sum(features[:, 0, :] ** 2, axis=-1), random_subspace_law(5, 2))


LAWS = [
    min_norm_law(57, 500, 0.4, 0.04),
    min_norm_law(3, 20, 0.5, 2.0),
    min_norm_law(40, 20, 0.5, 2.0),
    min_norm_law(57, 500, 0.4, 0.0),
    min_norm_law(57, 500, 0.0, 0.04),
    min_norm_law(10**8, 10**9, 1.0, 1e-6),
    frozen_features_law(12, 1, 0.6, 0.4, 0.1),
    frozen_features_law(5, 30, 0.6, 0.4, 0.1),
    transferability_law_of_fine_tuning(57, 500, 1.0, 0.6, 1.0),
    transferability_law_of_fine_tuning(1, 2, 1.0, 0.3, 1.0),
    transferability_law_of_fine_tuning(2, 4, 1.0, -0.3, 2.0),
    transferability_law_of_fine_tuning(3, 9, 1.0, 1.5, 2.25),
    transferability_law_of_fine_tuning(3, 9, 1.0, -1.5, 2.25),
    transferability_law_of_fine_tuning(10**9 - 3, 10**9, 1.0, 0.5001, 1.0),
    source_alignment_law(20, 5, 1.0, 0.5),
    source_alignment_law(4, 9, 1.0, 0.5),
    source_alignment_law(4, 9, 1.0, 0.0),
    random_subspace_law(10**9, 3),
]
IDS = [str(law) for law in LAWS]


def tail_moments(law):
    """Mean and variance from the two tails, E(X−c)₊ = ∫ P(X > x) and so on, on panels between quantiles."""
    nodes, weights = np.polynomial.legendre.leggauss(12)
    levels = np.array([1e-13, 1e-10, 1e-7, 1e-4, 1e-2, 0.1, 0.3])
    centre = law.median()
    ends = np.concatenate([law.ppf(levels), [centre], law.ppf(1 - levels[::-1])])
    if math.isinf(law.support[1]):
        ends = np.append(ends, ends[-1] * 10 ** np.arange(1, 4))
    else:
        ends = np.concatenate([law.support[:1], ends, law.support[1:]])
    points = ends[:-1, None] + np.diff(ends)[:, None] * (nodes + 1) / 2
    lengths = np.diff(ends)[:, None] * weights / 2
    above = points > centre
    tail = np.where(above, law.sf(points), -law.cdf(points)) * lengths
    offset = float(tail.sum())
    return centre + offset, float(2 * (tail * (points - centre)).sum()) - offset**2


@pytest.mark.parametrize("law", [law for law in LAWS if "n_source=4" not in str(law)], ids=str)
def test_mean_and_variance_are_those_of_the_distribution_function(law):
    mean, variance = tail_moments(law)
    assert mean == pytest.approx(law.mean(), abs=1e-6 * law.std())
    assert variance == pytest.approx(law.var(), rel=1e-4)


@pytest.mark.parametrize("law", LAWS, ids=IDS)
def test_quantiles_invert_the_distribution_function(law):
    q = np.array([[1e-6, 1e-3, 0.1, 0.5], [0.7, 0.99, 1 - 1e-4, 1 - 1e-7]])
    x = law.ppf(q)
    assert x.shape == q.shape and np.all(np.diff(x.ravel()) > 0)
    spacing = np.spacing(np.maximum(abs(x), abs(np.array(law.support)[np.isfinite(law.support)]).max()))
    for tail, wanted, sign in ((law.cdf, q, 1), (law.sf, 1 - q, -1)):
        rounding = abs(tail(x + sign * spacing) - tail(x - sign * spacing))
        assert np.all(abs(tail(x) - wanted) <= 1e-9 * wanted + 4 * rounding + 1e-12)


@pytest.mark.parametrize("law", LAWS, ids=IDS)
def test_draws_follow_the_law(law):
    samples = law.rvs(size=4000, seed=1)
    assert samples.shape == (4000,)
    assert_drawn_from(samples, law, knots=32)
    np.testing.assert_array_equal(law.rvs(size=(2, 3), seed=7), law.rvs(size=(2, 3), seed=np.random.default_rng(7)))
    assert np.ndim(law.rvs(seed=0)) == 0


@pytest.mark.parametrize("law", LAWS, ids=IDS)
def test_ends_and_shapes(law):
    low, high = law.support
    assert law.ppf(0) == low and law.ppf(1) == high
    assert law.cdf(low - 1) == 0 and law.sf(low - 1) == 1 and law.cdf(-np.inf) == 0
    assert law.cdf(high) == 1 and law.sf(high) == 0 and law.cdf(np.inf) == 1 and law.sf(np.inf) == 0
    assert math.isnan(law.ppf(-0.1)) and math.isnan(law.ppf(1.1)) and math.isnan(law.cdf(math.nan))
    assert law.cdf(np.zeros((0, 3))).shape == (0, 3)
    assert isinstance(law.median(), float) and law.std() == pytest.approx(math.sqrt(law.var()))
    assert isinstance(law, Law) and len(str(law)) > 3


def test_points_where_everything_is_certain():
    certain = [
        (min_norm_law(0, 5, 0.7, 0.3), 0.7),
        (min_norm_law(5, 5, 0.7, 0.0), 0.0),
        (min_norm_law(9, 5, 0.7, 0.0), 0.0),
        (min_norm_law(3, 5, 0.0, 0.0), 0.0),
        (min_norm_law(0, 1, 0.7, 0.3), 0.7),
        (frozen_features_law(0, 2, 0.6, 0.4, 0.1), 1.0),
        (frozen_features_law(7, 2, 0.6, 0.0, 0.0), 0.0),
        (transferability_law_of_fine_tuning(0, 5, 1.0, 0.8, 1.0), 2 * 0.8 - 1.0),
        (transferability_law_of_fine_tuning(5, 5, 1.0, 0.8, 1.0), 0.0),
        (transferability_law_of_fine_tuning(3, 5, 0.0, 0.0, 1.0), 0.0),
        (transferability_law_of_fine_tuning(3, 5, 4.0, 2.0, 1.0), 0.0),
        (transferability_law_of_fine_tuning(1, 1, 1.0, 0.5, 0.25), 0.0),
        (source_alignment_law(5, 5, 1.0, 0.0), 1.0),
        (source_alignment_law(3, 1, 1.0, 0.4), 1.0),
        (random_subspace_law(4, 4), 0.0),
        (random_subspace_law(4, 0), 1.0),
    ]
    for law, value in certain:
        assert law.mean() == law.median() == value and law.var() == law.std() == 0
        assert law.support == (value, value)
        np.testing.assert_array_equal(law.ppf([0.0, 0.01, 0.99, 1.0]), value)
        np.testing.assert_array_equal(law.cdf([value - 1e-9, value, value + 1e-9]), [0, 1, 1])
        np.testing.assert_array_equal(law.sf([value - 1e-9, value, value + 1e-9]), [1, 0, 0])
        np.testing.assert_array_equal(law.rvs(3, seed=0), value)


@pytest.mark.parametrize("n", [0, 1, 5, 17, 18, 19, 20, 21, 22, 23, 24, 25, 60])
def test_moments_are_those_of_the_formulas(n):
    law = min_norm_law(n, 20, 0.7, 0.3)
    assert law.mean() == pytest.approx(min_norm_risk(n, 20, 0.7, 0.3), rel=1e-14)
    assert law.var() == pytest.approx(min_norm_risk_variance(n, 20, 0.7, 0.3), rel=1e-13)
    assert math.isfinite(law.median())
    head = frozen_features_law(n, 20, 0.7, 0.2, 0.1)
    assert head.mean() == pytest.approx(frozen_features_risk(n, 20, 0.7, 0.2, 0.1), rel=1e-14)
    if n:
        alignment = source_alignment_law(n, 20, 2.0, 0.6)
        assert alignment.mean() == pytest.approx(float(source_cosine_squared(n, 20, 0.09)), rel=1e-13)


def test_a_billion_dimensions_are_nearly_gaussian():
    z = np.linspace(-4, 4, 9)
    for law in (
        min_norm_law(10**8, 10**9, 1.0, 0.5),
        transferability_law_of_fine_tuning(10**8, 10**9, 1.0, 0.7, 1.3),
        source_alignment_law(10**9 + 10**8, 10**9, 1.0, 0.5),
    ):
        cdf = law.cdf(law.mean() + z * law.std())
        np.testing.assert_allclose(cdf, scipy.special.ndtr(z), atol=3e-4)


@pytest.mark.parametrize("noise", [1e-300, 1e-100, 1e-20, 1e20, 1e100, 1e300])
def test_noise_of_any_size(noise):
    """Far below the displacement the noise does not matter, far above it nothing else does."""
    law, q = min_norm_law(7, 20, 1.0, noise), np.array([1e-6, 0.1, 0.5, 0.9, 1 - 1e-6])
    alone = min_norm_law(7, 20, *((1.0, 0.0) if noise < 1 else (0.0, noise)))
    np.testing.assert_allclose(law.ppf(q), alone.ppf(q), rtol=1e-9)


def test_tails_are_not_one_minus_the_other():
    law = min_norm_law(499, 500, 0.4, 0.04)  # two degrees of freedom below: P(R > x) → nσ²/2x
    x = np.array([1e12, 1e15])
    np.testing.assert_allclose(x * law.sf(x), 0.04 * 499 / 2, rtol=1e-10)
    assert 0 < min_norm_law(57, 500, 0.4, 0.04).cdf(0.1) < 1e-100
    assert 0 < transferability_law_of_fine_tuning(57, 500, 1.0, 0.7, 1.0).cdf(0.0) < 1e-30


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: min_norm_law(-1, 5, 1.0, 1.0), "n"),
        (lambda: min_norm_law(2.5, 5, 1.0, 1.0), "n"),
        (lambda: min_norm_law(2, 0, 1.0, 1.0), "dim"),
        (lambda: min_norm_law(2, 5, -1.0, 1.0), "displacement_energy"),
        (lambda: min_norm_law(2, 5, 1.0, math.nan), "noise_variance"),
        (lambda: frozen_features_law(2, 0, 1.0, 1.0, 1.0), "n_features"),
        (lambda: frozen_features_law(2, 1, 1.0, math.inf, 1.0), "unexplained"),
        (lambda: transferability_law_of_fine_tuning(2, 5, 1.0, 1.1, 1.0), "cross_energy"),
        (lambda: transferability_law_of_fine_tuning(2, 5, 1.0, math.nan, 1.0), "cross_energy"),
        (lambda: source_alignment_law(0, 5, 1.0, 1.0), "n_source"),
        (lambda: source_alignment_law(2, 5, 0.0, 1.0), "source_norm"),
        (lambda: random_subspace_law(5, 6), "n_features"),
    ],
)
def test_impossible_arguments_are_named(call, argument):
    with pytest.raises(DomainError, match=f"^{argument} must be"):
        call()


def test_a_law_can_be_read():
    assert str(min_norm_law(57, 500, 0.4, 0.04)) == "0.4·Beta(221.5, 28.5) + 0.04·χ²[57]/χ²[444]"
    assert str(BetaRatioLaw()) == "0"
    assert str(transferability_law_of_fine_tuning(3, 9, 1.0, 0.5, 1.0)).endswith("b ~ Beta(3, 1.5), z on S^7")
