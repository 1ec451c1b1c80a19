"""Teachers realise the norms, overlaps and energies that were asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.errors import DomainError
from lintransfer.problems import TransferProblem
from lintransfer.simulate.teachers import covariance_root, teacher_pair, teachers_from_modes
from lintransfer.spectra import Modes, two_level


@given(st.integers(2, 40), st.floats(-1, 1), st.floats(0, 10), st.floats(0, 10))
def test_a_pair_has_its_norms_and_overlap(dim, overlap, source_norm, target_norm):
    source, target = teacher_pair(dim, overlap, source_norm, target_norm)
    assert source.shape == target.shape == (dim,)
    np.testing.assert_allclose(source @ source, source_norm**2, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(target @ target, target_norm**2, rtol=1e-12, atol=1e-300)
    assert abs(source @ target - overlap * source_norm * target_norm) <= 1e-14 * (1 + source_norm * target_norm)


def test_a_pair_is_deterministic_and_touches_every_coordinate():
    first, second = teacher_pair(6, 0.3), teacher_pair(6, 0.3)
    np.testing.assert_array_equal(first, second)
    assert np.all(first[0] != 0) and np.all(first[1] != 0)


@pytest.mark.parametrize(("dim", "overlap"), [(1, 0.5), (3, 1.1), (3, float("nan"))])
def test_an_impossible_pair_is_refused(dim, overlap):
    with pytest.raises(DomainError, match="overlap"):
        teacher_pair(dim, overlap)


def test_vectors_made_from_modes_have_the_energies_of_the_modes():
    rng = np.random.default_rng(0)
    spectrum = two_level(9, 4, 3.0, 0.5)
    problem = TransferProblem.from_teachers(*rng.standard_normal((2, 9)), covariance=spectrum)
    values, source, target = teachers_from_modes(problem.modes)
    rebuilt = TransferProblem.from_teachers(source, target, covariance=values)
    for ours, theirs in zip(problem.modes, rebuilt.modes, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


def test_eigenspaces_of_one_dimension_hold_parallel_vectors():
    rng = np.random.default_rng(1)
    problem = TransferProblem.from_teachers(*rng.standard_normal((2, 5)), covariance=np.arange(1.0, 6))
    _, source, target = teachers_from_modes(problem.modes)
    np.testing.assert_allclose(source * target, problem.modes.cross, rtol=1e-7)
    np.testing.assert_allclose(target**2, problem.modes.target, rtol=1e-12)


@pytest.mark.parametrize(
    "modes",
    [
        Modes([1.0], [1.0], [1.0], [0.5], [1.0]),
        Modes([1.0], [3.0], [1.0], [1.5], [1.0]),
        Modes([1.0], [2.5], [1.0], [0.5], [1.0]),
    ],
    ids=["not parallel", "beyond Cauchy-Schwarz", "half a dimension"],
)
def test_modes_of_no_two_vectors_are_refused(modes):
    with pytest.raises(DomainError):
        teachers_from_modes(modes)


def test_a_root_squares_to_its_covariance():
    rng = np.random.default_rng(2)
    a = rng.standard_normal((4, 4))
    root = covariance_root(a @ a.T, 4)
    np.testing.assert_allclose(root @ root.T, a @ a.T, atol=1e-12)
    np.testing.assert_allclose(covariance_root([4.0, 9.0], 2), [2, 3])
    assert covariance_root(None, 2) is None
    with pytest.raises(DomainError, match="covariance"):
        covariance_root(np.ones(3), 2)
