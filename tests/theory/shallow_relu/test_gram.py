"""Gram matrices: accuracy, exact diagonal, gradients, refusals."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.theory.shallow_relu.gram import gram_matrix
from lintransfer.theory.shallow_relu.kernels import kernel


def rows(n, dim, seed=0):
    return np.random.default_rng(seed).standard_normal((n, dim))


@pytest.mark.parametrize("trained", ["first", "second", "both", (0.5, 2.0)])
def test_entries_agree_with_extended_precision(trained):
    inputs = rows(60, 20)
    inputs /= np.linalg.norm(inputs, axis=1, keepdims=True)
    wide = inputs.astype(np.longdouble)
    pi = 4 * np.arctan(np.longdouble(1))
    cosine = np.clip(wide @ wide.T, -1, 1)
    gates = cosine * (pi - np.arccos(cosine)) / (2 * pi)
    outputs = gates + np.sqrt((1 - cosine) * (1 + cosine)) / (2 * pi)
    first, second = {"first": (1, 0), "second": (0, 1), "both": (1, 1)}.get(trained, trained)
    error = np.abs(gram_matrix(inputs, trained=trained) - (first * gates + second * outputs))
    off_diagonal = ~np.eye(60, dtype=bool)
    assert error[off_diagonal].max() < 1e-15 * (first + second)


@pytest.mark.parametrize("trained", ["first", "second", "both"])
def test_the_diagonal_is_exact_and_lengths_factor_out(trained):
    inputs, others = rows(8, 3), rows(5, 3, seed=1)
    gram = gram_matrix(inputs, trained=trained)
    lengths = np.linalg.norm(inputs, axis=1)
    np.testing.assert_allclose(np.diag(gram), lengths**2 * kernel(1.0, trained), rtol=4e-16)
    across = gram_matrix(inputs, others, trained)
    assert across.shape == (8, 5)
    cosine = inputs @ others.T / np.outer(lengths, np.linalg.norm(others, axis=1))
    expected = np.outer(lengths, np.linalg.norm(others, axis=1)) * kernel(cosine, trained)
    np.testing.assert_allclose(across, expected, rtol=1e-13, atol=1e-15)


def test_opposite_and_equal_rows_are_exact():
    gram = gram_matrix(np.array([[3.0, 4.0], [6.0, 8.0], [-3.0, -4.0]]))
    np.testing.assert_allclose(gram, [[25, 50, 0], [50, 100, 0], [0, 0, 25]], atol=1e-13)


def test_plain_inputs_give_writable_float64_and_jax_inputs_give_jax():
    plain = gram_matrix([[1, 0], [0, 1]])
    assert type(plain) is np.ndarray and plain.dtype == np.float64
    plain[0, 0] = 7.0
    traced = jax.jit(lambda x: gram_matrix(x, trained="first"))(jnp.eye(2))
    assert isinstance(traced, jax.Array)
    weights = jax.grad(lambda second: jnp.sum(gram_matrix(jnp.eye(2), trained=(1.0, second))))(1.0)
    np.testing.assert_allclose(weights, gram_matrix(np.eye(2), trained="second").sum(), rtol=1e-14)


@pytest.mark.parametrize("trained", ["first", "both"])
def test_the_gradient_is_a_finite_difference_and_never_nan(trained):
    inputs, weights = rows(4, 3), rows(4, 4, seed=2)

    def score(x):
        return jnp.sum(jnp.asarray(weights) * gram_matrix(x, trained=trained))

    gradient = jax.jit(jax.grad(score))(jnp.asarray(inputs))
    step = 1e-6 * rows(4, 3, seed=3)
    numeric = float(score(jnp.asarray(inputs + step)) - score(jnp.asarray(inputs - step))) / 2
    np.testing.assert_allclose(np.sum(gradient * step), numeric, rtol=1e-6)
    awkward = jnp.array([[1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])
    gradient = jax.jit(jax.grad(lambda x: jnp.sum(gram_matrix(x, trained=trained))))(awkward)
    assert np.all(np.isfinite(gradient))


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (np.array([[1.0, 0.0], [0.0, 0.0]]), "zeros in row 1"),
        (np.array([[1.0, np.nan], [0.0, 1.0], [np.inf, 0.0]]), "non-finite numbers in rows 0, 2"),
        (np.ones(3), "one input per row"),
        (np.empty((0, 3)), "non-empty"),
        ([["a"]], "real numbers"),
    ],
)
def test_bad_inputs_are_named(inputs, message):
    with pytest.raises(DomainError, match=message):
        gram_matrix(inputs)


def test_widths_must_agree_and_memory_is_estimated():
    with pytest.raises(DomainError, match="dimension 2"):
        gram_matrix(np.eye(2), np.eye(3))
    with pytest.raises(DomainError, match=r"GiB"):
        gram_matrix(rows(100, 2), memory=1e5)
