"""Transferability of fine-tuning from a fitted source against scratch on the same target set, Σ_S = Σ = I.

Both learners keep Q of their starting error and add the same X⁺ξ, which cancels with every cross term: Q X⁺ = 0. What
is left is ‖Qθ_T‖² − ‖Q(θ_T − ŵ_S)‖², and E Q is a multiple of the identity of trace (d − n)₊ that is independent of the
source set.
"""

import sympy as sp

from . import finite_source_displacement as displacement

n = sp.Symbol("n", positive=True, integer=True)
ARGUMENTS = {"n": n} | displacement.ARGUMENTS


def derive() -> sp.Expr:
    dim, multiple = displacement.dim, sp.Symbol("multiple")
    (kept,) = sp.solve(sp.Eq(multiple * dim, dim - n), multiple)
    branches = [
        (kept * (displacement.target - distance), condition & (n < dim))
        for distance, condition in displacement.derive().args
    ]
    return sp.Piecewise((sp.Integer(0), n >= dim), *branches)
