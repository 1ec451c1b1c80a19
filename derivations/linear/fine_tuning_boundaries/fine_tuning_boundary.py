"""Cosine above which fine-tuning beats scratch: equal distances from the target.

Both learners keep the same share of their starting error in the metric M = E QΣQ, or its ridge counterpart,
and add the same noise; so the risks are equal where ‖θ_T − θ_S‖²_M = ‖θ_T‖²_M.
"""

import sympy as sp

s, t, c = sp.symbols("source_norm target_norm c", positive=True)
ARGUMENTS = {"source_norm": s, "target_norm": t}
REGIME = s <= 2 * t


def derive() -> sp.Expr:
    (cosine,) = sp.solve(sp.Eq(s**2 - 2 * s * t * c + t**2, t**2), c)
    return cosine
