"""Sample complexity against brute force; each fault that it had, drawn from its kind; JAX against NumPy."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import lintransfer as lt
from lintransfer.risks import closed_form
from lintransfer.spectra import two_level
from lintransfer.testing import isotropic_problems, noise_levels, scales, teacher_problems

P = lt.TransferProblem
LADDER = np.round(np.geomspace(1, 2**53, 400))


def learners():
    ridges = st.one_of(st.just(0.0), scales(1e-3, 1e2))
    return st.one_of(
        st.builds(lt.Scratch, ridge=ridges),
        st.builds(lt.FineTune, ridge=ridges),
        st.builds(lt.LinearTransfer, ridge=ridges),
        st.builds(lambda r: lt.FineTune(ridge=r), st.just("optimal")),
    )


@st.composite
def clustered_problems(draw, least=1e-10):
    """Two levels far apart: a narrow peak of the risk where the upper one is saturated."""
    dim = draw(st.integers(2, 600))
    spectrum = two_level(dim, draw(st.integers(1, dim)), 1.0, draw(scales(least, 1.0)))
    source, target = np.random.default_rng(draw(st.integers(0, 999))).standard_normal((2, dim)) / math.sqrt(dim)
    return P.from_teachers(source, target, covariance=spectrum, noise_std=draw(noise_levels()))


def everything(problem, learner, method="auto", most=None):
    """Sizes and risks by brute force: every n up to 4d + 100, and a far ladder."""
    n = np.arange(4.0 * problem.dim + 101)
    n = np.union1d(n, LADDER) if most is None else np.arange(most + 1.0)
    return n, np.asarray(closed_form(problem, learner, n, method).value)


def goals(draw, value):
    """A risk to reach: one on the curve, or just beside a top or a bottom of it."""
    up, down = value[1:] >= value[:-1], value[1:] <= value[:-1]
    turns = np.flatnonzero(((up[:-1] & down[1:]) | (down[:-1] & up[1:])) & np.isfinite(value[1:-1])) + 1
    ordinary = np.flatnonzero(np.isfinite(value))
    assume(ordinary.size)
    at = draw(st.sampled_from(list(turns) if turns.size and draw(st.booleans()) else list(ordinary)))
    return float(value[at] * (1 + draw(st.sampled_from([0.0, 1e-6, -1e-6, 0.05, -0.05]))))


def check(found, n, value, curve, goal):
    """The answer is brute force's; between the rungs of the far ladder it may know better."""
    goal = goal * (1 + 1e-12)
    reached, unknown = value <= goal, np.isnan(value)
    first = int(np.argmax(reached)) if reached.any() else len(n)
    last = int(np.flatnonzero(~reached).max(initial=-1))
    if unknown[:first].any():
        assert math.isnan(found.value)
    else:
        assert found.value <= (n[first] if first < len(n) else math.inf)
    if last >= 0 and unknown[last]:
        assert math.isnan(found.lasting)
    elif last == len(n) - 1:
        assert math.isinf(found.lasting)
    else:
        assert math.isnan(found.lasting) or found.lasting > (n[last] if last >= 0 else -1)
    for size in (found.value, found.lasting):
        if 0 < size < math.inf:
            before, there = curve(np.array([size - 1, size]))
            assert there <= goal and not before <= goal


@given(st.one_of(isotropic_problems(max_dim=200), teacher_problems(), clustered_problems()), learners(), st.data())
@settings(max_examples=100)
def test_agrees_with_brute_force(problem, learner, data):
    n, value = everything(problem, learner)
    goal = goals(data.draw, value)
    found = lt.sample_complexity(problem, learner, goal)
    check(found, n, value, lambda sizes: closed_form(problem, learner, sizes).value, goal)
    if math.isfinite(found.value):
        words = lt.risk(problem, learner, found.value)
        assert (found.method, found.theorem) == (words.method, words.theorem)


@given(isotropic_problems(max_dim=40), st.integers(2, 4), st.data())
@settings(max_examples=10)
def test_deep_learners_agree_with_brute_force(problem, depth, data):
    learner = lt.FineTune(lt.DeepLinear(depth))
    n, value = everything(problem, learner, "asymptotic")
    goal = goals(data.draw, value)
    found = lt.sample_complexity(problem, learner, goal, method="asymptotic")
    check(found, n, value, lambda sizes: closed_form(problem, learner, sizes, "asymptotic").value, goal)


# ---- its faults, and their kinds


@given(clustered_problems(least=1e-12), scales(1e-6, 1e-2), st.sampled_from([1e-6, 0.01, 0.5]))
def test_narrow_peaks_are_not_missed(problem, ridge, below):
    learner = lt.Scratch(ridge=ridge)
    value = closed_form(problem, learner, np.arange(3 * problem.dim)).value
    tops = np.flatnonzero((value[1:-1] >= value[:-2]) & (value[1:-1] > value[2:])) + 1
    assume(tops.size)
    goal = (1 - below) * float(value[tops].max())
    found = lt.sample_complexity(problem, learner, goal)
    expected = 1 + np.flatnonzero(value > goal).max()
    assert found.lasting == expected if expected < len(value) else found.lasting > expected


def test_the_peak_that_was_missed():
    spectrum = two_level(10**4, 3050, 1.0, 1e-8)
    q = P.from_teachers(np.full(10**4, 0.009), np.full(10**4, 0.01), covariance=spectrum, noise_std=0.1)
    need = lt.sample_complexity(q, lt.Scratch(ridge=3e-4), 1.43)
    above, below = lt.risk(q, lt.Scratch(ridge=3e-4), [3071, 3072]).value
    assert (need.value, need.lasting) == (0, 3072) and above > 1.43 >= below


@given(teacher_problems(), st.floats(0.05, 1), st.data())
def test_where_a_theorem_is_silent_nothing_is_claimed(problem, fraction, data):
    assume(not problem.is_isotropic)
    goal = fraction * float(lt.risk(problem, lt.Scratch(), 0).value)
    found = lt.sample_complexity(problem, lt.Scratch(), goal, method="exact")
    n, value = everything(problem, lt.Scratch(), "exact")
    assert math.isnan(found.value) == np.isnan(value[: int(np.argmax(value <= goal * (1 + 1e-12)))]).any()
    check(found, n, value, lambda sizes: closed_form(problem, lt.Scratch(), sizes, "exact").value, goal)


def test_silence_is_named():
    p = P.from_teachers(np.ones(20), np.arange(20.0), covariance=np.arange(1.0, 21) ** -1, noise_std=0.1)
    exact = lt.sample_complexity(p, lt.Scratch(), 50.0, method="exact")
    assert math.isnan(exact.value) and exact.lasting == 22 and exact.unanswered == (1, 18)
    assert str(exact) == "n unknown: no answer at n = 1, for good from n = 22  [none: none]"
    auto = lt.sample_complexity(p, lt.Scratch(), 50.0)
    assert (auto.value, auto.lasting, auto.theorem) == (18, 22, "ridge-risk")


@given(
    isotropic_problems(max_dim=60),
    st.sampled_from([lt.Scratch(), lt.LinearTransfer()]),
    st.floats(0, 1.2),
    st.integers(0, 300),
)
def test_nothing_is_said_beyond_n_max(problem, learner, fraction, most):
    goal = fraction * float(lt.risk(problem, lt.Scratch(), 0).value)
    found = lt.sample_complexity(problem, learner, goal, n_max=most)
    reached = np.flatnonzero(lt.risk(problem, learner, np.arange(most + 1)).value <= goal * (1 + 1e-12))
    assert found.value == (reached[0] if reached.size else math.inf) and math.isnan(found.lasting)
    assert ("not looked at" if reached.size else f"not up to n = {most}") in str(found)


@pytest.mark.parametrize("learner", [lt.Scratch(ridge="optimal"), lt.FineTune(ridge="optimal")])
@pytest.mark.parametrize(("dim", "noise", "goal"), [(500, 0.2, 0.1), (20, 0.1, 0.1), (2, 0.5, 0.01)])
def test_the_best_ridge_is_for_good_or_unknown(learner, dim, noise, goal):
    """Its risk falls with n for ever: where it has an answer everywhere, both sizes are the same."""
    need = lt.sample_complexity(P.isotropic(dim, 0.8, noise_std=noise), learner, goal)
    assert need.lasting == need.value or (math.isnan(need.lasting) and need.unanswered[1] > need.value)


def test_floors_are_never_reached_and_are_named():
    p = P.isotropic(dim=100, overlap=0.8)
    never = lt.sample_complexity(p, lt.LinearTransfer(), risk=0.35)
    assert never.value == never.lasting == math.inf and never.floor == pytest.approx(0.36, rel=1e-12)
    assert str(never) == "never: the risk stays above 0.36  [exact: frozen-features-risk]"
    assert lt.sample_complexity(p, lt.LinearTransfer(), risk=0.3601).value < np.inf
    assert lt.sample_complexity(p, lt.Scratch(), risk=0.5, n_max=30).value == np.inf


def test_double_descent_has_two_answers():
    p = P.isotropic(dim=1000, overlap=0.0, noise_std=0.1)
    value = lt.risk(p, lt.Scratch(), np.arange(1600)).value
    bottom = int(np.argmin(value[:999]))
    need = lt.sample_complexity(p, lt.Scratch(), risk=value[bottom])
    assert (need.value, need.lasting) == (bottom, 1054) and bottom == 899


@pytest.mark.parametrize(
    ("dim", "fraction", "expected"), [(10, 0.7, 3), (10, 0.0, 10), (10, 1.0, 0), (10**9, 0.5, 5 * 10**8)]
)
def test_round_off_does_not_cost_a_sample(dim, fraction, expected):
    p = P.isotropic(dim=dim, overlap=0.0)
    assert lt.sample_complexity(p, lt.Scratch(), risk=fraction).value == expected


# ---- JAX


@given(
    st.sampled_from(
        [lt.Scratch(), lt.FineTune(), lt.LinearTransfer(), lt.FineTune(ridge=1.0), lt.FineTune(lt.DeepLinear(2))]
    ),
    st.floats(-0.9, 0.9),
    st.floats(0.01, 1.1),
)
@settings(max_examples=5)
def test_jax_finds_what_numpy_finds(learner, overlap, fraction):
    def need(overlap, risk):
        return lt.sample_complexity(P.isotropic(40, overlap, noise_std=0.3), learner, risk)

    plain = need(overlap, fraction)
    for found in (
        need(jnp.array(overlap), fraction),
        need(overlap, jnp.array(fraction)),
        jax.jit(need)(overlap, fraction),
    ):
        np.testing.assert_array_equal([found.value, found.lasting], [plain.value, plain.lasting])
        assert float(found.floor) == pytest.approx(plain.floor, rel=1e-12)
    slopes = jax.grad(lambda *a: need(*a).value, (0, 1))(overlap, fraction)
    assert np.isfinite(slopes).all()


@pytest.mark.slow
@pytest.mark.parametrize("goal", [0.3, 1.5])
def test_jax_finds_what_numpy_finds_on_any_spectrum(goal):
    rng = np.random.default_rng(0)
    source, target, spectrum = 0.5 * rng.standard_normal(12), rng.standard_normal(12), np.arange(1.0, 13) ** -1

    def need(scale):
        problem = P.from_teachers(source, scale * target, covariance=scale * spectrum, noise_std=0.3)
        return lt.sample_complexity(problem, lt.Scratch(ridge=0.1), goal)

    many = jax.jit(jax.vmap(need))(jnp.array([0.5, 1.0, 2.0]))
    plain = [need(scale) for scale in (0.5, 1.0, 2.0)]
    np.testing.assert_array_equal(many.value, [found.value for found in plain])
    np.testing.assert_array_equal(many.lasting, [found.lasting for found in plain])


def test_it_is_differentiable():
    def need(overlap, risk=0.1):
        return lt.sample_complexity(P.isotropic(500, overlap), lt.FineTune(), risk=risk).value

    # n = d(1 − ε/‖δ‖²) with ‖δ‖² = 2(1 − c): dn/dc = −2dε/‖δ‖⁴, dn/dε = −d/‖δ‖².
    for grad in (jax.grad(need, (0, 1)), jax.jit(jax.grad(need, (0, 1)))):
        np.testing.assert_allclose(grad(0.8, 0.1), (-2 * 500 * 0.1 / 0.4**2, -500 / 0.4), rtol=1e-6)
    assert float(jax.jit(need)(0.8)) == 375


@pytest.mark.slow
@pytest.mark.parametrize("field", ["value", "lasting"])
def test_the_derivative_is_that_of_the_real_crossing(field):
    rng = np.random.default_rng(1)
    source, target, spectrum = *rng.standard_normal((2, 30)), np.arange(1.0, 31) ** -1.2

    def need(ridge, noise):
        problem = P.from_teachers(source, target, covariance=spectrum, noise_std=noise)
        return getattr(lt.sample_complexity(problem, lt.FineTune(ridge=ridge), 0.5), field)

    def crossing(ridge, noise):
        problem = P.from_teachers(source, target, covariance=spectrum, noise_std=noise)
        low, high = need(0.5, 0.4) - 2.0, need(0.5, 0.4) + 1.0
        for _ in range(60):
            middle = (low + high) / 2
            reached = closed_form(problem, lt.FineTune(ridge=ridge), np.asarray(middle)).value <= 0.5
            low, high = (low, middle) if reached else (middle, high)
        return high

    by_ridge = (crossing(0.5 + 1e-4, 0.4) - crossing(0.5 - 1e-4, 0.4)) / 2e-4
    by_noise = (crossing(0.5, 0.4 + 1e-4) - crossing(0.5, 0.4 - 1e-4)) / 2e-4
    np.testing.assert_allclose(jax.jit(jax.grad(need, (0, 1)))(0.5, 0.4), (by_ridge, by_noise), rtol=1e-5)


@pytest.mark.parametrize("wide", [True, False])
def test_bits_survive_the_way_to_the_host(wide):
    """JAX's callbacks may run in a thread that does not know of `enable_x64`."""
    with jax.enable_x64(wide):
        need = jax.jit(lambda c: lt.sample_complexity(P.isotropic(10**9, c), lt.FineTune(), 0.1).value)(0.8)
    assert need.dtype == ("float64" if wide else "float32")
    assert float(need) == pytest.approx(75 * 10**7, abs=0 if wide else 1000)


# ---- refusals


@pytest.mark.parametrize("risk", [-0.1, np.nan, np.inf, [0.1, 0.2], None, "0.1", 1j, True, {}, np.array([0.1])])
def test_impossible_risks_are_refused(risk):
    with pytest.raises(lt.DomainError, match="risk must be a finite number ≥ 0"):
        lt.sample_complexity(P.isotropic(9, 0.5), lt.Scratch(), risk)


@pytest.mark.parametrize("n_max", [-1, 0.5, np.nan, [1, 2], None, "9", True])
def test_impossible_ends_are_refused(n_max):
    with pytest.raises(lt.DomainError, match="n_max must be a whole number ≥ 0"):
        lt.sample_complexity(P.isotropic(9, 0.5), lt.Scratch(), 0.1, n_max=n_max)


def test_what_is_no_question_is_refused():
    p = P.isotropic(9, 0.5)
    with pytest.raises(lt.DomainError, match="problem must be"):
        lt.sample_complexity(3, lt.Scratch(), 0.1)
    with pytest.raises(lt.UnknownNameError, match="learner must be"):
        lt.sample_complexity(p, "scratch", 0.1)
    with pytest.raises(lt.UnknownNameError, match="method must be"):
        lt.sample_complexity(p, lt.Scratch(), 0.1, method="best")
    for method in ("simulate", "auto"):
        with pytest.raises(lt.MissingMethodError):
            lt.sample_complexity(p, lt.FineTune(lt.ShallowReLU(64), ridge=0.1), 0.1, method=method)
    with pytest.raises(lt.MissingMethodError, match="only simulated"):
        lt.sample_complexity(p, lt.Scratch(), 0.1, method="simulate")
