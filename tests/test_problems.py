"""The world: constructors agree, coordinates do not matter, impossible worlds are refused."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.errors import DomainError
from lintransfer.problems import TransferProblem
from lintransfer.testing import isotropic_problems, overlaps, teacher_problems


def dense(problem):
    """The same problem with its diagonal covariance rotated into a full matrix."""
    v = problem.vectors
    rotation = np.linalg.qr(np.random.default_rng(0).standard_normal((problem.dim, problem.dim)))[0]
    spectrum = np.ones(problem.dim) if v.covariance is None else v.covariance
    return TransferProblem.from_teachers(
        rotation @ v.source, rotation @ v.target, rotation @ np.diag(spectrum) @ rotation.T, noise_std=problem.noise_std
    )


@given(isotropic_problems())
def test_isotropic_energies(problem):
    s, t, c = problem.source_norm, problem.target_norm, problem.overlap
    assert problem.displacement_energy == pytest.approx(
        s * s + t * t - 2 * s * t * c, rel=1e-12, abs=1e-12 * (s * s + t * t)
    )
    assert problem.is_isotropic
    features = problem.features
    assert features.unexplained == pytest.approx(t * t * (1 - c * c), rel=1e-9, abs=1e-12 * t * t)


@given(teacher_problems(), overlaps())
def test_with_overlap_turns_the_target_and_keeps_its_norm(problem, overlap):
    turned = problem.with_overlap(overlap)
    assert turned.overlap == pytest.approx(overlap, abs=1e-12)
    assert turned.target_norm == pytest.approx(problem.target_norm, rel=1e-12)
    v = turned.vectors
    again = TransferProblem.from_teachers(v.source, v.target, v.covariance)
    for mine, fresh in zip(turned.modes, again.modes, strict=True):
        np.testing.assert_allclose(mine, fresh, rtol=1e-9, atol=1e-12 * problem.target_norm**2)


@given(teacher_problems(dim=5))
def test_modes_do_not_depend_on_the_basis(problem):
    m, r = problem.modes, dense(problem).modes
    for field in ("source", "cross", "target", "displacement"):
        for power in (0, 1, 2):
            mine, other = (np.sum(k.eigenvalue**power * getattr(k, field)) for k in (m, r))
            scale = np.sum(m.eigenvalue**power * (m.source + m.target))
            assert mine == pytest.approx(other, abs=1e-9 * scale)


def test_equal_eigenvalues_share_a_mode():
    p = TransferProblem.from_teachers([1.0, 2, 3, 4], [4.0, 3, 2, 1], covariance=[2.0, 1, 2, 1])
    np.testing.assert_array_equal(p.modes.eigenvalue, [2, 1])
    np.testing.assert_array_equal(p.modes.multiplicity, [2, 2])
    np.testing.assert_array_equal(p.modes.source, [1 + 9, 4 + 16])
    np.testing.assert_array_equal(p.modes.cross, [4 + 6, 6 + 4])


def test_given_features_are_projected_on():
    rng = np.random.default_rng(1)
    source, target, spectrum, features = (
        *rng.standard_normal((2, 6)),
        rng.uniform(0.5, 2, 6),
        rng.standard_normal((6, 2)),
    )
    problem = TransferProblem.from_teachers(source, target, covariance=spectrum, features=features)
    root = np.sqrt(spectrum)
    head, residual, *_ = np.linalg.lstsq(root[:, None] * features, root * target, rcond=None)
    assert problem.features.unexplained == pytest.approx(residual[0])
    assert np.sum(problem.features.target) == pytest.approx(head @ head)
    own = TransferProblem.from_teachers(source, target, covariance=spectrum)
    given = TransferProblem.from_teachers(
        source, target, covariance=spectrum, features=source[:, None] / np.linalg.norm(source)
    )
    for mine, explicit in zip(own.features, given.features, strict=True):
        np.testing.assert_allclose(mine, explicit, rtol=1e-12)


def test_subspaces_agree_with_explicit_vectors():
    cosines = np.array([0.9, 0.5])
    u = np.eye(7)[:, :2]
    target = np.zeros((7, 2))
    target[[0, 1], [0, 1]], target[[2, 3], [0, 1]] = cosines, np.sqrt(1 - cosines**2)
    summary = TransferProblem.from_subspaces(7, cosines)
    explicit = TransferProblem.from_teachers(u, target, features=u)
    assert summary.features.unexplained == pytest.approx(explicit.features.unexplained)
    assert summary.displacement_energy == pytest.approx(explicit.displacement_energy)
    assert summary.outputs == explicit.outputs == 2


@given(isotropic_problems(), st.floats(0.1, 10))
def test_rescaling(problem, norm):
    scaled = problem.with_norms(source_norm=norm)
    assert scaled.source_norm == pytest.approx(norm, rel=1e-12)
    assert scaled.target_norm == pytest.approx(problem.target_norm, rel=1e-12)
    assert scaled.overlap == pytest.approx(problem.overlap, abs=1e-12)


def test_problems_are_pytrees():
    batch = jax.vmap(lambda c: TransferProblem.isotropic(500, c, 0.2).displacement_energy)(jnp.linspace(-1, 1, 3))
    np.testing.assert_allclose(batch, [4, 2, 0], atol=1e-12)
    leaves, tree = jax.tree_util.tree_flatten(TransferProblem.isotropic(9, 0.5))
    assert jax.tree_util.tree_unflatten(tree, leaves) == replace(
        TransferProblem.isotropic(9, 0.5), modes=jax.tree_util.tree_unflatten(tree, leaves).modes
    )


REFUSED = {
    "dim must be a whole number ≥ 1, got 0": lambda: TransferProblem.isotropic(0, 0.5),
    "dim must be a whole number ≥ 1, got 2.5": lambda: TransferProblem.isotropic(2.5, 0.5),
    "dim must be a whole number ≥ 1, got nan": lambda: TransferProblem.isotropic(float("nan"), 0.5),
    "overlap must be a cosine between -1 and 1, got 1.2": lambda: TransferProblem.isotropic(5, 1.2),
    "overlap must be a cosine between -1 and 1, got nan": lambda: TransferProblem.isotropic(5, float("nan")),
    "overlap must be -1 or 1 when dim = 1": lambda: TransferProblem.isotropic(1, 0.2),
    "noise_std must be a finite number ≥ 0, got -1": lambda: TransferProblem.isotropic(5, 0.2, noise_std=-1),
    "target_norm must be a finite number ≥ 0, got inf": lambda: TransferProblem.isotropic(5, 0.2, target_norm=np.inf),
    "n_source must be a whole number ≥ 0, got -1": lambda: TransferProblem.isotropic(5, 0.2, n_source=-1),
    "target must be of the source's shape (2, 1), got shape (1, 1)": lambda: TransferProblem.from_teachers([1, 2], [1]),
    "covariance must be a spectrum (2,) or a matrix (2, 2), got shape (3,)": lambda: TransferProblem.from_teachers(
        [1, 2], [1, 2], [1, 2, 3]
    ),
    "covariance must be free of negative eigenvalues, got -2.0": lambda: TransferProblem.from_teachers(
        [1, 2], [1, 2], [1, -2]
    ),
    "covariance must be free of negative eigenvalues, got -1.0": lambda: TransferProblem.from_teachers(
        [1, 2], [1, 2], [[1, 2], [2, 1]]
    ),
    "covariance must be symmetric, got largest difference from its transpose 0.3": lambda: (
        TransferProblem.from_teachers([1, 2], [1, 2], [[1, 0.5], [0.2, 1]])
    ),
    "target must be finite (no nan, no inf), got 1 non-finite entries": lambda: TransferProblem.from_teachers(
        [1, 2], [1, np.nan]
    ),
    "covariance must be finite": lambda: TransferProblem.from_teachers([1, 2], [1, 2], [1, np.inf]),
    "features must be a matrix with 2 rows": lambda: TransferProblem.from_teachers(
        [1, 2], [1, 2], features=np.ones((3, 1))
    ),
    "source must be an array of real numbers": lambda: TransferProblem.from_teachers(["a", "b"], [1, 2]),
    "overlap must be min(n_features, outputs) = 2": lambda: TransferProblem.from_subspaces(
        9, [0.5], n_features=2, outputs=2
    ),
    "dim must be at least 4 to hold both": lambda: TransferProblem.from_subspaces(3, [0.5, 0.5]),
    "source_norm must be 0 for a teacher that vanishes": lambda: TransferProblem.isotropic(
        5, 0, source_norm=0
    ).with_norms(2),
    "overlap must be left at ±1 when the teachers are parallel": lambda: TransferProblem.from_teachers(
        [1, 2], [2, 4], [1, 2]
    ).with_overlap(0.3),
}


@pytest.mark.parametrize("message", REFUSED)
def test_an_impossible_world_is_refused_in_one_line(message):
    with pytest.raises(DomainError) as caught:
        REFUSED[message]()
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_source_ridge_is_kept_checked_and_part_of_the_structure_if_it_is_a_word():
    p = TransferProblem.isotropic(5, 0.5, n_source=8, source_ridge=2)
    assert p.source_ridge == 2.0 and p.with_overlap(0.1).with_norms(2.0).with_source_size(3).source_ridge == 2.0
    best = p.with_noise(source_ridge="optimal")
    assert best.source_ridge == "optimal" and best.with_noise(noise_std=0.3).source_ridge == "optimal"
    assert hash(best) == hash(p) and best != p and best == p.with_noise(source_ridge="optimal")
    leaves, structure = jax.tree_util.tree_flatten(best)
    assert all(not isinstance(leaf, str) for leaf in leaves) and structure != jax.tree_util.tree_structure(p)
    assert jax.jit(lambda q: q.noise_std + 1.0)(best) == 1.0 and jax.tree_util.tree_map(lambda x: x, best) == best
    for build in (TransferProblem.isotropic, TransferProblem.sphere):
        assert build(dim=5, overlap=0.5, n_source=8, source_ridge="optimal").source_ridge == "optimal"
    assert TransferProblem.from_teachers(np.ones(3), np.ones(3), source_ridge=0.5).source_ridge == 0.5
    for wrong in (-1.0, "best", np.nan, 1e200, None, [1.0]):
        with pytest.raises(DomainError, match="source_ridge must be a number ≥ 0"):
            TransferProblem.isotropic(5, 0.5, source_ridge=wrong)
