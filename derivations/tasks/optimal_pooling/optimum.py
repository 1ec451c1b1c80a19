"""Two groups whose optimum is known: shares first, then the noises for which the slopes of R vanish there, for one pair
of teachers in d = 6 and a line of shares.

R is convex (`convexity`), so that a point inside the polytope where both slopes vanish is the optimum, of weights and
ridge together. The slopes are linear in the two noise variances.
"""

import numpy as np
import sympy as sp

from ..isotropic_pooling.shares import DIM, GRAM, RIDGE, WEIGHTS, C, N, T, V, risk
from .convexity import prove

X = sp.Symbol("x", positive=True)
_SHARES = dict(zip(C, (1 / (2 + X), sp.Rational(1, 3)), strict=True))
_TEACHERS = dict(zip(T, (2, 1, 1, 2), strict=True)) | {DIM: 6}
_SIZES = {n: 6 * (_SHARES[c] + room) for n, c, room in zip(N, C, (sp.Rational(1, 2), sp.Rational(1, 3)), strict=True)}


def _at(expression):
    return sp.factor(sp.sympify(expression).subs(_TEACHERS).subs(_SIZES).subs(_SHARES))


def _in_noises(expression):
    """Constant and coefficients of the two noises."""
    quiet = dict.fromkeys(V, 0)
    return _at(expression.subs(quiet)), [_at(sp.diff(expression, v).subs(quiet)) for v in V]


def _solved():
    found = risk().subs(_TEACHERS)
    (p, (a, b)), (q, (c, d)) = (_in_noises(sp.diff(found, share)) for share in C)
    noises = [sp.factor((b * q - d * p) / (a * d - b * c)), sp.factor((c * p - a * q) / (a * d - b * c))]
    constant, slopes = _in_noises(found)
    return sp.factor(constant + sum(s * v for s, v in zip(slopes, noises, strict=True))), noises


RISK, NOISES = _solved()
REGIME = sp.And(NOISES[0] > 0, NOISES[1] > 0)
ARGUMENTS = {
    "sizes": np.array([_at(n) for n in N], dtype=object), "dim": 6,
    "gram": np.array([[_at(g) for g in row] for row in GRAM], dtype=object),
    "noise_variances": np.array(NOISES, dtype=object),
}  # fmt: skip


def optimum():
    prove()
    return {
        "risk": RISK, "shares": np.array([_at(c) for c in C], dtype=object),
        "weights": np.array([_at(w) for w in WEIGHTS], dtype=object), "ridge": _at(RIDGE),
    }  # fmt: skip
