"""Equal eigenvalues: tr(HC) obeys a scalar recursion, whose factor reaches 1 at the largest stable step."""

import numpy as np
import sympy as sp

from .moments import B, eta, step

level = sp.Symbol("level", positive=True)
size = sp.Symbol("size", positive=True, integer=True)
ARGUMENTS = {
    "eigenvalues": np.array([level], dtype=object), "batch": B, "multiplicities": np.array([size], dtype=object),
}  # fmt: skip
REGIME = B >= 1


def derive():
    c, trace = sp.symbols("c trace")
    one, _ = step(sp.Matrix([[c]]), sp.zeros(1, 1), [level], 0)
    through_trace = eta**2 / B * level
    # One coordinate of `size` equal ones: tr(HC) = size·λc stands for λc in the part that comes from the trace.
    factor = sp.simplify(
        (one[0, 0] - through_trace * level * c + through_trace * trace).subs(trace, size * level * c) / c
    )
    (largest,) = [root for root in sp.solve(factor - 1, eta) if root != 0]
    return largest
