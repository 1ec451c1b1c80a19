"""Best scales, soups and mixtures: one parabola behind all of them, in every arithmetic and at every size."""

import math

import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.theory.tasks import averages as a

SIZE = st.one_of(st.integers(0, 60), st.sampled_from([2**53, 10**9, 10**9 - 1]))
DIM = st.one_of(st.integers(1, 60), st.just(10**9))
NOISE = st.one_of(st.just(0.0), st.floats(1e-9, 1e3))
ENERGY = st.one_of(st.just(0.0), st.floats(1e-9, 1e3))


@given(SIZE, DIM, ENERGY, NOISE, st.integers(1, 50), st.floats(-1, 3))
def test_the_best_soup_is_no_worse_than_any_other_and_than_its_start(n, dim, energy, noise, members, stretch):
    best = a.optimal_soup_risk(n, dim, energy, noise, members)
    at_best = a.soup_risk(n, dim, energy, noise, members, a.optimal_soup_stretch(n, dim, energy, noise, members))
    assert 0 <= best <= min(a.soup_risk(n, dim, energy, noise, members, stretch), energy) * (1 + 1e-12)
    assert at_best == pytest.approx(best, rel=1e-9, abs=1e-15 * energy)


@given(ENERGY, st.floats(-10, 10), st.floats(1e-6, 1e3), st.floats(0, 1))
def test_the_best_scale_is_a_minimum(energy, alignment, update, forgetting):
    found = a.best_scale(energy, alignment, update, forgetting)

    def objective(scale):
        risk = a.scaled_update_risk(energy, alignment, update, scale)
        return (1 - forgetting) * risk + forgetting * scale**2 * update

    assert objective(found.scale) <= min(objective(found.scale + s) for s in (-0.1, 0.1)) + 1e-9


@given(st.integers(2, 40), st.integers(2, 40), st.integers(1, 30), ENERGY, NOISE, NOISE)
def test_a_source_of_the_right_weight_never_hurts(excess, source_excess, dim, energy, noise, source_noise):
    point = dim + excess, dim + source_excess, dim, energy, noise, source_noise
    risk, weight = a.averaged_fits_risk(*point), a.averaged_fits_weight(*point)
    own, other = noise * dim / (excess - 1), source_noise * dim / (source_excess - 1) + energy
    assert 0 <= weight <= 1 and risk <= min(own, other) * (1 + 1e-12)
    assert risk == pytest.approx((1 - weight) ** 2 * own + weight**2 * other, rel=1e-9)


def test_mixtures_at_and_below_the_threshold():
    n = np.array([3, 5, 6, 9])
    risk = a.averaged_fits_risk(n, 12, 5, 0.4, 0.5, 0.3)
    assert math.isnan(risk[0]) and risk[1] == risk[2] == pytest.approx(0.3 * 5 / 6 + 0.4) and risk[3] < risk[2]
    assert a.averaged_fits_risk(5, 6, 5, 0.4, 0.5, 0.3) == math.inf
    assert a.averaged_fits_risk(9, 6, 5, 0.4, 0.5, 0.3) == pytest.approx(0.5 * 5 / 3)


def test_every_arithmetic():
    soup = {"n": 4, "dim": 9, "displacement_energy": 1.3, "noise_variance": 0.4, "members": 3}
    for formula in (a.optimal_soup_risk, a.optimal_soup_stretch):
        assert_same_everywhere(formula, **soup)
    assert_same_everywhere(a.soup_risk, **soup, stretch=1.2)
    two = {"n": 14, "n_source": 19, "dim": 9, "displacement_energy": 0.3, "noise_variance": 0.4}
    assert_same_everywhere(a.averaged_fits_risk, **two, source_noise_variance=0.2)
    assert_gradient(a.optimal_soup_risk, ("noise_variance",), **soup)
