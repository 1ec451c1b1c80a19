"""Closure of a fitted source: every arithmetic, its exact energies, and sizes near d."""

import jax
import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere

from lintransfer.simulate.deep_linear.layers import fitted_sources
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.deep_linear.finite_source import (
    finite_source_deep_closure,
    finite_source_deep_gain,
    fitted_source_energies,
)
from lintransfer.theory.deep_linear.risk import deep_fine_tuning_risk_closure

POINT = {
    "source_energy": 1.3,
    "cross_energy": 0.6,
    "target_energy": 2.0,
    "noise_variance": 0.3,
    "source_noise_variance": 0.2,
}


@pytest.mark.parametrize("formula", [finite_source_deep_closure, finite_source_deep_gain])
@pytest.mark.parametrize("n_source", [4, 20])
def test_every_arithmetic(formula, n_source):
    assert_same_everywhere(formula, n=5, n_source=n_source, dim=12, depth=3, **POINT)
    others = {k: v for k, v in POINT.items() if k != "source_energy"}

    def risk(source_energy):
        return formula(5.0, float(n_source), 12.0, 3.0, source_energy=source_energy, **others)

    assert float(jax.grad(risk)(1.3)) == pytest.approx((risk(1.3 + 1e-6) - risk(1.3 - 1e-6)) / 2e-6, rel=1e-5)


@pytest.mark.parametrize("n_source", [3, 20])
def test_energies_are_those_of_fits(n_source):
    source, target = teacher_pair(9, 0.5, 1.2, 1.5)
    fits = fitted_sources(np.random.default_rng(0), 20_000, n_source, source, 0.4)
    energy, cross = fitted_source_energies(n_source, 9, 1.44, source @ target, 0.16)
    for samples, mean in ((np.sum(fits**2, axis=1), energy), (fits @ target, cross)):
        assert abs(samples.mean() - mean) < 4 * samples.std() / np.sqrt(20_000)


def test_edges():
    others = {k: v for k, v in POINT.items() if k != "source_noise_variance"}
    assert fitted_source_energies(np.array([0, 8, 9, 10]), 9, 1.3, 0.6, 0.2)[0].tolist() == [0, np.inf, np.inf, np.inf]
    exact = finite_source_deep_closure(4, 9, 9, 3, **others)
    assert exact == pytest.approx(float(deep_fine_tuning_risk_closure(4, 9, 3, **others)), rel=1e-13)
    assert finite_source_deep_closure(4, 9, 9, 3, **POINT) == np.inf
    assert finite_source_deep_gain(4, 9, 9, 3, **POINT) == -np.inf
    assert np.isnan(finite_source_deep_closure(4, 9, 9, np.inf, **POINT))
    assert finite_source_deep_closure(20, 9, 9, np.inf, **POINT) == pytest.approx(0.3 * 9 / 10)
    assert finite_source_deep_gain(20, 9, 9, 3, **POINT) == 0
    # A source of no samples is no source.
    assert finite_source_deep_gain(4, 0, 9, 3, **POINT) == 0
