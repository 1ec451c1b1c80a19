"""Rank-one teachers: the numbers of the sheet, one change of sign, and every arithmetic."""

import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.theory.tasks import spiked_teachers as s


@given(st.floats(0.01, 50), st.floats(0.01, 20))
def test_transfer_changes_its_sign_at_most_once(signal, aspect):
    transfer = s.rank_one_transfer(signal, aspect, np.linspace(0, 1, 401))
    unit = 1e-12 * (1 + signal**2)
    signs = np.sign(transfer[np.abs(transfer) > unit])
    assert np.count_nonzero(np.diff(signs)) <= 1
    assert (transfer[0] < 0) == (signal**4 > aspect)


def test_strong_signals_keep_their_digits():
    assert s.rank_one_error(1e7, 0.5) == pytest.approx(1.5, rel=1e-12)
    assert s.rank_one_transfer(1e7, 0.5, 0.0) == pytest.approx(2 * 1.5 - 2 * 2.0, rel=1e-12)


def test_every_arithmetic():
    for formula in (s.spiked_singular_value, s.output_overlap, s.input_overlap, s.rank_one_error):
        for signal in (1.5, 0.5):
            assert_same_everywhere(formula, signal=signal, aspect=0.5)
    assert_same_everywhere(s.rank_one_transfer, signal=1.5, aspect=0.5, overlap=0.25)
