"""Weights between a source and its fine-tuning: optimal where stated, finite where stated, one formula with stacking."""

import math

import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.theory.linear import weight_averages as w
from lintransfer.theory.tasks.stacking import optimal_stack, stacked_risk

SIZE = st.one_of(st.integers(0, 40), st.sampled_from([2**53, 10**9, 10**9 + 1]))
DIM = st.one_of(st.integers(1, 40), st.just(10**9))
NOISE = st.one_of(st.just(0.0), st.floats(1e-9, 1e3))
ENERGIES = {"source_energy": 1.2, "cross_energy": 0.9, "target_energy": 1.1}


@given(SIZE, DIM, st.one_of(st.just(0.0), st.floats(1e-9, 1e3)), NOISE, st.floats(-1, 2))
def test_the_best_weight_is_best_and_harms_nobody(n, dim, energy, noise, weight):
    best, at = (
        w.optimal_interpolation_risk(n, dim, energy, noise),
        w.optimal_interpolation_weight(n, dim, energy, noise),
    )
    assert 0 <= at <= 1
    assert 0 <= best <= min(energy, w.interpolation_risk(n, dim, energy, noise, weight)) * (1 + 1e-12)
    assert w.interpolation_risk(n, dim, energy, noise, at) == pytest.approx(best, rel=1e-9, abs=1e-15 * energy)


@given(SIZE, DIM, NOISE, st.floats(0, 1))
def test_it_is_a_stack_of_one(n, dim, noise, weight):
    family = np.array([n]), dim, np.full((1, 1), 1.3), np.array([noise])
    assert stacked_risk(*family, np.array([weight])) == pytest.approx(
        float(w.interpolation_risk(n, dim, 1.3, noise, weight)), rel=1e-12
    )
    assert optimal_stack(*family).risk == pytest.approx(
        float(w.optimal_interpolation_risk(n, dim, 1.3, noise)), rel=1e-9
    )


@pytest.mark.parametrize("n_source", [0, 4, 9, 10, 11, 30])
@pytest.mark.parametrize("n", [0, 5, 9, 10, 11, 14, 2**53])
def test_fitted_sources_at_every_size(n, n_source):
    point = {"n": n, "n_source": n_source, "dim": 10, **ENERGIES, "noise_variance": 0.3, "source_noise_variance": 0.2}
    best = float(w.optimal_fitted_interpolation_risk(**point))
    weight = w.optimal_fitted_interpolation_weight(**point)
    assert float(w.fitted_interpolation_risk(**point, weight=weight)) == pytest.approx(best, rel=1e-12)
    assert (best == math.inf) == (abs(n_source - 10) <= 1 and n <= 11)
    ends = [float(w.fitted_interpolation_source_risk(**point, weight=a)) for a in (0.0, 0.5, 1.0)]
    assert not any(math.isnan(end) for end in ends)
    assert (ends[0] == math.inf) == (abs(n_source - 10) <= 1) and (ends[1] == math.inf) >= (ends[0] == math.inf)


def test_forgetting_begins_with_a_gain_where_the_target_corrects_the_source_fit():
    """The same task twice: learning the target improves the source."""
    point = {"n_source": 5, "dim": 10, "source_energy": 1.0, "cross_energy": 1.0, "target_energy": 1.0}
    risks = w.fitted_interpolation_source_risk(
        5, **point, noise_variance=0.0, source_noise_variance=0.0, weight=np.array([0, 1])
    )
    assert risks.tolist() == [0.5, 0.25]


def test_every_arithmetic():
    point = {"n": 5, "dim": 9, "displacement_energy": 1.3, "noise_variance": 0.4}
    for formula in (w.optimal_interpolation_risk, w.optimal_interpolation_weight):
        assert_same_everywhere(formula, **point)
    assert_gradient(w.optimal_interpolation_risk, ("displacement_energy", "noise_variance"), **point)
    for formula in (w.interpolation_risk, w.interpolation_distance):
        assert_same_everywhere(formula, **point, weight=0.7)
    fitted = {"n": 14, "n_source": 4, "dim": 9, **ENERGIES, "noise_variance": 0.4, "source_noise_variance": 0.2}
    assert_same_everywhere(w.optimal_fitted_interpolation_risk, **fitted)
    assert_same_everywhere(w.fitted_interpolation_source_risk, **fitted, weight=0.7)
