"""The Gram-matrix bound and the complexity term."""

import jax
import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.simulate.shallow_relu.kernel import draw_inputs
from lintransfer.theory.shallow_relu.bounds import (
    complexity_term,
    generalization_bound,
    gram_bound,
    gram_quadratic_form,
    largest_complexity,
    leading_bound,
    published_gram_bound,
    published_leading_bound,
    sphere_complexity_term,
)
from lintransfer.theory.shallow_relu.learning_curves import sphere_risk


@pytest.mark.parametrize("trained", ["first", "second", "both"])
@pytest.mark.parametrize(("n", "dim"), [(4, 9), (40, 5), (80, 2)])
def test_the_quadratic_form_stays_below_the_bound_and_far_below_the_published_one(trained, n, dim):
    rng = np.random.default_rng(0)
    inputs, displacement = rng.standard_normal((n, dim)), rng.standard_normal(dim)
    labels = inputs @ displacement
    value = gram_quadratic_form(inputs, labels, trained)
    projected = labels @ np.linalg.lstsq(inputs @ inputs.T, labels)[0]
    assert 0 < value <= largest_complexity(projected, trained) * (1 + 1e-9)
    assert largest_complexity(1.0, trained) < published_gram_bound(1.0)


def test_the_constant_is_sharp():
    angle = (np.arange(300) + 0.25) * 2 * np.pi / 300
    inputs = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    # Opposite points make the Gram matrix singular; a ridge far below the mass of degree 1 keeps it regular.
    assert gram_quadratic_form(inputs, inputs[:, 0], ridge=1e-6) > 0.95 * gram_bound(1.0)


def test_the_complexity_term_against_random_designs():
    rng, dim, n, noise = np.random.default_rng(1), 20, 40, 0.01
    values = []
    for _ in range(60):
        inputs = draw_inputs(rng, (n, dim))
        labels = inputs[:, 0] + noise**0.5 * rng.standard_normal(n)
        values.append(gram_quadratic_form(inputs, labels))
    predicted = sphere_complexity_term(n, dim, 1.0, noise)
    assert abs(np.mean(values) - predicted) < 4 * np.std(values) / np.sqrt(60) + 0.05 * predicted


def test_the_bound_decays_slower_than_the_risk():
    """The bound's first term falls like n^(−1/2) while noiseless √R falls like d/n, for d ≪ n ≪ d²."""
    n, dim = np.array([2e4, 4e4]), 1000
    bound = np.sqrt(2 * sphere_complexity_term(n, dim, 1.0) / n)
    root = np.sqrt(sphere_risk(n, dim, 1.0, trained="first"))
    assert np.all(bound > root)
    assert np.log2(bound[0] / bound[1]) == pytest.approx(0.5, abs=0.03)
    assert np.log2(root[0] / root[1]) == pytest.approx(1.0, abs=0.1)


def test_formulas_on_numbers_and_jax():
    assert gram_bound(1.0) == 4 and published_gram_bound(1.0) == 9
    assert leading_bound(8, 1) == 1.0 and published_leading_bound(18, 1) == 1.0
    assert leading_bound(0, 1) == published_leading_bound(0, 1) == generalization_bound(0, 1, 1, 1) == np.inf
    assert complexity_term(1, 1, 2, 3) == 4
    np.testing.assert_allclose(
        generalization_bound(100, 4, 0.1, 0.05, 2.0), np.sqrt(0.08) + 2 * np.sqrt(np.log(100 / 0.005) / 100), rtol=1e-14
    )
    assert np.isfinite(jax.grad(leading_bound)(5.0, 1.0))
    assert np.isfinite(jax.grad(generalization_bound)(5.0, 1.0, 0.1, 0.1))


def test_singular_gram_matrices_say_why():
    inputs = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 0.0], [0.0, 3.0]])
    with pytest.raises(DomainError, match="rows 0 and 2, 1 and 3"):
        gram_quadratic_form(inputs, np.ones(4))
    assert gram_quadratic_form(inputs, np.ones(4), ridge=0.1) > 0
    angle = np.arange(3)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    with pytest.raises(DomainError, match="antipodal"):
        gram_quadratic_form(np.concatenate([circle, -circle]), np.ones(6))
    with pytest.raises(DomainError, match="labels"):
        gram_quadratic_form(inputs, np.ones(3))
