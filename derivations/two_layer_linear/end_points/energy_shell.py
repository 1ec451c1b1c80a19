"""The norm of the head at any interpolating end, two features seen in two directions.

vvᵀ − BPBᵀ is conserved, since nothing but BP moves. At the end (BP)ᵀv = m, so ‖m‖² = vᵀ(BPBᵀ)v, and BPBᵀ is known from v and
the start.
"""

import numpy as np
import sympy as sp

V = sp.Matrix(sp.symbols("v1 v2", positive=True))
START = sp.Matrix(sp.symbols("s1 s2", positive=True))
SEEN = sp.Matrix(2, 2, sp.symbols("z11 z12 z21 z22", positive=True))
ARGUMENTS = {
    "head": np.array(list(V), dtype=object),
    "start": np.array(list(START), dtype=object),
    "seen": np.array(SEEN.tolist(), dtype=object),
}


def derive() -> sp.Expr:
    conserved = START * START.T - SEEN * SEEN.T
    gram = V * V.T - conserved
    return sp.expand((V.T * gram * V)[0])
