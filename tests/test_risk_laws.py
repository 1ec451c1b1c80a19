"""Laws as the front door gives them: means, probabilities and what has none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import lintransfer as lt
from lintransfer.simulate.end_to_end import paired_risk_samples, risk_samples
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.testing import isotropic_problems, sample_sizes

P = lt.TransferProblem.isotropic(dim=7, overlap=0.6, noise_std=0.5)
# Kolmogorov–Smirnov at p > 1e-4 on fixed seeds: each test fails by chance once in 10⁴ choices of the seed.
LEAST_P = 1e-4


@given(st.data())
def test_the_law_has_the_mean_of_the_front_door(data):
    problem = data.draw(isotropic_problems(max_dim=10**6))
    n = data.draw(sample_sizes(problem))
    for learner in (lt.Scratch(), lt.FineTune(), lt.LinearTransfer()):
        expected = lt.risk(problem, learner, n).value
        assert lt.risk_law(problem, learner, n).mean() == pytest.approx(float(expected), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("n", [2, 6, 7, 8, 12])
def test_laws_are_those_of_training_also_where_means_are_infinite(n):
    source, target = teacher_pair(7, 0.6)
    runs = {
        lt.Scratch(): {"initial": None},
        lt.FineTune(): {"initial": source},
        lt.LinearTransfer(): {"features": source[:, None]},
    }
    for learner, keywords in runs.items():
        rng = np.random.default_rng(n)
        samples = risk_samples(rng, 3000, n=n, target=target, noise_std=0.5, **keywords)
        assert stats.kstest(samples, lt.risk_law(P, learner, n).cdf).pvalue > LEAST_P


def test_probability_that_transfer_helps():
    source, target = teacher_pair(7, 0.6)
    rng = np.random.default_rng(0)
    scratch, tuned = paired_risk_samples(rng, 20_000, [{}, {"initial": source}], n=3, target=target, noise_std=0.5)
    law = lt.transferability_law(P, lt.FineTune(), 3)
    share, probability = np.mean(scratch > tuned), law.sf(0.0)
    assert abs(share - probability) < 4 * np.sqrt(probability * (1 - probability) / 20_000)
    assert law.mean() == pytest.approx(float(lt.transferability(P, lt.FineTune(), 3)))


def test_any_covariance_where_it_does_not_matter():
    p = lt.TransferProblem.from_teachers([1.0, 2, 3], [1.0, 1, 1], covariance=[3.0, 2, 1], noise_std=0.3)
    assert lt.risk_law(p, lt.Scratch(), 9).mean() == pytest.approx(float(lt.risk(p, lt.Scratch(), 9)))
    assert lt.risk_law(p, lt.Scratch(), 0).mean() == pytest.approx(6.0)
    assert lt.risk_law(p, lt.LinearTransfer(), 4).mean() == pytest.approx(float(lt.risk(p, lt.LinearTransfer(), 4)))


@pytest.mark.parametrize(
    "call",
    [
        lambda: lt.risk_law(P, lt.FineTune(ridge=1.0), 3),
        lambda: lt.risk_law(P.with_noise(n_source=5), lt.FineTune(), 3),
        lambda: lt.risk_law(lt.TransferProblem.from_teachers([1.0, 2], [2.0, 1], [2.0, 1]), lt.Scratch(), 1),
        lambda: lt.transferability_law(P, lt.LinearTransfer(), 3),
        lambda: lt.transferability_law(P, lt.FineTune(), 3, baseline=lt.LinearTransfer()),
    ],
)
def test_what_has_no_law_says_what_has(call):
    with pytest.raises(lt.MissingMethodError, match="there is one for"):
        call()


def test_impossible_sizes_are_refused():
    with pytest.raises(lt.DomainError, match="n must be a whole number ≥ 0"):
        lt.risk_law(P, lt.Scratch(), 2.5)
