"""Quadrature of the exact laws against mpmath, against closed forms, and against itself."""

import math

import mpmath
import numpy as np
import pytest

from lintransfer.numerics.beta_quadrature import LogitBeta, logit_beta, panel_integral
from lintransfer.numerics.distributions import beta_plus_odds_tail, log_odds_quantile, projected_product_sf, quantile
from lintransfer.theory.linear.laws.source_alignment import source_alignment_second_moment, source_alignment_tail
from lintransfer.theory.linear.source_alignment import source_cosine_squared

SHAPES = [(0.5, 0.5), (0.5, 5e8), (1.5, 3.0), (10.0, 5e8), (39.5, 1e7), (250.0, 40.0), (1e6, 3e5), (2.5e8, 2.5e8)]


def exact_tail(p, q, odds, upper):
    """Regularized incomplete Beta function by its continued fraction, at forty digits."""
    with mpmath.workdps(40):
        p, q, odds = map(mpmath.mpf, (p, q, odds))
        if upper:
            p, q, odds = q, p, 1 / odds
        x = odds / (1 + odds)
        if x > (p + 1) / (p + q + 2):
            return 1 - exact_tail(q, p, 1 / odds, False)
        log_front = p * mpmath.log(x) + q * mpmath.log1p(-x)
        log_front += mpmath.loggamma(p + q) - mpmath.loggamma(p) - mpmath.loggamma(q)
        c, d = mpmath.mpf(1), 1 / (1 - (p + q) * x / (p + 1))
        value = d
        for m in range(1, 100_000):
            for term in (
                m * (q - m) * x / ((p + 2 * m - 1) * (p + 2 * m)),
                -(p + m) * (p + q + m) * x / ((p + 2 * m) * (p + 2 * m + 1)),
            ):
                c, d = 1 + term / c, 1 / (1 + term * d)
                value *= c * d
            if abs(c * d - 1) < mpmath.mpf(10) ** -30:
                break
        return mpmath.exp(log_front) / p * value


@pytest.mark.parametrize(("p", "q"), SHAPES)
def test_tails_of_one_beta_variable(p, q):
    """Relative accuracy in both tails, up to a billion degrees of freedom."""
    law = LogitBeta(p, q)
    odds = np.exp(law.mode + law.width * np.array([-9.0, -3.0, 0.1, 3.0]))
    for x, low, high in zip(odds, law.cdf(odds), law.sf(odds), strict=True):
        assert low == pytest.approx(float(exact_tail(p, q, x, False)), rel=1e-10)
        assert high == pytest.approx(float(exact_tail(p, q, x, True)), rel=1e-10)


@pytest.mark.parametrize(("p", "q"), SHAPES)
def test_levels_and_density(p, q):
    law = logit_beta(p, q)
    found = np.sqrt(2 * law.deviance(law.levels))
    np.testing.assert_allclose(found[len(found) // 2 :], found[: len(found) // 2 + 1][::-1], rtol=1e-6, atol=1e-6)
    assert found[0] == pytest.approx(38.0) and found[len(found) // 2] == 0
    mass = panel_integral(lambda t, _: law.density(t), lambda t, _: np.ones_like(t), law.levels[None, :])
    assert mass[0] == pytest.approx(1.0, abs=1e-11)


def exact_sum_tail(x, a, beta, s, odds, upper, digits):
    """P(aB + sρ ≤ x) or its complement by mpmath, over the log-odds of B."""
    with mpmath.workdps(digits):  # the error that `quad` aims at is absolute
        p, q, k, m = (mpmath.mpf(v) for v in (beta.p, beta.q, odds.p, odds.q))
        constant = mpmath.loggamma(p + q) - mpmath.loggamma(p) - mpmath.loggamma(q)

        def integrand(t):
            b, c = 1 / (1 + mpmath.exp(-t)), 1 / (1 + mpmath.exp(t))
            rho = ((mpmath.mpf(x) - a) + a * c) / s
            if rho <= 0:
                return mpmath.mpf(0)
            shapes = (m, k, 0, 1 / (1 + rho)) if upper else (k, m, 0, rho / (1 + rho))
            tail = mpmath.betainc(*shapes, regularized=True)
            return mpmath.exp(p * mpmath.log(b) + q * mpmath.log(c) + constant) * tail

        end = math.inf if x >= a else math.log(x / (a - x))
        marks = {float(t) for t in beta.mode + beta.levels} | {-4.0, -2.0, 0.0, 2.0, 4.0}
        rest = [(s * math.exp(min(odds.mode + level, 200.0)) - (x - a)) / a for level in odds.levels]
        marks |= {math.log((1 - c) / c) for c in rest if 0 < c < 1}
        marks |= {end - 2.0 * 4.0**-j for j in range(12)} | {end - j for j in range(9)} if x < a else set()
        low, high = beta.mode + beta.levels[0], min(end, beta.mode + beta.levels[-1])
        value = mpmath.quad(integrand, sorted({low, high} | {t for t in marks if low < t < high}), maxdegree=7)
        if upper and x < a:
            value += mpmath.betainc(q, p, 0, (mpmath.mpf(a) - x) / a, regularized=True)
        return float(value)


HARD = [  # n, d, σ²/‖δ‖², x/‖δ‖², digits
    (1, 2, 1e-4, 0.5, 20),  # both branch points within the bulk
    (1, 2, 62.0, 0.5, 20),
    (5, 8, 1.5e-4, 0.38, 20),  # noise far narrower than the bias, with a heavy tail
    (3, 5, 0.25, 2.6e9, 28),  # far in the heavy tail: sf 1.6e-15
    (11, 41, 2.3, 0.05, 40),  # far in the lower tail: cdf 1e-25
    (17, 19, 400.0, 300.0, 20),
    (39, 40, 0.3, 9.0, 20),  # infinite mean
]


@pytest.mark.parametrize(("n", "dim", "noise", "x", "digits"), HARD)
def test_risk_law_against_mpmath(n, dim, noise, x, digits):
    beta, odds = LogitBeta((dim - n) / 2, n / 2), LogitBeta(n / 2, (dim - n + 1) / 2)
    for upper in (False, True):
        found = beta_plus_odds_tail(np.array([x]), 1.0, beta, noise, odds, upper)[0]
        exact = exact_sum_tail(x, 1.0, beta, noise, odds, upper, digits)
        assert found == pytest.approx(exact, rel=1e-10, abs=1e-300)


def test_lower_tail_of_a_sum_is_a_product_of_powers():
    """P(aB + sρ ≤ x) → x^{p+k} a^{−p} s^{−k} B(p, k+1)/[B(p, q) k B(k, m)] as x → 0, here down to 1e-147."""
    beta, odds, s, x = LogitBeta(4.5, 9.0), LogitBeta(9.0, 5.0), 0.002, 1.35e-13
    found = beta_plus_odds_tail(np.array([x]), 1.0, beta, s, odds, False)[0]

    def log_beta(a, b):
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)

    log_exact = 13.5 * math.log(x) - 9 * math.log(s) + log_beta(4.5, 10.0) - log_beta(4.5, 9.0) - log_beta(9.0, 5.0)
    assert math.log(found) == pytest.approx(log_exact - math.log(9), abs=1e-8)


def random_sizes(rng, least):
    large = int(np.exp(rng.uniform(np.log(least + 1), np.log(1e9))))
    dim, near = int(rng.choice([large, rng.integers(least + 1, 60)])), int(rng.integers(1, 7))
    return int(rng.choice([rng.integers(least, dim), max(least, min(near, dim - 1)), max(least, dim - near)])), dim


def test_both_tails_add_up_to_one():
    """Two integrals of different functions: the error of the quadrature shows in their sum."""
    rng = np.random.default_rng(2)
    for _ in range(150):
        n, dim = random_sizes(rng, 1)
        noise = float(10 ** rng.uniform(-25, 25)) if rng.random() < 0.3 else float(10 ** rng.uniform(-4, 3))
        beta, odds = LogitBeta((dim - n) / 2, n / 2), LogitBeta(n / 2, (dim - n + 1) / 2)
        spread = rng.uniform(-3, 3, (4, 2)) * [beta.width, odds.width]
        share, ratio = np.exp(np.array([beta.mode, odds.mode]) + spread).T
        x = share / (1 + share) + noise * ratio
        both = sum(beta_plus_odds_tail(x, 1.0, beta, noise, odds, upper) for upper in (False, True))
        np.testing.assert_allclose(both, 1, atol=1e-11, rtol=0)

        along, aside = rng.choice([-1, 1]) * 10 ** rng.uniform(-8, 0), 10 ** rng.uniform(-8, 0)
        mean = along * (dim - n) / dim
        x = np.append(mean + aside / math.sqrt(dim) * rng.standard_normal(3), 0.0)
        if dim > 1:
            both = projected_product_sf(x, along, aside, beta, dim) + projected_product_sf(-x, -along, aside, beta, dim)
            np.testing.assert_allclose(both, 1, atol=1e-11, rtol=0)


@pytest.mark.parametrize(("n", "x"), [(1, 0.4), (2, -0.1), (3, 0.3), (3, 0.0)])
def test_product_in_four_dimensions_against_mpmath(n, x):
    """On S² a coordinate is uniform, so the conditional probability is elementary."""
    along, aside, dim = -0.3, 1.1, 4

    def integrand(t):
        b = mpmath.sin(t) ** 2
        z = (x - along * b) / (aside * mpmath.sin(t) * mpmath.cos(t))
        return mpmath.sin(t) ** (dim - n - 1) * mpmath.cos(t) ** (n - 1) * min(max((1 - z) / 2, 0), 1)

    # |z| = 1 where (x − αb)² = β²b(1−b)
    roots = np.roots([along**2 + aside**2, -2 * x * along - aside**2, x * x])
    ends = sorted(math.asin(math.sqrt(b)) for b in roots.real if 0 < b < 1)
    exact = 2 * mpmath.quad(integrand, [0, *ends, math.pi / 2]) / mpmath.beta((dim - n) / 2, n / 2)
    found = projected_product_sf(np.array([x]), along, aside, LogitBeta((dim - n) / 2, n / 2), dim)[0]
    assert found == pytest.approx(float(exact), abs=2e-12)


def test_product_in_two_dimensions_is_a_point_on_a_circle():
    x, beta = np.array([-0.1, 0.2, 0.5]), LogitBeta(0.5, 0.5)
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * math.pi, 200_000)
    first, second = np.cos(angle), np.sin(angle)
    samples = first * (0.6 * first + 0.8 * second)  # uᵀQv for u = (1, 0), v = (0.6, 0.8)
    empirical = np.mean(samples[:, None] > x, axis=0)
    found = projected_product_sf(x, 0.6, 0.8, beta, 2)
    assert np.all(np.abs(found - empirical) < 5 * np.sqrt(found * (1 - found) / len(samples)))


@pytest.mark.parametrize(
    ("n_source", "dim", "noise"), [(3, 5, 0.3), (2, 4, 0.05), (3, 3, 0.5), (5, 2, 2.0), (7, 3, 1e-3)]
)
def test_alignment_against_the_other_decomposition(n_source, dim, noise):
    """Given q and V the event A ≤ a is an interval of x; m = 2, 3 make its probability elementary."""
    rank, degrees, a = min(n_source, dim), abs(dim - n_source) + 1, 0.35
    below = (lambda x: (1 + x) / 2) if rank == 3 else (lambda x: 1 - math.acos(x) / math.pi)

    def given(q, v):
        room = 1 - (q - a) / v if v else -1.0
        if q <= a or room <= 0:
            return 1.0 if q <= a else 0.0
        centre, half = -math.sqrt(q / v) * (1 - a / q), math.sqrt(a / q * room)
        return below(min(centre + half, 1.0)) - below(max(centre - half, -1.0))

    v_law = LogitBeta(rank / 2, degrees / 2)

    def over_noise(q):
        low, high = (max(v_law.mode + level, -30.0) for level in v_law.levels[[0, -1]])
        start = max(low, math.log((q - a) / noise)) if q > a else low
        roots = np.linspace(0, math.sqrt(min(high, 60.0) - start), 40)
        equal = math.log(q / noise)  # here the interval of x touches −1
        marks = sorted({*(start + roots**2), *([equal] if start < equal < 60 else [])})

        def integrand(t):
            return float(v_law.density(np.array(t - v_law.mode))) * given(q, noise * math.exp(t))

        return _gauss(integrand, marks, start)

    if n_source >= dim:
        exact = over_noise(1.0)
    else:
        q_law = LogitBeta(n_source / 2, (dim - n_source) / 2)
        split = math.log(a / (1 - a))
        ends = split + np.linspace(0, math.sqrt(60.0), 16) ** 2
        exact = float(q_law.cdf(np.array(a / (1 - a)))) + _gauss(
            lambda t: float(q_law.density(np.array(t - q_law.mode))) * over_noise(1 / (1 + math.exp(-t))), ends, split
        )
    found = source_alignment_tail(np.array([a]), n_source, dim, noise, False)[0]
    assert found == pytest.approx(exact, abs=2e-8)  # what the plain panels of this test resolve
    assert found + source_alignment_tail(np.array([a]), n_source, dim, noise, True)[0] == pytest.approx(1, abs=1e-11)


def _gauss(function, ends, start):
    """Panels with a square-root branch point at `start`."""
    nodes, weights = np.polynomial.legendre.leggauss(8)
    total = 0.0
    for low, high in zip(np.sqrt(np.array(ends[:-1]) - start), np.sqrt(np.array(ends[1:]) - start), strict=True):
        points = low + (high - low) * (nodes + 1) / 2
        total += sum(w * function(start + v * v) * v for v, w in zip(points, weights, strict=True)) * (high - low)
    return total


@pytest.mark.parametrize(("n_source", "dim", "noise"), [(4, 9, 0.3), (2, 1000, 1.0), (9, 9, 1e-3), (40, 3, 7.0)])
def test_moments_of_the_alignment(n_source, dim, noise):
    """∫ P(A > a) da and 2∫ a P(A > a) da, over log-odds of a."""
    nodes, weights = np.polynomial.legendre.leggauss(24)
    edges = np.linspace(-25, 25, 9)
    t = (edges[:-1, None] + np.diff(edges)[:, None] * (nodes + 1) / 2).ravel()
    a = 1 / (1 + np.exp(-t))
    mass = np.tile(weights, 8) * np.diff(edges)[0] / 2 * a * (1 - a)
    mass *= source_alignment_tail(a, n_source, dim, noise, True)
    assert mass.sum() == pytest.approx(float(source_cosine_squared(n_source, dim, noise)), rel=2e-8)
    assert 2 * (a * mass).sum() == pytest.approx(source_alignment_second_moment(n_source, dim, noise), rel=2e-8)


def test_quantiles_meet_their_probability():
    q = np.array([1e-300, 1e-9, 0.2, 0.5, 0.8, 1 - 1e-9])
    for p_shape, q_shape in SHAPES:
        law = LogitBeta(p_shape, q_shape)
        odds = np.exp(np.clip(log_odds_quantile(law, q), -690, 690))
        found = np.where(q <= 0.5, law.cdf(odds) / q, law.sf(odds) / (1 - q))
        inside = (odds > 1e-299) & (odds < 1e299)
        np.testing.assert_allclose(found[inside], 1, rtol=1e-9)


def test_a_quantile_beyond_the_bracket_is_its_nearer_end():
    def tail(x, upper):
        return 1 - x if upper else x

    ends = np.full(3, 0.25), np.full(3, 0.75)
    np.testing.assert_allclose(quantile(tail, np.array([0.1, 0.5, 0.9]), *ends), [0.25, 0.5, 0.75])
