"""The best ridge on the head of r frozen orthonormal features, for every n ≥ 1, Σ = I.

In the eigenbasis of W = ZᵀZ the ridge head misses a* by (−λa*_j + z_j)/(w_j + λ) along eigenvector j, where
z_j = (Zᵀe)_j has variance v w_j, v = σ² + u. Eigenvectors of W are uniformly random, independent of its
eigenvalues, so E a*_j² = e/r. Each direction then contributes the same rational function of λ and its own
w_j; all of them are stationary at one λ.
"""

import sympy as sp

r, w = sp.symbols("n_features w", positive=True)
e, u, noise, ridge = sp.symbols("explained unexplained noise_variance ridge", positive=True)
ARGUMENTS = {"n_features": r, "explained": e, "unexplained": u, "noise_variance": noise}


def derive() -> sp.Expr:
    along_one = (ridge**2 * e / r + (noise + u) * w) / (w + ridge) ** 2
    (best,) = sp.solve(sp.diff(along_one, ridge), ridge)
    if sp.simplify(sp.diff(along_one, ridge, 2).subs(ridge, best)).is_positive is not True:
        raise ArithmeticError("the stationary point must be a minimum")
    return best
