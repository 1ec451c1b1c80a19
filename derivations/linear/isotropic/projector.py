"""First and second moments of a uniformly random projector Q of rank k = d − n, by symmetry alone.

Rotation invariance leaves E Q = aI and E Q_ij Q_kl = p δ_ij δ_kl + q (δ_ik δ_jl + δ_il δ_jk). Two scalar
facts fix them: tr Q = k, so E (tr Q)² = k², and Q² = Q = Qᵀ, so E tr QQᵀ = k.
"""

import sympy as sp

d, k = sp.symbols("dim rank", positive=True)


def mean() -> sp.Expr:
    """a, from tr Q = k."""
    a = sp.Symbol("a")
    return sp.solve(a * d - k, a)[0]


def second_moments() -> tuple[sp.Expr, sp.Expr]:
    """p and q: Σ_ik E Q_ii Q_kk = p d² + 2q d = k² and Σ_ij E Q_ij Q_ij = p d + q (d² + d) = k."""
    p, q = sp.symbols("p q")
    solution = sp.solve([p * d**2 + 2 * q * d - k**2, p * d + q * (d**2 + d) - k], [p, q], dict=True)[0]
    return sp.factor(solution[p]), sp.factor(solution[q])
