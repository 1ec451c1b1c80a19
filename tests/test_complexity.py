"""Sample complexity against brute force."""

import jax
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import lintransfer as lt
from lintransfer.testing import isotropic_problems, teacher_problems


def brute_force(problem, learner, goal, most):
    n = np.arange(most + 1)
    reached = lt.risk(problem, learner, n).value <= goal * (1 + 1e-12)
    first = int(np.argmax(reached)) if reached.any() else np.inf
    lasting = len(n) - int(np.argmax(~reached[::-1])) if not reached.all() else 0
    return first, (lasting if reached[-1] else np.inf)


@given(
    st.one_of(isotropic_problems(max_dim=60), teacher_problems()),
    st.sampled_from(
        [lt.Scratch(), lt.FineTune(), lt.LinearTransfer(), lt.FineTune(ridge=2.0), lt.Scratch(ridge="optimal")]
    ),
    st.floats(0.02, 1.2),
)
def test_agrees_with_brute_force(problem, learner, fraction):
    goal = fraction * float(lt.risk(problem, lt.Scratch(), 0).value)
    most = 4000
    found = lt.sample_complexity(problem, learner, goal, n_max=most)
    first, lasting = brute_force(problem, learner, goal, most)
    assume(lt.risk(problem, learner, most).method == found.method)
    assert (found.value, found.lasting) == (first, lasting)


def test_double_descent_has_two_answers():
    p = lt.TransferProblem.isotropic(dim=100, overlap=0.9, noise_std=0.3)
    need = lt.sample_complexity(p, lt.FineTune(), risk=0.21)
    assert need.value < 100 < need.lasting


def test_floors_are_never_reached():
    p = lt.TransferProblem.isotropic(dim=100, overlap=0.8)
    assert lt.sample_complexity(p, lt.LinearTransfer(), risk=0.35).value == np.inf
    assert lt.sample_complexity(p, lt.LinearTransfer(), risk=0.3601).value < np.inf
    assert lt.sample_complexity(p, lt.Scratch(), risk=0.5, n_max=30).value == np.inf


@pytest.mark.parametrize(
    ("dim", "fraction", "expected"), [(10, 0.7, 3), (10, 0.0, 10), (10, 1.0, 0), (10**9, 0.5, 5 * 10**8)]
)
def test_round_off_does_not_cost_a_sample(dim, fraction, expected):
    p = lt.TransferProblem.isotropic(dim=dim, overlap=0.0)
    assert lt.sample_complexity(p, lt.Scratch(), risk=fraction).value == expected


def test_it_is_differentiable():
    def need(overlap):
        return lt.sample_complexity(lt.TransferProblem.isotropic(500, overlap), lt.FineTune(), risk=0.1).value

    # n = d(1 − ε/‖δ‖²) with ‖δ‖² = 2(1 − c): dn/dc = −2dε/‖δ‖⁴.
    assert jax.grad(need)(0.8) == pytest.approx(-2 * 500 * 0.1 / 0.4**2, rel=1e-6)
    assert float(jax.jit(need)(0.8)) == 375


@pytest.mark.parametrize("risk", [-0.1, np.nan, np.inf, [0.1, 0.2]])
def test_impossible_risks_are_refused(risk):
    with pytest.raises(lt.DomainError, match="risk must be a finite number ≥ 0"):
        lt.sample_complexity(lt.TransferProblem.isotropic(9, 0.5), lt.Scratch(), risk)
