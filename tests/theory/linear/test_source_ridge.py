"""The best ridge from a fitted source and the best source ridge: against searches, at any size, and what they are not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lintransfer as lt
from lintransfer.simulate.end_to_end import risk_samples
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.optimal_two_stage import optimal_two_stage_ridge, optimal_two_stage_risk
from lintransfer.theory.linear.source_ridge import optimal_source_ridge, optimal_source_ridge_risk
from lintransfer.theory.linear.two_stage import fitted_displacement, two_stage_risk

LADDER = np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 2400), [np.inf]])
SETTINGS = settings(max_examples=25, deadline=None, derandomize=True)


@st.composite
def worlds(draw):
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    k = draw(st.integers(1, 5))
    eigenvalues, own = np.exp(rng.uniform(-4, 4, (2, k)))
    s, t, overlap = rng.uniform(0, 2, k), rng.uniform(0, 2, k), rng.uniform(-1, 1, k)
    modes = {"eigenvalues": eigenvalues, "multiplicities": rng.integers(1, 9, k) * 1.0}
    noise = st.sampled_from([0.0, 0.01, 1.0, 30.0])
    return modes | {
        "source": s * s, "cross": overlap * s * t, "target": t * t,
        "source_eigenvalues": own if draw(st.booleans()) else eigenvalues,
        "noise_variance": draw(noise), "source_noise_variance": draw(noise),
        "n": draw(st.integers(0, 60)), "n_source": draw(st.integers(0, 60)),
    }  # fmt: skip


def along(world, **ridges):
    count = {name: np.full(len(LADDER), float(world[name])) for name in ("n", "n_source")}
    return two_stage_risk(**(world | count | ridges))


@SETTINGS
@given(worlds(), st.sampled_from([0.0, 0.7]))
def test_a_two_stage_risk_is_that_of_a_known_start_at_the_distance_of_the_fit(world, ridge):
    names = ("multiplicities", "source", "cross", "target", "source_noise_variance")
    energies = fitted_displacement(world["n_source"], world["source_eigenvalues"], *(world[n] for n in names), 0.3)
    known = {n: world[n] for n in ("n", "eigenvalues", "multiplicities", "noise_variance")}
    left = two_stage_risk(**world, ridge=ridge, source_ridge=0.3)
    np.testing.assert_allclose(left, ridge_risk(displacement=energies, ridge=ridge, **known), rtol=1e-12)


@SETTINGS
@given(worlds(), st.sampled_from([0.0, 0.7]))
def test_no_ridge_of_a_ladder_is_better_than_the_best(world, source_ridge):
    least = along(world, ridge=LADDER, source_ridge=source_ridge).min()
    found = optimal_two_stage_risk(**world, source_ridge=source_ridge)
    assert found <= least * (1 + 1e-12) and (found >= least * (1 - 1e-3) or least < 1e-12)


@SETTINGS
@given(worlds(), st.sampled_from([0.0, 0.7, 20.0]))
def test_no_source_ridge_of_a_ladder_is_better_than_the_best(world, ridge):
    risks = along(world, ridge=ridge, source_ridge=LADDER)
    best = optimal_source_ridge(**world, ridge=ridge)
    assert best.risk <= risks.min() * (1 + 1e-12) + 1e-14
    assert best.risk >= risks.min() * (1 - 1e-3) - 1e-12 or best.risk == risks.min()
    reached = two_stage_risk(**world, ridge=ridge, source_ridge=best.ridge)
    np.testing.assert_allclose(best.risk, reached, rtol=1e-9, atol=1e-12)


def test_the_source_ridge_that_transfers_best_is_not_that_of_the_best_source():
    """By theory, and by simulation that knows none: a target half as long wants a source that is shrunk further."""
    dim, n_source, noise = 20, 40, 0.8
    source = np.eye(dim)[0] * 1.0
    target = 0.5 * source
    own = dim * noise  # dσ_S²/s²
    world = {"eigenvalues": np.ones(1), "multiplicities": np.full(1, dim * 1.0), "source": np.ones(1)}
    pair = world | {"cross": np.full(1, 0.5), "target": np.full(1, 0.25)}
    best = float(optimal_source_ridge(0, n_source, source_noise_variance=noise, **pair).ridge)
    assert best > 3 * own
    fits = {
        ridge: risk_samples(
            np.random.default_rng(0), 4000, n=0, target=target, source=source, n_source=n_source,
            source_noise_std=noise**0.5, source_ridge=ridge,
        )
        for ridge in (own, best)
    }  # fmt: skip
    gain = fits[own] - fits[best]
    assert gain.mean() > 10 * gain.std() / 4000**0.5
    source_risk = [
        float(ridge_risk(n_source, np.ones(1), np.full(1, dim * 1.0), np.ones(1), noise, ridge))
        for ridge in (own, best)
    ]
    assert source_risk[0] < source_risk[1]


def test_the_best_source_ridge_depends_on_the_target_under_a_spectrum_and_not_without_one():
    place = np.arange(1.0, 31)
    modes = np.ones(30), 1 / place, 0.5 / place**0.5, 1 / place
    spectral = optimal_source_ridge([1, 10, 25], 20, 1 / place, *modes, source_noise_variance=0.2).ridge
    flat = optimal_source_ridge([1, 10, 25], 20, np.ones(30), *modes, source_noise_variance=0.2).ridge
    assert np.ptp(spectral) > 0.1 * spectral.max()
    np.testing.assert_allclose(flat, flat[0], rtol=1e-6)


@pytest.mark.parametrize("modes", [1, 10_000])
def test_both_answer_for_every_size(modes):
    place = np.arange(1.0, modes + 1)
    size, energy = np.ones(modes) * (1e9 if modes == 1 else 1), place**-0.8 / modes
    n = np.array([0, 1, 100, 5e3, 9_999, 1e4, 10_001, 1e6, 1e9, 2.0**53])
    for n_source in (0, 300, 2**53):
        world = (n, n_source, place**-1.2, size, energy, 0.5 * energy, energy, 0.1, 0.2)
        tuned, source = optimal_two_stage_ridge(*world), optimal_source_ridge(*world, 0.3)
        for found in (tuned, source):
            assert np.all(np.isfinite(found.risk)) and np.all(found.risk >= 0) and np.all(found.ridge >= 0)
        together = np.array([optimal_two_stage_risk(m, *world[1:]) for m in n])
        np.testing.assert_allclose(tuned.risk, together, rtol=1e-12)
        alone = np.array([optimal_source_ridge_risk(m, *world[1:], 0.3) for m in n[::3]])
        np.testing.assert_allclose(source.risk[::3], alone, rtol=1e-10)
        assert np.all(source.risk <= two_stage_risk(*world, 0.3) * (1 + 1e-12))


def test_the_front_door_finds_the_best_source_ridge():
    p = lt.TransferProblem.isotropic(30, 0.6, noise_std=0.4, n_source=40, source_noise_std=1.0, source_ridge="optimal")
    best = lt.risk(p, lt.FineTune(ridge=1.0), n=[0, 10, 40], method="asymptotic").value
    for source_ridge in (0.0, 10.0, 50.0, 200.0, np.inf):
        other = lt.risk(
            p.with_noise(source_ridge=source_ridge), lt.FineTune(ridge=1.0), n=[0, 10, 40], method="asymptotic"
        )
        assert np.all(best <= other.value)
    drawn = lt.risk(p, lt.FineTune(ridge=1.0), n=[0, 10, 40], method="simulate", replicates=4000)
    np.testing.assert_allclose(drawn.value, best, rtol=0.1)
