"""Which order of two tasks is worse, mechanism by mechanism."""

import math

import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere

from lintransfer.theory.tasks import order_effects as g


def test_which_order_is_worse_depends_on_the_regime():
    """Larger eigenvalue last: worse under SGD's noise and for short training after a shift, better for long training and
    for fits to the end."""
    small, large = 0.8, 1.6
    noisy = g.sgd_order_gap(np.array([1, 10, 100]), small, large, 0.5, 0.1, 2)
    shifted = g.gd_order_gap(np.array([1, 3, 100]), small, large, 1.0, 0.1)
    fitted = g.order_gap(4, 4, 10, small, large, 0.5, 0.5)
    assert g.larger_last_is_worse(noisy, small, large).tolist() == [True, True, True]
    assert g.larger_last_is_worse(shifted, small, large).tolist() == [True, True, False]
    assert not g.larger_last_is_worse(fitted, small, large)
    assert g.larger_last_is_worse(-noisy[0], large, small)


def test_infinite_means_have_no_gap_but_one_of_them_has():
    world = 10, 1.0, 2.0, 0.5, 0.5
    assert math.isnan(g.order_gap(10, 10, *world))
    assert g.order_gap(4, 10, *world) == math.inf and g.order_gap(10, 4, *world) == -math.inf
    assert g.order_gap(0, 4, *world) == 0


def test_where_short_training_after_a_shift_turns_long():
    """g(λ) peaks where eˣ = 1 + 2x at x = ηnλ: of two eigenvalues around the peak, the order effect changes sign with n."""
    eta, small, large = 1e-4, 0.99, 1.01
    turn = 1.2564 / eta
    before, after = (g.gd_order_gap(round(by * turn), small, large, 1.0, eta) for by in (0.99, 1.01))
    assert before > 0 > after
    assert math.exp(1.25643) == pytest.approx(1 + 2 * 1.25643, rel=1e-5)


def test_every_arithmetic():
    gap = {"first_eigenvalue": 1.0, "second_eigenvalue": 2.0}
    assert_same_everywhere(g.sgd_order_gap, n=5, **gap, noise_variance=0.7, step_size=0.2, batch=3)
    assert_same_everywhere(g.gd_order_gap, n=5, **gap, distance_energy=0.7, step_size=0.2)
    fitted = {
        "first_eigenvalue": 1.0,
        "second_eigenvalue": 2.5,
        "first_noise_variance": 0.5,
        "second_noise_variance": 0.3,
    }
    assert_same_everywhere(g.order_gap, first_n=4, second_n=3, dim=12, **fitted)
