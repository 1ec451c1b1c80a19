"""Moments of isotropic fits: one number in every arithmetic, infinite exactly where they should be."""

import math
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere, close

from lintransfer.precision import to_fifty_digits
from lintransfer.theory.linear.isotropic import (
    fine_tuning_transferability,
    fine_tuning_transferability_variance,
    min_norm_risk,
    min_norm_risk_variance,
    overparameterized_risk,
    overparameterized_risk_variance,
    several_outputs_risk,
    underparameterized_risk,
    underparameterized_risk_variance,
)

RISKS = (min_norm_risk, min_norm_risk_variance)
ENERGIES = {"source_energy": 0.9, "cross_energy": 0.7, "target_energy": 1.3}


@pytest.mark.parametrize(("n", "dim"), [(0, 5), (2, 9), (20, 9), (3.5, 9.5), (5 * 10**8, 10**9), (2 * 10**9, 10**9)])
def test_every_arithmetic(n, dim):
    for formula in RISKS:
        assert_same_everywhere(formula, n=n, dim=dim, displacement_energy=0.8, noise_variance=0.3)
    assert_same_everywhere(several_outputs_risk, n=n, dim=dim, displacement_energy=0.8, noise_variance=0.3, outputs=3)
    assert_same_everywhere(fine_tuning_transferability, n=n, dim=dim, source_energy=0.9, cross_energy=0.7)
    assert_same_everywhere(fine_tuning_transferability_variance, n=n, dim=dim, **ENERGIES)


@pytest.mark.parametrize("formula", RISKS)
def test_eleven_digits_over_the_whole_domain(formula):
    rng = np.random.default_rng(0)
    for _ in range(300):
        dim = int(np.exp(rng.uniform(0, math.log(1e9))))
        n = int(rng.integers(0, 2 * dim + 9)) if rng.random() < 0.7 else max(0, dim + int(rng.integers(-6, 7)))
        arguments = {"n": n, "dim": dim}
        arguments |= {"displacement_energy": 10 ** rng.uniform(-9, 9), "noise_variance": 10 ** rng.uniform(-9, 9)}
        value, exact = formula(**arguments), to_fifty_digits(formula, arguments)
        assert value == exact == math.inf or close(value, exact), arguments


def test_fractions_stay_fractions():
    third = Fraction(1, 3)
    assert min_norm_risk(Fraction(2), Fraction(6), third, Fraction(1, 2)) == Fraction(2, 3) * third + third
    found = min_norm_risk_variance(Fraction(2), Fraction(9), third, Fraction(1, 2))
    assert found == Fraction(1, 9) * Fraction(28, 81 * 11) + Fraction(1, 4) * Fraction(32, 36 * 4)
    assert isinstance(fine_tuning_transferability_variance(*map(Fraction, (2, 5, 1, 1, 2))), Fraction)


@pytest.mark.parametrize("dim", [1, 2, 3, 5, 10**9])
def test_infinite_exactly_where_the_law_says(dim):
    for n in {*range(9), *range(max(0, dim - 5), dim + 6)}:
        for formula, reach in ((min_norm_risk, 1), (min_norm_risk_variance, 3)):
            assert (formula(n, dim, 0.8, 0.3) == math.inf) == (n >= 1 and abs(n - dim) <= reach)
            assert math.isfinite(formula(n, dim, 0.8, 0.0))
        assert min_norm_risk(n, dim, 0.8, 0.0) == pytest.approx(0.8 * max(0, dim - n) / dim, rel=1e-14)
        if n >= dim:
            assert min_norm_risk_variance(n, dim, 0.8, 0.0) == 0
    assert min_norm_risk(0, dim, 0.8, 0.3) == pytest.approx(0.8, rel=1e-15)
    assert min_norm_risk_variance(0, dim, 0.8, 0.3) == 0


def test_wrappers_select_the_regimes():
    few, many = {"n": 3, "dim": 9, "displacement_energy": 0.8, "noise_variance": 0.3}, {"n": 20, "dim": 9}
    assert min_norm_risk(**few) == overparameterized_risk(**few)
    assert min_norm_risk_variance(**few) == overparameterized_risk_variance(**few)
    assert min_norm_risk(**many, displacement_energy=7.0, noise_variance=0.3) == underparameterized_risk(20, 9, 0.3)
    assert min_norm_risk_variance(
        **many, displacement_energy=7.0, noise_variance=0.3
    ) == underparameterized_risk_variance(20, 9, 0.3)
    assert several_outputs_risk(3, 9, 0.8, 0.1, outputs=3) == min_norm_risk(3, 9, 0.8, 3 * 0.1)


def test_arrays_of_whole_numbers_do_not_overflow():
    n, dim = np.array([0, 1, 10**8, 10**9, 3 * 10**9]), 10**9
    grids = [
        min_norm_risk(n, dim, 0.8, 0.3),
        min_norm_risk_variance(n, dim, 0.8, 0.3),
        fine_tuning_transferability(n, dim, 1.0, 0.8),
        fine_tuning_transferability_variance(n, dim, 1.0, 0.8, 1.0),
    ]
    for i, size in enumerate(n.tolist()):
        singly = [
            min_norm_risk(size, dim, 0.8, 0.3),
            min_norm_risk_variance(size, dim, 0.8, 0.3),
            fine_tuning_transferability(size, dim, 1.0, 0.8),
            fine_tuning_transferability_variance(size, dim, 1.0, 0.8, 1.0),
        ]
        np.testing.assert_allclose([grid[i] for grid in grids], singly, rtol=1e-14)


@pytest.mark.parametrize("n", [0.0, 3.0, 8.0, 9.0, 10.0, 30.0])
def test_gradients_are_finite_everywhere(n):
    for formula in RISKS:
        for noise in (0.0, 0.3):
            slopes = jax.grad(formula, argnums=(0, 1, 2, 3))(n, 9.0, 0.8, noise)
            assert np.all(np.isfinite(slopes))
        if n in (3.0, 30.0):
            assert_gradient(
                formula, ("n", "dim", "displacement_energy", "noise_variance"), n=n, dim=9.0, displacement_energy=0.8,
                noise_variance=0.3,
            )  # fmt: skip
    assert np.all(np.isfinite(jax.grad(fine_tuning_transferability_variance, argnums=(0, 1))(n, 9.0, 1.0, 0.8, 1.2)))


def test_one_dimension_has_parallel_teachers_only():
    assert fine_tuning_transferability(0, 1, 1.0, 1.5) == 2.0
    assert fine_tuning_transferability_variance(0, 1, 1.0, 1.5, 2.25) == 0
    assert fine_tuning_transferability_variance(1, 1, 1.0, 1.5, 2.25) == 0


def test_jit_follows_the_dtype():
    arguments = [jnp.asarray(x, jnp.float32) for x in (3, 9, 0.8, 0.3)]
    assert jax.jit(min_norm_risk)(*arguments).dtype == jnp.float32


def fit_error(rng, replicates, n, dim, initial, target, noise_std):
    design = rng.standard_normal((replicates, n, dim))
    labels = design @ target + noise_std * rng.standard_normal((replicates, n))
    step = np.linalg.pinv(design) @ (labels - design @ initial)[..., None]
    return np.sum((initial + step[..., 0] - target) ** 2, axis=-1)


@pytest.mark.parametrize(("n", "dim"), [(2, 9), (5, 14), (12, 3)])
def test_moments_of_trainings(n, dim):
    """Each comparison fails with probability 6e-5 (four standard errors)."""
    rng, replicates = np.random.default_rng(n), 20_000
    initial, target = rng.standard_normal((2, dim))
    risks = fit_error(rng, replicates, n, dim, initial, target, 0.6)
    energy = float(np.sum((target - initial) ** 2))
    mean, variance = (formula(n, dim, energy, 0.36) for formula in RISKS)
    assert abs(risks.mean() - mean) < 4 * risks.std() / math.sqrt(replicates)
    fourth = np.mean((risks - mean) ** 4)
    assert abs(risks.var() - variance) < 4 * math.sqrt((fourth - variance**2) / replicates)
    assert 4 * math.sqrt((fourth - variance**2) / replicates) < 0.3 * variance
