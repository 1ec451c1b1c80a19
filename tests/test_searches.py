"""The search on whole numbers against brute force: hills, valleys, jumps and sizes that nobody knows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.searches import LARGEST, crossing, ladder, saturations, search
from lintransfer.spectra import two_level

MOST = 3000


def brute_force(value, goal):
    """(first, lasting, lowest) from every whole number."""
    reached, unknown = value <= goal, np.isnan(value)
    first = int(np.argmax(reached)) if reached.any() else len(value)
    smallest = math.nan if unknown[:first].any() else first if first < len(value) else math.inf
    last = np.flatnonzero(~reached).max(initial=-1)
    lasting = math.nan if last >= 0 and unknown[last] else math.inf if last == len(value) - 1 else last + 1
    return smallest, lasting, np.nanmin(value)


@st.composite
def curves(draw):
    """A fall with a hill and a valley at least a tenth as wide as where they lie, a jump, and a stretch without answer."""
    n = np.arange(MOST + 1.0)
    value = 1 / (1 + n / draw(st.floats(1, 1000))) + 0.01 * draw(st.integers(0, 1))
    for sign in (1, -1):
        center, width = draw(st.floats(5, MOST)), draw(st.floats(0.1, 1))
        bump = np.exp(-(((n - center) / (width * center)) ** 2) / 2)
        value = value * (1 + sign * draw(st.floats(0, 0.95)) * bump)
    source = np.where(n < draw(st.integers(0, 2 * MOST)), "one", "other")
    value = np.where(source == "one", value, value * draw(st.floats(0.5, 2)))
    if draw(st.booleans()):
        start, length = draw(st.integers(0, MOST)), draw(st.integers(150, MOST))
        silent = (n >= start) & (n < start + length)
        value, source = np.where(silent, np.nan, value), np.where(silent, "none", source)
    return value, source


@given(curves(), st.floats(0, 1), st.sampled_from([0.0, 1e-6, -1e-6, 0.01]))
def test_the_search_is_brute_force(curve, fraction, shift):
    value, source = curve
    known = value[~np.isnan(value)]
    if not known.size:
        return
    goal = float(np.sort(known)[int(fraction * (known.size - 1))]) * (1 + shift)
    asked = []

    def look(n):
        asked.append(n.size)
        return value[n.astype(int)], source[n.astype(int)]

    found = search(look, goal, ladder([100], MOST))
    smallest, lasting, lowest = brute_force(value, goal)
    np.testing.assert_equal(found[:2], (smallest, lasting))
    assert found.lowest >= lowest and sum(asked) < 1500


@given(st.lists(st.tuples(st.integers(1, 10**6), st.floats(-12, 3)), min_size=1, max_size=6))
def test_saturations_do_not_depend_on_grouping(clusters):
    count, level = np.array([c for c, _ in clusters]), 10.0 ** np.array([e for _, e in clusters])
    found = saturations(level, count)
    halves = saturations(np.r_[level, level, 0.0], np.r_[count // 2, count - count // 2, 7])
    assert found[-1] == count.sum()
    np.testing.assert_array_equal(found, halves)


def test_a_gap_in_the_spectrum_is_a_saturation():
    np.testing.assert_array_equal(saturations(two_level(10**4, 3050, 1, 1e-8), np.ones(10**4)), [3050, 10**4])
    np.testing.assert_array_equal(saturations(np.arange(1.0, 2001) ** -1.5, np.ones(2000)), [2000])
    assert saturations(np.zeros(3), np.ones(3)).size == 0


@pytest.mark.parametrize("most", [0, 1, 63, 64, 65, 10**5, LARGEST])
@pytest.mark.parametrize("centers", [[], [1], [500], [10, 10**9]])
def test_a_ladder_looks_at_both_ends_and_the_centers(centers, most):
    sizes = ladder(centers, most)
    assert sizes[0] == 0 and sizes[-1] == most and np.all(np.diff(sizes) > 0) and np.all(sizes == np.round(sizes))
    assert {c for c in centers if c <= most} <= set(sizes)
    beyond = sizes[sizes >= 64]
    assert np.all(beyond[1:] <= 1.25 * beyond[:-1] + 1) and len(sizes) < 1000


def test_real_crossings():
    def line(n):
        return 10 - n, np.full(n.shape, "line")

    def step(n):
        return np.where(n < 7, 10.0, 1.0), np.full(n.shape, "step")

    assert crossing(line, 2.5, 8.0) == pytest.approx(7.5, rel=1e-12)
    assert math.isnan(crossing(step, 2.5, 7.0))
    assert all(math.isnan(crossing(line, 2.5, n)) for n in (0.0, math.inf, math.nan))
