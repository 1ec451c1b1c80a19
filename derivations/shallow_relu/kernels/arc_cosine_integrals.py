"""Arc-cosine kernels as Gaussian integrals over the plane of two unit inputs.

Only the projection of w ~ N(0, I) on the plane of x and x' matters, a standard Gaussian in two dimensions. With x at
angle 0 and x' at angle θ both are active for −π/2 + θ < φ < π/2, and the radius integrates out.
"""

import sympy as sp

cosine = sp.Symbol("cosine", real=True)
theta = sp.Symbol("theta", positive=True)
phi, radius = sp.symbols("phi r", positive=True)


def plane_average(angular: sp.Expr, power: int) -> sp.Expr:
    """E[r^power g(φ) 1{both active}] for a standard Gaussian (r, φ) in the plane."""
    radial = sp.integrate(radius ** (power + 1) * sp.exp(-(radius**2) / 2), (radius, 0, sp.oo))
    return sp.simplify(radial * sp.integrate(angular, (phi, theta - sp.pi / 2, sp.pi / 2)) / (2 * sp.pi))


def first_layer() -> sp.Expr:
    """E[1{w·x>0} 1{w·x'>0}] x·x', as a function of θ."""
    return plane_average(sp.Integer(1), 0) * sp.cos(theta)


def second_layer() -> sp.Expr:
    """E[relu(w·x) relu(w·x')], as a function of θ."""
    return plane_average(sp.cos(phi) * sp.cos(phi - theta), 2)


def in_cosine(expression: sp.Expr) -> sp.Expr:
    """The same as a function of cos θ, angles written as π − arccos(−τ)."""
    result = sp.simplify(sp.expand_trig(expression).subs(theta, sp.acos(cosine)))
    return sp.expand(result.subs(sp.acos(cosine), sp.pi - sp.acos(-cosine)))
