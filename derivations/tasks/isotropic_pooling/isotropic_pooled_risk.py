"""T15 for two groups, at shares drawn as parts of a whole, c_k = b_k/(b_0+b_1+b_2), and n_k = d(c_k + room_k)."""

import numpy as np
import sympy as sp

from .shares import DIM, GRAM, RIDGE, WEIGHTS, C, N, V, risk

B = sp.symbols("b0:3", positive=True)
ROOM = sp.symbols("room1:3", positive=True)
_SHARES = dict(zip(C, (B[1] / sum(B), B[2] / sum(B)), strict=True))
_SIZES = {n: DIM * (_SHARES[c] + room) for n, c, room in zip(N, C, ROOM, strict=True)}


def _at(expression):
    return sp.sympify(expression).subs(_SIZES).subs(_SHARES)


ARGUMENTS = {
    "sizes": np.array([_at(n) for n in N], dtype=object),
    "dim": DIM,
    "gram": np.array(GRAM, dtype=object),
    "noise_variances": np.array(V, dtype=object),
    "weights": np.array([_at(w) for w in WEIGHTS], dtype=object),
    "ridge": _at(RIDGE),
}


def derive():
    return _at(risk())
