"""Worth of a source: one number by several routes, and the table of the sheet."""

import math

import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.theory.linear.proportional import tuned_ridge_risk
from lintransfer.theory.tasks import worth as w
from lintransfer.theory.tasks.information_floor import transfer_floor


@given(st.integers(0, 10**6), st.floats(0.05, 3), st.floats(0.01, 3))
def test_worth_of_an_anchor_is_a_difference_of_sizes(n, displacement, noise):
    risk = tuned_ridge_risk(n, 50, displacement, noise)
    if risk <= 1.2:
        worth = w.effective_samples(risk, 50, 1.2, noise) - n
        assert w.anchor_worth(n, 50, displacement, 1.2, noise) == pytest.approx(float(worth), rel=1e-6, abs=1e-4)


def test_worth_of_later_source_samples():
    """A cleaner source's samples are worth more at first: sheet 5, γ_T = 0.1, snr 0.3 and 60, c = 0.8."""
    dim, few = 1e6, 1.0
    world = {"overlap": 0.8, "noise_variance": 1 / 0.3, "source_noise_variance": 1 / 60}
    found = []
    for gamma in (0, 0.2, 0.4, 0.6, 0.8, 1, 2):
        sizes = dim * gamma + few * np.array([0, 100.0])
        n = w.effective_samples(transfer_floor(0.1 * dim, sizes, dim, **world), dim, 1.0, 1 / 0.3)
        found.append(float(n[1] - n[0]) / 100)
    assert found == pytest.approx([2.8, 3.4, 4.3, 5.5, 6.7, 5.5, 0.25], rel=0.02)


def test_no_data_is_worth_nothing_and_a_worse_learner_is_not_judged():
    assert w.effective_samples(transfer_floor(0, 0, 30, 0.9, noise_variance=0.3), 30, 1.0, 0.3) == 0
    assert w.source_worth(0, 30, 0.9, noise_variance=0.3) == 0
    assert w.source_worth(math.inf, 30, 1.0, noise_variance=0.3) == math.inf
    assert w.source_worth(math.inf, 30, 1.0) == 30
    assert math.isnan(w.effective_samples(1.1, 30, 1.0, 0.3))
    found = w.effective_samples(np.array([0.0, 0.5, 1.0, 2.0]), 30, 1.0, 0.5)
    np.testing.assert_array_equal(found, [math.inf, 30.0, 0.0, math.nan])


def test_every_arithmetic():
    assert_same_everywhere(w.effective_samples, risk=0.3, dim=9, target_energy=1.2, noise_variance=0.4)
    assert_same_everywhere(w.effective_least_squares_samples, risk=0.3, dim=9, noise_variance=0.4)
    anchor = {"n": 5, "dim": 9, "displacement_energy": 0.4, "target_energy": 1.2, "noise_variance": 0.4}
    assert_same_everywhere(w.anchor_worth, **anchor)
