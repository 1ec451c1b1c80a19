"""Fine-tuning from a fitted source under any covariance: its ends, its peak, and the metric of the target."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lintransfer.theory.linear.covariance import ridge_risk, transferability_metric
from lintransfer.theory.linear.covariance_shift import (
    shifted_risk,
)
from lintransfer.theory.linear.two_stage import two_stage_matrix_risk, two_stage_risk

RNG_EQUIVALENT_SHIFT = np.random.default_rng(5)
DIM = 12
LEVELS, OTHERS, ONES = np.arange(1.0, DIM + 1) ** -1.0, np.linspace(0.2, 2, DIM), np.ones(DIM)
SOURCE, TARGET_EQUIVALENT_SHIFT = RNG_EQUIVALENT_SHIFT.normal(size=(2, DIM)) / np.sqrt(DIM)
BASIS, TURN = (np.linalg.qr(RNG_EQUIVALENT_SHIFT.normal(size=(DIM, DIM)))[0] for _ in range(2))
SIZES = np.array([0.0, 1, 6, 11, 12, 13, 50])


def rotated(levels, basis=BASIS):
    return basis @ np.diag(levels) @ basis.T


def energies():
    return SOURCE**2, SOURCE * TARGET_EQUIVALENT_SHIFT, TARGET_EQUIVALENT_SHIFT**2


@pytest.mark.parametrize("n_source", [0, 3, 12, 40])
def test_two_stages_with_matrices(n_source):
    modes = two_stage_risk(SIZES, n_source, LEVELS, ONES, *energies(), 0.1, 0.05, 0.2, 0.1, OTHERS)
    matrices = two_stage_matrix_risk(
        SIZES,
        n_source,
        rotated(LEVELS),
        BASIS @ SOURCE,
        BASIS @ TARGET_EQUIVALENT_SHIFT,
        0.1,
        0.05,
        0.2,
        0.1,
        rotated(OTHERS),
    )
    np.testing.assert_allclose(matrices, modes, rtol=1e-9)


def test_no_source_data_is_scratch_and_plenty_is_the_source_itself():
    scratch = ridge_risk(SIZES, LEVELS, ONES, TARGET_EQUIVALENT_SHIFT**2, 0.1, 0.2)
    np.testing.assert_allclose(two_stage_risk(SIZES, 0, LEVELS, ONES, *energies(), 0.1, 0.05, 0.2), scratch, rtol=1e-12)
    known = ridge_risk(SIZES, LEVELS, ONES, (TARGET_EQUIVALENT_SHIFT - SOURCE) ** 2, 0.1, 0.2)
    np.testing.assert_allclose(two_stage_risk(SIZES, DIM, LEVELS, ONES, *energies(), 0.1, 0.0, 0.2), known, rtol=1e-11)


def test_a_source_fit_at_its_peak_ruins_the_start_but_not_the_end():
    risk = two_stage_risk(np.array([6.0, 20.0]), DIM, LEVELS, ONES, *energies(), 0.1, 0.05)
    assert risk[0] == np.inf
    assert risk[1] == pytest.approx(0.1 * DIM / (20 - DIM))


def test_the_source_is_judged_in_the_metric_of_the_target():
    metric = transferability_metric(6.0, LEVELS, ONES)
    noiseless = two_stage_risk(6.0, 8, LEVELS, ONES, *energies())
    shifted = shifted_risk(8.0, LEVELS, ONES, SOURCE**2, metric)
    same = two_stage_risk(6.0, 8, LEVELS, ONES, SOURCE**2, SOURCE**2, SOURCE**2)
    assert same == pytest.approx(float(shifted), rel=1e-12) and noiseless > 0


def test_compiled_and_differentiated():
    def risk(noise, scale):
        modes = (jnp.asarray(v) for v in (LEVELS, ONES, *energies()))
        return two_stage_risk(jnp.array([6.0, 30.0]), 8, *modes, 0.1, noise, 0.2, source_eigenvalues=scale * LEVELS)

    def plain(noise, scale):
        return two_stage_risk(
            np.array([6.0, 30.0]), 8, LEVELS, ONES, *energies(), 0.1, noise, 0.2, source_eigenvalues=scale * LEVELS
        )

    values, slopes = jax.jit(lambda *at: (risk(*at), jax.jacfwd(risk, argnums=(0, 1))(*at)))(0.05, 1.3)
    np.testing.assert_allclose(values, plain(0.05, 1.3), rtol=1e-12)
    for i, step in enumerate(np.eye(2) * 1e-6):
        up, down = plain(*(np.array([0.05, 1.3]) + step)), plain(*(np.array([0.05, 1.3]) - step))
        np.testing.assert_allclose(slopes[i], (up - down) / 2e-6, rtol=1e-6, atol=1e-9)
