"""T4 for two covariances in d = 2 that share no basis, the first and that of the test given in numbers (any basis and
scale of the second): the envelope of `pooled_ridge`, with full matrices."""

import numpy as np
import sympy as sp

from ..pooled_ridge.envelope import NOISES, PROBE, RIDGE, WEIGHTS, A, slope_at_rest

ROOTS = [sp.Matrix([[a, b], [0, c]]) for a, b, c in [(1, 0, 2), sp.symbols("r1:4", positive=True), (2, 1, 1)]]
FIRST, SECOND, TESTED = (root * root.T for root in ROOTS)
TEACHERS = [sp.Matrix(sp.symbols(f"theta{k}(1:3)", real=True)) for k in (1, 2)]


def _inverse(matrix):
    (a, b), (_, c) = matrix.tolist()
    return sp.Matrix([[c, -b], [-b, a]]) / (a * c - b**2)


def _pulls():
    return [a * omega * covariance for a, omega, covariance in zip(A, WEIGHTS, (FIRST, SECOND), strict=True)]


def sizes(probe=0):
    resolvent = _inverse(sum(_pulls(), RIDGE * sp.eye(2)) + probe * TESTED)
    return np.array([a + (pull * resolvent).trace() for a, pull in zip(A, _pulls(), strict=True)], dtype=object)


def loss():
    pulls = [*_pulls(), RIDGE * sp.eye(2), PROBE * TESTED]
    points = [*TEACHERS, sp.zeros(2, 1), TEACHERS[1]]
    total, push = sum(pulls, sp.zeros(2)), sum((p * x for p, x in zip(pulls, points, strict=True)), sp.zeros(2, 1))
    energy = sum((x.T * p * x)[0] for p, x in zip(pulls, points, strict=True))
    return (
        energy
        - (push.T * _inverse(total) * push)[0]
        + sum(a * w * v for a, w, v in zip(A, WEIGHTS, NOISES, strict=True))
    )


def _array(matrix):
    return np.array(matrix.tolist(), dtype=object)


ARGUMENTS = {
    "sizes": sizes(), "covariances": np.array([_array(FIRST), _array(SECOND)]),
    "teachers": np.array([_array(t)[:, 0] for t in TEACHERS]), "noise_variances": np.array(NOISES, dtype=object),
    "weights": np.array(WEIGHTS, dtype=object), "ridge": RIDGE, "test_covariance": _array(TESTED),
}  # fmt: skip


def derive():
    return slope_at_rest(loss(), sizes(PROBE))
