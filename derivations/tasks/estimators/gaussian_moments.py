"""Expectations of polynomials in independent Gaussian and χ² variables, monomial by monomial.

One sample in coordinates: g, the input along θ_T; p, the input along the part of θ_S orthogonal to θ_T; w,
the squared length of the rest of the input; xi, the noise. Standard normals, w ~ χ²; every moment is an
integral of a density.
"""

from functools import cache

import sympy as sp

g, p, xi, w = sp.symbols("g p xi w")
x, half = sp.symbols("x half", positive=True)


@cache
def normal_moment(power: int) -> sp.Expr:
    z = sp.Symbol("z", real=True)
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    return sp.integrate(z**power * density, (z, -sp.oo, sp.oo))


@cache
def chi_square_moment(power: int, degrees: sp.Expr) -> sp.Expr:
    mass = sp.integrate(x ** (half - 1) * sp.exp(-x / 2), (x, 0, sp.oo))
    moment = sp.integrate(x ** (half - 1 + power) * sp.exp(-x / 2), (x, 0, sp.oo))
    return sp.gammasimp(moment / mass).subs(half, degrees / 2)


def expectation(polynomial: sp.Expr, degrees: sp.Expr) -> sp.Expr:
    """E of a polynomial in g, p, xi and w, w with the given degrees of freedom."""
    terms = sp.Poly(sp.expand(polynomial), g, p, xi, w).terms()
    normals = {power: normal_moment(power) for term, _ in terms for power in term[:3]}
    squares = {term[3]: chi_square_moment(term[3], degrees) for term, _ in terms}
    return sp.expand(sum(c * normals[a] * normals[b] * normals[e] * squares[f] for (a, b, e, f), c in terms))
