"""One inner step: signs of the best steps, edges, every arithmetic."""

import math

import numpy as np
from helpers.every_arithmetic import assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.theory.tasks import meta_learning as m

sizes = st.integers(1, 10**9)
energies = st.floats(1e-6, 1e6)


@given(sizes, sizes, energies, st.floats(0, 1e6), st.floats(-3, 3))
def test_no_step_beats_the_best_and_it_is_positive(n, dim, start, noise, step):
    best = m.best_inner_step(n, dim, start, noise)
    assert 0 < best < 1
    least = m.best_adapted_risk(n, dim, start, noise)
    assert least <= m.adapted_risk(step, n, dim, start, noise) * (1 + 1e-9) and least <= start


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.floats(-5, 5))
def test_training_steps_of_both_signs_bound_the_noise(n_inner, dim, step):
    def noise(a):
        return (1 + a * a * dim / n_inner) / ((1 - a) ** 2 + a * a * (dim + 1) / n_inner)

    best, worst = float(m.best_training_step(n_inner, dim)), float(m.worst_training_step(n_inner, dim))
    assert best < 0 < worst < 1
    assert noise(best) * (1 - 1e-9) <= noise(step) <= noise(worst) * (1 + 1e-9)


def test_edges_of_the_outer_fit():
    world = {"n_inner": 5, "dim": 10, "step": 0.3, "common_energy": 1.0}
    clean, noisy = {"task_variance": 0.0, "noise_variance": 0.0}, {"task_variance": 0.0, "noise_variance": 0.1}
    assert m.meta_min_norm_risk(0, **world, **noisy) == 1.0
    assert m.meta_min_norm_risk(10, **world, **clean) == 0.0
    assert m.meta_min_norm_risk(np.array([9, 10]), **world, **noisy).tolist() == [math.inf, math.inf]
    assert math.isnan(m.meta_min_norm_risk(11, **world, **noisy))
    assert m.best_inner_step(0, 5, 1.0, 0.1) == 0 and math.isnan(m.best_inner_step(5, 5, 0.0, 0.0))


def test_every_arithmetic():
    task = {"n": 5, "dim": 9, "start_energy": 1.2, "noise_variance": 0.4}
    for formula in (m.best_inner_step, m.best_adapted_risk):
        assert_same_everywhere(formula, **task)
    assert_same_everywhere(m.adapted_risk, step=0.3, **task)
    for formula in (m.best_training_step, m.worst_training_step):
        assert_same_everywhere(formula, n_inner=5, dim=9)
    outer = {"common_energy": 1.0, "task_variance": 0.4, "noise_variance": 0.3}
    assert_same_everywhere(m.meta_min_norm_risk, n=5, n_inner=4, dim=9, step=-0.4, **outer)
