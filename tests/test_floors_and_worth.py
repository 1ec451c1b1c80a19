"""Floors and worth at the front door: no learner gets below, and what a source is worth is what scratch would need."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lintransfer as lt

P = lt.TransferProblem.isotropic(100, 0.7, 0.3, n_source=300, source_noise_std=0.3)
LEARNERS = [
    lt.Scratch(ridge="optimal"), lt.FineTune(), lt.Pool(), lt.Pool("optimal", ridge="optimal"), lt.Stack(),
    lt.WeightAverage(weight="optimal"), lt.Replay(0),
]  # fmt: skip
QUICK = settings(deadline=None, max_examples=40, derandomize=True)


@pytest.mark.parametrize("learner", LEARNERS, ids=repr)
@QUICK
@given(
    dim=st.sampled_from([40, 10**4, 10**9]), overlap=st.floats(-1, 1), share=st.floats(0, 3), source_share=st.floats(0, 3),
    noise=st.sampled_from([0.0, 0.3, 2.0]), source_noise=st.sampled_from([0.0, 0.3, 2.0]),
)  # fmt: skip
def test_no_learner_gets_below_the_floor(learner, dim, overlap, share, source_share, noise, source_noise):
    p = lt.TransferProblem.isotropic(
        dim, overlap, noise, n_source=int(source_share * dim), source_noise_std=source_noise
    )
    n = int(share * dim)
    assert lt.risk(p, learner, n).value >= lt.bayes_floor(p, n).value * (1 - 1e-6) - 1e-9


def test_a_known_source_is_an_unlimited_one():
    known, many = P.with_source_size(None), P.with_source_size(2**53)
    known = lt.TransferProblem.isotropic(100, 0.7, 0.3)
    np.testing.assert_allclose(lt.bayes_floor(known, [0, 50]).value, lt.bayes_floor(many, [0, 50]).value, rtol=1e-9)


def test_the_floor_of_one_spectrum_is_that_of_its_family():
    spectrum = 1 / np.arange(1.0, 31)
    source, target = np.random.default_rng(0).standard_normal((2, 30))
    p = lt.TransferProblem.from_teachers(source, target, spectrum, 0.4, n_source=50, source_noise_std=0.2)
    family = lt.TaskFamily.from_teachers([source, target, 0 * target], [50, 20, 0], [spectrum] * 3, [0.2, 0.4, 0.1])
    assert lt.bayes_floor(family.reordered([0, 2, 1]), 20).value == pytest.approx(lt.bayes_floor(p, 20).value, rel=1e-6)


@QUICK
@given(n=st.integers(1, 300), noise=st.sampled_from([0.1, 0.5]), dim=st.sampled_from([50, 10**6]))
def test_scratch_at_its_best_is_worth_nothing(n, noise, dim):
    p = lt.TransferProblem.isotropic(dim, 0.5, noise, n_source=10)
    assert lt.worth(p, lt.Scratch(ridge="optimal"), n).value == pytest.approx(0, abs=1e-6 * (n + 1) + 1e-8 * dim)


def test_worth_counts_the_samples_that_scratch_would_need():
    found = lt.worth(P, lt.Pool("optimal", ridge="optimal"), n=60)
    risk = lt.risk(P, lt.Pool("optimal", ridge="optimal"), n=60).value
    needed = lt.sample_complexity(P, lt.Scratch(ridge="optimal"), risk=risk)
    assert found.value + 60 == pytest.approx(needed.value, abs=1)
    assert found.method == "asymptotic" and "effective-samples" in found.theorem
    assert math.isnan(lt.worth(P, lt.Pool(), n=[0, 60], method="exact").value[0]) is False
    drawn = lt.worth(P, lt.Pool(), n=60, method="simulate")
    assert abs(drawn.value - lt.worth(P, lt.Pool(), n=60).value) < 5 * drawn.std_err
    with pytest.raises(lt.MissingMethodError, match="worth is there for"):
        lt.worth(lt.TransferProblem.from_teachers(np.ones(3), np.ones(3), [1.0, 2.0, 3.0]), lt.FineTune(), 2)


def test_floors_refuse_what_they_do_not_know():
    columns = np.ones((5, 2))
    for p in (
        lt.TransferProblem.from_teachers(columns, columns),
        lt.TransferProblem.from_teachers(columns[:, 0], columns[:, 1], test_covariance=np.arange(1.0, 6)),
        lt.TransferProblem.from_teachers(columns[:, 0], columns[:, 1], n_source=4, source_covariance=np.arange(1.0, 6)),
        lt.TransferProblem.sphere(5, 0.5),
        lt.TransferProblem.two_layer(5, 1, 0.5),
    ):
        with pytest.raises(lt.MissingMethodError, match="bayes_floor is there for"):
            lt.bayes_floor(p, 3)
    with pytest.raises(lt.DomainError, match="n must be given"):
        lt.bayes_floor(P)


def test_the_floor_lies_under_curves_and_diagrams():
    learners = [lt.FineTune(), lt.Pool(), lt.Stack()]
    curve = lt.risk_curve(P, learners, n=[5, 50, 150])
    np.testing.assert_allclose(curve.dataset.floor, lt.bayes_floor(P, [5, 50, 150]).value)
    assert "Bayes floor" in [t.get_text() for t in curve.plot().axes[0].get_legend().get_texts()][-1]
    grid = lt.phase_diagram(P, learners, n=[5, 50], overlap=[-0.5, 0.5], noise_std=[0.1, 1.0], n_source=[20, 300])
    cell = lt.TransferProblem.isotropic(100, 0.5, 1.0, n_source=20, source_noise_std=0.3)
    np.testing.assert_allclose(
        grid.dataset.floor.sel(overlap=0.5, noise_std=1.0, n_source=20), lt.bayes_floor(cell, [5, 50]).value
    )
    assert "floor" not in lt.phase_diagram(P, [lt.FineTune()], n=[5], overlap=[0.1, 0.2]).dataset


def test_both_switches_of_equal_weights_are_boundaries():
    c = 1 - 2.03 * 0.09 / 2  # D² = 2.03 R_T at n = 2d
    p = lt.TransferProblem.isotropic(1000, c, 0.3, n_source=1, source_noise_std=0.3)
    found = lt.phase_diagram(p, [lt.Pool()], n=[2000], n_source=[1, 10, 100, 1000, 4000]).boundary.values.ravel()
    assert np.floor(found).tolist() == [28, 1890]  # 29 is the first size that helps, 1890 the last
