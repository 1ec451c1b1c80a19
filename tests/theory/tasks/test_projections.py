"""Alternating projections: grids, small angles and the bound."""

import numpy as np
from helpers.every_arithmetic import assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.theory.tasks.projections import alternating_projections_bound, alternating_projections_error


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_no_angle_exceeds_the_bound(fits, overlap):
    error = alternating_projections_error(fits, np.array([overlap]), np.array([1.0]))
    assert 0 <= error <= alternating_projections_bound(fits) * (1 + 1e-9)
    assert fits == 1 or alternating_projections_bound(fits) <= np.exp(-1) / (fits - 1)


def test_small_angles_keep_their_digits():
    """φ = 10⁻⁷: sin²φ = 1 − cos²φ, from a cosine given to sixteen digits."""
    overlap = 1 - 2.0**-47
    assert alternating_projections_error(1, np.array([overlap]), np.array([1.0])) == (1 - overlap) * (1 + overlap)


def test_a_grid_of_fits_in_one_call():
    overlaps, energies = np.array([0.9, 0.0, 0.4]), np.array([1.0, 2.0, 3.0])
    together = alternating_projections_error(np.array([1, 2, 5]), overlaps, energies)
    alone = [alternating_projections_error(k, overlaps, energies) for k in (1, 2, 5)]
    np.testing.assert_allclose(together, alone, rtol=1e-14)


def test_every_arithmetic():
    assert_same_everywhere(alternating_projections_bound, fits=5)
