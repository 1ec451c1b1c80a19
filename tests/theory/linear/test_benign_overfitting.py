"""Effective ranks: their order, and where nothing is said."""

import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.theory.linear import benign_overfitting as b
from lintransfer.theory.linear.covariance import ridge_risk


@pytest.mark.parametrize("spectrum", [np.ones(50), np.arange(1.0, 51) ** -2, np.exp(-np.arange(50) / 9)])
def test_order_of_the_ranks(spectrum):
    smaller, larger = b.effective_ranks(spectrum)
    left = np.arange(50, 0, -1)
    assert np.all((smaller >= 1) & (smaller <= larger * (1 + 1e-12)))
    assert np.all((larger <= smaller**2 * (1 + 1e-12)) & (larger <= left * (1 + 1e-12)))


def test_diagnostic_sorts_spectra():
    """A flat tail is benign, a power law is not; against the equivalent variance, within the stated factors."""
    n, dim = 20, 4000
    flat = np.r_[np.full(3, 30.0), np.full(dim, 0.05)]
    for spectrum in (flat, np.arange(1.0, dim) ** -1.0):
        true = ridge_risk(n, spectrum, np.ones(len(spectrum)), 0 * spectrum, 1.0)
        assert 0.4 < true / b.benign_variance(n, spectrum) < 1.6
    assert np.isnan(b.critical_head(40, np.exp(-np.arange(2000) / 20)))
    assert b.critical_head([5, 20], flat).shape == (2,)
    with pytest.raises(DomainError, match="eigenvalues must be"):
        b.effective_ranks([[1.0]])
