"""A ridge head on r frozen orthonormal features, exact, Σ = I.

In the eigenbasis of W = ZᵀZ the head misses a* by (−λa*_j + z_j)/(w_j + λ) along eigenvector j, where z_j has variance
v w_j, v = σ² + u. Eigenvectors of W are uniformly random, independent of its eigenvalues, so E a*_j² = e/r. The risk is
thus a combination of S = E tr(W + λ)⁻¹, from the joint density of the eigenvalues, and of S' = −E tr(W + λ)⁻²;
w/(w + λ)² = 1/(w + λ) − λ/(w + λ)².
"""

import sympy as sp

from ..wishart_resolvent import wishart_resolvent as resolvent

n, r, ridge = resolvent.n, resolvent.r, resolvent.ridge
e, u, noise = sp.symbols("explained unexplained noise_variance", positive=True)
ARGUMENTS = {"n": n, "n_features": r, "explained": e, "unexplained": u, "noise_variance": noise, "ridge": ridge}
REGIME = resolvent.REGIME


def risk(trace: sp.Expr, count: int) -> sp.Expr:
    squared = -sp.diff(trace, ridge)
    return u + e / count * ridge**2 * squared + (noise + u) * (trace - ridge * squared)


def derive() -> sp.Expr:
    return resolvent.by_size({size: risk(trace, size[1]) for size, trace in resolvent.traces().items()})
