"""Risk of fine-tuning from a fitted source, Σ_S = Σ = I.

Target training keeps Q(w0 − θ_T) of its starting error, Q the projector off the rows of X, and adds the
noise. The target sample is independent of the source sample, so that E Q, a multiple of the identity with
trace (d − n)₊, meets the mean squared distance of the source fit.
"""

import sympy as sp

from ..frozen_features.inverse_chi_square import inverse_gram_trace
from . import finite_source_displacement as displacement

n = sp.Symbol("n", positive=True, integer=True)
noise = sp.Symbol("noise_variance", positive=True)
ARGUMENTS = {"n": n, "noise_variance": noise} | displacement.ARGUMENTS


def derive() -> sp.Expr:
    dim, multiple = displacement.dim, sp.Symbol("multiple")
    (kept,) = sp.solve(sp.Eq(multiple * dim, dim - n), multiple)
    branches = [(noise * inverse_gram_trace(rows=n, columns=dim), n >= dim + 2)]
    for distance, condition in displacement.derive().args:
        branches.append((kept * distance + noise * inverse_gram_trace(rows=dim, columns=n), condition & (n <= dim - 2)))
    return sp.Piecewise(*branches)
