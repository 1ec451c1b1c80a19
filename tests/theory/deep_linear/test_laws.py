"""Laws of deep fine-tuning: their own moments, tails and draws."""

import math

import numpy as np
import pytest
import scipy.stats

from lintransfer.errors import DomainError
from lintransfer.theory.deep_linear.laws import deep_risk_law, deep_transferability_law
from lintransfer.theory.deep_linear.moments import deep_risk_moments
from lintransfer.theory.linear.laws import min_norm_law

ENERGIES = (1.0, 0.8, 2.56)


@pytest.mark.parametrize(("n", "dim"), [(1, 2), (4, 8), (7, 8), (57, 500), (12, 8)])
def test_one_layer_is_the_exact_linear_law(n, dim):
    law, exact = deep_risk_law(n, dim, 1, *ENERGIES, 0.3), min_norm_law(n, dim, 1.96, 0.3)
    x = exact.ppf(np.linspace(0.02, 0.98, 25))
    np.testing.assert_allclose(law.cdf(x), exact.cdf(x), atol=0.005)  # 2¹⁸ draws: 5 standard errors
    np.testing.assert_allclose(law.cdf(x) + law.sf(x), 1, rtol=1e-15)


def test_moments_and_draws():
    law, exact = deep_risk_law(5, 9, 3, *ENERGIES), deep_risk_moments(5, 9, 3, *ENERGIES)
    assert law.mean() == pytest.approx(exact.mean, rel=5 * law.std() / exact.mean / 512)
    assert law.var() == pytest.approx(exact.variance, rel=0.02)
    gain = deep_transferability_law(5, 9, 3, *ENERGIES)
    assert abs(gain.mean() - exact.transferability) < 5 * gain.std() / 512
    fresh = law.rvs(4000, seed=1)
    assert scipy.stats.ks_1samp(fresh, law.cdf).pvalue > 1e-4
    assert np.array_equal(fresh, law.rvs(4000, seed=1)) and isinstance(law.rvs(seed=2), float)
    assert law.cdf(law.median()) == pytest.approx(0.5, abs=1e-4)


def test_without_data_and_with_enough():
    assert deep_risk_law(0, 9, 3, *ENERGIES).mean() == pytest.approx(1.96)
    assert deep_transferability_law(0, 9, 3, *ENERGIES).mean() == pytest.approx(0.6)
    assert deep_transferability_law(9, 9, 3, *ENERGIES, 0.3).mean() == 0
    a, b = deep_risk_law(12, 9, 3, *ENERGIES, 0.3), deep_risk_law(12, 9, math.inf, *ENERGIES, 0.3)
    assert np.array_equal(a.draws, b.draws)


def test_impossible_input_is_refused():
    for arguments in ((-1, 9, 3, *ENERGIES), (3, 1, 3, *ENERGIES), (3, 9, 0.5, *ENERGIES), (3, 9, 3, 0.0, 0.0, 1.0)):
        with pytest.raises(DomainError):
            deep_risk_law(*arguments)
