"""Least squares on all d weights under any training covariance Σ, tested under Σ', n ≥ d + 2.

The error is (XᵀX)⁻¹Xᵀξ, of covariance σ²(XᵀX)⁻¹ at a given design. Whiten, X = GΣ^½: its mean is σ²Σ^(−½) E(GᵀG)⁻¹
Σ^(−½), and E(GᵀG)⁻¹ is a multiple of I, by rotation, with known trace. The risk is the trace of that against Σ'. It is
taken here for d = 2 and general symbolic matrices, where it must come out as multiple × tr Σ'Σ⁻¹.
"""

import sympy as sp

from ..frozen_features.inverse_chi_square import inverse_gram_trace

n, dim = sp.symbols("n dim", positive=True, integer=True)
spread, noise = sp.symbols("spread noise_variance", positive=True)
ARGUMENTS = {"n": n, "dim": dim, "spread": spread, "noise_variance": noise}
REGIME = n >= dim + 2


def share_of_spread(multiple: sp.Expr) -> sp.Expr:
    """tr[Σ'Σ^(−½)(multiple·I)Σ^(−½)] in units of tr Σ'Σ⁻¹."""
    large, small, angle, a, b, c = sp.symbols("l1 l2 angle a b c", positive=True)
    turn, tested = sp.rot_axis3(angle)[:2, :2], sp.Matrix([[a, b], [b, c]])
    inverse_root = turn * sp.diag(1 / sp.sqrt(large), 1 / sp.sqrt(small)) * turn.T
    inverse = (turn * sp.diag(large, small) * turn.T).inv()
    return sp.simplify((tested * inverse_root * multiple * inverse_root).trace() / (tested * inverse).trace())


def derive() -> sp.Expr:
    multiple = sp.Symbol("multiple")
    (value,) = sp.solve(sp.Eq(multiple * dim, inverse_gram_trace(rows=n, columns=dim)), multiple)
    return noise * spread * share_of_spread(multiple).subs(multiple, value)
