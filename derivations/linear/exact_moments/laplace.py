"""Moments of independent Gaussians under the weight e^(−x Σ v_j g_j²), from the density.

1/z² = ∫₀^∞ x e^(−zx) dx turns a mean over a squared quadratic form into an integral over x of products of
one-dimensional Gaussian integrals.
"""

import functools

import sympy as sp

x = sp.Symbol("x", positive=True)


@functools.cache
def weighted_moment(power: int) -> sp.Expr:
    """E[g^power e^(−x v g²)] for one standard Gaussian, as a function of the symbol v."""
    g, v = sp.Symbol("g", real=True), sp.Symbol("v", positive=True)
    density = sp.exp(-(g**2) / 2) / sp.sqrt(2 * sp.pi)
    return sp.simplify(sp.integrate(g**power * sp.exp(-x * v * g**2) * density, (g, -sp.oo, sp.oo)))


def weighted_mean(polynomial: sp.Expr, gaussians: list[sp.Symbol], rates: list[sp.Expr]) -> sp.Expr:
    """E[polynomial(g) e^(−x Σ v_j g_j²)] for independent standard Gaussians g_j."""
    v = sp.Symbol("v", positive=True)
    result = sp.Integer(0)
    for powers, coefficient in sp.Poly(polynomial, *gaussians).terms():
        factors = [weighted_moment(power).subs(v, rate) for power, rate in zip(powers, rates, strict=True)]
        result += coefficient * sp.prod(factors)
    return result


def mean_over_squared_form(polynomial: sp.Expr, gaussians: list[sp.Symbol], rates: list[sp.Expr]) -> sp.Expr:
    """E[polynomial(g)/(Σ v_j g_j²)²] where the rates come in equal pairs.

    Pairs make the integrand a rational function of x, which partial fractions integrate: a term of higher
    order has a mean of its own, the simple poles c/(b x + e) together contribute Σ (c/b) log(b/e), since Σ
    c/b = 0.
    """
    integrand = sp.factor(sp.simplify(x * weighted_mean(polynomial, gaussians, rates)))
    result, divergence = sp.Integer(0), sp.Integer(0)
    for term in sp.Add.make_args(sp.apart(integrand, x)):
        numerator, denominator = sp.fraction(sp.factor(term))
        if sp.degree(denominator, x) > 1:
            result += sp.integrate(term, (x, 0, sp.oo))
        else:
            slope, offset = sp.diff(denominator, x), denominator.subs(x, 0)
            result += numerator / slope * sp.log(slope / offset)
            divergence += numerator / slope
    if sp.simplify(divergence) != 0:
        raise ArithmeticError("the integral does not converge")
    return result
