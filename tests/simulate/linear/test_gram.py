"""Gram-matrix simulation against full simulation: means at |z| < 4.5, and smaller error bars for the same designs."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lintransfer.simulate.end_to_end import risk_samples
from lintransfer.simulate.linear import gram
from lintransfer.simulate.linear.gram import gram_risks, gram_sweep
from lintransfer.simulate.teachers import teacher_pair

DIM, COUNT = 8, 4_000
SOURCE, TARGET = teacher_pair(DIM, 0.5)
DELTA = TARGET - SOURCE
MATRIX = np.diag(1 / np.arange(1.0, DIM + 1)) + 0.1
SPECTRUM = np.geomspace(2, 0.2, DIM)
WORLDS = {
    "isotropic": {},
    "ridge": {"ridge": 0.5},
    "spectrum": {"covariance": SPECTRUM},
    "matrix": {"covariance": MATRIX, "ridge": 0.3},
    "shift": {"covariance": SPECTRUM, "test_covariance": MATRIX},
}


def rng(seed):
    return np.random.default_rng(seed)


def z_score(first, second):
    variance = first.var(ddof=1) / len(first) + second.var(ddof=1) / len(second)
    return (first.mean() - second.mean()) / math.sqrt(variance)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("n", [3, 13])
@pytest.mark.parametrize("average_noise", [True, False])
def test_means_are_those_of_trained_weights(world, n, average_noise):
    kw = WORLDS[world]
    trained = risk_samples(rng(1), 3 * COUNT, n=n, target=TARGET, initial=SOURCE, noise_std=0.5, **kw)
    fast = gram_risks(rng(2), COUNT, n=n, displacement=DELTA, noise_std=0.5, average_noise=average_noise, **kw)
    assert abs(z_score(fast, trained)) < 4.5
    if average_noise and n > DIM:
        assert fast.std() < 0.8 * trained.std()


def test_outputs_and_sizes_at_the_ends():
    two = np.stack([DELTA, 2 * DELTA], axis=1)
    np.testing.assert_allclose(gram_risks(rng(0), 3, n=0, displacement=two, noise_std=0.3), 5 * DELTA @ DELTA)
    one = gram_risks(rng(0), 3, n=5, displacement=DELTA)
    np.testing.assert_allclose(gram_risks(rng(0), 3, n=5, displacement=two), 5 * one, rtol=1e-10)
    noise = gram_risks(rng(0), 3, n=5, displacement=0 * DELTA, noise_std=1.0)
    np.testing.assert_allclose(gram_risks(rng(0), 3, n=5, displacement=0 * two, noise_std=1.0), 2 * noise, rtol=1e-10)


@pytest.mark.parametrize("average_noise", [True, False])
def test_singular_and_nearly_singular_designs_go_through_singular_values(average_noise):
    flat = np.r_[np.ones(3), np.zeros(DIM - 3)]
    for n in (5, 20):
        risks = gram_risks(rng(1), 50, n=n, displacement=DELTA, covariance=flat)
        np.testing.assert_allclose(risks, 0, atol=1e-20)
    kw = dict(n=20, displacement=DELTA, noise_std=0.5, covariance=flat, average_noise=average_noise)
    risks = gram_risks(rng(1), COUNT, **kw)
    expected = 0.25 * 3 / (20 - 3 - 1)
    assert abs(risks.mean() - expected) < 4.5 * risks.std() / math.sqrt(COUNT)


def test_both_routes_agree_design_by_design(monkeypatch):
    kw = dict(n=6, displacement=DELTA, noise_std=0.5, covariance=SPECTRUM, ridge=0.1, test_covariance=MATRIX)
    through_gram = [gram_risks(rng(3), 20, average_noise=a, **kw) for a in (True, False)]
    monkeypatch.setattr(gram, "_WORST_CONDITION", 0.0)
    through_svd = [gram_risks(rng(3), 20, average_noise=a, **kw) for a in (True, False)]
    np.testing.assert_allclose(through_gram, through_svd, rtol=1e-9)


SIZES = (0, 3, 5, 13, 20)
SWEEP = 1_000  # JAX draws χ² slowly on a CPU


@pytest.mark.parametrize("world", ["isotropic", "shift"])
def test_a_sweep_under_jax_has_the_same_means(world):
    kw = WORLDS[world]
    sweep = gram_sweep(jax.random.key(0), SWEEP, n=SIZES, displacement=DELTA, noise_std=0.5, **kw)
    assert sweep.shape == (len(SIZES), SWEEP) and sweep.dtype == jnp.float64
    np.testing.assert_allclose(sweep[0], sweep[0, 0])
    for n, risks in zip(SIZES[1:], np.asarray(sweep[1:]), strict=True):
        assert abs(z_score(risks, gram_risks(rng(5), COUNT, n=n, displacement=DELTA, noise_std=0.5, **kw))) < 4.5


def test_a_sweep_in_single_precision_matches_double_and_compiles_once():
    kw = dict(n=SIZES, displacement=DELTA, noise_std=0.5, ridge=0.2)
    key = jax.random.key(0)
    before = gram._sweep._cache_size()
    single = gram_sweep(key, SWEEP, dtype=jnp.float32, **kw)
    again = gram_sweep(key, SWEEP, dtype=jnp.float32, **{**kw, "n": (1, 2, 4, 9, 20), "ridge": 0.7})
    assert gram._sweep._cache_size() == before + 1
    assert single.dtype == again.dtype == jnp.float32
    np.testing.assert_array_equal(single, gram_sweep(key, SWEEP, dtype=jnp.float32, **kw))
    double = gram_sweep(key, SWEEP, **kw)
    for a, b in zip(np.asarray(single[1:], float), np.asarray(double[1:]), strict=True):
        assert abs(z_score(a, b)) < 4.5


def test_a_seed_fixes_the_numbers():
    kw = dict(n=5, displacement=DELTA, noise_std=0.5)
    np.testing.assert_array_equal(gram_risks(rng(1), 5, **kw), gram_risks(rng(1), 5, **kw))
