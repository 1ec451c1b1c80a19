"""Floors of K tasks on grids: each cell as if it were alone, and more data or better labels never hurt."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.theory.tasks.family_floor import family_floor, family_information

RNG = np.random.default_rng(5)
ROOTS = RNG.standard_normal((40, 4, 4))
WORLDS, SIZES = ROOTS @ np.swapaxes(ROOTS, 1, 2), RNG.integers(0, 60, (40, 4)).astype(float)
NOISES = 10 ** RNG.uniform(-4, 1, (40, 4))


def test_a_grid_is_its_cells():
    risks, told = (f(SIZES, 30, WORLDS, NOISES) for f in (family_floor, family_information))
    for i in range(len(SIZES)):
        assert risks[i] == family_floor(SIZES[i], 30, WORLDS[i], NOISES[i])
        assert told[i] == family_information(SIZES[i], 30, WORLDS[i], NOISES[i])
    assert family_floor(SIZES[:5, None], np.array([20, 30]), WORLDS[0], NOISES[0]).shape == (5, 2)


@given(st.integers(0, 3), st.integers(0, 39))
def test_more_is_never_worse(task, cell):
    sizes, noises = SIZES[cell].copy(), NOISES[cell].copy()
    before = family_floor(sizes, 30, WORLDS[cell], noises), family_information(sizes, 30, WORLDS[cell], noises)
    sizes[task] += 7
    noises[task] /= 2
    after = family_floor(sizes, 30, WORLDS[cell], noises), family_information(sizes, 30, WORLDS[cell], noises)
    assert after[0] <= before[0] * (1 + 1e-9) and after[1] >= before[1] * (1 - 1e-12)


def test_order_of_the_tasks_does_not_matter():
    order = [2, 0, 3, 1]
    for cell in range(10):
        turned = WORLDS[cell][np.ix_(order, order)]
        left = family_floor(SIZES[cell], 30, WORLDS[cell], NOISES[cell], task=1)
        right = family_floor(SIZES[cell][order], 30, turned, NOISES[cell][order])
        np.testing.assert_allclose(left, right, rtol=1e-7)
