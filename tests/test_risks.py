"""The front door: every method of computing a quantity agrees, and nonsense is refused."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lintransfer as lt
from lintransfer.testing import isotropic_problems, learners, problems, sample_sizes, teacher_problems

P = lt.TransferProblem.isotropic(dim=20, overlap=0.6, noise_std=0.4)
LEARNERS = [lt.Scratch(), lt.FineTune(), lt.LinearTransfer(), lt.FineTune(ridge=3.0), lt.LinearTransfer(ridge=1.0)]


@pytest.mark.parametrize("learner", LEARNERS, ids=str)
def test_formula_and_simulation_agree(learner):
    n = [0, 6, 12, 40]
    formula, simulated = lt.risk(P, learner, n), lt.risk(P, learner, n, method="simulate", key=1, replicates=4000)
    assert simulated.method == "law" and not np.any(np.asarray(formula.method) == "law")
    # Finite-size terms of the deterministic equivalents are O(1/d).
    allowed = (
        4 * simulated.std_err + np.where(np.asarray(formula.method) == "exact", 0, 2 / P.dim) * formula.value + 1e-12
    )
    assert np.all(np.abs(formula.value - simulated.value) < allowed)


@given(st.data())
def test_risks_are_not_negative_and_never_silent(data):
    problem, learner = data.draw(problems()), data.draw(learners())
    estimate = lt.risk(problem, learner, data.draw(sample_sizes(problem)))
    assert estimate.valid and estimate.value >= 0
    assert estimate.value.dtype == np.float64 and estimate.std_err == 0


@given(st.data())
def test_no_samples_no_learning(data):
    problem = data.draw(problems())
    m = problem.modes
    for learner, energy in ((lt.Scratch(), m.target), (lt.FineTune(), m.displacement), (lt.LinearTransfer(), m.target)):
        expected = np.sum(m.eigenvalue * energy)
        scale = np.sum(m.eigenvalue * (m.target + m.source))
        assert lt.risk(problem, learner, 0).value == pytest.approx(expected, rel=1e-9, abs=1e-9 * scale)


@given(st.data(), st.floats(0.1, 10))
def test_labels_in_other_units_scale_the_risk(data, unit):
    problem, learner = data.draw(teacher_problems()), data.draw(learners(ridge=False))
    n = data.draw(sample_sizes(problem))
    v = problem.vectors
    scaled = lt.TransferProblem.from_teachers(
        unit * v.source, unit * v.target, v.covariance, noise_std=unit * problem.noise_std
    )
    mine, other = lt.risk(problem, learner, n).value, lt.risk(scaled, learner, n).value
    assert other == pytest.approx(unit**2 * mine, rel=1e-8, abs=1e-12)


@given(st.data())
def test_rotations_do_not_matter(data):
    problem, learner = data.draw(teacher_problems(dim=5)), data.draw(learners())
    v = problem.vectors
    turn = np.linalg.qr(np.random.default_rng(3).standard_normal((5, 5)))[0]
    turned = lt.TransferProblem.from_teachers(
        turn @ v.source, turn @ v.target, turn @ np.diag(v.covariance) @ turn.T, noise_std=problem.noise_std
    )
    n = np.array([0, 2, 9, 30])
    mine, other = lt.risk(problem, learner, n).value, lt.risk(turned, learner, n).value
    np.testing.assert_allclose(other, mine, rtol=1e-6, atol=1e-9 * np.max(mine[np.isfinite(mine)]))


@given(isotropic_problems(max_dim=2000), st.integers(0, 3000))
def test_the_best_ridge_is_no_worse_than_any_other(problem, n):
    for strategy in (lt.Scratch, lt.FineTune, lt.LinearTransfer):
        best = lt.risk(problem, strategy(ridge="optimal"), n).value
        for ridge in (1e-3, 1.0, 30.0):
            other = lt.risk(problem, strategy(ridge=ridge), n)
            assert best <= other.value * (1 + 1e-9) + 1e-12


@given(isotropic_problems(max_dim=500), st.integers(0, 600))
def test_noiseless_risk_falls_with_n_and_rises_with_the_angle(problem, n):
    quiet = problem.with_noise(noise_std=0.0)
    for learner in (lt.Scratch(), lt.FineTune()):
        assert lt.risk(quiet, learner, n + 1).value <= lt.risk(quiet, learner, n).value + 1e-12
    closer = quiet.with_overlap((1 + quiet.overlap) / 2)
    assert lt.risk(closer, lt.FineTune(), n).value <= lt.risk(quiet, lt.FineTune(), n).value * (1 + 1e-9) + 1e-9


def test_infinite_means_are_values_not_failures():
    estimate = lt.risk(P, lt.Scratch(), [19, 20, 21])
    assert np.all(np.isinf(estimate.value)) and np.all(estimate.valid)
    assert lt.risk(P.with_noise(noise_std=0.0), lt.Scratch(), 20).value == 0


def test_transferability_stays_finite_where_both_risks_are_infinite():
    t = lt.transferability(P, lt.FineTune(), [19, 20, 21])
    assert t.method == "exact"
    np.testing.assert_allclose(t.value, [(1 - 19 / 20) * (2 * 0.6 - 1), 0, 0], atol=1e-15)
    assert lt.transferability(P, lt.LinearTransfer(), 20).value == math.inf
    assert lt.transferability(P, lt.LinearTransfer(), 2).value == -math.inf


def test_paired_simulation_agrees_with_the_difference_of_risks():
    simulated = lt.transferability(P, lt.LinearTransfer(), [8, 40], method="simulate", key=2, replicates=4000)
    formula = lt.transferability(P, lt.LinearTransfer(), [8, 40])
    assert np.all(np.abs(simulated.value - formula.value) < 4 * simulated.std_err)


def test_simulations_are_reproducible():
    runs = [lt.risk(P, lt.FineTune(), [5, 9], method="simulate", key=k, replicates=50).value for k in (3, 3, 4)]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


@pytest.mark.parametrize("learner", LEARNERS, ids=str)
def test_gradients_are_those_of_finite_differences(learner):
    def value(overlap, xp=jnp):
        return lt.risk(lt.TransferProblem.isotropic(20, overlap, 0.4), learner, xp.asarray([6.0, 40.0])).value

    slope = jax.jacobian(value)(0.6)
    step = 1e-5
    difference = (value(0.6 + step, np) - value(0.6 - step, np)) / (2 * step)
    np.testing.assert_allclose(slope, difference, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(jax.jit(value)(0.6), value(0.6, np), rtol=1e-11)
    batch = jax.vmap(value)(jnp.array([0.1, 0.6]))
    np.testing.assert_allclose(batch[1], value(0.6, np), rtol=1e-11)


def test_plain_calls_leave_the_jax_settings_alone():
    with jax.enable_x64(False):
        estimate = lt.risk(P, lt.FineTune(ridge=2.0), [6, 40])
        simulated = lt.risk(P, lt.FineTune(ridge=2.0), [6, 40], method="simulate", replicates=10)
        assert estimate.value.dtype == simulated.value.dtype == np.float64
        assert jnp.ones(1).dtype == jnp.float32


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: lt.risk(P, lt.FineTune(), -1), lt.DomainError, "n must be a whole number ≥ 0"),
        (lambda: lt.risk(P, lt.FineTune(), 2.5), lt.DomainError, "n must be a whole number ≥ 0"),
        (lambda: lt.risk(P, lt.FineTune(), [3, np.nan]), lt.DomainError, "n must be a whole number ≥ 0"),
        (lambda: lt.risk(P, lt.FineTune(), "ten"), lt.DomainError, "n must be a whole number ≥ 0"),
        (lambda: lt.risk(P, lt.FineTune(), []), lt.DomainError, "n must be at least one sample size"),
        (lambda: lt.risk(P, "fine-tune", 3), lt.UnknownNameError, "learner must be one of Scratch, FineTune"),
        (lambda: lt.risk(P, lt.FineTune, 3), lt.UnknownNameError, "learner must be one of"),
        (lambda: lt.risk("P", lt.FineTune(), 3), lt.DomainError, "problem must be a TransferProblem"),
        (
            lambda: lt.risk(P, lt.FineTune(), 3, method="magic"),
            lt.UnknownNameError,
            "method must be one of auto, exact",
        ),
        (
            lambda: lt.risk(P, lt.FineTune(), 3, method="bound"),
            lt.MissingMethodError,
            "there is: exact, asymptotic, law, simulate",
        ),
        (lambda: lt.risk(P, lt.FineTune(), 3, "simulate", replicates=1), lt.DomainError, "replicates must be"),
        (lambda: lt.risk(P, lt.FineTune(), 3, "simulate", key=-1), lt.DomainError, "key must be"),
        (lambda: lt.FineTune(ridge="best"), lt.DomainError, 'ridge must be a number, inf or "optimal"'),
        (lambda: lt.FineTune(ridge=math.nan), lt.DomainError, "ridge must be a number, inf or"),
        (lambda: lt.FineTune(time=-1), lt.DomainError, "time must be a number ≥ 0"),
    ],
)
def test_nonsense_is_refused_in_one_line(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_every_route_is_listed_and_names_its_theorem():
    from lintransfer.theorems import THEOREMS

    known = {row.name for row in THEOREMS} | {"simulation"}
    table = lt.methods()
    assert {row["theorem"] for row in table} <= known
    assert {(row["strategy"], row["model"]) for row in table} >= {
        (s, "Linear") for s in ("Scratch", "FineTune", "LinearTransfer")
    }
