"""Moments of Beta and of ratios of chi-square variables, by integrating their densities.

The projection Q onto the null space of n Gaussian rows is uniform, so δᵀQδ/‖δ‖² is the squared length of d
− n coordinates of a uniform point on the sphere: a Beta((d−n)/2, n/2) variable. The noise term ‖X⁺ξ‖² is
zᵀ(XXᵀ)⁻¹z with z ~ N(0, I_n) independent of X; given its direction, zᵀ(XXᵀ)⁻¹z = ‖z‖²/χ² with d − n + 1
degrees of freedom (the reciprocal of the squared distance of one row from the span of the others, by
rotation invariance). For n ≥ d, X⁺ has d rows and n − d + 1 replaces it.
"""

import sympy as sp


def beta_moment(order: int, a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """E b^order for b ~ Beta(a, b), from the Beta integral."""
    normal = sp.gamma(a) * sp.gamma(b) / sp.gamma(a + b)
    integral = sp.gamma(a + order) * sp.gamma(b) / sp.gamma(a + b + order)
    return sp.factor(sp.gammasimp(integral / normal))


def chi_square_moment(order: int, degrees: sp.Expr) -> sp.Expr:
    """E q^order for q ~ χ² with that many degrees of freedom; order may be negative."""
    # The density q^(k/2−1) e^(−q/2) / (2^(k/2) Γ(k/2)) integrates to Γ(k/2 + order) 2^order / Γ(k/2).
    q = sp.Symbol("q", positive=True)
    k = sp.Symbol("k", positive=True)
    shape = sp.Symbol("shape", positive=True)
    integral = sp.integrate(q ** (shape - 1) * sp.exp(-q / 2), (q, 0, sp.oo), conds="none")
    moment = integral.subs(shape, k / 2 + order) / integral.subs(shape, k / 2)
    return sp.factor(sp.combsimp(sp.gammasimp(moment)).subs(k, degrees))


def ratio_moment(order: int, above: sp.Expr, below: sp.Expr) -> sp.Expr:
    """E (p/q)^order for independent p, q ~ χ² with those degrees of freedom."""
    return chi_square_moment(order, above) * chi_square_moment(-order, below)
