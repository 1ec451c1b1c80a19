"""The transferred block: special cases from other rows, two peaks, every arithmetic."""

import math

import numpy as np
from helpers.every_arithmetic import assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.tasks.transferred_block import transferred_block_error, transferred_block_risk

BLOCK = {"source_energy": 1.2, "source_block_energy": 0.5, "block_cross_energy": 0.3, "target_block_energy": 0.7}
REST = {"free_energy": 0.6, "rest_energy": 0.3, "noise_variance": 0.2, "source_noise_variance": 0.4}


@given(st.integers(0, 20), st.integers(2, 12), st.data())
def test_blocks_add_up_to_the_whole_fit(n_source, features, data):
    """The errors of two disjoint blocks are that of both together."""
    first = data.draw(st.integers(1, features - 1))
    rng = np.random.default_rng([n_source, features, first])
    source, target = rng.standard_normal((2, features))

    def error(block):
        s, t = source[block], target[block]
        sizes = n_source, features, len(s)
        return transferred_block_error(*sizes, source @ source, s @ s, s @ t, t @ t, source_noise_variance=0.3)

    parts = error(slice(first)), error(slice(first, None))
    np.testing.assert_allclose(sum(parts), error(slice(None)), rtol=1e-12)


def test_where_nothing_is_copied_the_peak_of_the_source_does_not_matter():
    nothing = dict(BLOCK, source_block_energy=0.0, block_cross_energy=0.0, target_block_energy=0.0)
    for n_source in (5, 6, 7, 20):
        assert transferred_block_error(n_source, 6, 0, **nothing, source_noise_variance=0.4) == 0
        assert transferred_block_risk(3, 9, n_source, 6, 0, **nothing, **REST) < math.inf


def test_nothing_known_nothing_copied_is_scratch():
    """A source of zeros without noise, all features free but those copied, which the target does not need."""
    zero = dict.fromkeys(BLOCK, 0.0)
    for n in (0, 3, 6, 7, 8, 20):
        rest = {"free_energy": 0.8, "rest_energy": 0.0, "noise_variance": 0.3, "source_noise_variance": 0.0}
        assert transferred_block_risk(n, 7, 4, 5, 2, **zero, **rest) == min_norm_risk(n, 7, 0.8, 0.3)


def test_two_peaks_over_the_free_features():
    risks = np.array([transferred_block_risk(20, f, 8, 16, 4, **BLOCK, **REST) for f in range(40)])
    assert np.array_equal(np.flatnonzero(np.isinf(risks)), [19, 20, 21])
    over_source = [transferred_block_risk(20, 5, 8, d, 2, **BLOCK, **REST) for d in range(2, 20)]
    assert np.array_equal(np.flatnonzero(np.isinf(over_source)) + 2, [7, 8, 9])


def test_every_arithmetic():
    for n_source in (0, 3, 12):
        sizes = {"n_source": n_source, "n_source_features": 7, "n_transferred": 3}
        assert_same_everywhere(transferred_block_error, **sizes, **BLOCK, source_noise_variance=0.4)
        for n in (2, 12):
            assert_same_everywhere(transferred_block_risk, n=n, n_free=6, **sizes, **BLOCK, **REST)
    assert math.isinf(transferred_block_error(6, 7, 3, **BLOCK, source_noise_variance=0.4))
