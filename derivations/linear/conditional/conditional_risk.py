"""Risk of ridge regression for a given sample in two dimensions, averaged over its label noise, any diagonal Σ.

The weights of `weights`, started from zero on the label x·δ + ξσ, miss δ by a vector that is linear in ξ; its
Σ-length is squared and averaged with E ξ = 0, E ξ² = 1.
"""

import sympy as sp

from .conditional_weights import derive as weights
from .conditional_weights import label, ridge, start, x

delta = sp.symbols("delta1 delta2", real=True)
sigma = sp.symbols("sigma1 sigma2", positive=True)
noise = sp.Symbol("noise_variance", positive=True)
ARGUMENTS = {
    "X": [list(x)], "displacement": list(delta), "covariance": list(sigma), "noise_variance": noise, "ridge": ridge,
}  # fmt: skip


def derive() -> sp.Expr:
    xi = sp.Symbol("xi", real=True)
    observed = sum(a * b for a, b in zip(x, delta, strict=True)) + xi * sp.sqrt(noise)
    fitted = [part.subs({label: observed, start[0]: 0, start[1]: 0}) for part in weights()]
    risk = sum(s * (a - b) ** 2 for s, a, b in zip(sigma, fitted, delta, strict=True))
    moments = {0: 1, 1: 0, 2: 1}
    terms = sp.Poly(sp.together(sp.expand(risk)), xi).terms()
    return sum(coefficient * moments[power] for (power,), coefficient in terms)
