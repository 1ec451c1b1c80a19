"""Two groups whose optimum is known: shares first, then the noises for which the slopes of R vanish there, for one
pair of teachers in d = 6.

R is convex (`convexity`), so that a point inside the polytope where both slopes vanish is the optimum, of weights and
ridge together. The slopes are linear in the two noise variances.
"""

import numpy as np
import sympy as sp

from ..isotropic_pooling.shares import GRAM, RIDGE, WEIGHTS, C, DIM, N, T, V, risk
from .convexity import prove

B = sp.symbols("b1:3", positive=True)
_TOTAL = 1 + B[0] + B[1]
_SHARES = dict(zip(C, (B[0] / _TOTAL, B[1] / _TOTAL), strict=True))
_GIVEN = dict(zip(T, (2, 1, 1, 2), strict=True)) | {DIM: 6}
_SIZES = {n: 6 * (_SHARES[c] + room) for n, c, room in zip(N, C, (sp.Rational(1, 2), sp.Rational(1, 3)), strict=True)}


def _noises():
    """σ_1², σ_2² as functions of shares and sizes."""
    found = risk().subs(_GIVEN)
    slopes = [sp.diff(found, c) for c in C]
    quiet = dict.fromkeys(V, 0)
    (a, b), (c, d) = ([sp.diff(slope, v).subs(quiet) for v in V] for slope in slopes)
    p, q = (-slope.subs(quiet) for slope in slopes)
    return found, [(d * p - b * q) / (a * d - b * c), (a * q - c * p) / (a * d - b * c)]


def _at(expression):
    return sp.cancel(sp.sympify(expression).subs(_GIVEN).subs(_SIZES).subs(_SHARES))


FOUND, _SOLVED = _noises()
NOISES = [_at(v) for v in _SOLVED]
REGIME = sp.And(NOISES[0] > 0, NOISES[1] > 0)
ARGUMENTS = {
    "sizes": np.array([_at(n) for n in N], dtype=object), "dim": _GIVEN[DIM], "gram": np.array([[_at(g) for g in row] for row in GRAM], dtype=object),
    "noise_variances": np.array(NOISES, dtype=object),
}  # fmt: skip


def optimum():
    prove()
    shares = np.array([_SHARES[c] for c in C], dtype=object)
    weights = np.array([_at(w) for w in WEIGHTS], dtype=object)
    at_noise = dict(zip(V, NOISES, strict=True))
    return {"risk": _at(FOUND).subs(at_noise), "shares": shares, "weights": weights, "ridge": _at(RIDGE)}


