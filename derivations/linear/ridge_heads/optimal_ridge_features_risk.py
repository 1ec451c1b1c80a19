"""The risk of the best ridge head on r frozen orthonormal features, exact, Σ = I.

Each eigendirection of W = ZᵀZ contributes (λ²e/r + v w)/(w + λ)² to the mean risk (see `ridge_features`), which is
stationary at one λ for every w; there the mean over the eigenvalues is taken of the risk itself, with both its traces.
"""

import sympy as sp

from ..wishart_resolvent import wishart_resolvent
from . import optimal_ridge_features, ridge_features

e, u, noise = ridge_features.e, ridge_features.u, ridge_features.noise
ARGUMENTS = {name: symbol for name, symbol in ridge_features.ARGUMENTS.items() if name != "ridge"}
REGIME = ridge_features.REGIME


def derive() -> sp.Expr:
    best = optimal_ridge_features.derive().subs(optimal_ridge_features.r, ridge_features.r)
    at_best = {
        (a, b): ridge_features.risk(trace, b).subs(ridge_features.ridge, best.subs(ridge_features.r, b))
        for (a, b), trace in wishart_resolvent.traces().items()
    }
    return wishart_resolvent.by_size(at_best)
