"""Both layers in the lazy limit: minimum-norm regression with the tangent kernel, for 0 < n < d.

The gradients of f in v and B are Bx and vxᵀ, so the kernel is xᵀ(BᵀB + ‖v‖²I)x' = xᵀMx': regression on M^½x with weights
M^{−½}δ, whose covariance is M. Its deterministic equivalent without ridge is, for eigenvalues m_j with energies
δ_j²/m_j of those weights and n = Σ m_j/(m_j+κ),

    R + σ² = [κ² Σ m_j (δ_j²/m_j)/(m_j+κ)² + σ²] / (1 − (1/n) Σ m_j²/(m_j+κ)²).

Orthonormal rows of B: two eigenvalues, and κ solves a quadratic equation.
"""

import sympy as sp

n, d, k = sp.symbols("n dim n_features", positive=True, integer=True)
square, inside, outside, noise = sp.symbols("head_energy head_displacement unexplained noise_variance", positive=True)
ARGUMENTS = {
    "n": n, "dim": d, "n_features": k, "head_energy": square, "head_displacement": inside, "unexplained": outside,
    "noise_variance": noise,
}  # fmt: skip
REGIME = (n < d - 1) & (k < d)


def derive() -> sp.Expr:
    kappa = sp.Symbol("kappa", positive=True)
    features, head = sp.symbols("f h", positive=True)
    fast, slow = head + 1, head
    levels = ((fast, k, inside), (slow, d - k, outside))
    counted = sum(size * m / (m + kappa) for m, size, _ in levels) - n
    quadratic = sp.Poly(sp.numer(sp.together(counted)), kappa)
    a, b, c = (sp.factor(term) for term in quadratic.all_coeffs())
    assert quadratic.degree() == 2 and not a.has(features)
    # a = −n: the positive root is the one with the minus sign.
    root = (-b - sp.sqrt(b**2 - 4 * a * c)) / (2 * a)
    error = kappa**2 * sum(m * (energy / m) / (m + kappa) ** 2 for m, _, energy in levels) + noise
    slack = 1 - sum(size * m**2 / (m + kappa) ** 2 for m, size, _ in levels) / n
    return (error / slack - noise).subs(kappa, root).subs(head, square)
