"""The unbiased estimate of θ_S·θ_T from θ_S·h = Σ_i (θ_S·x_i) y_i, h = Xᵀy, Σ = I."""

import sympy as sp

from .gaussian_moments import expectation, g, p, xi

n = sp.Symbol("n", positive=True, integer=True)
total = sp.Symbol("source_score", real=True)
ARGUMENTS = {"n": n, "source_score": total}
s, t, sigma, dim = sp.symbols("s t sigma dim", positive=True)
c, sine = sp.symbols("c sine", real=True)
one_term = s * (c * g + sine * p) * (t * g + sigma * xi)


def mean(polynomial: sp.Expr) -> sp.Expr:
    return expectation(polynomial, dim - 2)


def derive() -> sp.Expr:
    weight = sp.simplify(s * t * c / (n * mean(one_term)))
    return weight * total
