"""The moment E y²xxᵀ finds a shared subspace from tasks that are each too small to be learnt."""

import numpy as np

from lintransfer.theory.tasks.shared_subspace import label_weighted_moment


def test_top_eigenvectors_of_the_pooled_moment_span_the_subspace():
    """Four rows of each of many tasks, d = 20, k = 2: eigenvalues as stated, and the subspace found."""
    rng, dim, k, tasks, rows = np.random.default_rng(0), 20, 2, 40_000, 4
    teachers = np.zeros((tasks, dim))
    teachers[:, :k] = rng.standard_normal((tasks, k)) / np.sqrt(k)
    x = rng.standard_normal((tasks, rows, dim))
    y = np.einsum("trd,td->tr", x, teachers) + 0.5 * rng.standard_normal((tasks, rows))
    moment = np.einsum("trd,tr,tre->de", x, y * y, x) / (tasks * rows)
    values, vectors = np.linalg.eigh(moment)
    expected = label_weighted_moment(1.0, np.repeat([0.0, 1 / k], [dim - k, k]), 0.25)
    np.testing.assert_allclose(values, expected, rtol=0.06)
    assert np.sum(vectors[:k, -k:] ** 2) > 0.99 * k
